//! Where the state of environments is kept, and how it changes.
//!
//! Changes are told one by one, as they happen. They become durable in the order in which they were told; what has
//! been told before an intent is durable with it.

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
    /// The state as it is, without the right to change it. Empty where there is none yet.
    async fn read(&self, environment: &EnvironmentName) -> Result<State, StoreFault>;

    /// Whether an environment has a state already, if only an empty one.
    async fn has(&self, environment: &EnvironmentName) -> Result<bool, StoreFault> {
        Ok(self.identity(environment).await?.is_some())
    }

    /// The right to change a state, with the state. Waits for another holder as long as `patience` says.
    async fn open(
        &self,
        environment: &EnvironmentName,
        holder: &Holder,
        patience: Duration,
    ) -> Result<Opened, StoreFault>;

    /// Intents that have no outcome: operations that were cut off.
    async fn open_intents(&self, environment: &EnvironmentName) -> Result<Vec<Intent>, StoreFault>;

    /// All revisions, the latest first.
    async fn history(&self, environment: &EnvironmentName) -> Result<Vec<Revision>, StoreFault>;

    /// What a revision changed, in the order in which it did.
    /// Nothing where the store does not keep it.
    async fn changes(
        &self,
        _environment: &EnvironmentName,
        _serial: u64,
    ) -> Result<Vec<Changed>, StoreFault> {
        Ok(Vec::new())
    }

    /// What was noted beside an environment's state under a name.
    async fn note(&self, _environment: &EnvironmentName, _name: &str) -> Result<Option<String>, StoreFault> {
        Ok(None)
    }

    /// Takes an environment out of the store that has no objects and no open intents, with all its notes. False where it
    /// has any, or somebody looks at it just now; its notes are gone in the second case.
    async fn retire(&self, _environment: &EnvironmentName, _holder: &Holder) -> Result<bool, StoreFault> {
        Ok(false)
    }

    /// All environments that have ever been opened to be changed, in order.
    async fn environments(&self) -> Result<Vec<EnvironmentName>, StoreFault>;

    /// Which history an environment's state is, and how far it has come; none where there is none yet.
    async fn identity(&self, environment: &EnvironmentName) -> Result<Option<(String, u64)>, StoreFault>;

    /// Takes a lease away from whoever has it. The id is the one that the fault told.
    async fn unlock(&self, environment: &EnvironmentName, id: &str) -> Result<(), StoreFault>;
}

/// A state that was opened to be changed.
pub struct Opened {
    pub lease: Arc<dyn Lease>,
    pub state: State,
    /// Intents that have no outcome: operations of an earlier holder that were cut off.
    pub intents: Vec<Intent>,
}

/// The right to change one environment's state; given back when it is released, or when its holder is gone.
#[async_trait]
pub trait Lease: Send + Sync {
    /// Returns when the intent, and everything told before, is durable.
    async fn intend(&self, intent: Intent) -> Result<(), StoreFault>;

    /// Tells what an operation came to. Does not wait; a fault is told by the next call that does.
    fn tell(&self, outcome: Outcome);

    /// Returns when everything told before is durable.
    async fn settled(&self) -> Result<(), StoreFault>;

    /// Makes everything durable that was told, as one revision with the next serial, which it returns. A run that
    /// changed nothing makes none and returns the present serial.
    async fn finish(&self, revision: Revision) -> Result<u64, StoreFault>;

    /// Keeps a text beside the state under a name. Returns when that is durable.
    async fn note(&self, name: &str, text: &str) -> Result<(), StoreFault>;

    /// Keeps a text as [`Lease::note`] does, in passing: whether it can be is not told, and after a crash it may be gone.
    fn jot(&self, name: &str, text: &str);

    /// Replaces the whole state, as `state push` does.
    async fn replace(&self, state: State, revision: Revision) -> Result<u64, StoreFault>;

    /// Gives the lease back.
    async fn release(&self) -> Result<(), StoreFault>;
}

/// Who holds a lease, for whoever waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `user@host`
    pub who: String,
    pub process: u32,
    /// `apply`, `state mv`
    pub operation: String,
}

/// Names an operation for good: unguessable, so that it can be left on an object and looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub Arc<str>);

/// A provider is about to be asked to do something.
#[derive(Clone, Debug)]
pub struct Intent {
    pub operation: OperationId,
    pub address: AbsoluteInstance,
    pub deposed: Option<DeposedKey>,
    pub provider: Arc<ProviderConfigAddress>,
    /// Create, update or delete: a replacement is two operations.
    pub action: Action,
    /// The planned object as JSON, unknown values left out; may hold secrets.
    pub planned: Option<Arc<str>>,
    pub private: Arc<[u8]>,
    /// When it was begun, in seconds since 1970, where the store has written that down.
    pub since: Option<u64>,
}

/// What an operation came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The intent that this settles; none for what needed no intent.
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
    /// With its deposed objects.
    Move {
        from: AbsoluteInstance,
        to: AbsoluteInstance,
    },
    /// The current object makes way for its replacement.
    Depose {
        address: AbsoluteInstance,
        key: DeposedKey,
    },
    /// A deposed object becomes the current one again, because its replacement was not made.
    Restore {
        address: AbsoluteInstance,
        key: DeposedKey,
    },
    Output {
        name: Name,
        value: Option<OutputState>,
    },
    Checks(Vec<CheckState>),
    /// A pattern of what must not be destroyed comes into force, or is lifted.
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
    /// The commit that the configuration was at; with `-dirty` where that was not quite it.
    pub commit: Option<String>,
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
    /// Rules of the environment that were set aside for it.
    pub overrides: Vec<Override>,
}

/// A rule that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// As in `terrace.hcl`: `windows`, `branches`, `deny_destroy`.
    pub rule: Name,
    pub reason: Name,
}

/// Something that a revision changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Of an instance, or `output.name`.
    pub address: String,
    pub deposed: Option<DeposedKey>,
    /// `created`, `updated`, `deleted`, `moved`, `deposed`, `restored`
    pub what: String,
    /// Of an update the names of the attributes that differ, of a move where it went.
    pub detail: String,
}

/// What can go wrong with a store. Nothing that was durable before is lost by any of them.
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
    /// What is there can be read all the same.
    #[error("{place} cannot be {attempt}: the disk is full")]
    Full { place: String, attempt: &'static str },
    /// So can this.
    #[error("{place} cannot be written: {why}")]
    ReadOnly { place: String, why: String },
    #[error("{place} is damaged: {why}")]
    Damaged { place: String, why: String },
    /// A file was copied or renamed.
    #[error("{place} holds the state of {found}, and not that of {environment}")]
    Foreign { place: String, environment: EnvironmentName, found: String },
    #[error("{place} was written by a later version of terrace (schema {found}, this one knows {known})")]
    TooNew { place: String, found: u64, known: u64 },
}

impl Effect {
    /// Makes the change to a state in memory.
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

/// States of other environments and projects, for those who read what these give to others.
#[async_trait]
pub trait OtherStates: Send + Sync {
    /// The state of an environment whose file is in a folder, or why there is none, in whole sentences.
    async fn state(&self, folder: &std::path::Path, environment: &str) -> Result<State, String>;
}
