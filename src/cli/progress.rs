//! What happens, told while it happens.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::plan::Action;
use crate::port::{Event, EventSink, Step};

use super::output::Output;

/// Plain lines, one per event that people care about.
pub(super) struct Progress<'o> {
    output: &'o Output,
    since: Mutex<HashMap<String, Instant>>,
}

impl<'o> Progress<'o> {
    pub(super) fn new(output: &'o Output) -> Self {
        Self { output, since: Mutex::default() }
    }
}

impl EventSink for Progress<'_> {
    fn event(&self, event: Event) {
        let Event::Operation { address, deposed, action, id, step } = event else { return };
        let key = format!("{address}{}", deposed.map(|key| format!(" (deposed {key})")).unwrap_or_default());
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let (doing, done) = match action {
            Action::Delete => ("Destroying", "Destruction"),
            Action::Update => ("Modifying", "Modifications"),
            _ => ("Creating", "Creation"),
        };
        let known = id.map(|(name, value)| format!(" [{name}={value}]")).unwrap_or_default();
        let line = match step {
            Step::Started => {
                since.insert(key.clone(), Instant::now());
                format!("{key}: {doing}...{known}\n")
            }
            Step::Done => {
                let elapsed = since.remove(&key).map_or(0, |since| since.elapsed().as_secs());
                format!("{key}: {done} complete after {elapsed}s{known}\n")
            }
            Step::Failed => return,
        };
        self.output.print(&line);
    }
}
