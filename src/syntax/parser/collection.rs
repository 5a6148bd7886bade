//! Calls, tuples, objects and `for`.

use crate::diag::Range;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::Slice;
use crate::syntax::{Call, Entry, ExprId, For, Node, Text};

use super::{Parsed, Parser, Reported, escape};

impl Parser<'_> {
    /// A call of the function whose name starts at this range, which was consumed.
    pub(super) fn call(&mut self, first: Range) -> Parsed<ExprId> {
        let mut name_range = first;
        let mut spaced = false;
        while self.at(TokenKind::DoubleColon) {
            spaced |= self.token.range.start != self.previous_end;
            self.advance();
            if !self.at(TokenKind::Identifier) {
                return Err(self.missing_function_name());
            }
            spaced |= self.token.range.start != self.previous_end;
            name_range.end = self.token.range.end;
            self.advance();
        }
        if !self.at(TokenKind::OpenParenthesis) {
            return Err(self.missing_call_parenthesis(name_range));
        }
        let name = self.function_name(name_range, spaced);
        let open = self.token.range;
        let newlines = self.ignore_newlines();
        self.advance();
        let mark = self.list.len();
        let expand = match self.arguments(open, name_range) {
            Ok(expand) => expand,
            Err(Reported) => {
                self.list.truncate(mark);
                return Err(Reported);
            }
        };
        let parentheses = open.to(self.token.range);
        self.newlines = newlines;
        self.advance();
        let arguments = self.take_list(mark);
        let range = first.to(parentheses);
        let index = Range::new(self.arena.calls.len(), 0).start;
        self.arena.calls.push(Call { name, name_range, arguments, expand, parentheses });
        Ok(self.add(Node::Call(index), range))
    }

    /// Blanks and comments around `::` are not part of the name.
    fn function_name(&mut self, range: Range, spaced: bool) -> Text {
        let raw = self.slice(range);
        if !spaced {
            return self.name(range);
        }
        let mut name = String::new();
        let mut lexer = super::Lexer::new(raw, super::Language::Configuration);
        loop {
            let token = lexer.next_token();
            match token.kind {
                TokenKind::End => break,
                TokenKind::Identifier | TokenKind::DoubleColon => {
                    name.push_str(
                        raw.get(token.range.start as usize..token.range.end as usize).unwrap_or(""),
                    );
                }
                _ => {}
            }
        }
        let name = escape::normalized(&name).unwrap_or(name);
        self.arena.keep(&name)
    }

    /// Collects arguments up to the closing parenthesis; returns whether the last one is expanded.
    fn arguments(&mut self, open: Range, name: Range) -> Parsed<bool> {
        while !self.at(TokenKind::CloseParenthesis) {
            let argument = self.expression()?;
            self.list.push(argument);
            match self.token.kind {
                TokenKind::CloseParenthesis => {}
                TokenKind::Comma => self.advance(),
                TokenKind::Ellipsis => {
                    self.advance();
                    if !self.at(TokenKind::CloseParenthesis) {
                        return Err(self.misplaced_expansion(name));
                    }
                    return Ok(true);
                }
                _ => {
                    return Err(self.unclosed(
                        "function call",
                        open,
                        ")",
                        "a comma before the next argument, or the closing parenthesis",
                    ));
                }
            }
        }
        Ok(false)
    }

    pub(super) fn tuple(&mut self) -> Parsed<ExprId> {
        let open = self.token.range;
        let newlines = self.ignore_newlines();
        self.advance();
        if self.at_keyword("for") {
            return self.for_expression(open, newlines, TokenKind::CloseBracket);
        }
        let inside = self.open_before;
        let mark = self.list.len();
        while !self.at(TokenKind::CloseBracket) {
            if self.tuple_item(open).is_err() && !self.skip_to_comma(inside) {
                self.list.truncate(mark);
                return Err(Reported);
            }
        }
        self.newlines = newlines;
        self.advance();
        let items = self.take_list(mark);
        let range = self.since(open.start);
        Ok(self.add(Node::Tuple(items), range))
    }

    fn tuple_item(&mut self, open: Range) -> Parsed<()> {
        let item = self.expression()?;
        self.list.push(item);
        match self.token.kind {
            TokenKind::CloseBracket => Ok(()),
            TokenKind::Comma => {
                self.advance();
                Ok(())
            }
            _ => {
                Err(self.unclosed("list", open, "]", "a comma before the next item, or the closing bracket"))
            }
        }
    }

    pub(super) fn object(&mut self) -> Parsed<ExprId> {
        let open = self.token.range;
        let newlines = std::mem::replace(&mut self.newlines, true);
        self.advance();
        let inside = self.open_before;
        while self.at(TokenKind::Newline) {
            self.advance();
        }
        if self.at_keyword("for") {
            self.newlines = false;
            return self.for_expression(open, newlines, TokenKind::CloseBrace);
        }
        let mark = self.entries.len();
        loop {
            match self.token.kind {
                TokenKind::Newline => self.advance(),
                TokenKind::CloseBrace => break,
                _ => {
                    if self.entry(open).is_err() && !self.skip_entry(inside) {
                        self.entries.truncate(mark);
                        return Err(Reported);
                    }
                }
            }
        }
        self.newlines = newlines;
        self.advance();
        let slice = Slice::new(self.arena.entries.len(), self.entries.len() - mark);
        self.arena.entries.extend(self.entries.drain(mark..));
        let range = self.since(open.start);
        Ok(self.add(Node::Object(slice), range))
    }

    fn entry(&mut self, open: Range) -> Parsed<()> {
        let key = self.expression()?;
        self.literal_key(key);
        if !self.at(TokenKind::Assign) && !self.at(TokenKind::Colon) {
            return Err(self.missing_entry_value(open));
        }
        self.advance();
        let value = self.expression()?;
        self.entries.push(Entry::new(key, value));
        match self.token.kind {
            TokenKind::CloseBrace => Ok(()),
            TokenKind::Comma | TokenKind::Newline => {
                self.advance();
                Ok(())
            }
            _ => Err(self.unclosed(
                "object",
                open,
                "}",
                "a new line or a comma before the next entry, or the closing brace",
            )),
        }
    }

    /// A bare name as a key is that name, and not a reference.
    fn literal_key(&mut self, key: ExprId) {
        if let Node::Traversal { root, steps } = *self.node(key)
            && steps.is_empty()
        {
            self.arena.nodes[key.index()] = Node::Text(root);
        }
    }

    /// At `for` in `[for ...]` or `{for ...}`; newlines are insignificant, and restored at the end.
    fn for_expression(&mut self, open: Range, newlines: bool, close: TokenKind) -> Parsed<ExprId> {
        let object = close == TokenKind::CloseBrace;
        self.advance();
        let (key_name, value_name) = self.for_names("for expression")?;
        let collection = self.expression()?;
        if !self.at(TokenKind::Colon) {
            return Err(self.incomplete_for("A colon must follow the collection"));
        }
        self.advance();
        let mut result = self.expression()?;
        let mut key_result = None;
        if self.accept(TokenKind::FatArrow) {
            key_result = Some(result);
            result = self.expression()?;
        }
        let ellipsis = self.token.range;
        let group = self.accept(TokenKind::Ellipsis);
        let mut condition = None;
        if self.at_keyword("if") {
            self.advance();
            condition = Some(self.expression()?);
        }
        if !self.at(close) {
            let (name, bracket) = if object { ("for expression", "}") } else { ("for expression", "]") };
            return Err(self.unclosed(name, open, bracket, "the end of the for expression"));
        }
        self.newlines = newlines;
        self.advance();
        let range = self.since(open.start);
        match (object, key_result) {
            (true, None) => self.for_without_key(result, range),
            (false, Some(key)) => self.for_with_key(key, range),
            (false, None) if group => self.for_with_group(ellipsis, range),
            _ => {}
        }
        let node = For { key_name, value_name, collection, key_result, result, condition, group };
        Ok(self.add_for(node, range))
    }

    pub(super) fn add_for(&mut self, node: For, range: Range) -> ExprId {
        let index = Range::new(self.arena.fors.len(), 0).start;
        self.arena.fors.push(node);
        self.add(Node::For(index), range)
    }

    /// `value in` or `key, value in`.
    pub(super) fn for_names(&mut self, what: &str) -> Parsed<ForNames> {
        let first = self.for_name(what)?;
        let names =
            if self.accept(TokenKind::Comma) { (Some(first), self.for_name(what)?) } else { (None, first) };
        if !self.at_keyword("in") {
            return Err(
                self.incomplete_for(&format!("The names of a {what} must be followed by the word \"in\""))
            );
        }
        self.advance();
        Ok(names)
    }

    fn for_name(&mut self, what: &str) -> Parsed<(Text, Range)> {
        if !self.at(TokenKind::Identifier) {
            return Err(self.incomplete_for(&format!(
                "A {what} needs a name for each value, or one for the key and one for the value"
            )));
        }
        let range = self.token.range;
        let name = self.name(range);
        self.advance();
        Ok((name, range))
    }
}

/// The names for the key, if there is one, and the value.
pub(super) type ForNames = (Option<(Text, Range)>, (Text, Range));
