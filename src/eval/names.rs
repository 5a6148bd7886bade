//! Scopes with additional names, such as the iterators of `dynamic` blocks, or with other functions.

use super::functions::Table;
use crate::diag::Diagnostics;
use crate::expression::{Function, Names, Reference, Resolution, Scope};

/// A scope with additional names.
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

    fn follows_origins(&self) -> bool {
        self.below.follows_origins()
    }

    fn may_have_function(&self, name: &str) -> bool {
        self.below.may_have_function(name)
    }

    fn function_names(&self) -> Vec<&str> {
        self.below.function_names()
    }
}

/// A scope with other functions, except for those of providers.
pub(super) struct WithFunctions<'a> {
    pub(super) below: &'a dyn Scope,
    pub(super) functions: &'a Table,
}

impl Scope for WithFunctions<'_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        self.below.resolve(reference)
    }

    fn function(&self, name: &str) -> Option<&Function> {
        match name.starts_with("provider::") {
            true => self.below.function(name),
            false => self.functions.get(name).map(AsRef::as_ref),
        }
    }

    fn follows_origins(&self) -> bool {
        self.below.follows_origins()
    }

    fn may_have_function(&self, name: &str) -> bool {
        self.below.may_have_function(name)
    }

    fn function_names(&self) -> Vec<&str> {
        let providers = self.below.function_names().into_iter().filter(|name| name.starts_with("provider::"));
        self.functions.names().into_iter().chain(providers).collect()
    }
}
