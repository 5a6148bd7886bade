//! Removes from objects what only the provider sets.

use std::collections::BTreeMap;

use crate::value::{Entries, Kind, Name, Value};

use super::{Attribute, Block, Nesting};

impl Block {
    /// The object as it could be configured: attributes that only the provider sets are null.
    #[must_use]
    pub fn without_computed(&self, object: &Value) -> Value {
        strip_block(self, object).unwrap_or_else(|| object.clone())
    }
}

/// Whether only the provider sets the attribute.
fn is_computed(attribute: &Attribute) -> bool {
    attribute.computed && !attribute.optional
}

/// `None` if there is nothing to remove, as is nearly always the case.
fn strip_block(block: &Block, object: &Value) -> Option<Value> {
    let entries = object.entries()?;
    let mut stripped = strip_attributes(&block.attributes, entries);
    for (name, nested) in &block.blocks {
        let inside = |part: &Value| strip_block(&nested.block, part);
        if let Some(value) = entries.get(name).and_then(|part| strip_parts(nested.nesting, part, &inside)) {
            stripped.push((name.clone(), value));
        }
    }
    (!stripped.is_empty()).then(|| object.with_entries(stripped))
}

fn strip_attributes(attributes: &BTreeMap<Name, Attribute>, entries: &Entries) -> Vec<(Name, Value)> {
    let mut stripped = Vec::new();
    for (name, attribute) in attributes {
        let is_out = is_computed(attribute);
        if !is_out && attribute.nested.is_none() {
            continue;
        }
        let Some(value) = entries.get(name) else { continue };
        let kept = match &attribute.nested {
            _ if is_out => {
                (!value.is_null()).then(|| Value::null(attribute.ty.clone()).with_marks(value.marks()))
            }
            Some(nested) => strip_parts(nested.nesting, value, &|part| {
                let stripped = strip_attributes(&nested.attributes, part.entries()?);
                (!stripped.is_empty()).then(|| part.with_entries(stripped))
            }),
            None => None,
        };
        stripped.extend(kept.map(|kept| (name.clone(), kept)));
    }
    stripped
}

fn strip_parts(nesting: Nesting, value: &Value, strip: &dyn Fn(&Value) -> Option<Value>) -> Option<Value> {
    if matches!(nesting, Nesting::Single | Nesting::Group) {
        return strip(value);
    }
    let mut changed = false;
    let mut inside = |part: &Value| match strip(part) {
        Some(stripped) => {
            changed = true;
            stripped
        }
        None => part.clone(),
    };
    let rebuilt = match value.kind() {
        Kind::List(list) => Value::list(list.element.clone(), list.items.iter().map(&mut inside).collect()),
        Kind::Set(set) => Value::set(set.element().clone(), set.items().iter().map(&mut inside).collect()),
        Kind::Tuple(items) => Value::tuple(items.iter().map(&mut inside).collect()),
        Kind::Map(map) => {
            let items = map.items.iter().map(|(key, part)| (key.clone(), inside(part)));
            Value::map(map.element.clone(), items)
        }
        Kind::Object(entries) => Value::object(entries.iter().map(|(key, part)| (key.clone(), inside(part)))),
        _ => return None,
    };
    changed.then(|| rebuilt.with_marks(value.marks()))
}
