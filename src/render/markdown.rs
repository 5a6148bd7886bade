//! Escapes text for Markdown, so that it stays text.
//!
//! The text comes from files, branches and the network. It must not become a link, an image, a heading, HTML, the end
//! of a table cell, or a mention of a person.

use std::borrow::Cow;

/// An invisible separator inside text that a forge would turn into a mention, an issue number or a link.
const APART: &str = "&#8203;";

/// Escapes prose, such as a description, on one line.
pub fn text(text: &str) -> String {
    let line = one_line(text);
    let line = line.trim();
    let mut escaped = String::with_capacity(line.len() + 16);
    let mut before = ['\0'; 3];
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match character {
            '<' | '>' | '&' | '|' | '$' => entity(character, &mut escaped),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => escaped.extend(['\\', character]),
            // At the start of a line these would begin a list or underline a heading.
            '-' | '+' | '=' if at == 0 => escaped.extend(['\\', character]),
            '.' | ')'
                if line.get(..at).is_some_and(|begin| begin.bytes().all(|byte| byte.is_ascii_digit())) =>
            {
                escaped.extend(['\\', character]);
            }
            _ => escaped.push(character),
        }
        let word = next.is_some_and(char::is_alphanumeric);
        let calls = match character {
            '@' => true,
            ':' => next == Some('/') || is_shortcode(line.get(at + 1..).unwrap_or_default()),
            '#' | '!' | '~' | '%' | '&' | '$' => word,
            '-' => before.map(|one| one.to_ascii_lowercase()).ends_with(&['g', 'h']) && word,
            '.' => before.map(|one| one.to_ascii_lowercase()) == ['w'; 3],
            _ => false,
        };
        if calls {
            escaped.push_str(APART);
        }
        before = [before[1], before[2], character];
    }
    escaped
}

/// Whether the text after a colon would make an emoji of it: `:smile:`.
fn is_shortcode(rest: &str) -> bool {
    let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'));
    name.len() < rest.len() && name.starts_with(':')
}

/// A name or a value on one line, as a code span.
pub fn code(text: &str) -> String {
    let line = one_line(text);
    let is_simple = !line.contains(['`', '|', '\\']) && !line.starts_with(' ') && !line.ends_with(' ');
    match (line.is_empty(), is_simple) {
        (true, _) => String::new(),
        (_, true) => format!("`{line}`"),
        // A code span in a table cannot hold these.
        _ => {
            let mut escaped = String::from("<code>");
            for character in line.chars() {
                match character {
                    _ if !character.is_ascii_punctuation() => escaped.push(character),
                    '@' => escaped.push_str("@<!-- -->"),
                    _ => entity(character, &mut escaped),
                }
            }
            escaped + "</code>"
        }
    }
}

/// Several lines, as a code block.
pub fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: Vec<Cow<'_, str>> = text.lines().map(super::harmless).collect();
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// Replaces line ends and characters that control a terminal or the direction of text.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}');
    if !text.contains(|c: char| c.is_control() || turns(c) || breaks(c)) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", " ");
    let clean = text.chars().map(|c| match c {
        c if breaks(c) => ' ',
        c if c.is_control() || turns(c) => '\u{fffd}',
        c => c,
    });
    Cow::Owned(clean.collect())
}

fn entity(character: char, escaped: &mut String) {
    escaped.push_str(&match character {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        other => format!("&#{};", u32::from(other)),
    });
}

#[cfg(test)]
mod tests;
