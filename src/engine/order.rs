//! The order of operations: a graph of its own, linear in objects and dependencies.
//!
//! Joints stand between operations, so that a thousand instances that depend on a thousand others take two thousand
//! edges instead of a million. Each resource has five:
//!
//! - *done*: everything to be created or updated is. Dependants may begin.
//! - *unused*: every dependant that is to be destroyed is. The resource's own objects may be destroyed.
//! - *gone*: objects destroyed before their replacement is created are gone. What they used to depend on may change.
//! - *free*: dependants that are destroyed before their replacement is created are gone. The resource may be created or
//!   updated itself.
//! - *left*: every dependant has been created or updated. Objects that were kept for their sake may be destroyed.
//!
//! Data sources inside `check` blocks wait until everything is *made*, because they look at the outcome.
//!
//! If a configuration has reversed a dependency, or changed what is created before it is destroyed, the stored order
//! and the configured one may conflict. Then the less important requirement gives way ([`Strength`]): nothing is ever
//! destroyed before what was made from it, and nothing created before what it is made from.

use foldhash::{HashMap, HashSet};

use crate::address::ResourcePath;
use crate::config::Configuration;
use crate::graph::{Schedule, knots};
use crate::plan::{Action, Order, Plan};

use super::validations::Waiting;

/// One node of the order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Turn {
    /// One half of a change of the plan, by the place of the change.
    Operation(usize, Half),
    Done(ResourcePath),
    Unused(ResourcePath),
    Gone(ResourcePath),
    Free(ResourcePath),
    Left(ResourcePath),
    Made,
    /// The conditions of a variable or an output, by its place.
    Held(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Half {
    /// Create, update or read.
    Make,
    Destroy,
    Forget,
}

pub(super) struct Turns {
    pub(super) turns: Vec<Turn>,
    pub(super) schedule: Schedule,
}

#[derive(Default)]
struct Builder {
    turns: Vec<Turn>,
    places: HashMap<Turn, usize>,
    needs: Vec<(usize, usize, Strength)>,
    /// Whether the plan destroys anything.
    destroys: bool,
}

/// How important it is that one thing comes after another. In a cycle, the weakest requirement gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    /// It is read after everything else.
    Late,
    /// It is kept until dependants that are new in the configuration are made, too.
    Newly,
    /// It changes after its former dependency is gone, and after its former dependants are.
    Gone,
    /// It is destroyed only after all that used it has moved on.
    Last,
    /// It is destroyed only after what was made from it is gone. Stored dependencies are circular only if a run that
    /// reversed a dependency was interrupted; then one of these objects has to be first.
    Used,
    Must,
}

/// Orders the operations of a plan. Each resource comes with its dependencies; `also` returns those of its provider.
/// What is `late` is read after everything else. References to variables and outputs wait for their conditions.
pub(super) fn order(
    plan: &Plan,
    resources: &[(ResourcePath, Vec<ResourcePath>)],
    late: &HashSet<ResourcePath>,
    waiting: &Waiting,
) -> Turns {
    let (turns, needs) = turns(plan, resources, late, waiting);
    let schedule = Schedule::new(turns.len(), needs.iter().copied());
    Turns { turns, schedule }
}

