//! Change sets: what an update would do, kept until somebody executes it.

pub(super) mod changes;
mod imports;

use serde_json::{Value, json};

use super::super::identity::Ask;
use super::super::laws::When;
use super::super::wire::{Fault, given, truth};
use super::super::{World, identity::Holder};
use super::operation::{Deed, OnFailure, Operation};
use super::stack::{Deployment, Stack};
use super::template::Template;

#[derive(Clone, Debug, Default)]
pub(crate) struct ChangeSet {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) execution_status: String,
    pub(crate) reason: Option<String>,
    pub(crate) changes: Vec<Value>,
    pub(super) wanted: Deployment,
    description: Option<String>,
    created: String,
    /// How often it is looked at before it is there.
    left: u32,
    /// What it turns into then: a status with its reason.
    outcome: (String, Option<String>),
    token: Option<String>,
    on_stack_failure: Option<String>,
    imports: Vec<(String, String)>,
    import_existing: bool,
    execution_token: Option<String>,
}

const NOTHING_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

pub(super) fn create(world: &mut World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let request = &ask.parameters;
    let kind = given(request, "ChangeSetType").unwrap_or_else(|| "UPDATE".to_owned());
    let place = super::place(ask, holder);
    let stack_name = ask.text("StackName");
    let found = world.cloud.find(&place, &stack_name).filter(|index| world.cloud.stacks[*index].is_there());
    let name = ask.text("ChangeSetName");
    let token = given(request, "ClientToken");
    if let Some(index) = found {
        let stack = &world.cloud.stacks[index];
        if let Some(same) = stack.change_sets.iter().find(|set| set.name == name) {
            if token.is_some() && same.token == token {
                return Ok(json!({ "Id": same.id, "StackId": stack.id }));
            }
            let message = format!("ChangeSet {name} already exists");
            return Err(Fault::new(400, "AlreadyExistsException", message));
        }
        if kind == "CREATE" && stack.status != "REVIEW_IN_PROGRESS" {
            let message = format!(
                "Stack [{}] already exists and cannot be created again with the changeSet [{name}].",
                stack.name
            );
            return Err(Fault::validation(message));
        }
        if kind != "CREATE" {
            super::updatable(stack)?;
        }
    } else if kind == "UPDATE" {
        return Err(Fault::validation(format!("Stack [{stack_name}] does not exist")));
    }
    let prior = found.map(|index| world.cloud.stacks[index].deployed.clone()).unwrap_or_default();
    let known = (!prior.template.value.is_null()).then_some(&prior.template);
    let template = Template::given(request, &world.laws.documents, known)?;
    let wanted = Deployment::given(request, template, &prior)?;
    let index = match found {
        Some(index) => index,
        None => {
            let index = world.cloud.found(&mut world.laws, &place, &stack_name);
            world.cloud.stacks[index].turn(
                &mut world.laws,
                "REVIEW_IN_PROGRESS",
                Some("User Initiated"),
                token.as_deref(),
            );
            index
        }
    };
    let exports = world.cloud.exports(&place);
    let id = format!("arn:aws:cloudformation:{}:{}:changeSet/{name}/{}", place.1, place.0, world.laws.id());
    let stack = &world.cloud.stacks[index];
    let mut found = imports::named(request);
    if truth(request, "ImportExistingResources") == Some(true) {
        found.extend(imports::existing(stack, &world.laws, &wanted, &exports));
    }
    for (logical, _) in found.iter().filter(|_| kind == "IMPORT") {
        if wanted.template.value["Resources"][logical]["DeletionPolicy"].is_null() {
            let message = format!("Resources [{logical}] is missing a DeletionPolicy attribute");
            return Err(Fault::validation(message));
        }
    }
    let changes = changes::between(stack, &world.laws, &wanted, &exports, &found);
    let nothing = kind == "UPDATE" && changes.is_empty() && !differs_elsewhere(stack, &wanted);
    let trouble = world.laws.trouble(&stack_name, "", When::Prepare);
    let stack = &world.cloud.stacks[index];
    let outcome = if trouble.is_some() {
        ("FAILED".to_owned(), trouble)
    } else if nothing {
        ("FAILED".to_owned(), Some(NOTHING_CHANGES.to_owned()))
    } else {
        ("CREATE_COMPLETE".to_owned(), None)
    };
    let answer = json!({ "Id": id, "StackId": stack.id });
    let set = ChangeSet {
        name,
        id,
        kind,
        status: "CREATE_PENDING".to_owned(),
        execution_status: "UNAVAILABLE".to_owned(),
        changes,
        wanted,
        description: given(request, "Description"),
        created: world.laws.now(),
        left: world.laws.change_set_takes,
        outcome,
        token,
        on_stack_failure: given(request, "OnStackFailure"),
        imports: found,
        import_existing: truth(request, "ImportExistingResources") == Some(true),
        ..ChangeSet::default()
    };
    world.cloud.stacks[index].change_sets.push(set);
    Ok(answer)
}

