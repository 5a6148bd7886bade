//! Values as the JSON in state files, and back, by their types.
//!
//! A part whose type is only known with its value is stored with the type: `{"value": ..., "type": ...}`. Marks are not
//! stored, and unknown values cannot be.

mod read;
#[cfg(test)]
mod tests;
mod types;
mod write;

use crate::syntax::data::Document;
use crate::value::{Type, Value};

/// Why a stored text is not a value of a type. Names the place, and never the content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// The JSON of a wholly known value that conforms to the type. Unknown parts, which should not occur, are left out of
/// objects and null elsewhere.
pub fn encode(value: &Value, ty: &Type) -> String {
    let mut out = String::with_capacity(128);
    encode_into(value, ty, &mut out);
    out
}

/// [`encode`], appended to a text.
pub fn encode_into(value: &Value, ty: &Type, out: &mut String) {
    write::write(value, ty, out);
}

/// Decodes a value of the type. Missing attributes are null; unexpected ones are an error. Numbers and booleans may be
/// strings, and strings may be numbers and booleans.
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
