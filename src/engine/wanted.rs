//! The instances that a configuration asks for.

use foldhash::{HashMap, HashSet};

use crate::address::{AbsoluteInstance, InstanceKey, ModuleInstance, ResourceAddress};

/// By module and resource, so that each is named once and not for each of its instances.
#[derive(Default)]
pub(super) struct Wanted {
    keys: HashMap<ModuleInstance, HashMap<ResourceAddress, HashSet<InstanceKey>>>,
}

impl Wanted {
    pub(super) fn extend(
        &mut self,
        module: &ModuleInstance,
        resource: &ResourceAddress,
        keys: impl Iterator<Item = InstanceKey>,
    ) {
        let resources = self.keys.entry(module.clone()).or_default();
        resources.entry(resource.clone()).or_default().extend(keys);
    }

    pub(super) fn contains(&self, address: &AbsoluteInstance) -> bool {
        let keys = self.keys.get(&address.module).and_then(|resources| resources.get(&address.resource));
        keys.is_some_and(|keys| keys.contains(&address.key))
    }
}
