//! Explicit conversions, and `type`, which describes a value's type.

use std::sync::Arc;

use super::argument::any;
use crate::expression::{Function, FunctionError};
use crate::value::{Kind, Mark, Type, Value, convert, mismatch};

pub(super) fn functions() -> Vec<Function> {
    vec![
        to("tobool", "Converts to a bool.", Type::Bool),
        to("tolist", "Converts to a list, of one type for all elements.", Type::list(Type::Dynamic)),
        to("tomap", "Converts to a map, of one type for all elements.", Type::map(Type::Dynamic)),
        to("tonumber", "Converts to a number.", Type::Number),
        to("toset", "Converts to a set, of one type for all elements.", Type::set(Type::Dynamic)),
        to("tostring", "Converts to a string.", Type::String),
    ]
}

/// Functions that only the console has.
pub(super) fn console_functions() -> Vec<Function> {
    vec![type_of()]
}

fn to(name: &'static str, description: &str, want: Type) -> Function {
    let wanted = want.clone();
    let result = move |arguments: &[Value]| {
        let have = arguments[0].ty();
        match convert(&Value::unknown(have.clone()), &wanted) {
            Ok(_) => Ok(wanted.clone()),
            Err(_) => Err(FunctionError::argument(
                0,
                format!(
                    "no {} converts to {}: {}",
                    have.friendly(),
                    wanted.friendly(),
                    mismatch(&have, &wanted)
                ),
            )),
        }
    };
    let value = any("v", "The value to convert.").allow_null().allow_unknown().allow_dynamic().allow_marked();
    Function::typed(name, description, vec![value], result, move |arguments, ty| {
        let value = &arguments[0];
        if !value.is_known() {
            return Ok(Value::unknown(ty.clone()).with_marks(value.marks()));
        }
        convert(value, ty).map_err(|error| {
            let have = value.ty();
            if value.has_mark_deep(&Mark::Sensitive) {
                let message =
                    format!("this sensitive {} does not convert to {}", have.friendly(), want.friendly());
                return FunctionError::argument(0, message);
            }
            let message = match (value.as_str(), &want) {
                (Some(text), Type::Bool) => {
                    format!("{text:?} is not a bool: only \"true\" and \"false\" are")
                }
                (Some(text), Type::Number) => format!("{text:?} is not a number in decimal notation"),
                _ => format!(
                    "this {} does not convert to {}: {}",
                    have.friendly(),
                    want.friendly(),
                    error.message
                ),
            };
            FunctionError { path: error.path, ..FunctionError::argument(0, message) }
        })
    })
}

fn type_of() -> Function {
    // A secret's type is no secret.
    let value = any("value", "Any value.").allow_null().allow_unknown().allow_dynamic().allow_marked();
    Function::new("type", "The type of a value.", vec![value], Type::Type, |arguments| {
        let ty = Kind::Type(Arc::new(arguments[0].ty()));
        Ok(Value::from(ty).mark(Mark::TypeReveal))
    })
}
