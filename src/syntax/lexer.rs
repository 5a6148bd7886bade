//! Splits text into tokens.
//!
//! The lexer is modal: inside quotes, heredocs and bare templates text is literal until `${` or `%{`, and inside those
//! it is an expression again until the closing brace. It never fails: anything invalid becomes a token of its own kind,
//! and the parser reports it. It allocates only for the nesting of templates.

mod identifier;
mod line;
#[cfg(test)]
mod tests;

use memchr::{memchr, memchr2, memmem};

use crate::diag::Range;

use super::token::{Token, TokenKind};

pub use identifier::is_identifier;
pub(super) use identifier::starts_identifier;
pub(super) use line::{indentation, start as line_start, starts_item};

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A file or an expression.
    Configuration,
    /// Literal text with interpolations and directives.
    Template,
}

/// The tokens of a text, ending with [`TokenKind::End`]. Ranges count from the start of the text.
///
/// Offsets are 32 bits wide: a text must be shorter than 4 GiB, which the parser checks before it comes here.
pub fn tokens(text: &str, language: Language) -> Vec<Token> {
    let mut lexer = Lexer::new(text, language);
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    loop {
        let token = lexer.next_token();
        tokens.push(token);
        if token.kind == TokenKind::End {
            tokens.shrink_to_fit();
            return tokens;
        }
    }
}

/// Gives one token after the other.
pub struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    language: Language,
    /// The enclosing constructs, innermost last.
    nesting: Vec<Nesting>,
    /// Open braces less closed ones; a stray closing brace makes it negative and does no harm.
    braces: i64,
    /// The number of open brackets, quotes, heredocs and sequences.
    depth: u32,
}

