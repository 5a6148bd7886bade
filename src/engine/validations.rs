//! Validations of variables and preconditions of outputs during an apply. Each is evaluated as soon as its values are
//! known, and everything that refers to the variable or output waits for it, so that nothing is made from a value that
//! is refused.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::address::ResourcePath;
use crate::config::{Configuration, Output, Variable};
use crate::diag::Diagnostics;
use crate::eval::Surroundings;
use crate::eval::validate::{Thing, What};
use crate::graph::Needs;
use crate::state::CheckKind;

use super::walk::Walk;

/// The variables and outputs of a configuration that have conditions, by their place in a list.
pub(super) struct Validations<'v> {
    conditional: Vec<Thing<'v>>,
    places: HashMap<Thing<'v>, usize>,
    configuration: &'v Configuration,
    pub(super) graph: &'v Needs<Thing<'v>>,
    /// The nearest ones on every path from a thing that is not a resource.
    reached: RefCell<HashMap<Thing<'v>, Places>>,
}

type Places = Rc<BTreeSet<usize>>;

/// What waits for what.
#[derive(Default)]
pub(super) struct Waiting {
    /// For each variable or output, the resources and the other conditional ones that must be done first.
    pub(super) conditional: Vec<(Vec<ResourcePath>, Places)>,
    /// For each resource that refers to conditional variables or outputs, which ones.
    pub(super) resources: HashMap<ResourcePath, Places>,
}

impl<'v> Validations<'v> {
    /// Those that the run selects.
    pub(super) fn of(walk: &Walk<'v>, graph: &'v Needs<Thing<'v>>) -> Self {
        let configuration = walk.request.configuration;
        let has_conditions = |thing: &&Thing<'v>| Conditional::of(configuration, thing).is_some();
        let conditional =
            graph.nodes().filter(has_conditions).filter(|thing| walk.takes_part(thing)).copied();
        let conditional: Vec<Thing<'v>> = conditional.collect();
        let places = conditional.iter().enumerate().map(|(place, thing)| (*thing, place)).collect();
        Self { conditional, places, configuration, graph, reached: RefCell::default() }
    }

    pub(super) fn waiting(&self, walk: &Walk<'v>) -> Waiting {
        if self.conditional.is_empty() {
            return Waiting::default();
        }
        let conditional = self.conditional.iter().map(|thing| (walk.needed(thing), self.next(thing)));
        let resources = self.graph.nodes().filter_map(|thing| {
            let path = thing.resource_path(self.configuration)?;
            let next = self.next(thing);
            (!next.is_empty()).then_some((path, next))
        });
        Waiting { conditional: conditional.collect(), resources: resources.collect() }
    }

    /// The place of a thing with conditions.
    pub(super) fn place(&self, thing: &Thing<'v>) -> Option<usize> {
        self.places.get(thing).copied()
    }

    /// The nearest conditional variables and outputs on every path from a thing that has no resource in between.
    pub(super) fn next(&self, thing: &Thing<'v>) -> Places {
        if self.conditional.is_empty() {
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

    /// Evaluates the conditions of a variable or an output; returns whether they hold.
    pub(super) fn hold(&self, walk: &Walk<'v>, place: usize) -> bool {
        let Some(thing) = self.conditional.get(place) else { return true };
        let Some(conditional) = Conditional::of(self.configuration, thing) else { return true };
        let mut faults = Diagnostics::new();
        for module in walk.evaluator.expansion(thing.module).unwrap_or_default().iter() {
            let scope = walk.evaluator.scope(module, Surroundings::default());
            let checks = &mut walk.found.borrow_mut().checks;
            match conditional {
                Conditional::Variable(variable) => checks.variable(module, variable, &scope, &mut faults),
                Conditional::Output(output) => checks.output(module, output, &scope, &mut faults),
            };
        }
        faults.extend(walk.evaluator.take_faults());
        !walk.report(faults)
    }

    /// Notes those that were not evaluated because of an earlier failure.
    pub(super) fn leave_open(&self, walk: &Walk<'v>, had_turn: &dyn Fn(usize) -> bool) {
        let open = self.conditional.iter().enumerate().filter(|(place, _)| !had_turn(*place));
        for (_, thing) in open {
            let (kind, name) = match Conditional::of(self.configuration, thing) {
                Some(Conditional::Variable(variable)) => {
                    (CheckKind::Variable, format!("var.{}", variable.name))
                }
                Some(Conditional::Output(output)) => (CheckKind::Output, format!("output.{}", output.name)),
                None => continue,
            };
            for module in walk.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                walk.found.borrow_mut().checks.open(kind, module, &name);
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Conditional<'c> {
    Variable(&'c Variable),
    Output(&'c Output),
}

impl<'c> Conditional<'c> {
    /// A thing with conditions, if it has any.
    fn of(configuration: &'c Configuration, thing: &Thing<'_>) -> Option<Self> {
        let module = &configuration.node(thing.module).module;
        match thing.what {
            What::Variable(name) => {
                let variable = module.variables.get(name)?;
                (!variable.validations.is_empty()).then_some(Self::Variable(variable))
            }
            What::Output(name) => {
                let output = module.outputs.get(name)?;
                (!output.preconditions.is_empty()).then_some(Self::Output(output))
            }
            _ => None,
        }
    }
}
