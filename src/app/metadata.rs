//! Describes the language for other programs.

use serde_json::{Map, Value, json};

use crate::expression::{Function, Parameter};

use crate::render::json_type;

use super::project;

/// The signatures of all functions, in Terraform's format.
pub fn functions() -> String {
    let table = project::functions(project::Use::Validation);
    // These two were removed from the language; they exist here only to name their replacements in an error.
    let gone = |name: &str| matches!(name.rsplit("::").next(), Some("list" | "map"));
    let there = table.names().into_iter().filter(|name| !gone(name));
    let functions = there.filter_map(|name| Some((name, table.get(name)?)));
    let signatures: Map<String, Value> =
        functions.map(|(name, function)| (name.to_owned(), signature(function))).collect();
    let answer = json!({ "format_version": "1.0", "function_signatures": signatures });
    serde_json::to_string(&answer).expect("plain data always has a JSON form")
}

fn signature(function: &Function) -> Value {
    let mut form = Map::new();
    form.insert("description".into(), json!(function.description));
    form.insert("return_type".into(), json_type(&function.known_result()));
    if !function.parameters.is_empty() {
        form.insert("parameters".into(), function.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &function.variadic {
        form.insert("variadic_parameter".into(), parameter(variadic));
    }
    Value::Object(form)
}

fn parameter(parameter: &Parameter) -> Value {
    let mut form = Map::new();
    form.insert("name".into(), json!(parameter.name));
    form.insert("description".into(), json!(parameter.description));
    if parameter.allow_null {
        form.insert("is_nullable".into(), json!(true));
    }
    form.insert("type".into(), json_type(&parameter.ty));
    Value::Object(form)
}
