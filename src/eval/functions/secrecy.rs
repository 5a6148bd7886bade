//! Functions about marks: sensitive and ephemeral values.

use std::sync::Arc;

use super::argument::any;
use crate::expression::{Function, Parameter};
use crate::value::{Entries, Kind, List, Map, Mark, Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![ephemeralasnull(), issensitive(), nonsensitive(), sensitive()]
}

fn whatever() -> Vec<Parameter> {
    vec![any("value", "Any value.").allow_null().allow_unknown().allow_dynamic().allow_marked()]
}

fn same_type(arguments: &[Value]) -> Result<Type, crate::expression::FunctionError> {
    Ok(arguments[0].ty())
}

fn sensitive() -> Function {
    let description = "The same value, not to be shown.";
    Function::typed("sensitive", description, whatever(), same_type, |arguments, _| {
        Ok(arguments[0].clone().mark(Mark::Sensitive))
    })
}

fn nonsensitive() -> Function {
    let description = "The same value, allowed to be shown.";
    Function::typed("nonsensitive", description, whatever(), same_type, |arguments, _| {
        let (value, marks) = arguments[0].clone().unmark();
        Ok(value.with_marks(&marks.without(&Mark::Sensitive)))
    })
}

fn issensitive() -> Function {
    let description = "Whether a value is marked as not to be shown.";
    Function::new("issensitive", description, whatever(), Type::Bool, |arguments| {
        let value = &arguments[0];
        let answer = match (value.marks().contains(&Mark::Sensitive), value.is_known()) {
            (true, _) => Value::bool(true),
            // An unknown value may still turn out to be sensitive.
            (false, false) => Value::unknown(Type::Bool),
            (false, true) => Value::bool(false),
        };
        Ok(answer.with_marks(&value.marks().only_origins().deciding()))
    })
}

fn ephemeralasnull() -> Function {
    let description = "The value with null in place of everything ephemeral.";
    Function::typed("ephemeralasnull", description, whatever(), same_type, |arguments, _| {
        Ok(without_ephemeral(&arguments[0]))
    })
}

fn without_ephemeral(value: &Value) -> Value {
    if !value.has_mark_deep(&Mark::Ephemeral) {
        return value.clone();
    }
    let marks = value.marks();
    if marks.contains(&Mark::Ephemeral) {
        // An unknown value stays unknown, because its type may still become more precise; its refinements are dropped.
        let ty = value.ty();
        let plain = if value.is_known() { Value::null(ty) } else { Value::unknown(ty) };
        return plain.with_marks(&marks.without(&Mark::Ephemeral));
    }
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
        let each = |items: &[Value]| -> Vec<Value> { items.iter().map(without_ephemeral).collect() };
        let entries = |entries: &Entries| -> Entries {
            entries.iter().map(|(name, value)| (name.clone(), without_ephemeral(value))).collect()
        };
        let kind = match value.kind() {
            Kind::List(list) => {
                Kind::List(Arc::new(List { element: list.element.clone(), items: each(&list.items).into() }))
            }
            Kind::Tuple(items) => Kind::Tuple(Arc::new(each(items).into())),
            Kind::Map(map) => {
                Kind::Map(Arc::new(Map { element: map.element.clone(), items: entries(&map.items).into() }))
            }
            Kind::Object(attributes) => Kind::Object(Arc::new(entries(attributes).into())),
            // Marks inside a set are on the set itself, and all other kinds have no inside.
            other => other.clone(),
        };
        Value::from(kind).with_marks(marks)
    })
}
