//! Parses patterns: text, and directives such as `%-8.2[3]f`.

use crate::expression::FunctionError;

pub(super) enum Piece<'a> {
    Text(&'a str),
    Directive(Directive<'a>),
}

/// `%`, flags, width, precision, which value, and a letter; in this order.
pub(super) struct Directive<'a> {
    pub(super) text: &'a str,
    pub(super) offset: usize,
    /// Counting from one.
    pub(super) argument: usize,
    pub(super) verb: char,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// The pieces in order. A directive without `[n]` takes the value after the one that the last directive took.
pub(super) fn pieces(pattern: &str) -> Result<Vec<Piece<'_>>, FunctionError> {
    let mut pieces = Vec::new();
    let mut next = 1;
    let mut at = 0;
    while let Some(rest) = pattern.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.find('%') {
            Some(0) if rest.starts_with("%%") => {
                pieces.push(Piece::Text("%"));
                at += 2;
            }
            Some(0) => {
                let directive = directive(pattern, at, next)?;
                next = directive.argument.saturating_add(1);
                at += directive.text.len();
                pieces.push(Piece::Directive(directive));
            }
            found => {
                let end = found.unwrap_or(rest.len());
                pieces.push(Piece::Text(&rest[..end]));
                at += end;
            }
        }
    }
    Ok(pieces)
}

fn directive(pattern: &str, offset: usize, next: usize) -> Result<Directive<'_>, FunctionError> {
    let mut reader = Reader { text: pattern, at: offset + 1 };
    let mut directive = Directive {
        text: "",
        offset,
        argument: next,
        verb: 'v',
        zero: false,
        sharp: false,
        plus: false,
        minus: false,
        space: false,
        width: None,
        precision: None,
    };
    while let Some(flag) = reader.peek() {
        match flag {
            b'0' => directive.zero = true,
            b'#' => directive.sharp = true,
            b'-' => directive.minus = true,
            b'+' => directive.plus = true,
            b' ' => directive.space = true,
            _ => break,
        }
        reader.at += 1;
    }
    // A zero is a flag, so a width begins with another digit.
    directive.width = reader.number();
    if reader.peek() == Some(b'.') {
        reader.at += 1;
        directive.precision = Some(reader.number().unwrap_or(0));
    }
    if reader.peek() == Some(b'[') {
        reader.at += 1;
        let zero = reader.peek() == Some(b'0');
        match reader.number().filter(|_| !zero && reader.peek() == Some(b']')) {
            Some(argument) => directive.argument = argument,
            None => return Err(reader.fault()),
        }
        reader.at += 1;
    }
    match reader.peek() {
        Some(letter) if letter.is_ascii_alphabetic() => directive.verb = char::from(letter),
        _ => return Err(reader.fault()),
    }
    directive.text = pattern.get(offset..=reader.at).unwrap_or_default();
    Ok(directive)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// A number so long that it overflows stays the greatest, which is refused later.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            number =
                Some(number.unwrap_or(0_usize).saturating_mul(10).saturating_add(usize::from(digit - b'0')));
            self.at += 1;
        }
        number
    }

    fn fault(&self) -> FunctionError {
        let message = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => {
                format!("the pattern has an unexpected {found:?} in a directive, at offset {}", self.at)
            }
            None => "the pattern ends inside a directive; a percent sign by itself is written %%".to_owned(),
        };
        FunctionError::argument(0, message)
    }
}
