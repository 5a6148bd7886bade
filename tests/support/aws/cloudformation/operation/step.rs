//! One resource at a time: how it begins and how it ends.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::super::laws::{Laws, When};
use super::super::change_set::changes::recreation_of;
use super::super::kinds::{self, Recreation};
use super::super::policy;
use super::super::stack::{Event, Resource, Stack};
use super::{Deed, Operation, Phase, Removal, Task};

/// A duration that lasts until a test says otherwise.
const HELD: u32 = u32::MAX;

/// A resource that is being worked on.
#[derive(Clone, Debug)]
pub(super) struct Running {
    task: Task,
    verb: &'static str,
    left: u32,
    /// What it will be.
    ready: Resource,
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
            Removal::Leave => resource.policy("DeletionPolicy"),
            Removal::Replaced => resource.policy("UpdateReplacePolicy"),
            Removal::Undone => "Delete".to_owned(),
        };
        let created = matches!(self.deed, Deed::Create | Deed::Uncreate);
        if policy == "Retain" || (policy == "RetainExceptOnCreate" && !created) {
            self.tell(stack, laws, &resource, "DELETE_SKIPPED", None);
            laws.left_behind.push(resource.clone());
            if removal == Removal::Leave {
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
            stack.resources.insert(shown.logical.clone(), shown);
        }
        let left = laws.duration(&stack.name, &ready.logical).max(1);
        self.running.push(Running { task, verb, left, ready });
    }

    /// Ends what is due. A resource that fails takes those with it that are still being made.
    pub(super) fn finish_due(&mut self, stack: &mut Stack, laws: &mut Laws) {
        let mut rest = Vec::new();
        let mut cancels = false;
        for mut running in std::mem::take(&mut self.running) {
            let held = laws.duration(&stack.name, &running.ready.logical) == HELD;
            let was_held = running.left == HELD;
            running.left = match (held, was_held) {
                (true, _) => HELD,
                (false, true) => 0,
                (false, false) => running.left.saturating_sub(1),
            };
            if running.left > 0 {
                rest.push(running);
                continue;
            }
            let reason = self.fault(stack, laws, &running);
            match reason {
                Some(reason) => {
                    cancels |= running.verb != "DELETE";
                    self.fail(stack, laws, &running, &reason);
                }
                None => self.succeed(stack, laws, running),
            }
        }
        if !cancels {
            self.running = rest;
            return;
        }
        for running in rest {
            let reason = match running.verb {
                "CREATE" => "Resource creation cancelled",
                "DELETE" => "Resource deletion cancelled",
                _ => "Resource update cancelled",
            };
            self.fail(stack, laws, &running, reason);
        }
    }

    /// Cancels what is running, as somebody asked for.
    pub(in super::super) fn cancel(&mut self, stack: &mut Stack, laws: &mut Laws) {
        for running in std::mem::take(&mut self.running) {
            self.fail(stack, laws, &running, "Resource update cancelled");
        }
        self.failed.clear();
    }

    fn fault(&self, stack: &Stack, laws: &mut Laws, running: &Running) -> Option<String> {
        let when = match (&running.task, running.verb) {
            (Task::Restore(_), _) => When::Restore,
            (_, "CREATE") => When::Create,
            (_, "DELETE") => When::Delete,
            (_, "IMPORT") => When::Import,
            _ => When::Update,
        };
        let ready = &running.ready;
        if let Some(reason) = laws.trouble(&stack.name, &ready.logical, when) {
            return Some(reason);
        }
        let named = kinds::is_named(&ready.kind, &ready.properties);
        let taken = |left: &Resource| left.kind == ready.kind && left.physical == ready.physical;
        if when == When::Create && named && laws.left_behind.iter().any(taken) {
            return Some(format!("{} already exists", ready.physical));
        }
        let prior = self.before.get(&ready.logical).filter(|_| when == When::Update)?;
        let replaces = recreation_of(&laws.kinds, prior, ready) == Recreation::Always;
        let action = if replaces { "Update:Replace" } else { "Update:Modify" };
        let denied = stack.policy.as_deref().and_then(|policy| policy::denial(policy, action, ready));
        if denied.is_some() {
            return denied;
        }
        if prior.actual == Some(Value::Null) && !replaces {
            return Some(format!("Resource {} was not found (HandlerErrorCode: NotFound)", prior.physical));
        }
        let stuck = replaces && prior.physical == ready.physical && named;
        let message =
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename";
        stuck.then(|| format!("{message} {} and update the stack again.", ready.physical))
    }

    fn fail(&mut self, stack: &mut Stack, laws: &mut Laws, running: &Running, reason: &str) {
        let status = format!("{}_FAILED", running.verb);
        let mut shown = running.ready.clone();
        if running.verb != "DELETE" {
            shown.physical =
                stack.resources.get(&shown.logical).map(|now| now.physical.clone()).unwrap_or_default();
        }
        self.tell(stack, laws, &shown, &status, Some(reason));
        self.failed.push(shown.logical.clone());
        if let Some(standing) =
            stack.resources.get_mut(&shown.logical).filter(|now| now.physical == shown.physical)
        {
            standing.status = status;
            standing.reason = Some(reason.to_owned());
        }
    }

    fn succeed(&mut self, stack: &mut Stack, laws: &mut Laws, running: Running) {
        let Running { task, verb, mut ready, .. } = running;
        let status = format!("{verb}_COMPLETE");
        let reason = (verb == "IMPORT").then_some("Resource import completed.");
        self.tell(stack, laws, &ready, &status, reason);
        let logical = ready.logical.clone();
        match task {
            Task::Remove(_, Removal::Leave) => {
                stack.resources.remove(&logical);
            }
            Task::Remove(_, Removal::Undone) => {
                if stack.resources.get(&logical).is_some_and(|now| now.physical == ready.physical) {
                    stack.resources.remove(&logical);
                }
            }
            Task::Remove(_, Removal::Replaced) => {}
            Task::Settle(_) | Task::Restore(_) => {
                let prior = stack.resources.get(&logical).cloned().unwrap_or_default();
                ready.actual = still_actual(&prior, &ready);
                if matches!(task, Task::Settle(_))
                    && !prior.physical.is_empty()
                    && prior.physical != ready.physical
                {
                    self.clean_up_later(prior);
                }
                ready.status = status;
                ready.reason = None;
                ready.moment = laws.now();
                stack.resources.insert(logical, ready);
            }
        }
    }

    /// What was replaced goes once everything else has been done.
    fn clean_up_later(&mut self, prior: Resource) {
        let end = self.phases.iter().position(|phase| matches!(phase, Phase::Turn(_)));
        let place = end.map_or(self.phases.len(), |at| at + 1);
        self.phases.insert(place, Phase::Together(vec![Task::Remove(Box::new(prior), Removal::Replaced)]));
    }

    fn tell(
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

/// What somebody did to a resource stays, except where an update puts something else in its place.
fn still_actual(prior: &Resource, ready: &Resource) -> Option<Value> {
    let mut actual = prior.actual.clone().filter(|_| prior.physical == ready.physical)?;
    let names = ready.properties.as_object().into_iter().chain(prior.properties.as_object()).flatten();
    for (name, _) in names {
        let (before, after) = (&prior.properties[name], &ready.properties[name]);
        if before != after && actual.is_object() {
            actual[name] = after.clone();
        }
    }
    actual.as_object_mut().into_iter().for_each(|members| members.retain(|_, value| !value.is_null()));
    Some(actual)
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
