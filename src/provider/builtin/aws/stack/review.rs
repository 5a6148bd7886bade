//! Stacks in review, which only exist to hold change sets. Ours are used and deleted; those of others are left alone.

use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::Stack;

use crate::port::{Remark, Remarks};

use super::super::account::Account;
use super::super::fault::Fault;
use super::follow::{FollowedOperation, follow};
use super::notes::Prepared;
use super::{change_set, execute, service};

/// An empty stack is deleted quickly.
const PATIENCE: Duration = Duration::from_secs(120);

/// Refuses a stack in review unless all of its change sets are ours.
pub(super) async fn of_ours(client: &Client, stack: &Stack, remarks: &mut Remarks) -> Option<()> {
    let name = stack.stack_name.as_deref().unwrap_or_default();
    match change_set::list(client, stack.stack_id.as_deref().unwrap_or(name)).await {
        Ok(found) if found.iter().all(change_set::is_ours) => Some(()),
        Ok(found) => {
            let others = found.iter().filter(|one| !change_set::is_ours(one));
            let others: Vec<&str> = others.filter_map(|one| one.change_set_name.as_deref()).collect();
            let detail = format!(
                "Somebody else is about to make a stack {name}: it is in the status REVIEW_IN_PROGRESS with the change \
                 sets {}. Delete it, or choose another name.",
                others.join(", ")
            );
            remarks.push(Remark::error("Stack is under review", detail));
            None
        }
        Err(fault) => {
            let attempted = format!("looking at the change sets of the stack {name}");
            remarks.push(fault.remark("Change of a stack cannot be planned", &attempted));
            None
        }
    }
}

/// Discards what was prepared for a plan that will not be applied.
pub(super) async fn discard(account: &Account, notes: &[u8], remarks: &mut Remarks) {
    let prepared = Prepared::read(notes);
    let Some(arn) = prepared.change_set else { return };
    let Some(clients) = account.clients(remarks).await else { return };
    let client = &clients.cloudformation;
    let asked = client.delete_change_set().change_set_name(&arn).send().await.map_err(Fault::from);
    if let Err(fault) = asked
        && !execute::is_gone(&fault)
    {
        remarks.push(fault.remark("Change set was left behind", &format!("deleting the change set {arn}")));
        return;
    }
    if prepared.review
        && let Some(stack) = prepared.stack
    {
        give_up(client, &stack, Some(&arn)).await;
    }
}

/// Deletes a stack in review that only has change sets of ours; returns whether it is gone.
pub(super) async fn made_way(account: &Account, client: &Client, stack: &Stack) -> bool {
    if service::status(stack) != "REVIEW_IN_PROGRESS" {
        return false;
    }
    let id = stack.stack_id.as_deref().unwrap_or_default();
    let others = change_set::list(client, id).await;
    if !others.is_ok_and(|others| others.iter().all(change_set::is_ours)) {
        return false;
    }
    if client.delete_stack().stack_name(id).send().await.is_err() {
        return false;
    }
    let (stop, patience) = (&account.stop, PATIENCE);
    let followed = FollowedOperation { client, stop, stack: id, token: None, patience, on_progress: None };
    follow(followed).await.is_ok_and(|outcome| outcome.stack.is_none())
}

/// Deletes a stack in review, unless it has other change sets than this one. If that fails, the next plan finds and
/// uses it.
pub(super) async fn give_up(client: &Client, stack: &str, change_set: Option<&str>) {
    let Ok(Some(found)) = service::describe(client, stack).await else { return };
    if service::status(&found) != "REVIEW_IN_PROGRESS" {
        return;
    }
    let id = found.stack_id.as_deref().unwrap_or(stack);
    let Ok(others) = change_set::list(client, id).await else { return };
    let is_done = |status: Option<&str>| {
        status.is_some_and(|status| status.starts_with("DELETE_") || status == "FAILED")
    };
    let is_left = others.iter().any(|one| {
        let status = one.status.as_ref().map(|status| status.as_str());
        one.change_set_id.as_deref() != change_set && !is_done(status)
    });
    if !is_left {
        let _ = client.delete_stack().stack_name(id).send().await;
    }
}
