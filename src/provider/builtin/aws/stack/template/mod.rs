//! CloudFormation templates as data: read from JSON or YAML, or rendered from an object of the language.
//!
//! Knows the structure of templates, but does not evaluate their functions, which is up to CloudFormation.

mod place;
mod read;
mod render;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::plan::Fate;

pub(super) use read::{read, sound};
pub(super) use render::{Generated, Rendered, Shape, Unfit, render, worths};

/// The longest template that can be sent as text, in bytes; a longer one has to be in a bucket.
pub(super) const LONGEST: usize = 51_200;

pub(super) const MOST_RESOURCES: usize = 500;

pub(super) const MOST_PARAMETERS: usize = 200;

/// A template that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Template(pub(super) Json);

/// A resource of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) kind: String,
    /// What happens to it when it is removed.
    pub(super) on_removal: Fate,
    /// What happens to it when it is replaced.
    pub(super) on_replacement: Fate,
    /// Whether its existence depends on a condition.
    pub(super) conditional: bool,
}

/// A parameter of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) has_default: bool,
}

impl Template {
    pub(super) fn section(&self, name: &str) -> Option<&Map<String, Json>> {
        self.0.get(name).and_then(Json::as_object)
    }

    pub(super) fn resources(&self) -> BTreeMap<&str, Resource> {
        let found = self.section("Resources").into_iter().flatten();
        let text = |resource: &Json, name| resource.get(name).and_then(Json::as_str).map(str::to_owned);
        let resources = found.filter_map(|(name, resource)| {
            let kind = text(resource, "Type")?;
            // Databases have a snapshot taken by default.
            let usual = if has_usual_snapshot(&kind) && text(resource, "DBClusterIdentifier").is_none() {
                Fate::Copied
            } else {
                Fate::Deleted
            };
            let fate = |policy: Option<String>, usual| match policy.as_deref() {
                Some("Retain" | "RetainExceptOnCreate") => Fate::Kept,
                Some("Snapshot") => Fate::Copied,
                Some(_) => Fate::Deleted,
                None => usual,
            };
            let on_removal = fate(text(resource, "DeletionPolicy"), usual);
            let on_replacement = fate(text(resource, "UpdateReplacePolicy"), Fate::Deleted);
            let conditional = resource.get("Condition").is_some();
            Some((name.as_str(), Resource { kind, on_removal, on_replacement, conditional }))
        });
        resources.collect()
    }

    pub(super) fn parameters(&self) -> BTreeMap<&str, Parameter> {
        let found = self.section("Parameters").into_iter().flatten();
        found
            .map(|(name, one)| (name.as_str(), Parameter { has_default: one.get("Default").is_some() }))
            .collect()
    }

    /// Whether a macro rewrites the template, so that it may create other resources.
    pub(super) fn is_transformed(&self) -> bool {
        self.0.get("Transform").is_some() || self.0.to_string().contains("\"Fn::ForEach::")
    }
}

/// Whether two texts are the same template, however they are formatted.
pub(super) fn same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (read(one), read(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Identifies a text.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Types of which CloudFormation takes a snapshot by default when they are deleted.
fn has_usual_snapshot(kind: &str) -> bool {
    kind == "AWS::RDS::DBCluster"
}
