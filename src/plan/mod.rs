//! What is going to happen: pure data, made by the engine, shown by `render` and carried out by the engine again.
//!
//! Knows nothing of how it came about. Values carry their marks; what is not known yet is unknown in `after`.

mod check;
pub mod format;
mod inside;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, EnvironmentName, ProviderAddress, ProviderConfigAddress, ResourcePath, Target,
};
use crate::schema;
use crate::state::{CheckState, DeposedKey, State};
use crate::value::{Name, Path, Type, Value};

pub use check::{Flaw, check};
pub use inside::{After, Fate, Inside, Part, PartAction, Property, Recreation};

/// All that one run would do to one environment.
#[derive(Clone, Debug)]
pub struct Plan {
    pub origin: Origin,
    /// When it was made: RFC 3339, UTC.
    pub time: String,
    pub wish: Wish,
    /// What each instance is about to go through, those included that stay as they are; ordered by address.
    pub changes: Vec<Change>,
    /// Where the world was found to differ from the stored state.
    pub drift: Vec<Change>,
    /// All outputs of the root module, and those that go.
    pub outputs: BTreeMap<Name, OutputChange>,
    pub checks: Vec<CheckState>,
    /// Patterns of what must not be destroyed: those that come into force (create), and those that are lifted (delete).
    pub protection: BTreeMap<Name, Action>,
    /// The stored state, moved and refreshed: what the operations start from.
    pub prior: Arc<State>,
    /// What the types that occur look like.
    pub schemas: Schemas,
    /// Not everything could be planned, because something failed. Such a plan is shown and never applied.
    pub faulty: bool,
    /// It was made from what cannot be, so that it says nothing that is worth showing.
    pub unfounded: bool,
}

/// What a plan was made from. One that was made from something else is stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub environment: EnvironmentName,
    pub lineage: String,
    pub serial: u64,
    /// Of all files of the configuration.
    pub configuration: String,
    /// Of the providers that took part.
    pub providers: BTreeMap<ProviderAddress, String>,
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub mode: Mode,
    /// Values of the root module's variables, those included that have their default.
    pub inputs: BTreeMap<Name, Value>,
    /// Only these and what they need; all, where there are none.
    pub targets: Vec<Target>,
    /// All but these and what needs them.
    pub excluded: Vec<Target>,
    /// Objects to be taken over, besides those of `import` blocks: where to, and what they are called.
    pub imports: Vec<(AbsoluteInstance, String)>,
    /// To be replaced whether they have changed or not.
    pub replace: Vec<AbsoluteInstance>,
    /// Whether the providers are not asked how things are.
    pub skip_refresh: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Normal,
    /// Only takes over into the state what is.
    RefreshOnly,
    Destroy,
}

/// What one instance, or one deposed object of it, goes through. A plan has one for each instance that there is, so that
/// what few of them have is held elsewhere.
#[derive(Clone, Debug)]
pub struct Change {
    pub address: AbsoluteInstance,
    pub deposed: Option<DeposedKey>,
    /// Where the state had it before.
    pub moved_from: Option<Box<AbsoluteInstance>>,
    pub provider: Arc<ProviderConfigAddress>,
    pub action: Action,
    pub reason: Option<Reason>,
    /// As it is; null where there is nothing yet.
    pub before: Value,
    /// As it will be; null where nothing will be left.
    pub after: Value,
    /// What in it forces the replacement.
    pub forces_replacement: Vec<Path>,
    pub import: Option<Box<Import>>,
    /// The provider's notes that belong to the plan.
    pub private: Arc<[u8]>,
    /// What the new object will depend on.
    pub dependencies: Arc<[ResourcePath]>,
    pub create_before_destroy: bool,
    /// What becomes of its parts, where another engine looks after them.
    pub inside: Option<Arc<Inside>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    NoOp,
    Create,
    /// A data source is read while applying.
    Read,
    Update,
    Delete,
    Replace(Order),
    /// No longer looked after; the object itself stays.
    Forget,
}

/// Which half of a replacement comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    DestroyFirst,
    CreateFirst,
}

/// Why, where the action alone does not say it.
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

/// An object that exists is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: String,
    /// Configuration that was written for it, because there was none.
    pub generated: Option<Arc<str>>,
}

/// An output of the root module.
#[derive(Clone, Debug)]
pub struct OutputChange {
    pub action: Action,
    pub before: Value,
    pub after: Value,
    /// Whether it is masked when it is shown.
    pub sensitive: bool,
}

/// What types look like, of the providers that take part.
#[derive(Clone, Debug, Default)]
pub struct Schemas(pub BTreeMap<ProviderAddress, Arc<schema::Provider>>);

impl Schemas {
    /// What an instance looks like; none where nobody knows (a provider that is gone).
    pub fn of(&self, provider: &ProviderAddress, address: &AbsoluteInstance) -> Option<&schema::Block> {
        self.0.get(provider)?.block(address.resource.mode, &address.resource.kind)
    }
}

/// What is done to one object at one time while a plan is carried out.
#[derive(Clone, Debug)]
pub struct Step {
    pub address: AbsoluteInstance,
    pub deposed: Option<DeposedKey>,
    /// A replacement is two steps, one that creates and one that deletes. What is only looked at stays as it is.
    pub action: Action,
    /// The steps that come before it, by their places.
    pub needs: Vec<usize>,
}

impl Plan {
    /// Whether nothing was planned at all, not even that something stays as it is.
    pub fn is_blank(&self) -> bool {
        self.changes.is_empty() && self.outputs.is_empty()
    }

    /// Whether applying it would do anything, to the world or to the state.
    pub fn has_changes(&self) -> bool {
        let instances = self.changes.iter().any(Change::is_work);
        let outputs = self.outputs.values().any(|output| output.action != Action::NoOp);
        let protection = !self.protection.is_empty();
        instances
            || outputs
            || protection
            || (self.wish.mode == Mode::RefreshOnly
                && self.drift.iter().any(|drift| drift.action != Action::NoOp))
    }
}

impl Change {
    /// One that does nothing yet, to an object that is not there.
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

    /// Whether there is anything to do about it.
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
