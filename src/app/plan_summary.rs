//! What the last plan of an environment found, kept beside its state for commands that only list.

use serde_json::{Value, json};

use crate::address::EnvironmentName;
use crate::port::{Lease, StateStore};

/// The name of the note, as stores have it since the first version.
const NOTE: &str = "sighting";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlanSummary {
    /// RFC 3339, UTC.
    pub(super) when: String,
    /// The serial of the state that was planned.
    pub(super) serial: u64,
    /// The digest of the configuration.
    pub(super) configuration: String,
    pub(super) add: usize,
    pub(super) change: usize,
    pub(super) destroy: usize,
    /// Whether outputs, or only the state, would change.
    pub(super) other: bool,
    /// The number of objects changed outside; none if they were not read.
    pub(super) drift: Option<usize>,
}

impl PlanSummary {
    /// Stores it in place of the previous one. It is only a convenience, so a failure to store it is ignored.
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

    /// `None` if there was no plan yet, or a later version stored something that this one cannot read.
    pub(super) async fn of(store: &dyn StateStore, environment: &EnvironmentName) -> Option<Self> {
        let text = store.note(environment, NOTE).await.ok()??;
        read(&serde_json::from_str(&text).ok()?)
    }
}

fn read(document: &Value) -> Option<PlanSummary> {
    let text = |name: &str| document.get(name)?.as_str().map(str::to_owned);
    let count = |name: &str| usize::try_from(document.get(name)?.as_u64()?).ok();
    Some(PlanSummary {
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
