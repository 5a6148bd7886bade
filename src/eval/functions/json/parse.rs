//! JSON text to a value: objects and tuples, numbers with every digit, null of unknown type.
//!
//! What the reference lets through is let through: closing brackets after the document, and a property given
//! twice, of which the last one counts as long as the earlier ones fit its type.

use std::collections::BTreeMap;

use unicode_normalization::is_nfc;

use super::deeper;
use crate::expression::FunctionError;
use crate::value::{Name, Number, Type, Value};

/// Deeper documents are refused, as by the reference.
const DEEPEST: usize = 10_000;

pub(super) fn parse(text: &str) -> Result<Value, FunctionError> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None | Some(b']' | b'}') => Ok(value),
        Some(_) => Err(reader.fault("there is something after the document")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, FunctionError> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::string(&self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::bool(true)),
            Some(b'f') => self.word("false", Value::bool(false)),
            Some(b'n') => self.word("null", Value::null(Type::Dynamic)),
            Some(_) => Err(self.fault("a value cannot begin like this")),
            None => Err(self.fault("a value is missing at the end")),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value, FunctionError>,
    ) -> Result<Value, FunctionError> {
        if self.depth > DEEPEST {
            return Err(self.fault("the document is nested too deeply"));
        }
        self.at += 1;
        self.depth += 1;
        let value = deeper(|| read(self));
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Result<Value, FunctionError> {
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::tuple(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::tuple(items));
            }
            if !self.take(b',') {
                return Err(self.fault("a comma or a closing bracket is needed after an element"));
            }
        }
    }

    fn object(&mut self) -> Result<Value, FunctionError> {
        let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
        let mut replaced: Vec<(Name, Value)> = Vec::new();
        self.skip_space();
        if !self.take(b'}') {
            loop {
                self.skip_space();
                if self.peek() != Some(b'"') {
                    return Err(self.fault("the name of a property is needed, in double quotes"));
                }
                let name = self.string()?;
                if !is_nfc(&name) {
                    return Err(self.fault("the name of a property must be in Unicode normal form C"));
                }
                self.skip_space();
                if !self.take(b':') {
                    return Err(self.fault("a colon is needed after the name of a property"));
                }
                let value = self.value()?;
                let name: Name = name.into();
                if let Some(earlier) = attributes.insert(Name::clone(&name), value) {
                    replaced.push((name, earlier));
                }
                self.skip_space();
                if self.take(b'}') {
                    break;
                }
                if !self.take(b',') {
                    return Err(self.fault("a comma or a closing brace is needed after a property"));
                }
            }
        }
        for (name, earlier) in replaced {
            if !attributes.get(&name).is_some_and(|last| fits(&earlier, &last.ty())) {
                return Err(self.fault(&format!("the property {name:?} is given twice with different types")));
            }
        }
        Ok(Value::object(attributes))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, FunctionError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.fault(&format!("only the word {word} can begin like this")));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, FunctionError> {
        let start = self.at;
        self.take(b'-');
        // A leading zero stands alone.
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
        Number::parse(&self.text[start..self.at])
            .map(Value::number)
            .map_err(|_| self.fault("the number is too large"))
    }

    fn digits(&mut self) -> Result<(), FunctionError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.fault("a digit is needed")) }
    }

    fn string(&mut self) -> Result<String, FunctionError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.fault("a control character must be escaped in a string")),
                None => return Err(self.fault("a string is not closed")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, FunctionError> {
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.fault("this escape does not exist in JSON")),
        };
        self.at += 1;
        Ok(character)
    }

    /// Half of a surrogate pair becomes the replacement character.
    fn unicode_escape(&mut self) -> Result<char, FunctionError> {
        let first = self.four_digits()?;
        if !(0xd800..0xe000).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after = self.at;
        if first < 0xdc00 && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.at = after;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, FunctionError> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
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

    fn fault(&self, message: &str) -> FunctionError {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        FunctionError::argument(0, format!("not valid JSON at line {line}, column {column}: {message}"))
    }
}

/// Whether a value that a later property replaces could be read as the type of that one.
fn fits(value: &Value, ty: &Type) -> bool {
    if value.is_null() {
        return true;
    }
    match ty {
        Type::Bool => {
            value.as_bool().is_some() || matches!(value.as_str(), Some("true" | "false" | "1" | "0"))
        }
        Type::Number => {
            value.as_number().is_some() || value.as_str().is_some_and(|text| Number::parse(text).is_ok())
        }
        Type::String => value.ty().is_primitive(),
        Type::Tuple(elements) => value.items().is_some_and(|items| {
            items.len() == elements.len() && items.iter().zip(elements.iter()).all(|(v, t)| fits(v, t))
        }),
        Type::Object(object) => value.entries().is_some_and(|entries| {
            entries.iter().all(|(name, value)| object.attributes.get(name).is_some_and(|ty| fits(value, ty)))
        }),
        _ => false,
    }
}
