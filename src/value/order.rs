//! The order of elements in a set, and their identity.

use std::cmp::Ordering;
use std::fmt::Write;

use super::equality::known_equal;
use super::{Kind, Value, deep};

/// The content of a set with these elements: each element once (the first of equal ones), in order.
///
/// Two elements are identical only if they are equal and are written in the same way: `0` and `-0` are equal and yet
/// two elements, as in Terraform. Unknown elements cannot be compared, so all are kept.
pub(super) fn sort_and_deduplicate(mut items: Vec<Value>) -> Vec<Value> {
    if items.len() < 2 {
        return items;
    }
    if items.iter().all(|item| matches!(item.kind(), Kind::String(_))) {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        items.dedup_by(|a, b| a.as_str() == b.as_str());
        return items;
    }
    let is_plain =
        |item: &Value| matches!(item.kind(), Kind::Number(number) if number.to_i64().is_some_and(|n| n != 0));
    if items.iter().all(is_plain) {
        items.sort_by(compare);
        items.dedup_by(|a, b| compare(a, b).is_eq());
        return items;
    }

    let mut keyed: Vec<(String, Value)> = items.into_iter().map(|item| (written(&item), item)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    let mut kept: Vec<(String, Value)> = Vec::with_capacity(keyed.len());
    for (key, item) in keyed {
        let alike = kept.iter().rev().take_while(|(other, _)| *other == key);
        if !alike.into_iter().any(|(_, other)| known_equal(other, &item) == Some(true)) {
            kept.push((key, item));
        }
    }
    // Elements that are equal in this order are ordered by their written forms.
    kept.sort_by(|a, b| compare_kinds(&a.1, &b.1).unwrap_or_else(|| a.0.cmp(&b.0)));
    kept.into_iter().map(|(_, item)| item).collect()
}

/// Strings by bytes, numbers by size, false before true, unknown after known and null last; compound values by the
/// serialised form by which Terraform orders them.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    compare_kinds(a, b).unwrap_or_else(|| written(a).cmp(&written(b)))
}

/// The order, if it can be determined without writing the values out.
fn compare_kinds(a: &Value, b: &Value) -> Option<Ordering> {
    fn rank(value: &Value) -> u8 {
        match value.kind() {
            Kind::Null(_) => 2,
            Kind::Unknown(..) => 1,
            _ => 0,
        }
    }
    match (a.kind(), b.kind()) {
        (Kind::String(a), Kind::String(b)) => Some(a.cmp(b)),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a.cmp(b)),
        // Negative zero comes first.
        (Kind::Number(a), Kind::Number(b)) => Some(
            a.cmp(b)
                .then_with(|| if a.is_zero() { b.has_minus().cmp(&a.has_minus()) } else { Ordering::Equal }),
        ),
        _ => match rank(a).cmp(&rank(b)) {
            Ordering::Equal if rank(a) == 0 => None,
            order => Some(order),
        },
    }
}

/// A text that is equal for equal values, and sorts as Terraform sorts compound elements.
fn written(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, text: &mut String) {
    let mut write_items = |open: char, close: char, items: &[Value]| {
        text.push(open);
        for item in items {
            deep(|| write_value(item, text));
            text.push(';');
        }
        text.push(close);
    };
    match value.kind() {
        Kind::Unknown(..) => text.push('?'),
        Kind::Null(_) => text.push('~'),
        Kind::Bool(value) => text.push(if *value { 'T' } else { 'F' }),
        Kind::Number(number) => text.push_str(&number.to_short_text()),
        Kind::String(string) => write_quoted(string, text),
        Kind::List(list) => write_items('[', ']', &list.items),
        Kind::Set(set) => write_items('[', ']', set.items()),
        Kind::Tuple(items) => write_items('<', '>', items),
        Kind::Map(map) => {
            text.push('{');
            for (key, item) in &map.items {
                write_quoted(key, text);
                text.push(':');
                deep(|| write_value(item, text));
                text.push(';');
            }
            text.push('}');
        }
        Kind::Object(attributes) => {
            text.push('<');
            for value in attributes.values() {
                deep(|| write_value(value, text));
                text.push(';');
            }
            text.push('>');
        }
        Kind::Type(ty) => {
            text.push('\u{ab}');
            text.push_str(&ty.constraint_text());
            text.push('\u{bb}');
        }
    }
}

/// In quotes, with escapes for what cannot be printed: their positions decide the order.
fn write_quoted(string: &str, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        // Writing to a string cannot fail.
        let _ = match c {
            '"' | '\\' => write!(text, "\\{c}"),
            ' '..='~' => text.write_char(c),
            '\u{7}' => text.write_str("\\a"),
            '\u{8}' => text.write_str("\\b"),
            '\u{c}' => text.write_str("\\f"),
            '\n' => text.write_str("\\n"),
            '\r' => text.write_str("\\r"),
            '\t' => text.write_str("\\t"),
            '\u{b}' => text.write_str("\\v"),
            '\0'..='\u{7f}' => write!(text, "\\x{:02x}", u32::from(c)),
            c if is_printable(c) => text.write_char(c),
            '\u{80}'..='\u{ffff}' => write!(text, "\\u{:04x}", u32::from(c)),
            c => write!(text, "\\U{:08x}", u32::from(c)),
        };
    }
    text.push('"');
}

/// A letter, mark, number, punctuation or symbol.
fn is_printable(c: char) -> bool {
    // The standard library only reveals this by escaping, and always escapes a leading combining mark.
    let mut buffer = [b'a'; 5];
    let length = c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..=length]).is_ok_and(|pair| pair.escape_debug().count() == 2)
}
