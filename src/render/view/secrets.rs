//! The secrets of an object as texts. The texts of another engine may contain them, and have no marks.

use std::borrow::Cow;

use crate::plan::{Change, Schemas};
use crate::schema::Block;
use crate::value::{Entries, Kind, Mark, Value};

use super::document;

/// Shorter secrets would be found in every text.
const SHORTEST: usize = 4;

/// A longer secret is a document, and each piece of it is a secret.
const DOCUMENT: usize = 200;

/// The secrets of one change.
#[derive(Clone, Debug, Default)]
pub(in crate::render) struct Secrets {
    texts: Vec<String>,
    /// The keys of maps and objects that are secret as a whole.
    keys: Vec<String>,
}

impl Secrets {
    pub(in crate::render) fn of(change: &Change, schemas: &Schemas) -> Self {
        let schema = schemas.of(&change.provider.provider, &change.address);
        Self::in_values([&change.before, &change.after], schema)
    }

    /// The secrets of an object's values; cheap if nothing in them is marked.
    pub(super) fn among<const N: usize>(values: [&Value; N], schema: &Block) -> Self {
        match values.iter().any(|value| value.is_marked_deep()) || schema.has_secrets() {
            true => Self::in_values(values, Some(schema)),
            false => Self::default(),
        }
    }

    fn in_values<'v>(values: impl IntoIterator<Item = &'v Value>, schema: Option<&Block>) -> Self {
        let (mut secrets, mut keys) = (Vec::new(), Vec::new());
        for value in values {
            value.each_secret(&mut |secret| gather(secret, &mut secrets));
            gather_keys(value, false, &mut keys);
            if let Some(schema) = schema {
                by_schema(schema, value, &mut secrets);
            }
        }
        secrets.retain(|secret| secret.chars().count() >= SHORTEST);
        secrets.sort();
        secrets.dedup();
        Self { texts: secrets, keys }
    }

    /// Marks each computed value of the object that contains one of them: a provider may copy a secret argument into an
    /// attribute that is not marked.
    pub(super) fn veil<'v>(&self, schema: &Block, object: &'v Value) -> Cow<'v, Value> {
        let Some(entries) = object.entries().filter(|_| !self.texts.is_empty() || !self.keys.is_empty())
        else {
            return Cow::Borrowed(object);
        };
        let may_copy = |name: &str| {
            schema.attributes.get(name).is_some_and(|attribute| attribute.computed && !attribute.sensitive)
        };
        let veiled = entries.iter().map(|(name, value)| {
            (name.clone(), if may_copy(name) { self.veiled(value) } else { value.clone() })
        });
        Cow::Owned(Value::object(veiled.collect::<Vec<_>>()).with_marks(object.marks()))
    }

    fn veiled(&self, value: &Value) -> Value {
        let inside = |values: &[Value]| values.iter().map(|value| self.veiled(value)).collect::<Vec<_>>();
        let by_name = |entries: &Entries| {
            entries.iter().map(|(name, value)| (name.clone(), self.veiled(value))).collect::<Vec<_>>()
        };
        let is_told =
            |entries: &Entries| entries.keys().any(|key| self.keys.iter().any(|one| **one == **key));
        let veiled = stacker::maybe_grow(64 * 1024, 1024 * 1024, || match value.kind() {
            // A key cannot be marked, so that all of it is.
            Kind::Object(_) | Kind::Map(_) if value.entries().is_some_and(is_told) => {
                value.clone().mark(Mark::Sensitive)
            }
            Kind::String(text) if self.texts.iter().any(|secret| is_quoted(secret, text)) => {
                value.clone().mark(Mark::Sensitive)
            }
            Kind::Number(number) if self.texts.binary_search(&number.to_string()).is_ok() => {
                value.clone().mark(Mark::Sensitive)
            }
            Kind::List(list) => Value::list(list.element.clone(), inside(&list.items)),
            Kind::Set(set) => Value::set(set.element().clone(), inside(set.items())),
            Kind::Tuple(items) => Value::tuple(inside(items)),
            Kind::Map(map) => Value::map(map.element.clone(), by_name(&map.items)),
            Kind::Object(entries) => Value::object(by_name(entries)),
            _ => value.clone(),
        });
        veiled.with_marks(value.marks())
    }

    /// Whether a text contains one of them, plainly or escaped as in JSON.
    pub(in crate::render) fn are_in(&self, text: &str) -> bool {
        self.texts.iter().any(|secret| {
            let piece = || {
                secret.len() >= DOCUMENT && text.chars().count() >= SHORTEST && secret.contains(text.trim())
            };
            is_quoted(secret, text) || piece()
        })
    }
}

fn gather_keys(value: &Value, inside: bool, keys: &mut Vec<String>) {
    let inside = inside || value.marks().contains(&Mark::Sensitive);
    if !inside && !value.has_mark_deep(&Mark::Sensitive) {
        return;
    }
    let entries = value.entries();
    keys.extend(
        entries.filter(|_| inside).into_iter().flat_map(|entries| entries.keys().map(ToString::to_string)),
    );
    let parts = entries.into_iter().flat_map(|entries| entries.values());
    for part in parts.chain(value.items().into_iter().flatten()) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || gather_keys(part, inside, keys));
    }
}

/// Plainly, or escaped as in JSON.
fn is_quoted(secret: &str, text: &str) -> bool {
    text.contains(secret) || is_in_json(secret, text)
}

fn is_in_json(secret: &str, text: &str) -> bool {
    if !secret.contains(['"', '\\', '\n', '\t', '\r']) {
        return false;
    }
    let written = serde_json::to_string(secret).unwrap_or_default();
    written.get(1..written.len().saturating_sub(1)).is_some_and(|inner| text.contains(inner))
}

/// Collects the text of a secret and, if it is a JSON document, the texts in it.
fn gather(secret: &Value, secrets: &mut Vec<String>) {
    match secret.kind() {
        Kind::String(text) => {
            secrets.push(text.to_string());
            if let Some(document) = document::json(text) {
                document.mark(Mark::Sensitive).each_secret(&mut |part| gather(part, secrets));
            }
        }
        Kind::Number(number) => secrets.push(number.to_string()),
        _ => {}
    }
}

/// Collects what only the schema calls sensitive.
fn by_schema(schema: &Block, value: &Value, secrets: &mut Vec<String>) {
    let Some(entries) = value.entries() else { return };
    for (name, _) in schema.attributes.iter().filter(|(_, attribute)| attribute.sensitive) {
        let Some(part) = entries.get(name) else { continue };
        part.clone().mark(Mark::Sensitive).each_secret(&mut |secret| gather(secret, secrets));
    }
    for (name, nested) in &schema.blocks {
        let Some(part) = entries.get(name) else { continue };
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let items = part.items().into_iter().flatten();
            items.for_each(|item| by_schema(&nested.block, item, secrets));
            let labelled = part.entries().into_iter().flat_map(|entries| entries.values());
            labelled.for_each(|item| by_schema(&nested.block, item, secrets));
            by_schema(&nested.block, part, secrets);
        });
    }
}
