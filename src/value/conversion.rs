//! Conversion between types, by the rules of the language.

mod apply;
mod default;
mod mismatch;
mod possible;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Kind, Name, Path, Type, Value};

pub(super) use possible::is_possible;

/// Why a value does not convert to a type: the place inside it, and the problem there. Displays both: "at .size, a
/// number is required".
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

/// What a variable or output accepts: a type (with optional attributes), and their defaults.
#[derive(Clone, Debug)]
pub struct TypeConstraint {
    pub ty: Type,
    pub defaults: Option<Box<Defaults>>,
}

/// Defaults of optional attributes, along the shape of the type.
#[derive(Clone, Default)]
pub struct Defaults {
    /// The defaults of this object's optional attributes.
    pub values: BTreeMap<Name, Value>,
    /// The defaults of what is inside: by attribute name, by index of a tuple as text, or "" for the elements of a
    /// collection.
    pub children: BTreeMap<Name, Defaults>,
}

impl std::fmt::Debug for Defaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Defaults")
    }
}

/// Converts (including unsafe conversions such as "5" to 5), keeping marks; unknown stays unknown of the new type.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    // Most conversions: of a value that already has the type, or between plain values.
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

/// [`convert`], after filling in the constraint's defaults.
pub fn convert_constraint(value: &Value, to: &TypeConstraint) -> Result<Value, ConversionError> {
    match &to.defaults {
        Some(defaults) => convert(&defaults.apply(value), &to.ty),
        None => convert(value, &to.ty),
    }
}

/// Why no value of type `have` converts to `want`: "a string is required, but this is a list of string".
pub fn mismatch(have: &Type, want: &Type) -> String {
    let (path, message) = mismatch::explain(have, want);
    ConversionError { path, message }.to_string()
}
