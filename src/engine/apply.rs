//! Carries out a plan. Fills in what was unknown, asks each provider once more with it, and fails where the answer
//! leaves the plan; decides nothing new.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;

use crate::address::{
    AbsoluteInstance, AbsoluteResource, InstanceKey, ModuleInstance, ResourceMode, ResourcePath,
};
use crate::config::Resource;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::{Thing, What, dependencies};
use crate::eval::{Evaluator, Instances, Purpose, Surroundings, instances};
use crate::graph::Needs;
use crate::plan::{Action, Change, Mode, Plan};
use crate::port::{Effect, Event, Intent, Lease, Outcome, Revision, StoreFault};
use crate::state::{DeposedKey, OutputState, State, json};
use crate::value::{Name, Value};

use super::instance::secret_places;
use super::known::{Known, whole};
use super::order::{Half, Turn, inside_checks, order};
use super::targets::Selection;
use super::validations::{Validations, Waiting};
use super::walk::Walk;
use super::{Ports, Request, ephemeral, operation, outputs};

/// What came of it.
#[derive(Debug, Default)]
pub struct Applied {
    pub tally: Tally,
    /// Operations that failed.
    pub failed: Vec<String>,
    /// Operations that were given up on the way, because somebody insisted.
    pub given_up: Vec<String>,
    /// Operations that were not tried, because of what failed or because the run was stopped.
    pub untried: Vec<String>,
    /// The root module's outputs as they are now.
    pub outputs: BTreeMap<Name, OutputState>,
    pub serial: u64,
    /// Why not all of it could be written down.
    pub unwritten: Option<Unwritten>,
    /// Instances whose providers were given what they had prepared for them.
    pub prepared: BTreeSet<AbsoluteInstance>,
}

/// What became of operations, and is not known to be durable.
#[derive(Debug)]
pub struct Unwritten {
    pub fault: StoreFault,
    pub instances: BTreeSet<AbsoluteInstance>,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
    pub imported: usize,
    pub forgotten: usize,
}

/// Applies a plan that was made from the state that is stored.
pub async fn apply(
    request: &Request<'_>,
    plan: &Plan,
    stored: &State,
    lease: &Arc<dyn Lease>,
    revision: Revision,
    ports: Ports<'_>,
) -> (Applied, Diagnostics) {
    let graph = dependencies(request.configuration);
    let known = Known::default();
    let evaluator = Evaluator::new(
        request.configuration,
        Purpose::Applying,
        request.place.clone(),
        request.functions.clone(),
        &known,
        plan.wish.inputs.clone(),
    );
    let mut walk = Walk::new(request, ports, &evaluator, &known, &graph, &plan.prior);
    walk.selection = Selection::of(&plan.wish, request.configuration, &graph, &plan.prior);
    let validations = Validations::of(&walk, &graph);
    let run = Run {
        walk: &walk,
        plan,
        lease,
        values: RefCell::default(),
        expansions: RefCell::default(),
        applied: RefCell::default(),
        aside: RefCell::default(),
        record: RefCell::default(),
        limit: Semaphore::new(request.parallelism.max(1)),
    };
    run.take_over(stored);
    run.remember().await;
    let done = run.carry_out(&graph, &validations).await;
    run.conclude(&done, &validations, revision).await
}

/// What came off.
#[derive(Default)]
struct Done {
    /// Resources that are wholly done.
    resources: HashSet<ResourcePath>,
    /// Whether the validations of variables hold that had their turn, by their places.
    held: HashMap<usize, bool>,
}

/// An apply under way.
pub(super) struct Run<'r, 'w> {
    pub(super) walk: &'r Walk<'w>,
    pub(super) plan: &'r Plan,
    pub(super) lease: &'r Arc<dyn Lease>,
    /// What instances are worth by now, by resource.
    values: RefCell<HashMap<AbsoluteResource, Vec<(InstanceKey, Value)>>>,
    /// How resources expand, each evaluated once.
    expansions: RefCell<HashMap<AbsoluteResource, Rc<Instances>>>,
    pub(super) applied: RefCell<Applied>,
    /// Objects that made way for their replacements.
    aside: RefCell<HashMap<AbsoluteInstance, DeposedKey>>,
    /// What is on its way to the store.
    record: RefCell<Record>,
    /// Operations that may run at once.
    limit: Semaphore,
}

