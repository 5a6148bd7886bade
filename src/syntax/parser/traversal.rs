//! What follows a term: attributes, indexes and splats.

use crate::diag::Range;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::Slice;
use crate::syntax::{ExprId, Node, Step, StepKind, Text};

use super::{Parsed, Parser};

/// A name or an expression with literal steps that have been read after it, not yet in the arena as one node.
struct Chain {
    head: Head,
    range: Range,
    steps_start: usize,
    steps: usize,
}

enum Head {
    Name(Text),
    Expression(ExprId),
}

impl Parser<'_> {
    /// A reference that starts with the name at this range, which has been gone past.
    pub(super) fn reference(&mut self, range: Range) -> Parsed<ExprId> {
        let head = Head::Name(self.name(range));
        let chain = self.chain(head, range);
        self.follow(chain)
    }

    pub(super) fn traversals(&mut self, term: ExprId) -> Parsed<ExprId> {
        let chain = self.chain(Head::Expression(term), self.range_of(term));
        self.follow(chain)
    }

    fn chain(&self, head: Head, range: Range) -> Chain {
        Chain { head, range, steps_start: self.arena.steps.len(), steps: 0 }
    }

    fn chain_of(&self, id: ExprId) -> Chain {
        self.chain(Head::Expression(id), self.range_of(id))
    }

    fn step(&mut self, chain: &mut Chain, kind: StepKind, range: Range) {
        self.arena.steps.push(Step { kind, range });
        chain.steps += 1;
        chain.range.end = range.end;
    }

    fn finish(&mut self, chain: &Chain) -> ExprId {
        let steps = Slice::new(chain.steps_start, chain.steps);
        match chain.head {
            Head::Name(root) => self.add(Node::Traversal { root, steps }, chain.range),
            Head::Expression(id) if steps.is_empty() => id,
            Head::Expression(source) => self.add(Node::Relative { source, steps }, chain.range),
        }
    }

    fn follow(&mut self, mut chain: Chain) -> Parsed<ExprId> {
        loop {
            chain = match self.token.kind {
                TokenKind::Dot => self.attribute(chain)?,
                TokenKind::OpenBracket => self.index(chain)?,
                _ => return Ok(self.finish(&chain)),
            };
        }
    }

    fn attribute(&mut self, mut chain: Chain) -> Parsed<Chain> {
        let dot = self.token.range;
        self.advance();
        if self.at(TokenKind::Star) {
            let marker = dot.to(self.token.range);
            self.advance();
            let splat = self.attribute_splat(&chain, marker)?;
            return Ok(self.chain_of(splat));
        }
        self.attribute_step(&mut chain, dot, false)?;
        Ok(chain)
    }

    /// The name or the old index after a dot.
    fn attribute_step(&mut self, chain: &mut Chain, dot: Range, in_splat: bool) -> Parsed<()> {
        let range = self.token.range;
        match self.token.kind {
            TokenKind::Identifier => {
                let name = self.name(range);
                self.advance();
                self.step(chain, StepKind::Attribute(name), dot.to(range));
            }
            TokenKind::Number => {
                self.advance();
                if !self.legacy_index(chain, dot, range, in_splat) {
                    // The fault is reported; what follows can still be read.
                    let invalid = self.add(Node::Invalid, chain.range.to(range));
                    *chain = self.chain_of(invalid);
                }
            }
            _ => return Err(self.missing_attribute_name(dot)),
        }
        Ok(())
    }

    /// `.0`, an old form of `[0]`. The number `0.1` in `a.0.1` would be two of them, which is not allowed.
    fn legacy_index(&mut self, chain: &mut Chain, dot: Range, number: Range, in_splat: bool) -> bool {
        if self.slice(number).contains('.') {
            self.chained_legacy_index(number, in_splat);
            return false;
        }
        match self.number(number) {
            Some(index) => {
                self.step(chain, StepKind::Number(index), dot.to(number));
                true
            }
            None => false,
        }
    }

    /// `source.*`, with the attributes (and old indexes) that directly follow taken from each element.
    fn attribute_splat(&mut self, chain: &Chain, marker: Range) -> Parsed<ExprId> {
        let source = self.finish(chain);
        let item = self.add(Node::Item, marker);
        let mut each = self.chain_of(item);
        while self.at(TokenKind::Dot) {
            let dot = self.token.range;
            self.advance();
            if self.at(TokenKind::Star) {
                return Err(self.nested_attribute_splat());
            }
            self.attribute_step(&mut each, dot, true)?;
        }
        Ok(self.splat(source, &each, false, marker))
    }

    fn splat(&mut self, source: ExprId, each: &Chain, full: bool, marker: Range) -> ExprId {
        let range = self.range_of(source).to(each.range);
        let each = self.finish(each);
        self.add(Node::Splat { source, each, full, marker }, range)
    }

    fn index(&mut self, mut chain: Chain) -> Parsed<Chain> {
        let open = self.token.range;
        self.advance();
        if self.at(TokenKind::Star) {
            self.advance();
            if !self.at(TokenKind::CloseBracket) {
                return Err(self.unclosed_splat(open));
            }
            let marker = open.to(self.token.range);
            self.advance();
            let source = self.finish(&chain);
            let item = self.add(Node::Item, marker);
            // Everything that follows is taken from each element.
            let each = self.deeper(|parser| parser.traversals(item))?;
            let each = self.chain_of(each);
            let splat = self.splat(source, &each, true, marker);
            return Ok(self.chain_of(splat));
        }
        let newlines = self.ignore_newlines();
        let key = self.expression()?;
        if !self.at(TokenKind::CloseBracket) {
            return Err(self.unclosed("index", open, "]", "an operator or the closing bracket"));
        }
        let range = open.to(self.token.range);
        self.newlines = newlines;
        self.advance();
        let kind = match *self.node(key) {
            Node::Number(number) => StepKind::Number(number),
            Node::Text(text) => StepKind::Key(text),
            _ => {
                let collection = self.finish(&chain);
                let whole = chain.range.to(range);
                let index = self.add(Node::Index { collection, key }, whole);
                return Ok(self.chain_of(index));
            }
        };
        // The step says it all, so the node of the literal is not needed.
        if key.index() + 1 == self.arena.nodes.len() {
            self.arena.nodes.pop();
            self.arena.ranges.pop();
        }
        self.step(&mut chain, kind, range);
        Ok(chain)
    }
}
