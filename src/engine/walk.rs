//! The walk over everything that a configuration declares, each thing after what it needs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::address::{
    AbsoluteInstance, AbsoluteResource, InstanceKey, ModuleInstance, ModulePath, ProviderConfigAddress,
    ResourceAddress, ResourceMode, ResourcePath,
};
use crate::config::{ModuleId, Repetition, Resource};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::validate::{Thing, What, circles, dependencies};
use crate::eval::{Evaluator, Instances, ModuleScope, Purpose, Surroundings, Taken, instances, take};
use crate::graph::Needs;
use crate::plan::{self, Change, Mode, Origin, Plan, Reason, Schemas};
use crate::port::{Effects, Provider};
use crate::state::{DeposedKey, Object, State};
use crate::value::Value;

use super::checks::Checks;
use super::configured::{self, Configured};
use super::dependencies::Dependencies;
use super::imports::{Imports, check_declared};
use super::kinds::{Kind, Kinds};
use super::known::{Known, whole};
use super::moves::{Declared, Moves};
use super::targets::Selection;
use super::{Ports, Request, data, ephemeral, instance, orphan, outputs, removed};

/// Plans what was asked for, from the state as it is stored. What could not be planned is missing in the plan, which
/// then says that it is faulty.
pub async fn plan(request: &Request<'_>, mut stored: Arc<State>, ports: Ports<'_>) -> (Plan, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let moves = match request.wish.mode {
        Mode::Destroy => Moves::of_same_types(request.configuration),
        _ => Moves::of(request.configuration),
    };
    let moved = moves.apply(request.configuration, &mut stored, &mut diagnostics);
    let graph = dependencies(request.configuration);
    let known = Known::default();
    let evaluator = Evaluator::new(
        request.configuration,
        Purpose::Values,
        request.place.clone(),
        request.functions.clone(),
        &known,
        request.wish.inputs.clone(),
    );
    let mut walk = Walk::new(request, ports, &evaluator, &known, &graph, &stored);
    walk.selection = Selection::of(&request.wish, request.configuration, &graph, &stored);
    if let Some(selection) = &walk.selection {
        selection.check(request.configuration, &stored, &mut diagnostics);
    }
    moved.check_targets(&request.wish.targets, &mut diagnostics);
    removed::check(request.configuration, &mut diagnostics);
    if request.wish.mode == Mode::Normal {
        let is_asked_for = |address: &AbsoluteInstance| {
            walk.selection.as_ref().is_none_or(|selection| selection.names(address))
        };
        walk.imports.check_resources(request.configuration, &stored, &is_asked_for, &mut diagnostics);
    }
    walk.moved = moved.previous;
    walk.report(diagnostics);
    let turned = walk.run(&graph).await;
    walk.explain(turned, &graph);
    if request.wish.mode != Mode::Destroy {
        let mut faults = Diagnostics::new();
        moves.validate(request.configuration, &walk, &mut faults);
        walk.report(faults);
    }
    walk.conclude().await
}

/// A walk under way. It is all on one thread: what is borrowed is given back before anything is waited for.
pub(super) struct Walk<'w> {
    pub(super) request: &'w Request<'w>,
    pub(super) ports: Ports<'w>,
    pub(super) evaluator: &'w Evaluator<'w>,
    pub(super) known: &'w Known,
    dependencies: Dependencies<'w>,
    create_first: HashSet<Thing<'w>>,
    pub(super) kinds: Kinds,
    configured: Configured,
    /// As it was before the walk, with everything at its present address.
    pub(super) stored: &'w Arc<State>,
    /// What the run is about, where it is not about everything.
    pub(super) selection: Option<Selection<'w>>,
    imports: Imports<'w>,
    /// Where instances were, by where they are.
    pub(super) moved: BTreeMap<AbsoluteInstance, AbsoluteInstance>,
    /// Bodies of resources, each taken apart once.
    bodies: RefCell<HashMap<ResourcePath, Rc<Taken>>>,
    permits: Semaphore,
    pub(super) diagnostics: RefCell<Diagnostics>,
    pub(super) found: RefCell<Found>,
}

