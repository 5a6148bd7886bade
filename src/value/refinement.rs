//! What is known about an unknown value.

use super::Number;

/// A limit and whether it is itself allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub limit: Number,
    pub inclusive: bool,
}

/// Facts that the final value will hold to. Only those that fit its type are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refinement {
    pub not_null: bool,
    /// Of a string: how it begins.
    pub prefix: Option<std::sync::Arc<str>>,
    /// Of a number.
    pub lower: Option<Bound>,
    pub upper: Option<Bound>,
    /// Of a list, set or map: how many elements at least and at most.
    pub length_lower: Option<usize>,
    pub length_upper: Option<usize>,
}
