//! Identifiers: letters, digits, underscores and dashes, as Unicode defines letters and digits.

use unicode_ident::{is_xid_continue, is_xid_start};

/// Whether the whole text is one name.
pub fn is_identifier(text: &str) -> bool {
    // Most are short, and of letters of ASCII and underscores.
    let is_plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'_');
    !text.is_empty() && (text.as_bytes().iter().all(is_plain) || length(text, 0) == text.len())
}

/// The length of the identifier that starts at an offset; zero if none does.
pub(super) fn length(text: &str, at: usize) -> usize {
    let Some(rest) = text.get(at..) else { return 0 };
    let bytes = rest.as_bytes();
    let mut length = match bytes.first() {
        Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => 1,
        Some(0x80..) => match rest.chars().next() {
            Some(first) if starts_identifier(first) => first.len_utf8(),
            _ => return 0,
        },
        _ => return 0,
    };
    loop {
        match bytes.get(length) {
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') => length += 1,
            Some(0x80..) => match rest.get(length..).and_then(|rest| rest.chars().next()) {
                Some(next) if continues_identifier(next) => length += next.len_utf8(),
                _ => return length,
            },
            _ => return length,
        }
    }
}

pub(in crate::syntax) fn starts_identifier(c: char) -> bool {
    c == '_'
        || is_xid_start(c)
        || is_compatibility_letter(c)
        || matches!(c, '\u{e33}' | '\u{eb3}' | '\u{ff9e}' | '\u{ff9f}')
}

pub(in crate::syntax) fn continues_identifier(c: char) -> bool {
    c == '-' || is_xid_continue(c) && !is_late_joiner(c) || is_compatibility_letter(c)
}

/// Joiners and middle dots that Unicode allowed in identifiers only after the version that the language uses.
fn is_late_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{30fb}' | '\u{ff65}')
}

/// The language uses the properties `ID_Start` and `ID_Continue`. These few characters are in them but not in the `XID`
/// forms, which exclude what compatibility normalisation would decompose.
fn is_compatibility_letter(c: char) -> bool {
    matches!(
        c,
        '\u{37a}' | '\u{309b}' | '\u{309c}' | '\u{fc5e}'
            ..='\u{fc63}'
                | '\u{fdfa}'
                | '\u{fdfb}'
                | '\u{fe70}'
                | '\u{fe72}'
                | '\u{fe74}'
                | '\u{fe76}'
                | '\u{fe78}'
                | '\u{fe7a}'
                | '\u{fe7c}'
                | '\u{fe7e}'
    )
}
