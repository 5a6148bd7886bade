//! Decodes YAML: objects and tuples, one document, aliases as copies.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::scalar::{Resolved, core_name, resolve};
use crate::eval::functions::json::deeper;
use crate::expression::FunctionError;
use crate::value::{Kind, Name, Type, Value, convert, normalize};

/// Deeper documents are refused.
const DEEPEST: usize = 10_000;
/// Documents whose expanded aliases have more nodes than this are refused.
const MOST_NODES: usize = 10_000_000;

/// The parser refuses some texts that Terraform accepts. They are repaired, at most this often.
const MOST_REPAIRS: usize = 2000;

pub(super) fn decode(text: &str) -> Result<Value, FunctionError> {
    if let Some(control) = text.chars().find(|character| !is_allowed(*character)) {
        return Err(FunctionError::argument(
            0,
            format!("YAML cannot hold the control character {control:?}"),
        ));
    }
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST_REPAIRS {
        match read(&text) {
            Ok(value) => return Ok(value),
            Err(Failure::Fault(error)) => return Err(error),
            Err(Failure::Syntax(error)) => match repair(&text, &error) {
                Some(repaired) => text = Cow::Owned(repaired),
                None => return Err(syntax_fault(&error)),
            },
        }
    }
    Err(FunctionError::argument(
        0,
        "the YAML document has too many lines with an indentation that is not valid",
    ))
}

fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// The text with one place changed that YAML 1.2 does not allow but older parsers do: an unindented continuation inside
/// brackets, and a tab after a colon. Neither change alters the meaning of the document.
fn repair(text: &str, error: &ScanError) -> Option<String> {
    let line = text.lines().nth(error.marker().line().checked_sub(1)?)?;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let mut repaired = text.to_owned();
    if error.info().contains("indentation in flow") {
        repaired.insert_str(start, &" ".repeat(64));
        return Some(repaired);
    }
    let tab = line.find(":\t").filter(|_| error.info().contains("whitespace"))?;
    repaired.replace_range(start + tab + 1..start + tab + 2, " ");
    Some(repaired)
}

fn syntax_fault(error: &ScanError) -> FunctionError {
    let marker = error.marker();
    FunctionError::argument(
        0,
        format!("not valid YAML at line {}, column {}: {}", marker.line(), marker.col() + 1, error.info()),
    )
}

/// Why a document could not be read.
enum Failure {
    Syntax(ScanError),
    Fault(FunctionError),
}

impl From<FunctionError> for Failure {
    fn from(error: FunctionError) -> Self {
        Self::Fault(error)
    }
}

