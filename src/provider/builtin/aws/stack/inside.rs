//! Nested changes of a stack: what a change does to its resources, as far as CloudFormation can tell.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::Stack;

use crate::plan::{Inside, Part, PartAction};
use crate::port::{InsideRequest, Remark, Remarks};
use crate::value::Value;

use super::super::super::object::Arguments;
use super::super::account::Account;
use super::super::fault::Fault;
use super::change_set::{self, ChangeSet, Draft, Refusal};
use super::compare;
use super::destroy::protected;
use super::execute::{loss, refused};
use super::failure::NESTED;
use super::follow::{FollowedOperation, follow};
use super::notes::{Notes, Prepared};
use super::operate::taken;
use super::wanted::{Source, Wanted, patience};
use super::{order, read, review, service, template, translate};

const NOT_PLANNED: &str = "Change of a stack cannot be planned";

pub(super) async fn look(
    account: &Account,
    request: InsideRequest<'_>,
    remarks: &mut Remarks,
) -> Option<Inside> {
    let client = &account.clients(remarks).await?.cloudformation;
    if request.planned.is_null() {
        return destruction(client, request, remarks).await;
    }
    let before = remarks.len();
    let wanted = Wanted::of(account, request.planned, &Notes::read(request.private), remarks);
    if remarks.len() > before {
        return None;
    }
    let look = Look { account, client, request, wanted };
    match look.request.prior.is_null() {
        true => look.creation(remarks).await,
        false => look.update(remarks).await,
    }
}

/// The nested changes of deleting a stack.
async fn destruction(client: &Client, request: InsideRequest<'_>, remarks: &mut Remarks) -> Option<Inside> {
    let arguments = Arguments(request.prior);
    let name = arguments.text("name").unwrap_or_default();
    let known = arguments.text("id").unwrap_or(name);
    let attempted = format!("looking at what the stack {name} holds");
    let mut gather = async || -> Result<Option<Vec<Part>>, Fault> {
        let Some(stack) = service::present(client, known).await? else { return Ok(None) };
        if stack.enable_termination_protection == Some(true) {
            remarks.push(protected(name));
            return Ok(None);
        }
        let id = stack.stack_id.as_deref().unwrap_or(known);
        let resources = service::resources(client, id).await?;
        let deployed = service::template(client, id).await?;
        Ok(Some(compare::gone(&resources, deployed.as_deref())))
    };
    match gather().await {
        Ok(parts) => parts.map(|parts| Inside { parts, ..Inside::default() }),
        Err(fault) => {
            remarks.push(fault.remark("Stack cannot be looked into", &attempted));
            None
        }
    }
}

/// The context of the request.
struct Look<'a> {
    account: &'a Account,
    client: &'a Client,
    request: InsideRequest<'a>,
    wanted: Wanted,
}

