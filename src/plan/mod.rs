//! What is going to happen, as pure data: made by the engine, shown by `render`, and carried out by the engine again.
//!
//! Knows nothing of how it was made. Values carry their marks; what is not known yet is unknown in `after`.

mod check;
pub mod format;
mod inside;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, EnvironmentName, ProviderAddress, ProviderConfigAddress, ResourcePath, Target,
};
use crate::schema;
use crate::state::{CheckState, DeposedKey, State};
use crate::value::{Name, Path, Type, Value};

pub use check::{Flaw, check};
pub use inside::{After, Fate, Inside, Part, PartAction, Property, Recreation};

/// Everything that one run would do to one environment.
#[derive(Clone, Debug)]
pub struct Plan {
    pub origin: Origin,
    /// When it was made: RFC 3339, UTC.
    pub time: String,
    pub options: PlanOptions,
    /// The change of each instance, including those that stay as they are; ordered by address.
    pub changes: Vec<Change>,
    /// Where objects were found to differ from the stored state.
    pub drift: Vec<Change>,
    /// All outputs of the root module, including those that are removed.
    pub outputs: BTreeMap<Name, OutputChange>,
    pub checks: Vec<CheckState>,
    /// Patterns of protected objects: those that come into force (create), and those that are lifted (delete).
    pub protection: BTreeMap<Name, Action>,
    /// The stored state after moves and refresh, from which the operations start.
    pub prior: Arc<State>,
    /// The schemas of the types that occur.
    pub schemas: Schemas,
    /// Something failed, so not everything could be planned. Such a plan is shown and never applied.
    pub faulty: bool,
    /// What the plan is based on is invalid, so that it is not worth showing.
    pub unfounded: bool,
}

/// What a plan was made from. If any of it has changed, the plan is stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub environment: EnvironmentName,
    pub lineage: String,
    pub serial: u64,
    /// The digest of all files of the configuration.
    pub configuration: String,
    /// The digests of the providers that took part.
    pub providers: BTreeMap<ProviderAddress, String>,
}

/// What the plan was asked to be.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    pub mode: Mode,
    /// Values of the root module's variables, including defaults.
    pub inputs: BTreeMap<Name, Value>,
    /// Only these and what they depend on; everything if empty.
    pub targets: Vec<Target>,
    /// Everything but these and what depends on them.
    pub excluded: Vec<Target>,
    /// Objects to import besides those of `import` blocks: the address, and the id.
    pub imports: Vec<(AbsoluteInstance, String)>,
    /// To be replaced even if they have not changed.
    pub replace: Vec<AbsoluteInstance>,
    /// Whether to trust the state instead of refreshing.
    pub skip_refresh: bool,
    /// The ephemeral variables that were given a value, which have to be given one again when a saved plan is applied.
    /// Not known of plans that older versions have saved.
    pub given: Option<BTreeSet<Name>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Normal,
    /// Only record in the state what has changed outside.
    RefreshOnly,
    Destroy,
}

/// What happens to one instance, or to one deposed object of it. A plan has one for every instance, so rarely used
/// details are boxed.
#[derive(Clone, Debug)]
pub struct Change {
    pub address: AbsoluteInstance,
    pub deposed: Option<DeposedKey>,
    /// The address before a move.
    pub moved_from: Option<Box<AbsoluteInstance>>,
    pub provider: Arc<ProviderConfigAddress>,
    pub action: Action,
    pub reason: Option<Reason>,
    /// The present value; null if there is no object yet.
    pub before: Value,
    /// The value afterwards; null if the object is removed.
    pub after: Value,
    /// The paths that force the replacement.
    pub forces_replacement: Vec<Path>,
    pub import: Option<Box<Import>>,
    /// The provider's private data for the plan.
    pub private: Arc<[u8]>,
    /// What the new object will depend on.
    pub dependencies: Arc<[ResourcePath]>,
    pub create_before_destroy: bool,
    /// What happens to its parts, if another engine manages them.
    pub inside: Option<Arc<Inside>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    NoOp,
    Create,
    /// A data source to be read while applying.
    Read,
    Update,
    Delete,
    Replace(Order),
    /// No longer managed; the object itself stays.
    Forget,
}

