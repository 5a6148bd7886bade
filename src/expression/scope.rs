//! The interface of a scope.

use crate::diag::Diagnostics;
use crate::syntax::Reference;
use crate::value::{Name, Value};

use super::{Function, Shared};

/// The names and functions that an expression is evaluated with.
pub trait Scope {
    /// Resolves a reference. A scope may consume as many steps as it needs (`var.x` takes one, so that only that
    /// variable is evaluated) and returns their number; the evaluator follows the rest.
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics>;

    fn function(&self, name: &str) -> Option<&Function>;

    /// Whether a function of this name may exist even though it is unknown here, as a provider's functions are before
    /// its schema is loaded. The result of such a call is unknown.
    fn may_have_function(&self, _name: &str) -> bool {
        false
    }

    /// All names of functions, for "did you mean".
    fn function_names(&self) -> Vec<&str>;

    /// Whether the origins of values are traced, so that none may be lost.
    fn follows_origins(&self) -> bool {
        false
    }

    /// The cache of values that all instances of the block share, if there is one.
    fn shared(&self) -> Option<&Shared> {
        None
    }

    /// Whether strings in JSON are templates. Where only constants are allowed, they are literal.
    fn reads_templates(&self) -> bool {
        true
    }
}

/// A value from the scope, and the number of steps it took.
pub struct Resolution {
    pub value: Value,
    pub taken: usize,
}

/// An empty scope, for expressions that must be constant.
pub struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        Err(crate::diag::Diagnostic::error(
            "Variables not allowed",
            format!("A constant is needed here; \"{}\" cannot be used.", reference.root),
        )
        .at(reference.span())
        .into())
    }

    fn function(&self, _name: &str) -> Option<&Function> {
        None
    }

    fn function_names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn reads_templates(&self) -> bool {
        false
    }
}

/// Additional names on top of another scope.
pub type Names = Vec<(Name, Value)>;
