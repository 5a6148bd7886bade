//! The attributes that contributed to a plan's changes.

use std::collections::HashSet;

use serde::Serialize;

use crate::address::{InstanceKey, ModuleInstance, ResourceAddress};
use crate::config::{Configuration, ModuleId, ModuleNode};
use crate::eval::Subject;
use crate::plan::{Action, Plan};
use crate::syntax::{Expression, Reference, Step, StepKind};
use crate::value::Name;

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct RelevantForm {
    resource: String,
    attribute: Vec<StepForm>,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum StepForm {
    Name(String),
    Index(u64),
}

/// Everything that the changes of a plan refer to, directly or through values.
pub(super) fn relevant(plan: &Plan, configuration: &Configuration) -> Vec<RelevantForm> {
    let mut search =
        Search { configuration, pending: Vec::new(), seen: HashSet::new(), found: Findings::default() };
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        let (module, resource) = (change.address.module.clone(), change.address.resource.clone());
        search.add(Thing::Resource { module, resource });
    }
    for (name, _) in plan.outputs.iter().filter(|(_, output)| output.action != Action::NoOp) {
        search.add(Thing::Output { module: ModuleInstance::root(), name: name.clone() });
    }
    while let Some(thing) = search.pending.pop() {
        search.look_into(&thing);
    }
    search.found.forms
}

/// Something that refers to others.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Thing {
    Resource { module: ModuleInstance, resource: ResourceAddress },
    Local { module: ModuleInstance, name: Name },
    Variable { module: ModuleInstance, name: Name },
    Output { module: ModuleInstance, name: Name },
}

struct Search<'c> {
    configuration: &'c Configuration,
    pending: Vec<Thing>,
    seen: HashSet<Thing>,
    found: Findings,
}

/// In the order of discovery, each once.
#[derive(Default)]
struct Findings {
    forms: Vec<RelevantForm>,
    seen: HashSet<(String, String)>,
}

impl<'c> Search<'c> {
    fn add(&mut self, thing: Thing) {
        if self.seen.insert(thing.clone()) {
            self.pending.push(thing);
        }
    }

    fn place(&self, module: &ModuleInstance) -> Option<(ModuleId, &'c ModuleNode)> {
        self.configuration.find(&module.path())
    }

    fn look_into(&mut self, thing: &Thing) -> Option<()> {
        match thing {
            Thing::Resource { module, resource } => {
                let (_, node) = self.place(module)?;
                let resource = node.module.resources.get(resource)?;
                resource.body.references(&mut |reference| self.refer(reference, module));
                if let Some(expression) = resource.repetition.expression() {
                    self.expression(expression, module);
                }
            }
            Thing::Local { module, name } => {
                let (_, node) = self.place(module)?;
                self.expression(&node.module.locals.get(name)?.expression, module);
            }
            Thing::Output { module, name } => {
                let (_, node) = self.place(module)?;
                self.expression(node.module.outputs.get(name)?.value.as_ref()?, module);
            }
            Thing::Variable { module, name } => {
                let (id, _) = self.place(module)?;
                let (_, call) = self.configuration.call_of(id)?;
                let (caller, ..) = module.parent()?;
                let content = call.body.everything();
                self.expression(&content.attributes.get(name)?.expression, &caller);
            }
        }
        Some(())
    }

    fn expression(&mut self, expression: &Expression, module: &ModuleInstance) {
        for reference in expression.references() {
            self.refer(&reference, module);
        }
    }

    fn refer(&mut self, reference: &Reference<'_>, module: &ModuleInstance) {
        let Ok((subject, taken)) = Subject::of(reference) else { return };
        let rest = reference.steps.get(taken..).unwrap_or_default();
        let module = module.clone();
        match subject {
            Subject::Local(name) => self.add(Thing::Local { module, name: name.into() }),
            Subject::Variable(name) => self.add(Thing::Variable { module, name: name.into() }),
            Subject::Module(name) => {
                let (key, rest) = instance_key(reference, rest);
                let output = rest.first().and_then(|step| step_name(reference, step));
                if let Some(output) = output {
                    self.add(Thing::Output { module: module.child(name, key), name: output.into() });
                }
            }
            Subject::Resource(resource) => {
                let (key, rest) = instance_key(reference, rest);
                self.found.add(resource.within(module.clone()).instance(key).to_string(), reference, rest);
                self.add(Thing::Resource { module, resource });
            }
            Subject::Path(_)
            | Subject::Terraform(_)
            | Subject::Count(_)
            | Subject::Each(_)
            | Subject::SelfObject => {}
        }
    }
}

impl Findings {
    fn add(&mut self, resource: String, reference: &Reference<'_>, steps: &[Step]) {
        let attribute: Vec<StepForm> = steps
            .iter()
            .map_while(|step| match &step.kind {
                StepKind::Number(index) => {
                    reference.file.number(*index).to_usize().map(|index| StepForm::Index(index as u64))
                }
                _ => step_name(reference, step).map(|name| StepForm::Name(name.to_owned())),
            })
            .collect();
        if self.seen.insert((resource.clone(), format!("{attribute:?}"))) {
            self.forms.push(RelevantForm { resource, attribute });
        }
    }
}

/// The instance key at the start of a reference to something with instances, and the steps after it.
fn instance_key<'s>(reference: &Reference<'_>, steps: &'s [Step]) -> (InstanceKey, &'s [Step]) {
    let key = steps.first().and_then(|step| match &step.kind {
        StepKind::Attribute(_) => None,
        StepKind::Key(key) => Some(InstanceKey::text(reference.file.text(*key))),
        StepKind::Number(index) => {
            reference.file.number(*index).to_usize().map(|index| InstanceKey::Number(index as u64))
        }
    });
    match key {
        Some(key) => (key, steps.get(1..).unwrap_or_default()),
        None => (InstanceKey::None, steps),
    }
}

fn step_name<'r>(reference: &Reference<'r>, step: &Step) -> Option<&'r str> {
    match &step.kind {
        StepKind::Attribute(name) | StepKind::Key(name) => Some(reference.file.text(*name)),
        StepKind::Number(_) => None,
    }
}
