//! Completes planned values.

use crate::value::{Kind, Value};

/// The planned value with its unknown parts filled in.
pub(in super::super::super) fn fill(planned: &Value, made: &Value) -> Value {
    if planned.is_wholly_known() {
        return planned.clone();
    }
    match (planned.kind(), made.kind()) {
        (Kind::Object(before), Kind::Object(after)) => Value::object(before.iter().map(|(name, part)| {
            let part = after.get(name).map_or_else(|| part.settled(), |made| fill(part, made));
            (name.clone(), part)
        })),
        (Kind::Map(before), Kind::Map(after)) => {
            let item = |(key, part): (&crate::value::Name, &Value)| {
                let part = after.items.get(key).map_or_else(|| part.settled(), |made| fill(part, made));
                (key.clone(), part)
            };
            Value::map(before.element.clone(), before.items.iter().map(item))
        }
        (Kind::List(before), Kind::List(after)) if before.items.len() == after.items.len() => {
            let items = before.items.iter().zip(&after.items).map(|(part, made)| fill(part, made));
            Value::list(before.element.clone(), items.collect())
        }
        _ => made.clone(),
    }
}
