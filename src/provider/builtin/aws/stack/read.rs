//! Reads a stack as an object of the resource.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::Stack;

use crate::port::{Applied, Current, OnProgress, PartProgress, Remark, Remarks, Search, Settled};
use crate::value::{Name, Number, Type, Value};

use super::super::super::object::{Arguments, filled};
use super::super::account::Account;
use super::super::fault::Fault;
use super::failure;
use super::follow::{FollowedOperation, Unfollowed, follow};
use super::notes::Notes;
use super::{plan, service, template, wanted};

/// Events of a recent operation are never further back.
const MOST_PAGES: usize = 20;

/// How CloudFormation shows hidden values.
const HIDDEN: &str = "****";

/// The stack as it is now; null if it is gone. Waits for an operation in progress.
pub(super) async fn read(account: &Account, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
    let clients = account.clients(remarks).await?;
    let client = &clients.cloudformation;
    let arguments = Arguments(current.value);
    let known = arguments.text("id").or(arguments.text("name")).unwrap_or_default();
    let attempted = format!("reading the stack {}", arguments.text("name").unwrap_or(known));
    let found = match service::present(client, known).await {
        Ok(found) => found,
        Err(fault) => {
            remarks.push(fault.remark("Stack cannot be read", &attempted));
            return None;
        }
    };
    let found = match found {
        Some(stack) if service::is_under_way(service::status(&stack)) => {
            let patience = wanted::patience(current.value, "update");
            let waited = Rest { account, client, token: None, patience, on_progress: current.on_progress };
            waited.of(stack, remarks).await?
        }
        found => found,
    };
    let gone = || Applied { value: Value::null(current.value.ty()), private: Vec::new() };
    let Some(stack) = found else {
        let what = format!("The stack {}", arguments.text("name").unwrap_or(known));
        return clients.sees(&what, known, remarks).await.map(|()| gone());
    };
    if service::status(&stack) == "UPDATE_ROLLBACK_FAILED" {
        remarks.push(stuck(client, &stack).await);
    }
    match object(account, client, &stack, current).await {
        Ok(applied) => Some(applied),
        Err(fault) => {
            remarks.push(fault.remark("Stack cannot be read", &attempted));
            None
        }
    }
}

/// Waits until an operation has ended that an interrupted run, or somebody else, has started.
struct Rest<'a> {
    account: &'a Account,
    client: &'a Client,
    /// The token of the operation, if known.
    token: Option<&'a str>,
    patience: Duration,
    on_progress: OnProgress<'a>,
}

impl Rest<'_> {
    async fn of(&self, stack: Stack, remarks: &mut Remarks) -> Option<Option<Stack>> {
        let Self { account, client, token, patience, on_progress } = *self;
        let before = service::status(&stack).to_owned();
        let name = stack.stack_name.clone().unwrap_or_default();
        let id = stack.stack_id.as_deref().unwrap_or(&name);
        on_progress(PartProgress {
            part: name.clone(),
            kind: "AWS::CloudFormation::Stack".to_owned(),
            status: before.clone(),
            reason: Some("begun before, waiting for its end".to_owned()),
        });
        let latest = match token {
            Some(token) => Some(token.to_owned()),
            None => latest(client, id).await,
        };
        let stop = &account.stop;
        let followed = FollowedOperation {
            client,
            stop,
            stack: id,
            token: latest.as_deref(),
            patience,
            on_progress: Some(on_progress),
        };
        match follow(followed).await {
            Ok(outcome) => {
                let detail = format!(
                    "The stack {name} was in the status {before}, by a run that was cut off or by somebody else. That was \
                 waited for; now it is {}.",
                    outcome.status()
                );
                remarks.push(Remark::warning("Stack was being changed", detail));
                Some(outcome.stack)
            }
            Err(Unfollowed::Fault(fault)) => {
                remarks.push(fault.remark("Stack cannot be read", &format!("waiting for the stack {name}")));
                None
            }
            Err(Unfollowed::GaveUp(..)) => {
                let detail = format!(
                    "The stack {name} is in the status {before}, by a run that was cut off or by somebody else, and that did \
                 not end in the time that an update may take. Nothing is planned while that lasts; try again later."
                );
                remarks.push(Remark::error("Stack is being changed", detail));
                None
            }
        }
    }
}

/// The token of the last operation on a stack; `None` if it has none or cannot be read.
async fn latest(client: &Client, stack: &str) -> Option<String> {
    let (events, _) = service::events(client, stack, None).await.ok()?;
    events.into_iter().find_map(|event| Some(event.client_request_token).filter(Option::is_some))?
}

