//! Literal text: resolves escapes and normalises to NFC.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::diag::Range;

/// The text in NFC, if it is not already.
pub(super) fn normalized(text: &str) -> Option<String> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return None;
    }
    let normalized: String = text.nfc().collect();
    (normalized != text).then_some(normalized)
}

/// An invalid escape, and its place within the text.
pub(super) struct BadEscape {
    pub range: Range,
    pub fault: EscapeFault,
}

pub(super) enum EscapeFault {
    Unknown(char),
    /// `\u` or `\U` without the number of digits that it needs.
    Digits {
        long: bool,
    },
    NoCharacter,
}

/// Text outside quotes: only doubled signs are special.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("$${") && !text.contains("%%{") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(resolve(text, false, &mut Vec::new()))
}

/// Text in quotes.
pub(super) fn quoted<'a>(text: &'a str, faults: &mut Vec<BadEscape>) -> Cow<'a, str> {
    if !text.contains('\\') && !text.contains("$${") && !text.contains("%%{") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(resolve(text, true, faults))
}

fn resolve(text: &str, backslashes: bool, faults: &mut Vec<BadEscape>) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find(['\\', '$', '%']) {
        let (before, special) = rest.split_at(found);
        resolved.push_str(before);
        rest = match special.as_bytes() {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => {
                resolved.push_str(&special[1..3]);
                &special[3..]
            }
            [b'\\', ..] if backslashes => {
                let at = text.len() - special.len();
                let (length, result) = backslash(special);
                match result {
                    Ok(character) => resolved.push(character),
                    Err(fault) => faults.push(BadEscape { range: Range::new(at, at + length), fault }),
                }
                special.get(length..).unwrap_or("")
            }
            _ => {
                resolved.push_str(&special[..1]);
                &special[1..]
            }
        };
    }
    resolved.push_str(rest);
    resolved
}

/// At a backslash: the length of the escape and the character that it stands for.
fn backslash(text: &str) -> (usize, Result<char, EscapeFault>) {
    let Some(selector) = text.chars().nth(1) else {
        return (1, Err(EscapeFault::Unknown('\\')));
    };
    let simple = match selector {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' => '"',
        '\\' => '\\',
        'u' | 'U' => {
            let wanted = if selector == 'u' { 4 } else { 8 };
            let digits = text.bytes().skip(2).take(wanted).take_while(u8::is_ascii_hexdigit).count();
            let length = 2 + digits;
            if digits < wanted {
                return (length, Err(EscapeFault::Digits { long: selector == 'U' }));
            }
            let code = text.get(2..length).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            return (length, code.and_then(char::from_u32).ok_or(EscapeFault::NoCharacter));
        }
        other => return (1 + other.len_utf8(), Err(EscapeFault::Unknown(other))),
    };
    (2, Ok(simple))
}
