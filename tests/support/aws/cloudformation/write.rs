//! What changes stacks without a change set, and what gets them out of where they are stuck.

use serde_json::{Value, json};

use super::super::World;
use super::super::identity::Ask;
use super::super::wire::{Fault, given, texts, truth};
use super::operation::{Deed, OnFailure, Operation};
use super::stack::{Deployment, Stack};
use super::template::Template;
use super::{Place, change_set, policy, updatable};

pub(super) fn create(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let request = &ask.parameters;
    let name = ask.text("StackName");
    let token = given(request, "ClientRequestToken");
    if let Some(index) = world.cloud.find(place, &name) {
        let stack = &world.cloud.stacks[index];
        if stack.repeats(token.as_deref(), "CreateStack")? {
            return Ok(json!({ "StackId": stack.id }));
        }
        return Err(Fault::new(400, "AlreadyExistsException", format!("Stack [{name}] already exists")));
    }
    let template = Template::given(request, &world.laws.documents, None)?;
    let wanted = Deployment::given(request, template, &Deployment::default())?;
    let body = given(request, "StackPolicyBody");
    body.as_deref().map(policy::check).transpose()?;
    let on_failure = match given(request, "OnFailure").as_deref() {
        Some("DO_NOTHING") => OnFailure::DoNothing,
        Some("DELETE") => OnFailure::Delete,
        _ if truth(request, "DisableRollback") == Some(true) => OnFailure::DoNothing,
        _ => OnFailure::Rollback,
    };
    let exports = world.cloud.exports(place);
    let index = world.cloud.found(&mut world.laws, place, &name);
    let stack = &mut world.cloud.stacks[index];
    stack.remember(token.as_deref(), "CreateStack");
    stack.policy = body;
    stack.timeout = given(request, "TimeoutInMinutes");
    stack.disable_rollback = on_failure == OnFailure::DoNothing;
    stack.termination_protection = truth(request, "EnableTerminationProtection") == Some(true);
    stack.turn(&mut world.laws, "CREATE_IN_PROGRESS", Some("User Initiated"), token.as_deref());
    let mut operation = Operation::deploy(Deed::Create, token.as_deref(), wanted, stack, &exports);
    operation.on_failure = on_failure;
    stack.operation = Some(operation);
    Ok(json!({ "StackId": stack.id }))
}

pub(super) fn update(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let request = &ask.parameters;
    let token = given(request, "ClientRequestToken");
    let exports = world.cloud.exports(place);
    let stack = world.cloud.existing(place, ask)?;
    if stack.repeats(token.as_deref(), "UpdateStack")? {
        return Ok(json!({ "StackId": stack.id }));
    }
    updatable(stack)?;
    let prior = stack.deployed.clone();
    let template = Template::given(request, &world.laws.documents, Some(&prior.template))?;
    let wanted = Deployment::given(request, template, &prior)?;
    let body = given(request, "StackPolicyBody");
    body.as_deref().map(policy::check).transpose()?;
    let index = world.cloud.find(place, &ask.text("StackName")).expect("it was found above");
    let changes =
        change_set::changes::between(&world.cloud.stacks[index], &world.laws, &wanted, &exports, &[]);
    let stack = &mut world.cloud.stacks[index];
    let same = |left: &Deployment, right: &Deployment| {
        left.template.value["Outputs"] == right.template.value["Outputs"]
            && left.notification_arns == right.notification_arns
            && left.tags_shown() == right.tags_shown()
    };
    if changes.is_empty() && same(&stack.deployed, &wanted) {
        return Err(Fault::validation("No updates are to be performed."));
    }
    stack.remember(token.as_deref(), "UpdateStack");
    stack.policy = body.or_else(|| stack.policy.take());
    stack.updated = Some(world.laws.now());
    for set in &mut stack.change_sets {
        if set.execution_status == "AVAILABLE" {
            "OBSOLETE".clone_into(&mut set.execution_status);
        }
    }
    stack.disable_rollback = truth(request, "DisableRollback") == Some(true);
    stack.turn(&mut world.laws, "UPDATE_IN_PROGRESS", Some("User Initiated"), token.as_deref());
    let mut operation = Operation::deploy(Deed::Update, token.as_deref(), wanted, stack, &exports);
    if stack.disable_rollback {
        operation.on_failure = OnFailure::DoNothing;
    }
    stack.operation = Some(operation);
    Ok(json!({ "StackId": stack.id }))
}

pub(super) fn delete(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let token = given(&ask.parameters, "ClientRequestToken");
    // What is not there need not be deleted.
    let Some(index) = world.cloud.find(place, &ask.text("StackName")) else { return Ok(Value::Null) };
    let stack = &mut world.cloud.stacks[index];
    if !stack.is_there() || stack.status == "DELETE_IN_PROGRESS" {
        return Ok(Value::Null);
    }
    if stack.termination_protection {
        let message =
            format!("Stack [{}] cannot be deleted while TerminationProtection is enabled", stack.name);
        return Err(Fault::validation(message));
    }
    let retain = texts(&ask.parameters, "RetainResources");
    if !retain.is_empty() && stack.status != "DELETE_FAILED" {
        let message = format!(
            "Invalid operation on stack [{}]. To delete the stack and retain resources, it must be in the DELETE_FAILED state.",
            stack.id
        );
        return Err(Fault::validation(message));
    }
    if stack.status.starts_with("UPDATE") && stack.status.ends_with("_IN_PROGRESS") {
        let message = format!("Stack [{}] cannot be deleted while in status {}", stack.id, stack.status);
        return Err(Fault::validation(message));
    }
    stack.operation = None;
    stack.change_sets.clear();
    stack.turn(&mut world.laws, "DELETE_IN_PROGRESS", Some("User Initiated"), token.as_deref());
    stack.operation = Some(Operation::delete(token.as_deref(), &retain, stack));
    Ok(Value::Null)
}

