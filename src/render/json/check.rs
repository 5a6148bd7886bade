//! What was checked, and how it went.

use serde::Serialize;

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
}

#[derive(Serialize)]
struct ProblemForm<'a> {
    message: &'a str,
}

pub(super) fn check_forms(checks: &[CheckState]) -> Vec<CheckForm<'_>> {
    checks.iter().map(form).collect()
}

fn form(check: &CheckState) -> CheckForm<'_> {
    let instances = check.objects.iter().map(|object| InstanceForm {
        address: InstanceAddressForm { to_display: &object.address },
        status: status(object.status),
        problems: object.messages.iter().map(|message| ProblemForm { message }).collect(),
    });
    CheckForm { address: address(check), status: status(check.status), instances: instances.collect() }
}

/// The parts of an address as written, which has no keys and so no dots but those between its parts.
fn address(check: &CheckState) -> AddressForm<'_> {
    let text = check.address.as_str();
    let (rest, name) = text.rsplit_once('.').unwrap_or(("", text));
    let (kind, before) = match check.kind {
        CheckKind::Resource => ("resource", rest),
        CheckKind::Output => ("output_value", rest),
        CheckKind::Check => ("check", rest),
        CheckKind::Variable => ("var", rest),
    };
    // What stands before the name: the type, or the word for what it is.
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
