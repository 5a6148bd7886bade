//! Parses tokens to values in the arena. Every error is reported with what was probably meant, and parsing continues as
//! if that had been written.

mod scalar;

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Range, Source};
use crate::syntax::tree::{Arena, Entry, ExprId, File, Node, Slice, Text};

use super::scanner::{Kind, Scanner, Token};

/// The deepest nesting; real configurations stay below a hundred levels.
const DEEPEST: usize = 20_000;

pub(super) struct Parser<'a> {
    source: &'a Arc<Source>,
    scanner: Scanner<'a>,
    /// The next token that is not a comment.
    next: Token,
    /// Whether a comment was reported, because one error is enough.
    comment_reported: bool,
    /// Whether the end of the file was reported as unexpected; then other open containers need no errors of their own.
    end_reported: bool,
    arena: Arena,
    faults: Vec<(ExprId, Diagnostics)>,
    diagnostics: &'a mut Diagnostics,
    depth: usize,
    /// The numbers of open arrays and objects, which tell what a stray bracket closes.
    open_arrays: usize,
    open_objects: usize,
}

/// Parses the whole text as one value.
pub(super) fn parse(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> (File, ExprId) {
    let mut parser = Parser {
        source,
        scanner: Scanner::new(source.text()),
        next: Token { kind: Kind::End, range: Range::default() },
        comment_reported: false,
        end_reported: false,
        arena: Arena::default(),
        faults: Vec::new(),
        diagnostics,
        depth: 0,
        open_arrays: 0,
        open_objects: 0,
    };
    let clean_before = parser.diagnostics.len();
    parser.skip_byte_order_mark();
    parser.advance();
    let root = parser.root();
    if parser.next.kind != Kind::End && parser.diagnostics.len() == clean_before {
        let range = parser.next.range;
        parser.report(
            "Text after the JSON value",
            "A file in JSON syntax holds one value and nothing behind it.",
            range,
        );
    }
    let file = File { source: Arc::clone(source), arena: parser.arena, template_faults: parser.faults };
    (file, root)
}

impl Parser<'_> {
    /// An object or array; anything else is reported, and replaced by a node that causes no further errors.
    fn root(&mut self) -> ExprId {
        let range = self.next.range;
        if self.next.kind == Kind::End {
            self.report(
                "Missing JSON value",
                "The file is empty. A file in JSON syntax holds one object, at least {}.",
                range,
            );
            return self.add(Node::Invalid, range);
        }
        let root = self.value();
        if matches!(
            self.arena.nodes.get(root.index()),
            Some(Node::Object(_) | Node::Tuple(_) | Node::Invalid)
        ) {
            return root;
        }
        self.report(
            "Wrong kind of JSON value",
            "A file in JSON syntax is an object, or an array of objects that count as one.",
            range,
        );
        self.add(Node::Invalid, range)
    }

    fn value(&mut self) -> ExprId {
        if self.depth >= DEEPEST {
            return self.too_deep();
        }
        self.depth += 1;
        let id = stacker::maybe_grow(32 * 1024, 1024 * 1024, || self.shallow_value());
        self.depth -= 1;
        id
    }

    fn shallow_value(&mut self) -> ExprId {
        let token = self.next;
        match token.kind {
            Kind::OpenBrace => self.object(),
            Kind::OpenBracket => self.array(),
            Kind::Text { .. } | Kind::SingleQuoted => {
                self.advance();
                self.string(token)
            }
            Kind::Number => {
                self.advance();
                self.number(token)
            }
            Kind::Word => {
                self.advance();
                self.word(token)
            }
            _ => {
                self.report(
                    "Missing JSON value",
                    format!("A value is needed here, but {} was found.", self.describe(token)),
                    token.range,
                );
                if matches!(token.kind, Kind::Unknown | Kind::Equals | Kind::Colon) {
                    self.advance();
                }
                self.add(Node::Invalid, token.range)
            }
        }
    }

    fn object(&mut self) -> ExprId {
        let open = self.advance();
        self.open_objects += 1;
        let mut entries: Vec<Entry> = Vec::new();
        let mut comma: Option<Range> = None;
        let end = loop {
            let token = self.next;
            match token.kind {
                Kind::CloseBrace => {
                    self.report_trailing_comma(comma, "object", "property");
                    self.advance();
                    break token.range.end;
                }
                Kind::End => break self.unclosed(open.range, "object", "}"),
                Kind::CloseBracket => {
                    if self.open_arrays > 0 {
                        break self.unclosed(open.range, "object", "}");
                    }
                    self.mismatched(open.range, "object", "}", "]");
                    self.advance();
                    break token.range.end;
                }
                Kind::Comma => {
                    self.report(
                        "Missing JSON property",
                        "There is no property before this comma.",
                        token.range,
                    );
                    comma = None;
                    self.advance();
                }
                _ => {
                    if let Some(entry) = self.property() {
                        entries.push(entry);
                    }
                    comma = self.separator("property");
                }
            }
        };
        self.open_objects -= 1;
        let start = self.arena.entries.len();
        self.arena.entries.extend(entries);
        let slice = Slice::new(start, self.arena.entries.len() - start);
        self.add(Node::Object(slice), Range { start: open.range.start, end })
    }

    fn property(&mut self) -> Option<Entry> {
        let token = self.next;
        let key = match token.kind {
            Kind::Text { .. } | Kind::SingleQuoted => {
                self.advance();
                self.string(token)
            }
            Kind::Word | Kind::Number => {
                let name = self.source.slice(token.range).to_owned();
                self.diagnostics.push(
                    Diagnostic::error(
                        "Invalid JSON property name",
                        "The name of a property is a string in double quotes.",
                    )
                    .at(self.source.span(token.range))
                    .hint(format!("Write \"{name}\".")),
                );
                self.advance();
                self.text_node(Text::Source(token.range), token.range)
            }
            _ => {
                self.report(
                    "Invalid JSON property name",
                    format!(
                        "The name of a property is a string in double quotes, but {} was found.",
                        self.describe(token)
                    ),
                    token.range,
                );
                // Anything that looks like a value is parsed to move past it.
                if matches!(token.kind, Kind::OpenBrace | Kind::OpenBracket) {
                    self.value();
                } else {
                    self.advance();
                }
                return None;
            }
        };
        let separator = self.next;
        match separator.kind {
            Kind::Colon => {
                self.advance();
            }
            Kind::Equals => {
                self.report(
                    "Missing colon after a JSON property name",
                    "In JSON a colon stands between name and value. The equals sign belongs to the native syntax.",
                    separator.range,
                );
                self.advance();
            }
            Kind::Comma | Kind::CloseBrace | Kind::CloseBracket | Kind::End => {
                self.report(
                    "Missing value of a JSON property",
                    "A property is a name, a colon and a value. A list of values stands in brackets [ ], not braces.",
                    self.arena.ranges.get(key.index()).copied().unwrap_or(separator.range),
                );
                return None;
            }
            _ => self.report(
                "Missing colon after a JSON property name",
                format!("A colon stands between name and value, but {} was found.", self.describe(separator)),
                separator.range,
            ),
        }
        Some(Entry::new(key, self.value()))
    }

    fn array(&mut self) -> ExprId {
        let open = self.advance();
        self.open_arrays += 1;
        let mut items: Vec<ExprId> = Vec::new();
        let mut comma: Option<Range> = None;
        let end = loop {
            let token = self.next;
            match token.kind {
                Kind::CloseBracket => {
                    self.report_trailing_comma(comma, "array", "value");
                    self.advance();
                    break token.range.end;
                }
                Kind::End => break self.unclosed(open.range, "array", "]"),
                Kind::CloseBrace => {
                    if self.open_objects > 0 {
                        break self.unclosed(open.range, "array", "]");
                    }
                    self.mismatched(open.range, "array", "]", "}");
                    self.advance();
                    break token.range.end;
                }
                Kind::Comma => {
                    self.report("Missing JSON value", "There is no value before this comma.", token.range);
                    comma = None;
                    self.advance();
                }
                _ => {
                    items.push(self.value());
                    if matches!(self.next.kind, Kind::Colon | Kind::Equals) {
                        self.report(
                            "Named value in a JSON array",
                            "The values of an array have no names. Properties stand in braces { }.",
                            self.next.range,
                        );
                        self.advance();
                        self.value();
                    }
                    comma = self.separator("value");
                }
            }
        };
        self.open_arrays -= 1;
        let start = self.arena.lists.len();
        self.arena.lists.extend(items);
        let slice = Slice::new(start, self.arena.lists.len() - start);
        self.add(Node::Tuple(slice), Range { start: open.range.start, end })
    }

    /// Moves past the comma after an item and returns its place. A missing one is reported; what cannot follow at all
    /// is skipped.
    fn separator(&mut self, item: &str) -> Option<Range> {
        let token = self.next;
        match token.kind {
            Kind::Comma => {
                self.advance();
                Some(token.range)
            }
            Kind::CloseBrace | Kind::CloseBracket | Kind::End => None,
            _ => {
                self.report(
                    "Missing comma",
                    format!(
                        "A comma stands between one {item} and the next, but {} was found.",
                        self.describe(token)
                    ),
                    token.range,
                );
                while matches!(self.next.kind, Kind::Unknown | Kind::Colon | Kind::Equals) {
                    self.advance();
                }
                if self.next.kind == Kind::Comma {
                    self.advance();
                }
                None
            }
        }
    }

    fn too_deep(&mut self) -> ExprId {
        let range = self.next.range;
        self.report(
            "JSON nested too deeply",
            format!("Values are nested more than {DEEPEST} levels deep here."),
            range,
        );
        // Nothing after this place can be understood, and another error of this kind would not help.
        self.end_reported = true;
        while self.next.kind != Kind::End {
            self.next = self.scanner.next();
        }
        self.add(Node::Invalid, range)
    }

    fn unclosed(&mut self, open: Range, what: &str, close: &str) -> u32 {
        let end = self.next.range.start;
        if self.next.kind != Kind::End || !std::mem::replace(&mut self.end_reported, true) {
            self.diagnostics.push(
                Diagnostic::error(
                    format!("Unclosed JSON {what}"),
                    format!("The {what} that begins here is never closed with {close}."),
                )
                .at(self.source.span(open)),
            );
        }
        end
    }

    fn mismatched(&mut self, open: Range, what: &str, close: &str, found: &str) {
        self.diagnostics.push(
            Diagnostic::error(
                "Mismatched brackets",
                format!("The {what} must be closed with {close}, not with {found}."),
            )
            .at(self.source.span(self.next.range))
            .related(format!("the {what} begins here"), self.source.span(open)),
        );
    }

    fn report_trailing_comma(&mut self, comma: Option<Range>, what: &str, item: &str) {
        if let Some(comma) = comma {
            self.report(
                format!("Trailing comma in a JSON {what}"),
                format!("JSON allows no comma after the last {item}."),
                comma,
            );
        }
    }

    fn describe(&self, token: Token) -> String {
        match token.kind {
            Kind::End => "the end of the file".to_owned(),
            Kind::Text { .. } | Kind::SingleQuoted => "a string".to_owned(),
            _ => format!("`{}`", self.source.slice(token.range)),
        }
    }

    /// Returns the current token and moves to the next.
    fn advance(&mut self) -> Token {
        let current = self.next;
        self.next = self.scanner.next();
        while self.next.kind == Kind::Comment {
            if !self.comment_reported {
                self.comment_reported = true;
                self.diagnostics.push(
                    Diagnostic::error("Comment in JSON", "JSON has no comments.")
                        .at(self.source.span(self.next.range))
                        .hint("A property named \"//\" is ignored wherever a block's content is expected."),
                );
            }
            self.next = self.scanner.next();
        }
        current
    }

    /// Terraform refuses a byte order mark in JSON, but only says that no value starts with it.
    fn skip_byte_order_mark(&mut self) {
        if self.source.text().starts_with('\u{feff}') {
            let mark = self.scanner.next().range;
            self.report(
                "Byte order mark in JSON",
                "The file begins with the invisible character U+FEFF, which JSON does not allow.",
                mark,
            );
        }
    }

    fn report(&mut self, summary: impl Into<String>, detail: impl Into<String>, range: Range) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(self.source.span(range)));
    }

    fn add(&mut self, node: Node, range: Range) -> ExprId {
        self.arena.add(node, range)
    }
}
