//! The walk over everything that a configuration declares, in dependency order.

mod conclude;
mod declared;
mod pending;
mod resource;
mod value;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::address::{
    AbsoluteInstance, AbsoluteResource, ModuleInstance, ModulePath, ProviderConfigAddress, ResourceAddress,
    ResourcePath,
};
use crate::config::{ModuleId, Resource};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::validate::{Thing, What, cycles, dependencies};
use crate::eval::{Evaluator, Instances, Purpose, Taken, take};
use crate::graph::{Needs, Schedule};
use crate::plan::{Change, Mode, Plan, Reason};
use crate::port::{Effects, Provider};
use crate::state::{DeposedKey, Object, ResourceState, State};

use super::checks::Checks;
use super::configured::Configured;
use super::dependencies::Dependencies;
use super::imports::Imports;
use super::kinds::{Kind, Kinds};
use super::known::Known;
use super::moves::Moves;
use super::replacement::Watched;
use super::secrets::Secrets;
use super::targets::Selection;
use super::wanted::Wanted;
use super::{Ports, Request, ephemeral, removed, retype};
use declared::Expanded;

pub(super) use resource::{Common, Job};

/// Makes the requested plan from the stored state. What could not be planned is missing from the plan, which is then
/// marked as faulty.
pub async fn plan(request: &Request<'_>, mut stored: Arc<State>, ports: Ports<'_>) -> (Plan, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let moves = match request.options.mode {
        Mode::Destroy => Moves::of_same_types(request.configuration),
        _ => Moves::of(request.configuration),
    };
    let moved = moves.apply(request.configuration, &mut stored, &mut diagnostics);
    let kinds = Kinds::default();
    if request.options.mode != Mode::Destroy {
        retype::retype((request, ports, &kinds), &moved, &mut stored, &mut diagnostics).await;
    }
    let graph = dependencies(request.configuration);
    let known = Known::default();
    let evaluator = Evaluator::new(
        request.configuration,
        Purpose::Values,
        request.place.clone(),
        request.functions.clone(),
        &known,
        request.options.inputs.clone(),
    );
    let mut walk = Walk::new(request, ports, &evaluator, &known, &graph, &stored);
    walk.kinds = kinds;
    walk.selection = Selection::of(&request.options, request.configuration, &graph, &stored);
    if let Some(selection) = &walk.selection {
        // Who is not selected is not in the way of a replacement.
        let first = walk.dependencies.create_first(&|thing| selection.takes_part(thing));
        walk.noted_first = Some(std::mem::replace(&mut walk.create_first, first));
        selection.check(request.configuration, &stored, &mut diagnostics);
    }
    moved.check_targets(&request.options.targets, &mut diagnostics);
    removed::check(request.configuration, &mut diagnostics);
    walk.unfounded.set(diagnostics.has_errors());
    if request.options.mode == Mode::Normal {
        let is_asked_for = |address: &AbsoluteInstance| {
            walk.selection.as_ref().is_none_or(|selection| selection.names(address))
        };
        walk.imports.check_resources(request.configuration, &stored, &is_asked_for, &mut diagnostics);
    }
    walk.moved = moved.previous;
    walk.report(diagnostics);
    let turned = walk.run(&graph).await;
    walk.explain(turned, &graph);
    let looks = match request.options.mode {
        // A destroy is checked against the configuration only as far as it refreshes.
        Mode::Destroy => !(request.options.skip_refresh || stored.is_empty() || walk.selection.is_some()),
        // An import changes nothing but the one object.
        _ => request.options.imports.is_empty(),
    };
    if looks {
        let mut faults = Diagnostics::new();
        moves.validate(request.configuration, &Expanded::of(&walk), &mut faults);
        if faults.has_errors() {
            // Other errors may be consequences of these.
            drop(walk.diagnostics.take());
            walk.unfounded.set(true);
        }
        walk.report(faults);
    }
    walk.conclude().await
}

/// A walk in progress. It runs on one thread, so its cells may be borrowed freely, but never across an await.
pub(super) struct Walk<'w> {
    pub(super) request: &'w Request<'w>,
    pub(super) ports: Ports<'w>,
    pub(super) evaluator: &'w Evaluator<'w>,
    pub(super) known: &'w Known,
    dependencies: Dependencies<'w>,
    /// Resources whose replacement is created first, for the sake of what the run selects.
    create_first: HashSet<Thing<'w>>,
    /// Those for which the whole configuration asks, as the state notes it of what is made.
    noted_first: Option<HashSet<Thing<'w>>>,
    pub(super) kinds: Kinds,
    configured: Configured,
    /// The state before the walk, with everything at its present address.
    pub(super) stored: &'w Arc<State>,
    /// What the run selects, if not everything.
    pub(super) selection: Option<Selection<'w>>,
    imports: Imports<'w>,
    /// The previous addresses of moved instances.
    pub(super) moved: BTreeMap<AbsoluteInstance, AbsoluteInstance>,
    /// The bodies of resources, each prepared once.
    bodies: RefCell<HashMap<ResourcePath, Rc<Taken>>>,
    /// Modules that something depends on as a whole, and whether anything in them will change.
    awaited: RefCell<HashMap<ModulePath, bool>>,
    /// What is stored of each resource, by its path; only where something waits for resources.
    paths: OnceCell<BTreeMap<ResourcePath, Vec<&'w AbsoluteResource>>>,
    permits: Semaphore,
    pub(super) diagnostics: RefCell<Diagnostics>,
    pub(super) found: RefCell<Found>,
    /// Things that failed, and those that depend on them: their values are missing.
    pub(super) failed: RefCell<HashSet<Thing<'w>>>,
    /// Whether what the plan is based on is invalid.
    unfounded: Cell<bool>,
}

