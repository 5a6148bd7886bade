//! The values of a configuration, each evaluated when it is first needed, and only once.
//!
//! What is outside the language arrives through [`Objects`] (resources) and the function table (files, clock). Errors
//! in named values are kept until [`Evaluator::take_faults`]; such a value is unknown.

mod call;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::HashMap;

use crate::address::{ModuleInstance, ResourceAddress};
use crate::config::{Configuration, ModuleId, ModuleNode, Variable};
use crate::diag::{Diagnostics, Span};
use crate::expression::evaluate;
use crate::syntax::Attributes;
use crate::value::{Mark, Marks, Name, Type, Value};

use super::accepted::accept;
use super::functions::{Named, Table};
use super::memo::Memo;
use super::repetition::Instances;
use super::scope::{ModuleScope, Surroundings};

/// The present values of resources, for references.
pub trait Objects: Sync {
    /// The value of a whole resource: an object or, with `count` or `for_each`, all of them together.
    fn resource(
        &self,
        evaluator: &Evaluator<'_>,
        module: &ModuleInstance,
        resource: &ResourceAddress,
    ) -> Value;
}

/// Knows no objects.
#[derive(Debug)]
pub struct NothingKnown;

impl Objects for NothingKnown {
    fn resource(
        &self,
        _evaluator: &Evaluator<'_>,
        _module: &ModuleInstance,
        resource: &ResourceAddress,
    ) -> Value {
        match resource.mode {
            crate::address::ResourceMode::Ephemeral => Value::dynamic().mark(Mark::Ephemeral),
            _ => Value::dynamic(),
        }
    }
}

/// What an evaluation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Valid for all inputs: variables and outputs of modules are unknown, and each module is evaluated once.
    Validation,
    /// For these inputs.
    Values,
    /// As `Values`, while a plan is applied.
    Applying,
}

/// The place and the name of the project.
#[derive(Clone, Debug)]
pub struct Place {
    /// `path.cwd`: the current directory.
    pub current: String,
    /// `path.root`: the root module, relative to the current directory.
    pub root: String,
    /// `terraform.workspace`: the environment's name. If it is empty, any environment is meant, and the value is
    /// unknown.
    pub environment: String,
}

/// Evaluates one configuration with one set of inputs.
pub struct Evaluator<'c> {
    pub(super) configuration: &'c Configuration,
    pub(super) purpose: Purpose,
    pub(super) place: Place,
    pub(super) functions: Table,
    /// The origins of the environment's name, if origins are traced.
    pub(super) follows: Option<Marks>,
    objects: &'c dyn Objects,
    inputs: BTreeMap<Name, Value>,
    modules: Mutex<BTreeMap<ModuleInstance, Arc<ModuleValues>>>,
    /// The instances of modules, as far as they are known.
    expansions: Mutex<HashMap<ModuleId, Arc<[ModuleInstance]>>>,
    faults: Mutex<Diagnostics>,
}

/// One instance of a module with its cached values.
pub(super) struct ModuleValues {
    pub(super) id: ModuleId,
    pub(super) instance: ModuleInstance,
    /// The values of `count` and `each` in the call of this instance.
    surroundings: Surroundings,
    /// The arguments of that call, decoded once for all variables.
    given: OnceLock<Attributes>,
    variables: BTreeMap<Name, Memo<Value>>,
    locals: BTreeMap<Name, Memo<Value>>,
    outputs: BTreeMap<Name, Memo<Value>>,
    /// Functions of providers, by the names that the module gives them.
    provider_functions: OnceLock<Named>,
    /// The instances of each call.
    calls: BTreeMap<Name, Memo<Arc<(Instances, Marks)>>>,
}

impl<'c> Evaluator<'c> {
    /// `inputs` are the root module's variables, converted, and complete as far as they are known.
    pub fn new(
        configuration: &'c Configuration,
        purpose: Purpose,
        place: Place,
        functions: Table,
        objects: &'c dyn Objects,
        inputs: BTreeMap<Name, Value>,
    ) -> Self {
        Self {
            configuration,
            purpose,
            place,
            functions,
            follows: None,
            objects,
            inputs,
            modules: Mutex::default(),
            expansions: Mutex::default(),
            faults: Mutex::default(),
        }
    }

