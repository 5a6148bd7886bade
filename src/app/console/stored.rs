//! The values of resources in the console: those in the state.

use crate::address::{ModuleInstance, ProviderAddress, ResourceAddress, ResourceMode};
use crate::config::{Configuration, Repetition};
use crate::eval::validate::Schemas;
use crate::eval::{Evaluator, NothingKnown, Objects, whole};
use crate::state::{Object, State, json};
use crate::value::Value;

use super::super::validate::Known;

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
        let Some(repetition) = repetition(evaluator.configuration(), module, resource) else {
            return nothing();
        };
        let current = stored.instances.iter().filter_map(|(key, instance)| {
            let object = instance.current.as_ref()?;
            Some((key.clone(), self.value(&stored.provider.provider, resource, object)))
        });
        whole(repetition, current.collect())
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
