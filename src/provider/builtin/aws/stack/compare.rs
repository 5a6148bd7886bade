//! Compares templates: what can be said of a change without CloudFormation.

use aws_sdk_cloudformation::types::StackResourceSummary;
use serde_json::{Map, Value as Json};

use crate::plan::{After, Fate, Part, PartAction, Property, Recreation};

use super::holdings::holds_data;
use super::template::{self, Resource, Template};

/// Everything in a template, as added.
pub(super) fn added(template: &Template) -> Vec<Part> {
    let resources = template.resources();
    resources.into_iter().map(|(name, resource)| part(name, resource, PartAction::Add)).collect()
}

/// The changes from one template to another.
pub(super) fn parts(deployed: &Template, wanted: &Template) -> Vec<Part> {
    let (before, after) = (deployed.resources(), wanted.resources());
    let mut parts = Vec::new();
    for (name, resource) in &after {
        match before.get(name) {
            None => parts.push(part(name, resource.clone(), PartAction::Add)),
            Some(prior) => {
                let properties = differences(deployed, wanted, name);
                if properties.is_empty() {
                    continue;
                }
                // Another type makes another resource; everything else only CloudFormation knows.
                let action = match prior.kind == resource.kind {
                    true => PartAction::Undecided,
                    false => PartAction::Replace,
                };
                let mut changed = part(name, resource.clone(), action);
                changed.fate = prior.on_replacement;
                changed.properties = properties;
                parts.push(changed);
            }
        }
    }
    for (name, resource) in before {
        if !after.contains_key(name) {
            let fate = resource.on_removal;
            parts.push(Part { fate, ..part(name, resource, PartAction::Remove) });
        }
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    parts
}

/// Everything in a stack, as removed.
pub(super) fn gone(resources: &[StackResourceSummary], deployed: Option<&str>) -> Vec<Part> {
    let read = deployed.and_then(|text| template::read(text).ok());
    let known = read.as_ref().map(Template::resources).unwrap_or_default();
    let is_there = |one: &&StackResourceSummary| {
        let status = one.resource_status.as_ref().map_or("", |status| status.as_str());
        !matches!(status, "DELETE_COMPLETE" | "DELETE_SKIPPED")
    };
    let mut parts: Vec<Part> = resources
        .iter()
        .filter(is_there)
        .map(|one| {
            let name = one.logical_resource_id.clone().unwrap_or_default();
            let kind = one.resource_type.clone().unwrap_or_default();
            let fate = known.get(name.as_str()).map_or(Fate::Deleted, |resource| resource.on_removal);
            Part {
                id: one.physical_resource_id.clone(),
                action: PartAction::Remove,
                properties: Vec::new(),
                holds_data: holds_data(&kind),
                fate,
                name,
                kind,
            }
        })
        .collect();
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    parts
}

/// What a template leaves open, in sentences.
pub(super) fn doubts(template: &Template) -> Vec<String> {
    let mut doubts = Vec::new();
    let resources = template.resources();
    let conditional = resources.iter().filter(|(_, resource)| resource.conditional);
    let conditional: Vec<&str> = conditional.map(|(name, _)| *name).collect();
    if !conditional.is_empty() {
        doubts
            .push(format!("Conditions of the template decide whether there is {}.", conditional.join(", ")));
    }
    if template.is_transformed() {
        doubts.push(
            "The template is transformed by macros before it is carried out, which may make more of it."
                .to_owned(),
        );
    }
    doubts
}

fn part(name: &str, resource: Resource, action: PartAction) -> Part {
    Part {
        name: name.to_owned(),
        id: None,
        action,
        properties: Vec::new(),
        holds_data: holds_data(&resource.kind),
        fate: Fate::Deleted,
        kind: resource.kind,
    }
}

/// The properties in which two definitions of a resource differ, and the other differences.
fn differences(deployed: &Template, wanted: &Template, name: &str) -> Vec<Property> {
    let of = |template: &Template| template.section("Resources").and_then(|all| all.get(name)).cloned();
    let (before, after) = (of(deployed).unwrap_or_default(), of(wanted).unwrap_or_default());
    let empty = Map::new();
    let section = |one: &Json| one.get("Properties").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut found = entries(&section(&before), &section(&after));
    let rest = |one: &Json| {
        let mut rest = one.as_object().unwrap_or(&empty).clone();
        rest.remove("Properties");
        rest
    };
    found.extend(entries(&rest(&before), &rest(&after)));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn entries(before: &Map<String, Json>, after: &Map<String, Json>) -> Vec<Property> {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let changed = keys.filter(|key| before.get(*key) != after.get(*key));
    changed
        .map(|key| Property {
            path: key.clone(),
            before: before.get(key).map(text),
            after: After::Known(after.get(key).map(text)),
            recreates: Recreation::Perhaps,
        })
        .collect()
}
