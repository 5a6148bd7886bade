//! Values to JSON.

use std::fmt::Write;

use super::types;
use crate::syntax::data::quote;
use crate::value::{Entries, Kind, Name, ObjectType, Type, Value};

pub(super) fn write(value: &Value, ty: &Type, out: &mut String) {
    match (value.kind(), ty) {
        // A null without a type is the only value that is written without its type where any type is allowed.
        (Kind::Null(Type::Dynamic) | Kind::Unknown(..), _) => out.push_str("null"),
        (_, Type::Dynamic) => with_type(value, out),
        (Kind::Null(_) | Kind::Type(_), _) => out.push_str("null"),
        (Kind::Bool(true), _) => out.push_str("true"),
        (Kind::Bool(false), _) => out.push_str("false"),
        // Writing to a string cannot fail.
        (Kind::Number(number), _) => drop(write!(out, "{number}")),
        (Kind::String(text), _) => quote(text, out),
        (Kind::List(list), Type::List(element)) => deeper(|| array(&list.items, |_| Some(element), out)),
        (Kind::Set(set), Type::Set(element)) => deeper(|| array(set.items(), |_| Some(element), out)),
        (Kind::Tuple(items), Type::Tuple(types)) => deeper(|| array(items, |index| types.get(index), out)),
        (Kind::Map(map), Type::Map(element)) => deeper(|| properties(&map.items, |_| Some(element), out)),
        (Kind::Object(attributes), Type::Object(object)) => deeper(|| attributes_of(attributes, object, out)),
        // Does not conform to the type; written by its own.
        _ => write(value, &value.ty(), out),
    }
}

fn with_type(value: &Value, out: &mut String) {
    let ty = value.ty();
    out.push_str("{\"value\":");
    write(value, &ty, out);
    out.push_str(",\"type\":");
    types::write(&ty, out);
    out.push('}');
}

fn array<'t>(items: &[Value], ty: impl Fn(usize) -> Option<&'t Type>, out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, ty(index).unwrap_or(&Type::Dynamic), out);
    }
    out.push(']');
}

fn properties<'t>(entries: &Entries, ty: impl Fn(&Name) -> Option<&'t Type>, out: &mut String) {
    out.push('{');
    let mut first = true;
    for (name, value) in entries {
        if let (true, Some(ty)) = (value.is_known(), ty(name)) {
            separate(&mut first, out);
            quote(name, out);
            out.push(':');
            write(value, ty, out);
        }
    }
    out.push('}');
}

fn attributes_of(attributes: &Entries, object: &ObjectType, out: &mut String) {
    let same_names = attributes.len() == object.attributes.len()
        && attributes.keys().zip(object.attributes.keys()).all(|(have, want)| have == want);
    if !same_names {
        return properties(attributes, |name| object.attributes.get(name), out);
    }
    out.push('{');
    let mut first = true;
    for ((name, value), ty) in attributes.iter().zip(object.attributes.values()) {
        if value.is_known() {
            separate(&mut first, out);
            quote(name, out);
            out.push(':');
            write(value, ty, out);
        }
    }
    out.push('}');
}

fn separate(first: &mut bool, out: &mut String) {
    if !std::mem::take(first) {
        out.push(',');
    }
}

/// Runs one more level of nesting, with enough stack.
pub(super) fn deeper<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, run)
}