/// What was told to the store and is not known to be durable.
#[derive(Default)]
struct Record {
    told: Vec<AbsoluteInstance>,
    /// How many were told before those, and are durable.
    durable: usize,
    /// The first thing that the store could not do.
    fault: Option<StoreFault>,
}

impl<'r, 'w> Run<'r, 'w> {
    /// What refreshing and moving found becomes what is stored.
    fn take_over(&self, stored: &State) {
        let mut effects = Vec::new();
        for change in &self.plan.changes {
            if let Some(from) = &change.moved_from {
                effects.push(Effect::Move { from: from.clone(), to: change.address.clone() });
            }
        }
        let moved: HashMap<&AbsoluteInstance, &AbsoluteInstance> = self
            .plan
            .changes
            .iter()
            .filter_map(|change| Some((change.moved_from.as_ref()?, &change.address)))
            .collect();
        for (address, resource, instance) in self.plan.prior.instances() {
            let before = stored.instance(&address).and_then(|instance| instance.current.as_ref());
            if let Some(object) = &instance.current
                && before.is_none_or(|before| {
                    !Arc::ptr_eq(&before.attributes, &object.attributes) && before != object
                })
            {
                effects.push(Effect::Put {
                    address,
                    deposed: None,
                    provider: resource.provider.clone(),
                    object: object.clone(),
                });
            }
        }
        for (address, _, instance) in stored.instances() {
            let after = self.plan.prior.instance(&address).and_then(|instance| instance.current.as_ref());
            if instance.current.is_some() && after.is_none() && !moved.contains_key(&address) {
                effects.push(Effect::Remove { address: address.clone(), deposed: None });
            }
            let address = moved.get(&address).copied().cloned().unwrap_or(address);
            let after = self.plan.prior.instance(&address);
            for key in instance.deposed.keys() {
                if after.is_none_or(|after| !after.deposed.contains_key(key)) {
                    effects.push(Effect::Remove { address: address.clone(), deposed: Some(key.clone()) });
                }
            }
        }
        if !effects.is_empty() {
            self.lease.tell(Outcome { operation: None, effects });
        }
        let imported = self.plan.changes.iter().filter(|change| change.import.is_some());
        self.applied.borrow_mut().tally.imported = imported.count();
    }

    /// What is worth already what it will be worth: instances that stay, those that the run is not about, and data
    /// sources that have been read.
    async fn remember(&self) {
        for change in self.plan.changes.iter().filter(|change| change.action == Action::NoOp) {
            self.is_now(change, change.after.clone());
        }
        let planned: HashSet<&AbsoluteInstance> = match self.walk.selection {
            Some(_) => {
                let current = self.plan.changes.iter().filter(|change| change.deposed.is_none());
                current.map(|change| &change.address).collect()
            }
            None => HashSet::default(),
        };
        for (address, state, instance) in self.plan.prior.instances() {
            let left_alone = self.walk.selection.is_some() && !planned.contains(&address);
            if address.resource.mode != ResourceMode::Data && !left_alone {
                continue;
            }
            let Some(object) = &instance.current else { continue };
            let providers = self.walk.ports.providers;
            let kind = self.walk.kinds.of(providers, &state.provider.provider, &address.resource).await;
            let Ok(kind) = kind else { continue };
            if let Ok(value) = json::decode(&object.attributes, &kind.ty) {
                let value = kind.mark(value.mark_places(&secret_places(object)));
                let place = AbsoluteResource { module: address.module, resource: address.resource };
                self.values.borrow_mut().entry(place).or_default().push((address.key, value));
            }
        }
    }

    /// An instance has its value.
    pub(super) fn is_now(&self, change: &Change, value: Value) {
        let place = change.address.absolute_resource();
        let mut values = self.values.borrow_mut();
        let instances = values.entry(place).or_default();
        if change.action == Action::Read {
            instances.retain(|(key, _)| *key != change.address.key);
        }
        instances.push((change.address.key.clone(), value));
    }