/// A warning about a stack whose rollback has failed, with the way out of it.
async fn stuck(client: &Client, stack: &Stack) -> Remark {
    let name = stack.stack_name.as_deref().unwrap_or_default();
    Remark::warning(
        "Rollback of a stack has failed",
        format!(
            "The stack {name} is in the status UPDATE_ROLLBACK_FAILED. {}.",
            way_out(client, stack).await
        ),
    )
}

/// What can be done about a stack whose rollback has failed.
pub(super) async fn way_out(client: &Client, stack: &Stack) -> String {
    let name = stack.stack_name.as_deref().unwrap_or_default();
    let arn = stack.stack_id.as_deref();
    // Helpful if available.
    let resources = service::resources(client, arn.unwrap_or(name)).await.unwrap_or_default();
    let failed = resources
        .into_iter()
        .filter(|one| one.resource_status.as_ref().is_some_and(|status| status.as_str() == "UPDATE_FAILED"));
    let skippable: Vec<String> = failed.filter_map(|one| one.logical_resource_id).collect();
    failure::stuck(name, arn, &skippable)
}

/// The object of an existing stack, completed with what is known of it.
pub(super) async fn object(
    account: &Account,
    client: &Client,
    stack: &Stack,
    current: Current<'_>,
) -> Result<Applied, Fault> {
    let id = stack.stack_id.as_deref().unwrap_or_default();
    let mut notes = Notes::read(current.private);
    let deployed = match service::template(client, id).await {
        // Without permission to read it, keep the known value.
        Err(fault) if fault.is_denied() => None,
        deployed => deployed?,
    };
    let arguments = Arguments(current.value);
    // Just imported: nothing but its id is known.
    let imported = arguments.value("outputs").is_none() && arguments.value("template_body").is_none();
    let body = template_body(arguments.text("template_body"), deployed.as_deref(), &notes);
    // The other provider stores empty values for absent arguments, which would differ from the configuration.
    let adopted = !imported && !Notes::are_ours(current.private);
    let status = service::status(stack);
    let odd = plan::is_spent(status) || status == "UPDATE_ROLLBACK_FAILED";
    notes.status = odd.then(|| status.to_owned());
    let tags = account.heeded(service::tags(stack));
    let own_tags = account.own_tags(&tags, arguments.value("tags"));
    let own_tags = match own_tags.is_empty() && !arguments.is_given("tags") {
        true => Value::null(Type::map(Type::String)),
        false => owned_texts(own_tags),
    };
    let mut parts = vec![
        ("id", Value::string(id)),
        ("name", Value::string(stack.stack_name.as_deref().unwrap_or_default())),
        ("outputs", texts(service::outputs(stack))),
        ("parameters", parameters(stack, arguments, imported)),
        ("template_body", body),
        ("tags", own_tags),
        ("tags_all", owned_texts(tags)),
        ("notification_arns", arns(stack, arguments.is_given("notification_arns") && !adopted)),
        ("iam_role_arn", stack.role_arn.as_deref().map_or_else(none, Value::string)),
        ("enable_termination_protection", Value::bool(stack.enable_termination_protection.unwrap_or(false))),
    ];
    if notes.no_policy {
        parts.extend([("policy_body", none()), ("policy_url", none())]);
    }
    if imported {
        parts.extend(only_when_imported(stack));
    }
    if adopted {
        parts.extend(without_empty(arguments));
    }
    Ok(Applied { value: filled(current.value, parts), private: notes.write() })
}

/// The known template as long as it means what is deployed.
fn template_body(known: Option<&str>, deployed: Option<&str>, notes: &Notes) -> Value {
    let body = match (known, deployed) {
        (Some(known), Some(deployed)) => {
            let is_equivalent = || notes.equivalent.as_ref() == Some(&template::digest(deployed));
            Some(if template::same(known, deployed) || is_equivalent() { known } else { deployed })
        }
        (known, deployed) => deployed.or(known),
    };
    body.map_or_else(none, Value::string)
}

