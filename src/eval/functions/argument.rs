//! Reading arguments that the rules of every call have already settled.

use crate::expression::{FunctionError, Parameter};
use crate::value::{Number, Type, Value};

pub(super) type Outcome = Result<Value, FunctionError>;

/// A parameter of any type.
pub(super) fn any(name: &str, description: &str) -> Parameter {
    Parameter::new(name, Type::Dynamic, description)
}

/// The text of a string argument, known and without marks.
pub(super) fn text(arguments: &[Value], index: usize) -> &str {
    arguments.get(index).and_then(Value::as_str).unwrap_or("")
}

/// A whole number that a machine can count to.
pub(super) fn whole(arguments: &[Value], index: usize) -> Result<i64, FunctionError> {
    arguments
        .get(index)
        .and_then(Value::as_number)
        .and_then(Number::to_i64)
        .ok_or_else(|| FunctionError::argument(index, "a whole number is required"))
}

/// What is in a list, set or tuple; nothing for anything else.
pub(super) fn items(value: &Value) -> &[Value] {
    value.items().unwrap_or(&[])
}

/// A text as messages show it: quoted, or left out where it is a secret.
pub(super) fn shown(text: &str, marks: &crate::value::Marks) -> String {
    if marks.contains(&crate::value::Mark::Sensitive) {
        "(sensitive value)".to_owned()
    } else {
        format!("{text:?}")
    }
}
