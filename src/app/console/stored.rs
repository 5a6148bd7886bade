//! The values of resources in the console: those in the state.

use crate::address::{InstanceKey, ModuleInstance, ProviderAddress, ResourceAddress, ResourceMode};
use crate::config::{Configuration, Repetition};
use crate::eval::validate::Schemas;
use crate::eval::{Evaluator, NothingKnown, Objects};
use crate::state::{Object, State, json};
use crate::value::{Entries, Value};

use super::super::validate::Known;

/// Higher indexes than this are ignored: a list up to them would fill the memory.
const MOST_INSTANCES: u64 = 1_000_000;

/// The objects of a state, by the resources of the configuration.
pub(super) struct Stored {
    state: State,
    schemas: Known,
}

impl Stored {
    pub(super) fn new(state: State) -> Self {
        Self { state, schemas: Known::new() }
    }

    /// The value of a stored object; unknown if its type, or the version of its type, is not known here.
    fn value(&self, provider: &ProviderAddress, resource: &ResourceAddress, object: &Object) -> Value {
        let schema = self.schemas.provider(provider);
        let Some(block) = schema.and_then(|schema| schema.block(resource.mode, &resource.kind)) else {
            return Value::dynamic();
        };
        let ty = block.implied_type();
        let decoded = match block.version == object.schema_version {
            true => json::decode(&object.attributes, &ty).ok(),
            false => None,
        };
        let Some(value) = decoded else { return Value::unknown(ty) };
        block.mark_secrets(object.mark_secrets(value))
    }
}

impl Objects for Stored {
    fn resource(
        &self,
        evaluator: &Evaluator<'_>,
        module: &ModuleInstance,
        resource: &ResourceAddress,
    ) -> Value {
        let nothing = || NothingKnown.resource(evaluator, module, resource);
        let Some(stored) = self.state.resources.get(&resource.within(module.clone())) else {
            return nothing();
        };
        let current = stored.instances.iter().filter_map(|(key, instance)| {
            let object = instance.current.as_ref()?;
            Some((key, self.value(&stored.provider.provider, resource, object)))
        });
        match repetition(evaluator.configuration(), module, resource) {
            Some(Repetition::Once) => {
                let mut found = current.filter(|(key, _)| **key == InstanceKey::None);
                found.next().map_or_else(nothing, |(_, value)| value)
            }
            Some(Repetition::Count(_)) => {
                let mut items = Vec::new();
                for (key, value) in current {
                    let InstanceKey::Number(index @ ..MOST_INSTANCES) = key else { continue };
                    // Missing instances in between are unknown.
                    while (items.len() as u64) < *index {
                        items.push(Value::dynamic());
                    }
                    items.push(value);
                }
                Value::tuple(items)
            }
            Some(Repetition::ForEach(_)) => {
                let entries: Entries = current
                    .filter_map(|(key, value)| match key {
                        InstanceKey::Text(key) => Some((key.clone(), value)),
                        _ => None,
                    })
                    .collect();
                Value::object(entries)
            }
            None => nothing(),
        }
    }
}

fn repetition<'c>(
    configuration: &'c Configuration,
    module: &ModuleInstance,
    resource: &ResourceAddress,
) -> Option<&'c Repetition> {
    let (_, node) = configuration.find(&module.path())?;
    // Ephemeral resources are never in a state.
    let declared =
        node.module.resources.get(resource).filter(|_| resource.mode != ResourceMode::Ephemeral)?;
    Some(&declared.repetition)
}
