//! Targets: a module or a resource, with or without keys.

use std::fmt;

use super::resource::within_module;
use super::{AbsoluteInstance, InstanceKey, ModuleInstance, ModulePath, ResourceAddress, ResourcePath};

/// A module instance, or a resource or instance in one: an end of a `moved` block, a `-target`.
///
/// Without a key, a resource stands for all of its instances, or for its only one; which of these is decided where the
/// configuration and the state are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    pub module: ModuleInstance,
    /// None for the module itself.
    pub resource: Option<ResourceAddress>,
    /// The key of the resource's instance; without a resource, keys are in `module`.
    pub key: InstanceKey,
}

/// A module or a resource as written, standing for all of its instances: the target of a `removed` block.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConfigTarget {
    pub module: ModulePath,
    pub resource: Option<ResourceAddress>,
}

impl Target {
    pub fn path(&self) -> ConfigTarget {
        ConfigTarget { module: self.module.path(), resource: self.resource.clone() }
    }

    /// Whether it may select an instance of this resource.
    pub fn meets(&self, path: &ResourcePath) -> bool {
        let (calls, have) = (self.module.steps(), path.module.calls());
        calls.len() <= have.len()
            && calls.iter().zip(have).all(|((call, _), name)| call == name)
            && match &self.resource {
                Some(resource) => calls.len() == have.len() && *resource == path.resource,
                None => true,
            }
    }

    /// Whether it selects the instance. A missing key matches any.
    pub fn contains(&self, address: &AbsoluteInstance) -> bool {
        let (steps, have) = (self.module.steps(), address.module.steps());
        let fits =
            |((call, key), (name, other)): (&Step, &Step)| call == name && (key.is_none() || key == other);
        steps.len() <= have.len()
            && steps.iter().zip(have).all(fits)
            && match &self.resource {
                Some(resource) => {
                    steps.len() == have.len()
                        && *resource == address.resource
                        && (self.key.is_none() || self.key == address.key)
                }
                None => true,
            }
    }

    /// The instance, if it is a complete address; `None` for a module.
    pub fn instance(&self) -> Option<AbsoluteInstance> {
        Some(self.resource.as_ref()?.within(self.module.clone()).instance(self.key.clone()))
    }
}

type Step = (std::sync::Arc<str>, InstanceKey);

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
