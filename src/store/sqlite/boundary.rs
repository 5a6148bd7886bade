//! Where a run may be killed: just before and just after something becomes durable.
//!
//! With `TERRACE_TEST_KILL_AT=n`, a build with debug assertions kills itself at the n-th of these points, and with
//! `TERRACE_TEST_PANIC_AT=n` it panics there. Other builds ignore the variables.

/// Passes a point.
#[cfg(all(debug_assertions, unix))]
pub(super) fn pass() {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use nix::sys::signal::{Signal, kill};

    /// Which point, and whether to panic there instead of being killed.
    static FATAL: OnceLock<Option<(u64, bool)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let given = |name: &str| std::env::var(name).ok()?.parse().ok();
    let fatal = FATAL.get_or_init(|| {
        let panic = given("TERRACE_TEST_PANIC_AT").map(|at| (at, true));
        given("TERRACE_TEST_KILL_AT").map(|at| (at, false)).or(panic)
    });
    if let Some((fatal, panics)) = fatal
        && PASSED.fetch_add(1, Ordering::Relaxed) == *fatal
    {
        assert!(!panics, "a test asked for this panic: \"canary\"");
        // SIGKILL, so that nothing in this process can run any more, as in a real crash.
        let _ = kill(nix::unistd::Pid::this(), Signal::SIGKILL);
        loop {
            std::thread::park();
        }
    }
}

#[cfg(not(all(debug_assertions, unix)))]
pub(super) fn pass() {}
