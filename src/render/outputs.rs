//! Outputs: all for people, all for programs, and a single one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::state::OutputState;
use crate::value::{Kind, Mark, Name, Type, Value, convert};

use super::diagnostic::harmless_lines;
use super::json::{Plain, TypeForm, terraform_bytes};
use super::view::is_secret;

/// Lines of `name = value`. Sensitive values stay hidden.
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

/// An output that is sensitive in part is hidden completely.
pub(super) fn masked(value: &Value) -> Value {
    if value.has_mark_deep(&Mark::Sensitive) { value.clone().mark(Mark::Sensitive) } else { value.clone() }
}

/// A single output, which is shown even if it is sensitive, because it was asked for by name.
pub fn output(output: &OutputState) -> String {
    harmless_lines(&super::value(&output.value.clone().unmark_deep().0)).into_owned() + "\n"
}

/// All outputs with their types, as `output -json` prints them, including secrets.
pub fn outputs_json(outputs: &BTreeMap<Name, OutputState>) -> String {
    let forms: BTreeMap<&str, OutputForm<'_>> = outputs
        .iter()
        .map(|(name, output)| {
            let sensitive = output.value.has_mark_deep(&Mark::Sensitive);
            (&**name, OutputForm { sensitive, ty: output.value.ty(), value: Plain(&output.value) })
        })
        .collect();
    terraform_bytes(serde_json::to_string_pretty(&forms)) + "\n"
}

/// One output, as `output -json NAME` prints it.
pub fn output_json(output: &OutputState) -> String {
    terraform_bytes(serde_json::to_string(&Plain(&output.value))) + "\n"
}

/// The raw value of one output for scripts, without a newline; `None` if it is not a string, number or boolean.
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
