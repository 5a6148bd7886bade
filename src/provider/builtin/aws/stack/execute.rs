//! Executes a plan: its change set if there is one, and otherwise a new one that does no more harm than the plan
//! announced.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use aws_sdk_cloudformation::types::ExecutionStatus;

use crate::plan::{Part, PartAction};
use crate::port::{Remark, Remarks};

use super::super::fault::Fault;
use super::change_set::{self, Draft, Refusal};
use super::follow::{event_status, is_of_stack};
use super::operate::Operation;
use super::wanted::Source;
use super::{order, read, service, template, translate};

/// An operation that was started.
pub(super) struct Execution {
    pub(super) begun: bool,
    /// Whether CloudFormation found nothing to change.
    pub(super) nothing: bool,
    /// The ARN of the stack.
    pub(super) stack: String,
}

const OUTDATED: &str = "Stack has changed since the plan";

/// Starts the update of an existing stack.
pub(super) async fn change(
    operation: &Operation<'_>,
    stack: &str,
    remarks: &mut Remarks,
) -> Option<Execution> {
    if operation.prepared.nothing {
        return Some(Execution { begun: false, nothing: true, stack: stack.to_owned() });
    }
    if operation.prepared.change_set.is_some() {
        return planned(operation, remarks).await;
    }
    if operation.prepared.direct {
        return directly(operation, stack, &BTreeSet::new(), remarks).await;
    }
    worked_out_now(operation, stack, remarks).await
}

/// Executes the change set that the plan has shown.
pub(super) async fn planned(operation: &Operation<'_>, remarks: &mut Remarks) -> Option<Execution> {
    let prepared = &operation.prepared;
    let arn = prepared.change_set.as_deref().unwrap_or_default();
    let stack = prepared.stack.clone().unwrap_or_default();
    let planned = prepared.template.as_ref();
    let is_other = matches!(&operation.wanted.source, Some(Source::Body(body)) if planned.is_some_and(|planned| *planned != template::digest(body)));
    if is_other {
        let detail =
            "The template is another than the one that the plan was made with. Nothing was done; plan again.";
        remarks.push(Remark::error(OUTDATED, detail));
        return None;
    }
    let client = operation.client;
    let asked = client.describe_change_set().change_set_name(arn).send().await;
    let state = match asked.map_err(Fault::from) {
        Ok(answer) => answer.execution_status,
        Err(fault) if is_gone(&fault) => None,
        Err(fault) => {
            remarks.push(fault.remark("Stack was not changed", "looking at the planned change set"));
            return None;
        }
    };
    let begun = Execution { begun: true, nothing: false, stack: stack.clone() };
    let now = match service::describe(client, &stack).await {
        Ok(now) => now,
        Err(fault) => {
            remarks.push(fault.remark("Stack was not changed", "looking at the stack"));
            return None;
        }
    };
    let since = now.as_ref().and_then(service::changed);
    let is_as_planned = prepared.review || since == prepared.changed;
    if state == Some(ExecutionStatus::Available) && is_as_planned {
        return match run(operation, arn, &stack).await {
            Ok(()) => Some(begun),
            Err(remark) => {
                remarks.push(remark);
                None
            }
        };
    }
    // It may be this very operation, whose answer was lost.
    if read::begun(client, &stack, operation.request.token).await.unwrap_or(false) {
        return Some(begun);
    }
    remarks.push(overtaken(operation, &stack, state.as_ref(), since.as_deref()).await);
    None
}

/// Executes a change set. With the same token, CloudFormation executes it only once.
async fn run(operation: &Operation<'_>, arn: &str, stack: &str) -> Result<(), Remark> {
    let wanted = &operation.wanted;
    let is_new = operation.request.prior.is_null();
    let no_rollback = is_new && wanted.disable_rollback && wanted.on_failure.is_none();
    let asked = operation
        .client
        .execute_change_set()
        .change_set_name(arn)
        .client_request_token(operation.request.token)
        .set_disable_rollback(no_rollback.then_some(true))
        .send()
        .await;
    match asked.map_err(Fault::from) {
        Ok(_) => Ok(()),
        Err(fault) => {
            let is_ours = read::begun(operation.client, stack, operation.request.token).await;
            let attempted = format!("executing the planned change set of the stack {}", wanted.name);
            match is_ours {
                Ok(true) => Ok(()),
                _ => {
                    // The request may have succeeded, and its answer been lost.
                    operation.request.goes_on.store(fault.is_passing(), Ordering::Relaxed);
                    Err(fault.remark("Stack was not changed", &attempted))
                }
            }
        }
    }
}

pub(super) fn is_gone(fault: &Fault) -> bool {
    fault.is("ChangeSetNotFound") || fault.is("ChangeSetNotFoundException") || service::is_absent(fault)
}

/// The error that somebody else changed the stack in the meantime.
async fn overtaken(
    operation: &Operation<'_>,
    stack: &str,
    state: Option<&ExecutionStatus>,
    since: Option<&str>,
) -> Remark {
    let name = &operation.wanted.name;
    let mut detail = match state {
        None => format!("The change set that was planned for the stack {name} is not there any more."),
        Some(ExecutionStatus::Available) => {
            format!("The stack {name} is not as it was when the plan was made.")
        }
        Some(state) => format!(
            "The change set that was planned for the stack {name} cannot be executed any more: it is {}.",
            state.as_str()
        ),
    };
    if let Some(since) = since.filter(|since| Some(*since) != operation.prepared.changed.as_deref()) {
        detail.push_str(&format!(" The stack was changed at {since}"));
        let last = service::events(operation.client, stack, None).await.unwrap_or_default().0;
        let last = last.into_iter().find(is_of_stack);
        match last.as_ref().and_then(|event| event.client_request_token.as_deref()) {
            Some(token) => detail.push_str(&format!(" by the operation {token}")),
            None => detail.push_str(" by somebody else"),
        }
        if let Some(last) = &last {
            detail.push_str(&format!(" and is {}", event_status(last)));
        }
        detail.push('.');
    }
    detail.push_str(" Nothing was done; plan again.");
    Remark::error(OUTDATED, detail)
}

