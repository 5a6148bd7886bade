//! Splits bytes into tokens. Accepts whatever was probably meant (comments, single quotes, bare words and numbers), so
//! that the parser can report it and continue.

use crate::diag::Range;

pub(super) struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Equals,
    /// In double quotes; `closed` is false if the line ended first.
    Text {
        closed: bool,
    },
    SingleQuoted,
    Number,
    Word,
    Comment,
    /// A run of characters that no token starts with.
    Unknown,
    End,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    pub(super) fn next(&mut self) -> Token {
        self.offset += self.length(self.offset, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        let start = self.offset;
        let bytes = self.text.as_bytes();
        let Some(first) = bytes.get(start) else {
            return Token { kind: Kind::End, range: Range::new(start, start) };
        };
        let (kind, length) = match first {
            b'{' => (Kind::OpenBrace, 1),
            b'}' => (Kind::CloseBrace, 1),
            b'[' => (Kind::OpenBracket, 1),
            b']' => (Kind::CloseBracket, 1),
            b',' => (Kind::Comma, 1),
            b':' => (Kind::Colon, 1),
            b'=' => (Kind::Equals, 1),
            b'"' => {
                let (length, closed) = self.quoted(start, b'"');
                (Kind::Text { closed }, length)
            }
            b'\'' => (Kind::SingleQuoted, self.quoted(start, b'\'').0),
            b'-' | b'+' | b'.' | b'0'..=b'9' => (Kind::Number, self.length(start, continues_number)),
            b'#' => (Kind::Comment, self.length(start, |byte| byte != b'\n')),
            b'/' => match bytes.get(start + 1) {
                Some(b'/') => (Kind::Comment, self.length(start, |byte| byte != b'\n')),
                Some(b'*') => (Kind::Comment, self.block_comment(start)),
                _ => (Kind::Unknown, 1),
            },
            byte if continues_word(*byte) => (Kind::Word, self.length(start, continues_word)),
            _ => (Kind::Unknown, self.length(start, is_unknown).max(1)),
        };
        self.offset = start + length;
        Token { kind, range: Range::new(start, self.offset) }
    }

    /// The number of bytes from `start` on that belong to a token.
    fn length(&self, start: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len())
    }

    /// The length with quotes, and whether the closing one is there. A string ends with its line, so that a missing
    /// quote does not swallow the file.
    fn quoted(&self, start: usize, quote: u8) -> (usize, bool) {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let mut index = 1;
        while let Some(byte) = rest.get(index) {
            match byte {
                b'\n' | b'\r' => return (index, false),
                b'\\' => {
                    index +=
                        if rest.get(index + 1).is_some_and(|b| !matches!(b, b'\n' | b'\r')) { 2 } else { 1 }
                }
                byte if *byte == quote => return (index + 1, true),
                _ => index += 1,
            }
        }
        (rest.len(), false)
    }

    fn block_comment(&self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        rest.get(2..).and_then(|inner| inner.find("*/")).map_or(rest.len(), |inner| inner + 4)
    }
}

fn continues_number(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
}

fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Bytes that have no place outside a string. All bytes of a non-ASCII character belong, so that a run never ends
/// inside one.
fn is_unknown(byte: u8) -> bool {
    !byte.is_ascii_whitespace()
        && !continues_number(byte)
        && !continues_word(byte)
        && !matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':' | b'=' | b'"' | b'\'' | b'#' | b'/')
}
