//! Questions about lines.

use memchr::memchr;

use super::identifier;

/// The length of the first line with its end.
pub(super) fn length(text: &[u8]) -> usize {
    memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

/// Where a carriage return is that is not part of the end of a line.
pub(super) fn stray_return(line: &[u8]) -> Option<usize> {
    let found = memchr(b'\r', line)?;
    (line.get(found + 1) != Some(&b'\n')).then_some(found)
}

/// Without the white space around it, as Unicode sees white space.
pub(super) fn trim(text: &str) -> &str {
    text.trim()
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
        Some(_) => {
            let name = identifier::length(line, 0);
            let rest = line.get(name..).unwrap_or("");
            let after = rest.trim_start();
            name > 0
                && (after.starts_with('{')
                    || (after.starts_with('"') && rest.starts_with([' ', '\t']) && quotes_balance(line))
                    || (after.starts_with('=') && !after.starts_with("==")))
        }
    }
}

fn quotes_balance(line: &str) -> bool {
    line.bytes().filter(|byte| *byte == b'"').count().is_multiple_of(2)
}
