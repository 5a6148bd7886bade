//! The `locals` block.

use crate::diag::Span;
use crate::syntax::Expression;
use crate::value::Name;

/// A named expression.
#[derive(Clone)]
pub struct Local {
    pub name: Name,
    pub expression: Expression,
    /// The whole definition.
    pub span: Span,
    pub name_span: Span,
}
