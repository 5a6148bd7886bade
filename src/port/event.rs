//! What happens while it happens, for whoever shows it.

use crate::address::AbsoluteInstance;
use crate::diag::Diagnostic;
use crate::plan::Action;
use crate::state::DeposedKey;

/// Takes events. Must not wait for anything.
pub trait EventSink: Send + Sync {
    fn event(&self, event: Event);
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A stored object is read again.
    Refresh {
        address: AbsoluteInstance,
        id: Option<(String, String)>,
        step: Step,
    },
    /// A data source is read.
    Read {
        address: AbsoluteInstance,
        id: Option<(String, String)>,
        step: Step,
    },
    /// An operation of a plan. The id is the name of an attribute and what it is, where that is no secret.
    Operation {
        address: AbsoluteInstance,
        deposed: Option<DeposedKey>,
        action: Action,
        id: Option<(String, String)>,
        step: Step,
    },
    /// A provisioner of an object.
    Provision {
        address: AbsoluteInstance,
        kind: String,
        step: Step,
    },
    /// A line that a provisioner wrote.
    ProvisionOutput {
        address: AbsoluteInstance,
        kind: String,
        line: String,
    },
    /// Word of a part of an object under way.
    Part {
        address: AbsoluteInstance,
        tiding: Tiding,
    },
    Diagnostic(Diagnostic),
    /// How many operations there are in all.
    Outlook {
        operations: usize,
    },
    /// The first request to stop has arrived.
    Stopping,
}

/// What happens to a part of an object that another engine looks after, in that engine's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiding {
    /// What the part is called inside the object.
    pub part: String,
    pub kind: String,
    pub status: String,
    /// Why, where that is said.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Started,
    Done,
    Failed,
}
