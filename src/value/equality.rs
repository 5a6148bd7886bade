//! When two values are the same.

use super::Value;

impl Value {
    /// The language's `==`: unknown where that cannot be told yet; carries the marks of both, deeply.
    /// Values of different types are different, never an error.
    #[must_use]
    pub fn equals(&self, _other: &Self) -> Self {
        todo!()
    }

    /// Exactly the same, types, unknowns, refinements and marks included.
    pub fn same(&self, _other: &Self) -> bool {
        todo!()
    }
}
