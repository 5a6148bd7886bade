//! Events of a run, for display.

use crate::address::AbsoluteInstance;
use crate::diag::Diagnostic;
use crate::plan::Action;
use crate::state::DeposedKey;

/// Receives events. Must never block.
pub trait EventSink: Send + Sync {
    fn event(&self, event: Event);
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A stored object is refreshed.
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
    /// An operation of a plan. The id is the name and value of the attribute that identifies the object, unless it is
    /// secret.
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
    /// News of a part of an object whose operation is running.
    Part {
        address: AbsoluteInstance,
        progress: PartProgress,
    },
    Diagnostic(Diagnostic),
    /// The total number of operations.
    Outlook {
        operations: usize,
    },
    /// The first request to stop has arrived.
    Stopping,
}

/// What is happening to a part of an object that another engine manages, in that engine's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartProgress {
    /// The name of the part inside the object.
    pub part: String,
    pub kind: String,
    pub status: String,
    /// The reason, if one is given.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Started,
    Done,
    Failed,
}
