//! The results of all checks: preconditions, postconditions, validations and `check` blocks.

use std::collections::BTreeMap;

use crate::address::{AbsoluteInstance, ModuleInstance};
use crate::config::{Check, Configuration, ModuleId, Output, Resource, Rule, Variable};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::rule::{Verdict, verdict};
use crate::eval::validate::What;
use crate::eval::{Evaluator, Surroundings};
use crate::expression::{self, Scope};
use crate::plan::{Mode, PlanOptions};
use crate::state::{CheckKind, CheckState, CheckStatus, CheckedObject};
use crate::value::Value;

use super::secrets::Secrets;

#[derive(Default)]
pub(super) struct Checks {
    /// By the object that is checked, and by instance of it.
    objects: BTreeMap<(CheckKind, String), BTreeMap<String, CheckedObject>>,
    /// Whether failed conditions of resources and outputs are only warned of: a run that just looks is stopped by none.
    only_warns: bool,
    /// Whether the run evaluates conditions at all; one that destroys does not.
    takes_place: bool,
    /// The results in the plan that is being applied. They stand for conditions that are not evaluated again.
    planned: Option<Vec<CheckState>>,
}

impl Checks {
    pub(super) fn of(options: &PlanOptions) -> Self {
        let mode = options.mode;
        Self {
            objects: BTreeMap::new(),
            // An import changes nothing but the one object.
            only_warns: mode == Mode::RefreshOnly || !options.imports.is_empty(),
            takes_place: mode != Mode::Destroy,
            planned: None,
        }
    }

    /// Continues from the results of a plan that is being applied.
    pub(super) fn is_applied(&mut self, planned: &[CheckState]) {
        self.planned = Some(planned.to_vec());
    }

    /// Checks an instance's preconditions, before it is planned.
    pub(super) fn before(
        &mut self,
        address: &AbsoluteInstance,
        rules: &[Rule],
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        self.instance(address, rules, "Resource precondition failed", scope, faults)
    }

