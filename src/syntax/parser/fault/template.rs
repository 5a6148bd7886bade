//! Errors in templates.

use crate::diag::{Diagnostic, Range, closest};
use crate::syntax::parser::escape::{BadEscape, EscapeFault};
use crate::syntax::parser::template::Part;
use crate::syntax::parser::{Parser, Reported};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(in crate::syntax::parser) fn unclosed_template(&mut self, open: Range, close: TokenKind) -> Reported {
        match close {
            TokenKind::CloseHeredoc if self.at(TokenKind::End) => {
                self.told_unclosed = true;
                let marker = self.slice(open).trim_start_matches(['<', '-']).trim_end().to_owned();
                let last = self.text.lines().next_back().unwrap_or("").trim();
                let hint = if last == marker {
                    format!("The last line is \"{marker}\"; end it with a newline.")
                } else {
                    format!("Close it with a line that holds only \"{marker}\".")
                };
                let diagnostic = Diagnostic::error(
                    "Unclosed heredoc",
                    format!(
                        "No line after this holds nothing but \"{marker}\", so the text goes on to the end."
                    ),
                )
                .at(self.source.span(open))
                .hint(hint);
                self.fault(diagnostic)
            }
            TokenKind::CloseQuote if matches!(self.token.kind, TokenKind::UnclosedQuote | TokenKind::End) => {
                let range = Range { start: open.start, end: self.previous_end.max(open.end) };
                self.report("Unclosed string", "There is no closing quote before the end of the line.", range)
            }
            _ if self.at(TokenKind::Invalid) && self.slice(self.token.range) == "\\" => {
                let range = self.token.range;
                self.report(
                    "Invalid escape sequence",
                    "A backslash must be followed by what it stands for.",
                    range,
                )
            }
            _ => {
                let found = self.found();
                self.unexpected("Invalid template", format!("Text cannot hold {found}."), None)
            }
        }
    }

    pub(in crate::syntax::parser) fn newline_in_quotes(&mut self, open: Range) {
        let range = Range { start: open.start, end: self.previous_end.max(open.end) };
        let diagnostic = Diagnostic::error(
            "Invalid multi-line string",
            "A string in quotes must end on the line that it begins on.",
        )
        .at(self.source.span(range))
        .hint("Write \\n for a new line in it, or use a heredoc (<<EOT) for text of several lines.");
        self.fault(diagnostic);
    }

    pub(in crate::syntax::parser) fn bad_escape(&mut self, within: Range, bad: &BadEscape) {
        let range = Range {
            start: within.start + bad.range.start,
            end: (within.start + bad.range.end).min(within.end),
        };
        let (detail, hint) = match bad.fault {
            EscapeFault::Unknown(c) => (
                format!("\"\\{c}\" stands for nothing."),
                Some(
                    "There are \\n, \\r, \\t, \\\", \\\\, \\uNNNN and \\UNNNNNNNN; a backslash itself is \\\\.",
                ),
            ),
            EscapeFault::Digits { long: false } => ("\\u needs four hexadecimal digits.".to_owned(), None),
            EscapeFault::Digits { long: true } => ("\\U needs eight hexadecimal digits.".to_owned(), None),
            EscapeFault::NoCharacter => (
                format!("There is no character {}.", self.slice(range).replacen(['\\', 'u', 'U'], "", 2)),
                None,
            ),
        };
        let mut diagnostic = Diagnostic::error("Invalid escape sequence", detail).at(self.source.span(range));
        diagnostic.hint = hint.map(str::to_owned);
        self.fault(diagnostic);
    }

    pub(in crate::syntax::parser) fn unclosed_interpolation(
        &mut self,
        open: Range,
        close: TokenKind,
    ) -> Reported {
        let ended = match self.token.kind {
            TokenKind::End => true,
            TokenKind::OpenQuote | TokenKind::UnclosedQuote => close == TokenKind::CloseQuote,
            _ => false,
        };
        if ended {
            return self.report(
                "Unclosed interpolation",
                "There is no \"}\" for the \"${\" that opens here.",
                open,
            );
        }
        let found = self.found();
        self.unexpected(
            "Unexpected token in interpolation",
            format!("The expression ends before {found}, where there should be the closing brace."),
            Some("If \"${\" is meant for another language, double the dollar sign: $${.".to_owned()),
        )
    }

    pub(in crate::syntax::parser) fn unknown_directive(&mut self) -> Reported {
        let found = self.found();
        let hint = match closest(self.slice(self.token.range), ["if", "else", "endif", "for", "endfor"]) {
            Some(name) => format!("Did you mean \"{name}\"?"),
            None => "If \"%{\" is meant for another language, double the percent sign: %%{.".to_owned(),
        };
        self.unexpected(
            "Invalid template directive",
            format!("\"%{{\" must be followed by if, else, endif, for or endfor, but there is {found}."),
            Some(hint),
        )
    }

    pub(in crate::syntax::parser) fn unclosed_directive(&mut self, open: Range, word: &str) -> Reported {
        if self.at(TokenKind::End) {
            return self.report(
                "Unclosed directive",
                "There is no \"}\" for the \"%{\" that opens here.",
                open,
            );
        }
        let found = self.found();
        self.unexpected(
            "Unexpected token in directive",
            format!("The \"{word}\" directive ends before {found}, where there should be the closing brace."),
            None,
        )
    }

    pub(in crate::syntax::parser) fn stray_directive(&mut self, part: &Part, unbalanced: bool) -> Reported {
        if unbalanced {
            return Reported;
        }
        let (word, opener) = match part {
            Part::Else(_) => ("else", "if"),
            Part::EndIf(_) => ("endif", "if"),
            _ => ("endfor", "for"),
        };
        self.report(
            &format!("Unexpected {word} directive"),
            format!("There is no \"{opener}\" directive open here that this could belong to."),
            part.range(),
        )
    }

    pub(in crate::syntax::parser) fn unclosed_branch(
        &mut self,
        is_for: bool,
        open: Range,
        end: Range,
        unbalanced: bool,
    ) -> Reported {
        if unbalanced {
            return Reported;
        }
        let (word, closer) = if is_for { ("for", "endfor") } else { ("if", "endif") };
        let diagnostic = Diagnostic::error(
            format!("Unclosed {word} directive"),
            format!("The template ends without an \"{closer}\" directive for this."),
        )
        .at(self.source.span(open))
        .related("the template ends here", self.source.span(end));
        self.fault(diagnostic)
    }
}
