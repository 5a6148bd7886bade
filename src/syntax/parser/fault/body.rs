//! Errors in bodies: in arguments and blocks.

use crate::diag::{Diagnostic, Range};
use crate::syntax::body::ItemNode;
use crate::syntax::lexer::{indentation, line_start};
use crate::syntax::parser::{Parser, Reported};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(in crate::syntax::parser) fn stray_brace(&mut self) {
        let range = self.token.range;
        self.report("Unexpected closing brace", "There is no open block that this brace could close.", range);
    }

    pub(in crate::syntax::parser) fn missing_item(&mut self, top: bool) -> Reported {
        let found = self.found();
        if self.at(TokenKind::OpenQuote) {
            return self.unexpected(
                "Invalid argument name",
                "The name of an argument, or the type of a block, is not in quotes.",
                None,
            );
        }
        let place = if top { "at this level" } else { "in this block" };
        self.unexpected(
            "Argument or block definition required",
            format!(
                "Each line {place} sets an argument (name = value) or begins a block, but there is {found}."
            ),
            None,
        )
    }

    pub(in crate::syntax::parser) fn neither_argument_nor_block(&mut self, name: Range) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let text = self.slice(name);
        let found = self.found();
        let rest = self.text.get(self.token.range.end as usize..).unwrap_or_default();
        let hint = match self.token.kind {
            TokenKind::Newline if rest.trim_start().starts_with('{') => {
                format!("The opening brace of a block must be on the same line: {text} {{")
            }
            TokenKind::Colon => format!("Arguments are set with an equals sign: {text} = ..."),
            TokenKind::Dot | TokenKind::OpenBracket => {
                "The name of an argument is one plain name, without dots or indexes.".to_owned()
            }
            _ => format!("To set an argument write {text} = ..., to begin a block {text} {{."),
        };
        let diagnostic = Diagnostic::error(
            "Argument or block definition required",
            format!("After \"{text}\" there must be an equals sign, a label or an opening brace, but there is {found}."),
        )
        .at(self.source.span(name))
        .hint(hint);
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn missing_newline(&mut self, start: Range, what: &str) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let found = self.found();
        let summary = match self.token.kind {
            TokenKind::Comma => format!("Unexpected comma after {what}"),
            _ => format!("Missing newline after {what}"),
        };
        let context = self.source.span(start.to(self.token.range));
        let mut diagnostic = Diagnostic::error(
            summary,
            format!("The {what} ends before {found}, and its line must end with it."),
        )
        .at(self.source.span(self.token.range))
        .within(context);
        let instead = match self.slice(self.token.range) {
            "and" => Some("&&"),
            "or" => Some("||"),
            "not" => Some("!"),
            _ => None,
        };
        if let Some(operator) = instead {
            diagnostic = diagnostic.hint(format!("Did you mean \"{operator}\"?"));
        } else if self.at(TokenKind::Comma) {
            diagnostic = diagnostic.hint("Put each on a line of its own, without commas.");
        }
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn invalid_block_header(&mut self, kind: Range) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let name = self.slice(kind);
        let (detail, range) = match self.token.kind {
            TokenKind::Assign => (
                format!(
                    "An equals sign sets an argument, which has one name only; \"{name}\" begins a block here."
                ),
                self.token.range,
            ),
            TokenKind::Newline | TokenKind::End => (
                "The opening brace must be on the same line as the start of the block.".to_owned(),
                Range { start: self.previous_end, end: self.previous_end },
            ),
            _ => (
                format!(
                    "There should be a label or the opening brace of the block, but there is {}.",
                    self.found()
                ),
                self.token.range,
            ),
        };
        let diagnostic = Diagnostic::error("Invalid block definition", detail)
            .at(self.source.span(range))
            .within(self.source.span(kind.to(range)));
        self.fault(diagnostic)
    }

    /// The text ended inside a block. Enclosing blocks are open, too, but one message is enough. Returns the first item
    /// that was probably meant to follow the block, and where it starts.
    pub(in crate::syntax::parser) fn unclosed_block(
        &mut self,
        kind: Range,
        open: Range,
        mark: usize,
    ) -> Option<(usize, u32)> {
        // An item inside that is indented no deeper than the block was probably meant to follow it. If there is none,
        // the missing brace may just as well be that of an enclosing block.
        let own = indentation(self.text, kind.start);
        let inside = self.items.get(mark..).unwrap_or(&[]).iter().map(item_start);
        let outside = (mark..).zip(inside).find(|(_, start)| {
            line_start(self.text, *start) > kind.start && indentation(self.text, *start) <= own
        });
        if std::mem::replace(&mut self.told_unclosed, true) {
            return outside;
        }
        let mut diagnostic = Diagnostic::error(
            "Unclosed block",
            "There is no closing brace for this block before the end of the file.",
        )
        .at(self.source.span(open))
        .within(self.source.span(kind.to(open)));
        if let Some((_, start)) = outside {
            let place = self.source.span(Range { start, end: start });
            diagnostic = diagnostic.related("the brace was probably meant to come before this", place);
        }
        self.fault(diagnostic);
        outside
    }

    pub(in crate::syntax::parser) fn block_in_single_line(&mut self, name: Range) -> Reported {
        let text = self.slice(name);
        let detail = format!(
            "A block on one line can hold a single argument and nothing else, so \"{text}\" cannot be a block here."
        );
        let range = name.to(self.token.range);
        self.report("Invalid single-line block", detail, range)
    }

    pub(in crate::syntax::parser) fn unclosed_single_line(&mut self, kind: Range) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let context = self.source.span(kind.to(self.token.range));
        let diagnostic = Diagnostic::error(
            "Invalid single-line block",
            format!(
                "A block on one line holds one argument and is closed at once, but there is {}.",
                self.found()
            ),
        )
        .at(self.source.span(self.token.range))
        .within(context)
        .hint("To set several arguments put each on a line of its own, and the closing brace too.");
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn template_in_label(&mut self, open: Range) {
        let range = self.token.range;
        let sign = self.slice(range).get(..1).unwrap_or("$").to_owned();
        let diagnostic = Diagnostic::error(
            "Invalid label",
            "A label is plain text, known before anything is evaluated; it cannot hold a template sequence.",
        )
        .at(self.source.span(range))
        .within(self.source.span(open.to(range)))
        .hint(format!("For a literal \"{sign}{{\" write \"{sign}{sign}{{\"."));
        self.fault(diagnostic);
    }

    pub(in crate::syntax::parser) fn repeated_argument(&mut self, first: Range, again: Range) {
        let name = self.slice(again).to_owned();
        let first = self.source.span(first);
        let diagnostic = Diagnostic::error(
            "Attribute redefined",
            format!("The argument \"{name}\" was already set at {first}; it can be set once only."),
        )
        .at(self.source.span(again))
        .related("set here first", first);
        self.fault(diagnostic);
    }
}

fn item_start(item: &ItemNode) -> u32 {
    match item {
        ItemNode::Attribute(attribute) => attribute.name_range.start,
        ItemNode::Block(block) => block.kind_range.start,
    }
}