/// What the walk has found so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) changes: Vec<Change>,
    /// The places in `changes` of instances that some `replace_triggered_by` names.
    pub(super) watched: Watched,
    pub(super) drift: Vec<Change>,
    /// Objects that differ from the stored ones; `None` for those that are gone.
    pub(super) refreshed: Vec<(AbsoluteInstance, Arc<ProviderConfigAddress>, Option<Object>)>,
    /// What the state stores differently from now on, without any operation.
    pub(super) noted: Vec<super::instance::Noted>,
    /// Deposed objects that are gone.
    pub(super) gone: Vec<(AbsoluteInstance, DeposedKey)>,
    /// The instances that the configuration declares.
    pub(super) wanted: Wanted,
    /// Resources that will change.
    pub(super) pending: HashSet<ResourcePath>,
    pub(super) checks: Checks,
    pub(super) open: ephemeral::Opened,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        request: &'w Request<'w>,
        ports: Ports<'w>,
        evaluator: &'w Evaluator<'w>,
        known: &'w Known,
        graph: &'w Needs<Thing<'w>>,
        stored: &'w Arc<State>,
    ) -> Self {
        let dependencies = Dependencies::new(request.configuration, graph);
        Self {
            request,
            ports,
            evaluator,
            known,
            create_first: dependencies.create_first(&|_| true),
            noted_first: None,
            dependencies,
            kinds: Kinds::default(),
            configured: Configured::default(),
            stored,
            selection: None,
            imports: Imports::of(request.configuration),
            moved: BTreeMap::new(),
            bodies: RefCell::default(),
            awaited: RefCell::default(),
            paths: OnceCell::new(),
            permits: Semaphore::new(request.parallelism.max(1)),
            diagnostics: RefCell::default(),
            failed: RefCell::default(),
            unfounded: Cell::default(),
            found: RefCell::new(Found {
                watched: Watched::of(request.configuration),
                checks: Checks::of(&request.options),
                ..Found::default()
            }),
        }
    }

    /// The resources that a thing depends on: directly, through values, or for its provider.
    pub(super) fn needed(&self, thing: &Thing<'w>) -> Vec<ResourcePath> {
        self.dependencies.with_providers(thing)
    }

    /// Plans a resource outside the walk, as apply does for ephemeral resources.
    pub(super) async fn turn(&self, id: ModuleId, resource: &'w ResourceAddress) -> bool {
        self.resource(&Thing { module: id, what: What::Resource(resource) }, resource).await
    }

    /// Releases the providers.
    pub(super) async fn release(&self) {
        for provider in self.configured.all() {
            provider.stop().await;
        }
    }

    /// Things that were never reached depend on themselves. Longer cycles were refused before the walk.
    fn explain(&self, turned: usize, graph: &Needs<Thing<'w>>) {
        // Values are not needed when everything is destroyed, nor outside the selection.
        if turned == graph.nodes().count() {
            return;
        }
        let is_odd =
            |thing: &Thing<'w>| graph.of(thing).any(|needed| needed == thing) && self.takes_part(thing);
        let goes = self.request.options.mode == Mode::Destroy;
        let stopped = goes || self.ports.signals.stopped() || self.diagnostics.borrow().has_errors();
        self.give_up(graph.nodes().filter(|thing| is_odd(thing)), graph);
        if !stopped && graph.nodes().any(is_odd) {
            let found = cycles(self.request.configuration, graph).into_iter();
            let refused = found.map(|fault| Diagnostic { severity: Severity::Error, ..fault });
            self.diagnostics.borrow_mut().extend(refused);
        }
    }

    /// Marks things that were never reached, and all that depend on them, as failed.
    fn give_up<'t>(&self, things: impl Iterator<Item = &'t Thing<'w>>, graph: &Needs<Thing<'w>>)
    where
        'w: 't,
    {
        let mut needed_by: HashMap<&Thing<'w>, Vec<&Thing<'w>>> = HashMap::default();
        for thing in graph.nodes() {
            graph.of(thing).for_each(|needed| needed_by.entry(needed).or_default().push(thing));
        }
        let mut failed = self.failed.borrow_mut();
        let mut left: Vec<Thing<'w>> = things.copied().collect();
        while let Some(thing) = left.pop() {
            if failed.insert(thing) {
                left.extend(needed_by.get(&thing).into_iter().flatten().map(|thing| **thing));
            }
        }
    }

    /// Walks over everything; returns how many things were reached.
    async fn run(&self, graph: &'w Needs<Thing<'w>>) -> usize {
        let things: Vec<&Thing<'w>> = graph.nodes().collect();
        let mut turned = 0;
        let mut schedule = graph.schedule();
        let mut running = FuturesUnordered::new();
        let fail = |schedule: &mut Schedule, turn: usize| {
            let dropped = schedule.failed(turn).into_iter().chain([turn]);
            self.failed.borrow_mut().extend(dropped.filter_map(|turn| things.get(turn).copied().copied()));
        };
        loop {
            while let Some(turn) = schedule.take() {
                if self.ports.signals.stopped() {
                    break;
                }
                let Some(thing) = things.get(turn).copied() else { continue };
                turned += 1;
                self.ports.signals.breathe().await;
                if let What::Resource(address) = &thing.what {
                    running.push(async move { (turn, self.resource(thing, address).await) });
                } else if self.settle(thing) {
                    schedule.done(turn);
                } else {
                    fail(&mut schedule, turn);
                }
            }
            // Planning can be abandoned at any moment, because it changes nothing.
            let finished = tokio::select! {
                biased;
                finished = running.next() => finished,
                () = self.ports.signals.until_cancelled() => break,
            };
            match finished {
                Some((turn, true)) => schedule.done(turn),
                Some((turn, false)) => fail(&mut schedule, turn),
                None => break,
            }
        }
        turned
    }

    pub(super) fn takes_part(&self, thing: &Thing<'_>) -> bool {
        self.selection.as_ref().is_none_or(|selection| selection.takes_part(thing))
    }

    /// The arguments of a resource, prepared for evaluation in each of its instances.
    pub(super) fn body(&self, path: &ResourcePath, resource: &Resource, kind: &Kind) -> Rc<Taken> {
        if let Some(known) = self.bodies.borrow().get(path) {
            return Rc::clone(known);
        }
        let taken = Rc::new(take(&resource.body, &kind.block));
        self.bodies.borrow_mut().insert(path.clone(), Rc::clone(&taken));
        taken
    }

    /// A configured provider.
    pub(super) async fn provider(&self, address: &ProviderConfigAddress) -> Option<Arc<dyn Provider>> {
        let source = (self.ports.providers, &self.kinds, &self.request.workplace);
        self.configured
            .get(address, self.evaluator, self.request.configuration, source, &self.diagnostics)
            .await
    }

    /// Permission to call a provider; not needed for one that works in this process only.
    pub(super) async fn permit(&self, provider: &dyn Provider, kind: &str) -> Option<SemaphorePermit<'_>> {
        match provider.effects(kind) {
            Effects::StateOnly => None,
            Effects::Outside => {
                Some(self.permits.acquire().await.expect("the semaphore lives as long as the walk"))
            }
        }
    }

    /// Adds diagnostics; returns whether there was an error.
    pub(super) fn report(&self, faults: Diagnostics) -> bool {
        let failed = faults.has_errors();
        self.diagnostics.borrow_mut().extend(faults);
        failed
    }

    /// The secrets in some values and in all provider configurations.
    pub(super) fn secrets_in<'v>(
        &self,
        values: impl IntoIterator<Item = &'v crate::value::Value>,
    ) -> Secrets {
        let mut secrets = self.configured.secrets();
        values.into_iter().for_each(|value| secrets.take(value));
        secrets
    }
}

