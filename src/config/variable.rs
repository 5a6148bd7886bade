//! The `variable` block.

use crate::diag::Span;
use crate::syntax::Expression;
use crate::value::{Name, TypeConstraint, Value};

use super::Rule;

/// What a module takes.
#[derive(Clone)]
pub struct Variable {
    pub name: Name,
    /// Anything, where no type is given.
    pub constraint: TypeConstraint,
    /// Already converted to the constraint. None: the caller must give a value.
    pub default: Option<Value>,
    pub default_expression: Option<Expression>,
    pub description: Option<Name>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub nullable: bool,
    pub validations: Vec<Rule>,
    pub parsing: ParsingMode,
    /// The header.
    pub span: Span,
    pub name_span: Span,
    /// The type expression, where there is one.
    pub type_span: Option<Span>,
}

/// How a value that is given as text (on the command line, in the environment) is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsingMode {
    /// The text is the value.
    Literal,
    /// The text is an expression.
    Expression,
}
