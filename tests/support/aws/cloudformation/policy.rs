//! Small things that a stack has beside its resources: its policy and its protection.

use serde_json::{Value, json};

use super::super::identity::Ask;
use super::super::wire::{Fault, given, truth};
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
