//! A stack: what was asked of it, what stands, what happened; and how it is described.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::laws::Laws;
use super::super::wire::texts;
use super::change_set::ChangeSet;
use super::operation::Operation;
use super::resource::Resource;
use super::scope::{KNOWN_AFTER_APPLY, Scope, plain};
use super::template::Template;

/// What a stack is to be: everything that a create or an update says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deployment {
    pub(super) template: Template,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) tags: Value,
    pub(super) capabilities: Vec<String>,
    pub(super) notification_arns: Vec<String>,
    pub(super) role: Option<String>,
    pub(super) rollback_configuration: Value,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) logical: String,
    pub(crate) physical: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) moment: String,
    pub(super) properties: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) deployed: Deployment,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) outputs: Vec<Value>,
    pub(crate) events: Vec<Event>,
    pub(crate) change_sets: Vec<ChangeSet>,
    pub(crate) termination_protection: bool,
    pub(crate) policy: Option<String>,
    pub(super) disable_rollback: bool,
    pub(super) timeout: Option<String>,
    pub(super) change_set_id: Option<String>,
    pub(super) created: String,
    pub(super) updated: Option<String>,
    pub(super) deleted: Option<String>,
    pub(super) operation: Option<Operation>,
    /// The operation that ended in the middle and can be gone on with.
    pub(super) stuck: Option<Operation>,
    /// Client request tokens with the action that they were for.
    pub(super) tokens: BTreeMap<String, String>,
    pub(super) drift: Option<(String, String)>,
    pub(super) detections: Vec<super::drift::Detection>,
}

impl Deployment {
    /// What a request asks for, on top of what stands.
    pub(super) fn given(request: &Value, template: Template, prior: &Self) -> Result<Self, super::Fault> {
        template.check_capabilities(request)?;
        let parameters = template.arguments(request, &prior.parameters)?;
        let kept = |name: &str, kept: &Value| {
            if request[name].is_null() { kept.clone() } else { request[name].clone() }
        };
        Ok(Self {
            template,
            parameters,
            tags: kept("Tags", &prior.tags),
            capabilities: texts(request, "Capabilities"),
            notification_arns: if request["NotificationARNs"].is_null() {
                prior.notification_arns.clone()
            } else {
                texts(request, "NotificationARNs")
            },
            role: super::given(request, "RoleARN").or_else(|| prior.role.clone()),
            rollback_configuration: kept("RollbackConfiguration", &prior.rollback_configuration),
        })
    }

    pub(super) fn parameters_shown(&self) -> Vec<Value> {
        let shown = |(name, value): (&String, &String)| {
            let value = if self.template.hides(name) { "****" } else { value };
            json!({ "ParameterKey": name, "ParameterValue": value })
        };
        self.parameters.iter().map(shown).collect()
    }

    /// A list, also where the wire had an empty text for it.
    pub(super) fn tags_shown(&self) -> Value {
        if self.tags.is_array() { self.tags.clone() } else { json!([]) }
    }
}

impl Stack {
    pub(super) fn is_there(&self) -> bool {
        self.status != "DELETE_COMPLETE"
    }

    /// What the stack is being made into, or what it is.
    pub(super) fn wanted(&self) -> &Deployment {
        self.operation.as_ref().and_then(Operation::wanted).unwrap_or(&self.deployed)
    }

