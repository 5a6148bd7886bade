//! Types as JSON: `"string"`, `["list","string"]`, `["object",{"a":"bool"}]`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::write::deeper;
use crate::syntax::data::{Document, Malformed, Shape, quote};
use crate::value::{Name, ObjectType, Type};

pub(super) fn write(ty: &Type, out: &mut String) {
    let mut collection = |name: &str, element: &Type| {
        out.push_str("[\"");
        out.push_str(name);
        out.push_str("\",");
        deeper(|| write(element, out));
        out.push(']');
    };
    match ty {
        // Values of type `type` are never stored.
        Type::Dynamic | Type::Type => out.push_str("\"dynamic\""),
        Type::Bool => out.push_str("\"bool\""),
        Type::Number => out.push_str("\"number\""),
        Type::String => out.push_str("\"string\""),
        Type::List(element) => collection("list", element),
        Type::Set(element) => collection("set", element),
        Type::Map(element) => collection("map", element),
        Type::Tuple(elements) => {
            out.push_str("[\"tuple\",[");
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                deeper(|| write(element, out));
            }
            out.push_str("]]");
        }
        Type::Object(object) => {
            out.push_str("[\"object\",{");
            for (index, (name, ty)) in object.attributes.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                quote(name, out);
                out.push(':');
                deeper(|| write(ty, out));
            }
            out.push('}');
            for (index, name) in object.optional.iter().enumerate() {
                out.push_str(if index == 0 { ",[" } else { "," });
                quote(name, out);
            }
            out.push_str(if object.optional.is_empty() { "]" } else { "]]" });
        }
    }
}

/// The number of types that are remembered, and their maximum length.
const RECENT: usize = 4;
const LONGEST: usize = 4096;

/// As [`read`], first comparing with the types read last: a thousand instances have the same ones.
pub(super) fn recent(document: &mut Document<'_>) -> Result<Type, Malformed> {
    thread_local! {
        static KNOWN: RefCell<Vec<(String, Type)>> = const { RefCell::new(Vec::new()) };
    }
    KNOWN.with_borrow_mut(|known| {
        for (written, ty) in &*known {
            if document.skip_same(written) {
                return Ok(ty.clone());
            }
        }
        let mut start = document.clone();
        let ty = read(document)?;
        let written = start.raw()?;
        if written.len() <= LONGEST {
            known.truncate(RECENT - 1);
            known.insert(0, (written.to_owned(), ty.clone()));
        }
        Ok(ty)
    })
}

pub(super) fn read(document: &mut Document<'_>) -> Result<Type, Malformed> {
    if document.shape()? == Shape::Text {
        return match &*document.text()? {
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            "dynamic" => Ok(Type::Dynamic),
            _ => Err(document.fault("there is no type of this name")),
        };
    }
    document.open_array()?;
    need(document.next_item(true)?, document)?;
    let name = document.text()?;
    need(document.next_item(false)?, document)?;
    let ty = deeper(|| match &*name {
        "list" => read(document).map(Type::list),
        "set" => read(document).map(Type::set),
        "map" => read(document).map(Type::map),
        "tuple" => tuple(document),
        "object" => object(document),
        _ => Err(document.fault("there is no kind of type of this name")),
    })?;
    if !document.next_item(false)? {
        return Ok(ty);
    }
    let Type::Object(object) = &ty else {
        return Err(document.fault("there is too much in this type"));
    };
    let optional = names(document)?;
    if document.next_item(false)? {
        return Err(document.fault("there is too much in this type"));
    }
    Ok(Type::Object(Arc::new(ObjectType { attributes: object.attributes.clone(), optional })))
}

fn tuple(document: &mut Document<'_>) -> Result<Type, Malformed> {
    let mut elements = Vec::new();
    document.open_array()?;
    while document.next_item(elements.is_empty())? {
        elements.push(read(document)?);
    }
    Ok(Type::tuple(elements))
}

fn object(document: &mut Document<'_>) -> Result<Type, Malformed> {
    let mut attributes: BTreeMap<Name, Type> = BTreeMap::new();
    document.open_object()?;
    while let Some(name) = document.next_property(attributes.is_empty())? {
        attributes.insert(Name::from(name), read(document)?);
    }
    Ok(Type::Object(Arc::new(ObjectType { attributes, optional: BTreeSet::new() })))
}

fn names(document: &mut Document<'_>) -> Result<BTreeSet<Name>, Malformed> {
    let mut names = BTreeSet::new();
    document.open_array()?;
    while document.next_item(names.is_empty())? {
        names.insert(Name::from(document.text()?));
    }
    Ok(names)
}

fn need(there: bool, document: &Document<'_>) -> Result<(), Malformed> {
    if there { Ok(()) } else { Err(document.fault("something is missing in this type")) }
}
