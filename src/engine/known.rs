//! The values of resources so far, for the expressions that refer to them.

use std::sync::{PoisonError, RwLock};

use foldhash::HashMap;

use crate::address::{InstanceKey, ModuleInstance, ResourceAddress, ResourceMode};
use crate::config::Repetition;
use crate::eval::{Evaluator, Objects};
use crate::value::{Entries, Mark, Value};

/// The values of whole resources, each added when all of its instances are done.
#[derive(Default)]
pub(super) struct Known {
    resources: RwLock<HashMap<ModuleInstance, HashMap<ResourceAddress, Value>>>,
}

impl Known {
    pub(super) fn put(&self, module: &ModuleInstance, resource: &ResourceAddress, value: Value) {
        let mut resources = self.resources.write().unwrap_or_else(PoisonError::into_inner);
        resources.entry(module.clone()).or_default().insert(resource.clone(), value);
    }
}

impl Objects for Known {
    fn resource(&self, _: &Evaluator<'_>, module: &ModuleInstance, resource: &ResourceAddress) -> Value {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        let known = resources.get(module).and_then(|module| module.get(resource));
        known.cloned().unwrap_or_else(|| match resource.mode {
            ResourceMode::Ephemeral => Value::dynamic().mark(Mark::Ephemeral),
            _ => Value::dynamic(),
        })
    }
}

/// A resource's value, assembled from its instances.
pub(super) fn whole(repetition: &Repetition, instances: Vec<(InstanceKey, Value)>) -> Value {
    match repetition {
        Repetition::Once => instances.into_iter().next().map_or_else(Value::dynamic, |(_, value)| value),
        Repetition::Count(_) => {
            let mut items = instances;
            items.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::tuple(items.into_iter().map(|(_, value)| value).collect())
        }
        Repetition::ForEach(_) => {
            let entries: Entries = instances
                .into_iter()
                .filter_map(|(key, value)| match key {
                    InstanceKey::Text(text) => Some((text, value)),
                    _ => None,
                })
                .collect();
            Value::object(entries)
        }
    }
}