    /// Writes down what is about to be done. Where that fails nothing more may be done.
    pub(super) async fn intend(&self, intent: Intent) -> Option<()> {
        let before = {
            let record = self.record.borrow();
            record.durable + record.told.len()
        };
        let kept = self.lease.intend(intent).await;
        let mut record = self.record.borrow_mut();
        match kept {
            Ok(()) => {
                // What was told before is durable with it.
                let news = before.saturating_sub(record.durable);
                record.told.drain(..news);
                record.durable += news;
                Some(())
            }
            Err(fault) => {
                self.walk.ports.signals.stop();
                record.fault.get_or_insert(fault);
                None
            }
        }
    }

    /// Tells what became of an instance.
    pub(super) fn tell(&self, address: &AbsoluteInstance, outcome: Outcome) {
        self.lease.tell(outcome);
        self.record.borrow_mut().told.push(address.clone());
    }

    /// What was prepared for an instance is its provider's from now on.
    pub(super) fn uses_notes(&self, change: &Change) {
        if change.inside.as_ref().is_some_and(|inside| !inside.notes.is_empty()) {
            self.applied.borrow_mut().prepared.insert(change.address.clone());
        }
    }

    pub(super) fn puts_aside(&self, change: &Change, key: &DeposedKey) {
        self.aside.borrow_mut().insert(change.address.clone(), key.clone());
    }

    pub(super) fn put_aside(&self, change: &Change) -> Option<DeposedKey> {
        self.aside.borrow().get(&change.address).cloned()
    }

    /// Runs everything in its order; returns what came off.
    async fn carry_out(&self, graph: &Needs<Thing<'w>>, validations: &Validations<'w>) -> Done {
        let resources = self.resources(graph);
        let normal = self.plan.wish.mode == Mode::Normal;
        let waiting = if normal { validations.waiting(self.walk) } else { Waiting::default() };
        let mut turns =
            order(self.plan, &resources, &inside_checks(self.walk.request.configuration), &waiting);
        // What is only forgotten is told by nobody.
        let told = |turn: &&Turn| matches!(turn, Turn::Operation(_, Half::Make | Half::Destroy));
        let operations = turns.turns.iter().filter(told).count();
        self.walk.ports.events.event(Event::Outlook { operations });
        let mut running = FuturesUnordered::new();
        let mut done = Done::default();
        let (mut tried, mut ended) = (HashSet::default(), HashSet::default());
        loop {
            while !self.walk.ports.signals.stopped()
                && let Some(place) = turns.schedule.take()
            {
                match &turns.turns[place] {
                    Turn::Operation(change, half) => {
                        tried.insert(place);
                        let (change, half) = (*change, *half);
                        running.push(async move { (place, self.operate(change, half).await) });
                    }
                    Turn::Done(path) => {
                        if self.settle(path).await {
                            done.resources.insert(path.clone());
                            turns.schedule.done(place);
                        } else {
                            turns.schedule.failed(place);
                        }
                    }
                    Turn::Held(variable) => {
                        let holds = validations.hold(self.walk, *variable);
                        done.held.insert(*variable, holds);
                        if holds {
                            turns.schedule.done(place);
                        } else {
                            turns.schedule.failed(place);
                        }
                    }
                    Turn::Unused(_) | Turn::Gone(_) | Turn::Left(_) | Turn::Made => {
                        turns.schedule.done(place);
                    }
                }
            }
            let finished = tokio::select! {
                biased;
                finished = running.next() => finished,
                () = self.walk.ports.signals.until_cancelled() => break,
            };
            ended.extend(finished.map(|(place, _)| place));
            match finished {
                Some((place, true)) => turns.schedule.done(place),
                Some((place, false)) => drop(turns.schedule.failed(place)),
                None => break,
            }
        }
        drop(running);
        let mut applied = self.applied.borrow_mut();
        for (place, turn) in turns.turns.iter().enumerate() {
            let Turn::Operation(change, half) = turn else { continue };
            if !tried.contains(&place) {
                applied.untried.push(self.name(*change, *half));
            } else if !ended.contains(&place) {
                applied.given_up.push(self.name(*change, *half));
            }
        }
        let explained = self.walk.ports.signals.stopped() || self.walk.diagnostics.borrow().has_errors();
        if !applied.untried.is_empty() && applied.failed.is_empty() && !explained {
            let why = format!(
                "Nothing failed, and yet these had no turn: {}. What was done is recorded. This is a mistake in this \
                 program and not in the configuration.",
                applied.untried.join(", ")
            );
            self.walk.diagnostics.borrow_mut().push(Diagnostic::error("Operations wait for each other", why));
        }
        done
    }

