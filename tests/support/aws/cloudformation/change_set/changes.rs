//! What would become of each resource: compares what stands with what a template declares, expression by expression.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::super::laws::Laws;
use super::super::kinds::{Kinds, Recreation};
use super::super::operation::declared;
use super::super::reference::refer;
use super::super::resource::Resource;
use super::super::scope::{KNOWN_AFTER_APPLY, plain};
use super::super::stack::{Deployment, Stack};

/// The changes in the order in which a reader expects them: by logical id.
pub(in super::super) fn between(
    stack: &Stack,
    laws: &Laws,
    wanted: &Deployment,
    exports: &BTreeMap<String, String>,
    imports: &[(String, String)],
) -> Vec<Value> {
    let declared = declared(stack, wanted, exports);
    let mut survey =
        Survey { stack, laws, wanted, exports, fates: BTreeMap::new(), changes: BTreeMap::new() };
    let levels = wanted.template.levels(|logical| declared.contains(&logical.to_owned())).unwrap_or_default();
    for logical in levels.into_iter().flatten() {
        let import = imports.iter().find(|(name, _)| *name == logical);
        survey.look_at(&logical, import.map(|(_, name)| name.as_str()));
    }
    for resource in stack.resources.values().filter(|resource| !declared.contains(&resource.logical)) {
        let change = json!({
            "PolicyAction": resource.policy("DeletionPolicy").replace("RetainExceptOnCreate", "Retain"),
            "Action": "Remove",
            "LogicalResourceId": resource.logical,
            "PhysicalResourceId": resource.physical,
            "ResourceType": resource.kind,
            "Scope": [],
            "Details": [],
            "BeforeContext": context(resource),
        });
        survey.changes.insert(resource.logical.clone(), change);
    }
    let changes = survey.changes.into_values();
    changes.map(|change| json!({ "Type": "Resource", "ResourceChange": change })).collect()
}

/// What becomes of a resource, for those that refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    Changes,
    /// It gets another name: created or replaced.
    Renews,
}

struct Survey<'a> {
    stack: &'a Stack,
    laws: &'a Laws,
    wanted: &'a Deployment,
    exports: &'a BTreeMap<String, String>,
    fates: BTreeMap<String, Fate>,
    changes: BTreeMap<String, Value>,
}

impl Survey<'_> {
    fn look_at(&mut self, logical: &str, import: Option<&str>) {
        let entry = &self.wanted.template.value["Resources"][logical];
        let known = |name: &str, attribute: Option<&str>| match (self.fates.get(name), attribute) {
            (Some(Fate::Stays), _) | (Some(Fate::Changes), None) => {
                self.stack.lookup(self.laws, name, attribute)
            }
            _ => Some(json!(KNOWN_AFTER_APPLY)),
        };
        let after = self
            .stack
            .scoped(self.wanted, self.exports, &known, |scope| Resource::declared(logical, entry, scope));
        let Some(before) = self.stack.resources.get(logical) else {
            self.fates.insert(logical.to_owned(), Fate::Renews);
            let change = json!({
                "Action": if import.is_some() { "Import" } else { "Add" },
                "LogicalResourceId": logical,
                "PhysicalResourceId": import,
                "ResourceType": after.kind,
                "Scope": [],
                "Details": [],
                "AfterContext": context(&after),
            });
            self.changes.insert(logical.to_owned(), change);
            return;
        };
        let details = self.details(entry, before, &after);
        if details.is_empty() {
            self.fates.insert(logical.to_owned(), Fate::Stays);
            return;
        }
        let replacement = replacement(&details);
        let renews = replacement == "True";
        self.fates.insert(logical.to_owned(), if renews { Fate::Renews } else { Fate::Changes });
        let scopes: BTreeSet<String> =
            details.iter().map(|detail| plain(&detail["Target"]["Attribute"])).collect();
        let policy = after.policy("UpdateReplacePolicy");
        let change = json!({
            "PolicyAction": if replacement == "False" { Value::Null } else { json!(format!("ReplaceAnd{policy}")) },
            "Action": "Modify",
            "LogicalResourceId": logical,
            "PhysicalResourceId": before.physical,
            "ResourceType": before.kind,
            "Replacement": replacement,
            "Scope": scopes,
            "Details": details,
            "BeforeContext": context(before),
            "AfterContext": context(&after),
        });
        self.changes.insert(logical.to_owned(), change);
    }

    fn details(&self, entry: &Value, before: &Resource, after: &Resource) -> Vec<Value> {
        let mut details = Vec::new();
        let names: BTreeSet<&String> = [&before.properties, &after.properties]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(|members| members.keys())
            .collect();
        for name in names {
            let (old, new) = (&before.properties[name], &after.properties[name]);
            if old != new {
                let (path, old, new) = if (&before.shown[name], &after.shown[name]) == (old, new) {
                    deepest(format!("/Properties/{name}"), old, new)
                } else {
                    // A secret has changed, and nobody sees how.
                    (format!("/Properties/{name}"), &before.shown[name], &after.shown[name])
                };
                let recreation = if before.kind == after.kind {
                    self.laws.kinds.recreation(&before.kind, name)
                } else {
                    Recreation::Always
                };
                let mut target = target(&path, old, new);
                target["RequiresRecreation"] = json!(recreation.word());
                if name == "Tags" {
                    target["Attribute"] = json!("Tags");
                } else {
                    target["Attribute"] = json!("Properties");
                    target["Name"] = json!(name);
                }
                self.causes(&entry["Properties"][name], &target, new, &mut details);
            }
        }
        let around: BTreeSet<&String> = [&before.around, &after.around]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(|members| members.keys())
            .collect();
        for name in around {
            let (old, new) = (&before.around[name], &after.around[name]);
            if old != new {
                let mut target = target(&format!("/{name}"), old, new);
                target["RequiresRecreation"] = json!("Never");
                target["Attribute"] = json!(name);
                details.push(detail(&target, "Static", "DirectModification", None));
            }
        }
        let (old, new) = (self.stack.deployed.tags_shown(), self.wanted.tags_shown());
        if old != new && !details.iter().any(|detail| detail["Target"]["Attribute"] == "Tags") {
            let mut target = target("/Properties/Tags", &old, &new);
            target["RequiresRecreation"] = json!("Never");
            target["Attribute"] = json!("Tags");
            details.push(detail(&target, "Static", "DirectModification", None));
        }
        details
    }

    /// Where a change of a property comes from: the text itself, a parameter, or another resource.
    fn causes(&self, expression: &Value, target: &Value, new: &Value, details: &mut Vec<Value>) {
        let mut found = Vec::new();
        refer(expression, &mut |name, attribute| {
            let cause = match (self.fates.get(name), attribute) {
                (Some(Fate::Renews), "") => Some(("Dynamic", "ResourceReference", name.to_owned())),
                (Some(Fate::Renews | Fate::Changes), attribute) if !attribute.is_empty() => {
                    Some(("Dynamic", "ResourceAttribute", format!("{name}.{attribute}")))
                }
                _ => {
                    let prior = self.stack.deployed.parameters.get(name);
                    let changed = self.wanted.parameters.get(name).is_some_and(|now| prior != Some(now));
                    changed.then(|| ("Static", "ParameterReference", name.to_owned()))
                }
            };
            found.extend(cause.filter(|cause| !found.contains(cause)).into_iter().collect::<Vec<_>>());
        });
        let by_parameter = found.iter().any(|(_, source, _)| *source == "ParameterReference");
        let unknown = plain(new).contains(KNOWN_AFTER_APPLY) || new.to_string().contains(KNOWN_AFTER_APPLY);
        for (evaluation, source, entity) in &found {
            details.push(detail(target, evaluation, source, Some(entity)));
        }
        if found.is_empty() || by_parameter {
            let evaluation = if by_parameter || unknown { "Dynamic" } else { "Static" };
            details.push(detail(target, evaluation, "DirectModification", None));
        }
    }
}

