//! Parses JSON: objects and tuples, exact numbers, null of unknown type.
//!
//! As in Terraform, closing brackets after the document are accepted, and so is a property given twice: the last one
//! counts if the earlier ones convert to its type.

use std::collections::BTreeMap;

use unicode_normalization::is_nfc;

use super::deeper;
use crate::expression::FunctionError;
use crate::syntax::data::{Document, Malformed, Shape};
use crate::value::{Name, Number, Type, Value};

pub(super) fn parse(text: &str) -> Result<Value, FunctionError> {
    let mut document = Document::new(text);
    let value = value(&mut document).and_then(|value| document.end_before(b"]}").map(|()| value));
    value.map_err(|fault| FunctionError::argument(0, fault.to_string()))
}

fn value(document: &mut Document<'_>) -> Result<Value, Malformed> {
    Ok(match document.shape()? {
        Shape::Object => deeper(|| object(document))?,
        Shape::Array => deeper(|| array(document))?,
        Shape::Text => Value::string(&document.text()?),
        Shape::Number => {
            let number = Number::parse(document.number()?);
            Value::number(number.map_err(|_| document.fault("the number is too large"))?)
        }
        Shape::Bool => Value::bool(document.bool()?),
        Shape::Null => document.null().map(|()| Value::null(Type::Dynamic))?,
    })
}

fn array(document: &mut Document<'_>) -> Result<Value, Malformed> {
    let mut items = Vec::new();
    document.open_array()?;
    while document.next_item(items.is_empty())? {
        items.push(value(document)?);
    }
    Ok(Value::tuple(items))
}

fn object(document: &mut Document<'_>) -> Result<Value, Malformed> {
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    let mut replaced: Vec<(Name, Value)> = Vec::new();
    document.open_object()?;
    while let Some(name) = document.next_property(attributes.is_empty())? {
        if !is_nfc(&name) {
            return Err(document.fault("the name of a property must be in Unicode normal form C"));
        }
        let name: Name = (*name).into();
        let value = value(document)?;
        if let Some(earlier) = attributes.insert(Name::clone(&name), value) {
            replaced.push((name, earlier));
        }
    }
    for (name, earlier) in replaced {
        if !attributes.get(&name).is_some_and(|last| fits(&earlier, &last.ty())) {
            return Err(document.fault(format!("the property {name:?} is given twice with different types")));
        }
    }
    Ok(Value::object(attributes))
}

/// Whether a value that a later property replaces converts to the type of that one.
fn fits(value: &Value, ty: &Type) -> bool {
    if value.is_null() {
        return true;
    }
    match ty {
        Type::Bool => {
            value.as_bool().is_some() || matches!(value.as_str(), Some("true" | "false" | "1" | "0"))
        }
        Type::Number => {
            value.as_number().is_some() || value.as_str().is_some_and(|text| Number::parse(text).is_ok())
        }
        Type::String => value.ty().is_primitive(),
        Type::Tuple(elements) => value.items().is_some_and(|items| {
            items.len() == elements.len() && items.iter().zip(elements.iter()).all(|(v, t)| fits(v, t))
        }),
        Type::Object(object) => value.entries().is_some_and(|entries| {
            entries.iter().all(|(name, value)| object.attributes.get(name).is_some_and(|ty| fits(value, ty)))
        }),
        _ => false,
    }
}