    /// All resources of the configuration, with what they need for themselves and for their providers.
    fn resources(&self, graph: &Needs<Thing<'w>>) -> Vec<(ResourcePath, Vec<ResourcePath>)> {
        let resources = graph.nodes().filter(|thing| matches!(thing.what, What::Resource(_)));
        resources
            .map(|thing| {
                let What::Resource(resource) = thing.what else { unreachable!("only resources are left") };
                let module = self.walk.request.configuration.node(thing.module).path.clone();
                let path = ResourcePath { module, resource: resource.clone() };
                let needed = self.walk.needed(thing).into_iter().filter(|needed| *needed != path).collect();
                (path, needed)
            })
            .collect()
    }

    /// A resource is done: from now on it is worth what its instances are worth.
    async fn settle(&self, path: &ResourcePath) -> bool {
        let Some((id, node)) = self.walk.request.configuration.find(&path.module) else { return true };
        let Some(resource) = node.module.resources.get(&path.resource) else { return true };
        if self.plan.wish.mode == Mode::Destroy {
            return true;
        }
        if path.resource.mode == ResourceMode::Ephemeral {
            return self.walk.turn(id, &resource.address).await;
        }
        for module in self.walk.evaluator.expansion(id).unwrap_or_default().iter() {
            let place = AbsoluteResource { module: module.clone(), resource: path.resource.clone() };
            let values = self.values.borrow_mut().remove(&place);
            // Of what the run is not about nothing is known but what is stored.
            let takes_part =
                || self.walk.takes_part(&Thing { module: id, what: What::Resource(&resource.address) });
            if values.is_none() && !takes_part() {
                continue;
            }
            let values = values.unwrap_or_default();
            self.walk.known.put(module, &path.resource, whole(&resource.repetition, values));
        }
        true
    }

    /// What an instance sees.
    pub(super) fn surroundings(&self, resource: &Resource, change: &Change) -> Surroundings {
        let place = change.address.absolute_resource();
        let known = self.expansions.borrow().get(&place).cloned();
        let found = known.unwrap_or_else(|| {
            let scope = self.walk.evaluator.scope(&change.address.module, Surroundings::default());
            let found = Rc::new(instances(&resource.repetition, &scope, &mut Diagnostics::new()));
            self.expansions.borrow_mut().insert(place, Rc::clone(&found));
            found
        });
        match &*found {
            Instances::Keyed(entries) => Surroundings::for_key(&change.address.key, Some(entries)),
            _ => Surroundings::for_key(&change.address.key, None),
        }
    }

    async fn operate(&self, place: usize, half: Half) -> bool {
        let _permit = self.limit.acquire().await.expect("the semaphore lives as long as the run");
        if self.walk.ports.signals.stopped() {
            self.applied.borrow_mut().untried.push(self.name(place, half));
            return false;
        }
        let change = &self.plan.changes[place];
        let sound = operation::run(self, change, half).await;
        let mut applied = self.applied.borrow_mut();
        if !sound {
            applied.failed.push(self.name(place, half));
            return false;
        }
        let tally = &mut applied.tally;
        match half {
            Half::Forget => tally.forgotten += 1,
            Half::Destroy => tally.deleted += 1,
            Half::Make => match change.action {
                Action::Update => tally.updated += 1,
                Action::Create | Action::Replace(_) => tally.created += 1,
                _ => {}
            },
        }
        true
    }

    fn name(&self, place: usize, half: Half) -> String {
        let change = &self.plan.changes[place];
        let what = match (half, change.action) {
            (Half::Forget, _) => "forget",
            (Half::Destroy, _) => "destroy",
            (_, Action::Update) => "update",
            (_, Action::Read) => "read",
            _ => "create",
        };
        format!("{what} {}", change.address)
    }

