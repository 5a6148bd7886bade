//! Arithmetic: the precision of results, zeros and infinities.

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::binary::Binary;
use super::{LITERAL, Number, Parts, Repr};

impl Number {
    /// `None` for infinities that cancel each other.
    pub fn plus_checked(&self, other: &Self) -> Option<Self> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
            && fits(sum, precision)
        {
            return Some(Self(Repr::Small { value: sum, precision }));
        }
        Some(match (self.parts(), other.parts()) {
            (Parts::Infinite { negative: a }, Parts::Infinite { negative: b }) if a != b => return None,
            (Parts::Infinite { negative }, _) | (_, Parts::Infinite { negative }) => {
                Self::infinity(negative, precision)
            }
            (Parts::Zero { negative: a }, Parts::Zero { negative: b }) => Self::zero(a && b, precision),
            (Parts::Zero { .. }, Parts::Finite(b)) => {
                Self::from_binary(b.into_owned().rounded(precision, false), precision)
            }
            (Parts::Finite(a), Parts::Zero { .. }) => {
                Self::from_binary(a.into_owned().rounded(precision, false), precision)
            }
            (Parts::Finite(a), Parts::Finite(b)) => Self::from_binary(a.plus(&b, precision), precision),
        })
    }

    pub fn minus_checked(&self, other: &Self) -> Option<Self> {
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && let Some(difference) = a.checked_sub(*b)
        {
            let precision = self.precision().max(other.precision());
            if fits(difference, precision) {
                return Some(Self(Repr::Small { value: difference, precision }));
            }
        }
        self.plus_checked(&other.negated())
    }

    /// `None` for zero times infinity.
    pub fn times_checked(&self, other: &Self) -> Option<Self> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
            && product != 0
        {
            return Some(Self(Repr::Small {
                value: product,
                precision: precision.max(bits_needed(product)),
            }));
        }
        let negative = self.has_minus() != other.has_minus();
        Some(match (self.parts(), other.parts()) {
            (Parts::Infinite { .. }, Parts::Zero { .. }) | (Parts::Zero { .. }, Parts::Infinite { .. }) => {
                return None;
            }
            (Parts::Infinite { .. }, _) | (_, Parts::Infinite { .. }) => Self::infinity(negative, precision),
            (Parts::Zero { .. }, _) | (_, Parts::Zero { .. }) => Self::zero(negative, precision),
            (Parts::Finite(a), Parts::Finite(b)) => {
                let product = a.times(&b).rounded(LITERAL, false);
                let precision = precision.max(product.bits() as u32);
                Self::from_binary(product, precision)
            }
        })
    }

    /// The sum; zero for infinities that cancel each other, which [`Self::plus_checked`] reports.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.plus_checked(other).unwrap_or_else(|| Self::zero(false, self.precision().max(other.precision())))
    }

    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.minus_checked(other)
            .unwrap_or_else(|| Self::zero(false, self.precision().max(other.precision())))
    }

    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        self.times_checked(other)
            .unwrap_or_else(|| Self::zero(false, self.precision().max(other.precision())))
    }

    /// Infinite for division by zero; `None` if the result is not a number (0/0, infinity/infinity).
    pub fn divided_by(&self, other: &Self) -> Option<Self> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && *a != 0
            && *b != 0
            && a.checked_rem(*b) == Some(0)
            && let Some(quotient) = a.checked_div(*b)
            && fits(quotient, precision)
        {
            return Some(Self(Repr::Small { value: quotient, precision }));
        }
        let negative = self.has_minus() != other.has_minus();
        Some(match (self.parts(), other.parts()) {
            (Parts::Zero { .. }, Parts::Zero { .. }) | (Parts::Infinite { .. }, Parts::Infinite { .. }) => {
                return None;
            }
            (Parts::Zero { .. }, _) | (_, Parts::Infinite { .. }) => Self::zero(negative, precision),
            (_, Parts::Zero { .. }) | (Parts::Infinite { .. }, _) => Self::infinity(negative, precision),
            (Parts::Finite(a), Parts::Finite(b)) => Self::from_binary(a.divided_by(&b, precision), precision),
        })
    }

    /// The remainder, with the sign of the dividend; the dividend itself if the divisor is zero. It is computed from
    /// the rounded quotient, as in Terraform, so that the last digits agree for numbers with recurring digits. `None`
    /// for infinities.
    pub fn modulo(&self, other: &Self) -> Option<Self> {
        if self.is_infinite() || other.is_infinite() {
            return None;
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let precision = self.precision();
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && precision >= 64
            && let Some(rest) = a.checked_rem(*b)
        {
            return Some(Self(Repr::Small { value: rest, precision }));
        }
        let times = self.divided_by(other)?.truncated().without_minus_of_zero().with_precision(precision);
        let taken = match (times.parts(), other.parts()) {
            (Parts::Finite(a), Parts::Finite(b)) => {
                Self::from_binary(a.times(&b).rounded(precision, false), precision)
            }
            _ => Self::zero(other.has_minus(), precision),
        };
        self.minus_checked(&taken).map(|rest| rest.with_precision(precision))
    }

    /// The number with its sign turned, zero's too.
    #[must_use]
    pub fn negated(&self) -> Self {
        let precision = self.precision();
        match self.parts() {
            Parts::Zero { negative } => Self::zero(!negative, precision),
            Parts::Infinite { negative } => Self::infinity(!negative, precision),
            Parts::Finite(binary) => {
                if let Repr::Small { value, .. } = self.0
                    && let Some(value) = value.checked_neg()
                {
                    return Self(Repr::Small { value, precision });
                }
                let binary = binary.into_owned();
                Self::from_binary(Binary { negative: !binary.negative, ..binary }, precision)
            }
        }
    }

    /// Without its sign.
    #[must_use]
    pub fn absolute(&self) -> Self {
        if self.has_minus() { self.negated() } else { self.clone() }
    }

    #[must_use]
    pub fn floor(&self) -> Self {
        self.to_whole(true)
    }

    #[must_use]
    pub fn ceiling(&self) -> Self {
        self.to_whole(false)
    }

    /// Towards zero.
    #[must_use]
    pub fn truncated(&self) -> Self {
        match self.parts() {
            Parts::Finite(binary) if !binary.is_integer() => {
                let whole = Binary::new(binary.negative, binary.magnitude_as_integer(), 0);
                // What rounds to zero is a plain zero.
                let negative = binary.negative && !whole.mantissa.is_zero();
                Self::from_binary(Binary { negative, ..whole }, self.precision())
            }
            _ => self.clone(),
        }
    }

    fn to_whole(&self, down: bool) -> Self {
        match self.parts() {
            Parts::Finite(binary) if !binary.is_integer() => {
                let mut magnitude = binary.magnitude_as_integer();
                if binary.negative == down {
                    magnitude += 1u8;
                }
                let negative = binary.negative && !magnitude.is_zero();
                let precision = self.precision();
                Self::from_binary(Binary::new(negative, magnitude, 0).rounded(precision, false), precision)
            }
            Parts::Zero { .. } => Self::zero(false, self.precision()),
            _ => self.clone(),
        }
    }

    fn without_minus_of_zero(self) -> Self {
        if self.is_zero() { Self::zero(false, self.precision()) } else { self }
    }

    /// From a whole number of any size, with as many bits as it has and at least 64.
    pub fn from_integer(negative: bool, magnitude: UBig) -> Self {
        let precision = u32::try_from(magnitude.bit_len()).unwrap_or(u32::MAX).max(64);
        Self::from_binary(Binary::new(negative && !magnitude.is_zero(), magnitude, 0), precision)
    }
}

/// Whether a whole number needs no rounding at that precision.
fn fits(value: i64, precision: u32) -> bool {
    precision >= 64 || bits_needed(value) <= precision
}

fn bits_needed(value: i64) -> u32 {
    if value == 0 { 0 } else { 64 - value.unsigned_abs().leading_zeros() - value.trailing_zeros() }
}
