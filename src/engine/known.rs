//! The values of resources so far, for the expressions that refer to them.

use std::sync::{PoisonError, RwLock};

use foldhash::HashMap;

use crate::address::{ModuleInstance, ResourceAddress};
use crate::eval::{Evaluator, NothingKnown, Objects};
use crate::value::Value;

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
    fn resource(
        &self,
        evaluator: &Evaluator<'_>,
        module: &ModuleInstance,
        resource: &ResourceAddress,
    ) -> Value {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        let known = resources.get(module).and_then(|module| module.get(resource));
        known.cloned().unwrap_or_else(|| NothingKnown.resource(evaluator, module, resource))
    }
}
