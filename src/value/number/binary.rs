//! A finite non-zero number: an odd integer times a power of two, of any size.

use std::cmp::Ordering;

use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// The greatest exponent of two, up and down, some 315,000 decimal digits: enough for any computation, and small enough
/// that printing one number cannot block the machine. Beyond it a number is infinite or zero, as it is in Terraform
/// beyond two thousand times as many digits.
const EXPONENT_LIMIT: i64 = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binary {
    pub(super) negative: bool,
    /// Odd, or zero if rounding or subtracting left nothing.
    pub(super) mantissa: UBig,
    pub(super) exponent: i64,
}

impl Binary {
    pub(super) fn new(negative: bool, mantissa: UBig, exponent: i64) -> Self {
        match mantissa.trailing_zeros() {
            None | Some(0) => Self { negative, mantissa, exponent },
            Some(zeros) => Self { negative, mantissa: mantissa >> zeros, exponent: exponent + zeros as i64 },
        }
    }

    pub(super) fn bits(&self) -> usize {
        self.mantissa.bit_len()
    }

    /// The exponent just above the highest bit: the magnitude is at least half of two to this power.
    pub(super) fn top(&self) -> i64 {
        self.exponent + self.bits() as i64
    }

    /// Rounded to this many bits, half to even. With `sticky`, the true value is slightly further from zero.
    pub(super) fn rounded(self, precision: u32, sticky: bool) -> Self {
        let bits = self.bits();
        let precision = precision as usize;
        if bits <= precision {
            return self;
        }
        let drop = bits - precision;
        let half = self.mantissa.bit(drop - 1);
        // An odd mantissa has its lowest bit set, so that everything below the half is zero only where the
        // half is that bit.
        let beyond = sticky || self.mantissa.trailing_zeros().is_some_and(|zeros| zeros < drop - 1);
        let mut mantissa = self.mantissa >> drop;
        if half && (beyond || mantissa.bit(0)) {
            mantissa += 1u8;
        }
        Self::new(self.negative, mantissa, self.exponent + drop as i64)
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.top() > EXPONENT_LIMIT
    }

    pub(super) fn is_too_small(&self) -> bool {
        self.top() < -EXPONENT_LIMIT
    }

    /// The magnitude without its fraction.
    pub(super) fn magnitude_as_integer(&self) -> UBig {
        match usize::try_from(self.exponent) {
            Ok(up) => &self.mantissa << up,
            Err(_) => &self.mantissa >> self.exponent.unsigned_abs() as usize,
        }
    }

    pub(super) fn to_i64(&self) -> Option<i64> {
        if self.exponent < 0 || self.top() > 64 {
            return None;
        }
        let magnitude = u64::try_from(self.magnitude_as_integer()).ok()?;
        if self.negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
    }

    pub(super) fn to_f64(&self) -> f64 {
        const LEAST: i64 = -1074;
        let sign = if self.negative { -1.0 } else { 1.0 };
        let top = self.top();
        if top > 1024 {
            return sign * f64::INFINITY;
        }
        // Below the normal range fewer bits are left; at a half of the least number of all none is.
        let room = (top - LEAST).min(53);
        if room < 0 {
            return sign * 0.0;
        }
        if room == 0 {
            return if self.bits() > 1 { sign * f64::from_bits(1) } else { sign * 0.0 };
        }
        let rounded = self.clone().rounded(room as u32, false);
        if rounded.top() > 1024 {
            return sign * f64::INFINITY;
        }
        let Ok(mantissa) = u64::try_from(&rounded.mantissa) else {
            return sign * f64::INFINITY;
        };
        let scale = |power: i64| f64::from_bits(((power + 1023) as u64) << 52);
        let mantissa = mantissa as f64;
        // Two steps, for a power of two that is itself out of the normal range.
        let value = if rounded.exponent < -1000 {
            mantissa * scale(rounded.exponent + 1000) * scale(-1000)
        } else if rounded.exponent > 1000 {
            mantissa * scale(rounded.exponent - 1000) * scale(1000)
        } else {
            mantissa * scale(rounded.exponent)
        };
        sign * value
    }

    pub(super) fn cmp_magnitude(&self, other: &Self) -> Ordering {
        self.top().cmp(&other.top()).then_with(|| {
            // The same highest bit: the difference of the exponents is that of the mantissas' lengths.
            match self.exponent.cmp(&other.exponent) {
                Ordering::Equal => self.mantissa.cmp(&other.mantissa),
                Ordering::Less => {
                    self.mantissa.cmp(&(&other.mantissa << (other.exponent - self.exponent) as usize))
                }
                Ordering::Greater => {
                    (&self.mantissa << (self.exponent - other.exponent) as usize).cmp(&other.mantissa)
                }
            }
        })
    }

    /// The sum, rounded.
    pub(super) fn plus(&self, other: &Self, precision: u32) -> Self {
        let (large, small) = if self.top() >= other.top() { (self, other) } else { (other, self) };
        // What lies far below the last bit that counts only pushes the rounding: a single bit there does the
        // same, and spares aligning numbers that are millions of bits apart.
        let floor = large.exponent.min(large.top() - i64::from(precision) - 2) - 2;
        let small = if small.top() < floor {
            std::borrow::Cow::Owned(Self { negative: small.negative, mantissa: UBig::ONE, exponent: floor })
        } else {
            std::borrow::Cow::Borrowed(small)
        };
        let exponent = large.exponent.min(small.exponent);
        let a = &large.mantissa << (large.exponent - exponent) as usize;
        let b = &small.mantissa << (small.exponent - exponent) as usize;
        let sum = if large.negative == small.negative {
            Self::new(large.negative, a + b, exponent)
        } else if a >= b {
            // Equal magnitudes leave a zero, and that one is positive.
            let rest = a - b;
            Self::new(large.negative && !rest.is_zero(), rest, exponent)
        } else {
            Self::new(small.negative, b - a, exponent)
        };
        sum.rounded(precision, false)
    }

    /// The exact product.
    pub(super) fn times(&self, other: &Self) -> Self {
        // Odd times odd is odd.
        Self {
            negative: self.negative != other.negative,
            mantissa: &self.mantissa * &other.mantissa,
            exponent: self.exponent + other.exponent,
        }
    }

    /// The quotient, rounded.
    pub(super) fn divided_by(&self, other: &Self, precision: u32) -> Self {
        use dashu_int::ops::DivRem;
        // Two bits more than asked for, and whether anything is left, decide any rounding.
        let wanted = precision as usize + 2 + other.bits();
        let shift = wanted.saturating_sub(self.bits());
        let (quotient, rest) = (&self.mantissa << shift).div_rem(&other.mantissa);
        let exponent = self.exponent - other.exponent - shift as i64;
        let negative = self.negative != other.negative;
        // One more bit below carries the remainder, so that trailing zeros stay in their place.
        let mantissa = (quotient << 1usize) + UBig::from(u8::from(!rest.is_zero()));
        Self::new(negative, mantissa, exponent - 1).rounded(precision, false)
    }
}
