//! Validations of variables while a plan is applied: each is held as soon as the value is known, and what refers to the
//! variable waits for it, so that nothing is made from a value that is refused.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::address::ResourcePath;
use crate::config::{Configuration, Variable};
use crate::diag::Diagnostics;
use crate::eval::Surroundings;
use crate::eval::validate::{Thing, What};
use crate::graph::Needs;

use super::walk::Walk;

/// The variables of a configuration that have validations, by their places in a list.
pub(super) struct Validations<'v> {
    variables: Vec<Thing<'v>>,
    places: HashMap<Thing<'v>, usize>,
    configuration: &'v Configuration,
    graph: &'v Needs<Thing<'v>>,
    /// The first ones on all ways from a thing that is no resource.
    reached: RefCell<HashMap<Thing<'v>, Places>>,
}

type Places = Rc<BTreeSet<usize>>;

/// What waits for what.
#[derive(Default)]
pub(super) struct Waiting {
    /// For each variable, the resources and the other variables that must be done before.
    pub(super) variables: Vec<(Vec<ResourcePath>, Places)>,
    /// For each resource that refers to any, the variables.
    pub(super) resources: HashMap<ResourcePath, Places>,
}

impl<'v> Validations<'v> {
    /// Those that take part in the run.
    pub(super) fn of(walk: &Walk<'v>, graph: &'v Needs<Thing<'v>>) -> Self {
        let configuration = walk.request.configuration;
        let has_rules = |thing: &&Thing<'v>| {
            variable(configuration, thing).is_some_and(|variable| !variable.validations.is_empty())
        };
        let variables = graph.nodes().filter(has_rules).filter(|thing| walk.takes_part(thing)).copied();
        let variables: Vec<Thing<'v>> = variables.collect();
        let places = variables.iter().enumerate().map(|(place, thing)| (*thing, place)).collect();
        Self { variables, places, configuration, graph, reached: RefCell::default() }
    }

    pub(super) fn waiting(&self, walk: &Walk<'v>) -> Waiting {
        if self.variables.is_empty() {
            return Waiting::default();
        }
        let variables = self.variables.iter().map(|thing| (walk.needed(thing), self.next(thing)));
        let resources = self.graph.nodes().filter_map(|thing| {
            let What::Resource(resource) = thing.what else { return None };
            let module = self.configuration.node(thing.module).path.clone();
            let next = self.next(thing);
            (!next.is_empty()).then(|| (ResourcePath { module, resource: resource.clone() }, next))
        });
        Waiting { variables: variables.collect(), resources: resources.collect() }
    }

    /// The first variables with validations on all ways from a thing, as far as there is no resource between.
    pub(super) fn next(&self, thing: &Thing<'v>) -> Places {
        if self.variables.is_empty() {
            return Places::default();
        }
        let mut found = BTreeSet::new();
        for needed in self.graph.of(thing) {
            match (self.places.get(needed), &needed.what) {
                (Some(place), _) => drop(found.insert(*place)),
                (None, What::Resource(_)) => {}
                (None, _) => found.extend(self.through(needed).iter().copied()),
            }
        }
        Rc::new(found)
    }

    fn through(&self, thing: &Thing<'v>) -> Places {
        if let Some(known) = self.reached.borrow().get(thing) {
            return Rc::clone(known);
        }
        let found = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.next(thing));
        self.reached.borrow_mut().insert(*thing, Rc::clone(&found));
        found
    }

    /// Holds the values of a variable against what must be true of them; says whether it is.
    pub(super) fn hold(&self, walk: &Walk<'v>, place: usize) -> bool {
        let Some(thing) = self.variables.get(place) else { return true };
        let Some(variable) = variable(self.configuration, thing) else { return true };
        let mut faults = Diagnostics::new();
        for module in walk.evaluator.expansion(thing.module).unwrap_or_default().iter() {
            let scope = walk.evaluator.scope(module, Surroundings::default());
            walk.found.borrow_mut().checks.variable(module, variable, &scope, &mut faults);
        }
        faults.extend(walk.evaluator.take_faults());
        !walk.report(faults)
    }

    /// Notes those that had no turn, because of what failed before.
    pub(super) fn leave_open(&self, walk: &Walk<'v>, had_turn: &dyn Fn(usize) -> bool) {
        let open = self.variables.iter().enumerate().filter(|(place, _)| !had_turn(*place));
        for (_, thing) in open {
            let Some(variable) = variable(self.configuration, thing) else { continue };
            for module in walk.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                walk.found.borrow_mut().checks.open(module, variable);
            }
        }
    }
}

fn variable<'c>(configuration: &'c Configuration, thing: &Thing<'_>) -> Option<&'c Variable> {
    let What::Variable(name) = thing.what else { return None };
    configuration.node(thing.module).module.variables.get(name)
}
