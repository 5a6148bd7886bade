//! The scope of one of several instances.

#[cfg(test)]
mod tests;

use std::rc::Rc;

use crate::diag::Diagnostics;
use crate::expression::{Function, Reference, Resolution, Scope, Shared};

use super::Instances;

/// Functions that answer differently each time.
const FRESH: [&str; 3] = ["bcrypt", "timestamp", "uuid"];

/// The cache for values that all instances share; `None` if there is only one.
pub fn in_common(instances: &Instances) -> Option<Rc<Shared>> {
    (instances.number() > 1).then(Rc::default)
}

/// The scope of one instance of a block, where values that are the same for all instances are evaluated once.
pub struct OneOf<'s> {
    scope: &'s dyn Scope,
    shared: &'s Shared,
}

impl<'s> OneOf<'s> {
    pub fn new(scope: &'s dyn Scope, shared: &'s Shared) -> Self {
        Self { scope, shared }
    }
}

impl Scope for OneOf<'_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        if matches!(reference.root, "count" | "each" | "self") {
            self.shared.note_own();
        }
        self.scope.resolve(reference)
    }

    fn function(&self, name: &str) -> Option<&Function> {
        if FRESH.contains(&name.strip_prefix("core::").unwrap_or(name)) {
            self.shared.note_own();
        }
        self.scope.function(name)
    }

    fn may_have_function(&self, name: &str) -> bool {
        self.scope.may_have_function(name)
    }

    fn function_names(&self) -> Vec<&str> {
        self.scope.function_names()
    }

    fn follows_origins(&self) -> bool {
        self.scope.follows_origins()
    }

    fn shared(&self) -> Option<&Shared> {
        Some(self.shared)
    }

    fn reads_templates(&self) -> bool {
        self.scope.reads_templates()
    }
}
