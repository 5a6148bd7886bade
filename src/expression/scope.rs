//! What an expression can see.

use crate::diag::Diagnostics;
use crate::syntax::Reference;
use crate::value::{Name, Value};

use super::{Function, Shared};

/// The names and functions that an expression is evaluated over.
pub trait Scope {
    /// What the reference leads to. A scope may take as many steps as it likes to know what is meant (`var.x` takes
    /// one, so that only that variable is evaluated) and says how many it took; the evaluator does the rest.
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics>;

    fn function(&self, name: &str) -> Option<&Function>;

    /// Whether a function of this name may exist though it is not known here, as those of a provider whose schema
    /// was not asked for. A call of one has an unknown value.
    fn may_have_function(&self, _name: &str) -> bool {
        false
    }

    /// For "did you mean".
    fn function_names(&self) -> Vec<&str>;

    /// Whether the origins of values are followed, so that none may be lost on the way.
    fn follows_origins(&self) -> bool {
        false
    }

    /// Where values are kept that are the same for other instances of the block, if there are any.
    fn shared(&self) -> Option<&Shared> {
        None
    }

    /// Whether strings in JSON are templates. Where only constants are allowed they are taken as they stand.
    fn reads_templates(&self) -> bool {
        true
    }
}

/// What a scope knows, and how many of the steps that took.
pub struct Resolution {
    pub value: Value,
    pub taken: usize,
}

/// A scope of nothing at all: for expressions that must be constant.
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

/// Names that something brings into scope on top of another scope.
pub type Names = Vec<(Name, Value)>;