    pub fn configuration(&self) -> &'c Configuration {
        self.configuration
    }

    /// Traces the origins of values; those of the environment's name are given.
    #[must_use]
    pub fn following(mut self, name: Marks) -> Self {
        self.follows = Some(name);
        self
    }

    /// The scope of a module in which every call on the path is evaluated once, without a key. To make it, nothing is
    /// evaluated, so that it is there also for what a call has no instance of.
    pub fn unkeyed_scope(&self, id: ModuleId, surroundings: Surroundings) -> ModuleScope<'_, 'c> {
        let instance = self.configuration.node(id).path.unkeyed();
        ModuleScope::new(self, self.module(&instance, id, Surroundings::default()), surroundings)
    }

    /// The instances of a module, in the order of their keys; `None` if some `count` or `for_each` on the path is
    /// unknown or has an error.
    pub fn expansion(&self, id: ModuleId) -> Option<Arc<[ModuleInstance]>> {
        let known = self.expansions.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if known.is_some() {
            return known;
        }
        let found: Arc<[ModuleInstance]> = self.expand(id)?.into();
        self.expansions.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&found));
        Some(found)
    }

    fn expand(&self, id: ModuleId) -> Option<Vec<ModuleInstance>> {
        let node = self.configuration.node(id);
        let Some(parent_id) = node.parent else { return Some(vec![ModuleInstance::root()]) };
        let (_, name) = node.path.parent()?;
        let mut found = Vec::new();
        for parent in self.expansion(parent_id)?.iter() {
            let parent = self.existing(parent, parent_id);
            let instances = self.instances(&parent, name);
            if matches!(instances.0, Instances::Unknown) {
                return None;
            }
            let children = instances.0.keys().map(|key| self.child(&parent, name, id, &key));
            found.extend(children.map(|child| child.instance.clone()));
        }
        Some(found)
    }

    /// Whether the module calls create this instance, as far as that is known.
    pub fn declares(&self, instance: &ModuleInstance) -> bool {
        let Some((parent, name, key)) = instance.parent() else { return true };
        let Some((id, _)) = self.configuration.find(&parent.path()) else { return false };
        self.configuration.node(id).module.calls.contains_key(name)
            && self.declares(&parent)
            && self.instances(&self.existing(&parent, id), name).0.contains(key)
    }

    /// The scope of a module instance, which must exist.
    pub fn scope(&self, instance: &ModuleInstance, surroundings: Surroundings) -> ModuleScope<'_, 'c> {
        let id = self.configuration.find(&instance.path()).map(|(id, _)| id);
        let id = id.expect("instances are of modules that are called");
        ModuleScope::new(self, self.existing(instance, id), surroundings)
    }

    /// An output of an instance of a module.
    pub fn output_of(&self, instance: &ModuleInstance, name: &str) -> Value {
        let id = self.configuration.find(&instance.path()).map(|(id, _)| id);
        let id = id.expect("instances are of modules that are called");
        self.output(&self.existing(instance, id), name)
    }

    /// A local value of an instance of a module.
    pub fn local_of(&self, instance: &ModuleInstance, name: &str) -> Value {
        let id = self.configuration.find(&instance.path()).map(|(id, _)| id);
        let id = id.expect("instances are of modules that are called");
        self.local(&self.existing(instance, id), name)
    }

    /// A variable of an instance of a module.
    pub fn variable_of(&self, instance: &ModuleInstance, name: &str) -> Value {
        let id = self.configuration.find(&instance.path()).map(|(id, _)| id);
        let id = id.expect("instances are of modules that are called");
        self.variable(&self.existing(instance, id), name)
    }

    /// An instance with the values of `count` and `each` in its call, from the cache if possible.
    fn existing(&self, instance: &ModuleInstance, id: ModuleId) -> Arc<ModuleValues> {
        if let Some(known) = self.modules.lock().unwrap_or_else(PoisonError::into_inner).get(instance) {
            return Arc::clone(known);
        }
        match (instance.parent(), self.configuration.node(id).parent) {
            (Some((parent, name, key)), Some(parent_id)) => {
                self.child(&self.existing(&parent, parent_id), name, id, key)
            }
            _ => self.module(instance, id, Surroundings::default()),
        }
    }

    /// The origins of what decided that a module instance exists.
    pub fn existence(&self, instance: &ModuleInstance) -> Marks {
        let Some((parent, name, _)) = instance.parent() else { return Marks::none() };
        let above = self.existence(&parent);
        let Some((id, _)) = self.configuration.find(&parent.path()) else { return above };
        above.union(&self.instances(&self.existing(&parent, id), name).1)
    }

    /// The name of the environment.
    pub fn environment(&self) -> &str {
        &self.place.environment
    }

    /// The errors found since the last call.
    pub fn take_faults(&self) -> Diagnostics {
        std::mem::take(&mut *self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn node(&self, module: &ModuleValues) -> &'c ModuleNode {
        self.configuration.node(module.id)
    }

    fn module(
        &self,
        instance: &ModuleInstance,
        id: ModuleId,
        surroundings: Surroundings,
    ) -> Arc<ModuleValues> {
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = modules.get(instance) {
            return Arc::clone(found);
        }
        let module = &self.configuration.node(id).module;
        let values = Arc::new(ModuleValues {
            id,
            instance: instance.clone(),
            surroundings,
            given: OnceLock::new(),
            variables: module.variables.keys().map(|name| (name.clone(), Memo::default())).collect(),
            locals: module.locals.keys().map(|name| (name.clone(), Memo::default())).collect(),
            outputs: module.outputs.keys().map(|name| (name.clone(), Memo::default())).collect(),
            provider_functions: OnceLock::new(),
            calls: module.calls.keys().map(|name| (name.clone(), Memo::default())).collect(),
        });
        modules.insert(instance.clone(), Arc::clone(&values));
        values
    }

    /// Evaluates something with a name, keeping its errors for later.
    fn settle<T>(&self, work_out: impl FnOnce(&mut Diagnostics) -> T) -> T {
        let mut diagnostics = Diagnostics::new();
        let value = stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || work_out(&mut diagnostics));
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(diagnostics);
        value
    }

    /// A value that depends on itself was reported as a cycle, and is then unknown.
    fn once(memo: Option<&Memo<Value>>, work_out: impl FnOnce() -> Value) -> Value {
        memo.and_then(|memo| memo.get(work_out)).unwrap_or_else(Value::dynamic)
    }

    pub(super) fn local(&self, module: &Arc<ModuleValues>, name: &str) -> Value {
        Self::once(module.locals.get(name), || {
            self.settle(|diagnostics| match self.node(module).module.locals.get(name) {
                Some(local) => {
                    let scope = ModuleScope::new(self, Arc::clone(module), Surroundings::default());
                    evaluate(&local.expression, &scope, diagnostics)
                }
                None => Value::dynamic(),
            })
        })
    }

    pub(super) fn variable(&self, module: &Arc<ModuleValues>, name: &str) -> Value {
        let Some(variable) = self.node(module).module.variables.get(name) else { return Value::dynamic() };
        let value = match self.purpose {
            Purpose::Validation => Value::unknown(variable.constraint.ty.without_optional()),
            Purpose::Values | Purpose::Applying => {
                Self::once(module.variables.get(name), || self.input(module, variable))
            }
        };
        marked(value, variable.sensitive, variable.ephemeral)
    }

    fn input(&self, module: &Arc<ModuleValues>, variable: &Variable) -> Value {
        let unknown = || Value::unknown(variable.constraint.ty.without_optional());
        if module.instance.is_root() {
            return self.inputs.get(&variable.name).cloned().unwrap_or_else(unknown);
        }
        self.settle(|diagnostics| {
            let given = self.argument(module, &variable.name, diagnostics);
            accept(variable, given, diagnostics).unwrap_or_else(unknown)
        })
    }

    /// The argument of a module call for a variable.
    fn argument(
        &self,
        module: &Arc<ModuleValues>,
        name: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Value, Span)> {
        let (parent, _, _) = module.instance.parent()?;
        let (parent_node, call) = self.configuration.call_of(module.id)?;
        let (parent_id, _) = self.configuration.find(&parent_node.path)?;
        let given = module.given.get_or_init(|| call.body.attributes(&mut Diagnostics::new()));
        let attribute = given.get(name)?;
        let parent = self.module(&parent, parent_id, Surroundings::default());
        let scope = ModuleScope::new(self, parent, module.surroundings.clone());
        Some((evaluate(&attribute.expression, &scope, diagnostics), attribute.expression.span()))
    }

    pub(super) fn output(&self, module: &Arc<ModuleValues>, name: &str) -> Value {
        let Some(output) = self.node(module).module.outputs.get(name) else { return Value::dynamic() };
        let value = Self::once(module.outputs.get(name), || {
            self.settle(|diagnostics| match &output.value {
                Some(expression) => {
                    let scope = ModuleScope::new(self, Arc::clone(module), Surroundings::default());
                    evaluate(expression, &scope, diagnostics)
                }
                None => Value::dynamic(),
            })
        });
        // As in Terraform, "sensitive" on an output of the root module only affects its display.
        marked(value, false, output.ephemeral)
    }

    pub(super) fn resource(&self, module: &ModuleValues, address: &ResourceAddress) -> Value {
        self.objects.resource(self, &module.instance, address)
    }

    /// `terraform.applying`: false unless a plan is being applied.
    pub(super) fn applying(&self) -> Value {
        let value = match self.purpose {
            Purpose::Validation => Value::unknown(Type::Bool),
            Purpose::Values => Value::bool(false),
            Purpose::Applying => Value::bool(true),
        };
        value.mark(Mark::Ephemeral)
    }

    /// The functions of the providers that a module requires, as far as they are known.
    pub(super) fn provider_functions<'m>(&self, module: &'m ModuleValues) -> &'m Named {
        module.provider_functions.get_or_init(|| {
            let required = self.node(module).module.settings.required_providers.values();
            let offered = required.flat_map(|required| {
                let functions = self.functions.of_provider(&required.address).unwrap_or_default();
                functions.iter().map(|function| {
                    let name = format!("provider::{}::{}", required.local_name, function.name);
                    (name, Arc::clone(function))
                })
            });
            offered.collect()
        })
    }

    /// `path.module`: the module's directory, relative to the current directory.
    pub(super) fn module_path(&self, module: &ModuleValues) -> String {
        let directory = &self.node(module).module.directory;
        if directory.is_empty() { ".".to_owned() } else { Path::new(&**directory).display().to_string() }
    }
}

fn marked(value: Value, sensitive: bool, ephemeral: bool) -> Value {
    let value = if sensitive { value.mark(Mark::Sensitive) } else { value };
    if ephemeral { value.mark(Mark::Ephemeral) } else { value }
}
