//! Anything of EKS that has a status: it is made, it is updated, it goes, and each of that takes its time and can fail.

use serde_json::{Value, json};

use super::super::cloudformation::Place;
use super::super::laws::Pulse;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Cluster,
    Nodegroup,
    FargateProfile,
    Addon,
    AccessEntry,
    PodIdentity,
    IdentityProvider,
}

/// What makes a thing the one that it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) place: Place,
    pub(crate) cluster: String,
    pub(crate) sort: Sort,
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) key: Key,
    /// As it is described on the wire.
    pub(crate) value: Value,
    pub(crate) updates: Vec<Update>,
    pub(super) token: Option<String>,
    pub(super) pulse: Pulse,
    next: Option<Next>,
    gone: bool,
    /// Access policies of an access entry.
    pub(crate) policies: Vec<Value>,
}

/// How a thing behaves: what a test says of it.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Ticks that each making, updating and going takes. With two, the first look sees it under way.
    pub(crate) takes: u32,
    pub(crate) create_fault: Option<Issue>,
    pub(crate) update_fault: Option<Issue>,
    pub(crate) delete_fault: Option<Issue>,
    /// Somebody has changed by hand what an add-on brings.
    pub(crate) conflicts: bool,
}

/// A code with its message.
pub(crate) type Issue = (String, String);

#[derive(Clone, Debug)]
pub(crate) struct Update {
    /// As it is described on the wire.
    pub(crate) value: Value,
    left: u32,
    /// What it makes of the thing.
    patch: Value,
    fault: Option<Issue>,
    pub(super) token: Option<String>,
}

#[derive(Clone, Debug)]
struct Next {
    left: u32,
    /// None: it is gone.
    status: Option<String>,
    issue: Option<Issue>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { takes: 2, create_fault: None, update_fault: None, delete_fault: None, conflicts: false }
    }
}

impl Sort {
    /// The member of an answer that has one.
    pub(super) fn member(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Nodegroup => "nodegroup",
            Self::FargateProfile => "fargateProfile",
            Self::Addon => "addon",
            Self::AccessEntry => "accessEntry",
            Self::PodIdentity => "association",
            Self::IdentityProvider => "identityProviderConfig",
        }
    }

    pub(super) fn member_name(self) -> &'static str {
        match self {
            Self::Nodegroup => "nodegroupName",
            Self::FargateProfile => "fargateProfileName",
            Self::Addon => "addonName",
            _ => "name",
        }
    }

    /// The member that has the address.
    pub(super) fn arn(self) -> &'static str {
        match self {
            Self::Cluster => "arn",
            Self::Nodegroup => "nodegroupArn",
            Self::FargateProfile => "fargateProfileArn",
            Self::Addon => "addonArn",
            Self::AccessEntry => "accessEntryArn",
            Self::PodIdentity => "associationArn",
            Self::IdentityProvider => "identityProviderConfigArn",
        }
    }
}

impl Thing {
    pub(super) fn begin(
        key: Key,
        mut value: Value,
        token: Option<String>,
        left: u32,
        fault: Option<(String, Issue)>,
    ) -> Self {
        value["status"] = json!("CREATING");
        let next = match fault {
            Some((status, issue)) => Next { left, status: Some(status), issue: Some(issue) },
            None => Next { left, status: Some("ACTIVE".to_owned()), issue: None },
        };
        Self {
            key,
            value,
            updates: Vec::new(),
            token,
            pulse: Pulse::default(),
            next: Some(next),
            gone: false,
            policies: Vec::new(),
        }
    }

    /// Something that has no status and is there at once.
    pub(super) fn at_once(key: Key, value: Value, token: Option<String>) -> Self {
        let mut thing = Self::begin(key, value, token, 1, None);
        thing.next = None;
        if let Some(members) = thing.value.as_object_mut() {
            members.remove("status");
        }
        thing
    }

    pub(super) fn status(&self) -> &str {
        self.value["status"].as_str().unwrap_or_default()
    }

    /// The update that is under way.
    pub(super) fn running(&self) -> Option<&Update> {
        self.updates.iter().find(|update| update.left > 0)
    }