/// Arguments that an object has already unless it was just imported.
fn only_when_imported(stack: &Stack) -> [(&'static str, Value); 3] {
    let minutes = stack.timeout_in_minutes.filter(|minutes| *minutes > 0);
    let minutes = minutes.map(|minutes| Value::number(Number::from_i64(minutes.into())));
    let capabilities = stack.capabilities.as_deref().unwrap_or_default();
    let capabilities = capabilities.iter().map(|one| Value::string(one.as_str())).collect();
    let rollback = stack.disable_rollback.filter(|disabled| *disabled).map(Value::bool);
    [
        ("timeout_in_minutes", minutes.unwrap_or_else(|| Value::null(Type::Number))),
        ("capabilities", some_of(capabilities)),
        ("disable_rollback", rollback.unwrap_or_else(|| Value::null(Type::Bool))),
    ]
}

/// Nulls in place of the empty values that the other provider stores.
fn without_empty(arguments: Arguments<'_>) -> impl Iterator<Item = (&'static str, Value)> {
    let is_empty = move |name: &str| {
        arguments.value(name).is_some_and(|value| {
            value.as_bool() == Some(false) || value.items().is_some_and(<[Value]>::is_empty)
        })
    };
    let names = [("disable_rollback", Type::Bool), ("capabilities", Type::set(Type::String))];
    names.into_iter().filter(move |(name, _)| is_empty(name)).map(|(name, ty)| (name, Value::null(ty)))
}

fn none() -> Value {
    Value::null(Type::String)
}

/// A set of strings; null instead of empty.
fn some_of(items: Vec<Value>) -> Value {
    match items.is_empty() {
        true => Value::null(Type::set(Type::String)),
        false => Value::set(Type::String, items),
    }
}

pub(super) fn texts(texts: BTreeMap<&str, &str>) -> Value {
    let entries = texts.into_iter().map(|(name, text)| (Name::from(name), Value::string(text)));
    Value::map(Type::String, entries)
}

pub(super) fn owned_texts(texts: BTreeMap<String, String>) -> Value {
    let entries = texts.into_iter().map(|(name, text)| (Name::from(name), Value::string(&text)));
    Value::map(Type::String, entries)
}

/// The configured parameters. Those that the stack hides keep their known values.
fn parameters(stack: &Stack, arguments: Arguments<'_>, imported: bool) -> Value {
    let actual = service::parameters(stack);
    if imported {
        return texts(actual.into_iter().filter(|(_, value)| *value != HIDDEN).collect());
    }
    let Some(given) = arguments.value("parameters") else { return Value::null(Type::map(Type::String)) };
    let given = given.entries().into_iter().flatten();
    let found = given.filter_map(|(name, value)| match actual.get(&**name) {
        Some(&HIDDEN) => Some((name.clone(), value.clone())),
        Some(actual) => Some((name.clone(), Value::string(actual))),
        None if value.is_null() => Some((name.clone(), value.clone())),
        None => None,
    });
    Value::map(Type::String, found)
}

fn arns(stack: &Stack, even_none: bool) -> Value {
    let arns: Vec<Value> =
        stack.notification_arns.as_deref().unwrap_or_default().iter().map(|arn| Value::string(arn)).collect();
    match even_none {
        true => Value::set(Type::String, arns),
        false => some_of(arns),
    }
}

/// Looks for a stack that an interrupted run may have created: by its name, and by the token in its events.
pub(super) async fn find(account: &Account, search: Search<'_>, remarks: &mut Remarks) -> Settled {
    let Some(clients) = account.clients(remarks).await else { return Settled::CannotTell };
    let client = &clients.cloudformation;
    let name = Arguments(search.planned).text("name").unwrap_or_default();
    let fail = |fault: Fault, remarks: &mut Remarks| {
        remarks.push(fault.remark("Stack cannot be looked for", &format!("looking for the stack {name}")));
        Settled::CannotTell
    };
    let stack = match service::present(client, name).await {
        Ok(Some(stack)) => stack,
        Ok(None) => return Settled::Absent,
        Err(fault) => return fail(fault, remarks),
    };
    let id = stack.stack_id.clone().unwrap_or_default();
    match begun(client, &id, search.token).await {
        Ok(true) => {}
        Ok(false) => return Settled::Absent,
        Err(fault) => return fail(fault, remarks),
    }
    let patience = wanted::patience(search.planned, "create");
    let found = match service::is_under_way(service::status(&stack)) {
        true => {
            let waited = Rest {
                account,
                client,
                token: Some(search.token),
                patience,
                on_progress: search.on_progress,
            };
            waited.of(stack, remarks).await
        }
        false => Some(Some(stack)),
    };
    match found {
        Some(Some(stack)) => {
            let value = &filled(&search.planned.settled(), [("outputs", texts(BTreeMap::new()))]);
            let current = Current {
                kind: search.kind,
                value,
                private: search.private,
                on_progress: search.on_progress,
            };
            match object(account, client, &stack, current).await {
                Ok(applied) => Settled::Found(applied),
                Err(fault) => fail(fault, remarks),
            }
        }
        Some(None) => Settled::Absent,
        None => Settled::CannotTell,
    }
}

/// Whether an operation with this token was started on a stack.
pub(super) async fn begun(client: &Client, stack: &str, token: &str) -> Result<bool, Fault> {
    let mut page = None;
    for _ in 0..MOST_PAGES {
        let (events, next) = service::events(client, stack, page).await?;
        if events.iter().any(|event| event.client_request_token.as_deref() == Some(token)) {
            return Ok(true);
        }
        page = next;
        if page.is_none() {
            break;
        }
    }
    Ok(false)
}
