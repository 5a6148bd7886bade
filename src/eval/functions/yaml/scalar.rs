//! The meaning of a YAML scalar: YAML 1.2's numbers, YAML 1.1's words for true and false, and timestamps.

use saphyr_parser::{ScalarStyle, Tag};

use crate::eval::functions::encoding;
use crate::value::{Number, Type, Value};

pub(super) enum Resolved {
    Value(Value),
    /// `<<`, which as a key merges its mapping.
    Merge,
}

/// The value of a scalar by its tag, or by its form. The error is a clause.
pub(super) fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Resolved, String> {
    let mut tag = match tag.map(|tag| (core_name(tag), tag)) {
        None => "",
        Some((Some(known @ ("str" | "bool" | "int" | "float" | "null" | "timestamp" | "binary")), _)) => {
            known
        }
        Some((_, tag)) => return Err(format!("the tag {tag} is not supported")),
    };
    if has_hint(text) && tag != "str" && tag != "binary" {
        if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
            return Ok(Resolved::Value(Value::string(text)));
        }
        if let Some(value) = word(text) {
            return Ok(Resolved::Value(value));
        }
        if tag.is_empty() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return Err("the language has no number that is not a number".to_owned());
        }
        match text.as_bytes().first() {
            Some(b'.') => {
                if let Ok(number) = Number::parse(text) {
                    return Ok(Resolved::Value(Value::number(number)));
                }
            }
            Some(b'0'..=b'9' | b'+' | b'-') => {
                if matches!(tag, "" | "timestamp")
                    && let Some(instant) = timestamp(text)
                {
                    return Ok(Resolved::Value(Value::string(&instant)));
                }
                if is_integer(text) {
                    tag = "int";
                } else if is_float(text) {
                    tag = "float";
                }
            }
            _ => {}
        }
    }
    let unreadable = || format!("{text:?} cannot be read as !!{tag}");
    let value = match tag {
        "" if text == "<<" => return Ok(Resolved::Merge),
        "binary" => {
            encoding::decode(text)
                .ok_or_else(|| format!("{text:?} is not valid Base64, as !!binary must be"))?;
            Value::string(text)
        }
        "bool" => word(text).filter(|value| value.as_bool().is_some()).ok_or_else(unreadable)?,
        "int" | "float" => Value::number(number(text).ok_or_else(unreadable)?),
        "timestamp" => Value::string(&timestamp(text).ok_or_else(unreadable)?),
        "null" => Value::null(Type::Dynamic),
        _ => Value::string(text),
    };
    Ok(Resolved::Value(value))
}

/// The name after `!!`, or after the long form of that.
pub(super) fn core_name(tag: &Tag) -> Option<&str> {
    match tag.is_yaml_core_schema() {
        true => Some(&tag.suffix),
        false if matches!(tag.handle.as_str(), "" | "!") => tag.suffix.strip_prefix("tag:yaml.org,2002:"),
        false => None,
    }
}

/// Whether something other than a string can begin with the first character.
fn has_hint(text: &str) -> bool {
    text.bytes().next().is_none_or(|first| b"+-0123456789yYnNtTfFoO~.".contains(&first))
}

fn word(text: &str) -> Option<Value> {
    let infinite = |value: f64| Number::from_f64(value).map(Value::number);
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(Value::bool(true))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Value::bool(false))
        }
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::null(Type::Dynamic)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => infinite(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => infinite(f64::NEG_INFINITY),
        _ => None,
    }
}

fn is_integer(text: &str) -> bool {
    let all =
        |digits: &str, allowed: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|b| allowed(&b));
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, |byte| (b'0'..=b'7').contains(byte));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, u8::is_ascii_hexdigit);
    }
    all(text.strip_prefix(['-', '+']).unwrap_or(text), u8::is_ascii_digit)
}

/// Digits with a point before, among or after them, and perhaps an exponent.
fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// A decimal of any size, or 64 bits after `0x`, `0o`, `0b` or a zero; underscores may stand between digits.
fn number(text: &str) -> Option<Number> {
    let plain = text.replace('_', "");
    if let Ok(number) = Number::parse(&plain) {
        return Some(number);
    }
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let (digits, radix) = match digits.get(..2) {
        Some("0x" | "0X") => (&digits[2..], 16),
        Some("0o" | "0O") => (&digits[2..], 8),
        Some("0b" | "0B") => (&digits[2..], 2),
        _ => return None,
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    if negative {
        i64::from_str_radix(&format!("-{digits}"), radix).ok().map(Number::from_i64)
    } else {
        u64::from_str_radix(digits, radix).ok().map(Number::from_u64)
    }
}

/// A date, or a date and a time, in RFC 3339 without fractions of a second.
fn timestamp(text: &str) -> Option<String> {
    let year = text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let rest = text[4..].strip_prefix('-')?;
    let (month, rest) = short_number(rest)?;
    let (day, rest) = short_number(rest.strip_prefix('-')?)?;
    let date = jiff::civil::Date::new(year.parse().ok()?, month, day).ok()?;
    let separator = rest.chars().next();
    if separator.is_none() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let (hour, rest) = short_number(rest.strip_prefix(['T', 't', ' '])?)?;
    let (minute, rest) = short_number(rest.strip_prefix(':')?)?;
    let (second, rest) = short_number(rest.strip_prefix(':')?)?;
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
        return None;
    }
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
            if end == 0 {
                return None;
            }
            &fraction[end..]
        }
        None => rest,
    };
    let zone = match (separator, rest) {
        (Some(' '), "") | (Some('T' | 't'), "Z") => "Z".to_owned(),
        (Some('T' | 't'), zone) => offset(zone)?,
        _ => return None,
    };
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{zone}"))
}

/// One or two digits, and what follows them.
fn short_number(text: &str) -> Option<(i8, &str)> {
    let count = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(count);
    Some((digits.parse().ok()?, rest))
}

/// `+02:00`; none is written as Z.
fn offset(zone: &str) -> Option<String> {
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(sign, "+" | "-")
        || !two_digits(hours)
        || !two_digits(minutes)
        || hours > "24"
        || minutes > "59"
    {
        return None;
    }
    Some(if hours == "00" && minutes == "00" { "Z".to_owned() } else { zone.to_owned() })
}