impl Look<'_> {
    async fn creation(&self, remarks: &mut Remarks) -> Option<Inside> {
        let name = &self.wanted.name;
        let attempted = format!("planning the stack {name}");
        let unprepared = |why: Option<String>| Some(self.as_written(why));
        if name.is_empty() {
            return unprepared(None);
        }
        let existing = match service::describe(self.client, name).await {
            Ok(existing) => existing.filter(|stack| service::status(stack) != "DELETE_COMPLETE"),
            Err(fault) => {
                remarks.push(fault.remark(NOT_PLANNED, &attempted));
                return None;
            }
        };
        let replaced = Arguments(self.request.replaced).text("id");
        match existing {
            Some(stack) if service::status(&stack) == "REVIEW_IN_PROGRESS" => {
                review::of_ours(self.client, &stack, remarks).await?;
            }
            // The old stack is deleted first.
            Some(stack) if stack.stack_id.as_deref() == replaced => return unprepared(None),
            // It was deleted just now, by a discarded plan or by somebody else.
            Some(stack) if service::status(&stack) == "DELETE_IN_PROGRESS" => {
                self.gone(&stack, remarks).await?;
            }
            Some(_) => {
                remarks.push(taken(name));
                return None;
            }
            None => {}
        }
        // A change set cannot have a timeout, and an existing stack cannot get one.
        if !self.wanted.is_settled() || self.wanted.timeout.is_some() {
            return unprepared(self.open());
        }
        match self.draft(BTreeSet::new(), true).await {
            Ok(made) => {
                let prepared = Prepared {
                    change_set: Some(made.arn.clone()),
                    stack: Some(made.stack.clone()),
                    template: self.digest(),
                    review: true,
                    ..Prepared::default()
                };
                Some(self.inside(&made, &prepared, Vec::new()))
            }
            Err(Refusal::Fault(fault)) if fault.is_denied() => unprepared(Some(without_change_set(&fault))),
            Err(refusal) => {
                remarks.push(refused(refusal, NOT_PLANNED, &attempted));
                // A stack that only exists for this change set is deleted again.
                review::give_up(self.client, name, None).await;
                None
            }
        }
    }

    /// Waits until a stack is deleted.
    async fn gone(&self, stack: &Stack, remarks: &mut Remarks) -> Option<()> {
        let name = &self.wanted.name;
        let followed = FollowedOperation {
            client: self.client,
            stop: &self.account.stop,
            stack: stack.stack_id.as_deref().unwrap_or(name),
            token: None,
            patience: patience(self.request.planned, "create"),
            on_progress: None,
        };
        match follow(followed).await {
            Ok(outcome) if outcome.stack.is_none() => Some(()),
            _ => {
                let detail =
                    format!("A stack {name} is being deleted, and has not gone yet. Plan again when it has.");
                remarks.push(Remark::error(NOT_PLANNED, detail));
                None
            }
        }
    }

    /// The stack to change, unless its state forbids that.
    async fn present(&self, known: &str, attempted: &str, remarks: &mut Remarks) -> Option<Stack> {
        let name = &self.wanted.name;
        let stack = match service::present(self.client, known).await {
            Ok(Some(stack)) => stack,
            Ok(None) => {
                let detail = format!("The stack {name} is not there any more; plan again.");
                remarks.push(Remark::error(NOT_PLANNED, detail));
                return None;
            }
            Err(fault) => {
                remarks.push(fault.remark(NOT_PLANNED, attempted));
                return None;
            }
        };
        let status = service::status(&stack);
        if status == "UPDATE_ROLLBACK_FAILED" {
            let way_out = read::way_out(self.client, &stack).await;
            let detail = format!("The stack {name} is in the status {status}. {way_out}.");
            remarks.push(Remark::error("Rollback of a stack has failed", detail));
            return None;
        }
        Some(stack)
    }

    async fn update(&self, remarks: &mut Remarks) -> Option<Inside> {
        if !order::is_needed(self.request.prior, self.request.planned, self.request.private) {
            return None;
        }
        let name = &self.wanted.name;
        let attempted = format!("planning the change of the stack {name}");
        let known = Arguments(self.request.prior).text("id").unwrap_or(name);
        let stack = self.present(known, &attempted, remarks).await?;
        let id = stack.stack_id.as_deref().unwrap_or(known);
        let changed = service::changed(&stack);
        let actual = service::parameters(&stack);
        let open = &self.wanted.open_parameters;
        let workable = self.wanted.source.is_some()
            && self.wanted.open_arguments.is_empty()
            && open.iter().all(|name| actual.contains_key(name.as_str()));
        if !workable {
            return Some(self.compared(id, self.open(), false).await);
        }
        match self.draft(order::kept(&self.wanted, &stack), false).await {
            Ok(made) if open.is_empty() => {
                let prepared = Prepared {
                    change_set: Some(made.arn.clone()),
                    stack: Some(made.stack.clone()),
                    template: self.digest(),
                    changed,
                    ..Prepared::default()
                };
                Some(self.inside(&made, &prepared, Vec::new()))
            }
            Ok(made) => {
                // Only for display: the change set to execute is created when everything is known.
                let _ = self.client.delete_change_set().change_set_name(&made.arn).send().await;
                let inside = self.inside(&made, &Prepared::default(), self.open().into_iter().collect());
                Some(with_notes(inside, Prepared::default()))
            }
            Err(Refusal::Nothing) if open.is_empty() => {
                let reservation = "CloudFormation finds nothing in it that it would have to change.";
                let prepared = Prepared { nothing: true, ..Prepared::default() };
                let notes = prepared.write().into();
                Some(Inside { parts: Vec::new(), reservations: vec![reservation.to_owned()], notes })
            }
            Err(Refusal::Nothing) => {
                let inside = Inside { reservations: self.open().into_iter().collect(), ..Inside::default() };
                Some(with_notes(inside, Prepared::default()))
            }
            Err(Refusal::Fault(fault)) if fault.is_denied() => {
                Some(self.compared(id, Some(without_change_set(&fault)), true).await)
            }
            Err(refusal) => {
                remarks.push(refused(refusal, NOT_PLANNED, &attempted));
                None
            }
        }
    }

    async fn draft(&self, kept: BTreeSet<String>, is_new: bool) -> Result<ChangeSet, Refusal> {
        let (client, wanted) = (self.client, &self.wanted);
        change_set::make(Draft { client, stop: &self.account.stop, wanted, kept, is_new, patient: false })
            .await
    }

    fn inside(&self, made: &ChangeSet, prepared: &Prepared, mut reservations: Vec<String>) -> Inside {
        let parts = translate::parts(&made.changes, &secrets(self.request));
        let dynamic = parts.iter().any(|part| part.action == PartAction::PerhapsReplace);
        if dynamic {
            reservations.push(
                "Where it says that a resource may be replaced, CloudFormation decides when it knows what other resources \
                 come to."
                    .to_owned(),
            );
        }
        reservations.extend(nested(&parts));
        Inside { parts, reservations, notes: prepared.write().into() }
    }

    /// What the template will create, without any request.
    fn as_written(&self, why: Option<String>) -> Inside {
        let read = match &self.wanted.source {
            Some(Source::Body(body)) => template::read(body).ok(),
            _ => None,
        };
        let mut reservations: Vec<String> = why.into_iter().collect();
        let parts = match read {
            Some(read) => {
                reservations.extend(compare::doubts(&read));
                compare::added(&read)
            }
            None => {
                reservations.push("What is in the template is not known here.".to_owned());
                Vec::new()
            }
        };
        let prepared = Prepared { template: self.digest(), ..Prepared::default() };
        Inside { parts, reservations, notes: prepared.write().into() }
    }

    /// The differences between the stack's template and the wanted one.
    async fn compared(&self, stack: &str, why: Option<String>, direct: bool) -> Inside {
        let mut reservations: Vec<String> = why.into_iter().collect();
        let body = match &self.wanted.source {
            Some(Source::Body(body)) => template::read(body).ok(),
            _ => None,
        };
        let deployed = service::template(self.client, stack).await.ok().flatten();
        let deployed = deployed.and_then(|text| template::read(&text).ok());
        let parts = match (deployed, body) {
            (Some(deployed), Some(body)) => {
                reservations.extend(compare::doubts(&body));
                compare::parts(&deployed, &body)
            }
            _ => {
                reservations.push("What it does to the resources of the stack cannot be told.".to_owned());
                Vec::new()
            }
        };
        reservations.extend(nested(&parts));
        let inside = Inside { parts, reservations, ..Inside::default() };
        with_notes(inside, Prepared { direct, ..Prepared::default() })
    }

    /// A sentence about what is not known yet.
    fn open(&self) -> Option<String> {
        let wanted = &self.wanted;
        if wanted.is_settled() {
            return None;
        }
        let mut open: Vec<String> =
            wanted.open_parameters.iter().map(|name| format!("parameter {name}")).collect();
        open.extend(wanted.open_arguments.iter().map(|name| format!("{name:?}")));
        if wanted.source.is_none() {
            open.push("the template".to_owned());
        }
        Some(format!(
            "Not all of it is known yet: {}. What comes of that is worked out when it is applied, and nothing more is removed \
             or replaced than is told here.",
            open.join(", ")
        ))
    }

    fn digest(&self) -> Option<String> {
        match &self.wanted.source {
            Some(Source::Body(body)) => Some(template::digest(body)),
            _ => None,
        }
    }
}

