//! What an expression can see.

use crate::diag::{Diagnostics, Range, Span};
use crate::syntax::{File, Step, StepKind, Traversal};
use crate::value::{Name, Value};

use super::Function;

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

    /// Whether strings in JSON are templates. Where only constants are allowed they are taken as they stand.
    fn reads_templates(&self) -> bool {
        true
    }
}

/// A name and the literal steps after it, as written.
pub struct Reference<'a> {
    pub root: &'a str,
    pub steps: &'a [Step],
    pub file: &'a std::sync::Arc<File>,
    /// The root name alone, and the whole reference; spans are made only where somebody wants to see one.
    pub root_range: Range,
    pub range: Range,
}

/// What a scope knows, and how many of the steps that took.
pub struct Resolution {
    pub value: Value,
    pub taken: usize,
}

impl<'a> Reference<'a> {
    /// A reference as static analysis found it.
    pub fn of(traversal: &'a Traversal) -> Self {
        Self {
            root: traversal.root(),
            steps: traversal.steps(),
            file: traversal.file(),
            root_range: traversal.root_span().range,
            range: traversal.span().range,
        }
    }
}

impl Reference<'_> {
    /// The place of the root name.
    pub fn root_span(&self) -> Span {
        self.file.span(self.root_range)
    }

    /// The place of the whole reference.
    pub fn span(&self) -> Span {
        self.file.span(self.range)
    }

    /// The name of an attribute step, or the text of a key step.
    pub fn step_name(&self, index: usize) -> Option<&str> {
        match &self.steps.get(index)?.kind {
            StepKind::Attribute(text) | StepKind::Key(text) => Some(self.file.text(*text)),
            StepKind::Number(_) => None,
        }
    }
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