impl Found {
    /// Reserves room for these instances, most of which will have a change.
    fn expect(&mut self, module: &ModuleInstance, resource: &ResourceAddress, instances: &Rc<Instances>) {
        self.changes.reserve(instances.number());
        self.wanted.declared(module, resource, Rc::clone(instances));
    }

    /// Reports a move as a change of its own, unless another change of the object includes it.
    pub(super) fn moved(&mut self, change: Change) {
        if self.drift.last().is_none_or(|last| last.address != change.address) {
            self.drift.push(change);
        }
    }

    pub(super) fn change(&mut self, change: Change) {
        // A data source that is merely read again is nothing to wait for.
        let is_waited_for =
            |change: &Change| change.is_work() && change.reason != Some(Reason::ReadBecauseCheckNested);
        // Changes of one resource mostly follow each other.
        let is_known = self.changes.last().is_some_and(|last| {
            last.address.resource == change.address.resource
                && last.address.module == change.address.module
                && is_waited_for(last)
        });
        if is_waited_for(&change) && !is_known {
            self.pending.insert(change.address.path());
        }
        self.watched.take(&change, self.changes.len());
        self.changes.push(change);
    }
}

/// All stored instances of a resource, in any instance of its module.
pub(super) fn stored_instances<'s>(
    state: &'s State,
    path: &'s ResourcePath,
) -> impl Iterator<Item = (&'s AbsoluteResource, &'s ResourceState)> {
    state
        .resources
        .iter()
        .filter(move |(address, _)| address.resource == path.resource && address.module.path() == path.module)
}
