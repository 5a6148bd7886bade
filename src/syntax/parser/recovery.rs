//! Recovery after an error.

use crate::syntax::lexer::{Language, Lexer, indentation, starts_item};
use crate::syntax::token::TokenKind;

use super::{Parsed, Parser, Reported};

impl Parser<'_> {
    /// Skips the rest of an invalid item: past the end of its line, with everything that it opened closed, or to the
    /// brace that closes the body. If something was left open, the next line that looks like an item and is indented no
    /// deeper than this one is taken for the next item.
    pub(super) fn skip_item(&mut self) {
        self.newlines = true;
        if self.at(TokenKind::End) {
            return;
        }
        let fault = self.token.range.start;
        let own_indentation = indentation(self.text, self.item_start);
        let mut lexer = Lexer::starting_at(self.text, self.item_start, Language::Configuration);
        loop {
            let depth = lexer.depth();
            let before = lexer.position();
            let token = lexer.next_token();
            let ends_line = match token.kind {
                TokenKind::Newline => true,
                TokenKind::Comment => self.slice(token.range).ends_with('\n'),
                TokenKind::CloseBrace if depth == 0 && token.range.start >= fault => {
                    lexer = Lexer::starting_at(self.text, before, Language::Configuration);
                    break;
                }
                TokenKind::End => break,
                _ => false,
            };
            if !ends_line || lexer.in_template() {
                continue;
            }
            if depth == 0 && token.range.end > fault {
                break;
            }
            if depth > 0 && token.range.end > self.item_start {
                let line = token.range.end;
                let (next, brace) = starts_item(self.text, line);
                if next
                    .is_some_and(|indent| indent < own_indentation || (indent == own_indentation && !brace))
                {
                    lexer = Lexer::starting_at(self.text, line, Language::Configuration);
                    break;
                }
            }
        }
        self.lexer = lexer;
        self.read();
    }

    /// Inside an object: moves past the separator after the invalid entry, or to the closing brace. Returns false if
    /// that place is uncertain.
    pub(super) fn skip_entry(&mut self, inside: u32) -> bool {
        self.newlines = true;
        self.skip_in_brackets(inside, TokenKind::CloseBrace, true)
    }

    /// Inside a list: the same, with commas only.
    pub(super) fn skip_to_comma(&mut self, inside: u32) -> bool {
        self.newlines = true;
        let found = self.skip_in_brackets(inside, TokenKind::CloseBracket, false);
        self.ignore_newlines();
        found
    }

    fn skip_in_brackets(&mut self, inside: u32, close: TokenKind, by_lines: bool) -> bool {
        let item_indentation = indentation(self.text, self.item_start);
        loop {
            match self.token.kind {
                TokenKind::End => return false,
                _ if self.open_before < inside => return false,
                TokenKind::Comma if self.open_before == inside => {
                    self.advance();
                    return true;
                }
                TokenKind::Newline => {
                    let (next, brace) = starts_item(self.text, self.token.range.end);
                    if next
                        .is_some_and(|next| next < item_indentation || (next == item_indentation && !brace))
                    {
                        return false;
                    }
                    if self.open_before == inside && by_lines {
                        self.advance();
                        return true;
                    }
                }
                kind if kind == close && self.open_before == inside => return true,
                TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::CloseParenthesis
                    if self.open_before == inside =>
                {
                    return false;
                }
                _ => {}
            }
            self.advance();
        }
    }

    /// Inside `${` or `%{`, with so much open around it: moves to its closing brace, which is not consumed.
    pub(super) fn skip_sequence(&mut self, outside: u32) -> Parsed<()> {
        self.newlines = false;
        loop {
            match self.token.kind {
                TokenKind::CloseTemplate if self.lexer.depth() == outside => return Ok(()),
                TokenKind::End => return Err(Reported),
                _ if self.open_before <= outside => return Err(Reported),
                _ => self.advance(),
            }
        }
    }

    /// Inside a quoted string, with so much open around it: moves to its closing quote, which is not consumed.
    pub(super) fn skip_to_quote(&mut self, outside: u32) -> Parsed<()> {
        loop {
            match self.token.kind {
                TokenKind::CloseQuote if self.open_before == outside + 1 => return Ok(()),
                TokenKind::End => return Err(Reported),
                _ if self.open_before <= outside => return Err(Reported),
                _ => self.advance(),
            }
        }
    }
}
