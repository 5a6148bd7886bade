//! States: what is known of the objects that were created, as pure data, with Terraform's format version 4.
//!
//! Knows no store, no provider and no schema: the attributes of an object are kept as JSON, and become a value when a
//! caller who knows the type asks.

mod checks;
pub mod format;
pub mod json;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::address::{AbsoluteInstance, AbsoluteResource, InstanceKey, ProviderConfigAddress, ResourcePath};
use crate::value::{Mark, Marks, Name, Path, Value};

pub use checks::{CheckKind, CheckState, CheckStatus, CheckedObject};
pub use verify::verify;

/// The state of one environment.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Identifies the history of the state; states of different lineages are unrelated.
    pub lineage: String,
    /// Increases with each revision.
    pub serial: u64,
    pub resources: BTreeMap<AbsoluteResource, ResourceState>,
    pub outputs: BTreeMap<Name, OutputState>,
    pub checks: Vec<CheckState>,
    /// Protection patterns as of the last apply. Terraform's format has no place for them.
    pub protected: BTreeSet<Name>,
}

/// The instances of one resource in one instance of its module.
#[derive(Clone, Debug)]
pub struct ResourceState {
    pub provider: Arc<ProviderConfigAddress>,
    pub instances: BTreeMap<InstanceKey, InstanceState>,
}

/// One instance: its current object, and the deposed ones that are still to be destroyed.
#[derive(Clone, Debug, Default)]
pub struct InstanceState {
    pub current: Option<Object>,
    pub deposed: BTreeMap<DeposedKey, Object>,
}

/// A remote object as it was last seen.
#[derive(Clone, PartialEq)]
pub struct Object {
    /// The version of the schema that the attributes conform to.
    pub schema_version: u64,
    /// The attributes as JSON; may contain secrets.
    pub attributes: Arc<str>,
    /// The paths of values that the configuration made sensitive.
    pub sensitive: Vec<Path>,
    /// The provider's private data.
    pub private: Arc<[u8]>,
    /// Its direct dependencies, as configured when it was created.
    pub dependencies: Arc<[ResourcePath]>,
    pub status: Status,
    pub create_before_destroy: bool,
}

impl Object {
    /// Marks what the configuration made sensitive in the object's value.
    pub fn mark_secrets(&self, value: Value) -> Value {
        value.mark_places(&self.secret_places())
    }

    /// As [`Self::mark_secrets`], for a value that may have been decoded by another schema than the one that the object
    /// was stored with: what a secret may be in counts as secret.
    pub fn mark_secrets_or_around(&self, value: Value) -> Value {
        value.mark_places_or_around(&self.secret_places())
    }

    fn secret_places(&self) -> Vec<(Path, Marks)> {
        let secret = Marks::one(Mark::Sensitive);
        self.sensitive.iter().map(|path| (path.clone(), secret.clone())).collect()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    #[default]
    Ready,
    /// Not completely created, or tainted by a person: the next apply replaces it.
    Tainted,
}

/// Distinguishes the deposed objects of one instance: eight hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeposedKey(pub Arc<str>);

/// An output of the root module. The value is never ephemeral; a sensitive one is marked.
#[derive(Clone, Debug)]
pub struct OutputState {
    pub value: Value,
}

impl State {
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.outputs.is_empty()
    }

    pub fn instance(&self, address: &AbsoluteInstance) -> Option<&InstanceState> {
        // Creating everything for the first time looks up each instance.
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

    /// Stores an object, as the current one or as a deposed one.
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

    /// Moves an instance with all of its objects to another address.
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

    /// Removes an object, and the containers that become empty.
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
    /// The current object first, then the deposed ones.
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

/// Hides the attributes: which of them are secret is only known with their schema.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("schema_version", &self.schema_version)
            .field("status", &self.status)
            .field("dependencies", &self.dependencies)
            .finish_non_exhaustive()
    }
}
