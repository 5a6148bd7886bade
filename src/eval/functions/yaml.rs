//! `yamlencode` and `yamldecode`.

mod decode;
mod emitter;
mod scalar;

use super::argument::text;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Type, Value};

/// The value of a YAML text, if it is exactly what `yamlencode` would write for it.
pub fn document(text: &str) -> Option<Value> {
    let value = decode::decode(text).ok()?;
    (emitter::encode(&value).ok()? == text).then_some(value)
}

pub(super) fn functions() -> Vec<Function> {
    vec![yamldecode(), yamlencode()]
}

fn yamlencode() -> Function {
    let parameter =
        Parameter::new("value", Type::Dynamic, "The value to encode.").allow_null().allow_dynamic();
    Function::new("yamlencode", "Encodes a value as YAML.", vec![parameter], Type::String, |arguments| {
        let value = arguments.first().ok_or_else(|| FunctionError::new("a value is needed"))?;
        if !value.is_wholly_known() {
            return Ok(Value::unknown(Type::String));
        }
        emitter::encode(value).map(|text| Value::string(&text))
    })
}

fn yamldecode() -> Function {
    let parameter = Parameter::new("src", Type::String, "The YAML document.");
    Function::typed(
        "yamldecode",
        "Reads a YAML document.",
        vec![parameter],
        |arguments| match arguments.first() {
            Some(document) if !document.is_known() => Ok(Type::Dynamic),
            _ => decode::decode(text(arguments, 0)).map(|value| value.ty()),
        },
        |arguments, _| decode::decode(text(arguments, 0)),
    )
}
