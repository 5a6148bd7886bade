//! Signals from outside: the first stops what has not begun, the second what runs.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::Signals;
use crate::port::{Event, EventSink};

use super::progress::Progress;

/// What is listened to.
pub(super) struct Asked {
    interrupt: Signal,
    terminate: Signal,
    /// The terminal is gone. Not where somebody wanted that not to matter.
    hangup: Option<Signal>,
}

/// From here on signals no longer end the program by themselves. Asked for before anything is begun, so that none comes
/// too early to be heard.
pub(super) fn ask() -> Option<Asked> {
    let hangup = if ignores_hangup() { None } else { signal(SignalKind::hangup()).ok() };
    Some(Asked {
        interrupt: signal(SignalKind::interrupt()).ok()?,
        terminate: signal(SignalKind::terminate()).ok()?,
        hangup,
    })
}

/// The first signal stops what has not begun, the second what runs. Returns when what runs has had its time to be given
/// up and recorded.
pub(super) async fn listen(asked: Option<Asked>, signals: &Signals, progress: &Progress<'_>) {
    let Some(mut asked) = asked else { return std::future::pending().await };
    for second in [false, true] {
        asked.any().await;
        // A terminal that goes tells it more than once, its shell and the system each on their own.
        asked.hangup = None;
        if second {
            signals.cancel();
        } else {
            // Stopped first: where nobody is left to be told, telling may take its time.
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

/// Whether this was started so that it outlives its terminal, as `nohup` does it. Where the system does not say, it is left
/// at that.
fn ignores_hangup() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return true };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 == 1)
}

/// What runs has so long to be given up after the second signal.
const LAST_WORDS: Duration = Duration::from_millis(1200);
