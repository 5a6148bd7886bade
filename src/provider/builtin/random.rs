//! `hashicorp/random`: random values that are kept in the state until their keepers change.

mod bytes;
mod generator;
mod id;
mod integer;
mod pet;
mod shuffle;
#[cfg(test)]
mod tests;
mod text;
mod uuid;
mod words;

use std::sync::Arc;

use crate::port::{PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Number, Type, Value};

use super::object::{Arguments, at};
use super::{Draft, ProviderDefinition};

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: "3.9.0",
        resources: vec![
            ("random_bytes", Arc::new(bytes::Bytes)),
            ("random_id", Arc::new(id::Id)),
            ("random_integer", Arc::new(integer::Integer)),
            ("random_password", Arc::new(text::Text::Password)),
            ("random_pet", Arc::new(pet::Pet)),
            ("random_shuffle", Arc::new(shuffle::Shuffle)),
            ("random_string", Arc::new(text::Text::Plain)),
            ("random_uuid", Arc::new(uuid::Uuid::V4)),
            ("random_uuid4", Arc::new(uuid::Uuid::V4)),
            ("random_uuid7", Arc::new(uuid::Uuid::V7)),
        ],
        ephemeral: vec![
            ("random_bytes", Arc::new(bytes::Bytes)),
            ("random_password", Arc::new(text::Text::Password)),
        ],
        ..ProviderDefinition::default()
    }
}

/// A limit, so that a mistake does not take all memory.
const MOST_BYTES: i64 = 1 << 24;

/// The argument of every resource here whose change requires a new value.
fn keepers() -> Attribute {
    Attribute::optional(Type::map(Type::String))
}

/// Every change requires a new object.
fn plan(request: &PlanRequest<'_>, schema: &Block, fixed: &[&str]) -> Planned {
    let mut draft = Draft::new(request, schema);
    draft.keepers("keepers");
    for name in fixed {
        draft.fixed(name);
    }
    draft.finish()
}

/// Checks that numbers are whole and within bounds.
fn counts(arguments: Arguments<'_>, names: &[&str], least: i64, most: i64, remarks: &mut Remarks) {
    for name in names {
        let Some(given) = arguments.value(name).and_then(Value::as_number) else { continue };
        let fits = given.to_i64().is_some_and(|number| (least..=most).contains(&number));
        if !fits {
            let detail = match (least, most) {
                (i64::MIN, i64::MAX) => format!("\"{name}\" is a whole number of 64 bits, not {given}."),
                (_, i64::MAX) => format!("\"{name}\" is a whole number, at least {least}, not {given}."),
                _ => format!("\"{name}\" is a whole number from {least} to {most}, not {given}."),
            };
            remarks.push(Remark::error("Number out of range", detail).at(at(name)));
        }
    }
}

/// A number that is whole and within bounds, or an error among the remarks; for values that were unknown earlier.
fn count(
    arguments: Arguments<'_>,
    name: &str,
    least: i64,
    most: i64,
    remarks: &mut Remarks,
) -> Option<usize> {
    let before = remarks.len();
    counts(arguments, &[name], least, most, remarks);
    if remarks.len() > before {
        return None;
    }
    usize::try_from(arguments.number(name).unwrap_or_default()).ok()
}

fn integer(value: i64) -> Value {
    Value::number(Number::from_i64(value))
}
