//! Unified differences of texts, as used by patch tools.

use similar::TextDiff;

use super::table::Tone;
use super::{Style, harmless};

/// The number of lines around a change.
const CONTEXT: usize = 3;

/// The difference between two versions of a file; empty if there is none.
pub fn unified(name: &str, before: &str, after: &str, style: Style) -> String {
    let difference = TextDiff::from_lines(before, after);
    let text = difference
        .unified_diff()
        .context_radius(CONTEXT)
        .header(name, name)
        .missing_newline_hint(false)
        .to_string();
    let mut painted = String::with_capacity(text.len());
    for line in text.lines() {
        let tone = match line.as_bytes().first() {
            _ if line.starts_with("+++") || line.starts_with("---") => Tone::Strong,
            Some(b'+') => Tone::Good,
            Some(b'-') => Tone::Bad,
            Some(b'@') => Tone::Faint,
            _ => Tone::Plain,
        };
        painted.push_str(&style.toned(harmless(line).trim_end_matches('\u{fffd}'), tone));
        painted.push('\n');
    }
    painted
}
