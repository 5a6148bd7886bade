//! Evaluates expressions over a given scope: operators, templates, `for`, splat, conditionals and calls.
//!
//! Asks a [`Scope`] what names and functions mean, and never knows where they come from. Errors are collected, and a
//! value with an error becomes unknown, so that one error does not hide the next.

mod access;
mod attempt;
mod call;
mod conditional;
mod constraint;
mod construct;
mod evaluator;
mod function;
mod iteration;
mod note;
mod operator;
mod origin;
mod scope;
mod shared;
mod splat;
mod template;
#[cfg(test)]
mod tests;
mod written;

pub use crate::syntax::Reference;
pub use attempt::{can_function, try_function};
pub use constraint::{type_constraint, variable_type};
pub use function::{Function, FunctionError, LazyCall, Parameter};
pub use scope::{Names, Nothing, Resolution, Scope};
pub use shared::Shared;
pub use written::{write_arguments, write_expression};

use crate::diag::{Diagnostics, ValueNote};
use crate::syntax::Expression;
use crate::value::Value;

use evaluator::{Evaluator, Locals};

/// The value of an expression; an unknown of unknown type if an error was reported.
pub fn evaluate(expression: &Expression, scope: &dyn Scope, diagnostics: &mut Diagnostics) -> Value {
    let mut evaluator = Evaluator::new(expression.file(), scope);
    let value = evaluator.value(expression.id(), &Locals::None);
    diagnostics.extend(evaluator.into_diagnostics());
    value
}

/// The present values of an expression's references, to explain its value.
pub fn looked_at(expression: &Expression, scope: &dyn Scope) -> Vec<ValueNote> {
    let mut evaluator = Evaluator::new(expression.file(), scope);
    note::notes(&mut evaluator, expression.id(), &Locals::None)
}
