//! Stores the states of environments.
//!
//! Changes are sent one by one, as they happen, and become durable in that order; everything sent before an intent
//! becomes durable with it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::address::{AbsoluteInstance, EnvironmentName, ProviderConfigAddress};
use crate::plan::Action;
use crate::state::{CheckState, DeposedKey, Object, OutputState, State};
use crate::value::Name;

/// Keeps one state per environment.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// Reads the state without a lease. Empty if there is none yet.
    async fn read(&self, environment: &EnvironmentName) -> Result<State, StoreFault>;

    /// Whether an environment has a state, even an empty one.
    async fn has(&self, environment: &EnvironmentName) -> Result<bool, StoreFault> {
        Ok(self.identity(environment).await?.is_some())
    }

    /// Takes the lease on a state and reads it. Waits for another holder as long as `patience` says.
    async fn open(
        &self,
        environment: &EnvironmentName,
        holder: &Holder,
        patience: Duration,
    ) -> Result<Opened, StoreFault>;

    /// Intents without an outcome: operations of interrupted runs.
    async fn open_intents(&self, environment: &EnvironmentName) -> Result<Vec<Intent>, StoreFault>;

    /// All revisions, latest first.
    async fn history(&self, environment: &EnvironmentName) -> Result<Vec<Revision>, StoreFault>;

    /// What a revision changed, in order. Empty if the store does not keep it.
    async fn changes(
        &self,
        _environment: &EnvironmentName,
        _serial: u64,
    ) -> Result<Vec<Changed>, StoreFault> {
        Ok(Vec::new())
    }

    /// The note of this name beside an environment's state.
    async fn note(&self, _environment: &EnvironmentName, _name: &str) -> Result<Option<String>, StoreFault> {
        Ok(None)
    }

    /// Removes an environment that has no objects and no open intents from the store, with all its notes. Returns false
    /// if it has any, or if it is in use at the moment; in the latter case only its notes are removed.
    async fn retire(&self, _environment: &EnvironmentName, _holder: &Holder) -> Result<bool, StoreFault> {
        Ok(false)
    }

    /// All environments that were ever opened with a lease, in order.
    async fn environments(&self) -> Result<Vec<EnvironmentName>, StoreFault>;

    /// The lineage and serial of a state; `None` if there is none yet.
    async fn identity(&self, environment: &EnvironmentName) -> Result<Option<(String, u64)>, StoreFault>;

    /// Takes a lease away from its holder. The id is the one in the fault.
    async fn unlock(&self, environment: &EnvironmentName, id: &str) -> Result<(), StoreFault>;
}

/// A state, opened with a lease.
pub struct Opened {
    pub lease: Arc<dyn Lease>,
    pub state: State,
    /// Intents without an outcome: operations of an earlier, interrupted holder.
    pub intents: Vec<Intent>,
}

/// The exclusive right to change an environment's state, until it is released or its holder is gone.
#[async_trait]
pub trait Lease: Send + Sync {
    /// Stores an intent. Returns once it, and everything sent before, is durable.
    async fn intend(&self, intent: Intent) -> Result<(), StoreFault>;

    /// Sends the outcome of an operation. Does not wait; a failure is returned by the next call that does.
    fn send(&self, outcome: Outcome);

    /// Returns once everything sent before is durable.
    async fn settled(&self) -> Result<(), StoreFault>;

    /// Makes everything sent durable as one revision, and returns its serial, which is the next one. A run that changed
    /// nothing makes no revision and returns the present serial.
    async fn finish(&self, revision: Revision) -> Result<u64, StoreFault>;

    /// Stores a note beside the state. Returns once it is durable.
    async fn note(&self, name: &str, text: &str) -> Result<(), StoreFault>;

    /// Stores a note as [`Lease::note`] does, without waiting: a failure is not reported, and a crash may lose it.
    fn jot(&self, name: &str, text: &str);

    /// Replaces the whole state, as `state push` does.
    async fn replace(&self, state: State, revision: Revision) -> Result<u64, StoreFault>;

    /// Releases the lease.
    async fn release(&self) -> Result<(), StoreFault>;
}

/// Who holds a lease, to be shown to those who wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `user@host`
    pub who: String,
    pub process: u32,
    /// `apply`, `state mv`
    pub operation: String,
}

/// Identifies an operation. It is unguessable, so that it can be attached to an object and searched for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub Arc<str>);

/// The record that a provider is about to be asked to do something.
#[derive(Clone, Debug)]
pub struct Intent {
    pub operation: OperationId,
    pub address: AbsoluteInstance,
    pub deposed: Option<DeposedKey>,
    pub provider: Arc<ProviderConfigAddress>,
    /// Create, update or delete: a replacement is two operations.
    pub action: Action,
    /// The object as planned: null where a value is unknown. `None` if nothing is to be left.
    pub planned: Option<Object>,
    /// When it began, in seconds since 1970, if the store has recorded it.
    pub since: Option<u64>,
}

