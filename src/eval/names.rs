//! Names on top of a scope: the iterators of `dynamic` blocks.

use crate::diag::Diagnostics;
use crate::expression::{Function, Names, Reference, Resolution, Scope};

/// A scope in which some names mean something else.
pub(super) struct WithNames<'a> {
    pub(super) below: &'a dyn Scope,
    pub(super) names: &'a Names,
}

impl Scope for WithNames<'_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        match self.names.iter().rev().find(|(name, _)| **name == *reference.root) {
            Some((_, value)) => Ok(Resolution { value: value.clone(), taken: 0 }),
            None => self.below.resolve(reference),
        }
    }

    fn function(&self, name: &str) -> Option<&Function> {
        self.below.function(name)
    }

    fn function_names(&self) -> Vec<&str> {
        self.below.function_names()
    }
}
