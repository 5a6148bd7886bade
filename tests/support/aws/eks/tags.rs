//! Tags of whatever has an address.

use serde_json::{Value, json};

use super::super::wire::{Fault, texts};
use super::{Desk, Thing, not_found};

fn found<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut Thing, Fault> {
    let arn = desk.text("resourceArn");
    let mut things = desk.eks.things.iter_mut();
    let found = things.find(|thing| thing.value[thing.key.sort.arn()] == arn);
    found.ok_or_else(|| not_found(&format!("No resource found for ARN: {arn}"), &json!({})))
}

pub(super) fn add(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let tags = desk.ask.parameters["tags"].as_object().cloned().unwrap_or_default();
    let thing = found(desk)?;
    for (name, value) in tags {
        thing.value["tags"][name] = value;
    }
    Ok(json!({}))
}

pub(super) fn remove(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let names = texts(&desk.ask.parameters, "tagKeys");
    let thing = found(desk)?;
    if let Some(tags) = thing.value["tags"].as_object_mut() {
        tags.retain(|name, _| !names.contains(name));
    }
    Ok(json!({}))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    Ok(json!({ "tags": found(desk)?.value["tags"] }))
}
