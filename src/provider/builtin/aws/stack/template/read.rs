//! Reads a template: JSON, or YAML with the short forms of functions.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::{MOST_RESOURCES, Template};
use crate::diag::closest;

/// Deeper templates are refused; CloudFormation accepts far less.
const DEEPEST: usize = 100;

/// Parses a text. The error is a clause that says where.
pub(in super::super) fn read(text: &str) -> Result<Template, String> {
    let tree = match text.trim_start().starts_with('{') {
        true => json(text)?,
        false => Reader { parser: Parser::new_from_str(text), depth: 0 }.document()?,
    };
    if !tree.is_object() {
        return Err("a template is an object with a section Resources".to_owned());
    }
    Ok(Template(tree))
}

/// What is wrong with a template before anybody is asked, as whole sentences.
pub(in super::super) fn sound(template: &Template) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(resources) = template.section("Resources").filter(|resources| !resources.is_empty()) else {
        let sections = template.0.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        let slip = closest("Resources", sections);
        let slip = slip.map(|name| format!(" There is one called {name:?}.")).unwrap_or_default();
        faults.push(format!("A template needs a section Resources with at least one resource.{slip}"));
        return faults;
    };
    if resources.len() > MOST_RESOURCES {
        faults.push(format!(
            "The template has {} resources, and a stack can have {MOST_RESOURCES}. Divide it into several stacks.",
            resources.len()
        ));
    }
    for (name, resource) in resources {
        if name.starts_with("Fn::ForEach::") {
            continue;
        }
        if !name.chars().all(|character| character.is_ascii_alphanumeric()) {
            faults.push(format!("{name:?} is no name of a resource: only letters and digits are allowed."));
        }
        if resource.get("Type").and_then(Json::as_str).is_none() {
            faults.push(format!("The resource {name} has no Type, such as \"AWS::S3::Bucket\"."));
        }
    }
    faults
}

fn json(text: &str) -> Result<Json, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let tree = Unrepeated.deserialize(&mut reader).map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(tree)
}

/// JSON in which no object has a key twice, of which one would silently be lost.
struct Unrepeated;

impl<'de> DeserializeSeed<'de> for Unrepeated {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unrepeated {
    type Value = Json;

    fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(Unrepeated)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut entries = Map::new();
        while let Some(key) = from.next_key::<String>()? {
            // How numbers of any length come through.
            if key == "$serde_json::private::Number" {
                let digits: String = from.next_value()?;
                return digits.parse::<Number>().map(Json::Number).map_err(A::Error::custom);
            }
            if entries.contains_key(&key) {
                return Err(A::Error::custom(format!("{key:?} is there twice")));
            }
            let value = from.next_value_seed(Unrepeated)?;
            entries.insert(key, value);
        }
        Ok(Json::Object(entries))
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Json, String> {
        let tree = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, _) => return Err("the template is empty".to_owned()),
                (event, span) => break self.node(event, &span)?,
            }
        };
        loop {
            match self.next()? {
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (Event::StreamEnd, _) => return Ok(tree),
                (_, span) => return Err(at(&span, "a template is one document")),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), String> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let place = error.marker();
                Err(format!("line {}, column {}: {}", place.line(), place.col() + 1, error.info()))
            }
            None => Err("the template ends too early".to_owned()),
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span) -> Result<Json, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(at(span, "the template nests too deeply"));
        }
        let (tag, bare) = match event {
            Event::Scalar(text, style, _, tag) => {
                let short = short(tag.as_deref());
                let is_text = style != ScalarStyle::Plain || tag.is_some();
                (short, if is_text { Json::String(text.into_owned()) } else { plain(&text) })
            }
            Event::SequenceStart(_, tag) => (short(tag.as_deref()), self.sequence()?),
            Event::MappingStart(_, tag) => (short(tag.as_deref()), self.mapping()?),
            Event::Alias(_) => return Err(at(span, "CloudFormation takes no aliases")),
            _ => return Err(at(span, "a value is missing")),
        };
        self.depth -= 1;
        Ok(match tag {
            Some(function) => called(&function, bare),
            None => bare,
        })
    }

    fn sequence(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Json::Array(items)),
                (event, span) => items.push(self.node(event, &span)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<Json, String> {
        let mut entries = Map::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(Json::Object(entries)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(at(&span, "only texts can be keys")),
            };
            if entries.contains_key(&key) {
                return Err(at(&span, &format!("{key:?} is there twice")));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, &span)?;
            entries.insert(key, value);
        }
    }
}

/// The short form of a function: `!Sub`. Tags of YAML itself are none.
fn short(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| !tag.is_yaml_core_schema())?;
    let name = tag.suffix.trim_start_matches('!');
    (!name.is_empty()).then(|| name.to_owned())
}

/// A function in its long form.
fn called(function: &str, argument: Json) -> Json {
    let long = match function {
        "Ref" | "Condition" => function.to_owned(),
        _ => format!("Fn::{function}"),
    };
    let argument = match (function, argument) {
        ("GetAtt", Json::String(text)) => match text.split_once('.') {
            Some((name, attribute)) => Json::Array(vec![name.into(), attribute.into()]),
            None => Json::String(text),
        },
        (_, argument) => argument,
    };
    Json::Object(Map::from_iter([(long, argument)]))
}

/// What a word without quotes is.
fn plain(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Json::Null,
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        _ => match text.parse::<Number>() {
            Ok(number) if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
                Json::Number(number)
            }
            _ => Json::String(text.to_owned()),
        },
    }
}

fn at(span: &Span, why: &str) -> String {
    format!("line {}, column {}: {why}", span.start.line(), span.start.col() + 1)
}