impl Recreation {
    fn word(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::Conditionally => "Conditionally",
            Self::Always => "Always",
        }
    }
}

/// What the difference of two resources asks for, once both are known.
pub(in super::super) fn recreation_of(kinds: &Kinds, before: &Resource, after: &Resource) -> Recreation {
    if before.kind != after.kind {
        return Recreation::Always;
    }
    let members = after.properties.as_object().into_iter().chain(before.properties.as_object());
    let changed = members
        .flatten()
        .map(|(name, _)| name)
        .filter(|name| before.properties[*name] != after.properties[*name]);
    let always = changed.into_iter().any(|name| kinds.recreation(&before.kind, name) == Recreation::Always);
    if always { Recreation::Always } else { Recreation::Never }
}

/// Without what only `IncludePropertyValues` asks for.
pub(super) fn without_values(mut change: Value) -> Value {
    let Some(change_members) = change["ResourceChange"].as_object_mut() else { return change };
    change_members.remove("BeforeContext");
    change_members.remove("AfterContext");
    if let Some(details) = change_members.get_mut("Details").and_then(Value::as_array_mut) {
        for target in details.iter_mut().filter_map(|detail| detail["Target"].as_object_mut()) {
            target.retain(|name, _| matches!(name.as_str(), "Attribute" | "Name" | "RequiresRecreation"));
        }
    }
    change
}

fn replacement(details: &[Value]) -> &'static str {
    let mut result = "False";
    for detail in details {
        match (detail["Target"]["RequiresRecreation"].as_str(), detail["Evaluation"].as_str()) {
            (Some("Always"), Some("Static")) => return "True",
            (Some("Always" | "Conditionally"), _) => result = "Conditional",
            _ => {}
        }
    }
    result
}

fn detail(target: &Value, evaluation: &str, source: &str, entity: Option<&str>) -> Value {
    json!({ "Target": target, "Evaluation": evaluation, "ChangeSource": source, "CausingEntity": entity })
}

fn target(path: &str, old: &Value, new: &Value) -> Value {
    let shown = |value: &Value| if value.is_null() { Value::Null } else { json!(plain_or_json(value)) };
    let kind = match (old.is_null(), new.is_null()) {
        (true, _) => "Add",
        (_, true) => "Remove",
        _ => "Modify",
    };
    json!({ "Path": path, "BeforeValue": shown(old), "AfterValue": shown(new), "AttributeChangeType": kind })
}

fn plain_or_json(value: &Value) -> String {
    if value.is_string() { plain(value) } else { value.to_string() }
}

/// The one place at which two values differ, as deep as it is one place only.
fn deepest<'a>(path: String, old: &'a Value, new: &'a Value) -> (String, &'a Value, &'a Value) {
    let differing: Vec<(String, &Value, &Value)> = match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            names.into_iter().map(|name| (name.clone(), &old[name], &new[name])).collect()
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            (0..before.len()).map(|at| (at.to_string(), &before[at], &after[at])).collect()
        }
        _ => return (path, old, new),
    };
    let mut differing = differing.into_iter().filter(|(_, old, new)| old != new);
    match (differing.next(), differing.next()) {
        (Some((name, old, new)), None) => deepest(format!("{path}/{name}"), old, new),
        _ => (path, old, new),
    }
}

/// A resource as a text of JSON, as change sets carry it.
fn context(resource: &Resource) -> String {
    let mut members = resource.around.clone();
    if !members.is_object() {
        members = json!({});
    }
    members["Properties"] = resource.shown.clone();
    members.to_string()
}
