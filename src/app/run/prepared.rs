//! What providers have prepared for plans, until somebody has it carried out or kept.

use std::sync::Arc;

use crate::engine::Applied;
use crate::plan::{Change, Plan};
use crate::state::State;

/// Changes whose insides were prepared, and the state that their plan starts from.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) changes: Vec<Change>,
    pub(super) prior: Arc<State>,
}

impl Prepared {
    /// What an apply has left of what was prepared for its plan.
    pub(super) fn leave(&mut self, plan: &Plan, applied: &Applied) {
        // Once the state has moved on, nobody carries out the rest of a plan that was saved before.
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
