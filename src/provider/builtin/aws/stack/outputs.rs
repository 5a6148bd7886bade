//! Decides which outputs of a stack an update leaves unchanged. Otherwise all outputs would be unknown with every
//! update, and everything that uses them would have to be planned as if it changed.
//!
//! An output is unchanged if nothing it is made of changes: its own text, the parameters in it, the resources it refers
//! to, and everything those are made of. If that cannot be determined, it is unknown.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::failure::NESTED;
use super::template::Template;

/// The two versions of a stack.
pub(super) struct Comparison<'a> {
    pub(super) before: &'a Template,
    pub(super) after: &'a Template,
    /// Parameters whose values differ, or are not known yet.
    pub(super) changed: &'a BTreeSet<String>,
}

/// Attributes of a resource that do not affect its outputs.
const AROUND: [&str; 6] =
    ["DeletionPolicy", "UpdateReplacePolicy", "Metadata", "DependsOn", "CreationPolicy", "UpdatePolicy"];

/// Sections that everything may depend on.
const EVERYWHERE: [&str; 4] = ["Conditions", "Mappings", "Rules", "Transform"];

/// Functions whose values come from elsewhere each time.
const ELSEWHERE: [&str; 3] = ["Fn::ImportValue", "Fn::Transform", "Fn::GetStackOutput"];

/// Deeper expressions count as changed.
const DEEPEST: usize = 100;

/// The names of the outputs that are unchanged.
pub(super) fn kept(comparison: &Comparison<'_>) -> BTreeSet<String> {
    let Comparison { before, after, .. } = comparison;
    let differs = |name: &str| before.0.get(name) != after.0.get(name);
    if EVERYWHERE.iter().any(|name| differs(name)) || after.is_transformed() {
        return BTreeSet::new();
    }
    let empty = Map::new();
    let outputs = |template: &'_ Template| template.section("Outputs").cloned().unwrap_or_default();
    let (old, new) = (outputs(before), outputs(after));
    let mut look = Look {
        comparison,
        old: before.section("Resources").unwrap_or(&empty),
        new: after.section("Resources").unwrap_or(&empty),
        known: BTreeMap::new(),
    };
    let text = |output: Option<&Json>| {
        let output = output?;
        Some((output.get("Value").cloned(), output.get("Condition").cloned()))
    };
    let stays = |name: &String, output: &Json, look: &mut Look<'_>| {
        text(old.get(name)) == text(Some(output))
            && look.stays(output.get("Value").unwrap_or(&Json::Null), 0)
            && look.holds(output.get("Condition"))
    };
    new.iter().filter(|(name, output)| stays(name, output, &mut look)).map(|(name, _)| name.clone()).collect()
}

struct Look<'a> {
    comparison: &'a Comparison<'a>,
    old: &'a Map<String, Json>,
    new: &'a Map<String, Json>,
    /// Whether each resource is unchanged, if that was asked. While it is being determined, it counts as unchanged.
    known: BTreeMap<String, bool>,
}

impl Look<'_> {
    /// Whether the value of an expression is unchanged.
    fn stays(&mut self, expression: &Json, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        match expression {
            Json::String(text) => !text.contains("{{resolve:"),
            Json::Array(items) => items.iter().all(|item| self.stays(item, depth + 1)),
            Json::Object(entries) => entries.iter().all(|(name, argument)| match (name.as_str(), argument) {
                ("Ref", Json::String(name)) => self.name_stays(name, depth),
                ("Fn::GetAtt", Json::String(text)) => self.name_stays(first(text), depth),
                ("Fn::GetAtt", Json::Array(items)) => {
                    let name = items.first().and_then(Json::as_str);
                    name.is_some_and(|name| self.name_stays(name, depth)) && self.stays(argument, depth + 1)
                }
                ("Fn::Sub", Json::String(text)) => self.text_stays(text, &[], depth),
                ("Fn::Sub", Json::Array(items)) => {
                    let text = items.first().and_then(Json::as_str).unwrap_or_default();
                    let own = items.get(1).and_then(Json::as_object);
                    let names: Vec<&str> = own.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                    self.text_stays(text, &names, depth)
                        && items.iter().skip(1).all(|item| self.stays(item, depth + 1))
                }
                ("Condition", Json::String(_)) => self.holds(Some(argument)),
                ("Fn::If", Json::Array(items)) => {
                    self.holds(items.first()) && items.iter().skip(1).all(|item| self.stays(item, depth + 1))
                }
                (name, _) if ELSEWHERE.contains(&name) => false,
                _ => self.stays(argument, depth + 1),
            }),
            _ => true,
        }
    }

    /// Whether a condition is unchanged in value; its text is unchanged, or this would not be asked.
    fn holds(&mut self, condition: Option<&Json>) -> bool {
        let Some(name) = condition else { return true };
        let Some(name) = name.as_str() else { return false };
        let found = self.comparison.after.section("Conditions").and_then(|all| all.get(name)).cloned();
        // Conditions refer to parameters and to each other without cycles; the depth limit stops any others.
        found.is_some_and(|expression| self.stays(&expression, DEEPEST / 2))
    }

    /// The references in a text of `Fn::Sub`: `${Bucket.Arn}`.
    fn text_stays(&mut self, text: &str, own: &[&str], depth: usize) -> bool {
        let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
        let names: Vec<&str> = names.map(|(name, _)| name).filter(|name| !name.starts_with('!')).collect();
        let named = names.into_iter().filter(|name| !own.contains(name));
        !text.contains("{{resolve:")
            && named.into_iter().all(|name| self.name_stays(first(name.trim()), depth))
    }

    fn name_stays(&mut self, name: &str, depth: usize) -> bool {
        if name.starts_with("AWS::") {
            return name != "AWS::NotificationARNs";
        }
        let (Some(old), Some(new)) = (self.old.get(name), self.new.get(name)) else {
            return self.parameter_stays(name);
        };
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        self.known.insert(name.to_owned(), true);
        let (old, new) = (definition(old), definition(new));
        // The template of a nested stack may have changed under the same name.
        let stays = old == new
            && new.get("Type").and_then(Json::as_str) != Some(NESTED)
            && new.iter().all(|(name, part)| match name.as_str() {
                "Condition" => self.holds(Some(part)),
                _ => self.stays(part, depth + 1),
            });
        self.known.insert(name.to_owned(), stays);
        stays
    }

    fn parameter_stays(&self, name: &str) -> bool {
        let declared =
            |template: &Template| template.section("Parameters").and_then(|all| all.get(name)).cloned();
        let (Some(before), Some(after)) = (declared(self.comparison.before), declared(self.comparison.after))
        else {
            return false;
        };
        let same = |part: &str| before.get(part) == after.get(part);
        let kind = after.get("Type").and_then(Json::as_str).unwrap_or_default();
        // Values from a parameter store are read again each time.
        same("Type")
            && same("Default")
            && !kind.starts_with("AWS::SSM::")
            && !self.comparison.changed.contains(name)
    }
}

/// The name in `Bucket.Arn`.
fn first(text: &str) -> &str {
    text.split('.').next().unwrap_or(text)
}

fn definition(resource: &Json) -> Map<String, Json> {
    let mut resource = resource.as_object().cloned().unwrap_or_default();
    resource.retain(|name, _| !AROUND.contains(&name.as_str()));
    resource
}
