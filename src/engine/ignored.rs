//! `ignore_changes`: makes the configuration look as if some of it had never changed.

#[cfg(test)]
mod tests;

use crate::config::IgnoreChanges;
use crate::schema::Block;
use crate::syntax::{Reference, StepKind};
use crate::value::{Entries, Kind, Name, Type, Value};

/// The configuration, with the ignored parts taken from the prior object, including their marks. Without a prior object
/// nothing is ignored.
pub(super) fn apply(ignore: &IgnoreChanges, schema: &Block, prior: &Value, configuration: &Value) -> Value {
    if prior.is_null() || configuration.is_null() {
        return configuration.clone();
    }
    match ignore {
        IgnoreChanges::None => configuration.clone(),
        IgnoreChanges::All => schema.without_computed(prior),
        IgnoreChanges::Some(paths) => paths.iter().fold(configuration.clone(), |configuration, path| {
            let path = path.reference();
            // An attribute that cannot be configured has no change to ignore.
            let attribute = schema.attributes.get(path.root);
            if attribute.is_some_and(|attribute| attribute.computed && !attribute.optional) {
                return configuration;
            }
            with_attribute(&configuration, prior, path.root, |after, before| kept(after, before, &path, 0))
                .unwrap_or(configuration)
        }),
    }
}

/// Puts the ignored parts back into a plan, for legacy providers that need not follow the configuration.
pub(super) fn apply_to_plan(ignore: &IgnoreChanges, schema: &Block, prior: &Value, planned: &Value) -> Value {
    match ignore {
        IgnoreChanges::All if !prior.is_null() && !planned.is_null() => prior.clone(),
        _ => apply(ignore, schema, prior, planned),
    }
}

/// `after` with the part that the rest of the path leads to as in `before`; `None` if the path does not exist in one of
/// them.
fn kept(after: &Value, before: &Value, path: &Reference<'_>, at: usize) -> Option<Value> {
    let Some(step) = path.steps.get(at) else { return Some(before.clone()) };
    let is_last = at + 1 == path.steps.len();
    let deeper = |after: &Value, before: &Value| kept(after, before, path, at + 1);
    match &step.kind {
        StepKind::Attribute(text) => with_attribute(after, before, path.file.text(*text), deeper),
        StepKind::Key(text) if is_last => Some(with_key(after, before, path.file.text(*text))),
        StepKind::Key(text) => with_element(after, before, path.file.text(*text), deeper),
        StepKind::Number(number) => with_item(after, before, path.file.number(*number).to_usize()?, deeper),
    }
}

fn with_attribute(
    after: &Value,
    before: &Value,
    name: &str,
    inside: impl FnOnce(&Value, &Value) -> Option<Value>,
) -> Option<Value> {
    let (Kind::Object(old), Kind::Object(new)) = (before.kind(), after.kind()) else { return None };
    let (name, value) = new.get_key_value(name)?;
    let value = inside(value, old.get(name)?)?;
    let mut entries = after.entries()?.clone();
    entries.insert(name.clone(), value);
    Some(Value::object(entries).with_marks(after.marks()))
}

/// Replaces an element of a map by one with a change inside it.
fn with_element(
    after: &Value,
    before: &Value,
    key: &str,
    inside: impl FnOnce(&Value, &Value) -> Option<Value>,
) -> Option<Value> {
    let (Kind::Map(old), Kind::Map(new)) = (before.kind(), after.kind()) else { return None };
    let (key, value) = new.items.get_key_value(key)?;
    let value = inside(value, old.items.get(key)?)?;
    let mut items = after.entries()?.clone();
    items.insert(key.clone(), value);
    Some(Value::map(new.element.clone(), items).with_marks(after.marks()))
}

/// Restores a key of a map, which may have been added or removed. If the value is not a map, all of it is restored.
fn with_key(after: &Value, before: &Value, key: &str) -> Value {
    let (Some(old), Some(new)) = (map_type(before), map_type(after)) else { return before.clone() };
    if old != new || !after.is_known() || !before.is_known() {
        return after.clone();
    }
    let was = before.entries().and_then(|entries| entries.get(key));
    let mut items: Entries = after.entries().cloned().unwrap_or_default();
    match was {
        Some(value) => drop(items.insert(Name::from(key), value.clone())),
        None if items.remove(key).is_none() => return after.clone(),
        None => {}
    }
    Value::map(new.clone(), items).with_marks(after.marks())
}

/// The element type of a map, also of one that is null or unknown.
fn map_type(value: &Value) -> Option<&Type> {
    match value.kind() {
        Kind::Map(map) => Some(&map.element),
        Kind::Null(Type::Map(element)) | Kind::Unknown(Type::Map(element), _) => Some(element),
        _ => None,
    }
}

fn with_item(
    after: &Value,
    before: &Value,
    index: usize,
    inside: impl FnOnce(&Value, &Value) -> Option<Value>,
) -> Option<Value> {
    let is_sequence = |value: &Value| matches!(value.kind(), Kind::List(_) | Kind::Tuple(_));
    if !is_sequence(after) || !is_sequence(before) {
        return None;
    }
    let value = inside(after.items()?.get(index)?, before.items()?.get(index)?)?;
    let mut items = after.items()?.to_vec();
    *items.get_mut(index)? = value;
    let whole = match after.kind() {
        Kind::List(list) => Value::list(list.element.clone(), items),
        _ => Value::tuple(items),
    };
    Some(whole.with_marks(after.marks()))
}
