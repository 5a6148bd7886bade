//! Bodies, arguments and blocks.

use std::collections::HashMap;

use crate::diag::Range;
use crate::syntax::body::{AttributeNode, BlockNode, BodyId, BodyNode, ItemNode, LabelNode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::Slice;
use crate::syntax::{Node, Text};

use super::{Parsed, Parser, Reported};

/// A body with more arguments than this is checked for duplicates with a table.
const FEW: usize = 16;

impl Parser<'_> {
    pub(super) fn file(mut self) -> BodyId {
        let start = self.previous_end;
        loop {
            self.body_items(TokenKind::End);
            if self.at(TokenKind::End) {
                break;
            }
            // A closing brace without an opening one.
            self.stray_brace();
            self.advance();
        }
        let end = self.token.range.end;
        self.finish_body(0, Range { start, end }, end)
    }

    /// Parses items up to the token that ends the body, which is not consumed, or to the end of the text or a closing
    /// brace.
    fn body_items(&mut self, end: TokenKind) {
        let outer_item = self.item_start;
        loop {
            match self.token.kind {
                TokenKind::Newline => self.advance(),
                TokenKind::End | TokenKind::CloseBrace => break,
                kind => {
                    self.item_start = self.token.range.start;
                    let marks = (self.list.len(), self.entries.len(), self.parts.len());
                    let parsed = match kind {
                        TokenKind::Identifier => self.item(),
                        _ => Err(self.missing_item(end == TokenKind::End)),
                    };
                    if parsed.is_err() {
                        self.list.truncate(marks.0);
                        self.entries.truncate(marks.1);
                        self.parts.truncate(marks.2);
                        self.skip_item();
                    }
                }
            }
        }
        self.item_start = outer_item;
    }

    fn item(&mut self) -> Parsed<()> {
        let name = self.token.range;
        self.advance();
        match self.token.kind {
            TokenKind::Assign => {
                self.attribute_after(name)?;
                self.end_of_item(name, "argument")
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Identifier => self.block(name),
            _ => Err(self.neither_argument_nor_block(name)),
        }
    }

    /// At the equals sign. An argument with an error in its value is still recorded, so that it is not also reported as
    /// missing.
    fn attribute_after(&mut self, name_range: Range) -> Parsed<()> {
        let equals = self.token.range.start;
        self.advance();
        let start = self.token.range;
        let parsed = self.expression();
        let expression = match parsed {
            Ok(id) => id,
            Err(Reported) => {
                let range = Range { start: start.start, end: self.previous_end.max(start.start) };
                self.add(Node::Invalid, range)
            }
        };
        let name = self.name(name_range);
        self.items.push(ItemNode::Attribute(AttributeNode { name, name_range, equals, expression }));
        parsed.map(|_| ())
    }

    fn end_of_item(&mut self, start: Range, what: &str) -> Parsed<()> {
        match self.token.kind {
            TokenKind::Newline => {
                self.advance();
                Ok(())
            }
            TokenKind::End => Ok(()),
            _ => Err(self.missing_newline(start, what)),
        }
    }

    /// After the kind of a block.
    fn block(&mut self, kind_range: Range) -> Parsed<()> {
        let labels_start = self.arena.labels.len();
        loop {
            let range = self.token.range;
            match self.token.kind {
                TokenKind::OpenBrace => break,
                TokenKind::Identifier => {
                    let text = self.name(range);
                    self.advance();
                    self.arena.labels.push(LabelNode { text, range });
                }
                TokenKind::OpenQuote => {
                    let (text, range) = self.quoted_label()?;
                    self.arena.labels.push(LabelNode { text, range });
                }
                _ => return Err(self.invalid_block_header(kind_range)),
            }
        }
        let labels = Slice::new(labels_start, self.arena.labels.len() - labels_start);
        let kind = self.name(kind_range);
        let open = self.token.range;
        self.advance();
        let mark = self.items.len();
        let single = !matches!(self.token.kind, TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace);
        let parsed = if single { self.single_line_body(kind_range) } else { self.block_body() };
        let end = match self.token.kind {
            TokenKind::CloseBrace if parsed.is_ok() => self.token.range.start,
            _ => self.previous_end,
        };
        let mut outside = Vec::new();
        let mut range = self.since(open.start);
        if parsed.is_ok() {
            if self.at(TokenKind::CloseBrace) {
                self.advance();
                range = self.since(open.start);
            } else if let Some((first, start)) = self.unclosed_block(kind_range, open, mark) {
                // What was probably meant to follow the block is treated as if it did.
                outside = self.items.split_off(first);
                range.end = start;
            }
        }
        let end = end.min(range.end);
        let body = self.finish_body(mark, range, end);
        self.items.push(ItemNode::Block(BlockNode { kind, kind_range, labels, body }));
        self.items.append(&mut outside);
        parsed?;
        // The block itself is complete; only what follows it on its line has to be skipped.
        self.item_start = self.previous_end;
        self.end_of_item(kind_range, "block")
    }

    fn block_body(&mut self) -> Parsed<()> {
        self.deeper(|parser| {
            parser.body_items(TokenKind::CloseBrace);
            Ok(())
        })
    }

    /// `{ name = value }`: one argument and nothing else.
    fn single_line_body(&mut self, kind: Range) -> Parsed<()> {
        let name = self.token.range;
        if !self.at(TokenKind::Identifier) {
            return Err(self.missing_item(false));
        }
        self.advance();
        match self.token.kind {
            TokenKind::Assign => self.attribute_after(name)?,
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Identifier => {
                return Err(self.block_in_single_line(name));
            }
            _ => return Err(self.neither_argument_nor_block(name)),
        }
        match self.token.kind {
            TokenKind::CloseBrace => Ok(()),
            _ => Err(self.unclosed_single_line(kind)),
        }
    }

    /// A quoted label; it may contain escapes but no sequences.
    fn quoted_label(&mut self) -> Parsed<(Text, Range)> {
        let open = self.token.range;
        let outside = self.open_before;
        self.advance();
        let mut text = None;
        loop {
            let range = self.token.range;
            match self.token.kind {
                TokenKind::CloseQuote => {
                    self.advance();
                    let nothing = Text::Source(Range { start: range.start, end: range.start });
                    return Ok((text.unwrap_or(nothing), self.since(open.start)));
                }
                TokenKind::QuotedText => {
                    self.advance();
                    text = Some(self.quoted_text(range));
                }
                TokenKind::OpenInterpolation | TokenKind::OpenDirective => {
                    self.template_in_label(open);
                    self.skip_to_quote(outside)?;
                }
                TokenKind::QuotedNewline => {
                    self.newline_in_quotes(open);
                    self.skip_to_quote(outside)?;
                }
                _ => return Err(self.unclosed_template(open, TokenKind::CloseQuote)),
            }
        }
    }

    /// Moves the collected items to the arena.
    fn finish_body(&mut self, mark: usize, range: Range, end: u32) -> BodyId {
        self.check_repetitions(mark);
        let items = Slice::new(self.arena.items.len(), self.items.len() - mark);
        self.arena.items.extend(self.items.drain(mark..));
        let id = BodyId(Range::new(self.arena.bodies.len(), 0).start);
        self.arena.bodies.push(BodyNode { items, range, end });
        id
    }

    fn check_repetitions(&mut self, mark: usize) {
        let items = self.items.get(mark..).unwrap_or(&[]);
        let text = |text: Text| match text {
            Text::Source(range) => self.text.get(range.start as usize..range.end as usize),
            Text::Arena(range) => self.arena.texts.get(range.start as usize..range.end as usize),
        };
        let attributes = items.iter().filter_map(|item| match item {
            ItemNode::Attribute(found) => Some((text(found.name), found.name_range)),
            ItemNode::Block(_) => None,
        });
        let mut repeated = Vec::new();
        if items.len() <= FEW {
            for (index, (name, range)) in attributes.clone().enumerate() {
                if let Some((_, first)) = attributes.clone().take(index).find(|(other, _)| *other == name) {
                    repeated.push((first, range));
                }
            }
        } else {
            let mut seen = HashMap::new();
            for (name, range) in attributes {
                if let Some(first) = seen.get(&name) {
                    repeated.push((*first, range));
                } else {
                    seen.insert(name, range);
                }
            }
        }
        for (first, range) in repeated {
            self.repeated_argument(first, range);
        }
    }
}
