//! Explains a failed operation of CloudFormation: the causes, the first one first, and the present state.

use std::fmt::Write;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackEvent;

use crate::port::Remark;

use super::follow::{Outcome, event_status, is_of_stack};
use super::service;

/// Further causes are only counted.
const MOST_CAUSES: usize = 10;

/// A failed operation.
pub(super) struct Failed<'a> {
    pub(super) summary: &'a str,
    /// A phrase such as "making the stack shop".
    pub(super) attempted: &'a str,
    pub(super) name: &'a str,
    pub(super) outcome: &'a Outcome,
}

pub(super) fn remark(failed: &Failed<'_>) -> Remark {
    let mut detail = format!("While {}, CloudFormation gave up.", failed.attempted);
    let causes = causes(&failed.outcome.events);
    if causes.is_empty() {
        let reason = failed.outcome.stack.as_ref().and_then(|stack| stack.stack_status_reason.as_deref());
        if let Some(reason) = reason {
            let _ = write!(detail, " It says: {}.", reason.trim_end_matches('.'));
        }
    } else {
        detail.push_str(" What failed, first cause first:\n");
        for event in causes.iter().take(MOST_CAUSES) {
            let _ = writeln!(detail, "  - {}", cause(event));
        }
        if causes.len() > MOST_CAUSES {
            let _ = writeln!(detail, "  - and {} more", causes.len() - MOST_CAUSES);
        }
        detail.truncate(detail.trim_end().len());
    }
    let undone = undone(&failed.outcome.events);
    if !undone.is_empty() {
        let _ = write!(detail, "\n\nIt rolled back: {}.", undone.join(", "));
    }
    let _ = write!(detail, "\n\n{}", standing(failed));
    Remark::error(failed.summary, detail)
}

/// How many nested stacks are asked for the causes of their failure.
const MOST_NESTED: usize = 5;

pub(super) const NESTED: &str = "AWS::CloudFormation::Stack";

/// Inserts the causes of a nested stack's failure before its own event, which only says that something failed.
pub(super) async fn look_deeper(client: &Client, events: &mut Vec<StackEvent>) {
    let mut places: Vec<usize> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let is_nested = event.resource_type.as_deref() == Some(NESTED) && !is_of_stack(event);
        if is_nested && event_status(event).ends_with("_FAILED") && places.len() < MOST_NESTED {
            places.push(place);
        }
    }
    for place in places.into_iter().rev() {
        let Some(outer) = events.get(place) else { continue };
        let name = outer.logical_resource_id.clone().unwrap_or_default();
        let Some(id) = outer.physical_resource_id.clone().filter(|id| id.starts_with("arn:")) else {
            continue;
        };
        let Ok((inner, _)) = service::events(client, &id, None).await else { continue };
        let failed =
            inner.into_iter().filter(|event| event_status(event).ends_with("_FAILED") && !is_of_stack(event));
        // Events come latest first.
        for mut event in failed {
            event.logical_resource_id = event.logical_resource_id.map(|inner| format!("{name}/{inner}"));
            events.insert(place, event);
        }
    }
}

/// The present status of the stack, and what can be done next.
fn standing(failed: &Failed<'_>) -> String {
    let (name, status) = (failed.name, failed.outcome.status());
    let next = match status {
        "DELETE_COMPLETE" => return format!("The stack {name} is gone, as on_failure asks for."),
        "ROLLBACK_COMPLETE" => {
            "Nothing of it is left but its name and its events; the next apply deletes it and makes it again"
                .to_owned()
        }
        "CREATE_FAILED" | "ROLLBACK_FAILED" => {
            "What was made is still there to be looked at; the next apply deletes it and makes it again"
                .to_owned()
        }
        "UPDATE_ROLLBACK_COMPLETE" => "It is as it was before; correct the cause and apply again".to_owned(),
        "UPDATE_ROLLBACK_FAILED" => {
            let arn = failed.outcome.stack.as_ref().and_then(|stack| stack.stack_id.as_deref());
            stuck(name, arn, &unrestored(&failed.outcome.events))
        }
        "DELETE_FAILED" => {
            let kept = refusing(&failed.outcome.events).join(" ");
            format!(
                "Remove what holds them and destroy again, or let CloudFormation leave them behind: aws cloudformation \
                 delete-stack --stack-name {name} --retain-resources {kept}"
            )
            .trim_end()
            .to_owned()
        }
        _ => return format!("The stack {name} is now in the status {status}."),
    };
    format!("The stack {name} is now in the status {status}. {next}.")
}

