//! Planning a resource: its instances, in all instances of its module.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::StreamExt;

use crate::address::{
    AbsoluteInstance, InstanceKey, ModuleInstance, ProviderConfigAddress, ResourceAddress, ResourceMode,
    ResourcePath,
};
use crate::config::{ModuleId, Repetition, Resource};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::Thing;
use crate::eval::{Instances, ModuleScope, Surroundings, Taken, in_common, instances, whole};
use crate::expression::Shared;
use crate::plan::Mode;
use crate::port::{Effects, Provider};
use crate::value::Value;

use super::super::imports::check_declared;
use super::super::kinds::Kind;
use super::super::{configured, data, ephemeral, instance, orphan, replacement};
use super::{Walk, stored_instances};

/// One instance to plan.
pub(in crate::engine) struct Job<'j> {
    pub(in crate::engine) resource: &'j Resource,
    pub(in crate::engine) address: AbsoluteInstance,
    pub(in crate::engine) scope: ModuleScope<'j, 'j>,
    /// Values of arguments that are the same for all instances, if there are several.
    pub(in crate::engine) shared: Option<Rc<Shared>>,
    pub(in crate::engine) common: &'j Common,
    /// Whether the state names another provider configuration for it.
    pub(in crate::engine) by_another: bool,
}

/// What all instances of a resource share.
pub(in crate::engine) struct Common {
    pub(in crate::engine) path: ResourcePath,
    pub(in crate::engine) provider: Arc<dyn Provider>,
    pub(in crate::engine) configured_by: Arc<ProviderConfigAddress>,
    pub(in crate::engine) kind: Rc<Kind>,
    /// The body of the resource.
    pub(in crate::engine) body: Rc<Taken>,
    pub(in crate::engine) dependencies: Arc<[ResourcePath]>,
    /// Whether a replacement is created before what it replaces is destroyed.
    pub(in crate::engine) create_first: bool,
    /// Whether the state notes that of what is made. It is so also for the sake of what the run does not select.
    pub(in crate::engine) noted_first: bool,
    /// Ids of objects to import.
    pub(in crate::engine) imports: BTreeMap<AbsoluteInstance, String>,
}

impl Common {
    /// Whether planning an instance never waits for the outside world.
    fn asks_nobody(&self) -> bool {
        let ResourceAddress { mode, kind, .. } = &self.path.resource;
        *mode == ResourceMode::Managed && self.provider.effects(kind) == Effects::StateOnly
    }
}

/// The values of instances that have one, and whether planning all of them went well.
struct PlannedInstances {
    values: Vec<(InstanceKey, Value)>,
    sound: bool,
}

/// The reason is among the diagnostics.
struct Failed;

/// The instances of a resource, by instance of its module.
type Places = Vec<(ModuleInstance, Rc<Instances>)>;

impl<'w> Walk<'w> {
    /// Plans all instances of a resource in all instances of its module.
    pub(super) async fn resource(&self, thing: &Thing<'w>, address: &ResourceAddress) -> bool {
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
        if self.request.options.mode == Mode::Destroy {
            return orphan::remember(self, &path, resource, &kind);
        }
        if !self.takes_part(thing) {
            self.leave_alone(&path);
            return orphan::remember(self, &path, resource, &kind);
        }
        let Some(places) = self.expand(thing.module, resource, &path) else { return false };
        if self.request.options.mode == Mode::Normal
            && places.iter().any(|(_, instances)| instances.number() > 0)
        {
            let mut faults = Diagnostics::new();
            replacement::check(resource, &node.module, &mut faults);
            if self.report(faults) {
                return false;
            }
        }
        let Some(imports) = self.imports(&path, &places) else { return false };
        let Some(provider) = self.provider(&configured_by).await else { return false };
        let common = Common {
            body: self.body(&path, resource, &kind),
            path,
            provider,
            configured_by: configured_by.into(),
            kind,
            dependencies: self.dependencies.of(thing),
            create_first: self.create_first.contains(thing),
            noted_first: self.noted_first.as_ref().unwrap_or(&self.create_first).contains(thing),
            imports,
        };
        let mut sound = true;
        for (module, instances) in &places {
            self.found.borrow_mut().expect(module, address, instances);
            let Some(planned) = self.instances(resource, &common, module, instances).await else {
                return false;
            };
            sound &= planned.sound;
            self.known.put(module, address, whole(&resource.repetition, planned.values));
        }
        sound
    }

