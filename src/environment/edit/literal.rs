//! Writes values as a person would.

use std::fmt::Write;

use crate::syntax::is_identifier;
use crate::value::{Kind, Value};

/// The expression for a value, on one line. `None` if there is none: for unknown values and types.
pub fn literal(value: &Value) -> Option<String> {
    let mut text = String::new();
    write(value, &mut text).then_some(text)
}

fn write(value: &Value, text: &mut String) -> bool {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match value.kind() {
        Kind::Null(_) => put(text, "null"),
        Kind::Bool(value) => put(text, if *value { "true" } else { "false" }),
        Kind::Number(number) => put(text, &number.to_string()),
        Kind::String(string) => quoted(string, text),
        Kind::Tuple(_) | Kind::List(_) | Kind::Set(_) => {
            text.push('[');
            let items = value.items().unwrap_or_default();
            let whole = items.iter().enumerate().all(|(at, item)| {
                text.push_str(if at > 0 { ", " } else { "" });
                write(item, text)
            });
            whole && put(text, "]")
        }
        Kind::Object(_) | Kind::Map(_) => {
            text.push('{');
            let mut has_any = false;
            for (name, item) in value.entries().into_iter().flatten() {
                text.push_str(if has_any { ", " } else { " " });
                has_any = true;
                // A keyword of the language would be read as one.
                let is_plain = is_identifier(name) && !["for", "null", "true", "false"].contains(&&**name);
                let named = if is_plain { put(text, name) } else { quoted(name, text) };
                text.push_str(" = ");
                if !named || !write(item, text) {
                    return false;
                }
            }
            put(text, if has_any { " }" } else { "}" })
        }
        Kind::Unknown(..) | Kind::Type(_) => false,
    })
}

fn put(text: &mut String, what: &str) -> bool {
    text.push_str(what);
    true
}

/// Writes a quoted string without templates and line breaks.
fn quoted(string: &str, text: &mut String) -> bool {
    text.push('"');
    let mut characters = string.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => text.extend([character, character]),
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                write!(text, "\\u{:04x}", u32::from(control)).expect("writing to a string cannot fail");
            }
            _ => text.push(character),
        }
    }
    text.push('"');
    true
}
