//! Translates a change set to the parts of nested changes.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{
    AttributeChangeType, Change, ChangeAction, EvaluationType, PolicyAction, Replacement, RequiresRecreation,
    ResourceAttribute, ResourceChange, ResourceChangeDetail,
};

use crate::plan::{After, Fate, Part, PartAction, Property, Recreation};

use super::holdings::holds_data;

/// CloudFormation's placeholder for a value that is only known after apply.
const LATER: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// The replacement for a secret.
const SECRET: &str = "(sensitive)";

/// The parts by name. No value contains one of `secrets`.
pub(super) fn parts(changes: &[Change], secrets: &[String]) -> Vec<Part> {
    let found = changes.iter().filter_map(|change| change.resource_change.as_ref());
    let mut parts: Vec<Part> = found.map(|change| part(change, secrets)).collect();
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    parts
}

fn part(change: &ResourceChange, secrets: &[String]) -> Part {
    let kind = change.resource_type.clone().unwrap_or_default();
    let action = match (&change.action, &change.replacement) {
        (Some(ChangeAction::Add), _) => PartAction::Add,
        (Some(ChangeAction::Remove), _) => PartAction::Remove,
        (Some(ChangeAction::Import), _) => PartAction::Import,
        (Some(ChangeAction::Dynamic), _) => PartAction::Undecided,
        (_, Some(Replacement::True)) => PartAction::Replace,
        (_, Some(Replacement::Conditional)) => PartAction::PerhapsReplace,
        _ => PartAction::Modify,
    };
    let fate = match &change.policy_action {
        Some(PolicyAction::Retain | PolicyAction::ReplaceAndRetain) => Fate::Kept,
        Some(PolicyAction::Snapshot | PolicyAction::ReplaceAndSnapshot) => Fate::Copied,
        _ => Fate::Deleted,
    };
    Part {
        name: change.logical_resource_id.clone().unwrap_or_default(),
        id: change.physical_resource_id.clone().filter(|id| !id.is_empty()),
        action,
        properties: properties(change.details.as_deref().unwrap_or_default(), secrets),
        holds_data: holds_data(&kind),
        fate,
        kind,
    }
}

/// The properties by path. CloudFormation may list one several times, with several causes.
fn properties(details: &[ResourceChangeDetail], secrets: &[String]) -> Vec<Property> {
    let mut found: BTreeMap<String, Property> = BTreeMap::new();
    for property in details.iter().filter_map(|detail| property(detail, secrets)) {
        match found.get_mut(&property.path) {
            Some(known) => merge(known, property),
            None => drop(found.insert(property.path.clone(), property)),
        }
    }
    found.into_values().collect()
}

fn property(detail: &ResourceChangeDetail, secrets: &[String]) -> Option<Property> {
    let target = detail.target.as_ref()?;
    let path = match (&target.attribute, target.path.as_deref().filter(|path| !path.is_empty())) {
        (_, Some(path)) => dotted(path),
        (Some(ResourceAttribute::Properties), None) => target.name.clone().unwrap_or_default(),
        (Some(attribute), None) => attribute.as_str().to_owned(),
        (None, None) => return None,
    };
    let shown = |value: &str| match secrets.iter().any(|secret| value.contains(secret.as_str())) {
        true => SECRET.to_owned(),
        false => value.to_owned(),
    };
    let is_removed = target.attribute_change_type == Some(AttributeChangeType::Remove);
    let after = match target.after_value.as_deref() {
        Some(value) if value.contains(LATER) => After::Unknown,
        Some(value) => After::Known(Some(shown(value))),
        None if detail.evaluation == Some(EvaluationType::Dynamic) && !is_removed => After::Unknown,
        None => After::Known(None),
    };
    let recreates = match target.requires_recreation {
        Some(RequiresRecreation::Always) => Recreation::Always,
        Some(RequiresRecreation::Conditionally) => Recreation::Perhaps,
        _ => Recreation::Never,
    };
    Some(Property { path, before: target.before_value.as_deref().map(shown), after, recreates })
}

/// Known values take precedence over unknown ones, and worse consequences over harmless ones.
fn merge(known: &mut Property, other: Property) {
    known.recreates = known.recreates.max(other.recreates);
    if known.before.is_none() {
        known.before = other.before;
    }
    if !matches!(known.after, After::Known(Some(_))) && other.after != After::Known(None) {
        known.after = other.after;
    }
}

/// `/Properties/Tags/0/Value` as `Tags.0.Value`.
pub(super) fn dotted(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("Properties/").unwrap_or(path);
    let steps = path.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
    steps.collect::<Vec<_>>().join(".")
}
