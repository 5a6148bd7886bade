//! What people point at: a module or a resource, with or without keys.

use std::fmt;

use super::resource::within_module;
use super::{InstanceKey, ModuleInstance, ModulePath, ResourceAddress};

/// A module instance, or a resource or instance in one: an end of a `moved` block, a `-target`.
///
/// Without a key, a resource stands for all of its instances or for its only one; which is decided where
/// the configuration and the state are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    pub module: ModuleInstance,
    /// None where the module itself is meant.
    pub resource: Option<ResourceAddress>,
    /// The key of the resource's instance; without a resource the keys are in `module`.
    pub key: InstanceKey,
}

/// A module or a resource as written, of which all instances are meant: what a `removed` block removes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConfigTarget {
    pub module: ModulePath,
    pub resource: Option<ResourceAddress>,
}

impl Target {
    pub fn path(&self) -> ConfigTarget {
        ConfigTarget { module: self.module.path(), resource: self.resource.clone() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            None => write!(f, "{}", self.module),
            Some(resource) => {
                within_module(f, &self.module, self.module.is_root(), resource)?;
                write!(f, "{}", self.key)
            }
        }
    }
}

impl fmt::Display for ConfigTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            None => write!(f, "{}", self.module),
            Some(resource) => within_module(f, &self.module, self.module.is_root(), resource),
        }
    }
}
