//! The end of the walk: undeclared objects, outputs, checks, and the plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::ProviderAddress;
use crate::config::{Check, ModuleId};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::Subject;
use crate::eval::validate::{Thing, What};
use crate::expression::Reference;
use crate::plan::{self, Mode, Origin, Plan, Schemas};
use crate::schema;
use crate::state::State;

use super::super::{ephemeral, orphan, outputs};
use super::{Found, Walk};

impl Walk<'_> {
    /// Evaluates the check blocks. When only part of the configuration is selected, they cannot stop the run: they may
    /// be about the rest.
    pub(in crate::engine) fn check_blocks(&self) -> Diagnostics {
        let mut faults = Diagnostics::new();
        let is_open = |id: ModuleId, check: &Check| self.leads_to_failure(id, check);
        let configuration = self.request.configuration;
        self.found.borrow_mut().checks.blocks(configuration, self.evaluator, &is_open, &mut faults);
        faults.extend(self.evaluator.take_faults());
        if self.selection.is_some() {
            faults.iter_mut().for_each(|fault| fault.severity = Severity::Warning);
        }
        faults
    }

    /// Whether a check looks at something that failed, so that it cannot be evaluated.
    fn leads_to_failure(&self, id: ModuleId, check: &Check) -> bool {
        let failed = self.failed.borrow();
        if failed.is_empty() {
            return false;
        }
        let node = self.request.configuration.node(id);
        let is_failed = |subject: &Subject<'_>| match subject {
            Subject::Module(name) => {
                let child = node.children.get(*name);
                child.is_some_and(|child| failed.iter().any(|thing| thing.module == *child))
            }
            subject => What::named(&node.module, subject)
                .is_some_and(|what| failed.contains(&Thing { module: id, what })),
        };
        let has_failed =
            |reference: &Reference<'_>| Subject::of(reference).is_ok_and(|(subject, _)| is_failed(&subject));
        let mut expressions = check.asserts.iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
        check.data.as_ref().is_some_and(|data| is_failed(&Subject::Resource(data.clone())))
            || expressions.any(|expression| expression.references().any(|it| has_failed(&it)))
    }

    /// Completes the plan after the walk: undeclared objects, outputs and checks.
    pub(super) async fn conclude(self) -> (Plan, Diagnostics) {
        let stopped = self.ports.signals.stopped();
        if stopped {
            let why = "The run was interrupted before everything was planned.";
            self.diagnostics.borrow_mut().push(Diagnostic::error("Interrupted", why));
        }
        let unfounded = stopped || self.unfounded.get();
        let mut outputs = BTreeMap::new();
        // Whatever does not depend on a failure is still planned.
        if !unfounded {
            orphan::plan(&self).await;
            let mut faults = Diagnostics::new();
            outputs = outputs::plan(&self, &mut faults);
            faults.extend(self.evaluator.take_faults());
            self.report(faults);
            if self.request.options.mode != Mode::Destroy {
                self.report(self.check_blocks());
            }
        }
        ephemeral::close(&self).await;
        self.release().await;
        let mut diagnostics = self.diagnostics.take();
        diagnostics.extend(self.evaluator.take_faults());
        let mut found = self.found.take();
        let prior = prior(self.stored, &mut found);
        let failed = self.failed.take();
        let had_turn = |id: ModuleId, what: Option<What<'_>>| {
            let takes_part = what
                .map(|what| Thing { module: id, what })
                .is_none_or(|thing| self.takes_part(&thing) && !failed.contains(&thing));
            takes_part && !unfounded && self.evaluator.expansion(id).is_some()
        };
        let checks = found.checks.into_states(self.request.configuration, &had_turn);
        // All keys are distinct, and mostly in order already.
        found.changes.sort_unstable_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
        found.drift.sort_by(|a, b| a.address.cmp(&b.address));
        let schemas = self.kinds.all();
        let mut plan = Plan {
            origin: self.origin(&schemas).await,
            time: self.request.time.clone(),
            options: self.request.options.clone(),
            changes: found.changes,
            drift: found.drift,
            outputs,
            checks,
            protection: BTreeMap::new(),
            prior,
            schemas: Schemas(schemas),
            faulty: diagnostics.has_errors(),
            unfounded,
        };
        for flaw in plan::check(&plan) {
            plan.faulty = true;
            let why = format!("{flaw}. This is a bug in Terrace, and not in the configuration.");
            diagnostics.push(Diagnostic::error("Plan is not sound", why));
        }
        (plan, diagnostics)
    }

    async fn origin(&self, schemas: &BTreeMap<ProviderAddress, Arc<schema::Provider>>) -> Origin {
        let mut providers = BTreeMap::new();
        for address in schemas.keys() {
            if let Ok(digest) = self.ports.providers.digest(address).await {
                providers.insert(address.clone(), digest);
            }
        }
        Origin {
            environment: self.request.environment.clone(),
            lineage: self.stored.lineage.clone(),
            serial: self.stored.serial,
            configuration: self.request.digest.clone(),
            providers,
        }
    }
}

/// The stored state as the walk has found it: copied only if something differs.
fn prior(stored: &Arc<State>, found: &mut Found) -> Arc<State> {
    let mut prior = Arc::clone(stored);
    for (address, provider, object) in found.refreshed.drain(..) {
        let prior = Arc::make_mut(&mut prior);
        match object {
            Some(object) => prior.put(&address, None, &provider, object),
            None => drop(prior.remove(&address, None)),
        }
    }
    for noted in found.noted.drain(..) {
        noted.put_into(Arc::make_mut(&mut prior));
    }
    for (address, key) in found.gone.drain(..) {
        Arc::make_mut(&mut prior).remove(&address, Some(&key));
    }
    prior
}
