//! A view of a plan: what is worth showing, in order, with every difference computed.
//!
//! The forms (terminal, Markdown and JSON) only lay this out. A secret never becomes text here: it is a shape of its
//! own, or keeps its mark inside a value.

mod align;
mod block;
mod change;
mod difference;
mod document;
mod forcing;
mod parts;
mod secrets;
mod text;

use std::collections::BTreeSet;

use crate::address::{AbsoluteInstance, ResourceMode, ResourcePath};
use crate::plan::{Action, Change, Mode, Plan};
use crate::schema::Block;
use crate::value::{Mark, Name, Value};

pub use block::{BlockView, Inside, NestedView};
pub use change::{ChangeView, Emphasis, Headline, Note};
pub(super) use change::{brief, planned, subject};
use forcing::Forcing;

pub(super) use difference::is_secret;
pub use difference::{Difference, Disclosure, Shape, Turn};
pub(super) use document::json as json_document;
pub(super) use parts::parts;
pub use parts::{PartCounts, PartView, PartsView, PropertyView};
pub(super) use secrets::Secrets;
pub use text::Line;
pub(super) use text::split;

/// A plan, ready to be laid out.
#[derive(Clone, Debug)]
pub struct PlanView {
    pub frame: Frame,
    /// The changes, ordered by module and address, without no-ops.
    pub changes: Vec<ChangeView>,
}

/// Everything about a plan except its changes. Those are most of it, so the terminal makes each view when it is laid
/// out.
#[derive(Clone, Debug)]
pub struct Frame {
    pub mode: Mode,
    /// Whether something could not be planned.
    pub faulty: bool,
    /// Whether applying it would change anything, even if only in the state.
    pub has_changes: bool,
    /// Where objects were found to differ from the state, as far as it concerns this plan.
    pub drift: Vec<ChangeView>,
    /// The outputs that change, by name.
    pub outputs: Vec<(Name, Difference)>,
    /// Protection patterns that come into force or are lifted, by name.
    pub protection: Vec<(Name, Action)>,
    pub counts: Counts,
}

/// What was changed outside, and the number of changes that the configuration would make.
#[derive(Clone, Debug)]
pub struct DriftView {
    /// Where objects were found to differ from the state.
    pub changes: Vec<ChangeView>,
    /// The number of changed objects.
    pub changed: usize,
    /// The number of objects that are gone.
    pub gone: usize,
    /// The number of nested parts that were changed or are gone.
    pub parts: usize,
    /// What applying the configuration would do to these objects.
    pub undoing: Counts,
    /// What it would do to others.
    pub besides: Counts,
}

/// How much of what there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub create: usize,
    pub update: usize,
    pub delete: usize,
    pub replace_destroy_first: usize,
    pub replace_create_first: usize,
    pub read: usize,
    pub forget: usize,
    pub import: usize,
    /// Objects that get another address, whatever else happens to them.
    pub moved: usize,
    /// Nested parts inside all these objects.
    pub parts: PartCounts,
}

impl Counts {
    /// A replacement adds one and destroys one.
    pub fn added(self) -> usize {
        self.create + self.replaced()
    }

    pub fn destroyed(self) -> usize {
        self.delete + self.replaced()
    }

    pub fn replaced(self) -> usize {
        self.replace_destroy_first + self.replace_create_first
    }

    /// Destroyed objects with everything inside, and lost parts with data.
    pub fn lost(self) -> usize {
        self.destroyed() + self.parts.data
    }

    /// Everything that changes or reads objects.
    pub fn operations(self) -> usize {
        self.create + self.update + self.delete + self.replaced() + self.read
    }

    /// Of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut counts = Self::default();
        plan.changes.iter().filter(|change| is_shown(change)).for_each(|change| counts.take(change));
        counts
    }

    fn take(&mut self, change: &Change) {
        use crate::plan::Order::{CreateFirst, DestroyFirst};
        match change.action {
            Action::NoOp => {}
            Action::Create => self.create += 1,
            Action::Read => self.read += 1,
            Action::Update => self.update += 1,
            Action::Delete => self.delete += 1,
            Action::Replace(DestroyFirst) => self.replace_destroy_first += 1,
            Action::Replace(CreateFirst) => self.replace_create_first += 1,
            Action::Forget => self.forget += 1,
        }
        self.import += usize::from(change.import.is_some());
        self.moved += usize::from(change.moved_from.is_some() && change.deposed.is_none());
        self.parts.take_all(change);
    }
}

