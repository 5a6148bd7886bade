//! Quoted strings, heredocs and bare templates.
//!
//! A template is first parsed as a flat run of parts, because trimming and dedenting look at neighbours; then
//! directives are nested.

mod heredoc;

use std::borrow::Cow;

use crate::diag::Range;
use crate::syntax::token::TokenKind;
use crate::syntax::{ExprId, For, Node, Text};

use super::collection::ForNames;
use super::{Parsed, Parser, Reported, escape};

/// A part of a template before directives are nested.
pub(super) enum Part {
    Literal { text: Literal, range: Range },
    Interpolation { value: ExprId, range: Range },
    If { condition: ExprId, range: Range },
    For { names: ForNames, collection: ExprId, range: Range },
    Else(Range),
    EndIf(Range),
    EndFor(Range),
}

/// Literal text, processed so far.
pub(super) enum Literal {
    /// Exactly as it is in the source.
    Source(Range),
    Owned(String),
}

impl Part {
    pub(super) fn range(&self) -> Range {
        match self {
            Self::Literal { range, .. }
            | Self::Interpolation { range, .. }
            | Self::If { range, .. }
            | Self::For { range, .. }
            | Self::Else(range)
            | Self::EndIf(range)
            | Self::EndFor(range) => *range,
        }
    }
}

impl Literal {
    fn keep(&mut self, source: &str, part: impl FnOnce(&str) -> (usize, usize)) {
        match self {
            Self::Source(range) => {
                let text = source.get(range.start as usize..range.end as usize).unwrap_or("");
                let (start, end) = part(text);
                *range = Range { start: range.start + start as u32, end: range.start + end as u32 };
            }
            Self::Owned(text) => {
                let (start, end) = part(text);
                *text = text.get(start..end).unwrap_or("").to_owned();
            }
        }
    }

    fn as_str<'a>(&'a self, source: &'a str) -> &'a str {
        match self {
            Self::Source(range) => source.get(range.start as usize..range.end as usize).unwrap_or(""),
            Self::Owned(text) => text,
        }
    }
}

fn without_start(text: &str) -> (usize, usize) {
    (text.len() - text.trim_start().len(), text.len())
}

fn without_end(text: &str) -> (usize, usize) {
    (0, text.trim_end().len())
}

/// What ends a run of parts inside a directive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    End,
    /// `else` or `endif`
    Else,
    EndIf,
    EndFor,
}

