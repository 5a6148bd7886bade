//! The `output` block.

use crate::diag::Span;
use crate::syntax::{Expression, Traversal};
use crate::value::Name;

use super::Rule;

/// What a module gives.
#[derive(Clone)]
pub struct Output {
    pub name: Name,
    /// None only where its absence was reported.
    pub value: Option<Expression>,
    pub description: Option<Name>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub depends_on: Vec<Traversal>,
    pub preconditions: Vec<Rule>,
    /// The header.
    pub span: Span,
    pub name_span: Span,
}
