//! Strings, numbers and words.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::diag::{Diagnostic, Diagnostics, Range};
use crate::syntax::json::scanner::{Kind, Token};
use crate::syntax::json::template;
use crate::syntax::json::text::{self, Fault};
use crate::syntax::tree::{ExprId, Node, Text};
use crate::value::Number;

use super::Parser;

impl Parser<'_> {
    pub(super) fn string(&mut self, token: Token) -> ExprId {
        let closed = match token.kind {
            Kind::SingleQuoted => {
                self.report("Single quotes in JSON", "A JSON string stands in double quotes.", token.range);
                true
            }
            Kind::Text { closed } => closed,
            _ => true,
        };
        if !closed {
            self.report(
                "Unclosed JSON string",
                "The line ends before the closing double quote. A line break inside a string is written \\n.",
                token.range,
            );
        }
        let inner = Range {
            start: token.range.start + 1,
            end: if closed { token.range.end - 1 } else { token.range.end }.max(token.range.start + 1),
        };
        let decoded = text::decode(self.source.slice(inner), inner.start);
        for (fault, range) in &decoded.faults {
            let (summary, detail) = match fault {
                Fault::UnknownEscape => (
                    "Unknown escape in a JSON string",
                    "After a backslash JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits. A backslash itself is written \\\\.",
                ),
                Fault::BadUnicodeEscape => (
                    "Incomplete unicode escape in a JSON string",
                    "\\u is followed by exactly four hexadecimal digits.",
                ),
                Fault::ControlCharacter => (
                    "Control character in a JSON string",
                    "Tabs and other control characters are written as escapes, such as \\t.",
                ),
            };
            self.diagnostics.push(
                Diagnostic::error(summary, detail)
                    .at(self.source.span(*range))
                    .within(self.source.span(token.range)),
            );
        }
        let literal = if decoded.places.is_plain() && is_nfc(&decoded.text) {
            Text::Source(inner)
        } else {
            self.arena.keep(&decoded.text.nfc().collect::<String>())
        };
        if !template::is_template(&decoded.text) {
            return self.text_node(literal, token.range);
        }
        let mut faults = Diagnostics::new();
        let template = template::lower(self.source, &decoded, token.range, &mut self.arena, &mut faults);
        let id = self.add(Node::JsonText { text: literal, template }, token.range);
        if !faults.is_empty() {
            self.faults.push((id, faults));
        }
        id
    }

    /// A string with nothing to evaluate.
    pub(super) fn text_node(&mut self, text: Text, range: Range) -> ExprId {
        let template = self.add(Node::Text(text), range);
        self.add(Node::JsonText { text, template }, range)
    }

    pub(super) fn number(&mut self, token: Token) -> ExprId {
        let text = self.source.slice(token.range);
        if let Some(detail) = fault_of_number(text) {
            self.report("Invalid JSON number", detail, token.range);
            return self.add(Node::Invalid, token.range);
        }
        let Ok(number) = Number::parse(text) else {
            self.report("Invalid JSON number", "The exponent of this number is too large.", token.range);
            return self.add(Node::Invalid, token.range);
        };
        let index = Range::new(self.arena.numbers.len(), 0).start;
        self.arena.numbers.push(number);
        self.add(Node::Number(index), token.range)
    }

    pub(super) fn word(&mut self, token: Token) -> ExprId {
        let word = self.source.slice(token.range);
        let node = match word {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "null" => Node::Null,
            _ => {
                let detail = match word {
                    "undefined" | "NaN" | "Infinity" => {
                        format!("{word} is a word of JavaScript. JSON does not know it.")
                    }
                    _ => format!(
                        "JSON knows the words true, false and null; {word} is none of them. Strings stand in double quotes."
                    ),
                };
                let diagnostic =
                    Diagnostic::error("Invalid JSON word", detail).at(self.source.span(token.range));
                let lower = word.to_ascii_lowercase();
                let meant = ["true", "false", "null"].into_iter().find(|known| *known == lower);
                self.diagnostics.push(match meant {
                    Some(meant) => diagnostic.hint(format!("Did you mean {meant}?")),
                    None => diagnostic.suggest(word, ["true", "false", "null"]),
                });
                Node::Invalid
            }
        };
        self.add(node, token.range)
    }
}

/// What is wrong with the text of a number, by the rules of JSON.
fn fault_of_number(text: &str) -> Option<&'static str> {
    if text.starts_with('+') {
        return Some("A number does not begin with a plus sign.");
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (unsigned.get(..at)?, unsigned.get(at + 1..)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 1 && whole.starts_with('0') {
        return Some("A number does not begin with a zero that has digits behind it.");
    }
    if !is_digits(whole) {
        return Some("A number begins with a digit, or with a minus sign and a digit.");
    }
    if fraction.is_some_and(|fraction| !is_digits(fraction)) {
        return Some("After the point of a number there are only digits, at least one.");
    }
    let unsigned_exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    if unsigned_exponent.is_some_and(|exponent| !is_digits(exponent)) {
        return Some("After the e of a number there is a whole number.");
    }
    None
}
