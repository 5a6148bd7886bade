//! Exact numbers: binary floating point with a precision carried per value.
//!
//! A literal has 512 bits; a number that a function counted has 64; one that came from machine floating point
//! has 53. An operation rounds (half to even) to the greater precision of its operands, except that a product
//! keeps as many bits as it needs. That is why `1/3` prints 158 digits and `length([1])/length([1,2,3])` twenty.
//! Small integers stay machine integers and remember their precision.

use std::cmp::Ordering;

/// A number; never NaN. Infinities exist, because division by zero makes them.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Small { value: i64, precision: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

impl Number {
    /// As literals and strings are read: decimal, 512 bits.
    pub fn parse(_text: &str) -> Result<Self, ParseNumberError> {
        todo!()
    }

    /// As a count is made: 64 bits.
    pub fn from_i64(value: i64) -> Self {
        Self(Repr::Small { value, precision: 64 })
    }

    pub fn from_u64(_value: u64) -> Self {
        todo!()
    }

    /// From machine floating point: 53 bits. None for NaN.
    pub fn from_f64(_value: f64) -> Option<Self> {
        todo!()
    }

    /// The value if it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        todo!()
    }

    /// The nearest machine number (infinite where too large).
    pub fn to_f64(&self) -> f64 {
        todo!()
    }

    pub fn is_integer(&self) -> bool {
        todo!()
    }

    pub fn is_infinite(&self) -> bool {
        todo!()
    }

    pub fn is_zero(&self) -> bool {
        todo!()
    }

    pub fn is_negative(&self) -> bool {
        todo!()
    }

    #[must_use]
    pub fn plus(&self, _other: &Self) -> Self {
        todo!()
    }

    #[must_use]
    pub fn minus(&self, _other: &Self) -> Self {
        todo!()
    }

    #[must_use]
    pub fn times(&self, _other: &Self) -> Self {
        todo!()
    }

    /// None where the result is not a number (0/0, infinity/infinity).
    pub fn divided_by(&self, _other: &Self) -> Option<Self> {
        todo!()
    }

    /// The remainder with the sign of the dividend.
    pub fn modulo(&self, _other: &Self) -> Option<Self> {
        todo!()
    }

    #[must_use]
    pub fn negated(&self) -> Self {
        todo!()
    }

    #[must_use]
    pub fn floor(&self) -> Self {
        todo!()
    }

    #[must_use]
    pub fn ceiling(&self) -> Self {
        todo!()
    }

    /// Towards zero.
    #[must_use]
    pub fn truncated(&self) -> Self {
        todo!()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By value alone: the precision takes no part.
impl Ord for Number {
    fn cmp(&self, _other: &Self) -> Ordering {
        todo!()
    }
}

/// The shortest decimal that reads back as the same number at its precision, never with an exponent.
impl std::fmt::Display for Number {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
