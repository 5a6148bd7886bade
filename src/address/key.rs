//! The keys of instances.

use std::fmt::{self, Write as _};
use std::sync::Arc;

/// None without `count` and `for_each`, a number with `count`, a string with `for_each`.
///
/// Ordered as people expect in lists: numbers by value, then strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    #[default]
    None,
    Number(u64),
    Text(Arc<str>),
}

impl InstanceKey {
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// `[3]`, `["name"]`, or nothing.
impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Number(number) => {
                f.write_str("[")?;
                number.fmt(f)?;
                f.write_str("]")
            }
            Self::Text(text) if is_plain(text) => {
                f.write_str("[\"")?;
                f.write_str(text)?;
                f.write_str("\"]")
            }
            Self::Text(text) => {
                f.write_str("[")?;
                f.write_str(&quoted(text))?;
                f.write_str("]")
            }
        }
    }
}

/// The text as a quoted literal of the language, with escapes for templates.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' => {
                out.push(c);
                // The language escapes the opening of a template by doubling the sign.
                if rest.peek() == Some(&'{') {
                    out.push(c);
                }
            }
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                let _ =
                    if code < 0x1_0000 { write!(out, "\\u{code:04x}") } else { write!(out, "\\U{code:08x}") };
            }
        }
    }
    out.push('"');
    out
}

/// Whether a text can be quoted without escapes, as most can.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'$' | b'%'))
}

/// Whether a character is shown as itself. Unusual spaces and invisible characters would make two different keys look
/// the same.
fn is_printable(c: char) -> bool {
    let invisible = matches!(u32::from(c),
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e
        | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe000..=0xf8ff | 0xe0001..=0xe007f
        | 0xf_0000..=0x10_ffff);
    c == ' ' || !(c.is_control() || c.is_whitespace() || invisible)
}
