//! JSON with and without white space.

use crate::syntax::data::escape_html;

/// The document on one line. It must be well-formed.
pub(super) fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let space = [' ', '\t', '\n', '\r'];
    while let Some(at) = rest.find(|c| c == '"' || space.contains(&c)) {
        let end = if rest.as_bytes().get(at) == Some(&b'"') { at + text_length(rest.get(at..)) } else { at };
        out.push_str(rest.get(..end).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default().trim_start_matches(space);
    }
    out + rest
}

/// Writes a one-line document with the indentation and escapes of Terraform; the first line is not indented.
pub(super) fn spread(text: &str, depth: usize, out: &mut String) {
    let mut depth = depth;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '{' | '[' => {
                out.push(first);
                let close = if first == '{' { '}' } else { ']' };
                if rest.get(1..).is_some_and(|inside| inside.starts_with(close)) {
                    out.push(close);
                    length += 1;
                } else {
                    depth += 1;
                    line(depth, out);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(depth, out);
                out.push(first);
            }
            ',' => {
                out.push(first);
                line(depth, out);
            }
            ':' => out.push_str(": "),
            '"' => {
                length = text_length(Some(rest));
                out.push_str(&escape_html(rest.get(..length).unwrap_or_default()));
            }
            _ => {
                length = rest.find(['{', '[', '}', ']', ',', ':', '"']).unwrap_or(rest.len());
                out.push_str(rest.get(..length).unwrap_or_default());
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// A new line, indented.
pub(super) fn line(depth: usize, out: &mut String) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// The length of the string that begins here, including quotes.
fn text_length(text: Option<&str>) -> usize {
    let bytes = text.unwrap_or_default().as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}
