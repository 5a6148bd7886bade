//! What of a beginning stays as it is whatever follows it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::grapheme::clusters;

/// The part of a known beginning that no following character can change: all but the last character, and that
/// one too where it is punctuation that nothing combines with.
pub(super) fn safe_prefix(prefix: &str) -> String {
    let mut prefix: String = prefix.nfc().collect();
    let last = clusters(&prefix).last().map_or(0, str::len);
    let start = prefix.len() - last;
    let tail = &prefix[start..];
    let mut characters = tail.chars();
    let closed = match (characters.next(), characters.next()) {
        (Some(one), None) => is_closed(one) && canonical_combining_class(one) == 0,
        _ => false,
    };
    if !closed {
        prefix.truncate(start);
    }
    prefix
}

/// Delimiters, which the reference trusts not to take part in a longer character.
fn is_closed(character: char) -> bool {
    matches!(
        character,
        '-' | '_' | ':' | ';' | '/' | '\\' | ',' | '.' | '(' | ')' | '{' | '}' | '[' | ']' | '|' | '?' | '!' | '~'
            | ' ' | '\t' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '+' | '"' | '\''
    )
}
