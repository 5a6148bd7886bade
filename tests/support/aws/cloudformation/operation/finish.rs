//! How work on a resource ends: well, with a reason, or cancelled.

use serde_json::Value;

use super::super::super::laws::{Laws, When};
use super::super::change_set::changes::recreation_of;
use super::super::kinds::{self, Recreation};
use super::super::policy;
use super::super::resource::Resource;
use super::super::stack::Stack;
use super::step::{HELD, Running};
use super::{Operation, Phase, Removal, Task};

impl Operation {
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
