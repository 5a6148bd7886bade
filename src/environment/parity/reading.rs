//! Evaluates bodies: by a schema if one is known, and by their form if not.

use std::collections::BTreeMap;

use crate::config::LayeredBody;
use crate::diag::Diagnostics;
use crate::eval::{self, Evaluate, ModuleScope};
use crate::expression::Names;
use crate::schema::{self, Nesting};
use crate::syntax::{Block, Content};
use crate::value::{Kind, Mark, Marks, Name, Type, Value};

/// The arguments of a block.
pub(super) fn arguments(
    body: &LayeredBody,
    schema: Option<&schema::Block>,
    scope: &ModuleScope<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    match schema {
        Some(schema) => secrets(schema, &eval::block(body, schema, scope, diagnostics)),
        None => free(&body.everything(), scope, &Names::new(), diagnostics),
    }
}

/// A block without a schema: every attribute, and all blocks of a kind as a list.
fn free(content: &Content, scope: &dyn Evaluate, names: &Names, diagnostics: &mut Diagnostics) -> Value {
    let attributes = content.attributes.iter().map(|attribute| {
        let value = scope.value(&attribute.expression, names, diagnostics);
        (Name::from(attribute.name()), value)
    });
    let mut object: BTreeMap<Name, Value> = attributes.collect();
    let mut blocks: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
    for block in &content.blocks {
        let (kind, value) = (kind(block), inside(block, scope, names, diagnostics));
        blocks.entry(kind).or_default().push(value);
    }
    object.extend(blocks.into_iter().map(|(kind, values)| (kind, Value::tuple(values))));
    Value::object(object)
}

/// `dynamic` blocks are compared by what they are made from: the collection, and the content for an unknown element, so
/// that everything else in it counts.
fn inside(block: &Block, scope: &dyn Evaluate, names: &Names, diagnostics: &mut Diagnostics) -> Value {
    let is_dynamic = &*block.kind == "dynamic";
    let content = block.body.everything();
    if !is_dynamic {
        return stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || {
            free(&content, scope, names, diagnostics)
        });
    }
    let iterator = content.attributes.get("iterator").and_then(|attribute| attribute.expression.as_keyword());
    let iterator = iterator.or_else(|| block.labels.first().map(|label| label.text.clone()));
    let elements = content.attributes.get("for_each");
    let elements = elements.map(|all| scope.value(&all.expression, names, diagnostics));
    let elements = elements.unwrap_or_else(Value::dynamic);
    let inner = content.blocks.iter().find(|inner| &*inner.kind == "content");
    let element = Value::object([("key", Value::dynamic()), ("value", Value::dynamic())]);
    let names: Names = names.iter().cloned().chain(iterator.map(|name| (name, element))).collect();
    let made = inner.map(|inner| {
        let content = inner.body.everything();
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || free(&content, scope, &names, diagnostics))
    });
    Value::object([("for_each", elements.deciding()), ("content", made.unwrap_or_else(Value::dynamic))])
}

fn kind(block: &Block) -> Name {
    let labels = block.labels.iter().map(|label| format!(" {:?}", &*label.text));
    match &*block.kind {
        "dynamic" => block.labels.first().map_or_else(|| block.kind.clone(), |label| label.text.clone()),
        kind => format!("{kind}{}", labels.collect::<String>()).into(),
    }
}

/// An object as others see it when only its arguments are known: what the provider decides is unknown, with the origins
/// of everything that may influence it.
pub(super) fn foreseen(schema: &schema::Block, arguments: &Value, origins: &Marks) -> Value {
    filled(schema, arguments, Some(origins))
}

/// Marks what the schema calls sensitive.
fn secrets(schema: &schema::Block, object: &Value) -> Value {
    filled(schema, object, None)
}

fn filled(schema: &schema::Block, object: &Value, origins: Option<&Marks>) -> Value {
    let Some(entries) = object.entries() else { return object.clone() };
    let fill = |(name, value): (&Name, &Value)| {
        let value = match (schema.attributes.get(name), schema.blocks.get(name)) {
            (Some(attribute), _) => {
                let value = match origins {
                    Some(origins) if attribute.computed && value.is_null() => {
                        Value::unknown(attribute.ty.clone()).with_marks(origins)
                    }
                    Some(_) if attribute.write_only => Value::null(attribute.ty.clone()),
                    _ => value.clone(),
                };
                if attribute.sensitive { value.mark(Mark::Sensitive) } else { value }
            }
            (_, Some(nested)) => filled_parts(nested, value, origins),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    let object_of_parts =
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || entries.iter().map(fill).collect::<Vec<_>>());
    Value::object(object_of_parts).with_marks(object.marks())
}

/// The same for all blocks of a kind.
fn filled_parts(nested: &schema::NestedBlock, value: &Value, origins: Option<&Marks>) -> Value {
    let inside = |part: &Value| filled(&nested.block, part, origins);
    let element = nested.block.implied_type();
    let parts = match (nested.nesting, value.kind()) {
        (Nesting::Single | Nesting::Group, _) => return inside(value),
        (_, Kind::List(_)) => {
            Value::list(element, value.items().unwrap_or_default().iter().map(inside).collect())
        }
        (_, Kind::Tuple(items)) => Value::tuple(items.iter().map(inside).collect()),
        (_, Kind::Set(set)) => Value::set(element, set.items().iter().map(inside).collect()),
        (_, Kind::Map(map)) => {
            Value::map(element, map.items.iter().map(|(key, part)| (key.clone(), inside(part))))
        }
        (_, Kind::Object(parts)) => {
            Value::object(parts.iter().map(|(key, part)| (key.clone(), inside(part))))
        }
        _ => return value.clone(),
    };
    parts.with_marks(value.marks())
}

/// An unknown value with these origins.
pub(super) fn nothing_known(origins: &Marks) -> Value {
    Value::unknown(Type::Dynamic).with_marks(origins)
}
