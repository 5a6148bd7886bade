//! The interface to the functions of providers.

use std::sync::Arc;

use crate::address::ProviderAddress;
use crate::expression::Function;

/// The functions of providers. Such a function gives the same result for the same arguments, and needs no
/// configuration.
pub trait ProviderFunctions: Send + Sync {
    /// The functions of one provider, under its own names; `None` if they are not known.
    fn of(&self, provider: &ProviderAddress) -> Option<&[Arc<Function>]>;
}

/// Knows no functions.
#[derive(Debug)]
pub struct NothingOffered;

impl ProviderFunctions for NothingOffered {
    fn of(&self, _provider: &ProviderAddress) -> Option<&[Arc<Function>]> {
        None
    }
}
