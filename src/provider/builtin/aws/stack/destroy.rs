//! Deleting a stack.

use crate::port::{ApplyRequest, Remark, Remarks};

use super::super::super::object::Arguments;
use super::super::account::Account;
use super::super::fault::Fault;
use super::failure::{self, Failed};
use super::follow::{FollowedOperation, follow};
use super::operate::unfollowed;
use super::service;
use super::wanted::patience;

pub(super) async fn destroy(account: &Account, request: &ApplyRequest<'_>, remarks: &mut Remarks) {
    let Some(clients) = account.clients(remarks).await else { return };
    let client = &clients.cloudformation;
    let arguments = Arguments(request.prior);
    let name = arguments.text("name").unwrap_or_default();
    let known = arguments.text("id").unwrap_or(name);
    let attempted = format!("deleting the stack {name}");
    let summary = "Stack was not deleted";
    let stack = match service::describe(client, known).await {
        Ok(Some(stack)) if service::status(&stack) != "DELETE_COMPLETE" => stack,
        Ok(_) => {
            clients.sees(&format!("The stack {name}"), known, remarks).await;
            return;
        }
        Err(fault) => return remarks.push(fault.remark(summary, &attempted)),
    };
    if stack.enable_termination_protection == Some(true) {
        return remarks.push(protected(name));
    }
    let id = stack.stack_id.as_deref().unwrap_or(known);
    let asked = client.delete_stack().stack_name(id).client_request_token(request.token).send().await;
    if let Err(fault) = asked.map_err(Fault::from) {
        return remarks.push(fault.remark(summary, &attempted));
    }
    let followed = FollowedOperation {
        client,
        stop: &account.stop,
        stack: id,
        token: Some(request.token),
        patience: patience(request.prior, "delete"),
        on_progress: Some(request.on_progress),
    };
    match follow(followed).await {
        Ok(outcome) if outcome.stack.is_none() => {}
        Ok(outcome) => {
            let failed = Failed { summary, attempted: &attempted, name, outcome: &outcome };
            remarks.push(failure::remark(&failed));
        }
        Err(why) => remarks.push(unfollowed(why, &attempted, name)),
    }
}

/// The error for a stack with termination protection.
pub(super) fn protected(name: &str) -> Remark {
    let detail = format!(
        "The stack {name} has termination protection, so that CloudFormation does not delete it. Apply \
         enable_termination_protection = false first, if it is really to go."
    );
    Remark::error("Stack is protected", detail)
}
