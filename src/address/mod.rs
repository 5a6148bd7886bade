//! Names of things: modules, resources and their instances, providers, environments.
//!
//! Pure data with the text form that people write, and back. Knows no syntax trees: reading an address out of an
//! expression is done where expressions are known.

mod environment;
mod key;
mod module;
mod parse;
mod provider;
mod resource;
mod target;
#[cfg(test)]
mod tests;

pub use environment::{EnvironmentName, InvalidEnvironmentName};
pub use key::{InstanceKey, quoted};
pub use module::{ModuleInstance, ModulePath};
pub use parse::InvalidAddress;
pub use provider::{
    DEFAULT_NAMESPACE, DEFAULT_REGISTRY, InvalidProviderAddress, LocalProvider, ProviderAddress,
    ProviderConfigAddress,
};
pub use resource::{AbsoluteInstance, AbsoluteResource, ResourceAddress, ResourceMode, ResourcePath};
pub use target::{ConfigTarget, Target};
