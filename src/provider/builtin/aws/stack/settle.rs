//! What is set without a change set: the policy and the termination protection of a stack.

use crate::port::Remarks;

use super::super::super::object::Arguments;
use super::super::fault::Fault;
use super::operate::Operation;

/// Sets the policy of the stack if it has changed.
pub(super) async fn policy(operation: &Operation<'_>, id: &str, remarks: &mut Remarks) -> Option<()> {
    let (prior, wanted) = (Arguments(operation.request.prior), &operation.wanted);
    let is_new =
        |name: &str, wanted: &Option<String>| wanted.is_some() && prior.text(name) != wanted.as_deref();
    if !is_new("policy_body", &wanted.policy_body) && !is_new("policy_url", &wanted.policy_url) {
        return Some(());
    }
    let asked = operation
        .client
        .set_stack_policy()
        .stack_name(id)
        .set_stack_policy_body(wanted.policy_body.clone().filter(|_| wanted.policy_url.is_none()))
        .set_stack_policy_url(wanted.policy_url.clone())
        .send()
        .await;
    let attempted = format!("giving the stack {} its policy", wanted.name);
    settled(asked.map(drop).map_err(Fault::from), "Policy of a stack was not set", &attempted, remarks)
}

/// Sets the termination protection of the stack if it has changed.
pub(super) async fn protection(
    operation: &Operation<'_>,
    id: &str,
    before: Option<bool>,
    remarks: &mut Remarks,
) -> Option<()> {
    let Some(protected) = operation.wanted.protected.filter(|protected| Some(*protected) != before) else {
        return Some(());
    };
    let asked = operation
        .client
        .update_termination_protection()
        .stack_name(id)
        .enable_termination_protection(protected)
        .send()
        .await;
    let attempted = format!("changing the protection of the stack {}", operation.name());
    let summary = "Protection of a stack was not changed";
    settled(asked.map(drop).map_err(Fault::from), summary, &attempted, remarks)
}

fn settled(asked: Result<(), Fault>, summary: &str, attempted: &str, remarks: &mut Remarks) -> Option<()> {
    match asked {
        Ok(()) => Some(()),
        Err(fault) => {
            remarks.push(fault.remark(summary, attempted));
            None
        }
    }
}
