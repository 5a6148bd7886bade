//! Errors in expressions.

use crate::diag::{Diagnostic, Range};
use crate::syntax::ExprId;
use crate::syntax::lexer::{indentation, line_start, starts_item};
use crate::syntax::parser::{Parser, Reported};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(in crate::syntax::parser) fn unexpected_after_expression(&mut self) -> Reported {
        let found = self.found();
        self.unexpected(
            "Extra characters after expression",
            format!("The expression ends before {found}, and nothing may follow it."),
            None,
        )
    }

    pub(in crate::syntax::parser) fn missing_expression(&mut self) -> Reported {
        let found = self.found();
        let hint = match self.token.kind {
            TokenKind::Less if self.text.get(self.token.range.end as usize..).is_some_and(|t| t.starts_with('<')) => {
                Some(
                    "A heredoc starts with << or <<- and a name that ends its line, without quotes or blanks.".to_owned(),
                )
            }
            TokenKind::Equal | TokenKind::Assign => Some("Compare with \"==\", set an argument with \"=\".".to_owned()),
            _ => None,
        };
        self.unexpected("Missing expression", format!("A value is needed here, but there is {found}."), hint)
    }

    pub(in crate::syntax::parser) fn missing_else(&mut self, start: u32) -> Reported {
        let found = self.found();
        let whole = Range { start, end: self.token.range.end };
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let diagnostic = Diagnostic::error(
            "Incomplete conditional",
            format!("condition ? one : other needs the colon and the other value, but there is {found}."),
        )
        .at(self.source.span(self.token.range))
        .within(self.source.span(whole));
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn invalid_number(&mut self, range: Range) {
        let text = self.slice(range);
        self.report("Invalid number", format!("\"{text}\" is not a number."), range);
    }

    /// What `open` opened continues with something invalid: either a separator is missing, or the closing bracket.
    pub(in crate::syntax::parser) fn unclosed(
        &mut self,
        what: &str,
        open: Range,
        close: &str,
        wanted: &str,
    ) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let next_item = self.at_line_of_next_item(open);
        if self.at(TokenKind::End) || next_item {
            let mut diagnostic = Diagnostic::error(
                format!("Unclosed {what}"),
                format!(
                    "There is no \"{close}\" for the \"{}\" that opens here.",
                    self.slice(open).trim_end()
                ),
            )
            .at(self.source.span(open));
            if next_item {
                diagnostic =
                    diagnostic.related("something else begins here", self.source.span(self.token.range));
            }
            return self.fault(diagnostic);
        }
        let diagnostic = Diagnostic::error(
            format!("Unexpected token in {what}"),
            format!("There should be {wanted}, but there is {}.", self.found()),
        )
        .at(self.source.span(self.token.range))
        .within(self.source.span(open.to(self.token.range)));
        self.fault(diagnostic)
    }

    /// Whether the current token is on a line that looks like the next item of the enclosing body.
    fn at_line_of_next_item(&self, open: Range) -> bool {
        let line = line_start(self.text, self.token.range.start);
        line > open.start
            && starts_item(self.text, line)
                .0
                .is_some_and(|indent| indent <= indentation(self.text, self.item_start))
    }

    pub(in crate::syntax::parser) fn missing_attribute_name(&mut self, dot: Range) -> Reported {
        let found = self.found();
        let range = dot.to(if self.at(TokenKind::Newline) { dot } else { self.token.range });
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let mut diagnostic = Diagnostic::error(
            "Missing attribute name",
            format!("A name must follow the dot, but there is {found}."),
        )
        .at(self.source.span(range));
        if self.at(TokenKind::OpenQuote) || self.at(TokenKind::OpenBracket) {
            diagnostic = diagnostic.hint("Leave out the dot: an index in brackets follows directly.");
        }
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn chained_legacy_index(&mut self, number: Range, in_splat: bool) {
        let text = self.slice(number);
        let brackets = text.split('.').map(|part| format!("[{part}]")).collect::<String>();
        let instead = if in_splat { format!("[*]{brackets}") } else { brackets };
        let diagnostic = Diagnostic::error(
            "Invalid legacy index syntax",
            format!("\"{text}\" reads as one number, so indexes written with dots cannot follow each other."),
        )
        .at(self.source.span(number))
        .hint(format!("Use brackets: {instead}."));
        self.fault(diagnostic);
    }

    pub(in crate::syntax::parser) fn nested_attribute_splat(&mut self) -> Reported {
        let range = self.token.range;
        let diagnostic = Diagnostic::error(
            "Nested splat expression",
            "A splat \".*\" cannot be used inside of another \".*\".",
        )
        .at(self.source.span(range))
        .hint("Use \"[*]\", which can be nested.");
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn unclosed_splat(&mut self, open: Range) -> Reported {
        let found = self.found();
        let context = self.source.span(open.to(self.token.range));
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let diagnostic = Diagnostic::error(
            "Unclosed splat",
            format!("\"[*\" must be followed by \"]\" at once, but there is {found}."),
        )
        .at(self.source.span(self.token.range))
        .within(context);
        self.fault(diagnostic)
    }

    pub(in crate::syntax::parser) fn missing_function_name(&mut self) -> Reported {
        let found = self.found();
        self.unexpected(
            "Missing function name",
            format!("A name must follow \"::\", but there is {found}."),
            Some("A function of a provider is called as provider::name::function(...).".to_owned()),
        )
    }

    pub(in crate::syntax::parser) fn missing_call_parenthesis(&mut self, name: Range) -> Reported {
        let name = self.slice(name).to_owned();
        self.unexpected(
            "Missing opening parenthesis",
            format!("\"{name}\" names a function, which can only be called: {name}(...)."),
            None,
        )
    }

    pub(in crate::syntax::parser) fn misplaced_expansion(&mut self, name: Range) -> Reported {
        let name = self.slice(name).to_owned();
        self.unexpected(
            "Misplaced expansion of arguments",
            format!(
                "\"...\" expands the last argument of {name}, so only the closing parenthesis may follow it."
            ),
            None,
        )
    }

    pub(in crate::syntax::parser) fn missing_entry_value(&mut self, open: Range) -> Reported {
        let hint = matches!(self.token.kind, TokenKind::Identifier | TokenKind::Number | TokenKind::Dot).then(|| {
            "A key with blanks, dots or other signs in it must be in quotes; one that is an expression, in parentheses."
                .to_owned()
        });
        if self.at(TokenKind::End) {
            return self.unclosed("object", open, "}", "an equals sign");
        }
        let found = self.found();
        self.unexpected(
            "Missing value in object",
            format!("An equals sign (or a colon) and a value must follow the key, but there is {found}."),
            hint,
        )
    }

    pub(in crate::syntax::parser) fn incomplete_for(&mut self, why: &str) -> Reported {
        let found = self.found();
        self.unexpected(
            "Invalid 'for' expression",
            format!("{why}, but there is {found}."),
            Some(
                "It reads [for value in list : result] or {for key, value in map : key => result}."
                    .to_owned(),
            ),
        )
    }

    pub(in crate::syntax::parser) fn for_without_key(&mut self, result: ExprId, whole: Range) {
        let range = self.range_of(result);
        let diagnostic = Diagnostic::error(
            "Invalid 'for' expression",
            "In braces it makes an object, so each result needs a key: key => value.",
        )
        .at(self.source.span(range))
        .within(self.source.span(whole))
        .hint("For a list of results use brackets.");
        self.fault(diagnostic);
    }

    pub(in crate::syntax::parser) fn for_with_key(&mut self, key: ExprId, whole: Range) {
        let range = self.range_of(key);
        let diagnostic = Diagnostic::error(
            "Invalid 'for' expression",
            "In brackets it makes a list, whose results have no keys.",
        )
        .at(self.source.span(range))
        .within(self.source.span(whole))
        .hint("For an object use braces.");
        self.fault(diagnostic);
    }

    pub(in crate::syntax::parser) fn for_with_group(&mut self, ellipsis: Range, whole: Range) {
        let diagnostic = Diagnostic::error(
            "Invalid 'for' expression",
            "\"...\" groups the results of one key, and a list has no keys.",
        )
        .at(self.source.span(ellipsis))
        .within(self.source.span(whole));
        self.fault(diagnostic);
    }
}
