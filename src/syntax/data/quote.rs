//! Texts as JSON has them.

use std::fmt::Write;

/// A JSON text, safe inside HTML and JavaScript too as the reference's is, so that the same value has the same bytes.
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
