//! Formats numbers by the verbs of a pattern, with exact digits, however many there are.

use super::directive::Directive;
use crate::value::Number;

/// `%b %d %o %x %X`.
pub(super) fn append_integer(directive: &Directive<'_>, number: &Number, out: &mut String) {
    let (radix, prefix) = match directive.verb {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let text = number.to_integer_text_radix(radix).unwrap_or_default();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.as_str()),
    };
    if directive.precision == Some(0) && digits == "0" {
        return;
    }
    let digits = if directive.verb == 'X' { digits.to_ascii_uppercase() } else { digits.to_owned() };
    let prefix = if directive.sharp { prefix } else { "" };
    let sign = sign(directive, negative);
    let mut zeros = directive.precision.unwrap_or(0).saturating_sub(digits.len());
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = directive.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if directive.minus {
        right = missing;
    } else if directive.zero && directive.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    out.extend(std::iter::repeat_n(' ', left));
    out.push_str(sign);
    out.push_str(prefix);
    out.extend(std::iter::repeat_n('0', zeros));
    out.push_str(&digits);
    out.extend(std::iter::repeat_n(' ', right));
}

/// `%e %E %f %g %G`.
pub(super) fn append_float(directive: &Directive<'_>, number: &Number, out: &mut String) {
    let (digits, sign) = match Decimal::exact(number) {
        None => {
            // An infinity always has a sign.
            let sign = match (number.has_minus(), directive.space) {
                (true, _) => "-",
                (false, true) => " ",
                (false, false) => "+",
            };
            ("Inf".to_owned(), sign)
        }
        Some(exact) => (magnitude(directive, number, exact), sign(directive, number.has_minus())),
    };
    let missing = directive.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    let padding = |character| std::iter::repeat_n(character, missing);
    if directive.zero && !number.is_infinite() {
        out.push_str(sign);
        out.extend(padding('0'));
        out.push_str(&digits);
    } else if directive.minus {
        out.push_str(sign);
        out.push_str(&digits);
        out.extend(padding(' '));
    } else {
        out.extend(padding(' '));
        out.push_str(sign);
        out.push_str(&digits);
    }
}

/// As `%v` shows a number: the fewest digits that mean it, with an exponent if it is large or small.
pub(super) fn shortest(number: &Number) -> String {
    let sign = if number.has_minus() { "-" } else { "" };
    match Decimal::shortest(number) {
        None => number.to_string(),
        Some(decimal) => format!("{sign}{}", decimal.general(None, 'e')),
    }
}

fn magnitude(directive: &Directive<'_>, number: &Number, exact: Decimal) -> String {
    let places = directive.precision.unwrap_or(6);
    match directive.verb {
        'f' => exact.fixed(places),
        'e' | 'E' => exact.scientific(places, directive.verb),
        letter => {
            let letter = if letter == 'G' { 'E' } else { 'e' };
            match directive.precision {
                Some(precision) => exact.general(Some(precision), letter),
                None => Decimal::shortest(number).unwrap_or(exact).general(None, letter),
            }
        }
    }
}

fn sign(directive: &Directive<'_>, negative: bool) -> &'static str {
    match (negative, directive.plus, directive.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

/// Zero point digits, times ten to the power of `point`; no digits at all are zero.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Every digit of the magnitude; None for an infinity.
    fn exact(number: &Number) -> Option<Self> {
        let (digits, point) = number.exact_digits()?;
        Some(Self { digits, point })
    }

    fn shortest(number: &Number) -> Option<Self> {
        if number.is_infinite() {
            return None;
        }
        let text = number.to_string();
        let text = text.trim_start_matches('-');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = all.iter().take_while(|digit| **digit == b'0').count();
        let end = all.iter().rposition(|digit| *digit != b'0').map_or(leading, |last| last + 1);
        let digits = all.get(leading..end).unwrap_or_default().to_vec();
        let point = if digits.is_empty() { 0 } else { whole.len() as i64 - leading as i64 };
        Some(Self { digits, point })
    }

    /// Rounds to this many digits, half to even.
    fn round(&mut self, count: i64) {
        let Ok(count) = usize::try_from(count) else {
            *self = Self { digits: Vec::new(), point: 0 };
            return;
        };
        let Some(next) = self.digits.get(count).copied() else { return };
        let exactly_half = next == b'5' && count + 1 == self.digits.len();
        let odd = count > 0 && self.digits[count - 1] % 2 == 1;
        self.digits.truncate(count);
        if next > b'5' || next == b'5' && (!exactly_half || odd) {
            self.raise();
        } else {
            while self.digits.last() == Some(&b'0') {
                self.digits.pop();
            }
            if self.digits.is_empty() {
                self.point = 0;
            }
        }
    }

    fn raise(&mut self) {
        while let Some(digit) = self.digits.pop() {
            if digit < b'9' {
                self.digits.push(digit + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    fn fixed(mut self, places: usize) -> String {
        self.round(self.point.saturating_add(places as i64));
        let mut out = String::new();
        for index in 0..self.point.max(0) {
            out.push(self.digit(index));
        }
        if self.point <= 0 {
            out.push('0');
        }
        if places > 0 {
            out.push('.');
            for place in 0..places as i64 {
                out.push(self.digit(self.point + place));
            }
        }
        out
    }

    fn scientific(mut self, places: usize, letter: char) -> String {
        self.round(places as i64 + 1);
        self.write_scientific(places, letter)
    }

    /// Without a precision, the digits are the shortest ones already.
    fn general(mut self, precision: Option<usize>, letter: char) -> String {
        let limit = match precision {
            Some(precision) => {
                let precision = precision.max(1) as i64;
                self.round(precision);
                let length = self.digits.len() as i64;
                if precision > length && length >= self.point { length } else { precision }
            }
            None => 6,
        };
        let length = self.digits.len();
        // This also holds for zero, which has no digits at all.
        let exponent = self.point - 1;
        if exponent < -4 || exponent >= limit {
            return self.write_scientific(length.saturating_sub(1), letter);
        }
        let places = usize::try_from(length as i64 - self.point).unwrap_or(0);
        self.fixed(places)
    }

    fn write_scientific(&self, places: usize, letter: char) -> String {
        let mut out = String::new();
        out.push(self.digit(0));
        if places > 0 {
            out.push('.');
            for place in 1..=places as i64 {
                out.push(self.digit(place));
            }
        }
        let exponent = self.exponent();
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("{letter}{sign}{:02}", exponent.unsigned_abs()));
        out
    }

    fn exponent(&self) -> i64 {
        if self.digits.is_empty() { 0 } else { self.point - 1 }
    }

    fn digit(&self, index: i64) -> char {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.digits.get(index))
            .map_or('0', |digit| char::from(*digit))
    }
}
