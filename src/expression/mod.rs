//! Expressions over a given scope: operators, templates, `for`, splat, conditionals and calls.
//!
//! Asks a [`Scope`] what names and functions mean and never knows where they come from. Faults are gathered and
//! the value in their place is unknown, so that one fault does not hide the next.

mod function;
mod scope;

pub use function::{Function, FunctionError, LazyCall, Parameter};
pub use scope::{Reference, Resolution, Scope};

use crate::diag::Diagnostics;
use crate::syntax::Expression;
use crate::value::{Type, Value};

/// The value of an expression; unknown of unknown type where a fault was reported.
pub fn evaluate(_expression: &Expression, _scope: &dyn Scope, _diagnostics: &mut Diagnostics) -> Value {
    todo!()
}

/// [`evaluate`], converted to a type; a value that does not fit is a fault at the expression.
pub fn evaluate_as(
    _expression: &Expression,
    _ty: &Type,
    _scope: &dyn Scope,
    _diagnostics: &mut Diagnostics,
) -> Value {
    todo!()
}
