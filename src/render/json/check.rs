//! The results of checks.

use serde::Serialize;
use serde_json::Value as Json;

use crate::state::{CheckKind, CheckState, CheckStatus};

#[derive(Serialize)]
pub(super) struct CheckForm<'a> {
    address: AddressForm<'a>,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<InstanceForm<'a>>,
}

#[derive(Default, Serialize)]
struct AddressForm<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    to_display: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<&'a str>,
}

#[derive(Serialize)]
struct InstanceForm<'a> {
    address: InstanceAddressForm<'a>,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemForm<'a>>,
}

#[derive(Serialize)]
struct InstanceAddressForm<'a> {
    to_display: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_key: Option<Json>,
}

#[derive(Serialize)]
struct ProblemForm<'a> {
    message: &'a str,
}

pub(super) fn check_forms(checks: &[CheckState]) -> Vec<CheckForm<'_>> {
    checks.iter().map(form).collect()
}

fn form(check: &CheckState) -> CheckForm<'_> {
    let address = address(check);
    let instances = check.objects.iter().map(|object| InstanceForm {
        address: instance(&object.address, address.module),
        status: status(object.status),
        problems: object.messages.iter().map(|message| ProblemForm { message }).collect(),
    });
    CheckForm { status: status(check.status), instances: instances.collect(), address }
}

/// Splits an instance's address into its parts: the module instance at the beginning and the key at the end are
/// optional.
fn instance<'a>(text: &'a str, module: Option<&str>) -> InstanceAddressForm<'a> {
    let calls = module.map_or(0, |module| module.split('.').count() / 2);
    let mut rest = text;
    for _ in 0..calls {
        rest = rest.strip_prefix("module.").map_or(rest, after_call);
    }
    let module = text
        .strip_suffix(rest)
        .map(|module| module.trim_end_matches('.'))
        .filter(|module| !module.is_empty());
    let key = rest.split_once('[').and_then(|(_, key)| key.strip_suffix(']'));
    InstanceAddressForm {
        to_display: text,
        module,
        instance_key: key.and_then(|key| serde_json::from_str(key).ok()),
    }
}

/// The rest after `name.` or `name["key"].`, whatever is in the key.
fn after_call(text: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '.' if !quoted => return text.get(at + 1..).unwrap_or_default(),
            _ => {}
        }
    }
    text
}

/// Splits a configuration address, which has no keys, and so no dots except between its parts.
fn address(check: &CheckState) -> AddressForm<'_> {
    let text = check.address.as_str();
    let (rest, name) = text.rsplit_once('.').unwrap_or(("", text));
    let (kind, before) = match check.kind {
        CheckKind::Resource => ("resource", rest),
        CheckKind::Output => ("output_value", rest),
        CheckKind::Check => ("check", rest),
        CheckKind::Variable => ("var", rest),
    };
    // The part before the name is the type, or the word for the kind.
    let (outer, last) = before.rsplit_once('.').unwrap_or(("", before));
    let is_resource = check.kind == CheckKind::Resource;
    let (module, mode) = match outer.strip_suffix("data").filter(|_| is_resource) {
        Some(module) if module.is_empty() || module.ends_with('.') => (module.trim_end_matches('.'), "data"),
        _ => (outer, "managed"),
    };
    AddressForm {
        kind,
        mode: is_resource.then_some(mode),
        module: (!module.is_empty()).then_some(module),
        name: Some(name),
        to_display: text,
        ty: is_resource.then_some(last),
    }
}

fn status(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Unknown => "unknown",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
    }
}
