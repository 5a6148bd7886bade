//! Converts stored objects to values, with their secrets marked.

use std::collections::HashMap;

use crate::address::{AbsoluteInstance, ProviderAddress};
use crate::eval::functions;
use crate::plan::Schemas;
use crate::schema::Block;
use crate::state::{Object, json};
use crate::value::{Entries, Kind, Map, Mark, Name, Path, PathStep, Type, Value};

/// Decodes objects by their schemas, whose types are computed once.
pub(super) struct Objects<'a> {
    schemas: &'a Schemas,
    types: HashMap<*const Block, Type>,
}

/// An object and the schema that says which of its attributes are sensitive.
pub(super) struct Read<'a> {
    pub(super) value: Value,
    /// None if the schema is unknown.
    pub(super) schema: Option<&'a Block>,
}

impl<'a> Objects<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        Self { schemas, types: HashMap::new() }
    }

    /// An object of another schema version, or without a schema here, is decoded as plain JSON.
    pub(super) fn read(
        &mut self,
        provider: &ProviderAddress,
        address: &AbsoluteInstance,
        object: &Object,
    ) -> Read<'a> {
        let schema = self.schemas.of(provider, address);
        let typed = schema.and_then(|schema| {
            let ty = self.types.entry(std::ptr::from_ref(schema)).or_insert_with(|| schema.implied_type());
            json::decode(&object.attributes, ty).ok()
        });
        let value =
            typed.or_else(|| functions::json_document(&object.attributes)).unwrap_or_else(Value::dynamic);
        Read { value: secret_at(value, &object.sensitive), schema }
    }
}

/// Marks the values at these paths as sensitive.
fn secret_at(value: Value, paths: &[Path]) -> Value {
    let ways: Vec<&[PathStep]> = paths.iter().map(|path| path.0.as_slice()).collect();
    secret(value, &ways)
}

fn secret(value: Value, ways: &[&[PathStep]]) -> Value {
    if ways.is_empty() {
        return value;
    }
    if ways.iter().any(|way| way.is_empty()) {
        return value.mark(Mark::Sensitive);
    }
    // If the path does not exist, the object was decoded differently from how it was stored; then all of it is treated
    // as sensitive.
    if let Some(entries) = value.entries()
        && ways.iter().any(|way| !way.first().is_some_and(|step| leads(step, entries)))
    {
        return value.mark(Mark::Sensitive);
    }
    let marks = value.marks().clone();
    let marked = match value.kind() {
        // Paths cannot tell elements of a set apart, so all are sensitive if one is.
        Kind::Set(_) => return value.mark(Mark::Sensitive),
        Kind::Tuple(items) => Value::tuple(each(items, ways)),
        Kind::List(list) => Value::list(list.element.clone(), each(&list.items, ways)),
        Kind::Object(entries) => {
            Value::object(entries.iter().map(|(name, entry)| (name.clone(), entry_of(name, entry, ways))))
        }
        Kind::Map(map) => {
            let Map { element, items } = &**map;
            let items = items.iter().map(|(name, entry)| (name.clone(), entry_of(name, entry, ways)));
            Value::map(element.clone(), items)
        }
        _ => return value,
    };
    marked.with_marks(&marks)
}

/// Whether there is an element of this name.
fn leads(step: &PathStep, entries: &Entries) -> bool {
    match step {
        PathStep::Attribute(name) => entries.contains_key(name),
        PathStep::Index(key) => key.as_str().is_some_and(|name| entries.contains_key(name)),
    }
}

fn each(items: &[Value], ways: &[&[PathStep]]) -> Vec<Value> {
    let item = |(at, item): (usize, &Value)| {
        let fits = |step: &PathStep| match step {
            PathStep::Index(key) => key.as_number().and_then(|number| number.to_usize()) == Some(at),
            PathStep::Attribute(_) => false,
        };
        secret(item.clone(), &beyond(ways, fits))
    };
    items.iter().enumerate().map(item).collect()
}

fn entry_of(name: &Name, entry: &Value, ways: &[&[PathStep]]) -> Value {
    let fits = |step: &PathStep| match step {
        PathStep::Attribute(other) => other == name,
        PathStep::Index(key) => key.as_str() == Some(name),
    };
    secret(entry.clone(), &beyond(ways, fits))
}

fn beyond<'p>(ways: &[&'p [PathStep]], fits: impl Fn(&PathStep) -> bool) -> Vec<&'p [PathStep]> {
    let steps = ways.iter().filter_map(|way| way.split_first());
    steps.filter(|(step, _)| fits(step)).map(|(_, rest)| rest).collect()
}
