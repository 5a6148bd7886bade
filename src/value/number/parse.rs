//! Parses numbers, with the rounding of Terraform.

use dashu_int::UBig;

use super::binary::Binary;
use super::{LITERAL, Number, ParseNumberError};

/// Parsing takes more than linear time: this many digits take a moment.
const MOST_DIGITS: usize = 1_000_000;

/// A sign, digits with at most one point, and optionally an exponent of ten (`e`) or two (`p`); or an infinity.
pub(super) fn parse(text: &str) -> Result<Number, ParseNumberError> {
    if let Some(small) = parse_small(text) {
        return Ok(small);
    }
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "Inf" || rest == "inf" {
        return Ok(Number::infinity(negative, LITERAL));
    }
    let (mantissa, exponent) = match rest.find(['e', 'E', 'p', 'P']) {
        Some(at) => (&rest[..at], Some((rest.as_bytes()[at].eq_ignore_ascii_case(&b'p'), &rest[at + 1..]))),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() > MOST_DIGITS {
        return Err(ParseNumberError);
    }
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return Err(ParseNumberError);
    }
    let (binary_exponent, power) = match exponent {
        None => (false, 0),
        Some((binary, text)) => (binary, parse_exponent(text)?),
    };
    let digits = if fraction.is_empty() {
        std::borrow::Cow::Borrowed(whole)
    } else {
        std::borrow::Cow::Owned([whole, fraction].concat())
    };
    let magnitude = UBig::from_str_radix(&digits, 10).map_err(|_| ParseNumberError)?;
    if magnitude.is_zero() {
        return Ok(Number::zero(negative, LITERAL));
    }

    // Ten is two times five: the twos go to the exponent, and the fives are multiplied or divided by.
    let point = i64::try_from(fraction.len()).map_err(|_| ParseNumberError)?;
    let (fives, twos) =
        if binary_exponent { (-point, power - point) } else { (power - point, power - point) };
    let value = Binary::new(negative, magnitude, twos);
    // Beyond this Terraform refuses the text; within it, too large means infinite and too small means zero.
    if i32::try_from(value.top()).is_err() {
        return Err(ParseNumberError);
    }
    let value = match fives {
        0 => value.rounded(LITERAL, false),
        1.. => value.times(&power_of_five(fives.unsigned_abs())).rounded(LITERAL, false),
        _ => value.divided_by(&power_of_five(fives.unsigned_abs()), LITERAL),
    };
    Ok(Number::from_binary(value, LITERAL))
}

/// Most numbers: a few digits and nothing else.
fn parse_small(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 18 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = bytes.iter().fold(0i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(Number(super::Repr::Small { value, precision: LITERAL }))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_exponent(text: &str) -> Result<i64, ParseNumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !all_digits(digits) {
        return Err(ParseNumberError);
    }
    let power: i64 = text.parse().map_err(|_| ParseNumberError)?;
    // Far beyond anything accepted, and small enough that sums of exponents cannot overflow.
    if power.unsigned_abs() > 1 << 40 { Err(ParseNumberError) } else { Ok(power) }
}

/// Five to that power with 64 bits more than a literal has: exact up to the 248th, and above it rounded at each step as
/// in Terraform.
fn power_of_five(power: u64) -> Binary {
    const BITS: u32 = LITERAL + 64;
    /// The greatest power that fits a machine word, from which Terraform continues.
    const START: u64 = 27;
    if power <= START {
        return Binary::new(false, UBig::from(5u8).pow(power as usize), 0);
    }
    let mut result = Binary::new(false, UBig::from(5u8).pow(START as usize), 0);
    let mut factor = Binary::new(false, UBig::from(5u8), 0);
    let mut rest = power - START;
    while rest > 0 {
        if rest & 1 == 1 {
            result = result.times(&factor).rounded(BITS, false);
        }
        factor = factor.times(&factor).rounded(BITS + 64, false);
        rest >>= 1;
    }
    result
}

pub(super) fn parse_radix(text: &str, radix: u32) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !(2..=62).contains(&radix) {
        return None;
    }
    let values = digits
        .bytes()
        .map(|byte| {
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                b'A'..=b'Z' if radix <= 36 => byte - b'A' + 10,
                b'A'..=b'Z' => byte - b'A' + 36,
                _ => return None,
            };
            (u32::from(value) < radix).then_some(value)
        })
        .collect::<Option<Vec<u8>>>()?;
    Some(Number::from_integer(negative, from_digits(&values, radix)))
}

/// Splits the digits in halves until they fit a word, so that long texts stay far below quadratic time.
fn from_digits(digits: &[u8], radix: u32) -> UBig {
    if digits.len() <= 10 {
        let value = digits.iter().fold(0u64, |sum, digit| sum * u64::from(radix) + u64::from(*digit));
        return UBig::from(value);
    }
    let (high, low) = digits.split_at(digits.len() / 2);
    from_digits(high, radix) * UBig::from(radix).pow(low.len()) + from_digits(low, radix)
}
