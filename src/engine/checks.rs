//! What was found about everything that is checked: preconditions, postconditions, validations, `check` blocks.

use std::collections::BTreeMap;

use crate::address::{AbsoluteInstance, ModuleInstance};
use crate::config::{Configuration, Output, Rule, Variable};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::rule::{Verdict, verdict};
use crate::eval::{Evaluator, Surroundings};
use crate::expression::Scope;
use crate::state::{CheckKind, CheckState, CheckStatus, CheckedObject};

/// By what is checked, and by instance of it.
#[derive(Default)]
pub(super) struct Checks(BTreeMap<(CheckKind, String), BTreeMap<String, CheckedObject>>);

impl Checks {
    /// Holds an instance against what must be true before it is planned.
    pub(super) fn before(
        &mut self,
        address: &AbsoluteInstance,
        rules: &[Rule],
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        self.instance(address, rules, "Resource precondition failed", scope, faults)
    }

    /// Holds an instance against what must be true of it afterwards.
    pub(super) fn after(
        &mut self,
        address: &AbsoluteInstance,
        rules: &[Rule],
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        self.instance(address, rules, "Resource postcondition failed", scope, faults)
    }

    fn instance(
        &mut self,
        address: &AbsoluteInstance,
        rules: &[Rule],
        summary: &str,
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        if rules.is_empty() {
            return true;
        }
        let whose = (CheckKind::Resource, address.path().to_string());
        self.hold(whose, address.to_string(), rules, (summary, Severity::Error), scope, faults)
    }

    pub(super) fn output(
        &mut self,
        module: &ModuleInstance,
        output: &Output,
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        if output.preconditions.is_empty() {
            return true;
        }
        let whose = (CheckKind::Output, within(&module.path(), &format!("output.{}", output.name)));
        let instance = within(module, &format!("output.{}", output.name));
        let summary = "Module output value precondition failed";
        self.hold(whose, instance, &output.preconditions, (summary, Severity::Error), scope, faults)
    }

    pub(super) fn variable(
        &mut self,
        module: &ModuleInstance,
        variable: &Variable,
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        let whose = (CheckKind::Variable, within(&module.path(), &format!("var.{}", variable.name)));
        let instance = within(module, &format!("var.{}", variable.name));
        let summary = "Invalid value for a variable";
        self.hold(whose, instance, &variable.validations, (summary, Severity::Error), scope, faults)
    }

    /// A variable whose value has not come to be known.
    pub(super) fn open(&mut self, module: &ModuleInstance, variable: &Variable) {
        let name = format!("var.{}", variable.name);
        let instance = within(module, &name);
        let object =
            CheckedObject { address: instance.clone(), status: CheckStatus::Unknown, messages: Vec::new() };
        let whose = (CheckKind::Variable, within(&module.path(), &name));
        self.0.entry(whose).or_default().entry(instance).or_insert(object);
    }

    /// The data source inside a `check` block could not be read. That is a finding of the check, and all of it: there
    /// is nothing to hold its assertions against.
    pub(super) fn unread(&mut self, module: &ModuleInstance, check: &str, messages: Vec<String>) {
        let (whose, instance) = check_in(module, check);
        let status = CheckStatus::Fail;
        let object = CheckedObject { address: instance.clone(), status, messages };
        self.0.entry(whose).or_default().insert(instance, object);
    }

    /// The assertions of all `check` blocks. What does not hold is worth a warning and stops nothing; an assertion that
    /// cannot be worked out is a fault.
    pub(super) fn blocks(
        &mut self,
        configuration: &Configuration,
        evaluator: &Evaluator<'_>,
        faults: &mut Diagnostics,
    ) {
        for (id, node) in configuration.nodes().filter(|(_, node)| !node.module.checks.is_empty()) {
            for module in evaluator.expansion(id).unwrap_or_default().iter() {
                let scope = evaluator.scope(module, Surroundings::default());
                for check in node.module.checks.values() {
                    let (whose, instance) = check_in(module, &check.name);
                    if self.0.get(&whose).is_some_and(|objects| objects.contains_key(&instance)) {
                        continue;
                    }
                    let how = ("Check block assertion failed", Severity::Warning);
                    self.hold(whose, instance, &check.asserts, how, &scope, faults);
                    faults.extend(evaluator.take_faults());
                }
            }
        }
    }

    fn hold(
        &mut self,
        whose: (CheckKind, String),
        instance: String,
        rules: &[Rule],
        (summary, severity): (&str, Severity),
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        let mut status = CheckStatus::Pass;
        let mut messages = Vec::new();
        for rule in rules {
            let found = match verdict(rule, scope, faults) {
                Verdict::Holds => CheckStatus::Pass,
                Verdict::Open => CheckStatus::Unknown,
                Verdict::Faulty => CheckStatus::Error,
                Verdict::Broken(message) => {
                    let fault = match severity {
                        Severity::Error => Diagnostic::error(summary, message.clone()),
                        Severity::Warning => Diagnostic::warning(summary, message.clone()),
                    };
                    faults.push(fault.at(rule.condition.span()).address(instance.clone()));
                    messages.push(message);
                    CheckStatus::Fail
                }
            };
            status = status.max(found);
        }
        let objects = self.0.entry(whose).or_default();
        let known = objects.entry(instance.clone()).or_insert_with(|| CheckedObject {
            address: instance,
            status: CheckStatus::Pass,
            messages: Vec::new(),
        });
        known.status = known.status.max(status);
        known.messages.extend(messages);
        !matches!(status, CheckStatus::Fail | CheckStatus::Error)
    }

    pub(super) fn into_states(self) -> Vec<CheckState> {
        let states = self.0.into_iter().map(|((kind, address), objects)| {
            let objects: Vec<CheckedObject> = objects.into_values().collect();
            let status = objects.iter().map(|object| object.status).max().unwrap_or_default();
            CheckState { kind, address, status, objects }
        });
        states.collect()
    }
}

fn check_in(module: &ModuleInstance, check: &str) -> ((CheckKind, String), String) {
    let name = format!("check.{check}");
    ((CheckKind::Check, within(&module.path(), &name)), within(module, &name))
}

fn within(module: &impl std::fmt::Display, name: &str) -> String {
    let module = module.to_string();
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}
