//! Evaluating values: variables, locals, outputs, and module calls.

use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::Surroundings;
use crate::eval::validate::{Thing, What};
use crate::plan::{Mode, PlanOptions};

use super::Walk;
use super::resource::undecided;

impl<'w> Walk<'w> {
    /// Says of a value that was refused where it came from. Where it was given is the address of such a variable.
    fn with_origin(&self, fault: Diagnostic, variable: &Variable) -> Diagnostic {
        let fault = Diagnostic { address: None, ..fault };
        let fault = fault.related(format!("Variable \"{}\"", variable.name), variable.span.clone());
        match self.request.given.get(&variable.name) {
            Some(place) => fault.related("the value", place.clone()),
            None => fault,
        }
    }

    /// Whether the rules of a variable matter to the run. To destroy what is not looked at first, nothing of the
    /// configuration is needed.
    fn is_held(&self, variable: &Thing<'_>) -> bool {
        let PlanOptions { mode, skip_refresh, .. } = self.request.options;
        let looks = mode != Mode::Destroy || !(skip_refresh || self.stored.is_empty());
        looks && self.selection.as_ref().is_none_or(|selection| selection.holds(variable))
    }

    /// Evaluates a value now, so that its errors are found even if nothing uses it.
    pub(super) fn settle(&self, thing: &Thing<'w>) -> bool {
        if !self.takes_part(thing) {
            return true;
        }
        let mut faults = Diagnostics::new();
        let module = &self.request.configuration.node(thing.module).module;
        if self.request.options.mode == Mode::Destroy && !matches!(thing.what, What::Variable(_)) {
            return true;
        }
        match &thing.what {
            What::Variable(name) => {
                if self.request.options.mode != Mode::Destroy {
                    for module in self.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                        self.evaluator.variable_of(module, name);
                    }
                }
                let variable = module.variables.get(*name);
                let variable = variable.filter(|one| !one.validations.is_empty() && self.is_held(thing));
                if let (Some(variable), Some(modules)) = (variable, self.evaluator.expansion(thing.module)) {
                    for module in modules.iter() {
                        let scope = self.evaluator.scope(module, Surroundings::default());
                        let mut found = self.found.borrow_mut();
                        let mut refused = Diagnostics::new();
                        found.checks.variable(module, variable, &scope, &mut refused);
                        let refused = refused.into_iter().map(|fault| match module.is_root() {
                            true => self.with_origin(fault, variable),
                            false => fault,
                        });
                        faults.extend(refused);
                    }
                }
            }
            What::Local(name) => {
                for module in self.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                    self.evaluator.local_of(module, name);
                }
            }
            What::Output(name) => {
                for module in self.evaluator.expansion(thing.module).unwrap_or_default().iter() {
                    let Some(output) =
                        self.request.configuration.node(thing.module).module.outputs.get(*name)
                    else {
                        continue;
                    };
                    let mut found = self.found.borrow_mut();
                    let scope = self.evaluator.scope(module, Surroundings::default());
                    if found.checks.output(module, output, &scope, &mut faults) {
                        self.evaluator.output_of(module, name);
                    }
                }
            }
            What::Call(name) => {
                let children = &self.request.configuration.node(thing.module).children;
                if let Some(child) = children.get(*name)
                    && self.evaluator.expansion(thing.module).is_some()
                    && self.evaluator.expansion(*child).is_none()
                {
                    faults.extend(self.evaluator.take_faults());
                    if let Some(call) = module.calls.get(*name).filter(|_| !faults.has_errors()) {
                        faults.push(undecided(&call.repetition, &format!("module.{name}")));
                    }
                }
            }
            What::Provider(_) | What::Resource(_) => {}
        }
        faults.extend(self.evaluator.take_faults());
        let sound = !faults.has_errors();
        self.diagnostics.borrow_mut().extend(faults);
        sound
    }
}
