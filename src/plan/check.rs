//! Checks that a plan is sound. One that is not is a bug in Terrace, whatever the configuration, and must not be
//! applied.
//!
//! Looks at the plan alone, so that it cannot repeat a mistake of the code that made it.

mod change;
mod inside;
mod order;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use crate::address::AbsoluteInstance;
use crate::state::DeposedKey;
use crate::value::{Mark, Name};

use super::{Action, Change, Mode, OutputChange, Plan};

/// A property that a plan must never have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What it is about: the address of an instance, or `output.x`.
    pub about: String,
    /// What is wrong with it, as a clause: `would be created, and is there already`.
    pub clause: String,
}

/// All flaws of a plan. A faulty plan has none, because it is never applied.
pub fn check(plan: &Plan) -> Vec<Flaw> {
    let mut flaws = Flaws::default();
    if plan.faulty {
        return flaws.0;
    }
    sequence(&plan.changes, &mut flaws);
    sequence(&plan.drift, &mut flaws);
    for change in &plan.changes {
        change::check(change, plan, &mut flaws);
        inside::planned(change, &mut flaws);
        mode(change, plan.options.mode, &mut flaws);
    }
    plan.drift.iter().for_each(|change| inside::detected(change, &mut flaws));
    covered(plan, &mut flaws);
    order::check(plan, &mut flaws);
    outputs(&plan.outputs, &mut flaws);
    flaws.0
}

#[derive(Default)]
struct Flaws(Vec<Flaw>);

impl Flaws {
    fn push(&mut self, about: impl fmt::Display, clause: impl Into<String>) {
        self.0.push(Flaw { about: about.to_string(), clause: clause.into() });
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.about, self.clause)
    }
}

/// Changes are ordered by address, and each object has only one.
fn sequence(changes: &[Change], flaws: &mut Flaws) {
    for pair in changes.windows(2) {
        let [first, second] = pair else { continue };
        match place(first).cmp(&place(second)) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => flaws.push(&second.address, "is planned twice"),
            std::cmp::Ordering::Greater => flaws.push(&second.address, "is not in its place in the plan"),
        }
    }
}

fn place(change: &Change) -> (&AbsoluteInstance, &Option<DeposedKey>) {
    (&change.address, &change.deposed)
}

/// Each mode allows only some actions.
fn mode(change: &Change, mode: Mode, flaws: &mut Flaws) {
    let clause = match (mode, change.action) {
        (Mode::Normal, _) | (_, Action::NoOp) | (Mode::Destroy, Action::Delete | Action::Forget) => return,
        (Mode::Destroy, _) => "would be made or changed, and everything is to be destroyed",
        (Mode::RefreshOnly, _) => "would be changed, and the state is only to be brought up to date",
    };
    flaws.push(&change.address, clause);
}

/// Every object in the state is in the plan, unless the plan is for a selection.
fn covered(plan: &Plan, flaws: &mut Flaws) {
    let partial = !plan.options.targets.is_empty() || !plan.options.excluded.is_empty();
    if partial || plan.options.mode == Mode::RefreshOnly {
        return;
    }
    // Both are ordered by address, so one pass is enough.
    let mut changes = plan.changes.iter().peekable();
    for (address, _, instance) in plan.prior.instances() {
        if address.resource.mode != crate::address::ResourceMode::Managed {
            continue;
        }
        let current = instance.current.is_some().then_some(None);
        let objects = current.into_iter().chain(instance.deposed.keys().cloned().map(Some));
        for deposed in objects {
            let wanted = (&address, &deposed);
            while changes.next_if(|change| place(change) < wanted).is_some() {}
            if changes.next_if(|change| place(change) == wanted).is_none() {
                flaws.push(&address, "is in the state and not in the plan");
            }
        }
    }
}

fn outputs(outputs: &BTreeMap<Name, OutputChange>, flaws: &mut Flaws) {
    for (name, output) in outputs {
        let mut broken = |clause: &str| flaws.push(format!("output.{name}"), clause);
        if output.after.has_mark_deep(&Mark::Ephemeral) {
            broken("would be stored, and is ephemeral");
        }
        if output.after.has_mark_deep(&Mark::Sensitive) && !output.sensitive {
            broken("would be shown, and is sensitive");
        }
        if !output.before.is_wholly_known() {
            broken("is not known before anything has happened");
        }
        let fits = match output.action {
            Action::NoOp | Action::Update => true,
            Action::Create => output.before.is_null(),
            Action::Delete => output.after.is_null(),
            Action::Read | Action::Replace(_) | Action::Forget => false,
        };
        if !fits {
            broken("would go through something that its values do not tell");
        }
    }
}
