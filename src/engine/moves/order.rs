//! The order of moves: chains from their beginning, and moves inside something before or after the move of that thing
//! itself, so that each finds its object where the block says.

use std::collections::HashMap;

use crate::address::{InstanceKey, ResourceAddress};
use crate::graph::Needs;

use super::statement::{End, Extent, Statement};

/// The statements in order, by their places, or the cycles if there is no order.
pub(super) fn order<'s>(statements: &[&'s Statement]) -> Result<Vec<usize>, Vec<Vec<&'s Statement>>> {
    let mut graph = Needs::new();
    let places: Vec<_> = (0..statements.len()).map(|index| graph.add(index)).collect();
    let found = Index::new(statements);
    for (index, statement) in statements.iter().enumerate() {
        found.for_each_that_may_matter(statement, |other| {
            let Some(around) = statements.get(other).filter(|_| other != index) else { return };
            if comes_after(statement, around) {
                graph.needs(places[index], other);
            }
            if comes_after(around, statement) {
                graph.needs(places[other], index);
            }
        });
    }
    let circles = graph.circles();
    if !circles.is_empty() {
        let name = |circle: Vec<usize>| circle.into_iter().map(|index| statements[index]).collect();
        return Err(circles.into_iter().map(name).collect());
    }
    let mut order = Vec::with_capacity(statements.len());
    let mut schedule = graph.schedule();
    while let Some(index) = schedule.take() {
        order.push(index);
        schedule.done(index);
    }
    Ok(order)
}

/// Whether `statement` must run after `other`.
fn comes_after(statement: &Statement, other: &Statement) -> bool {
    if continues(&statement.from, statement.extent, &other.to, other.extent) {
        return true;
    }
    let inside = |inner: &Statement, end: &End, outer: &Statement, around: &End| {
        is_inside(end, inner.extent, around, outer.extent)
    };
    let nested = inside(statement, &statement.from, other, &other.to)
        || inside(statement, &statement.to, other, &other.to)
        || inside(other, &other.from, statement, &statement.from)
        || inside(other, &other.to, statement, &statement.from);
    // If an outer module only changes its key, it is on the path of both ends of a move inside it. Then the inner move
    // waits for the outer one, and not also the reverse.
    nested && (statement.depth >= other.depth || !statement.only_changes_keys())
}

impl Statement {
    fn only_changes_keys(&self) -> bool {
        self.from.resource.is_none()
            && self.extent != Extent::Call
            && self.from.steps.len() == self.to.steps.len()
            && self.from.steps.iter().zip(&self.to.steps).all(|((a, _), (b, _))| a == b)
    }
}

/// Whether one move can begin where another ends.
fn continues(from: &End, extent: Extent, to: &End, other: Extent) -> bool {
    if from.steps.len() != to.steps.len() || !to.can_lead_to(from) || from.resource != to.resource {
        return false;
    }
    match (extent, other) {
        (Extent::Resource, Extent::Resource) => true,
        (Extent::Instance, Extent::Instance) => from.key == to.key,
        (Extent::Resource | Extent::Instance, _) | (_, Extent::Resource | Extent::Instance) => false,
        _ => true,
    }
}

/// Whether one end can be a part of the other.
fn is_inside(end: &End, extent: Extent, around: &End, other: Extent) -> bool {
    if !around.can_lead_to(end) {
        return false;
    }
    match other {
        Extent::Call | Extent::ModuleInstance => {
            // The instances of a call are parts of it; a module is only part of modules further up.
            let same_kind = match other {
                Extent::Call => extent == Extent::Call,
                _ => matches!(extent, Extent::Call | Extent::ModuleInstance),
            };
            !same_kind || end.steps.len() > around.steps.len()
        }
        Extent::Resource => {
            extent == Extent::Instance
                && end.steps.len() == around.steps.len()
                && end.resource == around.resource
        }
        Extent::Instance => false,
    }
}

/// The ends of all statements as a tree of the steps that lead to them, so that only related statements are compared:
/// there may be one for each of thousands of instances.
#[derive(Default)]
struct Index<'s> {
    /// By the name and key of a call; without a key, for any instance of it.
    calls: HashMap<(&'s str, Option<&'s InstanceKey>), Index<'s>>,
    /// The keys in `calls`, by name.
    keys: HashMap<&'s str, Vec<Option<&'s InstanceKey>>>,
    modules: Vec<usize>,
    /// Whole resources.
    resources: HashMap<&'s ResourceAddress, Vec<usize>>,
    instances: HashMap<(&'s ResourceAddress, &'s InstanceKey), Vec<usize>>,
}

impl<'s> Index<'s> {
    fn new(statements: &[&'s Statement]) -> Self {
        let mut index = Self::default();
        for (at, statement) in statements.iter().enumerate() {
            for end in [&statement.from, &statement.to] {
                index.add(end, statement.extent, at);
            }
        }
        index
    }

    fn add(&mut self, end: &'s End, extent: Extent, at: usize) {
        let mut place = self;
        for (call, key) in &end.steps {
            let step = (&**call, key.as_ref());
            if !place.calls.contains_key(&step) {
                place.keys.entry(call).or_default().push(step.1);
            }
            place = place.calls.entry(step).or_default();
        }
        match (&end.resource, extent) {
            (None, _) => place.modules.push(at),
            (Some(resource), Extent::Instance) => {
                place.instances.entry((resource, &end.key)).or_default().push(at);
            }
            (Some(resource), _) => place.resources.entry(resource).or_default().push(at),
        }
    }

    /// Calls `found` with the statements whose ends are at or around those of this one. Statements inside will find
    /// this one themselves.
    fn for_each_that_may_matter(&self, statement: &'s Statement, mut found: impl FnMut(usize)) {
        for end in [&statement.from, &statement.to] {
            let mut places = vec![self];
            for (call, key) in &end.steps {
                places.iter().flat_map(|place| &place.modules).for_each(|other| found(*other));
                places = places.iter().flat_map(|place| place.along(call, key.as_ref())).collect();
            }
            for place in places {
                place.modules.iter().for_each(|other| found(*other));
                let Some(resource) = &end.resource else { continue };
                place.resources.get(resource).into_iter().flatten().for_each(|other| found(*other));
                if statement.extent == Extent::Instance {
                    let same = place.instances.get(&(resource, &end.key));
                    same.into_iter().flatten().for_each(|other| found(*other));
                }
            }
        }
    }

    /// The places that a step can lead to.
    fn along<'i>(&'i self, call: &'s str, key: Option<&'s InstanceKey>) -> Vec<&'i Self> {
        let keys = match key {
            Some(_) => vec![key, None],
            None => self.keys.get(call).cloned().unwrap_or_default(),
        };
        keys.into_iter().filter_map(|key| self.calls.get(&(call, key))).collect()
    }
}