/// The turns, and pairs of places: the first comes after the second.
pub(super) fn turns(
    plan: &Plan,
    resources: &[(ResourcePath, Vec<ResourcePath>)],
    late: &HashSet<ResourcePath>,
    waiting: &Waiting,
) -> (Vec<Turn>, Vec<(usize, usize)>) {
    let destroys = plan.changes.iter().any(|change| change.action.destroys());
    let mut builder = Builder { destroys, ..Builder::default() };
    for (path, needed) in resources {
        let done = builder.place(Turn::Done(path.clone()));
        for other in needed {
            let other_done = builder.place(Turn::Done(other.clone()));
            builder.needs.push((done, other_done, Strength::Must));
            if destroys {
                builder.prefers(Turn::Left(other.clone()), Turn::Left(path.clone()), Strength::Newly);
            }
        }
    }
    if destroys {
        builder.stored(plan);
    }
    builder.validations(plan, waiting);
    for (place, change) in plan.changes.iter().enumerate() {
        let path = change.address.path();
        let before = stored_dependencies(plan, place);
        match change.action {
            Action::NoOp => {}
            Action::Forget => drop(builder.place(Turn::Operation(place, Half::Forget))),
            Action::Create | Action::Update | Action::Read => builder.make(place, &path, before, plan),
            Action::Delete => {
                let last = change.create_before_destroy || change.deposed.is_some();
                builder.destroy(place, &path, before, last);
            }
            Action::Replace(order) => {
                builder.make(place, &path, before, plan);
                builder.destroy(place, &path, before, order == Order::CreateFirst);
                let (make, destroy) =
                    (Turn::Operation(place, Half::Make), Turn::Operation(place, Half::Destroy));
                match order {
                    Order::DestroyFirst => builder.needs(make, destroy),
                    Order::CreateFirst => builder.needs(destroy, make),
                }
            }
        }
    }
    if !late.is_empty() {
        builder.late(plan, late);
    }
    if destroys || !late.is_empty() {
        builder.untangle();
    }
    let needs = builder.needs.iter().map(|(turn, other, _)| (*turn, *other)).collect();
    (builder.turns, needs)
}

/// The data sources inside `check` blocks.
pub(super) fn inside_checks(configuration: &Configuration) -> HashSet<ResourcePath> {
    let inside = configuration.nodes().flat_map(|(_, node)| {
        let inside = node.module.checks.values().filter_map(|check| check.data.clone());
        inside.map(|resource| ResourcePath { module: node.path.clone(), resource })
    });
    inside.collect()
}

fn stored_dependencies(plan: &Plan, place: usize) -> &[ResourcePath] {
    let change = &plan.changes[place];
    let instance = plan.prior.instance(&change.address);
    let object = match &change.deposed {
        Some(key) => instance.and_then(|instance| instance.deposed.get(key)),
        None => instance.and_then(|instance| instance.current.as_ref()),
    };
    object.map(|object| &*object.dependencies).unwrap_or_default()
}

impl Builder {
    fn place(&mut self, turn: Turn) -> usize {
        if let Some(place) = self.places.get(&turn) {
            return *place;
        }
        let place = self.turns.len();
        self.turns.push(turn.clone());
        self.places.insert(turn, place);
        place
    }

    /// `turn` comes after `other`.
    fn needs(&mut self, turn: Turn, other: Turn) {
        self.prefers(turn, other, Strength::Must);
    }

    fn prefers(&mut self, turn: Turn, other: Turn, strength: Strength) {
        let (turn, other) = (self.place(turn), self.place(other));
        self.needs.push((turn, other, strength));
    }

    /// Drops requirements, the weakest first, until there is no cycle.
    fn untangle(&mut self) {
        for weakest in [Strength::Late, Strength::Newly, Strength::Gone, Strength::Last, Strength::Used] {
            let needs = self.needs.iter().map(|(turn, other, _)| (*turn, *other));
            let knots = knots(self.turns.len(), needs);
            let in_circle = |turn: usize, other: usize| knots[turn] == knots[other];
            if !self.needs.iter().any(|(turn, other, _)| in_circle(*turn, *other)) {
                return;
            }
            self.needs.retain(|(turn, other, strength)| *strength != weakest || !in_circle(*turn, *other));
        }
    }

