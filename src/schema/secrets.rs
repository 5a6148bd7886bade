//! What a schema calls sensitive, in the values of its objects.

use crate::value::{Kind, Mark, Value};

use super::{Block, NestedBlock, Nesting};

impl Block {
    pub fn has_secrets(&self) -> bool {
        self.attributes.values().any(|attribute| attribute.sensitive)
            || self.blocks.values().any(|nested| nested.block.has_secrets())
    }

    /// Marks what the schema of the block calls sensitive.
    pub fn mark_secrets(&self, object: Value) -> Value {
        let marks = object.marks().clone();
        let Some(entries) = object.entries() else { return object };
        let marked = entries.iter().map(|(name, value)| {
            let value = match (self.attributes.get(name), self.blocks.get(name)) {
                (Some(attribute), _) if attribute.sensitive => value.clone().mark(Mark::Sensitive),
                (_, Some(nested)) if nested.block.has_secrets() => marked_blocks(nested, value),
                _ => value.clone(),
            };
            (name.clone(), value)
        });
        Value::object(marked.collect::<Vec<_>>()).with_marks(&marks)
    }
}

fn marked_blocks(nested: &NestedBlock, value: &Value) -> Value {
    let one = |value: &Value| nested.block.mark_secrets(value.clone());
    let plain = match value.kind() {
        Kind::Object(_) if matches!(nested.nesting, Nesting::Single | Nesting::Group) => one(value),
        Kind::List(list) => Value::list(list.element.clone(), list.items.iter().map(one).collect()),
        Kind::Tuple(items) => Value::tuple(items.iter().map(one).collect()),
        Kind::Set(set) => Value::set(set.element().clone(), set.items().iter().map(one).collect()),
        Kind::Map(map) => {
            let items = map.items.iter().map(|(key, value)| (key.clone(), one(value)));
            Value::map(map.element.clone(), items)
        }
        Kind::Object(entries) => {
            Value::object(entries.iter().map(|(key, value)| (key.clone(), one(value))).collect::<Vec<_>>())
        }
        _ => value.clone(),
    };
    plain.with_marks(value.marks())
}