/// The way out of UPDATE_ROLLBACK_FAILED, which a person has to take: skipped resources differ from the template
/// afterwards.
pub(super) fn stuck(name: &str, arn: Option<&str>, skippable: &[String]) -> String {
    let region =
        arn.and_then(service::region_in).map(|region| format!(" --region {region}")).unwrap_or_default();
    let mut next = format!(
        "It can neither be changed nor used for a change set until its rollback is finished. Put right what holds it up, and \
         then: aws cloudformation continue-update-rollback --stack-name {name}{region}"
    );
    if !skippable.is_empty() {
        let _ = write!(
            next,
            ". What cannot be put right may be skipped, and is then not what its template says: --resources-to-skip {}",
            skippable.join(" ")
        );
    }
    next
}

/// The events with causes, without those that were cancelled as a consequence.
fn causes(events: &[StackEvent]) -> Vec<&StackEvent> {
    let failed = |event: &&StackEvent| event_status(event).ends_with("_FAILED") && !is_of_stack(event);
    let is_echo = |event: &StackEvent| {
        let reason = event.resource_status_reason.as_deref().unwrap_or_default().to_lowercase();
        reason.contains("cancelled") && (reason.contains("resource") || reason.len() < 40)
    };
    let all: Vec<&StackEvent> = events.iter().filter(failed).collect();
    let real: Vec<&StackEvent> = all.iter().copied().filter(|event| !is_echo(event)).collect();
    if !real.is_empty() {
        return real;
    }
    if !all.is_empty() {
        return all;
    }
    // The stack itself may have the cause: a wrong parameter, a hook, a limit.
    let of_stack = |event: &&StackEvent| {
        let status = event_status(event);
        let bad = status.contains("ROLLBACK") || status.ends_with("_FAILED");
        is_of_stack(event) && bad && event.resource_status_reason.is_some()
    };
    events.iter().find(of_stack).into_iter().collect()
}

fn cause(event: &StackEvent) -> String {
    let name = event.logical_resource_id.as_deref().unwrap_or("a resource");
    let kind = event.resource_type.as_deref().unwrap_or_default();
    let reason = event.resource_status_reason.as_deref().unwrap_or("no reason is given");
    format!("{name} ({kind}) {}: {}", event_status(event), reason.trim_end_matches('.'))
}

/// The resources that were rolled back.
fn undone(events: &[StackEvent]) -> Vec<String> {
    let is_turn = |event: &StackEvent| is_of_stack(event) && event_status(event).contains("ROLLBACK");
    let Some(turn) = events.iter().position(is_turn) else { return Vec::new() };
    let mut undone = Vec::new();
    for event in events.iter().skip(turn).filter(|event| !is_of_stack(event)) {
        let name = event.logical_resource_id.as_deref().unwrap_or_default();
        let what = match event_status(event) {
            "DELETE_COMPLETE" => format!("{name} deleted"),
            "DELETE_SKIPPED" => format!("{name} left behind"),
            "UPDATE_COMPLETE" => format!("{name} changed back"),
            _ => continue,
        };
        if !undone.contains(&what) {
            undone.push(what);
        }
    }
    undone
}

/// The resources that could not be rolled back.
pub(super) fn unrestored(events: &[StackEvent]) -> Vec<String> {
    let is_turn = |event: &StackEvent| is_of_stack(event) && event_status(event).contains("ROLLBACK");
    let turn = events.iter().position(is_turn).unwrap_or(0);
    let failed = events.iter().skip(turn).filter(|event| event_status(event) == "UPDATE_FAILED");
    names(failed.filter(|event| !is_of_stack(event)))
}

/// The resources that could not be deleted.
fn refusing(events: &[StackEvent]) -> Vec<String> {
    names(events.iter().filter(|event| event_status(event) == "DELETE_FAILED" && !is_of_stack(event)))
}

fn names<'e>(events: impl Iterator<Item = &'e StackEvent>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in events.filter_map(|event| event.logical_resource_id.clone()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
