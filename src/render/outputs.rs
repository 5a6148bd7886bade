//! Outputs: for people, for scripts, and one alone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::state::OutputState;
use crate::value::{Kind, Mark, Name, Type, Value, convert};

use super::diagnostic::harmless_lines;
use super::json::{Plain, TypeForm};
use super::view::is_secret;

/// `name = value`, a line or more each. Secrets stay secret.
pub fn outputs(outputs: &BTreeMap<Name, OutputState>) -> String {
    let mut text = String::new();
    for (name, output) in outputs {
        let value = match is_secret(&masked(&output.value)) {
            true => "<sensitive>".to_owned(),
            false => super::value(&output.value),
        };
        text.extend([name, " = ", &harmless_lines(&value), "\n"]);
    }
    text
}

/// Part of an output being a secret makes all of it one.
pub(super) fn masked(value: &Value) -> Value {
    if value.has_mark_deep(&Mark::Sensitive) { value.clone().mark(Mark::Sensitive) } else { value.clone() }
}

/// One output by itself, shown because it was asked for by name: secrets too.
pub fn output(output: &OutputState) -> String {
    harmless_lines(&super::value(&output.value.clone().unmark_deep().0)).into_owned() + "\n"
}

/// All outputs with their types, as `output -json` prints them. Secrets are in it.
pub fn outputs_json(outputs: &BTreeMap<Name, OutputState>) -> String {
    let forms: BTreeMap<&str, OutputForm<'_>> = outputs
        .iter()
        .map(|(name, output)| {
            let sensitive = output.value.has_mark_deep(&Mark::Sensitive);
            (&**name, OutputForm { sensitive, ty: output.value.ty(), value: Plain(&output.value) })
        })
        .collect();
    serde_json::to_string_pretty(&forms).expect("plain data always has a JSON form") + "\n"
}

/// One output, as `output -json NAME` prints it.
pub fn output_json(output: &OutputState) -> String {
    serde_json::to_string(&Plain(&output.value)).expect("plain data always has a JSON form") + "\n"
}

/// One output as it is, for scripts, without a line end; none where it is no text, number or truth value.
pub fn output_raw(output: &OutputState) -> Option<String> {
    let plain: Value = output.value.clone().unmark_deep().0;
    if is_secret(&plain) || plain.is_null() || !plain.ty().is_primitive() {
        return None;
    }
    match convert(&plain, &Type::String).ok()?.kind() {
        Kind::String(text) => Some(text.to_string()),
        _ => None,
    }
}

#[derive(Serialize)]
struct OutputForm<'a> {
    sensitive: bool,
    #[serde(rename = "type", serialize_with = "as_type")]
    ty: Type,
    value: Plain<'a>,
}

fn as_type<S: serde::Serializer>(ty: &Type, serializer: S) -> Result<S::Ok, S::Error> {
    TypeForm(ty).serialize(serializer)
}
