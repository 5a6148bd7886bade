//! The tree of modules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{ModulePath, ProviderAddress};
use crate::value::Name;

use super::{Module, ModuleCall, Version, VersionConstraints};

/// Everything that a project declares: its modules, each below the one that calls it.
///
/// Stored in a flat list, so that a deep tree needs no deep recursion. A module comes before those it calls, and calls
/// come in the order of their names.
#[derive(Clone)]
pub struct Configuration {
    pub(super) nodes: Vec<ModuleNode>,
}

/// A node of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub(super) usize);

/// A node of the tree and its module. Calls of the same directory share the module.
#[derive(Clone)]
pub struct ModuleNode {
    pub path: ModulePath,
    pub module: Arc<Module>,
    /// None for the root.
    pub parent: Option<ModuleId>,
    /// By the name of the call. A call whose module was not found is missing, and was reported.
    pub children: BTreeMap<Name, ModuleId>,
    /// The selected version of a registry module.
    pub version: Option<Version>,
}

impl Configuration {
    pub fn root(&self) -> &ModuleNode {
        self.node(ModuleId(0))
    }

    pub fn root_id(&self) -> ModuleId {
        ModuleId(0)
    }

    pub fn node(&self, id: ModuleId) -> &ModuleNode {
        &self.nodes[id.0]
    }

    /// All nodes, parents before children, in a deterministic order.
    pub fn nodes(&self) -> impl Iterator<Item = (ModuleId, &ModuleNode)> {
        self.nodes.iter().enumerate().map(|(index, node)| (ModuleId(index), node))
    }

    pub fn find(&self, path: &ModulePath) -> Option<(ModuleId, &ModuleNode)> {
        let mut id = self.root_id();
        for call in path.calls() {
            id = *self.node(id).children.get(call)?;
        }
        Some((id, self.node(id)))
    }

    /// All providers that any module requires, each with all of its version constraints.
    pub fn provider_requirements(&self) -> BTreeMap<ProviderAddress, Vec<VersionConstraints>> {
        let mut needed: BTreeMap<ProviderAddress, Vec<VersionConstraints>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for node in self.nodes.iter().filter(|node| seen.insert(&node.module.directory)) {
            for (address, versions) in node.module.provider_requirements() {
                needed.entry(address).or_default().extend(versions);
            }
        }
        needed
    }

    /// The call that leads to a node, with the calling module; `None` for the root.
    pub fn call_of(&self, id: ModuleId) -> Option<(&ModuleNode, &ModuleCall)> {
        let node = self.node(id);
        let parent = self.node(node.parent?);
        let (_, name) = node.path.parent()?;
        Some((parent, parent.module.calls.get(name)?))
    }
}