/// Which half of a replacement comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    DestroyFirst,
    CreateFirst,
}

/// Why, if the action alone does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    ReplaceBecauseTainted,
    ReplaceByRequest,
    ReplaceByTriggers,
    ReplaceBecauseCannotUpdate,
    DeleteBecauseNoResourceConfig,
    DeleteBecauseNoModule,
    DeleteBecauseWrongRepetition,
    DeleteBecauseCountIndex,
    DeleteBecauseEachKey,
    DeleteBecauseNoMoveTarget,
    ReadBecauseConfigUnknown,
    ReadBecauseDependencyPending,
    ReadBecauseCheckNested,
}

/// The import of an existing object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: String,
    /// Configuration that was generated for it, because there was none.
    pub generated: Option<Arc<str>>,
}

/// An output of the root module.
#[derive(Clone, Debug)]
pub struct OutputChange {
    pub action: Action,
    pub before: Value,
    pub after: Value,
    /// Whether it is hidden when shown.
    pub sensitive: bool,
}

/// The schemas of the providers that take part.
#[derive(Clone, Debug, Default)]
pub struct Schemas(pub BTreeMap<ProviderAddress, Arc<schema::Provider>>);

impl Schemas {
    /// The schema of an instance; `None` if it is unknown, as for a provider that is gone.
    pub fn of(&self, provider: &ProviderAddress, address: &AbsoluteInstance) -> Option<&schema::Block> {
        self.0.get(provider)?.block(address.resource.mode, &address.resource.kind)
    }
}

/// One operation of a plan that is being carried out.
#[derive(Clone, Debug)]
pub struct Step {
    pub address: AbsoluteInstance,
    pub deposed: Option<DeposedKey>,
    /// A replacement is two steps, a delete and a create. A read is a no-op.
    pub action: Action,
    /// The steps before this one, by their places.
    pub needs: Vec<usize>,
}

impl Plan {
    /// Whether nothing was planned at all, not even no-ops.
    fn is_blank(&self) -> bool {
        self.changes.is_empty() && self.outputs.is_empty()
    }

    /// Whether only a part could be planned, and that part helps to understand the errors.
    pub fn is_partial(&self) -> bool {
        self.faulty && !self.unfounded && !self.is_blank()
    }

    /// Whether applying it would change anything, in the outside world or in the state.
    pub fn has_changes(&self) -> bool {
        let instances = self.changes.iter().any(Change::is_work);
        let outputs = self.outputs.values().any(|output| output.action != Action::NoOp);
        let protection = !self.protection.is_empty();
        instances
            || outputs
            || protection
            || (self.options.mode == Mode::RefreshOnly
                && self.drift.iter().any(|drift| drift.action != Action::NoOp))
    }
}

impl Change {
    /// A no-op change of an object that does not exist.
    pub fn of_nothing(
        address: AbsoluteInstance,
        provider: Arc<ProviderConfigAddress>,
        dependencies: Arc<[ResourcePath]>,
        ty: &Type,
    ) -> Self {
        let none = Value::null(ty.clone());
        Self {
            address,
            deposed: None,
            moved_from: None,
            provider,
            action: Action::NoOp,
            reason: None,
            before: none.clone(),
            after: none,
            forces_replacement: Vec::new(),
            import: None,
            private: Arc::default(),
            dependencies,
            create_before_destroy: false,
            inside: None,
        }
    }

    /// Whether there is anything to do.
    pub fn is_work(&self) -> bool {
        self.action != Action::NoOp || self.moved_from.is_some() || self.import.is_some()
    }
}

impl Action {
    pub fn creates(self) -> bool {
        matches!(self, Self::Create | Self::Replace(_))
    }

    pub fn destroys(self) -> bool {
        matches!(self, Self::Delete | Self::Replace(_))
    }
}
