//! The secrets of an object as texts. The texts of another engine may contain them, and have no marks.

use crate::plan::{Change, Schemas};
use crate::schema::Block;
use crate::value::{Kind, Value};

use super::difference::is_secret;
use super::document;

/// Shorter secrets would be found in every text.
const SHORTEST: usize = 4;

/// A longer secret is a document, and each piece of it is a secret.
const DOCUMENT: usize = 200;

/// The secrets of one change.
#[derive(Clone, Debug, Default)]
pub(in crate::render) struct Secrets(Vec<String>);

impl Secrets {
    pub(in crate::render) fn of(change: &Change, schemas: &Schemas) -> Self {
        let mut secrets = Vec::new();
        let schema = schemas.of(&change.provider.provider, &change.address);
        for value in [&change.before, &change.after] {
            gather(value, false, &mut secrets);
            if let Some(schema) = schema {
                by_schema(schema, value, &mut secrets);
            }
        }
        secrets.retain(|secret| secret.chars().count() >= SHORTEST);
        secrets.sort();
        secrets.dedup();
        Self(secrets)
    }

    /// Whether a text contains one of them, plainly or escaped as in JSON.
    pub(in crate::render) fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| {
            let piece = || {
                secret.len() >= DOCUMENT && text.chars().count() >= SHORTEST && secret.contains(text.trim())
            };
            text.contains(secret.as_str()) || is_in_json(secret, text) || piece()
        })
    }
}

fn is_in_json(secret: &str, text: &str) -> bool {
    if !secret.contains(['"', '\\', '\n', '\t', '\r']) {
        return false;
    }
    let written = serde_json::to_string(secret).unwrap_or_default();
    written.get(1..written.len().saturating_sub(1)).is_some_and(|inner| text.contains(inner))
}

/// Collects all texts in or below a marked value.
fn gather(value: &Value, inside: bool, secrets: &mut Vec<String>) {
    let inside = inside || is_secret(value);
    match value.kind() {
        Kind::String(text) if inside => {
            secrets.push(text.to_string());
            if let Some(document) = document::json(text) {
                gather(&document, true, secrets);
            }
        }
        _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let items = value.items().into_iter().flatten();
            let entries = value.entries().into_iter().flat_map(|entries| entries.values());
            items.chain(entries).for_each(|part| gather(part, inside, secrets));
        }),
    }
}

/// Collects what only the schema calls sensitive.
fn by_schema(schema: &Block, value: &Value, secrets: &mut Vec<String>) {
    let Some(entries) = value.entries() else { return };
    for (name, _) in schema.attributes.iter().filter(|(_, attribute)| attribute.sensitive) {
        entries.get(name).into_iter().for_each(|part| gather(part, true, secrets));
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
