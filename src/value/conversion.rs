//! From one type to another, as the language does it.

mod apply;
mod default;
mod mismatch;
mod possible;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Kind, Name, Path, Type, Value};

pub(super) use possible::is_possible;

/// Why a value does not fit a type: where inside it, and what is wrong there. Says both: "at .size, a number is
/// required".
#[derive(Clone, thiserror::Error)]
#[error("{}{message}", path.clause())]
pub struct ConversionError {
    pub path: Path,
    /// A clause without a capital and a full stop: "a string is required".
    pub message: String,
}

impl std::fmt::Debug for ConversionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// What a variable or output accepts: a type (with optional attributes) and the defaults of those.
#[derive(Clone, Debug)]
pub struct TypeConstraint {
    pub ty: Type,
    pub defaults: Option<Box<Defaults>>,
}

/// Defaults of optional attributes, along the shape of the type.
#[derive(Clone, Default)]
pub struct Defaults {
    /// Of this object's optional attributes that have one.
    pub values: BTreeMap<Name, Value>,
    /// Of what is inside: by attribute name, by index of a tuple as text, or "" for the elements of a collection.
    pub children: BTreeMap<Name, Defaults>,
}

impl std::fmt::Debug for Defaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Defaults")
    }
}

/// Converts (unsafe conversions such as "5" to 5 included), keeping marks; unknown stays unknown of the new type.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    // What most conversions are: of something that is right already, or of one plain value to another.
    match (value.kind(), to) {
        (_, Type::Dynamic)
        | (Kind::String(_), Type::String)
        | (Kind::Number(_), Type::Number)
        | (Kind::Bool(_), Type::Bool) => return Ok(value.clone()),
        (Kind::String(_) | Kind::Number(_) | Kind::Bool(_), Type::String | Type::Number | Type::Bool) => {
            return apply::plain(value, to).map_err(|problem| problem.into_error());
        }
        _ => {}
    }
    let have = value.ty();
    if have == to.without_optional() {
        return Ok(value.clone());
    }
    if !is_possible(&have, to, true) {
        let (path, message) = mismatch::explain(&have, to);
        return Err(ConversionError { path, message });
    }
    apply::apply(value, &have, to).map_err(|problem| problem.into_error())
}

/// [`convert`] after the constraint's defaults have been filled in.
pub fn convert_constraint(value: &Value, to: &TypeConstraint) -> Result<Value, ConversionError> {
    match &to.defaults {
        Some(defaults) => convert(&defaults.apply(value), &to.ty),
        None => convert(value, &to.ty),
    }
}

/// Says why no value of type `have` fits `want`: "a string is required, but this is a list of string".
pub fn mismatch(have: &Type, want: &Type) -> String {
    let (path, message) = mismatch::explain(have, want);
    ConversionError { path, message }.to_string()
}
