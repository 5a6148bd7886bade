//! Upper, lower and title case, one character at a time.
//!
//! Terraform maps each character to exactly one other, so `ß` has no capital here and `ﬁ` stays one character, whereas
//! the standard library maps to several characters where the language requires it.

pub(super) fn upper(character: char) -> char {
    match character {
        // These become several characters, or a digraph, in the full mapping; by themselves they become these.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => offset(character, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => offset(character, 9),
        _ if is_recent_small(character) => character,
        _ => single(character.to_uppercase(), character),
    }
}

pub(super) fn lower(character: char) -> char {
    match character {
        '\u{130}' => 'i',
        _ if is_recent_capital(character) => character,
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

/// Letters that got a capital after Unicode 15.0, the version that Terraform uses.
fn is_recent_small(character: char) -> bool {
    matches!(
        character,
        '\u{19b}' | '\u{264}' | '\u{1c8a}' | '\u{a7cd}' | '\u{a7cf}' | '\u{a7d3}' | '\u{a7d5}' | '\u{a7db}'
            | '\u{10d70}'..='\u{10d85}' | '\u{16ebb}'..='\u{16ed3}'
    )
}

/// The capitals of those letters.
fn is_recent_capital(character: char) -> bool {
    matches!(
        character,
        '\u{1c89}' | '\u{a7cb}' | '\u{a7cc}' | '\u{a7ce}' | '\u{a7d2}' | '\u{a7d4}' | '\u{a7da}' | '\u{a7dc}'
            | '\u{10d50}'..='\u{10d65}' | '\u{16ea0}'..='\u{16eb8}'
    )
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
