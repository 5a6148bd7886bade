//! The end of an apply: outputs and checks, and waiting until everything is durable.

use std::collections::BTreeSet;

use crate::address::ModuleInstance;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::{Thing, What};
use crate::plan::{Action, Mode};
use crate::port::{Effect, Outcome, Revision};
use crate::state::OutputState;

use super::super::validations::Validations;
use super::super::{ephemeral, outputs};
use super::{Applied, Done, Record, Run, Unwritten};

impl<'w> Run<'_, 'w> {
    /// Evaluates outputs and checks, and waits until everything is durable.
    pub(super) async fn conclude(
        &self,
        done: &Done,
        validations: &Validations<'w>,
        mut revision: Revision,
    ) -> (Applied, Diagnostics) {
        let mut faults = Diagnostics::new();
        let mut effects = self.outputs(done, validations, &mut faults);
        if self.plan.options.mode == Mode::Normal {
            self.values(done, validations);
            validations.leave_open(self.walk, &|place| done.held.contains_key(&place));
            faults.extend(self.walk.evaluator.take_faults());
            faults.extend(self.walk.check_blocks());
        }
        ephemeral::close(self.walk).await;
        self.walk.release().await;
        let mut diagnostics = self.walk.diagnostics.take();
        faults.extend(self.walk.evaluator.take_faults());
        diagnostics.extend(faults);
        let checks = match self.plan.options.mode {
            Mode::Normal => {
                let found = std::mem::take(&mut self.walk.found.borrow_mut().checks);
                let had_turn = |module, what: Option<What<'_>>| {
                    what.is_none_or(|what| self.walk.takes_part(&Thing { module, what }))
                };
                found.into_states(self.walk.request.configuration, &had_turn)
            }
            // Nothing that the checks look at has changed since the plan.
            Mode::RefreshOnly | Mode::Destroy => self.plan.checks.clone(),
        };
        if checks != self.plan.prior.checks {
            effects.push(Effect::Checks(checks));
        }
        if !effects.is_empty() {
            self.lease.send(Outcome { operation: None, effects });
        }
        let mut applied = self.applied.take();
        let Record { pending, fault, .. } = self.record.take();
        if self.walk.ports.signals.stopped() && fault.is_none() {
            let why = match applied.given_up.is_empty() {
                true => {
                    "The run was interrupted: running operations were recorded, and the rest was not started."
                }
                false => {
                    "The run was interrupted: running operations were cancelled. What is known of them is recorded, \
                     and the next run checks them. The rest was not started."
                }
            };
            diagnostics.push(Diagnostic::error("Interrupted", why));
            revision.what.push_str(", interrupted");
        } else if !applied.failed.is_empty() {
            revision.what.push_str(", failed");
        }
        revision.created = applied.tally.created;
        revision.updated = applied.tally.updated;
        revision.deleted = applied.tally.deleted;
        // A store that failed earlier may have recovered by now.
        match self.lease.finish(revision).await {
            Ok(serial) => {
                applied.serial = serial;
                applied.unwritten = fault.map(|fault| Unwritten { fault, instances: BTreeSet::new() });
            }
            Err(fault) => {
                applied.unwritten = Some(Unwritten { fault, instances: pending.into_iter().collect() });
            }
        }
        (applied, diagnostics)
    }

    /// Evaluates the values in modules that were unknown while planning, so that their errors are found even if nothing
    /// uses them.
    fn values(&self, done: &Done, validations: &Validations<'w>) {
        if self.plan.changes.iter().all(|change| change.action == Action::NoOp) {
            return;
        }
        let whole = {
            let applied = self.applied.borrow();
            applied.failed.is_empty() && applied.untried.is_empty() && !self.walk.ports.signals.stopped()
        };
        let evaluator = self.walk.evaluator;
        for thing in validations.graph.nodes() {
            let root = thing.module == self.walk.request.configuration.root_id();
            let is_value = match thing.what {
                What::Local(_) => true,
                // Those of the root module were given, and are stored.
                What::Variable(_) | What::Output(_) => !root,
                _ => false,
            };
            let holds = |place: &usize| done.held.get(place) == Some(&true);
            let ready = || {
                validations.next(thing).iter().chain(&validations.place(thing)).all(holds)
                    && (whole || self.walk.needed(thing).iter().all(|path| done.resources.contains(path)))
            };
            if !is_value || !self.walk.takes_part(thing) || !ready() {
                continue;
            }
            for module in evaluator.expansion(thing.module).unwrap_or_default().iter() {
                match thing.what {
                    What::Variable(name) => drop(evaluator.variable_of(module, name)),
                    What::Local(name) => drop(evaluator.local_of(module, name)),
                    What::Output(name) => drop(evaluator.output_of(module, name)),
                    _ => {}
                }
            }
        }
    }

    /// The outputs for which everything they depend on is done.
    fn outputs(&self, done: &Done, validations: &Validations<'w>, faults: &mut Diagnostics) -> Vec<Effect> {
        let mut effects = Vec::new();
        // An output that cannot be evaluated keeps its stored value.
        let mut now = self.plan.prior.outputs.clone();
        let configuration = self.walk.request.configuration;
        let normal = self.plan.options.mode == Mode::Normal;
        let holds = |place: &usize| done.held.get(place) == Some(&true);
        for (name, change) in &self.plan.outputs {
            if change.action == Action::Delete {
                now.remove(name);
                effects.push(Effect::Output { name: name.clone(), value: None });
                continue;
            }
            let declared = configuration.root().module.outputs.get_key_value(name).filter(|(name, _)| {
                let thing = Thing { module: configuration.root_id(), what: What::Output(name) };
                self.walk.needed(&thing).iter().all(|path| done.resources.contains(path))
                    && (!normal
                        || validations.next(&thing).iter().chain(&validations.place(&thing)).all(holds))
            });
            let Some((_, output)) = declared else { continue };
            let value = if change.after.is_wholly_known() {
                change.after.clone()
            } else {
                let value = self.walk.evaluator.output_of(&ModuleInstance::root(), name);
                match outputs::settle(output, value, faults) {
                    Some(value) if value.is_wholly_known() => value,
                    // It could not be evaluated, and the reason is reported.
                    _ => continue,
                }
            };
            if value.is_null() {
                now.remove(name);
                effects.push(Effect::Output { name: name.clone(), value: None });
                continue;
            }
            if change.action != Action::NoOp {
                let value = Some(OutputState { value: value.clone() });
                effects.push(Effect::Output { name: name.clone(), value });
            }
            now.insert(name.clone(), OutputState { value });
        }
        self.applied.borrow_mut().outputs = now;
        effects
    }
}