impl Parser<'_> {
    pub(super) fn quoted(&mut self) -> Parsed<ExprId> {
        let open = self.token.range;
        self.advance();
        // Nearly all strings are empty or one piece of text.
        match self.token.kind {
            TokenKind::CloseQuote => {
                let inside = self.token.range.start;
                self.advance();
                let nothing = Text::Source(Range { start: inside, end: inside });
                return Ok(self.add(Node::Text(nothing), self.since(open.start)));
            }
            TokenKind::QuotedText => {
                let piece = self.token.range;
                self.advance();
                if self.accept(TokenKind::CloseQuote) {
                    let text = self.quoted_text(piece);
                    return Ok(self.add(Node::Text(text), self.since(open.start)));
                }
                let mark = self.parts.len();
                let text = self.quoted_literal(piece);
                self.parts.push(Part::Literal { text, range: piece });
                return self.template(open, mark, TokenKind::CloseQuote);
            }
            _ => {}
        }
        let mark = self.parts.len();
        self.template(open, mark, TokenKind::CloseQuote)
    }

    pub(super) fn heredoc(&mut self) -> Parsed<ExprId> {
        let open = self.token.range;
        self.advance();
        let mark = self.parts.len();
        self.template(open, mark, TokenKind::CloseHeredoc)
    }

    pub(super) fn whole_template(mut self) -> ExprId {
        let start = self.token.range.start;
        let whole = Range { start, end: Range::new(0, self.text.len()).end };
        match self.template(Range { start, end: start }, 0, TokenKind::End) {
            Ok(id) => id,
            Err(Reported) => self.add(Node::Invalid, whole),
        }
    }

    /// The rest of a template up to its closing token; its first parts may have been collected since `mark`.
    fn template(&mut self, open: Range, mark: usize, close: TokenKind) -> Parsed<ExprId> {
        let unbalanced = match self.template_parts(open, mark, close) {
            Ok(unbalanced) => unbalanced,
            Err(Reported) => {
                self.parts.truncate(mark);
                return Err(Reported);
            }
        };
        if close == TokenKind::CloseHeredoc && self.slice(open).starts_with("<<-") {
            heredoc::dedent(self.text, self.parts.get_mut(mark..).unwrap_or(&mut []));
        }
        let end = self.token.range;
        self.advance();
        let range =
            if close == TokenKind::End { Range { end: end.end, ..open } } else { self.since(open.start) };
        let parts: Vec<Part> = self.parts.drain(mark..).collect();
        if let [Part::Interpolation { value, .. }] = parts[..] {
            return Ok(self.add(Node::Wrap(value), range));
        }
        let mut parts =
            Parts { all: parts.into_iter().peekable(), end: Range { start: end.start, end: end.start } };
        let lists = self.list.len();
        match self.run(&mut parts, Until::End, unbalanced) {
            Ok(_) => Ok(self.join(lists, range)),
            // Everything up to the end of the template was consumed, so parsing continues after it.
            Err(Reported) => {
                self.list.truncate(lists);
                Ok(self.add(Node::Invalid, range))
            }
        }
    }

    /// Parses parts up to the closing token, which is not consumed. Returns whether a directive was lost to an error,
    /// so that the others cannot be matched up.
    fn template_parts(&mut self, open: Range, mark: usize, close: TokenKind) -> Parsed<bool> {
        let mut unbalanced = false;
        let mut told_newline = false;
        let mut trim_next = false;
        loop {
            let range = self.token.range;
            let trim = std::mem::take(&mut trim_next);
            match self.token.kind {
                kind if kind == close => return Ok(unbalanced),
                kind @ (TokenKind::QuotedText | TokenKind::PlainText) => {
                    self.advance();
                    let mut text = match kind {
                        TokenKind::QuotedText => self.quoted_literal(range),
                        _ => self.plain_literal(range),
                    };
                    if trim {
                        text.keep(self.text, without_start);
                    }
                    self.parts.push(Part::Literal { text, range });
                }
                kind @ (TokenKind::OpenInterpolation | TokenKind::OpenDirective) => {
                    if self.slice(range).ends_with('~')
                        && let Some(Part::Literal { text, .. }) =
                            self.parts.get_mut(mark..).and_then(<[_]>::last_mut)
                    {
                        text.keep(self.text, without_end);
                    }
                    let outer = self.open_before;
                    let newlines = std::mem::replace(&mut self.newlines, false);
                    self.advance();
                    let parsed = match kind {
                        TokenKind::OpenInterpolation => self.interpolation(range, close),
                        _ => self.directive(range),
                    };
                    if parsed.is_err() {
                        unbalanced |= kind == TokenKind::OpenDirective;
                        self.skip_sequence(outer)?;
                    }
                    trim_next = self.slice(self.token.range).starts_with('~');
                    self.newlines = newlines;
                    self.advance();
                    if parsed.is_err() && kind == TokenKind::OpenInterpolation {
                        let range = self.since(range.start);
                        let value = self.add(Node::Invalid, range);
                        self.parts.push(Part::Interpolation { value, range });
                    }
                }
                TokenKind::QuotedNewline => {
                    if !told_newline {
                        self.newline_in_quotes(open);
                        told_newline = true;
                    }
                    self.advance();
                }
                _ => return Err(self.unclosed_template(open, close)),
            }
        }
    }

    /// After `${`, up to the closing brace, which is not consumed.
    fn interpolation(&mut self, open: Range, close: TokenKind) -> Parsed<()> {
        let value = self.expression()?;
        if !self.at(TokenKind::CloseTemplate) {
            return Err(self.unclosed_interpolation(open, close));
        }
        self.parts.push(Part::Interpolation { value, range: open.to(self.token.range) });
        Ok(())
    }

    /// After `%{`, up to the closing brace, which is not consumed.
    fn directive(&mut self, open: Range) -> Parsed<()> {
        let keyword = self.token.range;
        let word = self.slice(keyword);
        if !self.at(TokenKind::Identifier) || !matches!(word, "if" | "else" | "endif" | "for" | "endfor") {
            return Err(self.unknown_directive());
        }
        self.advance();
        let part = match word {
            "if" => {
                let condition = self.expression()?;
                Part::If { condition, range: open.to(self.token.range) }
            }
            "for" => {
                let names = self.for_names("for directive")?;
                let collection = self.expression()?;
                Part::For { names, collection, range: open.to(self.token.range) }
            }
            "else" => Part::Else(open.to(self.token.range)),
            "endif" => Part::EndIf(open.to(self.token.range)),
            _ => Part::EndFor(open.to(self.token.range)),
        };
        if !self.at(TokenKind::CloseTemplate) {
            return Err(self.unclosed_directive(open, word));
        }
        self.parts.push(part);
        Ok(())
    }

    // --- Nesting ---

    /// Collects expressions from parts up to the end of the run, and returns the part that ended it.
    fn run(&mut self, parts: &mut Parts, until: Until, unbalanced: bool) -> Parsed<Option<Part>> {
        while let Some(part) = parts.all.next() {
            let id = match part {
                Part::Literal { text, range } => self.literal(text, range, parts),
                Part::Interpolation { value, .. } => value,
                Part::If { condition, range } => {
                    self.deeper(|parser| parser.if_directive(condition, range, parts, unbalanced))?
                }
                Part::For { names, collection, range } => {
                    self.deeper(|parser| parser.for_directive(names, collection, range, parts, unbalanced))?
                }
                Part::Else(_) if until == Until::Else => return Ok(Some(part)),
                Part::EndIf(_) if matches!(until, Until::Else | Until::EndIf) => return Ok(Some(part)),
                Part::EndFor(_) if until == Until::EndFor => return Ok(Some(part)),
                Part::Else(_) | Part::EndIf(_) | Part::EndFor(_) => {
                    return Err(self.stray_directive(&part, unbalanced));
                }
            };
            self.list.push(id);
        }
        Ok(None)
    }

    fn if_directive(
        &mut self,
        condition: ExprId,
        open: Range,
        parts: &mut Parts,
        unbalanced: bool,
    ) -> Parsed<ExprId> {
        let (yes, mut end) = self.branch(Until::Else, open, parts, unbalanced)?;
        let no = if let Part::Else(range) = end {
            let (no, after) = self.branch(Until::EndIf, range, parts, unbalanced)?;
            end = after;
            no
        } else {
            let at = end.range().start;
            self.nothing(at)
        };
        Ok(self.add(Node::Conditional { condition, yes, no }, open.to(end.range())))
    }

    fn for_directive(
        &mut self,
        (key_name, value_name): ForNames,
        collection: ExprId,
        open: Range,
        parts: &mut Parts,
        unbalanced: bool,
    ) -> Parsed<ExprId> {
        let (result, end) = self.branch(Until::EndFor, open, parts, unbalanced)?;
        let range = open.to(end.range());
        let node =
            For { key_name, value_name, collection, key_result: None, result, condition: None, group: false };
        let each = self.add_for(node, range);
        Ok(self.add(Node::TemplateFor(each), range))
    }

    /// The content of a directive as one template, and the part that ended it.
    fn branch(
        &mut self,
        until: Until,
        open: Range,
        parts: &mut Parts,
        unbalanced: bool,
    ) -> Parsed<(ExprId, Part)> {
        let mark = self.list.len();
        match self.run(parts, until, unbalanced)? {
            Some(end) => {
                let inside = Range { start: open.end, end: end.range().start.max(open.end) };
                Ok((self.join(mark, inside), end))
            }
            None => Err(self.unclosed_branch(until == Until::EndFor, open, parts.end, unbalanced)),
        }
    }

    /// Joins the collected expressions into one string.
    fn join(&mut self, mark: usize, range: Range) -> ExprId {
        match self.list.get(mark..) {
            None | Some([]) => {
                let id = self.nothing(range.start);
                self.arena.ranges[id.index()] = range;
                id
            }
            Some(&[only]) if matches!(self.node(only), Node::Text(_)) => {
                self.list.truncate(mark);
                self.arena.ranges[only.index()] = range;
                only
            }
            Some(_) => {
                let slice = self.take_list(mark);
                self.add(Node::Template(slice), range)
            }
        }
    }

    fn nothing(&mut self, at: u32) -> ExprId {
        let range = Range { start: at, end: at };
        self.add(Node::Text(Text::Source(range)), range)
    }

    // --- Literal text ---

    /// Joins this literal and those directly after it into one text.
    fn literal(&mut self, first: Literal, mut range: Range, parts: &mut Parts) -> ExprId {
        let mut whole = first;
        while let Some(Part::Literal { .. }) = parts.all.peek()
            && let Some(Part::Literal { text: next, range: more }) = parts.all.next()
        {
            range = range.to(more);
            match (&mut whole, next) {
                (Literal::Source(left), Literal::Source(right)) if left.end == right.start => {
                    left.end = right.end;
                }
                (Literal::Owned(left), next) => left.push_str(next.as_str(self.text)),
                (Literal::Source(_), next) => {
                    whole = Literal::Owned([whole.as_str(self.text), next.as_str(self.text)].concat());
                }
            }
        }
        let text = self.counted(whole);
        self.add(Node::Text(text), range)
    }

    fn counted(&mut self, literal: Literal) -> Text {
        match (escape::normalized(literal.as_str(self.text)), literal) {
            (Some(normalized), _) => self.arena.keep(&normalized),
            (None, Literal::Source(range)) => Text::Source(range),
            (None, Literal::Owned(text)) => self.arena.keep(&text),
        }
    }

    fn plain_literal(&self, range: Range) -> Literal {
        match escape::plain(self.slice(range)) {
            Cow::Borrowed(_) => Literal::Source(range),
            Cow::Owned(text) => Literal::Owned(text),
        }
    }

    fn quoted_literal(&mut self, range: Range) -> Literal {
        let mut faults = Vec::new();
        let literal = match escape::quoted(self.slice(range), &mut faults) {
            Cow::Borrowed(_) => Literal::Source(range),
            Cow::Owned(text) => Literal::Owned(text),
        };
        for fault in faults {
            self.bad_escape(range, &fault);
        }
        literal
    }

    /// A piece of quoted text that is the whole string.
    pub(super) fn quoted_text(&mut self, range: Range) -> Text {
        let literal = self.quoted_literal(range);
        self.counted(literal)
    }
}

struct Parts {
    all: std::iter::Peekable<std::vec::IntoIter<Part>>,
    /// Where the template ends.
    end: Range,
}