/// What the walk has found so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) changes: Vec<Change>,
    /// Where in `changes` an instance is.
    pub(super) places: HashMap<AbsoluteInstance, usize>,
    pub(super) drift: Vec<Change>,
    /// Objects that are not as they were stored; none for those that are gone.
    pub(super) refreshed: Vec<(AbsoluteInstance, ProviderConfigAddress, Option<Object>)>,
    /// Objects that were put aside and are gone.
    pub(super) gone: Vec<(AbsoluteInstance, DeposedKey)>,
    /// The instances that the configuration asks for.
    pub(super) wanted: HashSet<AbsoluteInstance>,
    /// Resources that something will happen to.
    pub(super) pending: HashSet<ResourcePath>,
    pub(super) checks: Checks,
    pub(super) open: ephemeral::Opened,
}

/// One instance whose turn it is.
pub(super) struct Job<'j> {
    pub(super) resource: &'j Resource,
    pub(super) address: AbsoluteInstance,
    pub(super) scope: ModuleScope<'j, 'j>,
    pub(super) common: &'j Common,
}

/// The instances of a resource by instance of its module, with what each sees.
type Places = Vec<(ModuleInstance, Vec<(InstanceKey, Surroundings)>)>;

/// What all instances of a resource share.
pub(super) struct Common {
    pub(super) path: ResourcePath,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) configured_by: ProviderConfigAddress,
    pub(super) kind: Rc<Kind>,
    /// What the resource's body says.
    pub(super) body: Rc<Taken>,
    pub(super) dependencies: Arc<[ResourcePath]>,
    pub(super) create_first: bool,
    /// Ids of objects that are taken over.
    pub(super) imports: BTreeMap<AbsoluteInstance, String>,
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
            create_first: dependencies.create_first(),
            dependencies,
            kinds: Kinds::default(),
            configured: Configured::default(),
            stored,
            selection: None,
            imports: Imports::of(request.configuration),
            moved: BTreeMap::new(),
            bodies: RefCell::default(),
            permits: Semaphore::new(request.parallelism.max(1)),
            diagnostics: RefCell::default(),
            found: RefCell::default(),
        }
    }

    /// The resources that a thing needs, itself, through values between, or for the sake of its provider.
    pub(super) fn needed(&self, thing: &Thing<'w>) -> Vec<ResourcePath> {
        self.dependencies.with_providers(thing)
    }

    /// Gives a resource its turn outside the walk, as ephemeral ones need it while applying.
    pub(super) async fn turn(&self, id: ModuleId, resource: &'w ResourceAddress) -> bool {
        self.resource(&Thing { module: id, what: What::Resource(resource) }, resource).await
    }

    /// Lets the providers go.
    pub(super) async fn release(&self) {
        for provider in self.configured.all() {
            provider.stop().await;
        }
    }

    /// Things whose turn never came need themselves. Circles of several were refused before the walk.
    fn explain(&self, turned: usize, graph: &Needs<Thing<'w>>) {
        let stopped = self.ports.signals.stopped() || self.diagnostics.borrow().has_errors();
        if turned < graph.nodes().count() && !stopped {
            let found = circles(self.request.configuration).into_iter();
            let refused = found.map(|fault| Diagnostic { severity: Severity::Error, ..fault });
            self.diagnostics.borrow_mut().extend(refused);
        }
    }

    /// Gives everything its turn; returns how many had it.
    async fn run(&self, graph: &'w Needs<Thing<'w>>) -> usize {
        let things: Vec<&Thing<'w>> = graph.nodes().collect();
        let mut turned = 0;
        let mut schedule = graph.schedule();
        let mut running = FuturesUnordered::new();
        loop {
            while let Some(turn) = schedule.take() {
                if self.ports.signals.stopped() {
                    break;
                }
                let Some(thing) = things.get(turn).copied() else { continue };
                turned += 1;
                if let What::Resource(address) = &thing.what {
                    running.push(async move { (turn, self.resource(thing, address).await) });
                } else if self.settle(thing) {
                    schedule.done(turn);
                } else {
                    schedule.failed(turn);
                }
            }
            // Looking can be given up at any moment: nothing was changed by it.
            let finished = tokio::select! {
                biased;
                finished = running.next() => finished,
                () = self.ports.signals.until_cancelled() => break,
            };
            match finished {
                Some((turn, true)) => schedule.done(turn),
                Some((turn, false)) => drop(schedule.failed(turn)),
                None => break,
            }
        }
        turned
    }

    /// A thing that is a value: worked out now, so that its faults are found even where nothing uses it.
    fn settle(&self, thing: &Thing<'w>) -> bool {
        if !self.takes_part(thing) {
            return true;
        }
        let mut faults = Diagnostics::new();
        let module = &self.request.configuration.node(thing.module).module;
        if self.request.wish.mode == Mode::Destroy && !matches!(thing.what, What::Variable(_)) {
            return true;
        }
        match &thing.what {
            What::Variable(name) => {
                let variable =
                    module.variables.get(*name).filter(|variable| !variable.validations.is_empty());
                if let (Some(variable), Some(modules)) = (variable, self.evaluator.expansion(thing.module)) {
                    for module in modules.iter() {
                        let scope = self.evaluator.scope(module, Surroundings::default());
                        let mut found = self.found.borrow_mut();
                        found.checks.variable(module, variable, &scope, &mut faults);
                    }
                }
            }
            What::Local(name) => {
                for module in self.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                    self.evaluator.local_of(module, name);
                }
            }
            What::Output(name) => {
                for module in self.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                    let Some(output) =
                        self.request.configuration.node(thing.module).module.outputs.get(*name)
                    else {
                        continue;
                    };
                    let mut found = self.found.borrow_mut();
                    let scope = self.evaluator.scope(module, Surroundings::default());
                    if found.checks.output(module, output, &scope, &mut faults) {
                        self.evaluator.output_of(module, name);
                    }
                }
            }
            What::Call(name) => {
                let children = &self.request.configuration.node(thing.module).children;
                if let Some(child) = children.get(*name)
                    && self.evaluator.expansion(thing.module).is_some()
                    && self.evaluator.expansion(*child).is_none()
                {
                    faults.extend(self.evaluator.take_faults());
                    if let Some(call) = module.calls.get(*name).filter(|_| !faults.has_errors()) {
                        faults.push(undecided(&call.repetition, &format!("module.{name}")));
                    }
                }
            }
            What::Provider(_) | What::Resource(_) => {}
        }
        faults.extend(self.evaluator.take_faults());
        let sound = !faults.has_errors();
        self.diagnostics.borrow_mut().extend(faults);
        sound
    }

    /// All instances of a resource in all instances of its module.
    async fn resource(&self, thing: &Thing<'w>, address: &ResourceAddress) -> bool {
        let node = self.request.configuration.node(thing.module);
        let Some(resource) = node.module.resources.get(address) else { return true };
        let path = ResourcePath { module: node.path.clone(), resource: address.clone() };
        let configured_by = configured::address(self.request.configuration, thing.module, address)
            .expect("the resource is of this module");
        let kind = match self.kinds.of(self.ports.providers, &resource.provider, address).await {
            Ok(kind) => kind,
            Err(why) => {
                let fault = Diagnostic::error("Provider cannot be used", why).at(resource.type_span.clone());
                self.diagnostics.borrow_mut().push(fault.address(path.to_string()));
                return false;
            }
        };
        if self.request.wish.mode == Mode::Destroy {
            return orphan::remember(self, &path, resource, &kind);
        }
        if !self.takes_part(thing) {
            self.leave_alone(&path);
            return orphan::remember(self, &path, resource, &kind);
        }
        let Some(places) = self.expand(thing.module, resource, &path) else { return false };
        let Some(imports) = self.imports(&path, &places) else { return false };
        let Some(provider) = self.provider(&configured_by).await else { return false };
        let common = Common {
            body: self.body(&path, resource, &kind),
            path,
            provider,
            configured_by,
            kind,
            dependencies: self.dependencies.of(thing),
            create_first: self.create_first.contains(thing),
            imports,
        };
        let asks_nobody = address.mode == ResourceMode::Managed
            && common.provider.effects(&address.kind) == Effects::StateOnly;
        let mut sound = true;
        for (module, instances) in places {
            let mut values = Vec::new();
            let mut turning = Vec::with_capacity(instances.len());
            self.found.borrow_mut().expect(instances.len());
            for (key, surroundings) in instances {
                let address =
                    AbsoluteInstance { module: module.clone(), resource: address.clone(), key: key.clone() };
                if self.selection.as_ref().is_none_or(|selection| selection.instance(&address)) {
                    turning.push((key, surroundings, address));
                } else {
                    self.found.borrow_mut().wanted.insert(address.clone());
                    let stored = orphan::stored_value(self, &address, &common.kind);
                    values.extend(stored.map(|value| (key, value)));
                }
            }
            let place = self.evaluator.scope(&module, Surroundings::default());
            let turns = turning.into_iter().map(|(key, surroundings, address)| {
                let scope = place.within(surroundings);
                let job = Job { resource, address, scope, common: &common };
                async move { (key, self.instance(&job).await) }
            });
            let mut take = |(key, value): (InstanceKey, Option<Value>)| match value {
                Some(value) => values.push((key, value)),
                None => sound = false,
            };
            if asks_nobody {
                // There is nothing to wait for, so that having several at once would only cost.
                for turn in turns {
                    take(turn.await);
                }
            } else {
                let at_once = self.request.parallelism.max(1);
                let mut turns = futures_util::stream::iter(turns).buffer_unordered(at_once);
                while let Some(turn) = turns.next().await {
                    take(turn);
                }
            }
            self.known.put(&module, address, whole(&resource.repetition, values));
        }
        sound
    }

    async fn instance(&self, job: &Job<'_>) -> Option<Value> {
        self.found.borrow_mut().wanted.insert(job.address.clone());
        match job.address.resource.mode {
            ResourceMode::Managed => instance::plan(self, job).await,
            ResourceMode::Data => data::plan(self, job).await,
            ResourceMode::Ephemeral => ephemeral::open(self, job).await,
        }
    }

    /// The objects that are taken over into instances of a resource.
    fn imports(&self, path: &ResourcePath, places: &Places) -> Option<BTreeMap<AbsoluteInstance, String>> {
        let asked = self.request.wish.imports.iter().filter(|(address, _)| address.path() == *path);
        let mut imports: BTreeMap<AbsoluteInstance, String> = asked.cloned().collect();
        if self.imports.is_empty() {
            return Some(imports);
        }
        let mut faults = Diagnostics::new();
        let root = self.evaluator.scope(&ModuleInstance::root(), Surroundings::default());
        let found = self.imports.resolve(path, &root, self.stored, &mut faults);
        let is_declared = |address: &AbsoluteInstance| {
            let mut of_module = places.iter().filter(|(module, _)| *module == address.module);
            of_module.any(|(_, keys)| keys.iter().any(|(key, _)| *key == address.key))
        };
        check_declared(&found, &is_declared, &mut faults);
        faults.extend(self.evaluator.take_faults());
        imports.extend(found.into_iter().map(|(address, found)| (address, found.id)));
        (!self.report(faults)).then_some(imports)
    }

    /// The keys of a resource in each instance of its module, with what each instance sees.
    fn expand(&self, id: ModuleId, resource: &Resource, path: &ResourcePath) -> Option<Places> {
        let mut faults = Diagnostics::new();
        let mut places = Vec::new();
        for module in self.evaluator.expansion(id)?.iter() {
            let scope = self.evaluator.scope(module, Surroundings::default());
            let found = instances(&resource.repetition, &scope, &mut faults);
            let keys = match &found {
                Instances::Unknown => {
                    faults.extend(self.evaluator.take_faults());
                    if !faults.has_errors() {
                        faults.push(undecided(&resource.repetition, &path.to_string()));
                    }
                    break;
                }
                Instances::Once => vec![(InstanceKey::None, Surroundings::default())],
                Instances::Counted(count) => (0..*count)
                    .map(InstanceKey::Number)
                    .map(|key| (key.clone(), Surroundings::for_key(&key, None)))
                    .collect(),
                Instances::Keyed(entries) => entries
                    .keys()
                    .map(|key| InstanceKey::Text(key.clone()))
                    .map(|key| (key.clone(), Surroundings::for_key(&key, Some(entries))))
                    .collect(),
            };
            places.push((module.clone(), keys));
        }
        faults.extend(self.evaluator.take_faults());
        let sound = !faults.has_errors();
        self.diagnostics.borrow_mut().extend(faults);
        sound.then_some(places)
    }

    pub(super) fn takes_part(&self, thing: &Thing<'w>) -> bool {
        self.selection.as_ref().is_none_or(|selection| selection.takes_part(thing))
    }

    /// The arguments of a resource, ready to be evaluated for each of its instances.
    pub(super) fn body(&self, path: &ResourcePath, resource: &Resource, kind: &Kind) -> Rc<Taken> {
        if let Some(known) = self.bodies.borrow().get(path) {
            return Rc::clone(known);
        }
        let taken = Rc::new(take(&resource.body, &kind.block));
        self.bodies.borrow_mut().insert(path.clone(), Rc::clone(&taken));
        taken
    }

    /// What is stored of a resource stays as it is.
    fn leave_alone(&self, path: &ResourcePath) {
        let mut found = self.found.borrow_mut();
        for (address, state) in stored_instances(self.stored, path) {
            found.wanted.extend(state.instances.keys().map(|key| address.instance(key.clone())));
        }
    }

    /// A provider with its configuration, ready to be asked.
    pub(super) async fn provider(&self, address: &ProviderConfigAddress) -> Option<Arc<dyn Provider>> {
        let doors = (self.ports.providers, &self.kinds, &self.request.workplace);
        self.configured
            .get(address, self.evaluator, self.request.configuration, doors, &self.diagnostics)
            .await
    }

    /// The right to keep a provider busy; not needed for one that asks nobody.
    pub(super) async fn permit(&self, provider: &dyn Provider, kind: &str) -> Option<SemaphorePermit<'_>> {
        match provider.effects(kind) {
            Effects::StateOnly => None,
            Effects::Outside => {
                Some(self.permits.acquire().await.expect("the semaphore lives as long as the walk"))
            }
        }
    }

    /// Puts faults among the others; says whether there was an error.
    pub(super) fn report(&self, faults: Diagnostics) -> bool {
        let failed = faults.has_errors();
        self.diagnostics.borrow_mut().extend(faults);
        failed
    }

    /// Whether something will happen to a resource that this one is to wait for.
    pub(super) fn is_pending(&self, resource: &ResourcePath) -> bool {
        self.found.borrow().pending.contains(resource)
    }

    /// What is left when all had their turn: objects that nothing asks for, outputs, checks; and the plan.
    async fn conclude(self) -> (Plan, Diagnostics) {
        let stopped = self.ports.signals.stopped();
        if stopped {
            let why = "The run was interrupted before everything was planned.";
            self.diagnostics.borrow_mut().push(Diagnostic::error("Interrupted", why));
        }
        if !self.diagnostics.borrow().has_errors() {
            orphan::plan(&self).await;
        }
        let mut outputs = BTreeMap::new();
        if !self.diagnostics.borrow().has_errors() {
            let mut faults = Diagnostics::new();
            outputs = outputs::plan(&self, &mut faults);
            if self.request.wish.mode != Mode::Destroy {
                self.found.borrow_mut().checks.blocks(
                    self.request.configuration,
                    self.evaluator,
                    &mut faults,
                );
            }
            faults.extend(self.evaluator.take_faults());
            self.report(faults);
        }
        ephemeral::close(&self).await;
        self.release().await;
        let mut diagnostics = self.diagnostics.take();
        diagnostics.extend(self.evaluator.take_faults());
        let mut found = self.found.take();
        found.changes.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
        found.drift.sort_by(|a, b| a.address.cmp(&b.address));
        // Copied only where something is not as it was stored.
        let mut prior = Arc::clone(self.stored);
        for (address, provider, object) in found.refreshed {
            let prior = Arc::make_mut(&mut prior);
            match object {
                Some(object) => prior.put(&address, None, &provider, object),
                None => drop(prior.remove(&address, None)),
            }
        }
        for (address, key) in found.gone {
            Arc::make_mut(&mut prior).remove(&address, Some(&key));
        }
        let mut providers = BTreeMap::new();
        let schemas = self.kinds.all();
        for address in schemas.keys() {
            if let Ok(digest) = self.ports.providers.digest(address).await {
                providers.insert(address.clone(), digest);
            }
        }
        let mut plan = Plan {
            origin: Origin {
                environment: self.request.environment.clone(),
                lineage: self.stored.lineage.clone(),
                serial: self.stored.serial,
                configuration: self.request.digest.clone(),
                providers,
            },
            time: self.request.time.clone(),
            wish: self.request.wish.clone(),
            changes: found.changes,
            drift: found.drift,
            outputs,
            checks: found.checks.into_states(),
            protection: BTreeMap::new(),
            prior,
            schemas: Schemas(schemas),
            faulty: diagnostics.has_errors(),
        };
        for flaw in plan::check(&plan) {
            plan.faulty = true;
            let why = format!("{flaw}. This is a mistake in this program and not in the configuration.");
            diagnostics.push(Diagnostic::error("Plan is not sound", why));
        }
        (plan, diagnostics)
    }
}

