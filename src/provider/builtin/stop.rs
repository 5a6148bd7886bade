//! Requests to stop.

use std::sync::Arc;

use tokio::sync::watch;

/// A request to stop that all clones see, and that stays.
#[derive(Clone)]
pub(crate) struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    pub(crate) fn say(&self) {
        self.0.send_replace(true);
    }

    /// Returns once it is made.
    pub(crate) async fn said(&self) {
        let mut heard = self.0.subscribe();
        // The sender cannot be gone while this holds it.
        let _ = heard.wait_for(|said| *said).await;
    }
}
