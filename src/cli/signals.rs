//! Signals from outside: the first stops what has not begun, the second what runs.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::Signals;
use crate::port::{Event, EventSink};

use super::progress::Progress;

/// From here on signals no longer end the program by themselves. Asked for before anything is begun, so that none comes
/// too early to be heard.
pub(super) fn ask() -> Option<(Signal, Signal)> {
    Some((signal(SignalKind::interrupt()).ok()?, signal(SignalKind::terminate()).ok()?))
}

/// The first signal stops what has not begun, the second what runs. Returns when what runs has had its time to be given
/// up and recorded.
pub(super) async fn listen(asked: Option<(Signal, Signal)>, signals: &Signals, progress: &Progress<'_>) {
    let Some((mut interrupt, mut terminate)) = asked else { return std::future::pending().await };
    for second in [false, true] {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if second {
            signals.cancel();
        } else {
            progress.event(Event::Stopping);
            signals.stop();
        }
    }
    tokio::time::sleep(LAST_WORDS).await;
}

/// What runs has so long to be given up after the second signal.
const LAST_WORDS: Duration = Duration::from_millis(1200);
