//! Follows an operation by its events until it has ended.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Stack, StackEvent};

use crate::port::{OnProgress, PartProgress};

use super::super::super::Stop;
use super::super::fault::Fault;
use super::super::wait::{GaveUp, Waiting};
use super::service;

/// The first pause between two requests.
const PAUSE: Duration = Duration::from_secs(3);

/// The status is requested at least once in this many turns; otherwise the events tell it.
const LOOKS: usize = 4;

/// After this many turns without any event, nothing is happening.
const QUIET: usize = 3;

/// How many answers in a row may be missing, each after all the client's own retries.
const UNHEARD: usize = 3;

const LEFT_BEHIND: &str = "it stays, and the stack looks after it no more";

/// The operation to follow.
pub(super) struct FollowedOperation<'a> {
    pub(super) client: &'a Client,
    pub(super) stop: &'a Stop,
    /// The ARN if it is known: a deleted stack is found by nothing else.
    pub(super) stack: &'a str,
    /// The token in the events of the operation; none follows whatever is happening.
    pub(super) token: Option<&'a str>,
    pub(super) patience: Duration,
    pub(super) on_progress: Option<OnProgress<'a>>,
}

/// How it ended.
pub(super) struct Outcome {
    /// None if it was deleted.
    pub(super) stack: Option<Stack>,
    /// The events of the operation, in order.
    pub(super) events: Vec<StackEvent>,
}

/// Why the end is not known.
pub(super) enum Unfollowed {
    Fault(Fault),
    GaveUp(GaveUp, Vec<StackEvent>),
}

impl Outcome {
    /// In which status it is now.
    pub(super) fn status(&self) -> &str {
        self.stack.as_ref().map_or("DELETE_COMPLETE", service::status)
    }
}

pub(super) async fn follow(followed: FollowedOperation<'_>) -> Result<Outcome, Unfollowed> {
    let mut waiting = Waiting::new(followed.stop, followed.patience, PAUSE);
    let mut seen = Seen::default();
    let (mut looks, mut quiet, mut unheard) = (0, 0, 0);
    let mut was_there = false;
    loop {
        let look = look(&followed, &mut seen, looks % LOOKS == 0).await;
        unheard = if look.is_ok() { 0 } else { unheard + 1 };
        let (ended, stack) = match look {
            Ok(look) => look,
            Err(fault) if fault.is_passing() && unheard < UNHEARD => (false, None),
            Err(fault) => return Err(Unfollowed::Fault(fault)),
        };
        if let Some(stack) = stack {
            was_there |= stack.is_some();
            let status = stack.as_ref().map_or("DELETE_COMPLETE", service::status);
            let rests = !service::is_under_way(status) && status != "REVIEW_IN_PROGRESS";
            // Right after the request, the stack may not show it yet.
            quiet = if rests { quiet + 1 } else { 0 };
            if rests && (ended || quiet >= QUIET || was_there && stack.is_none()) {
                let stack = stack.filter(|stack| service::status(stack) != "DELETE_COMPLETE");
                return Ok(Outcome { stack, events: seen.events });
            }
        }
        looks += 1;
        if let Err(why) = waiting.pause().await {
            return Err(Unfollowed::GaveUp(why, seen.events));
        }
    }
}

/// Whether the operation has ended, as far as its events and the stack's status tell.
async fn look(
    followed: &FollowedOperation<'_>,
    seen: &mut Seen,
    closely: bool,
) -> Result<(bool, Option<Option<Stack>>), Fault> {
    let ended = match followed.token {
        Some(token) => news(followed, token, seen).await?,
        None => true,
    };
    if !ended && !closely && !seen.events.is_empty() {
        return Ok((false, None));
    }
    Ok((ended, Some(service::describe(followed.client, followed.stack).await?)))
}

/// The events of an operation seen so far.
#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    events: Vec<StackEvent>,
    /// The last reported status of each part.
    reported: HashMap<String, String>,
}

/// Reports new events; returns whether the operation has ended.
async fn news(followed: &FollowedOperation<'_>, token: &str, seen: &mut Seen) -> Result<bool, Fault> {
    let mut fresh = Vec::new();
    let mut page = None;
    loop {
        let (events, next) = match service::events(followed.client, followed.stack, page).await {
            Ok(page) => page,
            // The stack may be gone already, or not exist yet; or its events may not be readable.
            Err(fault) if service::is_absent(&fault) || fault.is_denied() => return Ok(false),
            Err(fault) => return Err(fault),
        };
        let is_new = |event: &StackEvent| {
            event.client_request_token.as_deref() == Some(token)
                && event.event_id.as_ref().is_some_and(|id| !seen.ids.contains(id))
        };
        let reaches_back = events.last().is_some_and(is_new);
        fresh.extend(events.into_iter().filter(is_new));
        page = next.filter(|_| reaches_back);
        if page.is_none() {
            break;
        }
    }
    for event in fresh.into_iter().rev() {
        if let Some(on_progress) = followed.on_progress
            && let Some(progress) = seen.progress(&event)
        {
            on_progress(progress);
        }
        seen.ids.extend(event.event_id.clone());
        seen.events.push(event);
    }
    Ok(seen.events.iter().rev().take(8).any(ends))
}

/// Whether the event says that the whole stack is stable.
fn ends(event: &StackEvent) -> bool {
    let status = event_status(event);
    is_of_stack(event) && !status.ends_with("_IN_PROGRESS") && !status.is_empty()
}

/// Whether an event is about the stack itself, and not one of its resources.
pub(super) fn is_of_stack(event: &StackEvent) -> bool {
    event.physical_resource_id.is_some() && event.physical_resource_id == event.stack_id
}

pub(super) fn event_status(event: &StackEvent) -> &str {
    event.resource_status.as_ref().map_or("", |status| status.as_str())
}

impl Seen {
    /// The news in an event; `None` if it repeats the previous one.
    fn progress(&mut self, event: &StackEvent) -> Option<PartProgress> {
        let part = event.logical_resource_id.clone().unwrap_or_default();
        let status = event_status(event).to_owned();
        let reason = event.resource_status_reason.clone().filter(|reason| !is_routine(reason));
        let reason = reason.or_else(|| (status == "DELETE_SKIPPED").then(|| LEFT_BEHIND.to_owned()));
        let before = self.reported.insert(part.clone(), status.clone());
        if before.as_ref() == Some(&status) && reason.is_none() {
            return None;
        }
        Some(PartProgress { part, kind: event.resource_type.clone().unwrap_or_default(), status, reason })
    }
}

/// Reasons that every resource gets, and consequences of a failure that is reported elsewhere: they would hide the
/// others.
fn is_routine(reason: &str) -> bool {
    let reason = reason.trim_end_matches('.').to_ascii_lowercase();
    let begun =
        ["creation", "update", "deletion"].iter().any(|what| reason == format!("resource {what} initiated"));
    let echo =
        ["creation", "update", "deletion"].iter().any(|what| reason == format!("resource {what} cancelled"));
    begun
        || echo
        || matches!(
            &*reason,
            "user initiated" | "eventual consistency check initiated" | "transformation succeeded"
        )
}
