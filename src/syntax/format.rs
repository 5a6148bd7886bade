//! The canonical format of native syntax: the same bytes that `terraform fmt` writes.
//!
//! Works on tokens alone, in two steps that are each linear in the text: [`rewrite`] replaces the few deprecated
//! spellings, and [`layout`] decides the blanks between tokens. Everything else is copied; line breaks are never moved.

mod gap;
mod label;
mod layout;
mod rewrite;
#[cfg(test)]
mod tests;
mod width;

use std::borrow::Cow;
use std::sync::Arc;

use crate::diag::{Diagnostics, Source};

use super::token::TokenKind;

/// The formatted text, or the errors of a text that has some.
pub fn format(source: &Arc<Source>) -> Result<String, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    super::parse_file(source, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(format_tokens(source.text()))
}

/// [`format`] for a text that is known to have no errors. For any other text the result is meaningless.
fn format_tokens(text: &str) -> String {
    let tokens = super::lexer::tokens(text, super::lexer::Language::Configuration);
    let mut pieces = rewrite::rewrite(text, &tokens);
    drop(tokens);
    layout::lay_out(&mut pieces);
    let mut formatted = String::with_capacity(text.len() + text.len() / 8);
    for piece in &pieces {
        formatted.extend(std::iter::repeat_n(' ', piece.blanks as usize));
        formatted.push_str(&piece.text);
    }
    formatted
}

/// A token on its way to the output.
struct Piece<'a> {
    kind: TokenKind,
    /// The number of blanks before it.
    blanks: u32,
    text: Cow<'a, str>,
}

impl<'a> Piece<'a> {
    fn new(kind: TokenKind, text: &'a str) -> Self {
        Self { kind, blanks: 0, text: Cow::Borrowed(text) }
    }

    fn ends_line(&self) -> bool {
        ends_line(self.kind, &self.text)
    }

    /// How many levels deeper the text after it is nested.
    fn nesting(&self) -> i32 {
        nesting(self.kind)
    }
}

/// Line comments include the end of their line.
fn ends_line(kind: TokenKind, text: &str) -> bool {
    kind == TokenKind::Newline || kind == TokenKind::Comment && text.ends_with('\n')
}

fn nesting(kind: TokenKind) -> i32 {
    use TokenKind::{
        CloseBrace, CloseBracket, CloseParenthesis, CloseTemplate, OpenBrace, OpenBracket, OpenDirective,
        OpenInterpolation, OpenParenthesis,
    };
    match kind {
        OpenBrace | OpenBracket | OpenParenthesis | OpenInterpolation | OpenDirective => 1,
        CloseBrace | CloseBracket | CloseParenthesis | CloseTemplate => -1,
        _ => 0,
    }
}