impl Declared for Walk<'_> {
    fn modules(&self, path: &ModulePath) -> Vec<ModuleInstance> {
        let found = self.request.configuration.find(path).and_then(|(id, _)| self.evaluator.expansion(id));
        found.map(|found| found.to_vec()).unwrap_or_default()
    }

    fn has_instance(&self, address: &AbsoluteInstance) -> bool {
        self.found.borrow().wanted.contains(address)
    }
}

impl Found {
    /// So many instances more will have their turn.
    fn expect(&mut self, number: usize) {
        self.changes.reserve(number);
        self.places.reserve(number);
        self.wanted.reserve(number);
    }

    pub(super) fn change(&mut self, change: Change) {
        // That something is looked at once more is nothing to wait for.
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
        if change.deposed.is_none() {
            self.places.insert(change.address.clone(), self.changes.len());
        }
        self.changes.push(change);
    }
}

fn undecided(repetition: &Repetition, whose: &str) -> Diagnostic {
    let (name, span) = match repetition {
        Repetition::Once => ("count", None),
        Repetition::Count(expression) => ("count", Some(expression.span())),
        Repetition::ForEach(expression) => ("for_each", Some(expression.span())),
    };
    let why = format!(
        "How many instances {whose} has must be known while planning, and \"{name}\" depends on something that is known \
         only after it has been applied."
    );
    let fault = Diagnostic::error(format!("Invalid {name} argument"), why)
        .hint("Apply what it depends on first, with -target.")
        .address(whose.to_owned());
    match span {
        Some(span) => fault.at(span),
        None => fault,
    }
}

/// All stored instances of a resource, in any instance of its module.
pub(super) fn stored_instances<'s>(
    state: &'s State,
    path: &'s ResourcePath,
) -> impl Iterator<Item = (&'s AbsoluteResource, &'s crate::state::ResourceState)> {
    state
        .resources
        .iter()
        .filter(move |(address, _)| address.resource == path.resource && address.module.path() == path.module)
}
