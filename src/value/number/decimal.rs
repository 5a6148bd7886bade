//! Writes numbers as decimals: the fewest digits that identify the number at its precision, or a given number of them.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::binary::Binary;
use super::{Number, Parts, Repr};

/// The digits of a number without its sign: zero point these, times ten to the power of `point`. Neither the first nor
/// the last is zero; zero has none.
pub struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

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
            if is_short(&binary, precision) {
                return write!(f, "{}", binary.magnitude_as_integer());
            }
            let decimal = Decimal::shortest_of(&binary, precision);
            decimal.write_fixed(decimal.places(), f)
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
    match Decimal::exact(number) {
        Some(exact) => {
            let sign = if number.has_minus() { "-" } else { "" };
            format!("{sign}{}", exact.general(Some(DIGITS), 'e'))
        }
        None => number.to_string(),
    }
}

/// Whether a number is whole and has no more bits than the precision, so that no other digits are fewer.
fn is_short(binary: &Binary, precision: u32) -> bool {
    binary.is_integer() && binary.top() <= i64::from(precision)
}

impl Decimal {
    /// Every digit; `None` for infinities.
    pub fn exact(number: &Number) -> Option<Self> {
        Self::from_parts(number, |binary| Self::of(&binary.mantissa, binary.exponent))
    }

    /// The fewest digits that mean the number at its precision; `None` for infinities.
    pub fn shortest(number: &Number) -> Option<Self> {
        Self::from_parts(number, |binary| Self::shortest_of(binary, number.precision()))
    }

    fn from_parts(number: &Number, finite: impl Fn(&Binary) -> Self) -> Option<Self> {
        match number.parts() {
            Parts::Zero { .. } => Some(Self { digits: Vec::new(), point: 0 }),
            Parts::Infinite { .. } => None,
            Parts::Finite(binary) => Some(finite(&binary)),
        }
    }

    fn shortest_of(binary: &Binary, precision: u32) -> Self {
        let mut decimal = Self::of(&binary.mantissa, binary.exponent);
        if !is_short(binary, precision) {
            decimal.shorten(binary, precision);
        }
        decimal
    }

    /// With this many digits after the point.
    pub fn fixed(mut self, places: usize) -> String {
        self.round(self.point.saturating_add(places as i64));
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_fixed(places, &mut text);
        text
    }

    /// One digit, this many after the point, and an exponent after the letter.
    pub fn scientific(mut self, places: usize, letter: char) -> String {
        self.round(places as i64 + 1);
        self.write_scientific(places, letter)
    }

    /// With an exponent only if the number is large or small. Rounded to so many digits; without a precision, these are
    /// the shortest ones already.
    pub fn general(mut self, precision: Option<usize>, letter: char) -> String {
        let limit = match precision {
            Some(precision) => {
                let precision = precision.max(1) as i64;
                self.round(precision);
                let length = self.digits.len() as i64;
                if precision > length && length >= self.point { length } else { precision }
            }
            None => 6,
        };
        // This also holds for zero, which has no digits at all.
        let exponent = self.point - 1;
        if exponent < -4 || exponent >= limit {
            return self.write_scientific(self.digits.len().saturating_sub(1), letter);
        }
        let places = self.places();
        self.fixed(places)
    }

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

    /// How many digits there are after the point.
    fn places(&self) -> usize {
        usize::try_from(self.digits.len() as i64 - self.point).unwrap_or(0)
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
                (true, true) => self.round(index as i64 + 1),
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

    /// Rounds to this many digits, half to even; to none at all, and to zero, if the count is negative.
    fn round(&mut self, count: i64) {
        let Ok(count) = usize::try_from(count) else {
            *self = Self { digits: Vec::new(), point: 0 };
            return;
        };
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

    /// The number as it is, with zeros up to this many digits after the point.
    fn write_fixed(&self, places: usize, out: &mut impl Write) -> fmt::Result {
        let digit = |index: i64| usize::try_from(index).map_or('0', |index| char::from(self.digit(index)));
        if self.point <= 0 {
            out.write_char('0')?;
        }
        (0..self.point).try_for_each(|index| out.write_char(digit(index)))?;
        if places > 0 {
            out.write_char('.')?;
        }
        (0..places as i64).try_for_each(|place| out.write_char(digit(self.point + place)))
    }

    fn write_scientific(&self, places: usize, letter: char) -> String {
        let mut text = String::from(char::from(self.digit(0)));
        if places > 0 {
            text.push('.');
            text.extend((1..=places).map(|place| char::from(self.digit(place))));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        text + &format!("{letter}{sign}{:02}", exponent.unsigned_abs())
    }
}
