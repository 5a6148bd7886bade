//! One type for several values.

use super::Type;

/// The type that all of these convert to, if there is one, preferring safe conversions unless `unsafely`.
/// The result for no types at all is dynamic.
pub fn unify(_types: &[Type], _unsafely: bool) -> Option<Type> {
    todo!()
}
