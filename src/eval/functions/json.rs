//! `jsonencode` and `jsondecode`.

mod parse;

use super::argument::text;
use crate::expression::{Function, FunctionError, Parameter};
use crate::syntax::data::quote;
use crate::value::{Kind, Refinement, Type, Value};

/// The value of a JSON text, as `jsondecode` reads it.
pub fn document(text: &str) -> Option<Value> {
    parse::parse(text).ok()
}

pub(super) fn functions() -> Vec<Function> {
    vec![jsondecode(), jsonencode()]
}

fn jsonencode() -> Function {
    let parameter = Parameter::new("val", Type::Dynamic, "The value to encode.")
        .allow_unknown()
        .allow_dynamic()
        .allow_null();
    Function::new("jsonencode", "Encodes a value as JSON.", vec![parameter], Type::String, |arguments| {
        let value = arguments.first().ok_or_else(|| FunctionError::new("a value is needed"))?;
        if !value.is_wholly_known() {
            return Ok(unknown_document(value));
        }
        Ok(Value::string(&encode(value)?))
    })
    .never_null()
}

/// An unknown value of a known type has a document with a known first character, unless it may be `null`.
fn unknown_document(value: &Value) -> Value {
    let unknown = Value::unknown(Type::String);
    if !value.is_known() && !value.refinement().is_some_and(|facts| facts.not_null) {
        return unknown;
    }
    let first = match value.ty() {
        Type::String => "\"",
        Type::Object(_) | Type::Map(_) => "{",
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
        _ => return unknown,
    };
    unknown.refine(&Refinement::prefixed(first))
}

fn jsondecode() -> Function {
    let parameter = Parameter::new("str", Type::String, "The JSON document.");
    Function::typed(
        "jsondecode",
        "Reads a JSON document.",
        vec![parameter],
        |arguments| match arguments.first() {
            Some(document) if !document.is_known() => {
                let prefix =
                    document.refinement().and_then(|facts| facts.prefix.as_deref()).unwrap_or_default();
                type_from_prefix(prefix)
            }
            _ => parse::parse(text(arguments, 0)).map(|value| value.ty()),
        },
        |arguments, _| parse::parse(text(arguments, 0)),
    )
}

/// What the first character of a document says about its type.
fn type_from_prefix(prefix: &str) -> Result<Type, FunctionError> {
    match prefix.trim().chars().next() {
        None | Some('{' | '[' | 'n') => Ok(Type::Dynamic),
        Some('"') => Ok(Type::String),
        Some('t' | 'f') => Ok(Type::Bool),
        Some('-' | '0'..='9' | '.') => Ok(Type::Number),
        Some(other) => Err(FunctionError::argument(0, format!("no JSON document begins with {other:?}"))),
    }
}

/// The document of a wholly known value, without white space. Marks are ignored.
pub(super) fn encode(value: &Value) -> Result<String, FunctionError> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), FunctionError> {
    match value.kind() {
        Kind::Null(_) => out.push_str("null"),
        Kind::Unknown(..) => return Err(FunctionError::new("the value is not known yet")),
        Kind::Bool(true) => out.push_str("true"),
        Kind::Bool(false) => out.push_str("false"),
        Kind::Number(number) if number.is_infinite() => {
            return Err(FunctionError::new("JSON has no infinite numbers"));
        }
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => quote(text, out),
        Kind::Type(_) => return Err(FunctionError::new("a type cannot be encoded as JSON")),
        // Nesting is bounded by memory alone, so the stack has to grow with it.
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            return deeper(|| write_array(value.items().unwrap_or_default(), out));
        }
        Kind::Map(_) | Kind::Object(_) => return deeper(|| write_object(value, out)),
    }
    Ok(())
}

fn write_array(items: &[Value], out: &mut String) -> Result<(), FunctionError> {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_object(value: &Value, out: &mut String) -> Result<(), FunctionError> {
    out.push('{');
    for (index, (name, item)) in value.entries().into_iter().flatten().enumerate() {
        if index > 0 {
            out.push(',');
        }
        quote(name, out);
        out.push(':');
        write(item, out)?;
    }
    out.push('}');
    Ok(())
}

/// Runs one more level of nesting, with enough stack.
pub(super) fn deeper<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, run)
}
