//! The texts of errors. Every error has one stable summary, a sentence about this case, and a hint if there is one.

mod body;
mod expression;
mod template;

use crate::diag::{Diagnostic, Range};
use crate::syntax::token::TokenKind;

use super::{DEEPEST, MOST_FAULTS, Parser, Reported};

impl Parser<'_> {
    pub(super) fn fault(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        self.faults += 1;
        // Everything up to the end of the text is in the comment, including braces.
        self.told_unclosed |= self.at(TokenKind::UnclosedComment);
        if self.faults == MOST_FAULTS {
            let more = Diagnostic::error(
                "Too many syntax errors",
                format!("After {MOST_FAULTS} faults the rest of this text is not read."),
            );
            self.diagnostics.push(more.at(self.source.span(self.token.range)));
            self.told_unclosed = true;
        }
        if self.faults >= MOST_FAULTS {
            self.lexer.stop();
            let end = Range::new(self.text.len(), 0).start;
            self.token.kind = TokenKind::End;
            self.token.range = Range { start: end, end };
        }
        Reported
    }

    fn report(&mut self, summary: &str, detail: impl Into<String>, range: Range) -> Reported {
        let diagnostic = Diagnostic::error(summary, detail).at(self.source.span(range));
        self.fault(diagnostic)
    }

    /// Something other than the current token was expected. A token that is never valid has a message of its own.
    fn unexpected(&mut self, summary: &str, detail: impl Into<String>, hint: Option<String>) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let mut diagnostic = Diagnostic::error(summary, detail).at(self.source.span(self.token.range));
        diagnostic.hint = hint;
        self.fault(diagnostic)
    }

    fn never_valid(&self) -> Option<Diagnostic> {
        let text = self.slice(self.token.range);
        let operator = |name: &str, instead: Option<&str>| {
            let fault = Diagnostic::error(
                "Unsupported operator",
                format!("\"{text}\" is no operator here: the language has no bitwise {name}."),
            );
            match instead {
                Some(instead) => fault.hint(format!("Did you mean \"{instead}\"?")),
                None => fault,
            }
        };
        let invalid = |detail: &str| Diagnostic::error("Invalid character", detail);
        let diagnostic = match self.token.kind {
            TokenKind::Ampersand => operator("and", Some("&&")),
            TokenKind::Pipe => operator("or", Some("||")),
            TokenKind::Tilde => operator("complement", Some("!")),
            TokenKind::Caret => operator("exclusive-or", None),
            TokenKind::Semicolon => invalid("Nothing is separated by semicolons.")
                .hint("Put arguments and blocks on lines of their own, and commas between items."),
            TokenKind::Backtick => invalid("Backticks do not enclose text.")
                .hint("Use double quotes, or a heredoc (<<EOT) for text of several lines."),
            TokenKind::Apostrophe => {
                invalid("Single quotes do not enclose text.").hint("Use double quotes: \"text\".")
            }
            TokenKind::UnclosedComment => Diagnostic::error(
                "Unclosed comment",
                "This comment goes on to the end of the file, because no \"*/\" closes it.",
            ),
            TokenKind::Invalid => match text.chars().next() {
                Some('“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '‛' | '«' | '»' | '＂') => {
                    invalid("This is a typographic quote, as text programs put in place of plain ones.")
                        .hint("Use the plain double quote: \".")
                }
                Some('$')
                    if self.text.get(self.token.range.end as usize..).is_some_and(|t| t.starts_with('{')) =>
                {
                    invalid("An interpolation \"${ ... }\" has a meaning only inside of quotes or a heredoc.")
                        .hint(
                            "Leave out \"${\" and \"}\": outside of quotes an expression stands for itself.",
                        )
                }
                Some('\r') => {
                    invalid("A carriage return that is not part of the end of a line has no meaning.")
                }
                Some('\u{feff}') => invalid("A byte order mark may stand only at the start of a file."),
                Some('\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{3000}') => {
                    invalid("This blank is not a plain space.").hint("Replace it with a space.")
                }
                Some(c) if c.is_control() => {
                    invalid(&format!("The control character U+{:04X} has no meaning.", u32::from(c)))
                }
                Some(c) => invalid(&format!("The character \"{c}\" has no meaning here.")),
                None => invalid("This character has no meaning here."),
            },
            _ => return None,
        };
        Some(diagnostic.at(self.source.span(self.token.range)))
    }

    /// The current token in words.
    fn found(&self) -> String {
        match self.token.kind {
            TokenKind::End => "the end of the text".to_owned(),
            TokenKind::Newline => "the end of the line".to_owned(),
            TokenKind::OpenQuote => "a string".to_owned(),
            TokenKind::CloseQuote => "the closing quote".to_owned(),
            TokenKind::OpenHeredoc | TokenKind::CloseHeredoc => "a heredoc".to_owned(),
            _ => format!("\"{}\"", self.slice(self.token.range)),
        }
    }

    pub(super) fn too_deep(&mut self) -> Reported {
        let range = self.token.range;
        let told = self.report(
            "Nested too deeply",
            format!("Expressions and blocks may be nested in each other up to {DEEPEST} levels."),
            range,
        );
        // What follows is nested as deeply.
        self.lexer.stop();
        self.token.kind = TokenKind::End;
        self.told_unclosed = true;
        told
    }
}
