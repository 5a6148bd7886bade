//! What a data source waits for: resources that are about to change.

use std::collections::BTreeMap;

use crate::address::{AbsoluteResource, ModulePath, ResourceMode, ResourcePath};
use crate::plan::Mode;

use super::Walk;

impl Walk<'_> {
    /// Whether a resource that must be waited for will change.
    pub(in crate::engine) fn is_pending(&self, resource: &ResourcePath) -> bool {
        self.found.borrow().pending.contains(resource) || self.loses(resource)
    }

    /// Whether instances of a resource are about to go. Nothing is planned of them before the end of the walk.
    fn loses(&self, path: &ResourcePath) -> bool {
        let resources = self.by_path().get(path).into_iter().flatten();
        self.request.options.mode == Mode::Normal && resources.into_iter().any(|one| self.loses_any_of(one))
    }

    /// What is stored of each resource.
    fn by_path(&self) -> &BTreeMap<ResourcePath, Vec<&AbsoluteResource>> {
        self.paths.get_or_init(|| {
            let managed =
                self.stored.resources.keys().filter(|one| one.resource.mode == ResourceMode::Managed);
            let mut paths: BTreeMap<ResourcePath, Vec<&AbsoluteResource>> = BTreeMap::new();
            managed.for_each(|address| paths.entry(address.path()).or_default().push(address));
            paths
        })
    }

    fn loses_any_of(&self, resource: &AbsoluteResource) -> bool {
        let Some(stored) = self.stored.resources.get(resource) else { return false };
        let found = self.found.borrow();
        stored.instances.iter().any(|(key, instance)| {
            let address = resource.instance(key.clone());
            let selection = self.selection.as_ref();
            let undeclared = instance.current.is_some() && !found.wanted.contains(&address);
            undeclared && selection.is_none_or(|selection| selection.destroys(&address))
                || !instance.deposed.is_empty()
                    && selection.is_none_or(|selection| selection.destroys_deposed(&address))
        })
    }

    /// Whether anything in a module, or anything it depends on, will change. Called after all of these were planned.
    pub(in crate::engine) fn is_pending_in(&self, module: &ModulePath) -> bool {
        if let Some(known) = self.awaited.borrow().get(module) {
            return *known;
        }
        let is_within = |path: &&ResourcePath| path.module.starts_with(module);
        let is_pending = self.found.borrow().pending.iter().any(|path| is_within(&path))
            || self.by_path().keys().filter(is_within).any(|path| self.loses(path))
            || self.dependencies.leads_to(module, &|path| self.is_pending(path));
        self.awaited.borrow_mut().insert(module.clone(), is_pending);
        is_pending
    }
}