/// Outputs and what stands around the resources can change without any of them.
fn differs_elsewhere(stack: &Stack, wanted: &Deployment) -> bool {
    let deployed = &stack.deployed;
    let arguments = |deployment: &Deployment| (deployment.notification_arns.clone(), deployment.tags_shown());
    deployed.template.value["Outputs"] != wanted.template.value["Outputs"]
        || arguments(deployed) != arguments(wanted)
        || (!wanted.rollback_configuration.is_null()
            && deployed.rollback_configuration != wanted.rollback_configuration)
}

pub(super) fn describe(world: &mut World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let (index, at) = locate(world, ask, holder)?;
    let page = world.laws.page;
    let stack = &mut world.cloud.stacks[index];
    stack.change_sets[at].look();
    let (stack_id, stack_name) = (stack.id.clone(), stack.name.clone());
    let set = &stack.change_sets[at];
    let ready = set.status == "CREATE_COMPLETE";
    let from: usize = ask.text("NextToken").trim_start_matches("changes-").parse().unwrap_or(0);
    let shown: Vec<Value> =
        if ready { set.changes.iter().skip(from).take(page).cloned().collect() } else { Vec::new() };
    let more = ready && from + page < set.changes.len();
    let with_values = truth(&ask.parameters, "IncludePropertyValues") == Some(true);
    let shown: Vec<Value> = shown
        .into_iter()
        .map(|change| if with_values { change } else { changes::without_values(change) })
        .collect();
    let mut members = set.summarised();
    members["StackId"] = json!(stack_id);
    members["StackName"] = json!(stack_name);
    members["Parameters"] = json!(set.wanted.parameters_shown());
    members["NotificationARNs"] = json!(set.wanted.notification_arns);
    members["RollbackConfiguration"] = json!({ "RollbackTriggers": [] });
    members["Capabilities"] = json!(set.wanted.capabilities);
    members["Tags"] = set.wanted.tags_shown();
    members["Changes"] = json!(shown);
    members["OnStackFailure"] = json!(set.on_stack_failure);
    members["NextToken"] = if more { json!(format!("changes-{}", from + page)) } else { Value::Null };
    Ok(members)
}

pub(super) fn list(stack: &mut Stack) -> Value {
    let (stack_id, stack_name) = (stack.id.clone(), stack.name.clone());
    let summary = |set: &mut ChangeSet| {
        let mut summary = set.summarised();
        summary["StackId"] = json!(stack_id);
        summary["StackName"] = json!(stack_name);
        summary
    };
    // What was executed is found by its address only.
    let open = stack.change_sets.iter_mut().filter(|set| !set.execution_status.starts_with("EXECUTE"));
    json!({ "Summaries": open.map(summary).collect::<Vec<_>>() })
}

pub(super) fn delete(world: &mut World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let (index, at) = match locate(world, ask, holder) {
        Ok(found) => found,
        // One that is not there is as good as deleted, as long as there is a stack.
        Err(fault) if fault.code == "ChangeSetNotFound" && ask.text("ChangeSetName").starts_with("arn:") => {
            return Ok(json!({}));
        }
        Err(fault) if fault.code == "ChangeSetNotFound" => return Ok(json!({})),
        Err(fault) => return Err(fault),
    };
    let sets = &mut world.cloud.stacks[index].change_sets;
    if sets[at].execution_status == "EXECUTE_IN_PROGRESS" {
        let message = format!("ChangeSet [{}] is being executed and cannot be deleted", sets[at].id);
        return Err(Fault::new(400, "InvalidChangeSetStatus", message));
    }
    sets.remove(at);
    Ok(json!({}))
}

