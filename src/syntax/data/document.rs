//! A pull parser for JSON, which builds nothing.

use std::borrow::Cow;

use crate::syntax::json::unescaped;

/// Deeper documents are refused, as by Terraform.
const DEEPEST: usize = 10_000;

/// A position in a JSON text.
#[derive(Clone)]
pub struct Document<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// Why the text is not valid JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON at line {line}, column {column}: {message}")]
pub struct Malformed {
    line: usize,
    column: usize,
    message: Cow<'static, str>,
}

/// The kind of the next value, by its first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Object,
    Array,
    Text,
    Number,
    Bool,
    Null,
}

impl<'a> Document<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Nothing may follow.
    pub fn end(&mut self) -> Result<(), Malformed> {
        self.end_before(&[])
    }

    /// Nothing may follow, except what begins with one of these bytes.
    pub fn end_before(&mut self, allowed: &[u8]) -> Result<(), Malformed> {
        self.skip_space();
        match self.peek() {
            Some(next) if !allowed.contains(&next) => {
                Err(self.fault("there is something after the document"))
            }
            _ => Ok(()),
        }
    }

    pub fn shape(&mut self) -> Result<Shape, Malformed> {
        self.skip_space();
        Ok(match self.peek() {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::Array,
            Some(b'"') => Shape::Text,
            Some(b'-' | b'0'..=b'9') => Shape::Number,
            Some(b't' | b'f') => Shape::Bool,
            Some(b'n') => Shape::Null,
            Some(_) => return Err(self.fault("a value cannot begin like this")),
            None => return Err(self.fault("a value is missing at the end")),
        })
    }

    pub fn null(&mut self) -> Result<(), Malformed> {
        self.word("null")
    }

    pub fn bool(&mut self) -> Result<bool, Malformed> {
        self.skip_space();
        if self.peek() == Some(b't') {
            self.word("true").map(|()| true)
        } else {
            self.word("false").map(|()| false)
        }
    }

    /// The number as it is written.
    pub fn number(&mut self) -> Result<&'a str, Malformed> {
        self.skip_space();
        let start = self.at;
        self.take(b'-');
        // A leading zero must be the only digit before the point.
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// A string; borrowed if it has no escapes.
    pub fn text(&mut self) -> Result<Cow<'a, str>, Malformed> {
        self.skip_space();
        if !self.take(b'"') {
            return Err(self.fault("a string is needed, in double quotes"));
        }
        let plain = self.plain_part();
        if self.take(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut out = plain.to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.fault("a control character must be escaped in a string")),
                None => return Err(self.fault("a string is not closed")),
            }
            out.push_str(self.plain_part());
        }
    }

    /// Enters an array. [`Self::next_item`] announces each of its elements.
    pub fn open_array(&mut self) -> Result<(), Malformed> {
        self.open(b'[', "an array is needed")
    }

    /// Enters an object. [`Self::next_property`] announces each of its properties.
    pub fn open_object(&mut self) -> Result<(), Malformed> {
        self.open(b'{', "an object is needed")
    }

    /// Whether there is another element; if not, leaves the array.
    pub fn next_item(&mut self, first: bool) -> Result<bool, Malformed> {
        self.skip_space();
        if self.take(b']') {
            self.depth -= 1;
            return Ok(false);
        }
        if !first && !self.take(b',') {
            return Err(self.fault("a comma or a closing bracket is needed after an element"));
        }
        Ok(true)
    }

    /// The name of the next property, whose value follows; if there is none, leaves the object.
    pub fn next_property(&mut self, first: bool) -> Result<Option<Cow<'a, str>>, Malformed> {
        self.skip_space();
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(None);
        }
        if !first && !self.take(b',') {
            return Err(self.fault("a comma or a closing brace is needed after a property"));
        }
        self.skip_space();
        if self.peek() != Some(b'"') {
            return Err(self.fault("the name of a property is needed, in double quotes"));
        }
        let name = self.text()?;
        self.skip_space();
        if !self.take(b':') {
            return Err(self.fault("a colon is needed after the name of a property"));
        }
        Ok(Some(name))
    }

    /// A whole value as it is written.
    pub fn raw(&mut self) -> Result<&'a str, Malformed> {
        self.skip_space();
        let start = self.at;
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Skips an array, an object or a string if it is written exactly like this one.
    pub fn skip_same(&mut self, written: &str) -> bool {
        self.skip_space();
        let is_same = self.rest().starts_with(written);
        if is_same {
            self.at += written.len();
        }
        is_same
    }

    /// Skips a whole value.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        // The open brackets, so that nesting takes no stack.
        let mut open: Vec<Shape> = Vec::new();
        let mut first;
        loop {
            let shape = self.shape()?;
            match shape {
                Shape::Object => self.open_object()?,
                Shape::Array => self.open_array()?,
                Shape::Text => drop(self.text()?),
                Shape::Number => drop(self.number()?),
                Shape::Bool => drop(self.bool()?),
                Shape::Null => self.null()?,
            }
            first = matches!(shape, Shape::Object | Shape::Array);
            if first {
                open.push(shape);
            }
            // Move to the next value inside, leaving what has ended.
            loop {
                let more = match open.last() {
                    None => return Ok(()),
                    Some(Shape::Object) => self.next_property(first)?.is_some(),
                    Some(_) => self.next_item(first)?,
                };
                if more {
                    break;
                }
                open.pop();
                first = false;
            }
        }
    }

    pub fn fault(&self, message: impl Into<Cow<'static, str>>) -> Malformed {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Malformed { line, column, message: message.into() }
    }

    fn open(&mut self, bracket: u8, message: &'static str) -> Result<(), Malformed> {
        self.skip_space();
        if !self.take(bracket) {
            return Err(self.fault(message));
        }
        if self.depth > DEEPEST {
            return Err(self.fault("the document is nested too deeply"));
        }
        self.depth += 1;
        Ok(())
    }

    fn word(&mut self, word: &'static str) -> Result<(), Malformed> {
        self.skip_space();
        if !self.rest().starts_with(word) {
            return Err(self.fault("only true, false and null are written without quotes"));
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.fault("a digit is needed")) }
    }

    /// Up to the next quote, backslash or control character, all of which are one byte long.
    fn plain_part(&mut self) -> &'a str {
        let rest = self.rest();
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let length = rest.as_bytes().iter().position(special).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        self.at += 1;
        let letter = self.peek();
        if letter == Some(b'u') {
            self.at += 1;
            return self.unicode_escape();
        }
        let Some(character) = letter.and_then(unescaped) else {
            return Err(self.fault("this escape does not exist in JSON"));
        };
        self.at += 1;
        Ok(character)
    }

    /// Half of a surrogate pair becomes the replacement character.
    fn unicode_escape(&mut self) -> Result<char, Malformed> {
        let first = self.four_digits()?;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let after = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Result<u32, Malformed> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.fault("four hexadecimal digits are needed"))?;
        self.at += 4;
        Ok(code)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }
}
