//! CloudFormation: stacks with their change sets, events and drift. Knows what the published API says of statuses and
//! their order; makes nothing but entries in a table.

mod change_set;
mod drift;
mod kinds;
mod operation;
mod policy;
mod read;
mod reference;
mod resource;
mod scope;
mod stack;
mod template;
mod write;
mod yaml;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(crate) use change_set::ChangeSet;
pub(crate) use kinds::{Kinds, Recreation};
pub(crate) use resource::Resource;
pub(crate) use stack::{Event, Stack};

use super::World;
use super::identity::{Ask, Holder, unknown_action};
use super::laws::Laws;
pub(super) use super::wire::{Fault, given};
use template::Template;

/// An account and a region.
pub(crate) type Place = (String, String);

/// Every stack of every account.
#[derive(Default)]
pub(crate) struct Cloud {
    pub(crate) stacks: Vec<Stack>,
}

pub(super) fn answer(world: &mut World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let place = place(ask, holder);
    world.cloud.pass(&mut world.laws, &place, looked_at(ask).as_deref());
    match ask.action.as_str() {
        "CreateChangeSet" => change_set::create(world, ask, holder),
        "DescribeChangeSet" => change_set::describe(world, ask, holder),
        "DeleteChangeSet" => change_set::delete(world, ask, holder),
        "ExecuteChangeSet" => change_set::execute(world, ask, holder),
        "ListChangeSets" => Ok(change_set::list(world.cloud.existing(&place, ask)?)),
        "CreateStack" => write::create(world, ask, &place),
        "UpdateStack" => write::update(world, ask, &place),
        "DeleteStack" => write::delete(world, ask, &place),
        "CancelUpdateStack" => write::cancel(world, ask, &place),
        "ContinueUpdateRollback" => write::continue_rollback(world, ask, &place),
        "RollbackStack" => write::roll_back(world, ask, &place),
        "SetStackPolicy" => policy::set(world.cloud.existing(&place, ask)?, ask),
        "GetStackPolicy" => Ok(json!({ "StackPolicyBody": world.cloud.existing(&place, ask)?.policy })),
        "UpdateTerminationProtection" => policy::protect(world.cloud.existing(&place, ask)?, ask),
        "DescribeStacks" => read::stacks(world, ask, &place),
        "ListStacks" => Ok(read::list(world, ask, &place)),
        "DescribeStackEvents" => read::events(world, ask, &place),
        "DescribeStackResources" => read::resources(world, ask, &place),
        "DescribeStackResource" => read::resource(world, ask, &place),
        "ListStackResources" => read::resource_summaries(world, ask, &place),
        "GetTemplate" => read::template(world, ask, holder),
        "GetTemplateSummary" => read::summary(world, ask, &place),
        "ListExports" => Ok(read::exports(world, &place)),
        "ValidateTemplate" => {
            Template::given(&ask.parameters, &world.laws.documents, None).map(|found| found.validated())
        }
        "DetectStackDrift" => drift::detect(world.cloud.existing(&place, ask)?, &mut world.laws),
        "DescribeStackDriftDetectionStatus" => {
            let id = ask.text("StackDriftDetectionId");
            let mut stacks = world.cloud.stacks.iter_mut().filter(|stack| stack.is_at(&place));
            let found = stacks.find_map(|stack| drift::status(stack, &id));
            found.ok_or_else(|| Fault::validation(format!("Drift detection [{id}] does not exist")))
        }
        "DescribeStackResourceDrifts" => Ok(drift::list(world.cloud.existing(&place, ask)?, ask)),
        "DetectStackResourceDrift" => drift::detect_one(world.cloud.existing(&place, ask)?, ask),
        _ => Err(unknown_action(ask)),
    }
}

/// Somebody deploys something without being asked for it here, and it is done at once.
pub(super) fn deploy(
    world: &mut World,
    place: &Place,
    name: &str,
    template: &str,
    parameters: &[(&str, &str)],
) -> Result<(), Fault> {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value }))
        .collect();
    let capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];
    let mut ask = Ask::default();
    ask.parameters = json!({
        "StackName": name, "TemplateBody": template, "Parameters": parameters, "Capabilities": capabilities,
    });
    if world.cloud.find(place, name).is_some() {
        write::update(world, &ask, place)?;
    } else {
        write::create(world, &ask, place)?;
    }
    world.cloud.settle(&mut world.laws, place, name);
    Ok(())
}

