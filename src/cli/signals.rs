//! Signals: the first one stops new operations, the second cancels running ones.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::Signals;
use crate::port::{Event, EventSink};

use super::ERRORS;
use super::progress::Progress;

/// Whether [`listen`] has run since the first signal.
static HEARD: AtomicBool = AtomicBool::new(false);

/// Whether a plan is being applied.
static APPLYING: AtomicBool = AtomicBool::new(false);

/// The signals to listen to.
pub(super) struct Asked {
    interrupt: Signal,
    terminate: Signal,
    /// The terminal is gone. None if the program was started to ignore that.
    hangup: Option<Signal>,
}

/// Installs the handlers, so that signals no longer end the program by themselves. Called before anything is begun, so
/// that none is missed.
pub(super) fn ask() -> Option<Asked> {
    // A file that may not grow any more is reported as such, where the signal would end the process without a word.
    drop(signal(SignalKind::from_raw(Number::SIGXFSZ as i32)));
    let hangup = if ignores_hangup() { None } else { signal(SignalKind::hangup()).ok() };
    Some(Asked {
        interrupt: signal(SignalKind::interrupt()).ok()?,
        terminate: signal(SignalKind::terminate()).ok()?,
        hangup,
    })
}

/// What happens to operations that could not be cancelled in time.
pub(super) const INTERRUPTED: &str = "Running operations could not be cancelled in time. What is known is recorded; the next run checks \
                                      the rest.";

/// The first signal stops new operations, the second cancels running ones. Returns after running operations have had
/// time to be cancelled and recorded.
pub(super) async fn listen(asked: Option<Asked>, signals: &Signals, progress: &Progress<'_>) {
    let Some(mut asked) = asked else { return std::future::pending().await };
    for second in [false, true] {
        asked.any().await;
        // Both the shell and the system send a hangup when a terminal closes; the second must not count as a second
        // signal.
        asked.hangup = None;
        HEARD.store(true, Ordering::SeqCst);
        if second {
            signals.cancel();
        } else {
            // Stop first: with the terminal gone, printing may block.
            signals.stop();
            progress.event(Event::Stopping);
        }
    }
    tokio::time::sleep(LAST_WORDS).await;
}

/// From here on there are operations that a first signal must not cut off.
pub(super) fn applying() {
    APPLYING.store(true, Ordering::SeqCst);
}

/// Ends the process from a thread of its own if nobody else does. The main thread cannot listen while it is blocked in a
/// system call that may never return: reading a named pipe, or writing to one that nobody reads.
pub(super) fn guard() {
    let guard = || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let Some(mut asked) = ask() else { return };
            tokio::select! {
                () = quit() => {}
                () = given_up(&mut asked) => {}
            }
            // From another thread, since nobody may be reading that either.
            let says = || {
                let told = format!("\nError: Interrupted\n\n  {INTERRUPTED}\n");
                std::io::stderr().write_all(told.as_bytes()).unwrap_or_default();
            };
            drop(std::thread::Builder::new().spawn(says));
            tokio::time::sleep(Duration::from_millis(100)).await;
            std::process::exit(i32::from(ERRORS));
        });
    };
    // Without it, signals are handled as far as the main thread gets to it.
    drop(std::thread::Builder::new().name("signals".to_owned()).spawn(guard));
}

/// Waits until the main thread has had its time after the signals that it did not follow.
async fn given_up(asked: &mut Asked) {
    asked.any().await;
    asked.hangup = None;
    let second = tokio::select! {
        () = asked.any() => true,
        () = tokio::time::sleep(PATIENCE) => false,
    };
    let waits = HEARD.load(Ordering::SeqCst) || APPLYING.load(Ordering::SeqCst);
    if waits && !second {
        asked.any().await;
    }
    if waits {
        tokio::time::sleep(PATIENCE).await;
    }
}

/// Whoever types Ctrl-\ wants an end at once. By default that leaves a copy of the memory in a file, with every secret
/// that is in it.
async fn quit() {
    match signal(SignalKind::quit()) {
        Ok(mut quit) => drop(quit.recv().await),
        Err(_) => std::future::pending().await,
    }
}

impl Asked {
    async fn any(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => drop(hangup.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = hangup => {}
        }
    }
}

/// Whether the program was started to outlive its terminal, as `nohup` does. False if the system does not say.
fn ignores_hangup() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return true };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 == 1)
}

/// How long running operations have to be cancelled after the second signal.
const LAST_WORDS: Duration = Duration::from_millis(1200);

/// How long the main thread may take to notice the first signal, and to end after the second.
const PATIENCE: Duration = Duration::from_millis(1800);
