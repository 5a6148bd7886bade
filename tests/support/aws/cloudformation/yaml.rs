//! Templates as text: JSON, or YAML with the short forms of functions (`!Ref`, `!Sub`).

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};
use serde_json::{Map, Value, json};

pub(super) fn read(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| format!("JSON not well-formed. ({error})"));
    }
    let mut parser = Parser::new_from_str(text);
    loop {
        match next(&mut parser)? {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd => return Err("At least one Resources member must be defined.".to_owned()),
            event => return node(&mut parser, event),
        }
    }
}

fn next<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> Result<Event<'a>, String> {
    match parser.next_event() {
        Some(Ok((event, _))) => Ok(event),
        Some(Err(error)) => Err(format!("YAML not well-formed. ({error})")),
        None => Err("YAML not well-formed.".to_owned()),
    }
}

fn node<'a>(parser: &mut Parser<'a, StrInput<'a>>, event: Event<'a>) -> Result<Value, String> {
    match event {
        Event::Scalar(text, style, _, tag) => {
            let value = if style == ScalarStyle::Plain { plain(&text) } else { json!(text) };
            Ok(function(tag.as_deref(), value))
        }
        Event::SequenceStart(_, tag) => {
            let mut items = Vec::new();
            loop {
                match next(parser)? {
                    Event::SequenceEnd => return Ok(function(tag.as_deref(), Value::Array(items))),
                    event => items.push(node(parser, event)?),
                }
            }
        }
        Event::MappingStart(_, tag) => {
            let mut members = Map::new();
            loop {
                let name = match next(parser)? {
                    Event::MappingEnd => return Ok(function(tag.as_deref(), Value::Object(members))),
                    Event::Scalar(text, ..) => text.into_owned(),
                    _ => return Err("Only texts can be keys.".to_owned()),
                };
                let event = next(parser)?;
                members.insert(name, node(parser, event)?);
            }
        }
        other => Err(format!("YAML aliases are not allowed in CloudFormation templates ({other:?})")),
    }
}

fn plain(text: &str) -> Value {
    match text {
        "true" | "false" => json!(text == "true"),
        "" | "~" | "null" => Value::Null,
        // Dates and numbers with leading zeros stay texts.
        _ if text.len() > 1 && text.starts_with('0') && !text.starts_with("0.") => json!(text),
        _ => serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| json!(text), Value::Number),
    }
}

/// `!Ref x` for `{"Ref": "x"}`, `!GetAtt a.b` for `{"Fn::GetAtt": ["a", "b"]}`, and so on.
fn function(tag: Option<&Tag>, value: Value) -> Value {
    let Some(tag) = tag.filter(|tag| tag.handle == "!") else { return value };
    match (tag.suffix.as_str(), value) {
        (name @ ("Ref" | "Condition"), value) => json!({ name: value }),
        ("GetAtt", Value::String(text)) => {
            let (logical, attribute) = text.split_once('.').unwrap_or((&text, ""));
            json!({ "Fn::GetAtt": [logical, attribute] })
        }
        (name, value) => {
            let name = format!("Fn::{name}");
            json!({ name: value })
        }
    }
}
