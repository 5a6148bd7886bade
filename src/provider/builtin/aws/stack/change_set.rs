//! Change sets: created, waited for, read completely, and deleted.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    Change, ChangeSetStatus, ChangeSetSummary, ChangeSetType, OnStackFailure,
};

use super::super::super::Stop;
use super::super::fault::Fault;
use super::super::wait::Waiting;
use super::wanted::{Source, Wanted};
use super::{execute, order, service};

/// The prefix by which ours are recognised.
pub(super) const PREFIX: &str = "terrace-";

const PAUSE: Duration = Duration::from_secs(1);

/// Computing a change set takes seconds; for very large stacks, minutes.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often it may be unknown at first.
const UNHEARD: usize = 5;

/// The content of a change set to create.
pub(super) struct Draft<'a> {
    pub(super) client: &'a Client,
    pub(super) stop: &'a Stop,
    pub(super) wanted: &'a Wanted,
    /// Parameters that keep their values.
    pub(super) kept: BTreeSet<String>,
    pub(super) is_new: bool,
    /// Whether an unknown role may have been created just now.
    pub(super) patient: bool,
}

/// A computed change set.
pub(super) struct ChangeSet {
    pub(super) arn: String,
    pub(super) stack: String,
    pub(super) changes: Vec<Change>,
}

/// Why there is no change set.
pub(super) enum Refusal {
    /// The stack is already as wanted.
    Nothing,
    Fault(Fault),
    /// CloudFormation says that it is not possible, in its own words.
    Failed(String),
    GaveUp,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

pub(super) async fn make(draft: Draft<'_>) -> Result<ChangeSet, Refusal> {
    let Draft { client, wanted, .. } = draft;
    let (body, url) = match &wanted.source {
        Some(Source::Body(body)) => (Some(body.clone()), None),
        Some(Source::Url(url)) => (None, Some(url.clone())),
        None => (None, None),
    };
    let unique = super::super::super::uuid();
    let kind = if draft.is_new { ChangeSetType::Create } else { ChangeSetType::Update };
    let on_failure = wanted.on_failure.as_deref().filter(|_| draft.is_new).map(OnStackFailure::from);
    let ask = client
        .create_change_set()
        .stack_name(&wanted.name)
        .change_set_name(format!("{PREFIX}{unique}"))
        .client_token(&unique)
        .change_set_type(kind)
        .set_template_body(body)
        .set_template_url(url)
        .set_parameters(order::parameters(wanted, &draft.kept))
        .set_capabilities(order::capabilities(wanted))
        .set_notification_arns(
            (!draft.is_new || !wanted.notifications.is_empty()).then(|| wanted.notifications.clone()),
        )
        .set_tags(order::tags(wanted).or_else(|| (!draft.is_new).then(Vec::new)))
        .set_role_arn(wanted.role.clone())
        .set_on_stack_failure(on_failure);
    let asked = match draft.patient {
        true => service::insist(draft.stop, || ask.clone().send()).await?,
        false => ask.send().await.map_err(Fault::from)?,
    };
    let arn = asked.id.unwrap_or_default();
    let seen = until_complete(client, draft.stop, &arn).await?;
    let stack = seen.or(asked.stack_id).unwrap_or_default();
    let changes = changes(client, &arn).await?;
    Ok(ChangeSet { arn, stack, changes })
}

/// Waits until a change set is there to be read, and returns the id of its stack.
async fn until_complete(client: &Client, stop: &Stop, arn: &str) -> Result<Option<String>, Refusal> {
    let mut waiting = Waiting::new(stop, PATIENCE, PAUSE);
    let (mut stack, mut unheard) = (None, 0);
    loop {
        match client.describe_change_set().change_set_name(arn).send().await.map_err(Fault::from) {
            Ok(answer) => {
                stack = answer.stack_id().map(str::to_owned).or(stack);
                match answer.status() {
                    Some(ChangeSetStatus::CreateComplete) => return Ok(stack),
                    Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {}
                    status => {
                        // It is useless, and failed change sets count towards the limit of a stack.
                        let _ = client.delete_change_set().change_set_name(arn).send().await;
                        return Err(refusal(status, answer.status_reason().unwrap_or_default()));
                    }
                }
            }
            // Right after the request it may not be visible.
            Err(fault) if execute::is_gone(&fault) && unheard < UNHEARD => unheard += 1,
            Err(fault) => return Err(fault.into()),
        }
        if waiting.pause().await.is_err() {
            return Err(Refusal::GaveUp);
        }
    }
}

fn refusal(status: Option<&ChangeSetStatus>, reason: &str) -> Refusal {
    if is_nothing(reason) {
        Refusal::Nothing
    } else if reason.is_empty() {
        Refusal::Failed(format!("the change set is {}", status.map_or("gone", |one| one.as_str())))
    } else {
        Refusal::Failed(reason.to_owned())
    }
}

/// All pages of the changes, with values.
async fn changes(client: &Client, arn: &str) -> Result<Vec<Change>, Fault> {
    let mut found = Vec::new();
    let mut page = None;
    loop {
        let answer = client
            .describe_change_set()
            .change_set_name(arn)
            .include_property_values(true)
            .set_next_token(page)
            .send()
            .await
            .map_err(Fault::from)?;
        found.extend(answer.changes.unwrap_or_default());
        page = answer.next_token;
        if page.is_none() {
            return Ok(found);
        }
    }
}

/// CloudFormation reports it as a failure when there is nothing to do.
fn is_nothing(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    reason.contains("didn't contain changes")
        || reason.contains("did not contain changes")
        || reason.contains("no updates are to be performed")
        || reason.contains("no changes")
}

/// The change sets of a stack.
pub(super) async fn list(client: &Client, stack: &str) -> Result<Vec<ChangeSetSummary>, Fault> {
    let mut found = Vec::new();
    let mut page = None;
    loop {
        let answer = client.list_change_sets().stack_name(stack).set_next_token(page).send().await;
        let answer = answer.map_err(Fault::from)?;
        found.extend(answer.summaries.unwrap_or_default());
        page = answer.next_token;
        if page.is_none() {
            return Ok(found);
        }
    }
}

/// Whether Terrace made it.
pub(super) fn is_ours(one: &ChangeSetSummary) -> bool {
    one.change_set_name.as_deref().is_some_and(|name| name.starts_with(PREFIX))
}
