//! The attributes of stored objects as JSON, without their secrets.

use serde_json::Value as Json;

use crate::address::{AbsoluteInstance, ProviderConfigAddress};
use crate::plan::Schemas;
use crate::state::{Object, Status, format};
use crate::value::{Kind, Mark, Value};

use super::object::{Objects, Read};
use super::view;

/// The text that stands for a secret.
const HIDDEN: &str = "(sensitive value)";

/// The attributes with everything replaced that is secret by the schema, by the configuration (`secrets` has the paths, as
/// in a state), or because it repeats something that is. Where no schema is known, that is all of them.
pub fn veiled_attributes(
    schemas: &Schemas,
    provider: &str,
    address: &str,
    attributes: &str,
    secrets: &str,
) -> String {
    let Ok(mut json) = serde_json::from_str::<Json>(attributes) else { return hidden().to_string() };
    let provider = ProviderConfigAddress::parse(provider);
    let (Ok(provider), Ok(address), Ok(sensitive)) =
        (provider, AbsoluteInstance::parse(address), format::read_paths(secrets))
    else {
        return hidden().to_string();
    };
    let object = Object {
        schema_version: 0,
        attributes: attributes.into(),
        sensitive,
        private: [].into(),
        dependencies: [].into(),
        status: Status::Ready,
        create_before_destroy: false,
    };
    let Read { value, schema } = Objects::new(schemas).read(&provider.provider, &address, &object);
    match (schema, &mut json) {
        (Some(schema), json) => hide(json, &view::veiled(schema, &value)),
        (None, Json::Object(entries)) => entries.values_mut().for_each(|entry| *entry = hidden()),
        (None, json) => *json = hidden(),
    }
    json.to_string()
}

fn hidden() -> Json {
    Json::from(HIDDEN)
}

/// Replaces the secret parts of a value in its JSON. Where the one is not laid out as the other, as in a set, all of it is
/// replaced.
fn hide(json: &mut Json, value: &Value) {
    if !value.has_mark_deep(&Mark::Sensitive) {
        return;
    }
    let is_set = matches!(value.kind(), Kind::Set(_));
    match (&mut *json, value.entries(), value.items()) {
        _ if value.marks().contains(&Mark::Sensitive) || is_set => *json = hidden(),
        (Json::Object(parts), Some(entries), _) if entries.keys().all(|name| parts.contains_key(&**name)) => {
            for (name, part) in parts {
                match entries.get(name.as_str()) {
                    Some(value) => stacker::maybe_grow(64 * 1024, 1024 * 1024, || hide(part, value)),
                    None => *part = hidden(),
                }
            }
        }
        (Json::Array(parts), _, Some(items)) if parts.len() == items.len() => {
            parts.iter_mut().zip(items).for_each(|(part, value)| {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || hide(part, value));
            });
        }
        _ => *json = hidden(),
    }
}
