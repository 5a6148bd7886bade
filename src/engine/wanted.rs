//! The instances that a configuration asks for.

use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use crate::address::{AbsoluteInstance, InstanceKey, ModuleInstance, ResourceAddress};
use crate::eval::Instances;

/// By module and resource, so that each is named once and not for each of its instances.
#[derive(Default)]
pub(super) struct Wanted {
    resources: HashMap<ModuleInstance, HashMap<ResourceAddress, Keys>>,
}

#[derive(Default)]
struct Keys {
    declared: Option<Rc<Instances>>,
    /// Those that are stored, of what is left as it is.
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

    /// Whether it is known which instances of a resource are asked for in an instance of its module.
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
