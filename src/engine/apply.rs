//! Carries out a plan: fills in what was unknown, asks each provider again with the final values, and fails if the
//! answer departs from the plan. Decides nothing new.

mod begin;
mod conclude;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::address::{AbsoluteInstance, AbsoluteResource, InstanceKey, ResourceMode, ResourcePath};
use crate::config::Resource;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::{Thing, What, dependencies};
use crate::eval::{Evaluator, Instances, Purpose, Surroundings, in_common, instances, whole};
use crate::expression::Shared;
use crate::graph::Needs;
use crate::plan::{Action, Change, Mode, Plan};
use crate::port::{Event, Intent, Lease, Outcome, Revision, StoreFault};
use crate::state::{DeposedKey, OutputState, State};
use crate::value::{Name, Value};

use super::known::Known;
use super::operation::Work;
use super::order::{Half, Turn, inside_checks, order};
use super::targets::Selection;
use super::unchanged::{self, Undecided, undecided};
use super::validations::{Validations, Waiting};
use super::walk::Walk;
use super::{Ports, Request, operation};

/// The outcome of an apply.
#[derive(Debug, Default)]
pub struct Applied {
    pub tally: Tally,
    /// Operations that failed.
    pub failed: Vec<String>,
    /// Operations that were cancelled while running, by a second signal.
    pub given_up: Vec<String>,
    /// Operations that were not tried, because of an earlier failure or because the run was stopped.
    pub untried: Vec<String>,
    /// The root module's outputs after the apply.
    pub outputs: BTreeMap<Name, OutputState>,
    pub serial: u64,
    /// Why not everything could be stored, if so.
    pub unwritten: Option<Unwritten>,
    /// Instances whose providers have used what they prepared for them.
    pub prepared: BTreeSet<AbsoluteInstance>,
}

/// Outcomes of operations that may not be durable.
#[derive(Debug)]
pub struct Unwritten {
    pub fault: StoreFault,
    pub instances: BTreeSet<AbsoluteInstance>,
}

/// Counts of what was done.
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
    // Ephemeral inputs are not saved in the plan, so they were given again.
    let mut inputs = request.options.inputs.clone();
    inputs.extend(plan.options.inputs.clone());
    let evaluator = Evaluator::new(
        request.configuration,
        Purpose::Applying,
        request.place.clone(),
        request.functions.clone(),
        &known,
        inputs,
    );
    let mut walk = Walk::new(request, ports, &evaluator, &known, &graph, &plan.prior);
    walk.selection = Selection::of(&plan.options, request.configuration, &graph, &plan.prior);
    walk.found.borrow_mut().checks.is_applied(&plan.checks);
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
        at_once: request.parallelism.max(1),
        undecided: undecided(plan, request.configuration),
    };
    run.take_over(stored);
    run.remember().await;
    let done = run.carry_out(&graph, &validations).await;
    run.conclude(&done, &validations, revision).await
}

/// What succeeded.
#[derive(Default)]
struct Done {
    /// Resources of which every operation succeeded.
    resources: HashSet<ResourcePath>,
    /// Whether the conditions of variables and outputs hold, by their place; those not yet evaluated are missing.
    held: HashMap<usize, bool>,
}

/// An apply in progress.
pub(super) struct Run<'r, 'w> {
    pub(super) walk: &'r Walk<'w>,
    pub(super) plan: &'r Plan,
    pub(super) lease: &'r Arc<dyn Lease>,
    /// The current values of instances, by resource.
    values: RefCell<HashMap<AbsoluteResource, Vec<(InstanceKey, Value)>>>,
    /// How resources expand; each is evaluated once.
    expansions: RefCell<HashMap<AbsoluteResource, Rc<Expansion>>>,
    pub(super) applied: RefCell<Applied>,
    /// Objects that were deposed by their replacements.
    aside: RefCell<HashMap<AbsoluteInstance, DeposedKey>>,
    /// What was sent to the store and may not be durable yet.
    record: RefCell<Record>,
    /// How many operations may run at once.
    at_once: usize,
    pub(super) undecided: Undecided,
}

