//! The canonical spelling of a quoted label.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The canonical spelling of the text between the quotes: visible characters stand for themselves, all others are
/// escaped.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\');
    if is_plain { Cow::Borrowed(text) } else { Cow::Owned(escape(&unescape(text))) }
}

/// The doubled sign before a brace is not resolved here, and so needs no escape on output.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = |digits: usize| {
            let number = u32::from_str_radix(escape.get(1..=digits)?, 16).ok()?;
            Some((char::from_u32(number)?, digits + 1))
        };
        let resolved = match escape.as_bytes().first() {
            Some(b'n') => Some(('\n', 1)),
            Some(b'r') => Some(('\r', 1)),
            Some(b't') => Some(('\t', 1)),
            Some(b'u') => code(4),
            Some(b'U') => code(8),
            _ => escape.chars().next().map(|character| (character, character.len_utf8())),
        };
        let (character, length) = resolved.unwrap_or(('\\', 0));
        plain.push(character);
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

fn escape(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for character in plain.nfc() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '"' | '\\' => escaped.extend(['\\', character]),
            _ if is_visible(character) => escaped.push(character),
            _ if u32::from(character) > 0xffff => {
                escaped.push_str(&format!("\\U{:08x}", u32::from(character)));
            }
            _ => escaped.push_str(&format!("\\u{:04x}", u32::from(character))),
        }
    }
    escaped
}

/// Whether the character is visible, or the common blank. The standard library only reveals this by escaping; a letter
/// goes before it, because a leading combining mark is always escaped.
fn is_visible(character: char) -> bool {
    let text: String = ['a', character].into_iter().collect();
    matches!(character, '\'' | '"' | '\\') || text.escape_debug().eq(text.chars())
}
