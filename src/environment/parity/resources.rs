//! What resources would be; each is evaluated when first needed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::address::{InstanceKey, ModuleInstance, ResourceAddress, ResourceMode};
use crate::config::{Configuration, Managed, Resource};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::rule::{Verdict, verdict};
use crate::eval::validate::Schemas;
use crate::eval::{Evaluator, Instances, ModuleScope, Objects, Surroundings, instances_with_origins};
use crate::expression::evaluate;
use crate::schema;
use crate::value::{Mark, Marks, Value};

use super::reading::{arguments, foreseen, nothing_known};

/// The resources of one environment.
pub struct Resources<'c> {
    configuration: &'c Configuration,
    schemas: &'c dyn Schemas,
    found: Mutex<HashMap<Key, Option<Arc<Found>>>>,
    faults: Mutex<Diagnostics>,
}

/// A resource in an instance of a module.
type Key = (ModuleInstance, ResourceAddress);

/// A resource with its instances.
pub(super) struct Found {
    /// If their number is unknown, there is one without a key that stands for all.
    pub instances: Vec<(InstanceKey, Arguments)>,
    pub is_open: bool,
    /// The marks of what decided their number.
    pub origins: Marks,
    whole: Value,
}

/// The arguments of one instance.
pub(super) struct Arguments {
    pub object: Value,
    /// Preconditions and provisioners, each with a name for it.
    pub others: Vec<(String, Value)>,
}

impl<'c> Resources<'c> {
    pub fn new(configuration: &'c Configuration, schemas: &'c dyn Schemas) -> Self {
        Self { configuration, schemas, found: Mutex::default(), faults: Mutex::default() }
    }

