//! Everything that an environment would create, as values.

use std::collections::BTreeMap;

use crate::address::{AbsoluteInstance, InstanceKey, ModuleInstance};
use crate::config::{Check, Configuration, ModuleId, ProviderConfig, Repetition};
use crate::diag::Diagnostics;
use crate::eval::validate::Schemas;
use crate::eval::{Evaluator, Instances, Surroundings, instances_with_origins};
use crate::expression::evaluate;
use crate::value::{Mark, Marks, Name, Value};

use super::reading::{arguments, nothing_known};
use super::resources::Resources;

/// The shape of an environment.
#[derive(Debug, Default)]
pub struct Shape {
    pub items: BTreeMap<(Section, String), Item>,
    /// For items without instances here: the marks of what decided that.
    pub absent: BTreeMap<String, Marks>,
}

/// The kinds of items to compare, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Variable,
    Provider,
    Resource,
    Check,
    Output,
}

/// One item to compare.
#[derive(Debug)]
pub struct Item {
    pub value: Value,
    /// The marks of what decided its existence, from the root down.
    pub existence: Marks,
    /// The resource or block that it is an instance of.
    pub block: String,
    /// Its address in a state.
    pub instance: Option<AbsoluteInstance>,
}

/// Evaluates everything. If errors were reported, the shape is incomplete.
pub fn evaluate_shape<'c>(
    evaluator: &Evaluator<'c>,
    configuration: &'c Configuration,
    schemas: &dyn Schemas,
    resources: &Resources<'c>,
    diagnostics: &mut Diagnostics,
) -> Shape {
    let mut work = Work { evaluator, configuration, schemas, shape: Shape::default(), diagnostics };
    work.variables();
    for (id, node) in configuration.nodes() {
        let Some(instances) = evaluator.expansion(id) else {
            work.unexpanded(id);
            continue;
        };
        for module in instances.iter() {
            let existence = evaluator.existence(module);
            for provider in node.module.providers.values() {
                work.provider(module, provider, &existence);
            }
            for (name, check) in &node.module.checks {
                work.check(module, name, check, &existence);
            }
            for address in node.module.resources.keys() {
                let Some(found) = resources.find(evaluator, module, address) else { continue };
                let whole = address.within(module.clone());
                let block = whole.to_string();
                if found.instances.is_empty() {
                    work.shape.absent.insert(block.clone(), existence.union(&found.origins));
                }
                for (key, arguments) in &found.instances {
                    let instance = match found.is_open {
                        true => format!("{block}[*]"),
                        false => whole.instance(key.clone()).to_string(),
                    };
                    let entries = arguments.object.entries().into_iter().flatten();
                    let mut entries: BTreeMap<Name, Value> =
                        entries.map(|(name, value)| (name.clone(), value.clone())).collect();
                    let others =
                        arguments.others.iter().map(|(name, value)| (Name::from(&**name), value.clone()));
                    entries.extend(others);
                    if found.is_open {
                        entries.insert("count".into(), nothing_known(&found.origins));
                    }
                    let item = Item {
                        value: Value::object(entries),
                        existence: existence.union(&found.origins),
                        block: block.clone(),
                        instance: (!found.is_open).then(|| whole.instance(key.clone())),
                    };
                    work.shape.items.insert((Section::Resource, instance), item);
                }
            }
        }
    }
    work.outputs();
    let mut faults = evaluator.take_faults();
    faults.extend(resources.take_faults());
    work.diagnostics.extend(faults);
    work.shape
}

struct Work<'w, 'c> {
    evaluator: &'w Evaluator<'c>,
    configuration: &'c Configuration,
    schemas: &'w dyn Schemas,
    shape: Shape,
    diagnostics: &'w mut Diagnostics,
}

impl Work<'_, '_> {
    fn add(&mut self, section: Section, address: String, value: Value, existence: Marks) {
        let item = Item { value, existence, block: address.clone(), instance: None };
        self.shape.items.insert((section, address), item);
    }