pub(super) fn cancel(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let token = given(&ask.parameters, "ClientRequestToken");
    let stack = world.cloud.existing(place, ask)?;
    if stack.repeats(token.as_deref(), "CancelUpdateStack")? {
        return Ok(Value::Null);
    }
    let running = stack.operation.take_if(|operation| operation.deed == Deed::Update);
    let Some(mut operation) = running.filter(|_| stack.status == "UPDATE_IN_PROGRESS") else {
        return Err(Fault::validation("CancelUpdateStack cannot be called from current stack status"));
    };
    let index = world.cloud.find(place, &ask.text("StackName")).expect("it was found above");
    let stack = &mut world.cloud.stacks[index];
    stack.remember(token.as_deref(), "CancelUpdateStack");
    operation.cancel(stack, &mut world.laws);
    let token = token.or(operation.token);
    stack.turn(&mut world.laws, "UPDATE_ROLLBACK_IN_PROGRESS", Some("User Initiated"), token.as_deref());
    let mut back = Operation::restore(stack, operation.before, token.as_deref(), &[]);
    back.change_set = operation.change_set;
    stack.operation = Some(back);
    Ok(Value::Null)
}

pub(super) fn continue_rollback(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let token = given(&ask.parameters, "ClientRequestToken");
    let skip = texts(&ask.parameters, "ResourcesToSkip");
    let index = found(world, ask, place)?;
    let stack = &mut world.cloud.stacks[index];
    if stack.repeats(token.as_deref(), "ContinueUpdateRollback")? {
        return Ok(json!({}));
    }
    if stack.status != "UPDATE_ROLLBACK_FAILED" {
        let message =
            format!("Stack:{} is in {} state and can not continue rollback.", stack.id, stack.status);
        return Err(Fault::validation(message));
    }
    stack.remember(token.as_deref(), "ContinueUpdateRollback");
    let before = stack.stuck.take().map_or_else(|| stack.resources.clone(), |operation| operation.before);
    for logical in &skip {
        if let Some(resource) = stack.resources.get_mut(logical) {
            "UPDATE_COMPLETE".clone_into(&mut resource.status);
            resource.reason = None;
        }
    }
    stack.turn(&mut world.laws, "UPDATE_ROLLBACK_IN_PROGRESS", Some("User Initiated"), token.as_deref());
    stack.operation = Some(Operation::restore(stack, before, token.as_deref(), &skip));
    Ok(json!({}))
}

pub(super) fn roll_back(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let token = given(&ask.parameters, "ClientRequestToken");
    let index = found(world, ask, place)?;
    let stack = &mut world.cloud.stacks[index];
    if stack.repeats(token.as_deref(), "RollbackStack")? {
        return Ok(json!({ "StackId": stack.id }));
    }
    let stuck = stack.stuck.take();
    let operation = match (stack.status.as_str(), stuck) {
        ("CREATE_FAILED", stuck) => {
            stack.turn(&mut world.laws, "ROLLBACK_IN_PROGRESS", Some("User Initiated"), token.as_deref());
            let wanted = stuck.and_then(|operation| operation.wanted);
            Operation::uncreate(stack, wanted, token.as_deref(), "ROLLBACK_COMPLETE")
        }
        ("UPDATE_FAILED", Some(stuck)) => {
            stack.turn(
                &mut world.laws,
                "UPDATE_ROLLBACK_IN_PROGRESS",
                Some("User Initiated"),
                token.as_deref(),
            );
            Operation::restore(stack, stuck.before, token.as_deref(), &[])
        }
        (status, _) => {
            let message = format!("Stack:{} is in {status} state and can not be rolled back.", stack.id);
            return Err(Fault::validation(message));
        }
    };
    stack.remember(token.as_deref(), "RollbackStack");
    stack.operation = Some(operation);
    Ok(json!({ "StackId": stack.id }))
}

fn found(world: &World, ask: &Ask, place: &Place) -> Result<usize, Fault> {
    let name = ask.text("StackName");
    let index = world.cloud.find(place, &name);
    index.ok_or_else(|| Fault::validation(format!("Stack [{name}] does not exist")))
}

impl Stack {
    /// Whether a request has been here already; a token that was for something else is refused.
    fn repeats(&self, token: Option<&str>, action: &str) -> Result<bool, Fault> {
        match token.and_then(|token| self.tokens.get(token)) {
            None => Ok(false),
            Some(known) if known == action => Ok(true),
            Some(_) => {
                let message = "A client request token was used for another operation";
                Err(Fault::new(400, "TokenAlreadyExistsException", message))
            }
        }
    }

    fn remember(&mut self, token: Option<&str>, action: &str) {
        if let Some(token) = token {
            self.tokens.insert(token.to_owned(), action.to_owned());
        }
    }
}
