//! Creates, updates and deletes stacks, as planned.

use std::sync::atomic::Ordering;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{OnFailure, Stack};

use crate::diag::Severity;
use crate::port::{Applied, ApplyRequest, Current, Remark, Remarks};
use crate::value::{Type, Value};

use super::super::super::object::{Arguments, at, filled};
use super::super::account::Account;
use super::super::wait::GaveUp;
use super::execute::{self, Execution};
use super::failure::{self, Failed};
use super::follow::{FollowedOperation, Outcome, Unfollowed, follow};
use super::notes::{Notes, Prepared};
use super::wanted::{Source, Wanted, patience};
use super::{order, read, review, service, settle, template};

/// The request of an operation, and its client.
pub(super) struct Operation<'a> {
    pub(super) account: &'a Account,
    pub(super) client: &'a Client,
    pub(super) request: &'a ApplyRequest<'a>,
    pub(super) wanted: Wanted,
    pub(super) prepared: Prepared,
}

impl<'a> Operation<'a> {
    async fn begin(
        account: &'a Account,
        request: &'a ApplyRequest<'a>,
        remarks: &mut Remarks,
    ) -> Option<Self> {
        let client = &account.clients(remarks).await?.cloudformation;
        let before = remarks.len();
        let wanted = Wanted::of(account, request.planned, &Notes::read(request.private), remarks);
        if remarks.len() > before {
            return None;
        }
        Some(Self { account, client, request, wanted, prepared: Prepared::read(request.inside) })
    }

    pub(super) fn name(&self) -> &str {
        &self.wanted.name
    }
}

pub(super) async fn create(
    account: &Account,
    request: &ApplyRequest<'_>,
    remarks: &mut Remarks,
) -> Option<Applied> {
    let operation = Operation::begin(account, request, remarks).await?;
    let attempted = format!("making the stack {}", operation.name());
    let by_change_set = operation.prepared.change_set.is_some();
    let id = match by_change_set {
        true => execute::planned(&operation, remarks).await?.stack,
        false => match make(&operation, true).await {
            Ok(id) => id,
            Err(remark) => {
                remarks.push(remark);
                return None;
            }
        },
    };
    let outcome = ended(&operation, &id, "create", &attempted, remarks).await;
    let Some(outcome) = outcome else {
        // The end was not seen, and it may still succeed: the next run finds the stack by its token.
        request.goes_on.store(true, Ordering::Relaxed);
        return None;
    };
    if outcome.status() != "CREATE_COMPLETE" {
        let failed = Failed {
            summary: "Stack was not made",
            attempted: &attempted,
            name: operation.name(),
            outcome: &outcome,
        };
        remarks.push(failure::remark(&failed));
        // The remains must be deleted before another stack can be created.
        let stack = outcome.stack.as_ref()?;
        return Some(as_it_is(&operation, stack, &request.planned.settled()).await);
    }
    // A policy only concerns updates, and protection from the start would keep a failed stack from being deleted. A
    // failure to set them is no reason to delete the stack: the next plan sees it.
    let mut said = Remarks::new();
    let no_policy = by_change_set && settle::policy(&operation, &id, &mut said).await.is_none();
    settle::protection(&operation, &id, Some(false), &mut said).await;
    remarks.extend(said.into_iter().map(|remark| Remark { severity: Severity::Warning, ..remark }));
    let mut applied = made(&operation, outcome.stack.as_ref()?, remarks).await?;
    if no_policy {
        applied.private = Notes { no_policy, ..Notes::read(&applied.private) }.write();
    }
    Some(applied)
}