    fn variables(&mut self) {
        for name in self.configuration.root().module.variables.keys() {
            let value = self.evaluator.variable_of(&ModuleInstance::root(), name);
            self.add(Section::Variable, format!("var.{name}"), value, Marks::none());
        }
    }

    fn outputs(&mut self) {
        for output in self.configuration.root().module.outputs.values() {
            let value = self.evaluator.output_of(&ModuleInstance::root(), &output.name);
            let value = if output.sensitive { value.mark(Mark::Sensitive) } else { value };
            self.add(Section::Output, format!("output.{}", output.name), value, Marks::none());
        }
    }

    /// A module whose number of instances is not known yet. Its content is not compared, and everything that decides
    /// its number counts.
    fn unexpanded(&mut self, id: ModuleId) {
        let Some((parent, call)) = self.configuration.call_of(id) else { return };
        let Some((parent_id, _)) = self.configuration.find(&parent.path) else { return };
        let Some(parents) = self.evaluator.expansion(parent_id) else { return };
        for parent in parents.iter() {
            let scope = self.evaluator.scope(parent, Surroundings::default());
            let (_, origins) = instances_with_origins(&call.repetition, &scope, &mut Diagnostics::new());
            let address = parent.child(call.name.clone(), InstanceKey::None).to_string();
            self.add(Section::Resource, format!("{address}[*]"), nothing_known(&origins), origins);
        }
    }

    /// Adds the assertions of a check.
    fn check(&mut self, module: &ModuleInstance, name: &Name, check: &Check, existence: &Marks) {
        let scope = self.evaluator.scope(module, Surroundings::default());
        let asserts = check.asserts.iter().enumerate().map(|(index, rule)| {
            (format!("assert[{index}]"), evaluate(&rule.condition, &scope, self.diagnostics).deciding())
        });
        let value = Value::object(asserts.collect::<Vec<_>>());
        let address =
            if module.is_root() { format!("check.{name}") } else { format!("{module}.check.{name}") };
        self.add(Section::Check, address, value, existence.clone());
    }

    fn provider(&mut self, module: &ModuleInstance, provider: &ProviderConfig, existence: &Marks) {
        let (id, _) = self.configuration.find(&module.path()).expect("the module was found by its path");
        let address = self.configuration.node(id).module.provider_address(&provider.local.name);
        let schema = self.schemas.provider(&address).map(|known| &known.configuration);
        let block = match module.is_root() {
            true => format!("provider.{}", provider.local),
            false => format!("{module}.provider.{}", provider.local),
        };
        let scope = self.evaluator.scope(module, Surroundings::default());
        let repetition = match &provider.for_each {
            Some(expression) => Repetition::ForEach(expression.clone()),
            None => Repetition::Once,
        };
        let (instances, origins) = instances_with_origins(&repetition, &scope, self.diagnostics);
        let existence = existence.union(&origins);
        let keyed: Vec<(String, Surroundings)> = match &instances {
            Instances::Keyed(_) => {
                instances.keys().map(|key| (format!("{block}{key}"), instances.surroundings(&key))).collect()
            }
            _ => vec![(block.clone(), Surroundings::default())],
        };
        if keyed.is_empty() {
            self.shape.absent.insert(block.clone(), existence.clone());
        }
        for (name, surroundings) in keyed {
            let scope = scope.within(surroundings);
            let value = arguments(&provider.body, schema, &scope, self.diagnostics);
            let item = Item { value, existence: existence.clone(), block: block.clone(), instance: None };
            self.shape.items.insert((Section::Provider, name), item);
        }
    }
}

impl Section {
    /// The word for one item of the kind.
    pub fn word(self) -> &'static str {
        match self {
            Self::Variable => "variable",
            Self::Provider => "provider",
            Self::Resource => "resource",
            Self::Check => "check",
            Self::Output => "output",
        }
    }
}
