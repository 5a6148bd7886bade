//! Upper, lower and title case, one character at a time.
//!
//! The reference maps each character to exactly one other, so `ß` has no capital here and `ﬁ` stays one
//! character, whereas the standard library maps to several characters where the language asks for that.

pub(super) fn upper(character: char) -> char {
    match character {
        // These become several characters, or a digraph, in the full mapping; by themselves they become these.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => offset(character, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => offset(character, 9),
        _ => single(character.to_uppercase(), character),
    }
}

pub(super) fn lower(character: char) -> char {
    match character {
        '\u{130}' => 'i',
        _ => single(character.to_lowercase(), character),
    }
}

/// Begins each word with a capital: what follows anything but a letter, a digit or (in ASCII) an underscore.
/// Beyond ASCII only white space ends a word.
pub(super) fn title(text: &str) -> String {
    let mut previous = ' ';
    text.chars()
        .map(|character| {
            let begins = is_separator(previous);
            previous = character;
            if begins { title_case(character) } else { character }
        })
        .collect()
}

fn is_separator(character: char) -> bool {
    if character.is_ascii() {
        !(character.is_ascii_alphanumeric() || character == '_')
    } else {
        character.is_whitespace()
    }
}

/// As upper case, but a digraph gets only its first half capital, and Georgian letters stay.
fn title_case(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => character,
        _ => upper(character),
    }
}

fn single(mut mapped: impl Iterator<Item = char>, character: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

fn offset(character: char, by: u32) -> char {
    char::from_u32(u32::from(character) + by).unwrap_or(character)
}
