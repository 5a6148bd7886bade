//! `hashicorp/external`: runs a program that exchanges JSON on its standard streams.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;

use super::object::{Arguments, at, filled};
use super::program::{Program, ending};
use super::{Data, ProviderDefinition};
use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::syntax::data::escape_html;
use crate::value::{Entries, Name, Type, Value};

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: "2.4.0",
        data: vec![("external", Arc::new(External))],
        ..ProviderDefinition::default()
    }
}

struct External;

#[async_trait]
impl Data for External {
    fn schema(&self) -> Block {
        let texts = Type::map(Type::String);
        Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("program", Attribute::required(Type::list(Type::String)))
            .with("query", Attribute::optional(texts.clone()))
            .with("result", Attribute::computed(texts))
            .with("working_dir", Attribute::optional(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let program = Arguments(configuration).value("program").and_then(Value::items);
        if program.is_some_and(<[Value]>::is_empty) {
            remarks.push(no_program());
        }
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let arguments = Arguments(configuration);
        let words: Vec<&str> =
            arguments.texts("program").into_iter().filter(|word| !word.is_empty()).collect();
        let Some((name, rest)) = words.split_first() else {
            remarks.push(no_program());
            return None;
        };
        let query = question(arguments);
        let program = Program {
            name,
            arguments: rest,
            folder: arguments.text("working_dir").unwrap_or_default(),
            input: Some(query.as_bytes()),
        };
        let mut refuse = |summary: &str, why: String| {
            remarks.push(Remark::error(summary, why).at(at("program")));
        };
        let answer = program.run().await.map_err(|why| refuse("Program cannot be run", why)).ok()?;
        if !answer.status.success() {
            let errors = String::from_utf8_lossy(&answer.errors);
            let said = match errors.trim_end() {
                "" => "It said nothing on its standard error.".to_owned(),
                errors => format!("It says:\n{errors}"),
            };
            refuse("Program failed", format!("{name} ended with {}. {said}", ending(answer.status)));
            return None;
        }
        let result = understood(&answer.output)
            .map_err(|why| {
                let what = "what it prints must be one JSON object whose values are texts";
                refuse(
                    "Program gives no result",
                    format!("What {name} says is not understood: {what}, but {why}."),
                );
            })
            .ok()?;
        Some(filled(configuration, [("id", Value::string("-")), ("result", result)]))
    }
}

fn no_program() -> Remark {
    let detail = "\"program\" is a list of the program to run and its arguments, and there is nothing in it.";
    Remark::error("Missing program", detail).at(at("program"))
}

/// The query in the customary form: one line, sorted, with the special characters of HTML escaped.
fn question(arguments: Arguments<'_>) -> String {
    let query = arguments.text_map("query");
    escape_html(&serde_json::to_string(&query).expect("texts are always JSON")).into_owned()
}

/// Parses a map of strings. A null becomes an empty string.
fn understood(output: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(output);
    let found: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let entries = match found {
        serde_json::Value::Object(entries) => entries,
        serde_json::Value::Null => return Ok(Value::null(Type::map(Type::String))),
        other => return Err(format!("there is {}", kind(&other))),
    };
    let entries = entries.into_iter().map(|(key, value)| match value {
        serde_json::Value::String(text) => Ok((Name::from(key), Value::string(&text))),
        serde_json::Value::Null => Ok((Name::from(key), Value::string(""))),
        other => Err(format!("\"{key}\" is {}", kind(&other))),
    });
    Ok(Value::map(Type::String, entries.collect::<Result<Entries, _>>()?))
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a bool",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a text",
        serde_json::Value::Array(_) => "a list",
        serde_json::Value::Object(_) => "an object",
    }
}