#[derive(Clone, Copy)]
enum Nesting {
    Quote {
        outer_depth: u32,
    },
    Heredoc {
        marker: Range,
        line_start: bool,
        outer_depth: u32,
    },
    /// `${` or `%{`, which is closed by the brace that brings the count back to this.
    Sequence {
        braces: i64,
        outer_depth: u32,
    },
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str, language: Language) -> Self {
        // A byte order mark is not part of the language; anywhere but at the start it is an ordinary character.
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, bytes: text.as_bytes(), at, language, nesting: Vec::new(), braces: 0, depth: 0 }
    }

    /// Starts at an offset, which must not be inside a string or heredoc.
    pub(super) fn starting_at(text: &'a str, at: u32, language: Language) -> Self {
        let mut lexer = Self::new(text, language);
        lexer.at = lexer.at.max(at as usize);
        lexer
    }

    /// The number of open brackets, quotes, heredocs and sequences after the last token.
    #[inline]
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// Where the last token ended.
    pub(super) fn position(&self) -> u32 {
        self.at as u32
    }

    /// Whether any string, heredoc or sequence is open.
    pub(super) fn in_template(&self) -> bool {
        !self.nesting.is_empty()
    }

    /// Skips the rest of the text.
    pub(super) fn stop(&mut self) {
        self.at = self.bytes.len();
        self.nesting.clear();
    }

    /// The next token; [`TokenKind::End`] repeatedly once the text is used up.
    #[inline]
    pub fn next_token(&mut self) -> Token {
        match self.nesting.last() {
            None if self.language == Language::Template => self.template(),
            None | Some(Nesting::Sequence { .. }) => self.normal(),
            Some(Nesting::Quote { .. }) => self.quoted(),
            Some(Nesting::Heredoc { marker, line_start, .. }) => self.heredoc(*marker, *line_start),
        }
    }

    #[inline]
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    #[inline]
    fn take(&mut self, kind: TokenKind, length: usize) -> Token {
        let start = self.at;
        self.at += length;
        Token { kind, range: Range { start: start as u32, end: self.at as u32 } }
    }

    #[inline]
    fn open(&mut self, kind: TokenKind, length: usize) -> Token {
        self.depth += 1;
        self.take(kind, length)
    }

    #[inline]
    fn close(&mut self, kind: TokenKind, length: usize) -> Token {
        self.depth = self.depth.saturating_sub(1);
        self.take(kind, length)
    }

    fn take_char(&mut self, kind: TokenKind) -> Token {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        self.take(kind, length)
    }

    fn normal(&mut self) -> Token {
        while matches!(self.byte(0), b' ' | b'\t') {
            self.at += 1;
        }
        let Some(&first) = self.bytes.get(self.at) else {
            return self.take(TokenKind::End, 0);
        };
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let length = identifier::length(self.text, self.at);
                self.take(TokenKind::Identifier, length)
            }
            b'0'..=b'9' => {
                let length = number_length(self.rest());
                self.take(TokenKind::Number, length)
            }
            b'"' => {
                self.nesting.push(Nesting::Quote { outer_depth: self.depth });
                self.open(TokenKind::OpenQuote, 1)
            }
            b'{' => {
                self.braces += 1;
                self.open(TokenKind::OpenBrace, 1)
            }
            b'}' => self.close_brace(TokenKind::CloseBrace, 1),
            b'~' if self.byte(1) == b'}' => self.close_brace(TokenKind::CloseTemplate, 2),
            b'[' => self.open(TokenKind::OpenBracket, 1),
            b']' => self.close(TokenKind::CloseBracket, 1),
            b'(' => self.open(TokenKind::OpenParenthesis, 1),
            b')' => self.close(TokenKind::CloseParenthesis, 1),
            b'#' => self.line_comment(),
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'/' if self.byte(1) == b'*' => match memmem::find(self.rest().get(2..).unwrap_or(&[]), b"*/") {
                Some(end) => self.take(TokenKind::Comment, end + 4),
                None => self.take(TokenKind::UnclosedComment, self.rest().len()),
            },
            b'<' if self.byte(1) == b'<' => match self.heredoc_marker() {
                Some((marker, length)) => {
                    self.nesting.push(Nesting::Heredoc { marker, line_start: true, outer_depth: self.depth });
                    self.open(TokenKind::OpenHeredoc, length)
                }
                None => self.take(TokenKind::Less, 1),
            },
            0x80.. => match identifier::length(self.text, self.at) {
                0 => self.take_char(TokenKind::Invalid),
                length => self.take(TokenKind::Identifier, length),
            },
            _ => {
                let (kind, length) = symbol([first, self.byte(1), self.byte(2)]);
                self.take(kind, length)
            }
        }
    }

    fn line_comment(&mut self) -> Token {
        let rest = self.rest();
        let length = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        self.take(TokenKind::Comment, length)
    }

    /// `otherwise` is the kind of the brace if it does not close a template sequence.
    fn close_brace(&mut self, otherwise: TokenKind, length: usize) -> Token {
        let closes =
            matches!(self.nesting.last(), Some(Nesting::Sequence { braces, .. }) if *braces == self.braces);
        self.braces -= 1;
        if closes {
            self.leave();
            return self.take(TokenKind::CloseTemplate, length);
        }
        self.close(otherwise, length)
    }

    /// Leaves the innermost string, heredoc or sequence. Brackets left open inside it no longer count.
    fn leave(&mut self) {
        if let Some(
            Nesting::Quote { outer_depth }
            | Nesting::Heredoc { outer_depth, .. }
            | Nesting::Sequence { outer_depth, .. },
        ) = self.nesting.pop()
        {
            self.depth = outer_depth;
        }
    }

    /// At `<<`: the range of the marker's name, and the length including the end of the line.
    fn heredoc_marker(&self) -> Option<(Range, usize)> {
        let start = self.at + if self.byte(2) == b'-' { 3 } else { 2 };
        let length = identifier::length(self.text, start);
        if length == 0 {
            return None;
        }
        let end = start + length;
        let line_end = match (self.bytes.get(end), self.bytes.get(end + 1)) {
            (Some(b'\n'), _) => end + 1,
            (Some(b'\r'), Some(b'\n')) => end + 2,
            _ => return None,
        };
        Some((Range { start: start as u32, end: end as u32 }, line_end - self.at))
    }

    /// The length of the literal text up to the first unescaped `${` or `%{`; zero if a sequence starts at once.
    fn literal_length(text: &[u8]) -> usize {
        let mut at = 0;
        while let Some(found) = memchr2(b'$', b'%', text.get(at..).unwrap_or(&[])) {
            let sign = at + found;
            match (text.get(sign), text.get(sign + 1), text.get(sign + 2)) {
                (_, Some(b'{'), _) => return sign,
                (one, two, Some(b'{')) if one == two => at = sign + 3,
                _ => at = sign + 1,
            }
        }
        text.len()
    }

    fn open_sequence(&mut self) -> Token {
        self.braces += 1;
        // An enclosing heredoc is no longer at the start of a line, so what follows cannot be its closing marker.
        for outer in self.nesting.iter_mut().rev() {
            if let Nesting::Heredoc { line_start, .. } = outer {
                *line_start = false;
                break;
            }
        }
        self.nesting.push(Nesting::Sequence { braces: self.braces, outer_depth: self.depth });
        let kind = if self.byte(0) == b'$' { TokenKind::OpenInterpolation } else { TokenKind::OpenDirective };
        let length = if self.byte(2) == b'~' { 3 } else { 2 };
        self.open(kind, length)
    }

    fn template(&mut self) -> Token {
        let rest = self.rest();
        if rest.is_empty() {
            return self.take(TokenKind::End, 0);
        }
        let line = line::length(rest);
        match Self::literal_length(rest.get(..line).unwrap_or(rest)) {
            0 => self.open_sequence(),
            length => self.take(TokenKind::PlainText, length),
        }
    }

    fn heredoc(&mut self, marker: Range, line_start: bool) -> Token {
        let rest = self.rest();
        if rest.is_empty() {
            return self.take(TokenKind::End, 0);
        }
        let line = rest.get(..line::length(rest)).unwrap_or(rest);
        if line_start && let Some(length) = self.closing_marker(line, marker) {
            self.leave();
            return self.take(TokenKind::CloseHeredoc, length);
        }
        let length = match Self::literal_length(line) {
            0 => return self.open_sequence(),
            length => length,
        };
        // A heredoc cannot contain a carriage return that does not end a line.
        let content = line.get(..length).unwrap_or(line);
        if let Some(found) = line::stray_return(content) {
            return match found {
                0 => self.take(TokenKind::Invalid, 1),
                _ => self.heredoc_text(found, false),
            };
        }
        self.heredoc_text(length, line.get(length - 1) == Some(&b'\n'))
    }

    fn heredoc_text(&mut self, length: usize, ends_line: bool) -> Token {
        if let Some(Nesting::Heredoc { line_start, .. }) = self.nesting.last_mut() {
            *line_start = ends_line;
        }
        self.take(TokenKind::PlainText, length)
    }

    /// If this line is the closing marker between blanks: its length without the end of the line.
    fn closing_marker(&self, line: &[u8], marker: Range) -> Option<usize> {
        let marker = self.text.get(marker.start as usize..marker.end as usize)?;
        // A marker at the end of the text, without a line end, does not close.
        let content = line.strip_suffix(b"\n")?;
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        (line::trim(std::str::from_utf8(content).ok()?) == marker).then_some(content.len())
    }

    fn quoted(&mut self) -> Token {
        let rest = self.rest();
        let mut length = 0;
        loop {
            match rest.get(length) {
                Some(b'"') if length == 0 => {
                    self.leave();
                    return self.take(TokenKind::CloseQuote, 1);
                }
                Some(b'\n' | b'\r') if length == 0 => return self.newline_in_quotes(),
                None if length == 0 => return self.take(TokenKind::End, 0),
                None | Some(b'"' | b'\n' | b'\r') => break,
                Some(b'\\') => match rest.get(length + 1) {
                    None | Some(b'\n' | b'\r') if length == 0 => return self.take(TokenKind::Invalid, 1),
                    None | Some(b'\n' | b'\r') => break,
                    Some(_) => length += 2,
                },
                Some(sign @ (b'$' | b'%')) => match (rest.get(length + 1), rest.get(length + 2)) {
                    (Some(b'{'), _) if length == 0 => return self.open_sequence(),
                    (Some(b'{'), _) => break,
                    (Some(second), Some(b'{')) if second == sign => length += 3,
                    _ => length += 1,
                },
                Some(_) => length += 1,
            }
        }
        self.take(TokenKind::QuotedText, length)
    }

    /// A quoted string cannot contain a line end, so this is an error either way; what matters is where the next token
    /// starts. If the next line is clearly an item of its own, the string was not closed; otherwise somebody wrote a
    /// string over several lines, and it continues to its closing quote.
    fn newline_in_quotes(&mut self) -> Token {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        if !line::starts_something(self.text.get(self.at + length..).unwrap_or("")) {
            return self.take(TokenKind::QuotedNewline, length);
        }
        self.leave();
        // If this is inside interpolations of other strings, those have not been closed either.
        while let [.., Nesting::Quote { .. }, Nesting::Sequence { braces, .. }] = self.nesting[..] {
            self.braces = braces - 1;
            self.leave();
            self.leave();
        }
        self.take(TokenKind::UnclosedQuote, 0)
    }
}

