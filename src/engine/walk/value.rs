//! Evaluating values: variables, locals, outputs, and module calls.

use crate::diag::Diagnostics;
use crate::eval::Surroundings;
use crate::eval::validate::{Thing, What};
use crate::plan::Mode;

use super::Walk;
use super::resource::undecided;

impl<'w> Walk<'w> {
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
                let variable =
                    module.variables.get(*name).filter(|variable| !variable.validations.is_empty());
                if let (Some(variable), Some(modules)) = (variable, self.evaluator.expansion(thing.module)) {
                    for module in modules.iter() {
                        let scope = self.evaluator.scope(module, Surroundings::default());
                        let mut found = self.found.borrow_mut();
                        found.checks.variable(module, variable, &scope, &mut faults);
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