    pub(super) fn begin_deleting(&mut self, left: u32, fault: Option<Issue>) {
        if self.status() == "DELETING" {
            return;
        }
        self.value["status"] = json!("DELETING");
        let status = fault.is_some().then(|| match self.key.sort {
            // A cluster has no status of its own for that.
            Sort::Cluster => "FAILED".to_owned(),
            _ => "DELETE_FAILED".to_owned(),
        });
        self.next = Some(Next { left, status, issue: fault });
    }

    /// Begins an update and says how it is described.
    pub(super) fn begin_update(
        &mut self,
        value: Value,
        patch: Value,
        left: u32,
        fault: Option<Issue>,
    ) -> Value {
        self.value["status"] = json!("UPDATING");
        let mut value = value;
        value["status"] = json!("InProgress");
        value["errors"] = json!([]);
        self.updates.push(Update { value: value.clone(), left: left.max(1), patch, fault, token: None });
        json!({ "update": value })
    }

    pub(super) fn tick(&mut self) {
        if let Some(next) = &mut self.next {
            next.left = next.left.saturating_sub(1);
            if next.left == 0 {
                let next = self.next.take();
                self.turn(next);
            }
        }
        let mut done = None;
        for update in self.updates.iter_mut().filter(|update| update.left > 0) {
            update.left -= 1;
            if update.left > 0 {
                continue;
            }
            match &update.fault {
                None => {
                    update.value["status"] = json!("Successful");
                    merge(&mut self.value, &update.patch);
                    done = Some("ACTIVE");
                }
                Some((code, message)) => {
                    update.value["status"] = json!("Failed");
                    update.value["errors"] = json!([{
                        "errorCode": code, "errorMessage": message, "resourceIds": [self.key.name],
                    }]);
                    done = Some(if self.key.sort == Sort::Addon { "UPDATE_FAILED" } else { "ACTIVE" });
                    if self.key.sort == Sort::Addon {
                        self.value["health"]["issues"] = json!([{ "code": code, "message": message }]);
                    }
                }
            }
        }
        if let Some(status) = done {
            self.value["status"] = json!(status);
        }
    }

    fn turn(&mut self, next: Option<Next>) {
        let Some(next) = next else { return };
        let Some(status) = next.status else {
            self.gone = true;
            return;
        };
        if status == "ACTIVE" && self.key.sort == Sort::Cluster {
            super::cluster::complete(&mut self.value);
        }
        self.value["status"] = json!(status);
        if let Some((code, message)) = next.issue {
            let issue = json!({ "code": code, "message": message, "resourceIds": [self.key.name] });
            self.value["health"]["issues"] = json!([issue]);
        }
    }

    /// What is being made is there, however long it was to take.
    pub(crate) fn become_active(&mut self) {
        let next = self.next.take();
        self.turn(next);
    }

    /// What is under way is done, however long it was to take.
    pub(crate) fn finish_updates(&mut self) {
        self.updates.iter_mut().filter(|update| update.left > 0).for_each(|update| update.left = 1);
        self.tick();
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whatever is under way ends with the next tick.
    pub(super) fn hurry(&mut self) {
        self.next.iter_mut().for_each(|next| next.left = 1);
        self.updates.iter_mut().filter(|update| update.left > 0).for_each(|update| update.left = 1);
    }

    /// Whatever was under way ends where it is.
    pub(super) fn stop(&mut self) {
        self.next = None;
        for update in self.updates.iter_mut().filter(|update| update.left > 0) {
            update.left = 0;
            update.value["status"] = json!("Cancelled");
        }
    }
}

/// Members of a patch replace those of a value, object by object. Null takes away.
pub(super) fn merge(value: &mut Value, patch: &Value) {
    let (Value::Object(members), Value::Object(changes)) = (&mut *value, patch) else {
        *value = patch.clone();
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else if change.is_object() && members.get(name).is_some_and(Value::is_object) {
            merge(&mut members[name], change);
        } else {
            members.insert(name.clone(), change.clone());
        }
    }
}