/// The symbol that a text begins with, and its length.
fn symbol(beginning: [u8; 3]) -> (TokenKind, usize) {
    use TokenKind::{
        Ampersand, And, Apostrophe, Assign, Backtick, Caret, Colon, Comma, Dot, DoubleColon, Ellipsis, Equal,
        FatArrow, Greater, GreaterOrEqual, Invalid, Less, LessOrEqual, Minus, Newline, Not, NotEqual, Or,
        Percent, Pipe, Plus, Question, Semicolon, Slash, Star, Tilde,
    };
    match beginning {
        [b'.', b'.', b'.'] => (Ellipsis, 3),
        [b'\r', b'\n', _] => (Newline, 2),
        [b'=', b'=', _] => (Equal, 2),
        [b'=', b'>', _] => (FatArrow, 2),
        [b'!', b'=', _] => (NotEqual, 2),
        [b'<', b'=', _] => (LessOrEqual, 2),
        [b'>', b'=', _] => (GreaterOrEqual, 2),
        [b'&', b'&', _] => (And, 2),
        [b'|', b'|', _] => (Or, 2),
        [b':', b':', _] => (DoubleColon, 2),
        [b'\n', ..] => (Newline, 1),
        [b'=', ..] => (Assign, 1),
        [b'!', ..] => (Not, 1),
        [b'<', ..] => (Less, 1),
        [b'>', ..] => (Greater, 1),
        [b'&', ..] => (Ampersand, 1),
        [b'|', ..] => (Pipe, 1),
        [b':', ..] => (Colon, 1),
        [b'.', ..] => (Dot, 1),
        [b',', ..] => (Comma, 1),
        [b'?', ..] => (Question, 1),
        [b'*', ..] => (Star, 1),
        [b'/', ..] => (Slash, 1),
        [b'+', ..] => (Plus, 1),
        [b'-', ..] => (Minus, 1),
        [b'%', ..] => (Percent, 1),
        [b'^', ..] => (Caret, 1),
        [b'~', ..] => (Tilde, 1),
        [b';', ..] => (Semicolon, 1),
        [b'`', ..] => (Backtick, 1),
        [b'\'', ..] => (Apostrophe, 1),
        _ => (Invalid, 1),
    }
}

/// The longest prefix of `text` in the form of a number: digits, dots and exponents, not ending with a dot.
fn number_length(text: &[u8]) -> usize {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let (mut at, mut end) = (0, 0);
    loop {
        match text.get(at) {
            Some(b'0'..=b'9') => at += 1,
            Some(b'.') => {
                at += 1;
                continue;
            }
            Some(b'e' | b'E') if digit(at + 1) => at += 2,
            Some(b'e' | b'E') if matches!(text.get(at + 1), Some(b'+' | b'-')) && digit(at + 2) => at += 3,
            _ => return end,
        }
        end = at;
    }
}
