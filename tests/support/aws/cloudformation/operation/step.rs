//! How work on a resource begins: what is asked of it, and what is said about that.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::super::laws::Laws;
use super::super::change_set::changes::recreation_of;
use super::super::kinds::{self, Recreation};
use super::super::resource::Resource;
use super::super::stack::{Event, Stack};
use super::{Deed, Operation, Removal, Task};

/// A duration that lasts until a test says otherwise.
pub(super) const HELD: u32 = u32::MAX;

/// A resource that is being worked on.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) task: Task,
    pub(super) verb: &'static str,
    pub(super) left: u32,
    /// What it will be.
    pub(super) ready: Resource,
}

impl Operation {
    pub(super) fn begin(
        &mut self,
        stack: &mut Stack,
        laws: &mut Laws,
        exports: &BTreeMap<String, String>,
        task: Task,
    ) {
        match task {
            Task::Settle(logical) => self.settle(stack, laws, exports, logical),
            Task::Restore(logical) => {
                let Some(prior) = self.before.get(&logical).cloned() else { return };
                self.run(stack, laws, Task::Restore(logical), "UPDATE", prior, None);
            }
            Task::Remove(resource, removal) => self.remove(stack, laws, *resource, removal),
        }
    }

    fn settle(
        &mut self,
        stack: &mut Stack,
        laws: &mut Laws,
        exports: &BTreeMap<String, String>,
        logical: String,
    ) {
        let Some(wanted) = &self.wanted else { return };
        let entry = wanted.template.value["Resources"][&logical].clone();
        let mut ready =
            stack.scoped(wanted, exports, &|logical, name| stack.lookup(laws, logical, name), |scope| {
                Resource::declared(&logical, &entry, scope)
            });
        let prior = stack.resources.get(&logical).cloned();
        let tags_changed = wanted.tags_shown() != stack.deployed.tags_shown();
        match prior {
            None => {
                if let Some(name) = self.imports.get(&logical) {
                    ready.physical = name.clone();
                    laws.left_behind.retain(|left| left.physical != ready.physical);
                    self.run(
                        stack,
                        laws,
                        Task::Settle(logical),
                        "IMPORT",
                        ready,
                        Some("Resource import started."),
                    );
                    return;
                }
                ready.physical = kinds::physical(laws, &stack.name, &logical, &ready.kind, &ready.properties);
                self.run(stack, laws, Task::Settle(logical), "CREATE", ready, None);
            }
            Some(prior)
                if prior.properties == ready.properties
                    && prior.kind == ready.kind
                    && !(tags_changed && self.deed == Deed::Update) =>
            {
                // Policies and metadata change without any work.
                if let Some(standing) = stack.resources.get_mut(&logical) {
                    standing.around = ready.around;
                }
            }
            Some(prior) => {
                let replaces = recreation_of(&laws.kinds, &prior, &ready) == Recreation::Always;
                let reason = replaces.then_some(
                    "Requested update requires the creation of a new physical resource; hence creating one.",
                );
                ready.physical.clone_from(&prior.physical);
                if replaces {
                    ready.physical =
                        kinds::physical(laws, &stack.name, &logical, &ready.kind, &ready.properties);
                }
                self.run(stack, laws, Task::Settle(logical), "UPDATE", ready, reason);
            }
        }
    }

    fn remove(&mut self, stack: &mut Stack, laws: &mut Laws, resource: Resource, removal: Removal) {
        let policy = match removal {
            // What was never made cannot stay either.
            _ if resource.physical.is_empty() => "Delete".to_owned(),
            // What was imported goes back to where it was.
            Removal::Undone if resource.status.starts_with("IMPORT") => "Retain".to_owned(),
            Removal::Leave => resource.policy("DeletionPolicy"),
            Removal::Replaced => resource.policy("UpdateReplacePolicy"),
            Removal::Undone => "Delete".to_owned(),
        };
        let created = matches!(self.deed, Deed::Create | Deed::Uncreate);
        if policy == "Retain" || (policy == "RetainExceptOnCreate" && !created) {
            self.tell(stack, laws, &resource, "DELETE_SKIPPED", None);
            laws.left_behind.push(resource.clone());
            if removal != Removal::Replaced {
                stack.resources.remove(&resource.logical);
            }
            return;
        }
        let mut going = resource.clone();
        if policy == "Snapshot" {
            going.reason = None;
            laws.snapshots.push(resource.clone());
        }
        self.run(stack, laws, Task::Remove(Box::new(resource), removal), "DELETE", going, None);
    }

    fn run(
        &mut self,
        stack: &mut Stack,
        laws: &mut Laws,
        task: Task,
        verb: &'static str,
        ready: Resource,
        reason: Option<&str>,
    ) {
        let status = format!("{verb}_IN_PROGRESS");
        // What is made has no name yet, what is replaced has the name that it had.
        let mut shown = ready.clone();
        let standing = stack.resources.get(&ready.logical);
        if verb != "DELETE" {
            shown.physical = standing.map(|standing| standing.physical.clone()).unwrap_or_default();
        }
        if verb == "IMPORT" {
            shown.physical.clone_from(&ready.physical);
        }
        self.tell(stack, laws, &shown, &status, reason);
        if verb == "CREATE" || (verb == "UPDATE" && shown.physical != ready.physical) {
            self.tell(stack, laws, &ready, &status, Some("Resource creation Initiated"));
        }
        if is_current(stack, &task) {
            let mut shown = standing_or(stack, shown);
            shown.status = status;
            shown.reason = reason.map(str::to_owned);
            shown.moment = laws.now();
            stack.resources.insert(shown.logical.clone(), shown);
        }
        let left = laws.duration(&stack.name, &ready.logical).max(1);
        self.running.push(Running { task, verb, left, ready });
    }

    pub(super) fn tell(
        &self,
        stack: &mut Stack,
        laws: &mut Laws,
        resource: &Resource,
        status: &str,
        reason: Option<&str>,
    ) {
        let event = Event {
            logical: resource.logical.clone(),
            physical: resource.physical.clone(),
            kind: resource.kind.clone(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            token: self.token.clone(),
            properties: Some(resource.shown.to_string()),
            ..Event::default()
        };
        stack.happened(laws, event);
    }
}

/// Whether a task is about the resource that the stack has under that name, and not about one that is replaced.
fn is_current(stack: &Stack, task: &Task) -> bool {
    match task {
        Task::Remove(resource, _) => {
            stack.resources.get(&resource.logical).is_some_and(|now| now.physical == resource.physical)
        }
        Task::Settle(_) | Task::Restore(_) => true,
    }
}

/// What stands keeps its properties until the work is done.
fn standing_or(stack: &Stack, fresh: Resource) -> Resource {
    stack
        .resources
        .get(&fresh.logical)
        .cloned()
        .unwrap_or_else(|| Resource { properties: json!({}), ..fresh })
}
