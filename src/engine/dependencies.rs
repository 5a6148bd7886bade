//! What resources each resource directly depends on, through everything that is not a resource.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::address::{ModulePath, ResourceMode, ResourcePath};
use crate::config::Configuration;
use crate::eval::validate::{Thing, What, dependencies};
use crate::graph::Needs;

/// All resources of a configuration, each with those that it directly depends on.
pub fn resources(configuration: &Configuration) -> Vec<(ResourcePath, Vec<ResourcePath>)> {
    let graph = dependencies(configuration);
    let found = Dependencies::new(configuration, &graph);
    let resources = graph.nodes().filter_map(|thing| {
        let path = thing.resource_path(configuration)?;
        Some((path, found.with_providers(thing)))
    });
    resources.collect()
}

pub(super) struct Dependencies<'d> {
    configuration: &'d Configuration,
    graph: &'d Needs<Thing<'d>>,
    /// The resources that things other than resources lead to.
    reached: RefCell<HashMap<Thing<'d>, Arc<BTreeSet<ResourcePath>>>>,
}

impl<'d> Dependencies<'d> {
    pub(super) fn new(configuration: &'d Configuration, graph: &'d Needs<Thing<'d>>) -> Self {
        Self { configuration, graph, reached: RefCell::default() }
    }

    /// The resources that a thing refers to, directly or through other values.
    pub(super) fn of(&self, thing: &Thing<'d>) -> Arc<[ResourcePath]> {
        self.gather(thing).iter().cloned().collect()
    }

    /// As [`Self::of`], with what the configuration of its provider depends on.
    pub(super) fn with_providers(&self, thing: &Thing<'d>) -> Vec<ResourcePath> {
        let mut found = self.gather(thing);
        for needed in self.graph.of(thing).filter(|needed| matches!(needed.what, What::Provider(_))) {
            found.extend(self.through(needed).iter().cloned());
        }
        found.into_iter().collect()
    }

    /// Whether a module, or anything that its content depends on in any way, has a managed resource for which this is
    /// true.
    pub(super) fn leads_to(&self, module: &ModulePath, is_so: &dyn Fn(&ResourcePath) -> bool) -> bool {
        let path = |thing: &Thing<'_>| &self.configuration.node(thing.module).path;
        let mut left: Vec<&Thing<'d>> =
            self.graph.nodes().filter(|thing| path(thing).starts_with(module)).collect();
        let mut seen: HashSet<&Thing<'d>> = left.iter().copied().collect();
        while let Some(thing) = left.pop() {
            let resource = thing.resource_path(self.configuration);
            if resource.is_some_and(|path| path.resource.mode == ResourceMode::Managed && is_so(&path)) {
                return true;
            }
            left.extend(self.graph.of(thing).filter(|needed| seen.insert(*needed)));
        }
        false
    }

    fn gather(&self, thing: &Thing<'d>) -> BTreeSet<ResourcePath> {
        let mut found = BTreeSet::new();
        for needed in self.graph.of(thing) {
            match &needed.what {
                What::Resource(_) => found.extend(needed.resource_path(self.configuration)),
                What::Provider(_) => {}
                _ => found.extend(self.through(needed).iter().cloned()),
            }
        }
        found
    }

    fn through(&self, thing: &Thing<'d>) -> Arc<BTreeSet<ResourcePath>> {
        if let Some(known) = self.reached.borrow().get(thing) {
            return Arc::clone(known);
        }
        let found = Arc::new(stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.gather(thing)));
        self.reached.borrow_mut().insert(*thing, Arc::clone(&found));
        found
    }

    /// The resources that are replaced create-before-destroy: those that ask for it, and all that they depend on,
    /// because an object that is still in use cannot be destroyed first. Only `those` ask for it.
    pub(super) fn create_first(&self, those: &dyn Fn(&Thing<'d>) -> bool) -> HashSet<Thing<'d>> {
        let says_so = |thing: &Thing<'d>| match &thing.what {
            _ if !those(thing) => false,
            What::Resource(address) => {
                let resource = self.configuration.node(thing.module).module.resources.get(*address);
                resource
                    .and_then(|resource| resource.managed.as_ref())
                    .is_some_and(|managed| managed.create_before_destroy == Some(true))
            }
            _ => false,
        };
        let mut reached: Vec<&Thing<'d>> = self.graph.nodes().filter(|thing| says_so(thing)).collect();
        let mut seen: HashSet<&Thing<'d>> = reached.iter().copied().collect();
        while let Some(thing) = reached.pop() {
            for needed in self.graph.of(thing) {
                if seen.insert(needed) {
                    reached.push(needed);
                }
            }
        }
        seen.into_iter().filter(|thing| matches!(thing.what, What::Resource(_))).copied().collect()
    }
}