    /// Checks the postconditions of an instance, which is now `object`.
    pub(super) fn after(
        &mut self,
        (address, object): (&AbsoluteInstance, &Value),
        rules: &[Rule],
        scope: &dyn Scope,
        faults: &mut Diagnostics,
    ) -> bool {
        let mut found = Diagnostics::new();
        let holds = self.instance(address, rules, "Resource postcondition failed", scope, &mut found);
        // A provider may have copied a secret argument into an attribute that is not marked.
        for note in found.iter_mut().flat_map(|fault| &mut fault.values) {
            note.statement = Secrets::of([object]).hide(&note.statement).into_owned();
        }
        faults.extend(found);
        holds
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
        self.hold(whose, address.to_string(), rules, (summary, self.severity()), scope, faults)
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
        self.hold(whose, instance, &output.preconditions, (summary, self.severity()), scope, faults)
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

    fn severity(&self) -> Severity {
        if self.only_warns { Severity::Warning } else { Severity::Error }
    }

    /// Notes an instance that the run does not select: its conditions are not evaluated.
    pub(super) fn leave_open(&mut self, resource: &Resource, address: &AbsoluteInstance) {
        if resource.preconditions.is_empty() && resource.postconditions.is_empty() {
            return;
        }
        let name = address.to_string();
        let object =
            CheckedObject { address: name.clone(), status: CheckStatus::Unknown, messages: Vec::new() };
        let whose = (CheckKind::Resource, address.path().to_string());
        self.objects.entry(whose).or_default().entry(name).or_insert(object);
    }

    /// Notes a variable (`var.name`) or an output (`output.name`) whose conditions were not evaluated.
    pub(super) fn open(&mut self, kind: CheckKind, module: &ModuleInstance, name: &str) {
        let instance = within(module, name);
        let object =
            CheckedObject { address: instance.clone(), status: CheckStatus::Unknown, messages: Vec::new() };
        let whose = (kind, within(&module.path(), name));
        self.objects.entry(whose).or_default().entry(instance).or_insert(object);
    }

    /// Notes that the data source inside a `check` block could not be read. That is the check's only finding, because
    /// its assertions have nothing to look at.
    pub(super) fn unread(&mut self, module: &ModuleInstance, check: &str, messages: Vec<String>) {
        let (whose, instance) = check_in(module, check);
        let status = CheckStatus::Fail;
        let object = CheckedObject { address: instance.clone(), status, messages };
        self.objects.entry(whose).or_default().insert(instance, object);
    }

    /// Evaluates the assertions of all `check` blocks that can be evaluated. A false assertion is a warning and stops
    /// nothing; one that cannot be evaluated is an error.
    pub(super) fn blocks(
        &mut self,
        configuration: &Configuration,
        evaluator: &Evaluator<'_>,
        is_open: &dyn Fn(ModuleId, &Check) -> bool,
        faults: &mut Diagnostics,
    ) {
        for (id, node) in configuration.nodes().filter(|(_, node)| !node.module.checks.is_empty()) {
            for module in evaluator.expansion(id).unwrap_or_default().iter() {
                let scope = evaluator.scope(module, Surroundings::default());
                for check in node.module.checks.values() {
                    let (whose, instance) = check_in(module, &check.name);
                    if is_open(id, check) {
                        let object = CheckedObject {
                            address: instance.clone(),
                            status: CheckStatus::Unknown,
                            messages: Vec::new(),
                        };
                        self.objects.entry(whose).or_default().entry(instance).or_insert(object);
                        continue;
                    }
                    if self.objects.get(&whose).is_some_and(|objects| objects.contains_key(&instance)) {
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
                Verdict::Open => {
                    if whose.0 == CheckKind::Check && self.planned.is_none() {
                        let why =
                            "It depends on something that is not known yet, and is evaluated during apply.";
                        let fault = Diagnostic::warning("Check assertion is not decided yet", why);
                        faults.push(fault.at(rule.condition.span()).address(instance.clone()));
                    }
                    CheckStatus::Unknown
                }
                Verdict::Faulty => CheckStatus::Error,
                Verdict::Broken(message) => {
                    let fault = match severity {
                        Severity::Error => Diagnostic::error(summary, message.clone()),
                        Severity::Warning => Diagnostic::warning(summary, message.clone()),
                    };
                    let looked_at = expression::looked_at(&rule.condition, scope);
                    faults.push(fault.at(rule.condition.span()).values(looked_at).address(instance.clone()));
                    messages.push(message);
                    CheckStatus::Fail
                }
            };
            status = status.max(found);
        }
        let objects = self.objects.entry(whose).or_default();
        let known = objects.entry(instance.clone()).or_insert_with(|| CheckedObject {
            address: instance,
            status: CheckStatus::Pass,
            messages: Vec::new(),
        });
        known.status = known.status.max(status);
        known.messages.extend(messages);
        match status {
            CheckStatus::Fail => severity == Severity::Warning,
            CheckStatus::Error => false,
            CheckStatus::Pass | CheckStatus::Unknown => true,
        }
    }

    /// The results for everything with conditions, evaluated or not. Something that was checked and has no instances
    /// has passed.
    pub(super) fn into_states(
        mut self,
        configuration: &Configuration,
        had_turn: &dyn Fn(ModuleId, Option<What<'_>>) -> bool,
    ) -> Vec<CheckState> {
        for CheckState { kind, address, objects, .. } in self.planned.take().into_iter().flatten() {
            let found = self.objects.entry((kind, address)).or_default();
            for object in objects {
                found.entry(object.address.clone()).or_insert(object);
            }
        }
        let mut instanceless = BTreeMap::new();
        for (id, node) in configuration.nodes() {
            let module = &node.module;
            let resources = module.resources.iter().filter(|(_, resource)| {
                !resource.preconditions.is_empty() || !resource.postconditions.is_empty()
            });
            let resources = resources.map(|(address, _)| {
                (CheckKind::Resource, address.to_string(), Some(What::Resource(address)))
            });
            let outputs = module.outputs.iter().filter(|(_, output)| !output.preconditions.is_empty());
            let outputs = outputs
                .map(|(name, _)| (CheckKind::Output, format!("output.{name}"), Some(What::Output(name))));
            let variables = module.variables.iter().filter(|(_, variable)| !variable.validations.is_empty());
            let variables = variables
                .map(|(name, _)| (CheckKind::Variable, format!("var.{name}"), Some(What::Variable(name))));
            let checks = module.checks.keys().map(|name| (CheckKind::Check, format!("check.{name}"), None));
            for (kind, name, what) in resources.chain(outputs).chain(variables).chain(checks) {
                let whose = (kind, within(&node.path, &name));
                if self.objects.get(&whose).is_none_or(BTreeMap::is_empty) {
                    let fine = self.takes_place && had_turn(id, what);
                    instanceless
                        .insert(whose.clone(), if fine { CheckStatus::Pass } else { CheckStatus::Unknown });
                    self.objects.insert(whose, BTreeMap::new());
                }
            }
        }
        let states = self.objects.into_iter().map(|(whose, objects)| {
            let objects: Vec<CheckedObject> = objects.into_values().collect();
            let known = objects.iter().map(|object| object.status).max();
            let status = known.or_else(|| instanceless.get(&whose).copied()).unwrap_or_default();
            let (kind, address) = whose;
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
