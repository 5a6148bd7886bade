//! What the expanded configuration declares, for checking `moved` blocks: each of them asks about both of its ends.

use std::cell::RefCell;

use foldhash::HashMap;

use crate::address::{AbsoluteInstance, AbsoluteResource, ModuleInstance, ModulePath};
use crate::diag::Diagnostics;
use crate::eval::{Instances, Surroundings, instances};
use crate::plan::Mode;

use super::super::moves::Declared;
use super::Walk;

pub(super) struct Expanded<'e, 'w> {
    walk: &'e Walk<'w>,
    /// Only in a destroy: the instances of the resources asked about so far. There may be a question for each instance.
    repeated: RefCell<HashMap<AbsoluteResource, Instances>>,
}

impl<'e, 'w> Expanded<'e, 'w> {
    pub(super) fn of(walk: &'e Walk<'w>) -> Self {
        Self { walk, repeated: RefCell::default() }
    }

    /// The instances that a resource would have. A destroy does not expand the configuration.
    fn instances(&self, resource: &AbsoluteResource) -> Instances {
        let walk = self.walk;
        let node = walk.request.configuration.find(&resource.module.path()).map(|(_, node)| node);
        let declared = node.and_then(|node| node.module.resources.get(&resource.resource));
        let Some(declared) = declared.filter(|_| self.has_module(&resource.module)) else {
            return Instances::Unknown;
        };
        let scope = walk.evaluator.scope(&resource.module, Surroundings::default());
        let earlier = walk.evaluator.take_faults();
        let found = instances(&declared.repetition, &scope, &mut Diagnostics::new());
        drop(walk.evaluator.take_faults());
        walk.report(earlier);
        found
    }
}

impl Declared for Expanded<'_, '_> {
    fn modules(&self, path: &ModulePath) -> Vec<ModuleInstance> {
        let walk = self.walk;
        let found = walk.request.configuration.find(path).and_then(|(id, _)| walk.evaluator.expansion(id));
        found.map(|found| found.to_vec()).unwrap_or_default()
    }

    fn has_module(&self, module: &ModuleInstance) -> bool {
        self.walk.evaluator.declares(module)
    }

    fn has_instance(&self, address: &AbsoluteInstance) -> bool {
        if self.walk.request.options.mode != Mode::Destroy {
            return self.walk.found.borrow().wanted.contains(address);
        }
        let resource = address.absolute_resource();
        if let Some(known) = self.repeated.borrow().get(&resource) {
            return known.contains(&address.key);
        }
        let found = self.instances(&resource);
        let is_among = found.contains(&address.key);
        self.repeated.borrow_mut().insert(resource, found);
        is_among
    }
}