/// The outcome of an operation.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The intent that this closes; `None` if there was none.
    pub operation: Option<OperationId>,
    pub effects: Vec<Effect>,
}

/// One change of the state.
#[derive(Clone, Debug)]
pub enum Effect {
    Put {
        address: AbsoluteInstance,
        deposed: Option<DeposedKey>,
        provider: Arc<ProviderConfigAddress>,
        object: Object,
    },
    Remove {
        address: AbsoluteInstance,
        deposed: Option<DeposedKey>,
    },
    /// Includes the deposed objects.
    Move {
        from: AbsoluteInstance,
        to: AbsoluteInstance,
    },
    /// The current object is deposed by its replacement.
    Depose {
        address: AbsoluteInstance,
        key: DeposedKey,
    },
    /// A deposed object becomes current again, because its replacement was not created.
    Restore {
        address: AbsoluteInstance,
        key: DeposedKey,
    },
    Output {
        name: Name,
        value: Option<OutputState>,
    },
    Checks(Vec<CheckState>),
    /// A protection pattern comes into force, or is lifted.
    Protect {
        pattern: Name,
        lifted: bool,
    },
}

/// An entry of the history.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    /// Filled in by the store.
    pub serial: u64,
    /// RFC 3339, UTC. Filled in by the store.
    pub when: String,
    pub who: String,
    /// `apply`, `state mv aws_instance.a aws_instance.b`
    pub what: String,
    /// The commit of the configuration, with `-dirty` if there were uncommitted changes.
    pub commit: Option<String>,
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
    /// Protection rules that were overridden.
    pub overrides: Vec<Override>,
}

/// A protection rule that was overridden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// As in `terrace.hcl`: `windows`, `branches`, `deny_destroy`.
    pub rule: Name,
    pub reason: Name,
}

/// One change that a revision made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The address of an instance, or `output.name`.
    pub address: String,
    pub deposed: Option<DeposedKey>,
    /// `created`, `updated`, `deleted`, `moved`, `deposed`, `restored`
    pub what: String,
    /// For an update, the names of the attributes that differ; for a move, the destination.
    pub detail: String,
}

/// Failures of a store. None of them loses what was durable before.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreFault {
    #[error("the state of {environment} is locked by {} (process {}), which runs \"{}\" since {since}", holder.who, holder.process, holder.operation)]
    Locked { environment: EnvironmentName, holder: Box<Holder>, since: String, id: String },
    #[error("nobody holds the lock of the state of {environment}")]
    NotLocked { environment: EnvironmentName },
    #[error("the lease on the state of {environment} was lost: {why}")]
    Lost { environment: EnvironmentName, why: String },
    #[error("{place} cannot be {attempt}: {why}")]
    Unusable { place: String, attempt: &'static str, why: String },
    /// The state can still be read.
    #[error("{place} cannot be {attempt}: the disk is full")]
    Full { place: String, attempt: &'static str },
    /// The state can still be read.
    #[error("{place} cannot be written: {why}")]
    ReadOnly { place: String, why: String },
    #[error("{place} is damaged: {why}")]
    Damaged { place: String, why: String },
    /// The file was copied or renamed.
    #[error("{place} holds the state of {found}, and not that of {environment}")]
    Foreign { place: String, environment: EnvironmentName, found: String },
    #[error("{place} was written by a later version of terrace (schema {found}, this one knows {known})")]
    TooNew { place: String, found: u64, known: u64 },
}

impl Effect {
    /// Applies the change to a state in memory.
    pub fn enact(self, state: &mut State) {
        match self {
            Self::Put { address, deposed, provider, object } => {
                state.put(&address, deposed.as_ref(), &provider, object);
            }
            Self::Remove { address, deposed } => drop(state.remove(&address, deposed.as_ref())),
            Self::Move { from, to } => state.rename(&from, &to),
            Self::Depose { address, key } => {
                if let Some(instance) = state.instance_mut(&address)
                    && let Some(object) = instance.current.take()
                {
                    instance.deposed.insert(key, object);
                }
            }
            Self::Restore { address, key } => {
                if let Some(instance) = state.instance_mut(&address)
                    && let Some(object) = instance.deposed.remove(&key)
                {
                    instance.current = Some(object);
                }
            }
            Self::Output { name, value: Some(output) } => drop(state.outputs.insert(name, output)),
            Self::Output { name, value: None } => drop(state.outputs.remove(&name)),
            Self::Checks(checks) => state.checks = checks,
            Self::Protect { pattern, lifted: false } => drop(state.protected.insert(pattern)),
            Self::Protect { pattern, lifted: true } => drop(state.protected.remove(&pattern)),
        }
    }
}

/// States of other environments and projects, for those who read their outputs.
#[async_trait]
pub trait OtherStates: Send + Sync {
    /// The state of an environment whose file is in a folder, or a sentence that says why there is none.
    async fn state(&self, folder: &std::path::Path, environment: &str) -> Result<State, String>;
}
