//! Access to arguments that were already converted and checked.

use crate::expression::{FunctionError, Parameter};
use crate::value::{Mark, Marks, Number, Type, Value};

/// The result of a function.
pub(super) type Outcome = Result<Value, FunctionError>;

/// A parameter of any type.
pub(super) fn any(name: &str, description: &str) -> Parameter {
    Parameter::new(name, Type::Dynamic, description)
}

/// The text of a string argument.
pub(super) fn text(arguments: &[Value], index: usize) -> &str {
    arguments.get(index).and_then(Value::as_str).unwrap_or_default()
}

/// A number argument as it is.
pub(super) fn number(arguments: &[Value], index: usize) -> Result<&Number, FunctionError> {
    arguments
        .get(index)
        .and_then(Value::as_number)
        .ok_or_else(|| FunctionError::argument(index, "a number is required"))
}

/// A number argument that must be whole and fit 64 bits.
pub(super) fn whole(arguments: &[Value], index: usize) -> Result<i64, FunctionError> {
    number(arguments, index)?
        .to_i64()
        .ok_or_else(|| FunctionError::argument(index, "a whole number of at most 64 bits is required"))
}

/// A number argument as machine floating point; a finite number too large for that is an error.
pub(super) fn float(arguments: &[Value], index: usize) -> Result<f64, FunctionError> {
    let number = number(arguments, index)?;
    let value = number.to_f64();
    if value.is_infinite() && !number.is_infinite() {
        return Err(FunctionError::argument(index, "the number is too large for floating point arithmetic"));
    }
    Ok(value)
}

/// The elements of a list, set or tuple; empty for anything else.
pub(super) fn items(value: &Value) -> &[Value] {
    value.items().unwrap_or_default()
}

/// A text as messages show it: quoted, or left out if it is secret.
pub(super) fn shown(text: &str, marks: &Marks) -> String {
    if marks.contains(&Mark::Sensitive) { "(sensitive value)".to_owned() } else { format!("{text:?}") }
}
