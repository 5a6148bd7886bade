//! What a long plan comes to: by module before it, and what is lost once more after it.

use std::collections::BTreeMap;

use crate::address::{ModulePath, ResourceAddress};
use crate::plan::Action;

use super::super::view::{ChangeView, PlanView};
use super::pen::{Ink, Pen};

/// More losses than this are counted and not named.
const MOST_NAMED: usize = 100;

/// One line for what happens to the instances of a resource, by module as written.
pub(super) fn modules(pen: &mut Pen, view: &PlanView) {
    let mut modules: BTreeMap<&ModulePath, BTreeMap<(&ResourceAddress, Action), usize>> = BTreeMap::new();
    for change in &view.changes {
        let resources = modules.entry(&change.module).or_default();
        *resources.entry((&change.address.resource, change.action)).or_default() += 1;
    }
    pen.put("\nSummary:\n");
    for (module, resources) in modules {
        // A module stands below the one that calls it.
        let depth = module.calls().len();
        if let Some(call) = module.calls().last() {
            pen.put("\n");
            pen.spaces(depth * 2);
            pen.paint(&format!("module.{call}"), Ink::Bold);
            pen.put("\n");
        }
        for ((resource, action), count) in resources {
            pen.spaces(depth * 2);
            pen.action(action);
            pen.display(resource);
            if count > 1 {
                pen.paint(&format!(" ({count} instances)"), Ink::Faint);
            }
            pen.put("\n");
        }
    }
}

/// What is destroyed, replaced or let go, by name.
pub(super) fn losses(pen: &mut Pen, view: &PlanView) {
    let is_loss = |change: &&ChangeView| change.action.destroys() || change.action == Action::Forget;
    let total = view.changes.iter().filter(is_loss).count();
    if total == 0 {
        return;
    }
    pen.put("\n");
    pen.paint("What will be destroyed, replaced or let go:", Ink::Loss);
    pen.put("\n");
    for change in view.changes.iter().filter(is_loss).take(MOST_NAMED) {
        pen.action(change.action);
        pen.put(&change.headline.subject);
        if let Some(cause) = &change.cause {
            pen.paint(&format!(" ({cause})"), Ink::Faint);
        }
        pen.put("\n");
    }
    if total > MOST_NAMED {
        pen.display(format_args!("    ... and {} more\n", total - MOST_NAMED));
    }
}
