//! Values as the JSON that state files hold, and back, by type.
//!
//! A part of the value whose type is only known with the value carries its type: `{"value": ..., "type": ...}`. Marks
//! are not written; nothing unknown can be.

mod read;
#[cfg(test)]
mod tests;
mod types;
mod write;

use crate::syntax::data::Document;
use crate::value::{Type, Value};

/// Why a stored text is no value of a type. Names the place, and nothing of what is there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// The JSON of a wholly known value, which conforms to the type. What is unknown against that promise is left out of
/// objects and null elsewhere.
pub fn encode(value: &Value, ty: &Type) -> String {
    let mut out = String::with_capacity(128);
    encode_into(value, ty, &mut out);
    out
}

/// [`encode`] at the end of a text.
pub fn encode_into(value: &Value, ty: &Type, out: &mut String) {
    write::write(value, ty, out);
}

/// A value of the type. Attributes that are missing are null; one that the type does not have is an error. Numbers
/// and bools may be written as text, and text as numbers and bools.
pub fn decode(text: &str, ty: &Type) -> Result<Value, DecodeError> {
    let mut document = Document::new(text);
    let value = read::read(&mut document, ty).map_err(read::Fault::into_error)?;
    document.end().map_err(|fault| DecodeError(fault.to_string()))?;
    Ok(value)
}

/// The JSON of a type: `["list","string"]`.
pub fn encode_type(ty: &Type) -> String {
    let mut out = String::new();
    types::write(ty, &mut out);
    out
}

pub fn decode_type(text: &str) -> Result<Type, DecodeError> {
    let mut document = Document::new(text);
    let ty = types::read(&mut document).map_err(|fault| DecodeError(fault.to_string()))?;
    document.end().map_err(|fault| DecodeError(fault.to_string()))?;
    Ok(ty)
}
