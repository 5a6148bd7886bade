//! Small things that a stack has beside its resources: its policy and its protection.

use serde_json::{Value, json};

use super::super::identity::Ask;
use super::super::wire::{Fault, given, texts, truth};
use super::resource::Resource;
use super::stack::Stack;

pub(super) fn set(stack: &mut Stack, ask: &Ask) -> Result<Value, Fault> {
    let body = given(&ask.parameters, "StackPolicyBody");
    let body =
        body.ok_or_else(|| Fault::validation("Either StackPolicyBody or StackPolicyURL must be given"))?;
    check(&body)?;
    stack.policy = Some(body);
    Ok(Value::Null)
}

pub(super) fn check(body: &str) -> Result<(), Fault> {
    let read: Result<Value, _> = serde_json::from_str(body);
    let fine = read.is_ok_and(|policy| policy["Statement"].is_array());
    if fine { Ok(()) } else { Err(Fault::validation("Error validating stack policy: Invalid stack policy")) }
}

pub(super) fn protect(stack: &mut Stack, ask: &Ask) -> Result<Value, Fault> {
    stack.termination_protection = truth(&ask.parameters, "EnableTerminationProtection") == Some(true);
    Ok(json!({ "StackId": stack.id }))
}

/// Why a policy does not allow `Update:Modify` or `Update:Replace` of a resource, where it does not.
pub(super) fn denial(policy: &str, action: &str, resource: &Resource) -> Option<String> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let name = format!("LogicalResourceId/{}", resource.logical);
    let list = |value: &Value| match value {
        Value::Array(_) => texts(&json!({ "list": value }), "list"),
        other => other.as_str().map(str::to_owned).into_iter().collect(),
    };
    let fits = |patterns: &Value, text: &str| {
        list(patterns).iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => pattern == text,
        })
    };
    let statements = policy["Statement"].as_array()?.iter();
    let meant = statements.filter(|statement| {
        let kinds = &statement["Condition"]["StringEquals"]["ResourceType"];
        fits(&statement["Action"], action)
            && (fits(&statement["Resource"], &name)
                || (!statement["NotResource"].is_null() && !fits(&statement["NotResource"], &name)))
            && (kinds.is_null() || fits(kinds, &resource.kind))
    });
    let effects: Vec<&str> = meant.filter_map(|statement| statement["Effect"].as_str()).collect();
    let allowed = effects.contains(&"Allow") && !effects.contains(&"Deny");
    (!allowed)
        .then(|| format!("Action denied by stack policy: [{action}] of resource [{name}] is not allowed"))
}
