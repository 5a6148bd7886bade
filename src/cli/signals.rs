//! Signals: the first one stops new operations, the second cancels running ones.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::Signals;
use crate::port::{Event, EventSink};

use super::progress::Progress;

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
    let hangup = if ignores_hangup() { None } else { signal(SignalKind::hangup()).ok() };
    Some(Asked {
        interrupt: signal(SignalKind::interrupt()).ok()?,
        terminate: signal(SignalKind::terminate()).ok()?,
        hangup,
    })
}

/// The first signal stops new operations, the second cancels running ones. Returns after running operations have had
/// time to be cancelled and recorded.
pub(super) async fn listen(asked: Option<Asked>, signals: &Signals, progress: &Progress<'_>) {
    let Some(mut asked) = asked else { return std::future::pending().await };
    for second in [false, true] {
        asked.any().await;
        // Both the shell and the system send a hangup when a terminal closes; the second must not count as a second
        // signal.
        asked.hangup = None;
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
