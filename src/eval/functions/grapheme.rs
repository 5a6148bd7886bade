//! Characters as people count them: grapheme clusters.
//!
//! Terraform follows Unicode 15.0, in which consonants joined by a virama are separate characters; the newer rule that
//! keeps an Indic conjunct together is undone here, so that lengths and offsets agree.

use unicode_segmentation::UnicodeSegmentation;

/// The extended grapheme clusters of a text, in order.
pub(in crate::eval) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let (simple, other) = if is_simple(text) { (text, "") } else { ("", text) };
    simple.split_inclusive(|_: char| true).chain(other.graphemes(true).flat_map(split_conjunct))
}

/// How many there are.
pub(in crate::eval) fn count(text: &str) -> usize {
    if is_simple(text) { text.len() } else { clusters(text).count() }
}

/// The first few clusters.
pub(in crate::eval) fn first(text: &str, count: usize) -> &str {
    let end =
        if is_simple(text) { count.min(text.len()) } else { clusters(text).take(count).map(str::len).sum() };
    text.get(..end).unwrap_or(text)
}

/// Whether each byte is a character: in ASCII, only CR LF is a cluster of two.
fn is_simple(text: &str) -> bool {
    text.is_ascii() && !text.contains('\r')
}

/// Splits a cluster as before the rule for conjuncts; nearly always it stays whole.
fn split_conjunct(cluster: &str) -> Vec<&str> {
    if cluster.len() <= 4 || !cluster.chars().any(is_virama) {
        return vec![cluster];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, character) in cluster.char_indices().skip(1) {
        if stands_alone(character) {
            parts.push(&cluster[start..at]);
            start = at;
        }
    }
    parts.push(&cluster[start..]);
    parts
}

/// The characters that join consonants, to which the newer rule applies.
fn is_virama(character: char) -> bool {
    matches!(
        character,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{c4d}'
            | '\u{d4d}'
            | '\u{1039}'
            | '\u{17d2}'
            | '\u{1a60}'
            | '\u{1b44}'
            | '\u{1bab}'
            | '\u{a9c0}'
            | '\u{aaf6}'
            | '\u{10a3f}'
            | '\u{11133}'
            | '\u{113d0}'
            | '\u{1193e}'
            | '\u{11a47}'
            | '\u{11a99}'
            | '\u{11f42}'
    )
}

/// Whether a character begins a new cluster after a plain letter.
fn stands_alone(character: char) -> bool {
    let mut buffer = String::from("a");
    buffer.push(character);
    buffer.graphemes(true).nth(1).is_some()
}
