//! From one type to another, as the language does it.

use std::collections::BTreeMap;

use super::{Name, Path, Type, Value};

/// Why a value does not fit a type: where inside it, and what is wrong there.
#[derive(Clone, thiserror::Error)]
#[error("{message}")]
pub struct ConversionError {
    pub path: Path,
    /// A clause without a capital and a full stop: "a string is required".
    pub message: String,
}

impl std::fmt::Debug for ConversionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
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
pub fn convert(_value: &Value, _to: &Type) -> Result<Value, ConversionError> {
    todo!()
}

/// [`convert`] after the constraint's defaults have been filled in.
pub fn convert_constraint(_value: &Value, _to: &TypeConstraint) -> Result<Value, ConversionError> {
    todo!()
}

/// Says why no value of type `have` fits `want`: "string required, but have list of string" in our words.
pub fn mismatch(_have: &Type, _want: &Type) -> String {
    todo!()
}
