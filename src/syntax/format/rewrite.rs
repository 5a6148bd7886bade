//! Replaces deprecated spellings: labels without quotes, `"${x}"` for a lone `x`, and quoted or incomplete types of
//! variables. Attributes and blocks are recognised from the tokens, which is easy in a text without errors.

use crate::syntax::token::{Token, TokenKind};

use super::{Piece, ends_line, label, nesting};

/// All tokens of the text as pieces, with deprecated spellings replaced.
pub(super) fn rewrite<'a>(text: &'a str, tokens: &[Token]) -> Vec<Piece<'a>> {
    let mut rewriter =
        Rewriter { text, tokens, at: 0, blocks: Vec::new(), pieces: Vec::with_capacity(tokens.len()) };
    while let Some(token) = rewriter.peek() {
        match token.kind {
            TokenKind::Identifier => rewriter.item(),
            TokenKind::CloseBrace => {
                rewriter.blocks.pop();
                rewriter.copy();
            }
            _ => rewriter.copy(),
        }
    }
    rewriter.pieces
}

struct Rewriter<'a, 't> {
    text: &'a str,
    tokens: &'t [Token],
    at: usize,
    /// The kinds of the enclosing blocks, outermost first.
    blocks: Vec<&'a str>,
    pieces: Vec<Piece<'a>>,
}

impl<'a, 't> Rewriter<'a, 't> {
    fn item(&mut self) {
        let name = self.peek().map_or("", |token| self.slice(token));
        self.copy();
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let next = rest.iter().find(|token| token.kind != TokenKind::Comment);
        if next.is_some_and(|token| token.kind == TokenKind::Assign) {
            self.copy_comments();
            self.copy();
            self.attribute(name);
        } else {
            self.block(name);
        }
    }

    fn attribute(&mut self, name: &str) {
        self.copy_comments();
        let tokens = self.expression();
        self.at += tokens.len();
        if self.blocks == ["variable"] && name == "type" {
            let start = self.pieces.len();
            self.extend(tokens);
            if let Some(spelled) = type_constraint(&self.pieces[start..]) {
                self.pieces.truncate(start);
                self.pieces.extend(spelled);
            }
            return;
        }
        match lone_interpolation(tokens) {
            Some(lone) if needs_parentheses(lone) => {
                self.pieces.push(Piece::new(TokenKind::OpenParenthesis, "("));
                self.extend(lone);
                self.pieces.push(Piece::new(TokenKind::CloseParenthesis, ")"));
            }
            Some(lone) => self.extend(lone),
            None => self.extend(tokens),
        }
    }

    fn extend(&mut self, tokens: &[Token]) {
        let text = self.text;
        self.pieces.extend(tokens.iter().map(|token| Piece::new(token.kind, slice(text, *token))));
    }

    /// The tokens from here to the end of the expression, without trailing comments.
    fn expression(&self) -> &'t [Token] {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let mut depth = 0;
        let end = rest.iter().position(|token| {
            let ends = depth == 0
                && (matches!(token.kind, TokenKind::CloseBrace | TokenKind::End)
                    || ends_line(token.kind, self.slice(*token)));
            depth += nesting(token.kind);
            ends
        });
        let whole = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let length =
            whole.iter().rposition(|token| token.kind != TokenKind::Comment).map_or(0, |last| last + 1);
        whole.get(..length).unwrap_or_default()
    }

    /// As in Terraform, labels are always quoted, and comments before or between them are dropped.
    fn block(&mut self, kind: &'a str) {
        self.blocks.push(kind);
        while let Some(label) = self.next_label() {
            self.at += label.len();
            self.pieces.push(Piece::new(TokenKind::OpenQuote, "\""));
            match label {
                [name] => self.pieces.push(Piece::new(TokenKind::QuotedText, self.slice(*name))),
                [_, text, _] => {
                    let text = label::normal(self.slice(*text));
                    self.pieces.push(Piece { kind: TokenKind::QuotedText, blanks: 0, text });
                }
                _ => {}
            }
            self.pieces.push(Piece::new(TokenKind::CloseQuote, "\""));
        }
        while self.peek().is_some_and(|token| !matches!(token.kind, TokenKind::OpenBrace | TokenKind::End)) {
            self.copy();
        }
        self.copy();
    }

    /// Moves to the next label of the block, if there is one, and returns its tokens.
    fn next_label(&mut self) -> Option<&'t [Token]> {
        let rest = self.tokens.get(self.at..)?;
        let start = rest.iter().position(|token| token.kind != TokenKind::Comment)?;
        let label = rest.get(start..)?;
        let length = match label.first()?.kind {
            TokenKind::Identifier => 1,
            TokenKind::OpenQuote => label.iter().position(|token| token.kind == TokenKind::CloseQuote)? + 1,
            _ => return None,
        };
        self.at += start;
        label.get(..length)
    }

    fn copy_comments(&mut self) {
        while self.peek().is_some_and(|token| token.kind == TokenKind::Comment) {
            self.copy();
        }
    }

    fn copy(&mut self) {
        let Some(token) = self.peek() else { return };
        let mut piece = Piece::new(token.kind, self.slice(token));
        if token.kind == TokenKind::End {
            // Blanks at the end of the text stay; a byte order mark before nothing at all is such blanks, too.
            let before = self.at.checked_sub(1).and_then(|last| self.tokens.get(last));
            piece.blanks = token.range.start - before.map_or(0, |token| token.range.end);
        }
        self.pieces.push(piece);
        self.at += 1;
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn slice(&self, token: Token) -> &'a str {
        slice(self.text, token)
    }
}

