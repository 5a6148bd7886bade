//! Values as the JSON that state files hold, and back, by type.
//!
//! A part of the value whose type is only known with the value carries its type: `{"value": ..., "type": ...}`. Marks
//! are not written; nothing unknown can be.

use crate::value::{Type, Value};

/// Why a stored text is no value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// The JSON of a wholly known value, which conforms to the type.
pub fn encode(_value: &Value, _ty: &Type) -> String {
    todo!("encode")
}

pub fn decode(_text: &str, _ty: &Type) -> Result<Value, DecodeError> {
    todo!("decode")
}