/// The expansion of a resource in one instance of its module.
pub(super) struct Expansion {
    pub(super) instances: Instances,
    /// The values of the arguments that are the same for all instances. By the turn of the first instance, everything
    /// that they refer to is done.
    pub(super) shared: Option<Rc<Shared>>,
}

/// What was sent to the store and is not known to be durable.
#[derive(Default)]
struct Record {
    pending: Vec<AbsoluteInstance>,
    /// How many outcomes were sent before those, and are durable.
    durable: usize,
    /// The first failure of the store.
    fault: Option<StoreFault>,
}

impl<'r, 'w> Run<'r, 'w> {
    /// Sets the current value of an instance.
    pub(super) fn is_now(&self, change: &Change, value: Value) {
        let place = change.address.absolute_resource();
        let mut values = self.values.borrow_mut();
        let instances = values.entry(place).or_default();
        if change.action == Action::Read {
            instances.retain(|(key, _)| *key != change.address.key);
        }
        instances.push((change.address.key.clone(), value));
    }

    /// Stores an intent. If that fails, nothing more may be done.
    pub(super) async fn intend(&self, intent: Intent) -> Option<()> {
        self.durable(self.lease.intend(intent)).await
    }

    /// Waits until everything sent so far is durable. If that fails, nothing more may be done.
    pub(super) async fn settled(&self) -> Option<()> {
        self.durable(self.lease.settled()).await
    }

