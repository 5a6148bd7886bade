//! The instances that a configuration declares.

use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use crate::address::{AbsoluteInstance, InstanceKey, ModuleInstance, ResourceAddress};
use crate::eval::Instances;

/// By module and resource, so that each is stored once and not per instance.
#[derive(Default)]
pub(super) struct Wanted {
    resources: HashMap<ModuleInstance, HashMap<ResourceAddress, Keys>>,
}

#[derive(Default)]
struct Keys {
    declared: Option<Rc<Instances>>,
    /// Stored keys of resources that the run leaves alone.
    left: HashSet<InstanceKey>,
}

impl Wanted {
    pub(super) fn declared(
        &mut self,
        module: &ModuleInstance,
        resource: &ResourceAddress,
        instances: Rc<Instances>,
    ) {
        self.keys(module, resource).declared = Some(instances);
    }

    pub(super) fn left(
        &mut self,
        module: &ModuleInstance,
        resource: &ResourceAddress,
        keys: impl Iterator<Item = InstanceKey>,
    ) {
        self.keys(module, resource).left.extend(keys);
    }

    fn keys(&mut self, module: &ModuleInstance, resource: &ResourceAddress) -> &mut Keys {
        self.resources.entry(module.clone()).or_default().entry(resource.clone()).or_default()
    }

    /// Whether the declared instances of a resource are known in an instance of its module.
    pub(super) fn knows(&self, module: &ModuleInstance, resource: &ResourceAddress) -> bool {
        self.resources.get(module).is_some_and(|of_module| of_module.contains_key(resource))
    }

    pub(super) fn contains(&self, address: &AbsoluteInstance) -> bool {
        let keys = self.resources.get(&address.module).and_then(|of_module| of_module.get(&address.resource));
        keys.is_some_and(|Keys { declared, left }| {
            let is_declared = declared.as_ref().is_some_and(|instances| instances.contains(&address.key));
            is_declared || left.contains(&address.key)
        })
    }
}
