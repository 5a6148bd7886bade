//! How operations end: well, or with what their failure asks for.

use std::collections::BTreeMap;

use super::super::super::laws::Laws;
use super::super::stack::Stack;
use super::{Deed, OnFailure, Operation, Phase};

impl Operation {
    /// What follows where something failed: the way back, or the end. Nothing where nothing failed.
    pub(super) fn after_failure(&mut self, stack: &mut Stack, laws: &mut Laws) -> Option<Option<Self>> {
        if self.failed.is_empty() {
            return None;
        }
        let verb = match self.deed {
            Deed::Create => "create",
            Deed::Update | Deed::Restore => "update",
            Deed::Import => "import",
            Deed::Delete | Deed::Uncreate => "delete",
        };
        let names = self.failed.join(", ");
        let reason = format!("The following resource(s) failed to {verb}: [{names}]. ");
        let token = self.token.clone();
        let token = token.as_deref();
        match self.deed {
            Deed::Delete | Deed::Uncreate => {
                // The others are deleted all the same.
                if self.phases.iter().any(|phase| matches!(phase, Phase::Together(_)))
                    && self.deed == Deed::Delete
                {
                    return None;
                }
                let end = if self.deed == Deed::Delete { "DELETE_FAILED" } else { "ROLLBACK_FAILED" };
                stack.turn(laws, end, Some(&reason), token);
                Some(None)
            }
            Deed::Restore => {
                stack.turn(laws, "UPDATE_ROLLBACK_FAILED", Some(&reason), token);
                self.failed.clear();
                stack.stuck = Some(self.clone());
                Some(None)
            }
            Deed::Update if self.cleans_up() => {
                // What was replaced and does not go away spoils nothing.
                self.failed.clear();
                None
            }
            Deed::Create | Deed::Update | Deed::Import => {
                let mut next = self.give_up(stack, laws, &reason, token);
                if let Some(next) = &mut next {
                    next.change_set.clone_from(&self.change_set);
                }
                Some(next)
            }
        }
    }

    fn cleans_up(&self) -> bool {
        !self.phases.iter().any(|phase| matches!(phase, Phase::Turn(_)))
    }

    /// Turns back, or stays where it is, as was asked for.
    fn give_up(
        &mut self,
        stack: &mut Stack,
        laws: &mut Laws,
        reason: &str,
        token: Option<&str>,
    ) -> Option<Self> {
        self.failed.clear();
        match (self.on_failure, self.deed) {
            (OnFailure::DoNothing, deed) => {
                let end = if deed == Deed::Create { "CREATE_FAILED" } else { "UPDATE_FAILED" };
                stack.turn(laws, end, Some(reason), token);
                stack.stuck = Some(self.clone());
                None
            }
            (OnFailure::Delete, Deed::Create) => {
                let reason = format!("{reason}Delete requested by user.");
                stack.turn(laws, "DELETE_IN_PROGRESS", Some(&reason), token);
                Some(Self::uncreate(stack, self.wanted.clone(), token, "DELETE_COMPLETE"))
            }
            (_, Deed::Create) => {
                let reason = format!("{reason}Rollback requested by user.");
                stack.turn(laws, "ROLLBACK_IN_PROGRESS", Some(&reason), token);
                Some(Self::uncreate(stack, self.wanted.clone(), token, "ROLLBACK_COMPLETE"))
            }
            (_, Deed::Import) => {
                stack.turn(laws, "IMPORT_ROLLBACK_IN_PROGRESS", Some(reason), token);
                stack.resources = self.before.clone();
                let mut back = Self::new(Deed::Restore, token, Some(stack.deployed.clone()), stack);
                back.phases.push_back(Phase::End("IMPORT_ROLLBACK_COMPLETE".to_owned()));
                Some(back)
            }
            _ => {
                stack.turn(laws, "UPDATE_ROLLBACK_IN_PROGRESS", Some(reason), token);
                Some(Self::restore(stack, self.before.clone(), token, &[]))
            }
        }
    }

    /// Ends well, or as well as a way back can.
    pub(super) fn end(
        self,
        stack: &mut Stack,
        laws: &mut Laws,
        status: &str,
        exports: &BTreeMap<String, String>,
    ) {
        if !self.failed.is_empty() && self.deed == Deed::Delete {
            let reason =
                format!("The following resource(s) failed to delete: [{}]. ", self.failed.join(", "));
            stack.turn(laws, "DELETE_FAILED", Some(&reason), self.token.as_deref());
            return;
        }
        stack.turn(laws, status, None, self.token.as_deref());
        match status {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => {
                stack.deployed = self.wanted.unwrap_or_default();
                stack.stuck = None;
                stack.compute_outputs(laws, exports);
            }
            "ROLLBACK_COMPLETE" => stack.deployed = self.wanted.unwrap_or_default(),
            "UPDATE_ROLLBACK_COMPLETE" => stack.stuck = None,
            "DELETE_COMPLETE" => {
                stack.deleted = Some(laws.now());
                stack.resources.clear();
                stack.outputs.clear();
            }
            _ => {}
        }
        let done = if status.contains("ROLLBACK") { "EXECUTE_FAILED" } else { "EXECUTE_COMPLETE" };
        if let Some(set) = stack.change_sets.iter_mut().find(|set| Some(&set.id) == self.change_set.as_ref())
        {
            done.clone_into(&mut set.execution_status);
        }
    }
}
