//! Inspecting lines.

use memchr::{memchr, memrchr};

use super::identifier;

/// The length of the first line with its end.
pub(super) fn length(text: &[u8]) -> usize {
    memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

/// The place of a carriage return that is not part of a line end.
pub(super) fn stray_return(line: &[u8]) -> Option<usize> {
    let found = memchr(b'\r', line)?;
    (line.get(found + 1) != Some(&b'\n')).then_some(found)
}

/// Without the white space around it, as Unicode sees white space.
pub(super) fn trim(text: &str) -> &str {
    text.trim()
}

/// Where the line that holds an offset starts.
pub(in crate::syntax) fn start(text: &str, at: u32) -> u32 {
    let before = text.as_bytes().get(..at as usize).unwrap_or(text.as_bytes());
    memrchr(b'\n', before).map_or(0, |newline| newline as u32 + 1)
}

/// The width of the indentation of the line that contains an offset.
pub(in crate::syntax) fn indentation(text: &str, at: u32) -> usize {
    let line = text.as_bytes().get(start(text, at) as usize..).unwrap_or(&[]);
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether the next non-empty line, from the start of a line on, looks like an item of a body or its closing brace: its
/// indentation, and whether it is the brace.
pub(in crate::syntax) fn starts_item(text: &str, line: u32) -> (Option<usize>, bool) {
    let rest = text.get(line as usize..).unwrap_or("");
    let trimmed = rest.trim_start();
    let at = line as usize + rest.len() - trimmed.len();
    let first = trimmed.lines().next().unwrap_or("");
    let brace = first.starts_with('}');
    let found = brace || is_item(first);
    (found.then(|| indentation(text, at as u32)), brace)
}

/// Whether the next line that is not empty looks like an item of its own (`name =`, `kind {`, `kind "label"`, a
/// comment, a closing bracket, a complete string in a list) or there is none.
pub(super) fn starts_something(text: &str) -> bool {
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or("").trim_end();
    match line.as_bytes().first() {
        None | Some(b'}' | b']' | b')' | b'#') => true,
        Some(b'/') => line.starts_with("//") || line.starts_with("/*"),
        Some(b'"') => quotes_balance(line),
        Some(_) => is_item(line),
    }
}

/// `name =`, `kind {` or `kind "label"`.
fn is_item(line: &str) -> bool {
    let name = identifier::length(line, 0);
    let rest = line.get(name..).unwrap_or("");
    let after = rest.trim_start();
    name > 0
        && (after.starts_with('{')
            || (after.starts_with('"') && rest.starts_with([' ', '\t']) && quotes_balance(line))
            || (after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>")))
}

fn quotes_balance(line: &str) -> bool {
    line.bytes().filter(|byte| *byte == b'"').count().is_multiple_of(2)
}
