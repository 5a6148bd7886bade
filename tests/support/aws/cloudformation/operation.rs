//! What goes on in a stack, tick by tick: resources are made, changed and deleted in the order of their dependencies,
//! those that can go together do, and when one fails the rest is cancelled and undone.

mod ending;
mod finish;
mod step;

use std::collections::{BTreeMap, VecDeque};

use super::super::laws::{Laws, Pulse};
use super::resource::Resource;
use super::stack::{Deployment, Stack};
use step::Running;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Create,
    Update,
    Import,
    Delete,
    /// Undoes a create.
    Uncreate,
    /// Undoes an update.
    Restore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum OnFailure {
    #[default]
    Rollback,
    DoNothing,
    Delete,
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(super) deed: Deed,
    pub(super) token: Option<String>,
    pub(super) on_failure: OnFailure,
    pub(super) change_set: Option<String>,
    /// What is to be; none where the stack is deleted.
    pub(super) wanted: Option<Deployment>,
    /// What stood when it began.
    pub(super) before: BTreeMap<String, Resource>,
    /// Imported resources with the names that they have already.
    pub(super) imports: BTreeMap<String, String>,
    pub(super) pulse: Pulse,
    phases: VecDeque<Phase>,
    running: Vec<Running>,
    failed: Vec<String>,
}

#[derive(Clone, Debug)]
enum Phase {
    /// Resources that go together.
    Together(Vec<Task>),
    Turn(String),
    End(String),
}

