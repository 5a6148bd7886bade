//! Exact numbers: binary floating point with a precision carried per value.
//!
//! A literal has 512 bits; a count has 64; a number from machine floating point has 53. An operation rounds (half to
//! even) to the greater precision of its operands, except that a product keeps as many bits as it needs. That is why
//! `1/3` prints 158 digits and `length([1])/length([1,2,3])` twenty. Small integers stay machine integers and remember
//! their precision.
//!
//! There are two zeros, because `-0` prints its sign, and two infinities, because division by zero produces them.

mod arithmetic;
mod binary;
mod decimal;
mod digits;
mod parse;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::sync::Arc;

use dashu_int::UBig;

use binary::Binary;
pub use decimal::Decimal;
pub use digits::Digits;

/// A number; never NaN.
#[derive(Clone)]
pub struct Number(Repr);

/// Canonical: a whole number that fits `Small` is never `Large`.
#[derive(Clone)]
enum Repr {
    Small { value: i64, precision: u32 },
    Large(Arc<Large>),
}

struct Large {
    precision: u32,
    form: Form,
}

enum Form {
    NegativeZero,
    Infinite { negative: bool },
    Finite(Binary),
}

/// A number split up for arithmetic.
enum Parts<'a> {
    Zero { negative: bool },
    Infinite { negative: bool },
    Finite(std::borrow::Cow<'a, Binary>),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

/// The precision of a literal in bits.
const LITERAL: u32 = 512;
/// The precision of a count.
const COUNT: u32 = 64;
/// The precision of a machine number.
const MACHINE: u32 = 53;

impl Number {
    /// Parses literals and strings: decimal, 512 bits.
    pub fn parse(text: &str) -> Result<Self, ParseNumberError> {
        parse::parse(text)
    }

    /// A whole number in a base from 2 to 62 (with the digits of `parseint`: letters of either case up to base 36,
    /// above it lower case before upper case). `None` if the text is not such a number.
    pub fn from_text_radix(text: &str, radix: u32) -> Option<Self> {
        parse::parse_radix(text, radix)
    }

    /// A count: 64 bits.
    pub fn from_i64(value: i64) -> Self {
        Self(Repr::Small { value, precision: COUNT })
    }

    pub fn from_u64(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self::from_i64(value),
            Err(_) => Self::from_binary(Binary::new(false, UBig::from(value), 0), COUNT),
        }
    }

    /// From machine floating point: 53 bits. `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Self> {
        let negative = value.is_sign_negative();
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self::infinity(negative, MACHINE));
        }
        if value == 0.0 {
            return Some(Self::zero(negative, MACHINE));
        }
        let bits = value.to_bits();
        let (raw, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        let (mantissa, exponent) =
            if raw == 0 { (fraction, -1074) } else { (fraction | (1 << 52), i64::from(raw as u16) - 1075) };
        Some(Self::from_binary(Binary::new(negative, UBig::from(mantissa), exponent), MACHINE))
    }

    /// The value if it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { value, .. } => Some(*value),
            Repr::Large(large) => matches!(large.form, Form::NegativeZero).then_some(0),
        }
    }

    /// The value if it is a whole number, not negative, that fits.
    pub fn to_usize(&self) -> Option<usize> {
        usize::try_from(self.to_i64()?).ok()
    }

    /// The nearest machine number (infinite where too large).
    pub fn to_f64(&self) -> f64 {
        match self.parts() {
            Parts::Zero { negative } => {
                if negative {
                    -0.0
                } else {
                    0.0
                }
            }
            Parts::Infinite { negative } => {
                if negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            Parts::Finite(binary) => binary.to_f64(),
        }
    }

    /// The precision to which results with this number are rounded.
    pub fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Small { precision, .. } => *precision,
            Repr::Large(large) => large.precision,
        }
    }

    /// The number rounded to that many bits, which become its precision.
    #[must_use]
    pub fn with_precision(&self, precision: u32) -> Self {
        match self.parts() {
            Parts::Zero { negative } => Self::zero(negative, precision),
            Parts::Infinite { negative } => Self::infinity(negative, precision),
            Parts::Finite(binary) => {
                Self::from_binary(binary.into_owned().rounded(precision, false), precision)
            }
        }
    }

    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small { .. } => true,
            Repr::Large(large) => match &large.form {
                Form::NegativeZero => true,
                Form::Infinite { .. } => false,
                Form::Finite(binary) => binary.is_integer(),
            },
        }
    }

    pub fn is_infinite(&self) -> bool {
        matches!(&self.0, Repr::Large(large) if matches!(large.form, Form::Infinite { .. }))
    }

    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value == 0,
            Repr::Large(large) => matches!(large.form, Form::NegativeZero),
        }
    }

    /// Less than zero; false for negative zero.
    pub fn is_negative(&self) -> bool {
        !self.is_zero() && self.has_minus()
    }

    /// Whether it prints with a minus sign, as negative zero does.
    pub fn has_minus(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value < 0,
            Repr::Large(large) => match &large.form {
                Form::NegativeZero => true,
                Form::Infinite { negative } => *negative,
                Form::Finite(binary) => binary.negative,
            },
        }
    }

    /// The whole part in a base from 2 to 36, in lower case; `None` for infinities.
    pub fn to_integer_text_radix(&self, radix: u8) -> Option<String> {
        if let (Repr::Small { value, .. }, 10) = (&self.0, radix) {
            return Some(value.to_string());
        }
        match self.truncated().parts() {
            Parts::Zero { .. } => Some("0".to_owned()),
            Parts::Infinite { .. } => None,
            Parts::Finite(binary) => {
                let magnitude = binary.magnitude_as_integer();
                let sign = if binary.negative { "-" } else { "" };
                (2..=36).contains(&radix).then(|| format!("{sign}{}", magnitude.in_radix(radix)))
            }
        }
    }

    /// The language's `==`: the same decimal text. Numbers of different precisions may differ in their last bits and
    /// still be the same decimal, and the same bits may stand for different decimals.
    pub fn equals(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) => a == b,
            _ => self.equals_slowly(other),
        }
    }

    fn equals_slowly(&self, other: &Self) -> bool {
        let same = self.cmp(other) == Ordering::Equal;
        if self.is_integer() || other.is_integer() || self.is_infinite() || other.is_infinite() {
            return same;
        }
        if same && self.precision() == other.precision() {
            return true;
        }
        let (a, b) = (self.to_f64(), other.to_f64());
        // Distant numbers differ whatever their digits; only close ones need to be printed. Machine numbers decide only
        // in their normal range.
        if a.is_normal()
            && b.is_normal()
            && (a - b).abs() > a.abs() * 1e-6
            && self.precision().min(other.precision()) >= 24
        {
            return false;
        }
        self.to_string() == other.to_string()
    }

    /// With ten significant digits, as the order of compound set elements requires.
    pub(super) fn to_short_text(&self) -> String {
        decimal::short(self)
    }

    pub(super) fn infinity(negative: bool, precision: u32) -> Self {
        Self(Repr::Large(Arc::new(Large { precision, form: Form::Infinite { negative } })))
    }

    fn zero(negative: bool, precision: u32) -> Self {
        if negative {
            Self(Repr::Large(Arc::new(Large { precision, form: Form::NegativeZero })))
        } else {
            Self(Repr::Small { value: 0, precision })
        }
    }

    /// From a rounded value; out of range it becomes infinite or zero.
    fn from_binary(binary: Binary, precision: u32) -> Self {
        if binary.mantissa.is_zero() {
            return Self::zero(binary.negative, precision);
        }
        if let Some(value) = binary.to_i64() {
            return Self(Repr::Small { value, precision });
        }
        if binary.is_too_large() {
            return Self::infinity(binary.negative, precision);
        }
        if binary.is_too_small() {
            return Self::zero(binary.negative, precision);
        }
        Self(Repr::Large(Arc::new(Large { precision, form: Form::Finite(binary) })))
    }

    fn parts(&self) -> Parts<'_> {
        use std::borrow::Cow;
        match &self.0 {
            Repr::Small { value: 0, .. } => Parts::Zero { negative: false },
            Repr::Small { value, .. } => {
                Parts::Finite(Cow::Owned(Binary::new(*value < 0, UBig::from(value.unsigned_abs()), 0)))
            }
            Repr::Large(large) => match &large.form {
                Form::NegativeZero => Parts::Zero { negative: true },
                Form::Infinite { negative } => Parts::Infinite { negative: *negative },
                Form::Finite(binary) => Parts::Finite(Cow::Borrowed(binary)),
            },
        }
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

/// By value alone, ignoring precision and the sign of a zero.
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        fn rank(parts: &Parts<'_>) -> i8 {
            match parts {
                Parts::Zero { .. } => 0,
                Parts::Infinite { negative } => {
                    if *negative {
                        -2
                    } else {
                        2
                    }
                }
                Parts::Finite(binary) => {
                    if binary.negative {
                        -1
                    } else {
                        1
                    }
                }
            }
        }
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        match (self.parts(), other.parts()) {
            (Parts::Finite(a), Parts::Finite(b)) if a.negative == b.negative => {
                let by_size = a.cmp_magnitude(&b);
                if a.negative { by_size.reverse() } else { by_size }
            }
            (a, b) => rank(&a).cmp(&rank(&b)),
        }
    }
}

/// The shortest decimal that reads back as the same number at its precision, never with an exponent.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        decimal::write_shortest(self, f)
    }
}

/// Prints neither more nor less than [`Display`](std::fmt::Display).
impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