    /// Outputs and checks, and everything durable.
    async fn conclude(
        &self,
        done: &Done,
        validations: &Validations<'w>,
        mut revision: Revision,
    ) -> (Applied, Diagnostics) {
        let mut faults = Diagnostics::new();
        let mut effects = self.outputs(done, validations, &mut faults);
        if self.plan.wish.mode == Mode::Normal {
            validations.leave_open(self.walk, &|place| done.held.contains_key(&place));
            let checks = &mut self.walk.found.borrow_mut().checks;
            checks.blocks(self.walk.request.configuration, self.walk.evaluator, &mut faults);
        }
        ephemeral::close(self.walk).await;
        self.walk.release().await;
        let mut diagnostics = self.walk.diagnostics.take();
        faults.extend(self.walk.evaluator.take_faults());
        diagnostics.extend(faults);
        let checks = std::mem::take(&mut self.walk.found.borrow_mut().checks).into_states();
        if !checks.is_empty() {
            effects.push(Effect::Checks(checks));
        }
        if !effects.is_empty() {
            self.lease.tell(Outcome { operation: None, effects });
        }
        let mut applied = self.applied.take();
        let Record { told, fault, .. } = self.record.take();
        if self.walk.ports.signals.stopped() && fault.is_none() {
            let why = match applied.given_up.is_empty() {
                true => {
                    "The run was interrupted: what was under way is recorded, and the rest was not begun."
                }
                false => {
                    "The run was interrupted: what was under way was given up half-way, as far as it is known is \
                          recorded, and looked at by the next run. The rest was not begun."
                }
            };
            diagnostics.push(Diagnostic::error("Interrupted", why));
            revision.what.push_str(", interrupted");
        } else if !applied.failed.is_empty() {
            revision.what.push_str(", failed");
        }
        revision.created = applied.tally.created;
        revision.updated = applied.tally.updated;
        revision.deleted = applied.tally.deleted;
        // A store that failed on the way may have caught up by now.
        match self.lease.finish(revision).await {
            Ok(serial) => {
                applied.serial = serial;
                applied.unwritten = fault.map(|fault| Unwritten { fault, instances: BTreeSet::new() });
            }
            Err(fault) => {
                applied.unwritten = Some(Unwritten { fault, instances: told.into_iter().collect() });
            }
        }
        (applied, diagnostics)
    }

    /// The outputs of which all that they need is done.
    fn outputs(&self, done: &Done, validations: &Validations<'w>, faults: &mut Diagnostics) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut now = BTreeMap::new();
        let configuration = self.walk.request.configuration;
        let normal = self.plan.wish.mode == Mode::Normal;
        for (name, change) in &self.plan.outputs {
            let keep = |now: &mut BTreeMap<Name, OutputState>| {
                if !change.before.is_null() {
                    now.insert(name.clone(), OutputState { value: change.before.clone() });
                }
            };
            if change.action == Action::Delete {
                effects.push(Effect::Output { name: name.clone(), value: None });
                continue;
            }
            let declared = configuration.root().module.outputs.get_key_value(name).filter(|(name, _)| {
                let thing = Thing { module: configuration.root_id(), what: What::Output(name) };
                self.walk.needed(&thing).iter().all(|path| done.resources.contains(path))
                    && (!normal
                        || validations.next(&thing).iter().all(|place| done.held.get(place) == Some(&true)))
            });
            let Some((_, output)) = declared else {
                keep(&mut now);
                continue;
            };
            let value = if change.after.is_wholly_known() {
                change.after.clone()
            } else {
                let value = self.walk.evaluator.output_of(&ModuleInstance::root(), name);
                match outputs::settle(output, value, faults) {
                    Some(value) => value,
                    None => {
                        keep(&mut now);
                        continue;
                    }
                }
            };
            if value.is_null() {
                effects.push(Effect::Output { name: name.clone(), value: None });
                continue;
            }
            if change.action != Action::NoOp {
                let value = Some(OutputState { value: value.clone() });
                effects.push(Effect::Output { name: name.clone(), value });
            }
            now.insert(name.clone(), OutputState { value });
        }
        self.applied.borrow_mut().outputs = now;
        effects
    }
}
