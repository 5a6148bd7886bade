//! Formats numbers by the verbs of a pattern, with exact digits, however many there are.

use super::directive::Directive;
use crate::value::{Decimal, Number};

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
