//! A resource: what its template declares and what stands.

use serde_json::{Map, Value, json};

use super::super::wire::text;
use super::scope::Scope;
use super::stack::Stack;

/// One resource as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Resource {
    pub(crate) logical: String,
    pub(crate) kind: String,
    pub(crate) physical: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    /// Without expressions.
    pub(crate) properties: Value,
    /// The same as it may be shown: with asterisks for parameters that are not echoed.
    pub(super) shown: Value,
    /// Policies and metadata, as the template has them.
    pub(crate) around: Value,
    pub(crate) moment: String,
    /// What it is in the world, where that is something else than what was declared; null when it is gone.
    pub(crate) actual: Option<Value>,
    pub(super) drift: Option<String>,
}

impl Resource {
    /// What the template declares, with nothing made yet.
    pub(super) fn declared(logical: &str, entry: &Value, scope: &Scope<'_>) -> Self {
        let mut around = Map::new();
        for name in ["DeletionPolicy", "UpdateReplacePolicy", "Metadata", "CreationPolicy", "UpdatePolicy"] {
            if !entry[name].is_null() {
                around.insert(name.to_owned(), scope.resolve(&entry[name]));
            }
        }
        let hidden = |(name, value): (&String, &String)| {
            (name.clone(), if scope.template.hides(name) { "****".to_owned() } else { value.clone() })
        };
        let parameters = scope.parameters.iter().map(hidden).collect();
        let masked = Scope { parameters: &parameters, ..*scope };
        let members = |scope: &Scope<'_>| match scope.resolve(&entry["Properties"]) {
            Value::Null => json!({}),
            properties => properties,
        };
        Self {
            logical: logical.to_owned(),
            kind: text(entry, "Type"),
            properties: members(scope),
            shown: members(&masked),
            around: Value::Object(around),
            ..Self::default()
        }
    }

    /// `DeletionPolicy` or `UpdateReplacePolicy`; to delete where nothing is said.
    pub(super) fn policy(&self, name: &str) -> String {
        Some(text(&self.around, name)).filter(|policy| !policy.is_empty()).unwrap_or_else(|| {
            let data = self.kind.starts_with("AWS::RDS::DB") && self.kind.ends_with("Cluster");
            if data && name == "DeletionPolicy" { "Snapshot" } else { "Delete" }.to_owned()
        })
    }

    pub(super) fn described(&self, stack: &Stack) -> Value {
        let mut members = self.summarised();
        members["StackName"] = json!(stack.name);
        members["StackId"] = json!(stack.id);
        members["Timestamp"] = json!(self.moment);
        members["LastUpdatedTimestamp"] = Value::Null;
        members
    }

    pub(super) fn summarised(&self) -> Value {
        json!({
            "LogicalResourceId": self.logical,
            "PhysicalResourceId": self.physical,
            "ResourceType": self.kind,
            "LastUpdatedTimestamp": self.moment,
            "ResourceStatus": self.status,
            "ResourceStatusReason": self.reason,
            "DriftInformation": {
                "StackResourceDriftStatus": self.drift.as_deref().unwrap_or("NOT_CHECKED"),
            },
        })
    }
}
