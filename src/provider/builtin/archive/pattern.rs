//! Patterns of paths: `*` and `?` stay within a name, `**` between slashes is any number of folders, `[a-z]` and
//! `{one,two}` are choices, and a backslash escapes what follows.

use std::path::Path;

use regex::Regex;

/// Patterns, any of which may match.
pub(super) struct Patterns(Vec<Regex>);

impl Patterns {
    /// Empty patterns match nothing.
    pub(super) fn parse(patterns: &[&str]) -> Result<Self, String> {
        let compile = |pattern: &&str| {
            let written = expression(pattern).ok_or_else(|| format!("\"{pattern}\" is no pattern."))?;
            Regex::new(&written).map_err(|_| format!("\"{pattern}\" is no pattern."))
        };
        patterns.iter().filter(|pattern| !pattern.is_empty()).map(compile).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn fit(&self, path: &Path) -> bool {
        let text = path.to_string_lossy();
        self.0.iter().any(|pattern| pattern.is_match(&text))
    }
}

/// A pattern as a regular expression, which matches in linear time.
fn expression(pattern: &str) -> Option<String> {
    let mut out = String::from("(?s)^");
    let mut depth = 0_usize;
    let mut rest = pattern;
    let mut before = None;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        let alone = matches!(before, None | Some('/' | '{' | ','));
        match character {
            '*' if rest.starts_with("**") && alone && rest.starts_with("**/") => {
                out.push_str("(?:[^/]+/)*");
                before = Some('/');
                rest = rest.get(3..).unwrap_or_default();
                continue;
            }
            '*' if rest == "**" && before == Some('/') => {
                // The folder itself counts as below itself.
                out.pop();
                out.push_str("(?:/.*)?");
                break;
            }
            '*' if alone && (rest == "**" || rest.starts_with("**}") || rest.starts_with("**,")) => {
                out.push_str(".*");
                before = Some('*');
                rest = rest.get(2..).unwrap_or_default();
                continue;
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '{' => {
                depth += 1;
                out.push_str("(?:");
            }
            '}' if depth > 0 => {
                depth -= 1;
                out.push(')');
            }
            ',' if depth > 0 => out.push('|'),
            '[' => {
                let (class, left) = class(after)?;
                out.push_str(&class);
                before = Some(']');
                rest = left;
                continue;
            }
            '\\' => {
                let escaped = after.chars().next()?;
                out.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4])));
                before = Some('\\');
                rest = after.get(escaped.len_utf8()..).unwrap_or_default();
                continue;
            }
            plain => out.push_str(&regex::escape(plain.encode_utf8(&mut [0; 4]))),
        }
        before = Some(character);
        rest = after;
    }
    out.push('$');
    (depth == 0).then_some(out)
}

/// A character class, from after its bracket on, and the rest.
fn class(text: &str) -> Option<(String, &str)> {
    let mut out = String::from("[[");
    let mut rest = text;
    if let Some(inner) = rest.strip_prefix(['^', '!']) {
        out.push('^');
        rest = inner;
    }
    let mut empty = true;
    loop {
        let (low, left, closed) = member(rest)?;
        if closed {
            if empty {
                return None;
            }
            // A slash is never part of a name.
            out.push_str("]&&[^/]]");
            return Some((out, left));
        }
        empty = false;
        push(&mut out, low);
        rest = left;
        if let Some(range) = rest.strip_prefix('-') {
            let (high, left, closed) = member(range)?;
            if closed || high < low {
                return None;
            }
            out.push('-');
            push(&mut out, high);
            rest = left;
        }
    }
}

/// The next character of a class, the rest, and whether it was the end.
fn member(text: &str) -> Option<(char, &str, bool)> {
    let mut characters = text.chars();
    match characters.next()? {
        ']' => Some((']', characters.as_str(), true)),
        '\\' => Some((characters.next()?, characters.as_str(), false)),
        '-' => None,
        plain => Some((plain, characters.as_str(), false)),
    }
}

fn push(out: &mut String, character: char) {
    if character.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(character);
}
