//! The width of a text in columns: one for each grapheme cluster.

use unicode_segmentation::UnicodeSegmentation;

pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() {
        let line_ends = text.bytes().zip(text.bytes().skip(1)).filter(|pair| *pair == (b'\r', b'\n'));
        return text.len() - line_ends.count();
    }
    text.graphemes(true).map(|cluster| 1 + conjuncts(cluster)).sum()
}

/// Terraform uses Unicode 15.0, in which an Indic conjunct (consonant, virama, consonant) was not yet one cluster. This
/// counts how many additional clusters it was.
fn conjuncts(cluster: &str) -> usize {
    let mut count = 0;
    let mut linked = false;
    for character in cluster.chars() {
        match character {
            '\u{94d}' | '\u{9cd}' | '\u{acd}' | '\u{b4d}' | '\u{c4d}' | '\u{d4d}' => linked = true,
            // Vowel signs, nuktas and joiners between a virama and its consonant have no effect.
            _ if is_consonant(character) => {
                count += usize::from(linked);
                linked = false;
            }
            _ => {}
        }
    }
    count
}

/// The consonants of the scripts whose conjuncts Unicode joins.
fn is_consonant(character: char) -> bool {
    matches!(
        character,
        '\u{915}'..='\u{939}' | '\u{958}'..='\u{95f}' | '\u{978}'..='\u{97f}'
            | '\u{995}'..='\u{9b9}' | '\u{9dc}'..='\u{9df}' | '\u{9f0}'..='\u{9f1}'
            | '\u{a95}'..='\u{ab9}' | '\u{af9}'
            | '\u{b15}'..='\u{b39}' | '\u{b5c}'..='\u{b5f}' | '\u{b71}'
            | '\u{c15}'..='\u{c39}' | '\u{c58}'..='\u{c5a}'
            | '\u{d15}'..='\u{d3a}'
    )
}
