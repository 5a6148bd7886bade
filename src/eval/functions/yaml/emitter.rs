//! Writes YAML byte for byte as Terraform does: block style, with strings quoted, or as literal blocks if they have
//! several lines and need no escapes.

use crate::eval::functions::json::deeper;
use crate::expression::FunctionError;
use crate::value::{Kind, Value};

/// Quoted strings are broken at spaces beyond this column.
const WIDTH: usize = 80;
const INDENT: usize = 2;
/// Longer keys are written after a question mark.
const LONGEST_KEY: usize = 128;

pub(super) fn encode(value: &Value) -> Result<String, FunctionError> {
    let mut emitter = Emitter {
        out: String::new(),
        column: 0,
        indent: None,
        after_space: true,
        only_indentation: true,
        open_ended: false,
    };
    emitter.node(value, Place::Root)?;
    emitter.indent = None;
    emitter.new_line();
    if emitter.open_ended {
        emitter.indicator("...", true);
        emitter.new_line();
    }
    Ok(emitter.out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    SimpleKey,
    Mapping,
}

struct Emitter {
    out: String,
    column: usize,
    /// None before the first collection.
    indent: Option<usize>,
    /// Whether the last character was white space.
    after_space: bool,
    /// Whether the line has only indentation and block indicators so far.
    only_indentation: bool,
    /// Whether the document could continue, so that its end must be marked.
    open_ended: bool,
}

impl Emitter {
    fn node(&mut self, value: &Value, place: Place) -> Result<(), FunctionError> {
        let outer = self.indent;
        match value.kind() {
            Kind::Unknown(..) => return Err(FunctionError::new("the value is not known yet")),
            Kind::Type(_) => return Err(FunctionError::new("a type cannot be encoded as YAML")),
            Kind::Null(_) => self.plain("null", place),
            Kind::Bool(true) => self.plain("true", place),
            Kind::Bool(false) => self.plain("false", place),
            Kind::Number(number) => self.plain(&number.to_string(), place),
            Kind::String(text) => self.string(text, place),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                let items = value.items().unwrap_or_default();
                deeper(|| self.sequence(items, place))?;
            }
            Kind::Map(_) | Kind::Object(_) => deeper(|| self.mapping(value))?,
        }
        self.indent = outer;
        Ok(())
    }

    fn sequence(&mut self, items: &[Value], place: Place) -> Result<(), FunctionError> {
        if items.is_empty() {
            self.indicator("[", true);
            self.after_space = true;
            self.indicator("]", false);
            return Ok(());
        }
        // After a key on the same line, items are indented no further than the key.
        if place != Place::Mapping || self.only_indentation {
            self.deepen();
        }
        for item in items {
            self.new_line();
            self.block_indicator("-");
            self.node(item, Place::Item)?;
        }
        Ok(())
    }

    fn mapping(&mut self, value: &Value) -> Result<(), FunctionError> {
        let entries = value.entries();
        if entries.is_none_or(|entries| entries.is_empty()) {
            self.indicator("{", true);
            self.after_space = true;
            self.indicator("}", false);
            return Ok(());
        }
        self.deepen();
        for (key, item) in entries.into_iter().flatten() {
            self.new_line();
            if key.len() <= LONGEST_KEY && !key.contains(is_break) {
                self.in_scalar(|emitter| emitter.string(key, Place::SimpleKey));
                self.indicator(":", false);
            } else {
                self.block_indicator("?");
                self.in_scalar(|emitter| emitter.string(key, Place::Mapping));
                self.new_line();
                self.block_indicator(":");
            }
            self.node(item, Place::Mapping)?;
        }
        Ok(())
    }

    fn in_scalar(&mut self, write: impl FnOnce(&mut Self)) {
        let outer = self.indent;
        write(self);
        self.indent = outer;
    }

    fn deepen(&mut self) {
        self.indent = Some(self.indent.map_or(0, |indent| indent + INDENT));
    }

    fn plain(&mut self, text: &str, place: Place) {
        if !self.after_space {
            self.put(' ');
        }
        text.chars().for_each(|character| self.put(character));
        self.after_space = false;
        self.only_indentation = false;
        if place == Place::Root {
            self.open_ended = true;
        }
    }

    fn string(&mut self, text: &str, place: Place) {
        self.indent = Some(self.indent.map_or(INDENT, |indent| indent + INDENT));
        if place != Place::SimpleKey && text.contains('\n') && fits_literal(text) {
            self.literal(text);
        } else {
            self.quoted(text, place != Place::SimpleKey);
        }
    }

    fn quoted(&mut self, text: &str, may_break: bool) {
        self.indicator("\"", true);
        let mut spaces = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if !is_printable(character) || is_break(character) || matches!(character, '"' | '\\') {
                self.escape(character);
                spaces = false;
            } else if character == ' ' {
                let next = characters.peek().map(|(_, next)| *next);
                if may_break && !spaces && self.column > WIDTH && at > 0 && next.is_some() {
                    self.new_line();
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                spaces = true;
            } else {
                self.put(character);
                spaces = false;
            }
        }
        self.indicator("\"", false);
    }

    fn escape(&mut self, character: char) {
        let escaped = match character {
            '\0' => "0".to_owned(),
            '\u{7}' => "a".to_owned(),
            '\u{8}' => "b".to_owned(),
            '\t' => "t".to_owned(),
            '\n' => "n".to_owned(),
            '\u{b}' => "v".to_owned(),
            '\u{c}' => "f".to_owned(),
            '\r' => "r".to_owned(),
            '\u{1b}' => "e".to_owned(),
            '"' => "\"".to_owned(),
            '\\' => "\\".to_owned(),
            '\u{85}' => "N".to_owned(),
            '\u{a0}' => "_".to_owned(),
            '\u{2028}' => "L".to_owned(),
            '\u{2029}' => "P".to_owned(),
            other => match u32::from(other) {
                code @ 0..=0xff => format!("x{code:02X}"),
                code @ 0x100..=0xffff => format!("u{code:04X}"),
                code => format!("U{code:08X}"),
            },
        };
        self.put('\\');
        escaped.chars().for_each(|character| self.put(character));
    }

    fn literal(&mut self, text: &str) {
        self.indicator("|", true);
        if text.starts_with(' ') || text.starts_with(is_break) {
            // The indentation cannot be inferred from the first line.
            self.indicator("2", false);
        }
        if !text.ends_with(is_break) {
            self.indicator("-", false);
        } else if text.chars().rev().nth(1).is_none_or(is_break) {
            self.indicator("+", false);
        }
        self.line_break();
        self.only_indentation = true;
        self.after_space = true;
        let mut at_start = true;
        for character in text.chars() {
            if is_break(character) {
                self.out.push(character);
                self.column = 0;
                self.only_indentation = true;
                at_start = true;
            } else {
                if at_start {
                    self.new_line();
                }
                self.put(character);
                self.only_indentation = false;
                at_start = false;
            }
        }
    }

    /// Moves to the indentation of the next line, unless it is there already.
    fn new_line(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.only_indentation || self.column > indent || self.column == indent && !self.after_space {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_space = true;
        self.only_indentation = true;
    }

    /// An indicator after which a block may begin on the same line.
    fn block_indicator(&mut self, sign: &str) {
        let only_indentation = self.only_indentation;
        self.indicator(sign, true);
        self.only_indentation = only_indentation;
    }

    fn indicator(&mut self, sign: &str, apart: bool) {
        if apart && !self.after_space {
            self.put(' ');
        }
        sign.chars().for_each(|character| self.put(character));
        self.after_space = false;
        self.only_indentation = false;
        self.open_ended = false;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }
}

/// A literal block cannot contain what needs an escape, nor a space at the end of a line.
fn fits_literal(text: &str) -> bool {
    let space_at_end = |text: &str| text.ends_with(' ');
    text.chars().all(is_printable) && !text.split(is_break).any(space_at_end)
}

/// Terraform also escapes characters beyond the basic plane.
fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && character != '\u{feff}'
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
