//! Keeps track of what providers have prepared for plans, until it is applied or saved.

use std::sync::Arc;

use crate::engine::Applied;
use crate::plan::{Change, Plan};
use crate::state::State;

/// Prepared nested changes, and the state that their plan starts from.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) changes: Vec<Change>,
    pub(super) prior: Arc<State>,
}

impl Prepared {
    /// Keeps what an apply did not use of its plan's preparations.
    pub(super) fn leave(&mut self, plan: &Plan, applied: &Applied) {
        // Once the state has moved on, the rest of a saved plan can never be applied.
        if applied.unwritten.is_none() && applied.serial != plan.origin.serial {
            self.changes.clear();
            self.take_in(plan);
        }
        self.changes.retain(|change| !applied.prepared.contains(&change.address));
    }

    pub(super) fn take_in(&mut self, plan: &Plan) {
        let is_prepared =
            |change: &&Change| change.inside.as_ref().is_some_and(|inside| !inside.notes.is_empty());
        let before = self.changes.len();
        self.changes.extend(plan.changes.iter().filter(is_prepared).cloned());
        if self.changes.len() > before {
            self.prior = Arc::clone(&plan.prior);
        }
    }
}