/// Somebody deletes a stack, whatever protects it, and it is done at once.
pub(super) fn remove(world: &mut World, place: &Place, name: &str) {
    let mut ask = Ask::default();
    ask.parameters = json!({ "StackName": name });
    let Some(index) = world.cloud.find(place, name) else { return };
    world.cloud.stacks[index].termination_protection = false;
    write::delete(world, &ask, place).unwrap_or_else(|fault| panic!("{}", fault.message));
    world.cloud.settle(&mut world.laws, place, name);
}

/// Where a request plays.
fn place(ask: &Ask, holder: &Holder) -> Place {
    (holder.account.clone(), ask.region.clone())
}

/// The stack whose progress a request looks at.
fn looked_at(ask: &Ask) -> Option<String> {
    let progress = matches!(ask.action.as_str(), "DescribeStacks" | "DescribeStackEvents");
    let first_page = ask.text("NextToken").is_empty();
    given(&ask.parameters, "StackName").filter(|_| progress && first_page)
}

/// Whether a stack can be changed now.
fn updatable(stack: &Stack) -> Result<(), Fault> {
    let fine = matches!(
        stack.status.as_str(),
        "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE"
            | "UPDATE_FAILED"
            | "CREATE_FAILED"
    );
    if fine {
        return Ok(());
    }
    Err(Fault::validation(format!("Stack:{} is in {} state and can not be updated.", stack.id, stack.status)))
}

impl Stack {
    fn is_at(&self, place: &Place) -> bool {
        self.account == place.0 && self.region == place.1
    }
}

impl Cloud {
    /// By name, where it is there, or by its address, where it once was as well.
    pub(crate) fn find(&self, place: &Place, name: &str) -> Option<usize> {
        let fits = |stack: &Stack| {
            stack.is_at(place) && (stack.id == name || (stack.name == name && stack.is_there()))
        };
        self.stacks.iter().position(fits)
    }

    fn existing(&mut self, place: &Place, ask: &Ask) -> Result<&mut Stack, Fault> {
        let name = ask.text("StackName");
        let index = self.find(place, &name);
        let index = index.ok_or_else(|| Fault::validation(format!("Stack [{name}] does not exist")))?;
        Ok(&mut self.stacks[index])
    }

    /// A new stack with nothing in it.
    fn found(&mut self, laws: &mut Laws, place: &Place, name: &str) -> usize {
        let id = format!("arn:aws:cloudformation:{}:{}:stack/{name}/{}", place.1, place.0, laws.id());
        self.stacks.push(Stack {
            account: place.0.clone(),
            region: place.1.clone(),
            name: name.to_owned(),
            id,
            created: laws.now(),
            ..Stack::default()
        });
        self.stacks.len() - 1
    }

    fn exports(&self, place: &Place) -> BTreeMap<String, String> {
        let there = self.stacks.iter().filter(|stack| stack.is_at(place) && stack.is_there());
        let outputs = there.flat_map(|stack| &stack.outputs);
        let exported = outputs.filter_map(|output| {
            Some((output["ExportName"].as_str()?.to_owned(), output["OutputValue"].as_str()?.to_owned()))
        });
        exported.collect()
    }

    /// Lets a stack finish what it is at.
    fn settle(&mut self, laws: &mut Laws, place: &Place, name: &str) {
        let exports = self.exports(place);
        let Some(index) = self.find(place, name) else { return };
        for _ in 0..1_000 {
            self.stacks[index].tick(laws, &exports);
        }
    }

    /// Lets time go by: for the stack that is looked at, or for all of them where time does not wait for that.
    fn pass(&mut self, laws: &mut Laws, place: &Place, looked_at: Option<&str>) {
        let seen = looked_at.and_then(|name| self.find(place, name));
        for index in 0..self.stacks.len() {
            let place = (self.stacks[index].account.clone(), self.stacks[index].region.clone());
            let exports = self.exports(&place);
            let stack = &mut self.stacks[index];
            let Some(operation) = &mut stack.operation else { continue };
            for _ in 0..laws.ticks(&mut operation.pulse, seen == Some(index)) {
                stack.tick(laws, &exports);
            }
        }
    }
}
