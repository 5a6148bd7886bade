//! What a look at an environment found, kept beside its state for whoever asks later without looking.

use serde_json::{Value, json};

use crate::address::EnvironmentName;
use crate::port::{Lease, StateStore};

/// The name of the note.
const NOTE: &str = "sighting";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sighting {
    /// RFC 3339, UTC.
    pub(super) when: String,
    /// Of the state that was looked at.
    pub(super) serial: u64,
    /// The digest of the configuration.
    pub(super) configuration: String,
    pub(super) add: usize,
    pub(super) change: usize,
    pub(super) destroy: usize,
    /// Changes of outputs, or of the state alone.
    pub(super) other: bool,
    /// Objects that somebody had changed outside; none where nobody asked for them.
    pub(super) drift: Option<usize>,
}

impl Sighting {
    /// Keeps it in place of the one before. It is a comfort and no more: what cannot be kept is not known later.
    pub(super) fn keep(&self, lease: &dyn Lease) {
        let document = json!({
            "when": self.when,
            "serial": self.serial,
            "configuration": self.configuration,
            "add": self.add,
            "change": self.change,
            "destroy": self.destroy,
            "other": self.other,
            "drift": self.drift,
        });
        lease.jot(NOTE, &document.to_string());
    }

    /// None where nobody looked, or a later version did and wrote what only that reads.
    pub(super) async fn of(store: &dyn StateStore, environment: &EnvironmentName) -> Option<Self> {
        let text = store.note(environment, NOTE).await.ok()??;
        read(&serde_json::from_str(&text).ok()?)
    }
}

fn read(document: &Value) -> Option<Sighting> {
    let text = |name: &str| document.get(name)?.as_str().map(str::to_owned);
    let count = |name: &str| usize::try_from(document.get(name)?.as_u64()?).ok();
    Some(Sighting {
        when: text("when")?,
        serial: document.get("serial")?.as_u64()?,
        configuration: text("configuration")?,
        add: count("add")?,
        change: count("change")?,
        destroy: count("destroy")?,
        other: document.get("other")?.as_bool()?,
        drift: count("drift"),
    })
}
