//! Where a run may be cut off: just before and just after something becomes durable.
//!
//! Tests of builds with debug assertions end the process at the n-th of these places, with `TERRACE_TEST_KILL_AT=n`.
//! Other builds do not know the variable.

/// Passes a boundary.
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
        // As somebody else would do it: nothing of this process gets to do anything any more.
        let _ = kill(nix::unistd::Pid::this(), Signal::SIGKILL);
        loop {
            std::thread::park();
        }
    }
}

#[cfg(not(all(debug_assertions, unix)))]
pub(super) fn pass() {}
