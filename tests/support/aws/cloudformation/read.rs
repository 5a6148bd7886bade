//! What only looks.

use serde_json::{Value, json};

use super::super::World;
use super::super::identity::{Ask, Holder};
use super::super::wire::{Fault, texts};
use super::resource::Resource;
use super::stack::Stack;
use super::template::Template;
use super::{Place, change_set};

pub(super) fn stacks(world: &mut World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let name = ask.text("StackName");
    if !name.is_empty() {
        let stack = named(world, place, &name)?;
        return Ok(json!({ "Stacks": [stack.described()] }));
    }
    let there = world.cloud.stacks.iter().filter(|stack| stack.is_at(place) && stack.is_there());
    let all: Vec<Value> = there.map(Stack::described).collect();
    Ok(paged("Stacks", &all, ask, world.laws.page))
}

pub(super) fn list(world: &World, ask: &Ask, place: &Place) -> Value {
    let filter = texts(&ask.parameters, "StackStatusFilter");
    let wanted = |stack: &&Stack| stack.is_at(place) && (filter.is_empty() || filter.contains(&stack.status));
    let all: Vec<Value> = world.cloud.stacks.iter().filter(wanted).map(Stack::summarised).collect();
    paged("StackSummaries", &all, ask, world.laws.page)
}

/// Newest first. A page goes on where the last one ended, whatever has happened since.
pub(super) fn events(world: &World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let name = ask.text("StackName");
    let stack = named(world, place, &name)
        .map_err(|_| Fault::validation(format!("Stack [{name}] does not exist")))?;
    let end = ask.text("NextToken").trim_start_matches("before-").parse().unwrap_or(stack.events.len());
    let end = end.min(stack.events.len());
    let start = end.saturating_sub(world.laws.page);
    let shown: Vec<Value> =
        stack.events[start..end].iter().rev().map(|event| event.described(stack)).collect();
    let next = if start > 0 { json!(format!("before-{start}")) } else { Value::Null };
    Ok(json!({ "StackEvents": shown, "NextToken": next }))
}

pub(super) fn resources(world: &World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let physical = ask.text("PhysicalResourceId");
    let stack = if physical.is_empty() {
        named(world, place, &ask.text("StackName"))?
    } else {
        let holds = |stack: &&Stack| {
            stack.is_at(place) && stack.resources.values().any(|resource| resource.physical == physical)
        };
        let found = world.cloud.stacks.iter().find(holds);
        found.ok_or_else(|| Fault::validation(format!("Stack for {physical} does not exist")))?
    };
    let logical = ask.text("LogicalResourceId");
    let wanted = |resource: &&Resource| logical.is_empty() || resource.logical == logical;
    let shown: Vec<Value> =
        stack.resources.values().filter(wanted).map(|resource| resource.described(stack)).collect();
    Ok(json!({ "StackResources": shown }))
}

pub(super) fn resource(world: &World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let stack = named(world, place, &ask.text("StackName"))?;
    let logical = ask.text("LogicalResourceId");
    let found = stack.resources.get(&logical);
    let found = found.ok_or_else(|| {
        Fault::validation(format!("Resource {logical} does not exist for stack {}", stack.name))
    })?;
    let mut members = found.summarised();
    members["StackName"] = json!(stack.name);
    members["StackId"] = json!(stack.id);
    if !found.around["Metadata"].is_null() {
        members["Metadata"] = json!(found.around["Metadata"].to_string());
    }
    Ok(json!({ "StackResourceDetail": members }))
}

pub(super) fn resource_summaries(world: &World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let stack = named(world, place, &ask.text("StackName"))?;
    let all: Vec<Value> = stack.resources.values().map(Resource::summarised).collect();
    Ok(paged("StackResourceSummaries", &all, ask, world.laws.page))
}

pub(super) fn template(world: &World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let body = if ask.text("ChangeSetName").is_empty() {
        let name = ask.text("StackName");
        let stack = named(world, &super::place(ask, holder), &name)?;
        let wanted = stack.wanted();
        if wanted.template.value.is_null() {
            return Err(Fault::validation(format!("Stack with id {name} does not exist")));
        }
        &wanted.template.text
    } else {
        let (index, at) = change_set::locate(world, ask, holder)?;
        &world.cloud.stacks[index].change_sets[at].wanted.template.text
    };
    Ok(json!({ "TemplateBody": body, "StagesAvailable": ["Original", "Processed"] }))
}

pub(super) fn summary(world: &World, ask: &Ask, place: &Place) -> Result<Value, Fault> {
    let name = ask.text("StackName");
    if name.is_empty() {
        return Template::given(&ask.parameters, &world.laws.documents, None).map(|found| found.summary());
    }
    Ok(named(world, place, &name)?.wanted().template.summary())
}

pub(super) fn exports(world: &World, place: &Place) -> Value {
    let there = world.cloud.stacks.iter().filter(|stack| stack.is_at(place) && stack.is_there());
    let exported = there.flat_map(|stack| {
        let outputs = stack.outputs.iter().filter(|output| !output["ExportName"].is_null());
        outputs.map(|output| {
            json!({ "ExportingStackId": stack.id, "Name": output["ExportName"], "Value": output["OutputValue"] })
        })
    });
    json!({ "Exports": exported.collect::<Vec<_>>() })
}

fn named<'a>(world: &'a World, place: &Place, name: &str) -> Result<&'a Stack, Fault> {
    let index = world.cloud.find(place, name);
    let index = index.ok_or_else(|| Fault::validation(format!("Stack with id {name} does not exist")))?;
    Ok(&world.cloud.stacks[index])
}

fn paged(name: &str, all: &[Value], ask: &Ask, page: usize) -> Value {
    let from: usize = ask.text("NextToken").trim_start_matches("from-").parse().unwrap_or(0);
    let shown: Vec<&Value> = all.iter().skip(from).take(page).collect();
    let next = if from + page < all.len() { json!(format!("from-{}", from + page)) } else { Value::Null };
    json!({ name: shown, "NextToken": next })
}
