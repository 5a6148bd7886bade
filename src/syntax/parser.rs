//! A recursive descent parser: tokens to trees.
//!
//! An error is reported once, where it was found, and parsing continues after the entry, interpolation or item that
//! contains it. All recursion is counted, so a text that is nested too deeply is an ordinary error.

mod body;
mod collection;
mod escape;
mod expression;
mod fault;
mod recovery;
mod template;
#[cfg(test)]
mod tests;
mod traversal;

use std::sync::Arc;

use memchr::memmem;

use crate::diag::{Diagnostic, Diagnostics, Range, Source};
use crate::value::Number;

use super::body::{ItemNode, NativeBody};
use super::lexer::{Language, Lexer};
use super::token::{Token, TokenKind};
use super::tree::{Arena, Slice, Text};
use super::{Body, Entry, ExprId, Expression, File, Node};

/// The deepest nesting that is parsed. Every level costs stack for those who walk the tree.
const DEEPEST: u32 = 25_000;

/// After this many errors, the rest of a text is not parsed.
const MOST_FAULTS: usize = 200;

/// Parses a configuration file in the native syntax. The body has what could be understood, even if there are errors;
/// an argument whose expression has an error is there with an expression that evaluates to unknown.
pub fn parse_file(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Body {
    parse_part(source, whole(source), diagnostics)
}

/// As [`parse_file`], for one of the [`parts`] of a file.
pub fn parse_part(source: &Arc<Source>, part: Range, diagnostics: &mut Diagnostics) -> Body {
    let mut arena = Arena::default();
    let length = part.end.saturating_sub(part.start) as usize;
    arena.nodes.reserve(length / 24);
    arena.ranges.reserve(length / 24);
    let id = Parser::new(source, part, Language::Configuration, &mut arena, diagnostics).file();
    Body::native(NativeBody::new(Arc::new(File::new(Arc::clone(source), arena)), id))
}

/// Cuts a file into parts of similar length, after lines that look like the end of a block. They may be something else
/// (a line of a heredoc), which parsing reveals: if no part but the last has an error, the parts together are the file;
/// otherwise the file has to be parsed as a whole.
pub fn parts(source: &Source, number: usize) -> Vec<Range> {
    const END: &[u8] = b"\n}\n";
    let text = source.text().as_bytes();
    let mut parts = Vec::with_capacity(number);
    let mut start = 0;
    for after in (1..number).map(|part| text.len() / number * part) {
        let after = after.max(start);
        let Some(found) = memmem::find(text.get(after..).unwrap_or_default(), END) else { break };
        parts.push(Range::new(start, after + found + END.len()));
        start = after + found + END.len();
    }
    parts.push(Range::new(start, text.len()));
    parts
}

fn whole(source: &Source) -> Range {
    Range::new(0, source.text().len())
}

/// Parses a whole text as one expression, as if it stood in parentheses.
pub fn parse_expression(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Expression {
    let mut arena = Arena::default();
    let parser = Parser::new(source, whole(source), Language::Configuration, &mut arena, diagnostics);
    let id = parser.whole_expression();
    Expression::new(Arc::new(File::new(Arc::clone(source), arena)), id)
}

/// Parses a whole text as a template: literal text with `${ ... }` and `%{ ... }`.
pub fn parse_template(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Expression {
    let mut arena = Arena::default();
    let id = parse_template_into(source, &mut arena, diagnostics);
    Expression::new(Arc::new(File::new(Arc::clone(source), arena)), id)
}

/// As [`parse_template`], into the arena of another file. Texts and ranges are relative to the source given here; the
/// caller relocates them.
pub(super) fn parse_template_into(
    source: &Arc<Source>,
    arena: &mut Arena,
    diagnostics: &mut Diagnostics,
) -> ExprId {
    Parser::new(source, whole(source), Language::Template, arena, diagnostics).whole_template()
}

/// Why a text cannot be parsed at all. Bytes that are not UTF-8 are only allowed in comments.
fn unreadable(source: &Arc<Source>, language: Language) -> Option<Diagnostic> {
    if u32::try_from(source.text().len()).is_err() {
        let fault = Diagnostic::error("File too large", "A file of 4 GiB or more cannot be read.");
        return Some(fault.at(source.span(Range::default())));
    }
    let mut strays = source.strays().peekable();
    strays.peek()?;
    let mut lexer = Lexer::new(source.text(), language);
    loop {
        let token = lexer.next_token();
        let comment = matches!(token.kind, TokenKind::Comment);
        while let Some(stray) = strays.next_if(|stray| stray.start < token.range.end) {
            if !comment {
                let why = "The text of configuration is UTF-8, and this byte is not. It may stand only in comments.";
                return Some(
                    Diagnostic::error("Not UTF-8", why)
                        .at(source.span(stray))
                        .hint("Save the file as UTF-8: the editor may have taken it for another encoding."),
                );
            }
        }
        if token.kind == TokenKind::End {
            return None;
        }
    }
}

/// Means that an error was reported, and that the parser stands somewhere in the middle of it.
struct Reported;

type Parsed<T> = Result<T, Reported>;

struct Parser<'a> {
    source: &'a Arc<Source>,
    text: &'a str,
    lexer: Lexer<'a>,
    arena: &'a mut Arena,
    diagnostics: &'a mut Diagnostics,
    faults: usize,

    /// The next token. It is never a comment, and a newline only if newlines are significant.
    token: Token,
    /// How much is open before that token.
    open_before: u32,
    /// The end of the token before that one.
    previous_end: u32,
    /// Whether newlines are significant here.
    newlines: bool,
    levels: u32,
    /// Where the innermost item of a body starts.
    item_start: u32,
    /// Whether an unclosed block was reported; the enclosing ones are then unclosed, too.
    told_unclosed: bool,

    // What is being collected, innermost last, until it is complete and moves to the arena.
    list: Vec<ExprId>,
    entries: Vec<Entry>,
    items: Vec<ItemNode>,
    parts: Vec<template::Part>,
}

impl<'a> Parser<'a> {
    fn new(
        source: &'a Arc<Source>,
        part: Range,
        language: Language,
        arena: &'a mut Arena,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let unreadable = unreadable(source, language);
        let text = if unreadable.is_some() { None } else { source.text().get(..part.end as usize) };
        let text = text.unwrap_or("");
        let start = Token { kind: TokenKind::Newline, range: Range { start: part.start, end: part.start } };
        let mut parser = Self {
            source,
            text,
            lexer: Lexer::starting_at(text, part.start, language),
            arena,
            diagnostics,
            faults: 0,
            token: start,
            open_before: 0,
            previous_end: 0,
            newlines: language == Language::Configuration,
            levels: 0,
            item_start: 0,
            told_unclosed: false,
            list: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
            parts: Vec::new(),
        };
        if let Some(fault) = unreadable {
            parser.fault(fault);
        }
        parser.advance();
        parser
    }

    fn whole_expression(mut self) -> ExprId {
        self.ignore_newlines();
        let start = self.token.range;
        match self.expression() {
            Ok(id) => {
                if self.token.kind != TokenKind::End {
                    self.unexpected_after_expression();
                }
                id
            }
            Err(Reported) => self.arena.add(Node::Invalid, start),
        }
    }

    // --- Tokens ---

    /// Moves to the next significant token.
    #[inline]
    fn advance(&mut self) {
        self.previous_end = self.token.range.end;
        self.read();
    }

    #[inline]
    fn read(&mut self) {
        loop {
            self.open_before = self.lexer.depth();
            self.token = self.lexer.next_token();
            match self.token.kind {
                TokenKind::Newline if !self.newlines => {}
                TokenKind::Comment => {
                    // A line comment includes the end of its line.
                    if self.newlines
                        && self.text.as_bytes().get(self.token.range.end as usize - 1) == Some(&b'\n')
                    {
                        self.token.kind = TokenKind::Newline;
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// Makes newlines insignificant; returns whether they were significant, to be restored before moving past the
    /// closing token.
    fn ignore_newlines(&mut self) -> bool {
        let before = std::mem::replace(&mut self.newlines, false);
        if self.token.kind == TokenKind::Newline {
            self.read();
        }
        before
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.token.kind == kind
    }

    /// Moves past a token of this kind, if it is next.
    fn accept(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.advance();
        }
        found
    }

    fn slice(&self, range: Range) -> &'a str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or("")
    }

    fn at_keyword(&self, keyword: &str) -> bool {
        self.at(TokenKind::Identifier) && self.slice(self.token.range) == keyword
    }

    // --- Nesting ---

    /// Runs a parser one level deeper, with enough stack for it.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.levels >= DEEPEST {
            return Err(self.too_deep());
        }
        self.levels += 1;
        let parsed = stacker::maybe_grow(128 * 1024, 1024 * 1024, || parse(self));
        self.levels -= 1;
        parsed
    }

    // --- Building ---

    fn add(&mut self, node: Node, range: Range) -> ExprId {
        self.arena.add(node, range)
    }

    fn range_of(&self, id: ExprId) -> Range {
        self.arena.ranges[id.index()]
    }

    fn node(&self, id: ExprId) -> &Node {
        &self.arena.nodes[id.index()]
    }

    /// From `start` to the end of the last token.
    fn since(&self, start: u32) -> Range {
        Range { start, end: self.previous_end.max(start) }
    }

    /// Moves what was collected since `mark` to the arena.
    fn take_list(&mut self, mark: usize) -> Slice {
        let slice = Slice::new(self.arena.lists.len(), self.list.len() - mark);
        self.arena.lists.extend(self.list.drain(mark..));
        slice
    }

    /// A name in NFC.
    fn name(&mut self, range: Range) -> Text {
        let raw = self.slice(range);
        match escape::normalized(raw) {
            Some(normalized) => self.arena.keep(&normalized),
            None => Text::Source(range),
        }
    }

    /// A number literal; an invalid one is reported, and parsing can continue.
    fn number(&mut self, range: Range) -> Option<u32> {
        if let Ok(number) = Number::parse(self.slice(range)) {
            self.arena.numbers.push(number);
            return u32::try_from(self.arena.numbers.len() - 1).ok();
        }
        self.invalid_number(range);
        None
    }
}
