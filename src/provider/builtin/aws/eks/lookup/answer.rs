//! Converts answers of AWS to values.

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::value::{Type, Value};

pub(super) fn text(said: Option<&str>) -> Value {
    said.map_or_else(|| Value::null(Type::String), Value::string)
}

pub(super) fn flag(said: Option<bool>) -> Value {
    said.map_or_else(|| Value::null(Type::Bool), Value::bool)
}

pub(super) fn texts<T: AsRef<str>>(said: &[T]) -> Value {
    Value::set(Type::String, said.iter().map(|one| Value::string(one.as_ref())).collect())
}

pub(super) fn text_map(said: &BTreeMap<String, String>) -> Value {
    let entries = said.iter().map(|(key, value)| (key.as_str(), Value::string(value)));
    Value::map(Type::String, entries)
}

/// An instant as RFC 3339 has it, to the second.
pub(super) fn moment(said: Option<&DateTime>) -> Value {
    let whole = said.map(|said| DateTime::from_secs(said.secs()));
    text(whole.and_then(|whole| whole.fmt(Format::DateTime).ok()).as_deref())
}

/// What is a block elsewhere: a list of one object, or of none.
pub(super) fn one(element: &Type, said: Option<Value>) -> Value {
    Value::list(element.clone(), said.into_iter().collect())
}

/// The type of such an object.
pub(super) fn shape<const N: usize>(attributes: [(&str, Type); N]) -> Type {
    Type::object(attributes)
}
