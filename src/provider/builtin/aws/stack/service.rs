//! Requests to CloudFormation, in terms of this room.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Stack, StackEvent, StackResourceSummary, TemplateStage};
use aws_smithy_types::date_time::Format;

use super::super::super::Stop;
use super::super::fault::Fault;
use super::super::wait::Waiting;

/// Whether the error says that there is no such stack.
pub(super) fn is_absent(fault: &Fault) -> bool {
    fault.is("ValidationError") && fault.message().contains("does not exist")
}

/// IAM takes up to this long to make a new role visible everywhere.
const SPREADING: Duration = Duration::from_secs(120);

/// Repeats a request while CloudFormation does not see a role that was just created.
pub(super) async fn insist<T, E, F>(stop: &Stop, mut ask: impl FnMut() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, E>>,
    Fault: From<E>,
{
    let mut waiting = Waiting::new(stop, SPREADING, Duration::from_secs(2));
    loop {
        let fault = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => Fault::from(error),
        };
        if !is_role_unknown(&fault) || waiting.pause().await.is_err() {
            return Err(fault);
        }
    }
}

/// Whether the error is about a role of the stack that CloudFormation cannot use, or not yet.
pub(super) fn is_role_unknown(fault: &Fault) -> bool {
    fault.is("ValidationError") && fault.message().contains("is invalid or cannot be assumed")
}

/// A stack by its name or ARN. A deleted one is found by its ARN.
pub(super) async fn describe(client: &Client, stack: &str) -> Result<Option<Stack>, Fault> {
    match client.describe_stacks().stack_name(stack).send().await.map_err(Fault::from) {
        Ok(answer) => Ok(answer.stacks.unwrap_or_default().into_iter().next()),
        Err(fault) if is_absent(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// A stack that exists: not deleted, and more than a place for change sets.
pub(super) async fn present(client: &Client, stack: &str) -> Result<Option<Stack>, Fault> {
    let found = describe(client, stack).await?;
    Ok(found.filter(|stack| !matches!(status(stack), "DELETE_COMPLETE" | "REVIEW_IN_PROGRESS")))
}

pub(super) fn status(stack: &Stack) -> &str {
    stack.stack_status.as_ref().map_or("", |status| status.as_str())
}

/// Whether an operation is in progress in this status.
pub(super) fn is_under_way(status: &str) -> bool {
    status.ends_with("_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS"
}

/// When the stack was last updated or, if never, created.
pub(super) fn changed(stack: &Stack) -> Option<String> {
    let instant = stack.last_updated_time.as_ref().or(stack.creation_time.as_ref())?;
    instant.fmt(Format::DateTime).ok()
}

pub(super) fn outputs(stack: &Stack) -> BTreeMap<&str, &str> {
    let outputs = stack.outputs.as_deref().unwrap_or_default();
    outputs
        .iter()
        .filter_map(|one| Some((one.output_key.as_deref()?, one.output_value.as_deref()?)))
        .collect()
}

pub(super) fn parameters(stack: &Stack) -> BTreeMap<&str, &str> {
    let parameters = stack.parameters.as_deref().unwrap_or_default();
    parameters
        .iter()
        .filter_map(|one| Some((one.parameter_key.as_deref()?, one.parameter_value.as_deref()?)))
        .collect()
}

pub(super) fn tags(stack: &Stack) -> BTreeMap<&str, &str> {
    let tags = stack.tags.as_deref().unwrap_or_default();
    tags.iter().filter_map(|tag| Some((tag.key.as_deref()?, tag.value.as_deref()?))).collect()
}

/// The original template, if there is one.
pub(super) async fn template(client: &Client, stack: &str) -> Result<Option<String>, Fault> {
    let answer = client.get_template().stack_name(stack).template_stage(TemplateStage::Original).send().await;
    match answer.map_err(Fault::from) {
        Ok(answer) => Ok(answer.template_body),
        Err(fault) if is_absent(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// A page of events, latest first.
pub(super) async fn events(
    client: &Client,
    stack: &str,
    page: Option<String>,
) -> Result<(Vec<StackEvent>, Option<String>), Fault> {
    let answer = client.describe_stack_events().stack_name(stack).set_next_token(page).send().await;
    let answer = answer.map_err(Fault::from)?;
    Ok((answer.stack_events.unwrap_or_default(), answer.next_token))
}

/// All resources of a stack.
pub(super) async fn resources(client: &Client, stack: &str) -> Result<Vec<StackResourceSummary>, Fault> {
    let mut found = Vec::new();
    let mut page = None;
    loop {
        let answer = client.list_stack_resources().stack_name(stack).set_next_token(page).send().await;
        let answer = answer.map_err(Fault::from)?;
        found.extend(answer.stack_resource_summaries.unwrap_or_default());
        page = answer.next_token;
        if page.is_none() {
            return Ok(found);
        }
    }
}

/// The name in an ARN of a stack: `arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/a-b-c`.
pub(super) fn name_in(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5);
    resource.and_then(|resource| resource.split('/').nth(1)).unwrap_or(arn)
}

/// The region in an ARN.
pub(super) fn region_in(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}