    pub(super) fn take_faults(&self) -> Diagnostics {
        std::mem::take(&mut *self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A resource; `None` if its evaluation leads back to itself.
    pub(super) fn find(
        &self,
        evaluator: &Evaluator<'_>,
        module: &ModuleInstance,
        address: &ResourceAddress,
    ) -> Option<Arc<Found>> {
        let key = (module.clone(), address.clone());
        let lock = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let (_, node) = self.configuration.find(&module.path())?;
        let resource = node.module.resources.get(address)?;
        lock().insert(key.clone(), None);
        let found =
            stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, || self.work_out(evaluator, module, resource));
        let found = Arc::new(found);
        lock().insert(key, Some(Arc::clone(&found)));
        Some(found)
    }

    fn work_out(&self, evaluator: &Evaluator<'_>, module: &ModuleInstance, resource: &Resource) -> Found {
        let mut faults = Diagnostics::new();
        let scope = evaluator.scope(module, Surroundings::default());
        let (instances, origins) = instances_with_origins(&resource.repetition, &scope, &mut faults);
        let is_open = matches!(instances, Instances::Unknown);
        let keys: Vec<(InstanceKey, Surroundings)> = match &instances {
            Instances::Unknown => vec![(InstanceKey::None, open(resource, &origins))],
            known => known.keys().map(|key| (key.clone(), known.surroundings(&key))).collect(),
        };
        let schema = self.schemas.provider(&resource.provider);
        let schema =
            schema.and_then(|provider| provider.block(resource.address.mode, &resource.address.kind));
        let mut found = Vec::with_capacity(keys.len());
        let mut objects = Vec::with_capacity(keys.len());
        for (key, surroundings) in keys {
            let scope = scope.within(surroundings);
            let object = arguments(&resource.body, schema, &scope, &mut faults);
            let seen = self.seen(resource, schema, &object);
            let others = self.others(resource, &scope, &seen, &mut faults);
            objects.push((key.clone(), seen));
            found.push((key, Arguments { object, others }));
        }
        let whole = match &instances {
            Instances::Unknown => {
                let all = objects
                    .iter()
                    .fold(origins.clone(), |all, (_, object)| all.union(&object.origins_deep()));
                nothing_known(&all)
            }
            Instances::Once => objects.into_iter().next().map_or_else(Value::dynamic, |(_, object)| object),
            Instances::Counted(_) => Value::tuple(objects.into_iter().map(|(_, object)| object).collect()),
            Instances::Keyed(_) => {
                let named = objects.into_iter().filter_map(|(key, object)| match key {
                    InstanceKey::Text(text) => Some((text, object)),
                    _ => None,
                });
                Value::object(named.collect::<BTreeMap<_, _>>())
            }
        };
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
        Found { instances: found, is_open, whole: whole.with_marks(&origins), origins }
    }

    /// The object as others see it.
    fn seen(&self, resource: &Resource, schema: Option<&schema::Block>, object: &Value) -> Value {
        let origins = object.origins_deep().indirect();
        let seen = match schema {
            Some(schema) => foreseen(schema, object, &origins),
            None => nothing_known(&origins),
        };
        let seen = echoed(resource, seen);
        match resource.address.mode {
            ResourceMode::Ephemeral => seen.mark(Mark::Ephemeral),
            _ => seen,
        }
    }

    fn others(
        &self,
        resource: &Resource,
        scope: &ModuleScope<'_, '_>,
        seen: &Value,
        faults: &mut Diagnostics,
    ) -> Vec<(String, Value)> {
        let mut others = Vec::new();
        for (index, rule) in resource.preconditions.iter().enumerate() {
            let value = evaluate(&rule.condition, scope, &mut Diagnostics::new());
            others.push((format!("precondition[{index}]"), value.deciding()));
            if let Verdict::Broken(message) = verdict(rule, scope, faults) {
                faults.push(
                    Diagnostic::error("Resource precondition failed", message).at(rule.condition.span()),
                );
            }
        }
        if resource.managed.is_none() && resource.postconditions.is_empty() {
            return others;
        }
        let mut surroundings = scope.surroundings().clone();
        surroundings.self_object = Some(seen.clone());
        let scope = scope.within(surroundings);
        for (index, rule) in resource.postconditions.iter().enumerate() {
            let value = evaluate(&rule.condition, &scope, faults);
            others.push((format!("postcondition[{index}]"), value.deciding()));
        }
        let Some(managed) = &resource.managed else { return others };
        let Managed { connection, provisioners, prevent_destroy, .. } = &**managed;
        if let Some(expression) = prevent_destroy {
            others.push((
                "lifecycle.prevent_destroy".to_owned(),
                evaluate(expression, &scope, faults).deciding(),
            ));
        }
        let connections = connection.iter().map(|connection| ("connection".to_owned(), connection));
        let own = provisioners.iter().enumerate().filter_map(|(index, provisioner)| {
            Some((format!("provisioner[{index}].connection"), provisioner.connection.as_ref()?))
        });
        for (name, connection) in connections.chain(own) {
            let body = connection.body.clone().into();
            others.push((name, arguments(&body, Some(self.schemas.connection()), &scope, faults)));
        }
        for (index, provisioner) in provisioners.iter().enumerate() {
            let schema = self.schemas.provisioner(&provisioner.kind);
            others.push((
                format!("provisioner[{index}]"),
                arguments(&provisioner.body, schema, &scope, faults),
            ));
        }
        others
    }
}

impl Objects for Resources<'_> {
    fn resource(
        &self,
        evaluator: &Evaluator<'_>,
        module: &ModuleInstance,
        resource: &ResourceAddress,
    ) -> Value {
        self.find(evaluator, module, resource).map_or_else(Value::dynamic, |found| found.whole.clone())
    }
}

/// The surroundings of an instance that stands for any number of them.
fn open(resource: &Resource, origins: &Marks) -> Surroundings {
    let unknown = || nothing_known(origins);
    match resource.repetition {
        crate::config::Repetition::ForEach(_) => Surroundings {
            each: Some(crate::eval::Each { key: unknown(), value: Some(unknown()) }),
            ..Surroundings::default()
        },
        _ => Surroundings { count_index: Some(unknown()), ..Surroundings::default() },
    }
}

/// Some computed attributes are documented to repeat an argument, so they are known if it is.
fn echoed(resource: &Resource, object: Value) -> Value {
    let is_echo = resource.provider.is_builtin("terraform") && &*resource.address.kind == "terraform_data";
    let Some(entries) = object.entries().filter(|_| is_echo) else { return object };
    let Some(input) = entries.get("input").cloned() else { return object };
    let entries = entries.iter().map(|(name, value)| {
        let value = if &**name == "output" { input.clone() } else { value.clone() };
        (name.clone(), value)
    });
    Value::object(entries).with_marks(object.marks())
}
