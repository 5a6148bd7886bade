//! Writes numbers as decimals: the fewest digits that identify the number at its precision, or a given number of them.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::binary::Binary;
use super::{Number, Parts, Repr};

pub(super) fn write_shortest(number: &Number, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let precision = number.precision();
    if let Repr::Small { value, .. } = &number.0
        && (precision >= 64 || value.unsigned_abs() < 1 << precision)
    {
        return fmt::Display::fmt(value, f);
    }
    match number.parts() {
        Parts::Zero { negative } => f.write_str(if negative { "-0" } else { "0" }),
        Parts::Infinite { negative } => f.write_str(if negative { "-Inf" } else { "+Inf" }),
        Parts::Finite(binary) => {
            if binary.negative {
                f.write_char('-')?;
            }
            // A whole number with no more bits than the precision has no shorter form.
            if binary.is_integer() && binary.top() <= i64::from(precision) {
                return write!(f, "{}", binary.magnitude_as_integer());
            }
            let mut decimal = Decimal::of(&binary.mantissa, binary.exponent);
            decimal.shorten(&binary, precision);
            decimal.write_plain(f)
        }
    }
}

/// With ten significant digits, and an exponent for very large or very small numbers.
pub(super) fn short(number: &Number) -> String {
    const DIGITS: usize = 10;
    if let Repr::Small { value, .. } = &number.0
        && value.unsigned_abs() < 10_000_000_000
    {
        return value.to_string();
    }
    let mut text = String::new();
    match number.parts() {
        Parts::Zero { negative } => text.push_str(if negative { "-0" } else { "0" }),
        Parts::Infinite { negative } => text.push_str(if negative { "-Inf" } else { "+Inf" }),
        Parts::Finite(binary) => {
            if binary.negative {
                text.push('-');
            }
            let mut decimal = Decimal::of(&binary.mantissa, binary.exponent);
            decimal.round(DIGITS);
            let length = decimal.digits.len() as i64;
            let widest =
                if DIGITS as i64 > length && length >= decimal.point { length } else { DIGITS as i64 };
            let exponent = decimal.point - 1;
            if exponent < -4 || exponent >= widest {
                decimal.write_scientific(&mut text);
            } else {
                // Writing to a string cannot fail.
                let _ = decimal.write_plain(&mut text);
            }
        }
    }
    text
}

/// Every digit of the magnitude, and where the point is.
pub(super) fn exact(number: &Number) -> Option<(Vec<u8>, i64)> {
    match number.parts() {
        Parts::Zero { .. } => Some((Vec::new(), 0)),
        Parts::Infinite { .. } => None,
        Parts::Finite(binary) => {
            let decimal = Decimal::of(&binary.mantissa, binary.exponent);
            Some((decimal.digits, decimal.point))
        }
    }
}

/// Zero point digits, times ten to the power of `point`. The first digit is not zero and neither is the last.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Exactly this integer times a power of two.
    fn of(mantissa: &UBig, exponent: i64) -> Self {
        let (integer, shift) = if exponent >= 0 {
            (mantissa << exponent as usize, 0)
        } else {
            // One half is five tenths.
            (mantissa * UBig::from(5u8).pow(exponent.unsigned_abs() as usize), exponent)
        };
        let digits = integer.to_string().into_bytes();
        let point = digits.len() as i64 + shift;
        let mut decimal = Self { digits, point };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        let kept = self.digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        self.digits.truncate(kept);
        if kept == 0 {
            self.point = 0;
        }
    }

    fn digit(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    /// Cuts the digits as soon as what is left still means the number: anything less than half a unit of its last
    /// bit away from it (or just half, where the rounding to even would come back to it).
    ///
    /// The digits of the three numbers are compared by position even where a bound has a digit less, and the bound
    /// below a power of two is as far away as the one above: both as in the reference, whose digits must be ours.
    fn shorten(&mut self, number: &Binary, precision: u32) {
        let bits = precision as usize + 1;
        let have = number.bits();
        // So that one is half a unit.
        let (scaled, exponent) = if have <= bits {
            (&number.mantissa << (bits - have), number.exponent - (bits - have) as i64)
        } else {
            (&number.mantissa >> (have - bits), number.exponent + (have - bits) as i64)
        };
        let even = !scaled.bit(1);
        let lower = Self::of(&(&scaled - UBig::ONE), exponent);
        let upper = Self::of(&(&scaled + UBig::ONE), exponent);
        for index in 0..self.digits.len() {
            let (low, digit, high) = (lower.digit(index), self.digit(index), upper.digit(index));
            let may_cut = low != digit || even && index + 1 == lower.digits.len();
            let may_raise = digit != high && (even || digit + 1 < high || index + 1 < upper.digits.len());
            match (may_cut, may_raise) {
                (true, true) => self.round(index + 1),
                (true, false) => self.cut(index + 1),
                (false, true) => self.raise(index + 1),
                (false, false) => continue,
            }
            return;
        }
    }

    fn cut(&mut self, count: usize) {
        if count < self.digits.len() {
            self.digits.truncate(count);
            self.trim();
        }
    }

    /// Rounds to this many digits, away from zero.
    fn raise(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        self.digits.truncate(count);
        while let Some(digit) = self.digits.pop() {
            if digit < b'9' {
                self.digits.push(digit + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    /// Rounds to this many digits, half to even.
    fn round(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        let half = self.digit(count).cmp(&b'5').then(if count + 1 < self.digits.len() {
            Ordering::Greater
        } else {
            Ordering::Equal
        });
        let odd = count > 0 && self.digit(count - 1) % 2 == 1;
        if half == Ordering::Greater || half == Ordering::Equal && odd {
            self.raise(count);
        } else {
            self.cut(count);
        }
    }

    fn write_plain(&self, out: &mut impl Write) -> fmt::Result {
        let digits = std::str::from_utf8(&self.digits).map_err(|_| fmt::Error)?;
        let zeros = |out: &mut dyn Write, count: usize| (0..count).try_for_each(|_| out.write_char('0'));
        match usize::try_from(self.point) {
            Ok(0) | Err(_) => {
                out.write_str("0.")?;
                zeros(out, self.point.unsigned_abs() as usize)?;
                out.write_str(digits)
            }
            Ok(point) if point >= digits.len() => {
                out.write_str(digits)?;
                zeros(out, point - digits.len())
            }
            Ok(point) => {
                out.write_str(&digits[..point])?;
                out.write_char('.')?;
                out.write_str(&digits[point..])
            }
        }
    }

    fn write_scientific(&self, out: &mut String) {
        for (index, digit) in self.digits.iter().enumerate() {
            if index == 1 {
                out.push('.');
            }
            out.push(char::from(*digit));
        }
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a string cannot fail.
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
    }
}
