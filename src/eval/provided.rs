//! The door to the functions of providers.

use std::sync::Arc;

use crate::address::ProviderAddress;
use crate::expression::Function;

/// What providers offer as functions, for the expressions that call them. A function of a provider answers the same to the
/// same arguments, and needs no configuration.
pub trait ProviderFunctions: Send + Sync {
    /// Those of one provider, under its own names for them; none where it is not known what it offers.
    fn of(&self, provider: &ProviderAddress) -> Option<&[Arc<Function>]>;
}

/// Providers of which nothing is known.
#[derive(Debug)]
pub struct NothingOffered;

impl ProviderFunctions for NothingOffered {
    fn of(&self, _provider: &ProviderAddress) -> Option<&[Arc<Function>]> {
        None
    }
}