/// Creates a change set now that everything is known, and executes it if it does no more harm than the plan announced.
async fn worked_out_now(operation: &Operation<'_>, stack: &str, remarks: &mut Remarks) -> Option<Execution> {
    let attempted = format!("working out the change of the stack {}", operation.wanted.name);
    let now = match service::describe(operation.client, stack).await {
        Ok(now) => now,
        Err(fault) => {
            remarks.push(fault.remark("Stack was not changed", &attempted));
            return None;
        }
    };
    let kept = now.map(|now| order::kept(&operation.wanted, &now)).unwrap_or_default();
    let draft = Draft {
        client: operation.client,
        stop: &operation.account.stop,
        wanted: &operation.wanted,
        kept: kept.clone(),
        is_new: false,
        patient: true,
    };
    let made = match change_set::make(draft).await {
        Ok(made) => made,
        Err(Refusal::Nothing) => {
            return Some(Execution { begun: false, nothing: true, stack: stack.to_owned() });
        }
        Err(Refusal::Fault(fault)) if fault.is_denied() => {
            return directly(operation, stack, &kept, remarks).await;
        }
        Err(refusal) => {
            remarks.push(refused(refusal, "Stack was not changed", &attempted));
            return None;
        }
    };
    let parts = translate::parts(&made.changes, &[]);
    let besides = besides(&parts, operation.prepared.announced.as_ref());
    if !besides.is_empty() {
        let _ = operation.client.delete_change_set().change_set_name(&made.arn).send().await;
        let detail = format!(
            "Now that everything is known, changing the stack {} would do more than the plan has told: {}. Nothing was done; \
             plan again to see all of it.",
            operation.wanted.name,
            besides.join(", ")
        );
        remarks.push(Remark::error("Change of a stack goes beyond the plan", detail));
        return None;
    }
    match run(operation, &made.arn, stack).await {
        Ok(()) => Some(Execution { begun: true, nothing: false, stack: made.stack }),
        Err(remark) => {
            remarks.push(remark);
            None
        }
    }
}

/// Losses that were not announced.
fn besides(parts: &[Part], announced: Option<&BTreeMap<String, String>>) -> Vec<String> {
    let lost = parts.iter().filter_map(|part| Some((part, loss(part)?)));
    let untold = lost.filter(|(part, loss)| {
        announced
            .and_then(|losses| losses.get(&part.name))
            .is_none_or(|known| known != loss && known != "replace")
    });
    let phrase = |part: &Part| match part.action {
        PartAction::Remove => format!("remove {} ({})", part.name, part.kind),
        PartAction::Replace => format!("replace {} ({})", part.name, part.kind),
        _ => format!("perhaps replace {} ({})", part.name, part.kind),
    };
    untold.map(|(part, _)| phrase(part)).collect()
}

/// The kind of loss of a part, for comparison with what was announced.
pub(super) fn loss(part: &Part) -> Option<&'static str> {
    match part.action {
        PartAction::Remove => Some("remove"),
        PartAction::Replace => Some("replace"),
        PartAction::PerhapsReplace => Some("perhaps replace"),
        _ => None,
    }
}

/// Updates the stack without a change set, if the account may not create any.
async fn directly(
    operation: &Operation<'_>,
    stack: &str,
    kept: &BTreeSet<String>,
    remarks: &mut Remarks,
) -> Option<Execution> {
    let wanted = &operation.wanted;
    let (body, url) = match &wanted.source {
        Some(Source::Body(body)) => (Some(body.clone()), None),
        Some(Source::Url(url)) => (None, Some(url.clone())),
        None => (None, None),
    };
    let ask = operation
        .client
        .update_stack()
        .stack_name(&wanted.name)
        .set_template_body(body)
        .set_template_url(url)
        .set_parameters(order::parameters(wanted, kept))
        .set_capabilities(order::capabilities(wanted))
        .set_notification_arns(Some(wanted.notifications.clone()))
        .set_tags(order::tags(wanted).or_else(|| Some(Vec::new())))
        .set_role_arn(wanted.role.clone())
        .client_request_token(operation.request.token);
    let asked = service::insist(&operation.account.stop, || ask.clone().send()).await;
    let execution = |begun| Execution { begun, nothing: !begun, stack: stack.to_owned() };
    match asked {
        Ok(_) => Some(execution(true)),
        Err(fault) if fault.message().contains("No updates are to be performed") => Some(execution(false)),
        Err(fault) => {
            remarks
                .push(fault.remark("Stack was not changed", &format!("changing the stack {}", wanted.name)));
            None
        }
    }
}

/// The error for a missing change set.
pub(super) fn refused(refusal: Refusal, summary: &str, attempted: &str) -> Remark {
    match refusal {
        Refusal::Fault(fault) => fault.remark(summary, attempted),
        Refusal::Failed(reason) => {
            let reason = reason.trim_end_matches('.');
            Remark::error(summary, format!("While {attempted}, CloudFormation said: {reason}."))
        }
        Refusal::Nothing => Remark::error(summary, format!("While {attempted}: there is nothing to change.")),
        Refusal::GaveUp => Remark::error(summary, format!("While {attempted}: it took too long.")),
    }
}
