//! What a fault says. Every fault has one summary that stays the same, a sentence about this case, and a hint where
//! there is one to give.

use crate::diag::{Diagnostic, Range, closest};
use crate::syntax::ExprId;
use crate::syntax::body::ItemNode;
use crate::syntax::lexer::{indentation, line_start, starts_item};
use crate::syntax::token::TokenKind;

use super::escape::{BadEscape, EscapeFault};
use super::template::Part;
use super::{DEEPEST, MOST_FAULTS, Parser, Reported};

impl Parser<'_> {
    pub(super) fn fault(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        self.faults += 1;
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

    /// Something else than the current token was expected. A token that is never valid has a message of its own.
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
                format!("There is no {name} operator \"{text}\": the language has no bitwise operators."),
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
        // Whatever comes is as deep.
        self.lexer.stop();
        self.token.kind = TokenKind::End;
        self.told_unclosed = true;
        told
    }

    // --- Expressions ---

    pub(super) fn unexpected_after_expression(&mut self) -> Reported {
        let found = self.found();
        self.unexpected(
            "Extra characters after expression",
            format!("The expression ends before {found}, and nothing may follow it."),
            None,
        )
    }

    pub(super) fn missing_expression(&mut self) -> Reported {
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

    pub(super) fn missing_else(&mut self, start: u32) -> Reported {
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

    pub(super) fn invalid_number(&mut self, range: Range) {
        let text = self.slice(range);
        self.report("Invalid number", format!("\"{text}\" is not a number."), range);
    }

    /// Something that `open` opened goes on where it cannot: either a separator is missing or what closes it.
    pub(super) fn unclosed(&mut self, what: &str, open: Range, close: &str, wanted: &str) -> Reported {
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

    /// Whether the current token is on a line that looks like the next item of the body that we are in.
    fn at_line_of_next_item(&self, open: Range) -> bool {
        let line = line_start(self.text, self.token.range.start);
        line > open.start
            && starts_item(self.text, line)
                .0
                .is_some_and(|indent| indent <= indentation(self.text, self.item_start))
    }

    pub(super) fn missing_attribute_name(&mut self, dot: Range) -> Reported {
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

    pub(super) fn chained_legacy_index(&mut self, number: Range, in_splat: bool) {
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

    pub(super) fn nested_attribute_splat(&mut self) -> Reported {
        let range = self.token.range;
        let diagnostic = Diagnostic::error(
            "Nested splat expression",
            "A splat \".*\" cannot be used inside of another \".*\".",
        )
        .at(self.source.span(range))
        .hint("Use \"[*]\", which can be nested.");
        self.fault(diagnostic)
    }

    pub(super) fn unclosed_splat(&mut self, open: Range) -> Reported {
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

    // --- Calls, objects, for ---

    pub(super) fn missing_function_name(&mut self, name: Range) -> Reported {
        let found = self.found();
        let _ = name;
        self.unexpected(
            "Missing function name",
            format!("A name must follow \"::\", but there is {found}."),
            Some("A function of a provider is called as provider::name::function(...).".to_owned()),
        )
    }

    pub(super) fn missing_call_parenthesis(&mut self, name: Range) -> Reported {
        let name = self.slice(name).to_owned();
        self.unexpected(
            "Missing opening parenthesis",
            format!("\"{name}\" names a function, which can only be called: {name}(...)."),
            None,
        )
    }

    pub(super) fn misplaced_expansion(&mut self, name: Range) -> Reported {
        let name = self.slice(name).to_owned();
        self.unexpected(
            "Misplaced expansion of arguments",
            format!(
                "\"...\" expands the last argument of {name}, so only the closing parenthesis may follow it."
            ),
            None,
        )
    }

    pub(super) fn missing_entry_value(&mut self, open: Range) -> Reported {
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

    pub(super) fn incomplete_for(&mut self, why: &str) -> Reported {
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

    pub(super) fn for_without_key(&mut self, result: ExprId, whole: Range) {
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

    pub(super) fn for_with_key(&mut self, key: ExprId, whole: Range) {
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

    pub(super) fn for_with_group(&mut self, ellipsis: Range, whole: Range) {
        let diagnostic = Diagnostic::error(
            "Invalid 'for' expression",
            "\"...\" groups the results of one key, and a list has no keys.",
        )
        .at(self.source.span(ellipsis))
        .within(self.source.span(whole));
        self.fault(diagnostic);
    }

    // --- Templates ---

    pub(super) fn unclosed_template(&mut self, open: Range, close: TokenKind) -> Reported {
        match close {
            TokenKind::CloseHeredoc if self.at(TokenKind::End) => {
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

    pub(super) fn newline_in_quotes(&mut self, open: Range) {
        let range = Range { start: open.start, end: self.previous_end.max(open.end) };
        let diagnostic = Diagnostic::error(
            "Invalid multi-line string",
            "A string in quotes must end on the line that it begins on.",
        )
        .at(self.source.span(range))
        .hint("Write \\n for a new line in it, or use a heredoc (<<EOT) for text of several lines.");
        self.fault(diagnostic);
    }

    pub(super) fn bad_escape(&mut self, within: Range, bad: &BadEscape) {
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

    pub(super) fn unclosed_interpolation(&mut self, open: Range, close: TokenKind) -> Reported {
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

    pub(super) fn unknown_directive(&mut self, open: Range) -> Reported {
        let _ = open;
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

    pub(super) fn unclosed_directive(&mut self, open: Range, word: &str) -> Reported {
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

    pub(super) fn stray_directive(&mut self, part: &Part, unbalanced: bool) -> Reported {
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

    pub(super) fn unclosed_branch(
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

    // --- Bodies ---

    pub(super) fn stray_brace(&mut self) {
        let range = self.token.range;
        self.report("Unexpected closing brace", "There is no open block that this brace could close.", range);
    }

    pub(super) fn missing_item(&mut self, top: bool) -> Reported {
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

    pub(super) fn neither_argument_nor_block(&mut self, name: Range) -> Reported {
        if let Some(diagnostic) = self.never_valid() {
            return self.fault(diagnostic);
        }
        let text = self.slice(name);
        let found = self.found();
        let hint = match self.token.kind {
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

    pub(super) fn missing_newline(&mut self, start: Range, what: &str) -> Reported {
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
        if self.at(TokenKind::Comma) {
            diagnostic = diagnostic.hint("Put each on a line of its own, without commas.");
        }
        self.fault(diagnostic)
    }

    pub(super) fn invalid_block_header(&mut self, kind: Range) -> Reported {
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

    /// The text ended inside a block. Blocks around it are open too, but one message is enough.
    pub(super) fn unclosed_block(&mut self, kind: Range, open: Range, mark: usize) {
        // An item inside that is indented no deeper than the block was probably meant to come after it. Where there is
        // none, the missing brace may just as well be that of a block further out.
        let own = indentation(self.text, kind.start);
        let outside = self.items.get(mark..).unwrap_or(&[]).iter().map(item_start).find(|start| {
            line_start(self.text, *start) > kind.start && indentation(self.text, *start) <= own
        });
        if std::mem::replace(&mut self.told_unclosed, true) {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            "Unclosed block",
            "There is no closing brace for this block before the end of the file.",
        )
        .at(self.source.span(open))
        .within(self.source.span(kind.to(open)));
        if let Some(start) = outside {
            let place = self.source.span(Range { start, end: start });
            diagnostic = diagnostic.related("the brace was probably meant to come before this", place);
        }
        self.fault(diagnostic);
    }

    pub(super) fn block_in_single_line(&mut self, name: Range) -> Reported {
        let text = self.slice(name);
        let detail = format!(
            "A block on one line can hold a single argument and nothing else, so \"{text}\" cannot be a block here."
        );
        let range = name.to(self.token.range);
        self.report("Invalid single-line block", detail, range)
    }

    pub(super) fn unclosed_single_line(&mut self, kind: Range) -> Reported {
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

    pub(super) fn template_in_label(&mut self, open: Range) {
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

    pub(super) fn repeated_argument(&mut self, first: Range, again: Range) {
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