pub(super) fn execute(world: &mut World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let (index, at) = locate(world, ask, holder)?;
    let token = given(&ask.parameters, "ClientRequestToken");
    let exports = world.cloud.exports(&super::place(ask, holder));
    let stack = &mut world.cloud.stacks[index];
    let set = &mut stack.change_sets[at];
    if token.is_some() && set.execution_token == token {
        return Ok(json!({}));
    }
    if set.execution_status != "AVAILABLE" {
        let (status, what) = if set.status == "CREATE_COMPLETE" {
            (&set.execution_status, "execution status")
        } else {
            (&set.status, "status")
        };
        let message =
            format!("ChangeSet [{}] cannot be executed in its current {what} of [{status}]", set.id);
        return Err(Fault::new(400, "InvalidChangeSetStatus", message));
    }
    if stack.status != "REVIEW_IN_PROGRESS" {
        super::updatable(stack)?;
    }
    let mut set = stack.change_sets.remove(at);
    "EXECUTE_IN_PROGRESS".clone_into(&mut set.execution_status);
    set.execution_token.clone_from(&token);
    let (status, deed) = match set.kind.as_str() {
        "CREATE" => ("CREATE_IN_PROGRESS", Deed::Create),
        "IMPORT" => ("IMPORT_IN_PROGRESS", Deed::Import),
        _ => ("UPDATE_IN_PROGRESS", Deed::Update),
    };
    let mut operation = Operation::deploy(deed, token.as_deref(), set.wanted.clone(), stack, &exports);
    operation.change_set = Some(set.id.clone());
    operation.imports = set.imports.iter().cloned().collect();
    operation.on_failure = match set.on_stack_failure.as_deref() {
        Some("DELETE") => OnFailure::Delete,
        Some("DO_NOTHING") => OnFailure::DoNothing,
        _ => OnFailure::Rollback,
    };
    if truth(&ask.parameters, "DisableRollback") == Some(true) {
        operation.on_failure = OnFailure::DoNothing;
        stack.disable_rollback = true;
    }
    stack.updated = Some(world.laws.now());
    stack.change_set_id = Some(set.id.clone());
    // The other ones go with the execution of this one.
    stack.change_sets.retain(|other| other.execution_status.starts_with("EXECUTE"));
    stack.change_sets.push(set);
    stack.turn(&mut world.laws, status, Some("User Initiated"), token.as_deref());
    stack.operation = Some(operation);
    Ok(json!({}))
}

/// The stack and the place in it of the change set that a request names.
pub(super) fn locate(world: &World, ask: &Ask, holder: &Holder) -> Result<(usize, usize), Fault> {
    let name = ask.text("ChangeSetName");
    let missing = || Fault::new(404, "ChangeSetNotFound", format!("ChangeSet [{name}] does not exist"));
    let place = super::place(ask, holder);
    if name.starts_with("arn:") {
        let mut stacks = world.cloud.stacks.iter().enumerate().filter(|(_, stack)| stack.is_at(&place));
        let found = stacks.find_map(|(index, stack)| {
            stack.change_sets.iter().position(|set| set.id == name).map(|at| (index, at))
        });
        return found.ok_or_else(missing);
    }
    let stack_name = ask.text("StackName");
    if stack_name.is_empty() {
        return Err(Fault::validation(
            "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ));
    }
    let index = world.cloud.find(&place, &stack_name);
    let index = index.ok_or_else(|| Fault::validation(format!("Stack [{stack_name}] does not exist")))?;
    let mut sets = world.cloud.stacks[index].change_sets.iter();
    let at = sets.position(|set| set.name == name && !set.execution_status.starts_with("EXECUTE"));
    at.map(|at| (index, at)).ok_or_else(missing)
}

impl ChangeSet {
    /// Being looked at brings it forward.
    fn look(&mut self) {
        if !matches!(self.status.as_str(), "CREATE_PENDING" | "CREATE_IN_PROGRESS") {
            return;
        }
        if self.left > 0 {
            self.left -= 1;
            if self.left == 0 {
                "CREATE_IN_PROGRESS".clone_into(&mut self.status);
            }
            return;
        }
        (self.status, self.reason) = self.outcome.clone();
        if self.status == "CREATE_COMPLETE" && self.execution_status == "UNAVAILABLE" {
            "AVAILABLE".clone_into(&mut self.execution_status);
        }
    }

    fn summarised(&self) -> Value {
        json!({
            "ChangeSetName": self.name,
            "ChangeSetId": self.id,
            "Description": self.description,
            "CreationTime": self.created,
            "ExecutionStatus": self.execution_status,
            "Status": self.status,
            "StatusReason": self.reason,
            "IncludeNestedStacks": false,
            "ImportExistingResources": self.import_existing,
        })
    }
}