/// A change set does not include changes inside nested stacks.
fn nested(parts: &[Part]) -> Option<String> {
    let changed = parts.iter().filter(|part| part.kind == NESTED && part.action != PartAction::Add);
    let names: Vec<&str> = changed.map(|part| &*part.name).collect();
    (!names.is_empty()).then(|| {
        format!(
            "What becomes of the resources in {}, a stack inside of this one, is not told here, and may be their loss.",
            names.join(", ")
        )
    })
}

/// Adds the announced losses to the notes, so that nothing more may be lost.
fn with_notes(inside: Inside, prepared: Prepared) -> Inside {
    let lost = inside.parts.iter().filter_map(|part| Some((part.name.clone(), loss(part)?.to_owned())));
    let announced: BTreeMap<String, String> = lost.collect();
    let notes = Prepared { announced: Some(announced), ..prepared }.write();
    Inside { notes: notes.into(), ..inside }
}

fn without_change_set(fault: &Fault) -> String {
    format!(
        "The account may not make change sets, so that this is read from the template and may be more or less than what \
         happens ({fault})."
    )
}

/// The secret texts among the arguments, which no property of a resource may show.
fn secrets(request: InsideRequest<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, _) in request.secrets {
        if let Some(value) = request.configuration.at(path) {
            texts(&value, &mut found);
        }
    }
    found
}

fn texts(value: &Value, found: &mut Vec<String>) {
    // A shorter text would be found in every other text.
    let shortest = 3;
    if let Some(text) = value.as_str() {
        found.extend((text.len() >= shortest).then(|| text.to_owned()));
    } else if let Some(number) = value.as_number() {
        found.extend(Some(number.to_string()).filter(|text| text.len() >= shortest));
    }
    value.items().unwrap_or_default().iter().for_each(|item| texts(item, found));
    value.entries().into_iter().flatten().for_each(|(_, part)| texts(part, found));
}