/// The view of an object without changes.
pub(super) fn object_view(schema: &Block, object: &Value) -> BlockView {
    let secrets = Secrets::among([object], schema);
    let object = secrets.veil(schema, object);
    block::block(schema, Some(&*object), Some(&*object), &Forcing::none())
}

/// An object with all of its secrets marked.
pub(super) fn veiled(schema: &Block, object: &Value) -> Value {
    let secrets = Secrets::among([object], schema);
    schema.mark_secrets(secrets.veil(schema, object).into_owned())
}

/// What a plan looks like.
pub fn plan_view(plan: &Plan) -> PlanView {
    let changes = shown(plan).into_iter().map(|change| planned(change, &plan.schemas)).collect();
    PlanView { frame: Frame::of(plan), changes }
}

impl Frame {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            mode: plan.options.mode,
            faulty: plan.faulty,
            has_changes: plan.has_changes(),
            drift: drift(plan),
            outputs: outputs(plan),
            protection: plan.protection.iter().map(|(pattern, action)| (pattern.clone(), *action)).collect(),
            counts: Counts::of(plan),
        }
    }
}

/// The changes that are shown, in order.
pub(super) fn shown(plan: &Plan) -> Vec<&Change> {
    plan.changes.iter().filter(|change| is_shown(change)).collect()
}

/// The part of a plan about outside changes.
pub fn drift_view(plan: &Plan) -> DriftView {
    // A mere change of address comes from the configuration.
    let found: Vec<&Change> = plan.drift.iter().filter(|change| change.action != Action::NoOp).collect();
    let gone = found.iter().filter(|change| change.action == Action::Delete).count();
    let concerned: BTreeSet<&AbsoluteInstance> = found.iter().map(|change| &change.address).collect();
    let (mut undoing, mut besides) = (Counts::default(), Counts::default());
    for change in plan.changes.iter().filter(|change| is_shown(change)) {
        let counts = if concerned.contains(&change.address) { &mut undoing } else { &mut besides };
        counts.take(change);
    }
    DriftView {
        changed: found.len() - gone,
        gone,
        parts: found.iter().flat_map(|change| &change.inside).map(|inside| inside.parts.len()).sum(),
        changes: found.into_iter().map(|change| change::detected(change, &plan.schemas)).collect(),
        undoing,
        besides,
    }
}

/// Whether a change is shown. A data source that is removed is no loss.
pub(super) fn is_shown(change: &Change) -> bool {
    let dropped = change.action == Action::Delete && change.address.resource.mode != ResourceMode::Managed;
    change.is_work() && !dropped
}

/// Except in a refresh-only run, only drift that is relevant to a planned change: the rest would be noise that repeats
/// with every plan.
fn drift(plan: &Plan) -> Vec<ChangeView> {
    let everything = plan.options.mode == Mode::RefreshOnly;
    if plan.drift.is_empty() {
        return Vec::new();
    }
    let concerned: BTreeSet<ResourcePath> = match everything {
        true => BTreeSet::new(),
        false => plan
            .changes
            .iter()
            .filter(|change| change.is_work())
            .flat_map(|change| change.dependencies.iter().cloned().chain([change.address.path()]))
            .collect(),
    };
    let shown = plan.drift.iter().filter(|change| {
        everything || change.action != Action::NoOp && concerned.contains(&change.address.path())
    });
    shown.map(|change| change::detected(change, &plan.schemas)).collect()
}

fn outputs(plan: &Plan) -> Vec<(Name, Difference)> {
    let shown = plan.outputs.iter().filter(|(_, output)| output.action != Action::NoOp);
    let differences = shown.map(|(name, output)| {
        let masked = |value: &Value| match output.sensitive {
            true => value.clone().mark(Mark::Sensitive),
            false => value.clone(),
        };
        let before = (output.action != Action::Create).then(|| masked(&output.before));
        let after = (output.action != Action::Delete).then(|| masked(&output.after));
        (name.clone(), difference::loose(before.as_ref(), after.as_ref(), &Forcing::none()))
    });
    differences.filter(|(_, difference)| difference.turn != Turn::Same).collect()
}
