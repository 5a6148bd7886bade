//! Strings in quotes, with unprintable characters escaped.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

/// Letters, marks, numbers, punctuation and symbols; of spaces only the ASCII one.
static PRINTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S}]").expect("a fixed pattern that compiles"));

/// Quotes a string as the console does: backslash escapes for quotes, controls and other invisible characters.
/// Interpolation markers are kept.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
        quoted.push_str(text);
        quoted.push('"');
        return quoted;
    }
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            ' '..='~' => quoted.push(c),
            _ if prints(c) => quoted.push(c),
            _ => escape(c, &mut quoted),
        }
    }
    quoted.push('"');
    quoted
}

fn prints(c: char) -> bool {
    !c.is_ascii() && PRINTS.is_match(c.encode_utf8(&mut [0; 4]))
}

fn escape(c: char, quoted: &mut String) {
    let code = u32::from(c);
    let written = match code {
        0..0x80 => write!(quoted, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(quoted, "\\u{code:04x}"),
        _ => write!(quoted, "\\U{code:08x}"),
    };
    written.expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn escapes_what_does_not_print() {
        assert_eq!(quote("a\"b\\c\n\t\r\u{0}\u{7f}"), r#""a\"b\\c\n\t\r\x00\x7f""#);
        assert_eq!(
            quote("é 日本 👩‍👩‍👧 \u{a0}\u{200b}\u{e000}"),
            "\"é 日本 👩\\u200d👩\\u200d👧 \\u00a0\\u200b\\ue000\""
        );
        assert_eq!(quote("${x} %{y}"), "\"${x} %{y}\"");
    }
}
