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

use std::cmp::Ordering;
use std::sync::Arc;

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

/// The order of two values, most of which are the same one: instances share the address of their module and the names of
/// their resource.
fn shared_order<T: Ord + ?Sized>(a: &Arc<T>, b: &Arc<T>) -> Ordering {
    if Arc::ptr_eq(a, b) { Ordering::Equal } else { a.cmp(b) }
}