fn read(text: &str) -> Result<Value, Failure> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        // A block at the very end has no more line ends than the text has.
        unfinished: (!text.ends_with(['\n', '\r'])).then(|| text.chars().count()),
        anchors: HashMap::new(),
        nodes: 0,
        depth: 0,
    };
    let (event, span) = loop {
        match reader.next()? {
            (Event::StreamStart | Event::Nothing, _) => {}
            other => break other,
        }
    };
    if !matches!(event, Event::DocumentStart(_)) {
        return Err(fault(&span, "there is no document").into());
    }
    let (event, span) = reader.next()?;
    let value = reader.node(event, span)?;
    loop {
        match reader.next()? {
            (Event::DocumentEnd | Event::Nothing, _) => {}
            (Event::StreamEnd, _) => return Ok(value),
            (_, span) => return Err(fault(&span, "only one document is allowed").into()),
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    /// The number of characters, if the last line has no end.
    unfinished: Option<usize>,
    /// The value of each anchor, and its number of nodes; `None` while it is being read.
    anchors: HashMap<usize, Option<(Value, usize)>>,
    nodes: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Failure> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(Failure::Syntax(error)),
            None => Err(FunctionError::argument(0, "the YAML document ends too early").into()),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Value, Failure> {
        let before = self.nodes;
        self.nodes += 1;
        let anchor = match &event {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor,
            _ => 0,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        let value = match event {
            Event::Scalar(text, style, _, tag) => {
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let open = block && self.unfinished.is_some_and(|end| span.end.index() >= end);
                let text = if open { text.strip_suffix('\n').unwrap_or(&text) } else { &text };
                scalar(text, style, tag.as_deref(), &span)?
            }
            Event::Alias(anchor) => return self.alias(anchor, &span),
            Event::SequenceStart(_, tag) => {
                check_tag(tag.as_deref(), "seq", "a sequence", &span)?;
                self.nested(&span, Self::sequence)?
            }
            Event::MappingStart(_, tag) => {
                check_tag(tag.as_deref(), "map", "a mapping", &span)?;
                self.nested(&span, Self::mapping)?
            }
            _ => return Err(fault(&span, "a value is missing").into()),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, Some((value.clone(), self.nodes - before)));
        }
        Ok(value)
    }

    fn nested(
        &mut self,
        span: &Span,
        read: fn(&mut Self) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        if self.depth >= DEEPEST {
            return Err(fault(span, "the document nests too deeply").into());
        }
        self.depth += 1;
        let value = deeper(|| read(self));
        self.depth -= 1;
        value
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<Value, Failure> {
        match self.anchors.get(&anchor) {
            Some(Some((value, nodes))) => {
                self.nodes += nodes;
                if self.nodes > MOST_NODES {
                    return Err(fault(span, "written out, the aliases make too large a document").into());
                }
                Ok(value.clone())
            }
            Some(None) => Err(fault(span, "an alias cannot stand inside what it refers to").into()),
            None => Err(fault(span, "there is no value with this anchor").into()),
        }
    }

    fn sequence(&mut self) -> Result<Value, Failure> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::tuple(items)),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    /// Of two entries with the same key the later one counts, merged or not.
    fn mapping(&mut self) -> Result<Value, Failure> {
        let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
        loop {
            let (event, key_span) = self.next()?;
            let (text, style, tag) = match event {
                Event::MappingEnd => return Ok(Value::object(attributes)),
                Event::Scalar(text, style, _, tag) => (text, style, tag),
                _ => return Err(fault(&key_span, "only strings can be keys of a mapping").into()),
            };
            let key = resolve(&text, style, tag.as_deref()).map_err(|why| fault(&key_span, &why))?;
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            match key {
                Resolved::Merge => {
                    let Kind::Object(merged) = value.kind() else {
                        return Err(fault(&key_span, "only a mapping can be merged into a mapping").into());
                    };
                    attributes.extend(merged.iter().map(|(name, value)| (Name::clone(name), value.clone())));
                }
                Resolved::Value(key) => {
                    let key = convert(&key, &Type::String).ok();
                    let key = key.as_ref().and_then(Value::as_str);
                    let key = key.ok_or_else(|| fault(&key_span, "the key of a mapping cannot be null"))?;
                    attributes.insert(normalize(key), value);
                }
            }
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, span: &Span) -> Result<Value, FunctionError> {
    match resolve(text, style, tag).map_err(|why| fault(span, &why))? {
        // A merge key only merges when it is a key.
        Resolved::Merge => Ok(Value::string(text)),
        // Terraform decodes a block scalar by its content, and then converts it back to a string.
        Resolved::Value(value) if tag.is_none() && style != ScalarStyle::Plain => {
            convert(&value, &Type::String).map_err(|error| fault(span, &error.message))
        }
        Resolved::Value(value) => Ok(value),
    }
}

fn check_tag(tag: Option<&Tag>, wanted: &str, what: &str, span: &Span) -> Result<(), FunctionError> {
    match tag {
        Some(tag) if core_name(tag) != Some(wanted) => {
            Err(fault(span, &format!("{what} cannot be read as {tag}")))
        }
        _ => Ok(()),
    }
}

fn fault(span: &Span, why: &str) -> FunctionError {
    let place = format!("line {}, column {}", span.start.line(), span.start.col() + 1);
    FunctionError::argument(0, format!("not usable YAML at {place}: {why}"))
}
