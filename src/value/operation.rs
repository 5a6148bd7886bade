//! Operators and look-ups on values; unknown operands give unknown results (refined where that is sound),
//! marked operands marked ones.

use super::Value;

/// Why an operation has no result. The message is a clause without capital or full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OperationError(pub String);

type Result = std::result::Result<Value, OperationError>;

/// Operands must be of the right type already (number or bool, null excluded); `expression` converts them first.
impl Value {
    pub fn add(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn subtract(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn multiply(&self, _other: &Self) -> Result {
        todo!()
    }

    /// Division by zero is an error.
    pub fn divide(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn modulo(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn negate(&self) -> Result {
        todo!()
    }

    pub fn not(&self) -> Result {
        todo!()
    }

    pub fn and(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn or(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn less_than(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn less_or_equal(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn greater_than(&self, _other: &Self) -> Result {
        todo!()
    }

    pub fn greater_or_equal(&self, _other: &Self) -> Result {
        todo!()
    }

    /// `collection[key]` for lists, maps, tuples and objects; converts the key; errors for null, out of range, no such key.
    pub fn index(&self, _key: &Self) -> Result {
        todo!()
    }

    /// Attribute of an object, or element of a map by that key.
    pub fn attribute(&self, _name: &str) -> Result {
        todo!()
    }

    /// How many elements, as a number value: unknown for unknown collections (refined by their bounds) and for sets with unknown elements.
    #[must_use]
    pub fn length(&self) -> Self {
        todo!()
    }
}