    /// Runs something with the values that references of a template have in this stack.
    pub(super) fn scoped<T>(
        &self,
        deployment: &Deployment,
        exports: &BTreeMap<String, String>,
        resource: &dyn Fn(&str, Option<&str>) -> Option<Value>,
        run: impl FnOnce(&Scope<'_>) -> T,
    ) -> T {
        run(&Scope {
            template: &deployment.template,
            parameters: &deployment.parameters,
            account: &self.account,
            region: &self.region,
            stack_name: &self.name,
            stack_id: &self.id,
            notification_arns: &deployment.notification_arns,
            exports,
            resource,
        })
    }

    /// The name or an attribute of a resource that stands.
    pub(super) fn lookup(&self, laws: &Laws, logical: &str, attribute: Option<&str>) -> Option<Value> {
        let resource = self.resources.get(logical)?;
        if resource.physical.is_empty() {
            return Some(json!(KNOWN_AFTER_APPLY));
        }
        Some(match attribute {
            None => json!(resource.physical),
            Some(name) => laws.kinds.attribute_of(resource, name, &self.account, &self.region),
        })
    }

    pub(super) fn happened(&mut self, laws: &mut Laws, event: Event) {
        let (id, moment) = (laws.id(), laws.now());
        self.events.push(Event { id, moment, ..event });
    }

    /// Puts the stack into a status and says so in its events.
    pub(super) fn turn(&mut self, laws: &mut Laws, status: &str, reason: Option<&str>, token: Option<&str>) {
        status.clone_into(&mut self.status);
        self.reason = reason.map(str::to_owned);
        let event = Event {
            logical: self.name.clone(),
            physical: self.id.clone(),
            kind: "AWS::CloudFormation::Stack".to_owned(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            token: token.map(str::to_owned),
            ..Event::default()
        };
        self.happened(laws, event);
    }

    pub(super) fn compute_outputs(&mut self, laws: &Laws, exports: &BTreeMap<String, String>) {
        let outputs = self.scoped(
            &self.deployed,
            exports,
            &|logical, name| self.lookup(laws, logical, name),
            |scope| {
                let entries =
                    self.deployed.template.section("Outputs").filter(|(_, entry)| scope.holds(entry));
                let outputs = entries.map(|(name, entry)| {
                    let export = scope.resolve(&entry["Export"]["Name"]);
                    json!({
                        "OutputKey": name,
                        "OutputValue": plain(&scope.resolve(&entry["Value"])),
                        "Description": entry.get("Description"),
                        "ExportName": if export.is_null() { Value::Null } else { json!(plain(&export)) },
                    })
                });
                outputs.collect()
            },
        );
        self.outputs = outputs;
    }

    pub(super) fn described(&self) -> Value {
        let wanted = self.wanted();
        let mut members = json!({
            "StackId": self.id,
            "StackName": self.name,
            "ChangeSetId": self.change_set_id,
            "Description": wanted.template.value.get("Description"),
            "Parameters": wanted.parameters_shown(),
            "CreationTime": self.created,
            "LastUpdatedTime": self.updated,
            "DeletionTime": self.deleted,
            "RollbackConfiguration": { "RollbackTriggers": [] },
            "StackStatus": self.status,
            "StackStatusReason": self.reason,
            "DisableRollback": self.disable_rollback,
            "NotificationARNs": wanted.notification_arns,
            "TimeoutInMinutes": self.timeout,
            "Capabilities": wanted.capabilities,
            "Tags": wanted.tags_shown(),
            "RoleARN": wanted.role,
            "EnableTerminationProtection": self.termination_protection,
            "DriftInformation": self.drift_information(),
        });
        if wanted.rollback_configuration.is_object() {
            members["RollbackConfiguration"] = wanted.rollback_configuration.clone();
        }
        if !self.outputs.is_empty() {
            members["Outputs"] = json!(self.outputs);
        }
        members
    }

    pub(super) fn summarised(&self) -> Value {
        json!({
            "StackId": self.id,
            "StackName": self.name,
            "TemplateDescription": self.wanted().template.value.get("Description"),
            "CreationTime": self.created,
            "LastUpdatedTime": self.updated,
            "DeletionTime": self.deleted,
            "StackStatus": self.status,
            "StackStatusReason": self.reason,
            "DriftInformation": self.drift_information(),
        })
    }

    fn drift_information(&self) -> Value {
        match &self.drift {
            Some((status, moment)) => json!({ "StackDriftStatus": status, "LastCheckTimestamp": moment }),
            None => json!({ "StackDriftStatus": "NOT_CHECKED" }),
        }
    }
}

impl Event {
    pub(super) fn described(&self, stack: &Stack) -> Value {
        json!({
            "StackId": stack.id,
            "EventId": self.id,
            "StackName": stack.name,
            "LogicalResourceId": self.logical,
            "PhysicalResourceId": self.physical,
            "ResourceType": self.kind,
            "Timestamp": self.moment,
            "ResourceStatus": self.status,
            "ResourceStatusReason": self.reason,
            "ResourceProperties": self.properties,
            "ClientRequestToken": self.token,
        })
    }
}

impl Stack {
    /// Whatever goes on stops in the middle, and can be gone on with.
    pub(crate) fn stop(&mut self) {
        if let Some(operation) = self.operation.take() {
            self.stuck = Some(operation);
        }
    }

    /// Puts it into a status from outside.
    pub(crate) fn put(&mut self, laws: &mut Laws, status: &str, reason: &str) {
        self.turn(laws, status, Some(reason).filter(|reason| !reason.is_empty()), None);
    }
}
