//! What is known of the objects that were made: pure data, with the reference's format version 4 beside it.
//!
//! Knows no store, no provider and no schema: the attributes of an object are kept as the JSON that they are stored
//! as, and become a value when somebody who knows the type asks.

mod checks;
pub mod format;
pub mod json;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::address::{AbsoluteInstance, AbsoluteResource, InstanceKey, ProviderConfigAddress, ResourcePath};
use crate::value::{Name, Path, Value};

pub use checks::{CheckKind, CheckState, CheckStatus, CheckedObject};
pub use verify::verify;

/// Everything that one environment's state says.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Which history this is; two states of different lineage have nothing to do with each other.
    pub lineage: String,
    /// Grows with each revision.
    pub serial: u64,
    pub resources: BTreeMap<AbsoluteResource, ResourceState>,
    pub outputs: BTreeMap<Name, OutputState>,
    pub checks: Vec<CheckState>,
    /// Patterns of what must not be destroyed, as of the last apply. The reference's format has no place for them.
    pub protected: BTreeSet<Name>,
}

/// The instances of one resource in one instance of its module.
#[derive(Clone, Debug)]
pub struct ResourceState {
    pub provider: Arc<ProviderConfigAddress>,
    pub instances: BTreeMap<InstanceKey, InstanceState>,
}

/// One instance: its object, and those that it replaced and that are still to be destroyed.
#[derive(Clone, Debug, Default)]
pub struct InstanceState {
    pub current: Option<Object>,
    pub deposed: BTreeMap<DeposedKey, Object>,
}

/// A remote object as it was last seen.
#[derive(Clone, PartialEq)]
pub struct Object {
    /// Which of the type's schemas the attributes were written by.
    pub schema_version: u64,
    /// The attributes as JSON; may hold secrets.
    pub attributes: Arc<str>,
    /// Where in the attributes values are that the configuration made sensitive.
    pub sensitive: Vec<Path>,
    /// The provider's own notes.
    pub private: Arc<[u8]>,
    /// What it directly depends on, as written in the configuration when it was made.
    pub dependencies: Arc<[ResourcePath]>,
    pub status: Status,
    pub create_before_destroy: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    #[default]
    Ready,
    /// Not wholly made, or said to be unfit: it is replaced by the next apply.
    Tainted,
}

/// Tells deposed objects of one instance apart: eight hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeposedKey(pub Arc<str>);

/// An output of the root module. The value is never ephemeral; a sensitive one is marked so.
#[derive(Clone, Debug)]
pub struct OutputState {
    pub value: Value,
}

impl State {
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.outputs.is_empty()
    }

    pub fn instance(&self, address: &AbsoluteInstance) -> Option<&InstanceState> {
        // Whoever makes everything for the first time asks for each instance.
        if self.resources.is_empty() {
            return None;
        }
        self.resources.get(&address.absolute_resource())?.instances.get(&address.key)
    }

    /// All instances, in the order of their addresses.
    pub fn instances(&self) -> impl Iterator<Item = (AbsoluteInstance, &ResourceState, &InstanceState)> {
        self.resources.iter().flat_map(|(resource, state)| {
            state
                .instances
                .iter()
                .map(move |(key, instance)| (resource.instance(key.clone()), state, instance))
        })
    }

    /// Puts an object in its place, as the current one or as a deposed one.
    pub fn put(
        &mut self,
        address: &AbsoluteInstance,
        deposed: Option<&DeposedKey>,
        provider: &Arc<ProviderConfigAddress>,
        object: Object,
    ) {
        let resource = self
            .resources
            .entry(address.absolute_resource())
            .or_insert_with(|| ResourceState { provider: provider.clone(), instances: BTreeMap::new() });
        resource.provider.clone_from(provider);
        let instance = resource.instances.entry(address.key.clone()).or_default();
        match deposed {
            Some(key) => drop(instance.deposed.insert(key.clone(), object)),
            None => instance.current = Some(object),
        }
    }

    pub fn instance_mut(&mut self, address: &AbsoluteInstance) -> Option<&mut InstanceState> {
        self.resources.get_mut(&address.absolute_resource())?.instances.get_mut(&address.key)
    }

    /// Gives an instance, with everything that is known of it, another address.
    pub fn rename(&mut self, from: &AbsoluteInstance, to: &AbsoluteInstance) {
        let place = from.absolute_resource();
        let Some(resource) = self.resources.get_mut(&place) else { return };
        let Some(instance) = resource.instances.remove(&from.key) else { return };
        let provider = resource.provider.clone();
        if resource.instances.is_empty() {
            self.resources.remove(&place);
        }
        let target = self
            .resources
            .entry(to.absolute_resource())
            .or_insert_with(|| ResourceState { provider, instances: BTreeMap::new() });
        target.instances.insert(to.key.clone(), instance);
    }

    /// Takes an object out, and with it what would be left empty around it.
    pub fn remove(&mut self, address: &AbsoluteInstance, deposed: Option<&DeposedKey>) -> Option<Object> {
        let place = address.absolute_resource();
        let resource = self.resources.get_mut(&place)?;
        let instance = resource.instances.get_mut(&address.key)?;
        let taken = match deposed {
            Some(key) => instance.deposed.remove(key),
            None => instance.current.take(),
        };
        if instance.is_empty() {
            resource.instances.remove(&address.key);
        }
        if resource.instances.is_empty() {
            self.resources.remove(&place);
        }
        taken
    }
}

impl InstanceState {
    /// The current object, and then the deposed ones.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&DeposedKey>, &Object)> {
        let deposed = self.deposed.iter().map(|(key, object)| (Some(key), object));
        self.current.iter().map(|object| (None, object)).chain(deposed)
    }

    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.deposed.is_empty()
    }
}

impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows nothing of the attributes: what is secret among them is known only with their schema.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("schema_version", &self.schema_version)
            .field("status", &self.status)
            .field("dependencies", &self.dependencies)
            .finish_non_exhaustive()
    }
}