    /// Plans the instances in one instance of the module. `None` if the run was stopped.
    async fn instances(
        &self,
        resource: &Resource,
        common: &Common,
        module: &ModuleInstance,
        instances: &Instances,
    ) -> Option<PlannedInstances> {
        let address = &common.path.resource;
        let place = self.evaluator.scope(module, Surroundings::default());
        let shared = in_common(instances);
        let stored = self.stored.resources.get(&address.within(module.clone()));
        let by_another = stored.is_some_and(|stored| stored.provider != common.configured_by);
        let turns = instances.keys().map(|key| {
            let surroundings = instances.surroundings(&key);
            let address = AbsoluteInstance { module: module.clone(), resource: address.clone(), key };
            let (scope, shared) = (place.within(surroundings), shared.clone());
            let job = Job { resource, address, scope, shared, common, by_another };
            async move {
                let value = self.instance(&job).await;
                (job.address.key, value)
            }
        });
        let only_looks = self.request.options.mode == Mode::RefreshOnly;
        let mut planned = PlannedInstances { values: Vec::with_capacity(instances.number()), sound: true };
        let mut take = |(key, value): (InstanceKey, Result<Option<Value>, Failed>)| match value {
            // Another run will create it.
            Ok(Some(value)) if only_looks && value.is_null() => {}
            Ok(value) => planned.values.extend(value.map(|value| (key, value))),
            Err(Failed) => planned.sound = false,
        };
        if common.asks_nobody() {
            // Nothing is awaited, so concurrency would only cost.
            for turn in turns {
                self.ports.signals.breathe().await;
                if self.ports.signals.stopped() {
                    return None;
                }
                take(turn.await);
            }
        } else {
            let at_once = self.request.parallelism.max(1);
            let mut turns = futures_util::stream::iter(turns).buffer_unordered(at_once);
            // Instances that were begun are always finished: what they have prepared or opened must be known to be
            // discarded.
            while let Some(turn) = turns.next().await {
                self.ports.signals.breathe().await;
                take(turn);
            }
            if self.ports.signals.stopped() {
                return None;
            }
        }
        Some(planned)
    }

    /// The planned value of an instance; of one that the run does not select the stored value, if there is one.
    async fn instance(&self, job: &Job<'_>) -> Result<Option<Value>, Failed> {
        if self.ports.signals.stopped() {
            return Err(Failed);
        }
        if self.selection.as_ref().is_some_and(|selection| !selection.instance(&job.address)) {
            self.found.borrow_mut().checks.leave_open(job.resource, &job.address);
            return Ok(orphan::stored_value(self, &job.address, &job.common.kind));
        }
        let planned = match job.address.resource.mode {
            ResourceMode::Managed => instance::plan(self, job).await,
            ResourceMode::Data => data::plan(self, job).await,
            ResourceMode::Ephemeral => ephemeral::open(self, job).await,
        };
        planned.map(Some).ok_or(Failed)
    }

    /// The objects to import into instances of a resource.
    fn imports(&self, path: &ResourcePath, places: &Places) -> Option<BTreeMap<AbsoluteInstance, String>> {
        let asked = self.request.options.imports.iter().filter(|(address, _)| address.path() == *path);
        let mut imports: BTreeMap<AbsoluteInstance, String> = asked.cloned().collect();
        // A refresh-only run imports nothing.
        if self.imports.is_empty() || self.request.options.mode == Mode::RefreshOnly {
            return Some(imports);
        }
        let mut faults = Diagnostics::new();
        let root = self.evaluator.scope(&ModuleInstance::root(), Surroundings::default());
        let found = self.imports.resolve(path, &root, self.stored, &mut faults);
        let is_declared = |address: &AbsoluteInstance| {
            let mut of_module = places.iter().filter(|(module, _)| *module == address.module);
            of_module.any(|(_, instances)| instances.contains(&address.key))
        };
        check_declared(&found, &is_declared, &mut faults);
        faults.extend(self.evaluator.take_faults());
        imports.extend(found.into_iter().map(|(address, found)| (address, found.id)));
        (!self.report(faults)).then_some(imports)
    }

    /// The instances of a resource in each instance of its module.
    fn expand(&self, id: ModuleId, resource: &Resource, path: &ResourcePath) -> Option<Places> {
        let mut faults = Diagnostics::new();
        let mut places = Vec::new();
        for module in self.evaluator.expansion(id)?.iter() {
            let scope = self.evaluator.scope(module, Surroundings::default());
            let found = instances(&resource.repetition, &scope, &mut faults);
            if matches!(found, Instances::Unknown) {
                faults.extend(self.evaluator.take_faults());
                if !faults.has_errors() {
                    faults.push(undecided(&resource.repetition, &path.to_string()));
                }
                break;
            }
            places.push((module.clone(), Rc::new(found)));
        }
        faults.extend(self.evaluator.take_faults());
        let sound = !faults.has_errors();
        self.diagnostics.borrow_mut().extend(faults);
        sound.then_some(places)
    }

    /// Leaves a resource as it is stored.
    fn leave_alone(&self, path: &ResourcePath) {
        let mut found = self.found.borrow_mut();
        for (address, state) in stored_instances(self.stored, path) {
            found.wanted.left(&address.module, &address.resource, state.instances.keys().cloned());
        }
    }
}

pub(super) fn undecided(repetition: &Repetition, whose: &str) -> Diagnostic {
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