    /// An unchanged object keeps its dependencies, so that the order is transitive through it.
    fn stored(&mut self, plan: &Plan) {
        let mut seen = HashSet::default();
        for (address, _, instance) in plan.prior.instances() {
            let path = address.path();
            for object in instance.current.iter().chain(instance.deposed.values()) {
                for needed in object.dependencies.iter() {
                    if *needed != path && seen.insert((path.clone(), needed.clone())) {
                        let (later, sooner) = (Turn::Unused(needed.clone()), Turn::Unused(path.clone()));
                        self.prefers(later, sooner, Strength::Used);
                        let (later, sooner) = (Turn::Gone(path.clone()), Turn::Gone(needed.clone()));
                        self.prefers(later, sooner, Strength::Gone);
                        let (later, sooner) = (Turn::Free(needed.clone()), Turn::Free(path.clone()));
                        self.prefers(later, sooner, Strength::Gone);
                    }
                }
            }
        }
    }

    fn validations(&mut self, plan: &Plan, waiting: &Waiting) {
        for (place, (resources, others)) in waiting.conditional.iter().enumerate() {
            let held = Turn::Held(place);
            self.place(held.clone());
            resources.iter().for_each(|needed| self.needs(held.clone(), Turn::Done(needed.clone())));
            others.iter().for_each(|other| self.needs(held.clone(), Turn::Held(*other)));
        }
        for (path, variables) in &waiting.resources {
            variables.iter().for_each(|place| self.needs(Turn::Done(path.clone()), Turn::Held(*place)));
        }
        let makes =
            |action| matches!(action, Action::Create | Action::Update | Action::Read | Action::Replace(_));
        for (place, change) in plan.changes.iter().enumerate().filter(|(_, change)| makes(change.action)) {
            for held in waiting.resources.get(&change.address.path()).into_iter().flat_map(|held| held.iter())
            {
                self.needs(Turn::Operation(place, Half::Make), Turn::Held(*held));
            }
        }
    }

    fn late(&mut self, plan: &Plan, late: &HashSet<ResourcePath>) {
        for (place, change) in plan.changes.iter().enumerate() {
            let operation = Turn::Operation(place, Half::Make);
            match change.action {
                Action::Create | Action::Update | Action::Replace(_) => {
                    self.prefers(Turn::Made, operation, Strength::Late);
                }
                Action::Read if late.contains(&change.address.path()) => {
                    self.prefers(operation, Turn::Made, Strength::Late);
                }
                _ => {}
            }
        }
    }

    fn make(&mut self, place: usize, path: &ResourcePath, before: &[ResourcePath], plan: &Plan) {
        let operation = Turn::Operation(place, Half::Make);
        self.needs(Turn::Done(path.clone()), operation.clone());
        if self.destroys {
            self.prefers(operation.clone(), Turn::Free(path.clone()), Strength::Gone);
        }
        for needed in plan.changes[place].dependencies.iter().filter(|needed| *needed != path) {
            self.needs(operation.clone(), Turn::Done(needed.clone()));
            self.prefers(Turn::Left(needed.clone()), operation.clone(), Strength::Newly);
        }
        for needed in before.iter().filter(|needed| *needed != path) {
            self.prefers(operation.clone(), Turn::Gone(needed.clone()), Strength::Gone);
            self.needs(Turn::Left(needed.clone()), operation.clone());
        }
    }

    /// With `last`, it is destroyed only after all that uses it has moved on.
    fn destroy(&mut self, place: usize, path: &ResourcePath, before: &[ResourcePath], last: bool) {
        let operation = Turn::Operation(place, Half::Destroy);
        self.needs(operation.clone(), Turn::Unused(path.clone()));
        if last {
            self.prefers(operation.clone(), Turn::Left(path.clone()), Strength::Last);
        } else {
            self.needs(Turn::Gone(path.clone()), operation.clone());
        }
        for needed in before.iter().filter(|needed| *needed != path) {
            if !last {
                self.prefers(Turn::Free(needed.clone()), operation.clone(), Strength::Gone);
            }
            self.prefers(Turn::Unused(needed.clone()), operation.clone(), Strength::Used);
        }
    }
}