/// Requests a stack; returns its ARN. If the name is only taken by an empty stack for our change sets, that is deleted
/// first, once.
async fn make(operation: &Operation<'_>, again: bool) -> Result<String, Remark> {
    let (wanted, client) = (&operation.wanted, operation.client);
    let (body, url) = match &wanted.source {
        Some(Source::Body(body)) => (Some(body.clone()), None),
        Some(Source::Url(url)) => (None, Some(url.clone())),
        None => (None, None),
    };
    let on_failure = wanted.on_failure.as_deref().map(OnFailure::from);
    let ask = client
        .create_stack()
        .stack_name(&wanted.name)
        .set_template_body(body)
        .set_template_url(url)
        .set_parameters(order::parameters(wanted, &Default::default()))
        .set_capabilities(order::capabilities(wanted))
        .set_notification_arns((!wanted.notifications.is_empty()).then(|| wanted.notifications.clone()))
        .set_tags(order::tags(wanted))
        .set_role_arn(wanted.role.clone())
        .set_disable_rollback((wanted.disable_rollback && on_failure.is_none()).then_some(true))
        .set_on_failure(on_failure)
        .set_timeout_in_minutes(wanted.timeout)
        .set_stack_policy_body(wanted.policy_body.clone())
        .set_stack_policy_url(wanted.policy_url.clone())
        .client_request_token(operation.request.token);
    let asked = service::insist(&operation.account.stop, || ask.clone().send()).await;
    let summary = "Stack was not made";
    let attempted = format!("making the stack {}", wanted.name);
    match asked {
        Ok(answer) => Ok(answer.stack_id.unwrap_or_else(|| wanted.name.clone())),
        Err(fault) if fault.is("AlreadyExistsException") => {
            let found = service::describe(client, &wanted.name).await.ok().flatten();
            if again
                && let Some(place) = found.as_ref()
                && review::made_way(operation.account, client, place).await
            {
                return Box::pin(make(operation, false)).await;
            }
            // The answer to the same request may have been lost.
            let id = found.and_then(|stack| stack.stack_id).unwrap_or_default();
            match read::begun(client, &id, operation.request.token).await {
                Ok(true) => Ok(id),
                _ => Err(taken(&wanted.name)),
            }
        }
        Err(fault) => {
            // The request may have succeeded, and its answer been lost.
            operation.request.goes_on.store(fault.is_passing(), Ordering::Relaxed);
            Err(fault.remark(summary, &attempted))
        }
    }
}

/// The error that a stack of this name exists already.
pub(super) fn taken(name: &str) -> Remark {
    let detail = format!(
        "There is a stack {name} already, which this environment does not look after. Take it over with terrace import, or \
         choose another name."
    );
    Remark::error("Stack exists already", detail)
}

pub(super) async fn update(
    account: &Account,
    request: &ApplyRequest<'_>,
    remarks: &mut Remarks,
) -> Option<Applied> {
    let operation = Operation::begin(account, request, remarks).await?;
    let id = Arguments(request.prior).text("id").unwrap_or(operation.name()).to_owned();
    let attempted = format!("changing the stack {}", operation.name());
    settle::policy(&operation, &id, remarks).await?;
    let execution = match order::is_needed(request.prior, request.planned, request.private) {
        true => execute::change(&operation, &id, remarks).await?,
        false => Execution { begun: false, nothing: false, stack: id.clone() },
    };
    if execution.begun {
        let outcome = ended(&operation, &id, "update", &attempted, remarks).await;
        let Some(outcome) = outcome else { return Some(kept(&operation)) };
        if outcome.status() != "UPDATE_COMPLETE" {
            let failed = Failed {
                summary: "Stack was not changed",
                attempted: &attempted,
                name: operation.name(),
                outcome: &outcome,
            };
            remarks.push(failure::remark(&failed));
            let Some(stack) = &outcome.stack else { return Some(kept(&operation)) };
            return Some(as_it_is(&operation, stack, request.prior).await);
        }
    }
    let before = Arguments(request.prior).flag("enable_termination_protection");
    settle::protection(&operation, &id, before, remarks).await?;
    let stack = match service::describe(operation.client, &id).await {
        Ok(stack) => stack?,
        Err(fault) => {
            remarks.push(fault.remark("Stack cannot be read", &attempted));
            return Some(kept(&operation));
        }
    };
    let mut applied = made(&operation, &stack, remarks).await?;
    if execution.nothing {
        let deployed = service::template(operation.client, &id).await.ok().flatten();
        let mut notes = Notes::read(&applied.private);
        notes.equivalent = deployed.map(|deployed| template::digest(&deployed));
        applied.private = notes.write();
    }
    Some(applied)
}