#[derive(Clone, Debug)]
enum Task {
    /// Makes a resource what the template says, by whatever that takes.
    Settle(String),
    /// Puts it back to what it was.
    Restore(String),
    /// Deletes this; it may be something that the stack has replaced already.
    Remove(Box<Resource>, Removal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Removal {
    /// The resource leaves the stack.
    Leave,
    /// Another one has taken its place.
    Replaced,
    /// It was made by an update that is undone.
    Undone,
}

impl Operation {
    fn new(deed: Deed, token: Option<&str>, wanted: Option<Deployment>, stack: &Stack) -> Self {
        Self {
            deed,
            token: token.map(str::to_owned),
            on_failure: OnFailure::Rollback,
            change_set: None,
            wanted,
            before: stack.resources.clone(),
            imports: BTreeMap::new(),
            pulse: Pulse::default(),
            phases: VecDeque::new(),
            running: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Creates, updates or imports: everything that the deployment declares, then what it no longer does.
    pub(super) fn deploy(
        deed: Deed,
        token: Option<&str>,
        wanted: Deployment,
        stack: &Stack,
        exports: &BTreeMap<String, String>,
    ) -> Self {
        let declared = declared(stack, &wanted, exports);
        let levels =
            wanted.template.levels(|logical| declared.contains(&logical.to_owned())).unwrap_or_default();
        let mut operation = Self::new(deed, token, Some(wanted), stack);
        for level in levels {
            operation.phases.push_back(Phase::Together(level.into_iter().map(Task::Settle).collect()));
        }
        match deed {
            Deed::Update => {
                operation.phases.push_back(Phase::Turn("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS".to_owned()));
                let gone = stack.resources.values().filter(|resource| !declared.contains(&resource.logical));
                operation.remove_in_order(stack, gone.cloned().collect(), Removal::Leave);
                operation.phases.push_back(Phase::End("UPDATE_COMPLETE".to_owned()));
            }
            Deed::Import => operation.phases.push_back(Phase::End("IMPORT_COMPLETE".to_owned())),
            _ => operation.phases.push_back(Phase::End("CREATE_COMPLETE".to_owned())),
        }
        operation
    }

    /// Deletes everything except what is to stay.
    pub(super) fn delete(token: Option<&str>, retain: &[String], stack: &Stack) -> Self {
        let mut operation = Self::new(Deed::Delete, token, None, stack);
        let mut resources: Vec<Resource> = stack.resources.values().cloned().collect();
        for resource in &mut resources {
            if retain.contains(&resource.logical) {
                resource.around["DeletionPolicy"] = serde_json::json!("Retain");
            }
        }
        operation.remove_in_order(stack, resources, Removal::Leave);
        operation.phases.push_back(Phase::End("DELETE_COMPLETE".to_owned()));
        operation
    }

    pub(super) fn wanted(&self) -> Option<&Deployment> {
        self.wanted.as_ref()
    }

    /// Dependants before what they depend on.
    fn remove_in_order(&mut self, stack: &Stack, resources: Vec<Resource>, removal: Removal) {
        let template = &stack.deployed.template;
        let template = if template.value.is_null() {
            self.wanted.as_ref().map(|wanted| &wanted.template).unwrap_or(template)
        } else {
            template
        };
        let mut rest = resources;
        let mut phases = Vec::new();
        for level in template.levels(|_| true).unwrap_or_default() {
            let (now, later): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|resource| level.contains(&resource.logical));
            rest = later;
            phases.push(now);
        }
        phases.push(rest);
        for resources in phases.into_iter().rev().filter(|resources| !resources.is_empty()) {
            let tasks =
                resources.into_iter().map(|resource| Task::Remove(Box::new(resource), removal)).collect();
            self.phases.push_back(Phase::Together(tasks));
        }
    }

    /// The way back from an update: what was touched becomes what it was, what is new goes.
    pub(super) fn restore(
        stack: &Stack,
        before: BTreeMap<String, Resource>,
        token: Option<&str>,
        skip: &[String],
    ) -> Self {
        let mut operation = Self::new(Deed::Restore, token, Some(stack.deployed.clone()), stack);
        operation.before = before;
        let touched: Vec<&Resource> = operation
            .before
            .values()
            .filter(|prior| !skip.contains(&prior.logical))
            .filter(|prior| {
                let same = |now: &Resource| {
                    now.physical == prior.physical
                        && now.properties == prior.properties
                        && !now.status.ends_with("_FAILED")
                };
                !stack.resources.get(&prior.logical).is_some_and(same)
            })
            .collect();
        let tasks: Vec<Task> = touched.iter().map(|prior| Task::Restore(prior.logical.clone())).collect();
        let mut surplus = Vec::new();
        for now in stack.resources.values() {
            let prior = operation.before.get(&now.logical);
            if prior.is_none_or(|prior| prior.physical != now.physical) {
                surplus.push(now.clone());
            }
        }
        if !tasks.is_empty() {
            operation.phases.push_back(Phase::Together(tasks));
        }
        operation.phases.push_back(Phase::Turn("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS".to_owned()));
        operation.remove_in_order(stack, surplus, Removal::Undone);
        operation.phases.push_back(Phase::End("UPDATE_ROLLBACK_COMPLETE".to_owned()));
        operation
    }

    /// The way back from a create: everything that was made goes.
    pub(super) fn uncreate(
        stack: &Stack,
        wanted: Option<Deployment>,
        token: Option<&str>,
        end: &str,
    ) -> Self {
        let mut operation = Self::new(Deed::Uncreate, token, wanted, stack);
        operation.remove_in_order(stack, stack.resources.values().cloned().collect(), Removal::Leave);
        operation.phases.push_back(Phase::End(end.to_owned()));
        operation
    }
}

/// The logical ids that a deployment declares, conditions considered.
pub(super) fn declared(
    stack: &Stack,
    wanted: &Deployment,
    exports: &BTreeMap<String, String>,
) -> Vec<String> {
    stack.scoped(wanted, exports, &|_, _| None, |scope| {
        let there = wanted.template.resources().filter(|(_, entry)| scope.holds(entry));
        there.map(|(logical, _)| logical.clone()).collect()
    })
}

impl Stack {
    /// Lets one tick pass: what is due ends, and what can begin does.
    pub(super) fn tick(&mut self, laws: &mut Laws, exports: &BTreeMap<String, String>) {
        let Some(mut operation) = self.operation.take() else { return };
        operation.finish_due(self, laws);
        if !operation.running.is_empty() {
            self.operation = Some(operation);
            return;
        }
        if let Some(next) = operation.after_failure(self, laws) {
            self.operation = next;
            return;
        }
        while let Some(phase) = operation.phases.pop_front() {
            match phase {
                Phase::Turn(status) => self.turn(laws, &status, None, operation.token.as_deref()),
                Phase::End(status) => {
                    operation.end(self, laws, &status, exports);
                    return;
                }
                Phase::Together(tasks) => {
                    for task in tasks {
                        operation.begin(self, laws, exports, task);
                    }
                    if !operation.running.is_empty() {
                        self.operation = Some(operation);
                        return;
                    }
                }
            }
        }
    }
}
