//! JSON strings.

use std::borrow::Cow;
use std::fmt::Write;

/// Quotes a string. As in Terraform it is safe inside HTML and JavaScript, too, so that the same value has the same
/// bytes.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut written = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let length = match byte {
            0..=0x1f | b'"' | b'\\' | b'<' | b'>' | b'&' => 1,
            // U+2028 and U+2029, which end lines in JavaScript.
            0xe2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])) => 3,
            _ => continue,
        };
        out.push_str(text.get(written..at).unwrap_or_default());
        escape(text.get(at..at + length).and_then(|text| text.chars().next()).unwrap_or_default(), out);
        written = at + length;
    }
    out.push_str(text.get(written..).unwrap_or_default());
    out.push('"');
}

/// A JSON document whose strings are safe inside HTML and JavaScript, as those of [`quote`] are. The characters concerned
/// occur nowhere else in a document.
pub fn escape_html(document: &str) -> Cow<'_, str> {
    let special = ['<', '>', '&', '\u{2028}', '\u{2029}'];
    let Some(first) = document.find(special) else { return Cow::Borrowed(document) };
    let (plain, rest) = document.split_at(first);
    let mut out = plain.to_owned();
    for part in rest.split_inclusive(special) {
        match part.char_indices().next_back() {
            Some((at, character)) if special.contains(&character) => {
                out.push_str(part.get(..at).unwrap_or_default());
                escape(character, &mut out);
            }
            _ => out.push_str(part),
        }
    }
    Cow::Owned(out)
}

fn escape(character: char, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        other => drop(write!(out, "\\u{:04x}", u32::from(other))),
    }
}