/// How the operation ended; `None`, with the reason among the remarks, if that is not known.
async fn ended(
    operation: &Operation<'_>,
    id: &str,
    kind: &str,
    attempted: &str,
    remarks: &mut Remarks,
) -> Option<Outcome> {
    let followed = FollowedOperation {
        client: operation.client,
        stop: &operation.account.stop,
        stack: id,
        token: Some(operation.request.token),
        patience: patience(operation.request.planned, kind),
        on_progress: Some(operation.request.on_progress),
    };
    match follow(followed).await {
        Ok(mut outcome) => {
            failure::look_deeper(operation.client, &mut outcome.events).await;
            Some(outcome)
        }
        Err(why) => {
            remarks.push(unfollowed(why, attempted, operation.name()));
            None
        }
    }
}

pub(super) fn unfollowed(why: Unfollowed, attempted: &str, name: &str) -> Remark {
    let goes_on = format!(
        "The operation goes on in AWS all the same: the next run waits for the stack {name} before it plans anything."
    );
    match why {
        Unfollowed::Fault(fault) => {
            Remark::error("Stack cannot be followed", format!("While {attempted}: {fault}. {goes_on}"))
        }
        Unfollowed::GaveUp(GaveUp::Stopped, _) => {
            Remark::error("Stack was left", format!("Asked to stop while {attempted}. {goes_on}"))
        }
        Unfollowed::GaveUp(GaveUp::TimedOut, events) => {
            let last = events.last().map(|event| {
                let name = event.logical_resource_id.as_deref().unwrap_or_default();
                format!(" Last there was {name}: {}.", super::follow::event_status(event))
            });
            let detail = format!(
                "While {attempted}: it did not end in the time that \"timeouts\" gives it.{} {goes_on}",
                last.unwrap_or_default()
            );
            Remark::error("Stack takes too long", detail)
        }
    }
}

/// The object as planned, completed with what is known now.
async fn made(operation: &Operation<'_>, stack: &Stack, remarks: &mut Remarks) -> Option<Applied> {
    let planned = operation.request.planned;
    let id = stack.stack_id.as_deref().unwrap_or_default();
    let mut parts = vec![("id", Value::string(id)), ("outputs", read::texts(service::outputs(stack)))];
    if Arguments(planned).is_unknown("template_body") {
        let body = service::template(operation.client, id).await.unwrap_or_else(|fault| {
            let attempted = format!("reading the template of the stack {}", operation.name());
            remarks.push(Remark {
                severity: Severity::Warning,
                ..fault.remark("Template cannot be read", &attempted)
            });
            None
        });
        parts.push((
            "template_body",
            body.map_or_else(|| Value::null(Type::String), |body| Value::string(&body)),
        ));
    }
    if !planned.at(&at("tags_all")).is_some_and(|tags| tags.is_wholly_known()) {
        parts.push(("tags_all", read::owned_texts(operation.account.heeded(service::tags(stack)))));
    }
    let mut notes = Notes::read(operation.request.private);
    (notes.status, notes.equivalent, notes.no_policy) = (None, None, false);
    Some(Applied { value: filled(planned, parts), private: notes.write() })
}

/// A stack after a failure: as it is, and not as it was planned.
async fn as_it_is(operation: &Operation<'_>, stack: &Stack, known: &Value) -> Applied {
    let known = match Arguments(known).value("outputs") {
        Some(_) => known.clone(),
        None => filled(known, [("outputs", read::texts(Default::default()))]),
    };
    let (kind, private) = (operation.request.kind, operation.request.private);
    let current = Current { kind, value: &known, private, on_progress: operation.request.on_progress };
    match read::object(operation.account, operation.client, stack, current).await {
        Ok(applied) => applied,
        // The next refresh finds out.
        Err(_) => {
            let id = stack.stack_id.as_deref().unwrap_or_default();
            Applied { value: filled(&known, [("id", Value::string(id))]), private: private.to_vec() }
        }
    }
}

/// Unchanged: the next refresh finds out how far the update went.
fn kept(operation: &Operation<'_>) -> Applied {
    Applied { value: operation.request.prior.clone(), private: operation.request.private.to_vec() }
}