    async fn durable(&self, writing: impl Future<Output = Result<(), StoreFault>>) -> Option<()> {
        let before = {
            let record = self.record.borrow();
            record.durable + record.pending.len()
        };
        let kept = writing.await;
        let mut record = self.record.borrow_mut();
        match kept {
            Ok(()) => {
                // Everything sent earlier is durable along with it.
                let news = before.saturating_sub(record.durable);
                record.pending.drain(..news);
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

    /// Sends the outcome for an instance to the store.
    pub(super) fn send(&self, address: &AbsoluteInstance, outcome: Outcome) {
        self.lease.send(outcome);
        self.record.borrow_mut().pending.push(address.clone());
    }

    /// Notes that what was prepared for an instance is now its provider's.
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

    /// Runs all operations in order; returns what succeeded.
    async fn carry_out(&self, graph: &Needs<Thing<'w>>, validations: &Validations<'w>) -> Done {
        let resources = self.resources(graph);
        let normal = self.plan.options.mode == Mode::Normal;
        let waiting = if normal { validations.waiting(self.walk) } else { Waiting::default() };
        let mut turns =
            order(self.plan, &resources, &inside_checks(self.walk.request.configuration), &waiting);
        // Operations that only change the state send no events.
        let has_events = |turn: &&Turn| matches!(turn, Turn::Operation(_, Half::Make | Half::Destroy));
        let operations = turns.turns.iter().filter(has_events).count();
        self.walk.ports.events.event(Event::Outlook { operations });
        let mut running = FuturesUnordered::new();
        let mut done = Done::default();
        let (mut tried, mut ended) = (HashSet::default(), HashSet::default());
        self.walk.ports.signals.hear().await;
        loop {
            self.walk.ports.signals.breathe().await;
            // An operation that must wait for a free slot is not even set up, because each one in progress takes
            // kilobytes.
            while running.len() < self.at_once
                && !self.walk.ports.signals.stopped()
                && let Some(place) = turns.schedule.take()
            {
                if let Turn::Operation(change, half) = turns.turns[place] {
                    tried.insert(place);
                    running.push(async move { (place, self.operate(change, half).await) });
                } else if self.pass(&turns.turns[place], validations, &mut done).await {
                    turns.schedule.done(place);
                } else {
                    turns.schedule.failed(place);
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
        self.list_unfinished(&turns.turns, &tried, &ended);
        done
    }

    /// Passes a point in the order that is no operation; returns whether what follows it may go on.
    async fn pass(&self, turn: &Turn, validations: &Validations<'w>, done: &mut Done) -> bool {
        match turn {
            Turn::Done(path) => {
                let sound = self.settle(path).await;
                if sound {
                    done.resources.insert(path.clone());
                }
                sound
            }
            Turn::Held(conditional) => {
                let holds = validations.hold(self.walk, *conditional);
                done.held.insert(*conditional, holds);
                holds
            }
            Turn::Unused(_) | Turn::Gone(_) | Turn::Free(_) | Turn::Left(_) | Turn::Made => true,
            Turn::Operation(..) => unreachable!("operations are run and not passed"),
        }
    }

    /// Lists the operations that were not tried, and those that were given up.
    fn list_unfinished(&self, turns: &[Turn], tried: &HashSet<usize>, ended: &HashSet<usize>) {
        let mut applied = self.applied.borrow_mut();
        for (place, turn) in turns.iter().enumerate() {
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
                "Nothing failed, and yet these were not tried: {}. What was done is recorded. This is a bug in \
                 Terrace, and not in the configuration.",
                applied.untried.join(", ")
            );
            self.walk.diagnostics.borrow_mut().push(Diagnostic::error("Operations wait for each other", why));
        }
    }

    /// All resources of the configuration, with what they and their providers depend on.
    fn resources(&self, graph: &Needs<Thing<'w>>) -> Vec<(ResourcePath, Vec<ResourcePath>)> {
        let resources = graph.nodes().filter_map(|thing| {
            let path = thing.resource_path(self.walk.request.configuration)?;
            let needed = self.walk.needed(thing).into_iter().filter(|needed| *needed != path).collect();
            Some((path, needed))
        });
        resources.collect()
    }

    /// Finishes a resource: from now on, references to it see the values of its instances.
    async fn settle(&self, path: &ResourcePath) -> bool {
        let Some((id, node)) = self.walk.request.configuration.find(&path.module) else { return true };
        let Some(resource) = node.module.resources.get(&path.resource) else { return true };
        if self.plan.options.mode == Mode::Destroy {
            return true;
        }
        if path.resource.mode == ResourceMode::Ephemeral {
            return self.walk.turn(id, &resource.address).await;
        }
        for module in self.walk.evaluator.expansion(id).unwrap_or_default().iter() {
            let place = AbsoluteResource { module: module.clone(), resource: path.resource.clone() };
            let values = self.values.borrow_mut().remove(&place);
            // For what the run does not select, only the stored values are known.
            let takes_part =
                || self.walk.takes_part(&Thing { module: id, what: What::Resource(&resource.address) });
            if values.is_none() && !takes_part() {
                continue;
            }
            let values = values.unwrap_or_default();
            self.walk.known.put(module, &path.resource, whole(&resource.repetition, values));
        }
        unchanged::hold(self, path)
    }

    /// The expansion of the resource that a change belongs to, and the values its instances share.
    pub(super) fn expansion(&self, resource: &Resource, change: &Change) -> Rc<Expansion> {
        let place = change.address.absolute_resource();
        let known = self.expansions.borrow().get(&place).cloned();
        known.unwrap_or_else(|| {
            let scope = self.walk.evaluator.scope(&change.address.module, Surroundings::default());
            let instances = instances(&resource.repetition, &scope, &mut Diagnostics::new());
            let shared = in_common(&instances);
            let found = Rc::new(Expansion { instances, shared });
            self.expansions.borrow_mut().insert(place, Rc::clone(&found));
            found
        })
    }

    async fn operate(&self, place: usize, half: Half) -> bool {
        if self.walk.ports.signals.stopped() {
            self.applied.borrow_mut().untried.push(self.name(place, half));
            return false;
        }
        let change = &self.plan.changes[place];
        let work = operation::run(self, change, half).await;
        let mut applied = self.applied.borrow_mut();
        let Some(work) = work else {
            applied.failed.push(self.name(place, half));
            return false;
        };
        let tally = &mut applied.tally;
        match half {
            _ if work == Work::Needless => {}
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
}
