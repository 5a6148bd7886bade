//! Shortens what messages quote: it may be a megabyte without a blank.

/// Longer words are cut; addresses, paths and hashes are shorter.
const LONGEST_WORD: usize = 400;

/// How much is kept of such a word, at its start and at its end.
const START: usize = 200;
const END: usize = 100;

/// The text with the middle of overlong words left out.
pub fn shortened(text: String) -> String {
    if text.len() <= LONGEST_WORD {
        return text;
    }
    let mut short = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        if word.len() <= LONGEST_WORD {
            short.push_str(word);
        } else {
            short.push_str(word.get(..word.floor_char_boundary(START)).unwrap_or_default());
            short.push('…');
            short.push_str(word.get(word.ceil_char_boundary(word.len() - END)..).unwrap_or_default());
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn only_endless_words_lose_their_middle() {
        let sentence = "A sentence of words. ".repeat(100);
        assert_eq!(shortened(sentence.clone()), sentence);
        let endless = format!("There is no \"{}\" here.", "é".repeat(1_000_000));
        let short = shortened(endless);
        assert!(short.starts_with("There is no \"éé") && short.ends_with("éé\" here."), "{short}");
        assert!(short.len() < 400 && short.contains('…'), "{short}");
    }
}
