//! Where a run may be killed: just before and just after something becomes durable.
//!
//! With `TERRACE_TEST_KILL_AT=n`, a build with debug assertions kills itself at the n-th of these points. Other builds
//! ignore the variable.

/// Passes a point.
#[cfg(all(debug_assertions, unix))]
pub(super) fn pass() {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use nix::sys::signal::{Signal, kill};

    static FATAL: OnceLock<Option<u64>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let fatal = FATAL.get_or_init(|| std::env::var("TERRACE_TEST_KILL_AT").ok()?.parse().ok());
    if let Some(fatal) = fatal
        && PASSED.fetch_add(1, Ordering::Relaxed) == *fatal
    {
        // SIGKILL, so that nothing in this process can run any more, as in a real crash.
        let _ = kill(nix::unistd::Pid::this(), Signal::SIGKILL);
        loop {
            std::thread::park();
        }
    }
}

#[cfg(not(all(debug_assertions, unix)))]
pub(super) fn pass() {}