fn slice(text: &str, token: Token) -> &str {
    text.get(token.range.start as usize..token.range.end as usize).unwrap_or_default()
}

/// The content of `"${` and `}"`, if an expression is nothing else.
fn lone_interpolation(expression: &[Token]) -> Option<&[Token]> {
    let [open, open_inner, inside @ .., close_inner, close] = expression else { return None };
    let outside = [open.kind, open_inner.kind, close_inner.kind, close.kind];
    let is_wrapped = outside
        == [
            TokenKind::OpenQuote,
            TokenKind::OpenInterpolation,
            TokenKind::CloseTemplate,
            TokenKind::CloseQuote,
        ];
    if !is_wrapped || inside.is_empty() {
        return None;
    }
    // Another sequence or literal text on the same level makes it a template after all. Strings deeper inside belong to
    // the expression.
    let mut quotes = 0;
    for token in inside {
        match token.kind {
            TokenKind::OpenQuote => quotes += 1,
            TokenKind::CloseQuote => quotes -= 1,
            TokenKind::OpenInterpolation | TokenKind::CloseTemplate | TokenKind::QuotedText
                if quotes <= 0 =>
            {
                return None;
            }
            _ => {}
        }
    }
    let is_content = |token: &Token| token.kind != TokenKind::Newline;
    let start = inside.iter().position(is_content)?;
    let end = inside.iter().rposition(is_content)?;
    inside.get(start..=end)
}

/// An expression over several lines would end at the first line break, unless something encloses it.
fn needs_parentheses(expression: &[Token]) -> bool {
    let is_enclosed = matches!(
        expression,
        [first, .., last]
            if first.kind == TokenKind::OpenParenthesis && last.kind == TokenKind::CloseParenthesis
    );
    !is_enclosed && expression.iter().any(|token| token.kind == TokenKind::Newline)
}

/// The present spelling of a type: a bare collection has elements of any type, a quoted one, in the past, had strings.
fn type_constraint<'a>(expression: &[Piece<'a>]) -> Option<Vec<Piece<'a>>> {
    let (collection, element) = match expression {
        [name] if name.kind == TokenKind::Identifier => match &*name.text {
            "list" | "map" | "set" => (name.text.clone(), Some("any")),
            _ => return None,
        },
        [open, text, close]
            if [open.kind, text.kind, close.kind]
                == [TokenKind::OpenQuote, TokenKind::QuotedText, TokenKind::CloseQuote] =>
        {
            match &*text.text {
                "string" => (text.text.clone(), None),
                "list" | "map" => (text.text.clone(), Some("string")),
                _ => return None,
            }
        }
        _ => return None,
    };
    let mut pieces = vec![Piece { kind: TokenKind::Identifier, blanks: 0, text: collection }];
    if let Some(element) = element {
        pieces.push(Piece::new(TokenKind::OpenParenthesis, "("));
        pieces.push(Piece::new(TokenKind::Identifier, element));
        pieces.push(Piece::new(TokenKind::CloseParenthesis, ")"));
    }
    Some(pieces)
}
