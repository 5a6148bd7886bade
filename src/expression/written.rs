//! Writes values as source text that evaluates to the same value.

#[cfg(test)]
mod tests;

use std::fmt::Write;

use crate::diag::Source;
use crate::syntax::{format as lay_out, is_identifier};
use crate::value::{Kind, Value};

/// The value as a formatted expression; `None` if something in it is unknown or has no notation.
pub fn write_expression(value: &Value) -> Option<String> {
    // The formatter works on files, so the expression is put into one.
    let text = write_arguments([("x", value)])?;
    Some(text.strip_prefix("x = ")?.trim_end().to_owned())
}

/// Lines of `name = value`, formatted. The names must be identifiers.
pub fn write_arguments<'a>(arguments: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Option<String> {
    let mut text = String::new();
    for (name, value) in arguments {
        text.push_str(name);
        text.push_str(" = ");
        write(value, &mut text)?;
        text.push('\n');
    }
    lay_out(&Source::new("<written>", text)).ok()
}

fn write(value: &Value, text: &mut String) -> Option<()> {
    match value.kind() {
        Kind::Unknown(..) | Kind::Type(_) => return None,
        Kind::Null(_) => text.push_str("null"),
        Kind::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => write!(text, "{number}").ok()?,
        Kind::String(string) => write_string(string, text),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            text.push('[');
            for (at, item) in value.items().unwrap_or_default().iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                deeper(item, text)?;
            }
            text.push(']');
        }
        Kind::Map(_) | Kind::Object(_) => {
            text.push('{');
            for (at, (key, item)) in value.entries().into_iter().flatten().enumerate() {
                text.push_str(if at == 0 { "\n" } else { "" });
                if is_identifier(key) {
                    text.push_str(key);
                } else {
                    write_string(key, text);
                }
                text.push_str(" = ");
                deeper(item, text)?;
                text.push('\n');
            }
            text.push('}');
        }
    }
    Some(())
}

fn deeper(value: &Value, text: &mut String) -> Option<()> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || write(value, text))
}

/// Writes a quoted string on one line, without templates.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    let mut characters = string.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '$' | '%' => {
                text.push(character);
                if characters.peek() == Some(&'{') {
                    text.push(character);
                }
            }
            _ if is_visible(character) => text.push(character),
            _ => {
                let code = u32::from(character);
                let escape =
                    if code < 0x1_0000 { format!("\\u{code:04x}") } else { format!("\\U{code:08x}") };
                text.push_str(&escape);
            }
        }
    }
    text.push('"');
}

/// Whether a character is visible. The standard library only reveals this by escaping; a letter goes before it, because
/// a leading combining mark is always escaped.
fn is_visible(character: char) -> bool {
    character == '\'' || !format!("a{character}").escape_debug().to_string().contains('\\')
}
