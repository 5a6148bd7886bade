//! Addresses: modules, resources and their instances, providers, environments.
//!
//! Pure data, with the text form that people write, and its parser. Knows no syntax trees; addresses in expressions are
//! read in a higher room.

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
