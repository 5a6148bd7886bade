//! The scope of a module's expressions.

use std::sync::Arc;

use crate::address::InstanceKey;
use crate::diag::{Diagnostic, Diagnostics, closest};
use crate::expression::{Function, Reference, Resolution, Scope};
use crate::syntax::StepKind;
use crate::value::{Entries, Type, Value};

use super::Subject;
use super::declared;
use super::evaluator::{Evaluator, ModuleValues};

/// The prefix of provider functions.
const OF_PROVIDERS: &str = "provider::";

/// The values of `count`, `each` and `self` around an expression.
#[derive(Clone, Default)]
pub struct Surroundings {
    pub count_index: Option<Value>,
    pub each: Option<Each>,
    pub self_object: Option<Value>,
}

/// `each.key` and `each.value`; the value is missing if the element no longer exists.
#[derive(Clone)]
pub struct Each {
    pub key: Value,
    pub value: Option<Value>,
}

/// Names and functions as one module, or one instance of it, sees them.
pub struct ModuleScope<'e, 'c> {
    evaluator: &'e Evaluator<'c>,
    module: Arc<ModuleValues>,
    surroundings: Surroundings,
}

impl Surroundings {
    /// The surroundings of one instance of a repeated block; `values` are the elements of its `for_each`.
    pub fn for_key(key: &InstanceKey, values: Option<&Entries>) -> Self {
        let mut surroundings = Self::default();
        match key {
            InstanceKey::None => {}
            InstanceKey::Number(index) => surroundings.count_index = Some(number(*index)),
            InstanceKey::Text(text) => {
                let value = values.and_then(|values| values.get(text)).cloned();
                surroundings.each = Some(Each { key: Value::normalized_string(text.clone()), value });
            }
        }
        surroundings
    }
}

fn number(index: u64) -> Value {
    Value::number(crate::value::Number::from_u64(index))
}

impl<'e, 'c> ModuleScope<'e, 'c> {
    pub(super) fn new(
        evaluator: &'e Evaluator<'c>,
        module: Arc<ModuleValues>,
        surroundings: Surroundings,
    ) -> Self {
        Self { evaluator, module, surroundings }
    }

    /// The same module with other surroundings.
    #[must_use]
    pub fn within(&self, surroundings: Surroundings) -> Self {
        Self { evaluator: self.evaluator, module: Arc::clone(&self.module), surroundings }
    }

    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    fn value(&self, subject: &Subject<'_>, reference: &Reference<'_>) -> Result<Value, Diagnostic> {
        let evaluator = self.evaluator;
        match subject {
            Subject::Variable(name) => Ok(evaluator.variable(&self.module, name)),
            Subject::Local(name) => Ok(evaluator.local(&self.module, name)),
            Subject::Module(name) => Ok(evaluator.call(&self.module, name)),
            Subject::Resource(address) => Ok(evaluator.resource(&self.module, address)),
            Subject::Path(name) => self.path(name, reference),
            Subject::Terraform(name) => self.terraform(name, reference),
            Subject::Count(name) => self.count(name, reference),
            Subject::Each(name) => self.each(name, reference),
            Subject::SelfObject => self.surroundings.self_object.clone().ok_or_else(|| {
                Diagnostic::error(
                    "No \"self\" here",
                    "\"self\" is the object that a provisioner, a connection or a postcondition belongs to, and exists only there.",
                )
                .at(reference.span())
            }),
        }
    }

    fn path(&self, name: &str, reference: &Reference<'_>) -> Result<Value, Diagnostic> {
        let place = &self.evaluator.place;
        match name {
            "module" => Ok(Value::string(&self.evaluator.module_path(&self.module))),
            "root" => Ok(Value::string(&place.root)),
            "cwd" => Ok(Value::string(&place.current)),
            _ => Err(no_such("path", name, &["module", "root", "cwd"], reference)),
        }
    }

    fn terraform(&self, name: &str, reference: &Reference<'_>) -> Result<Value, Diagnostic> {
        match name {
            "workspace" => {
                let name = match self.evaluator.place.environment.as_str() {
                    "" => Value::unknown(Type::String).refine_not_null(),
                    name => Value::string(name),
                };
                Ok(self.evaluator.follows.iter().fold(name, Value::with_marks))
            }
            "applying" => Ok(self.evaluator.applying()),
            _ => Err(no_such("terraform", name, &["workspace", "applying"], reference)),
        }
    }

    fn count(&self, name: &str, reference: &Reference<'_>) -> Result<Value, Diagnostic> {
        if name != "index" {
            return Err(no_such("count", name, &["index"], reference));
        }
        self.surroundings.count_index.clone().ok_or_else(|| {
            Diagnostic::error(
                "No \"count\" here",
                "\"count.index\" exists only inside a block that has a \"count\" argument, and not in that argument itself.",
            )
            .at(reference.span())
        })
    }

    fn each(&self, name: &str, reference: &Reference<'_>) -> Result<Value, Diagnostic> {
        if !["key", "value"].contains(&name) {
            return Err(no_such("each", name, &["key", "value"], reference));
        }
        let absent = || {
            Diagnostic::error(
                format!("No \"each.{name}\" here"),
                format!("\"each.{name}\" exists only inside a block that has a \"for_each\" argument, and not in that argument itself."),
            )
            .at(reference.span())
        };
        let each = self.surroundings.each.as_ref().ok_or_else(absent)?;
        if name == "key" { Ok(each.key.clone()) } else { each.value.clone().ok_or_else(absent) }
    }

    /// An output of an instance of a call, with the number of steps. Such a reference waits for that output alone; the
    /// others may not be known yet.
    fn single_output(&self, subject: &Subject<'_>, reference: &Reference<'_>) -> Option<(Value, usize)> {
        let Subject::Module(call) = subject else { return None };
        let key = match reference.steps.get(1)?.kind {
            StepKind::Attribute(_) => InstanceKey::None,
            StepKind::Key(text) => InstanceKey::text(reference.file.text(text)),
            StepKind::Number(number) => {
                InstanceKey::Number(reference.file.number(number).to_i64()?.try_into().ok()?)
            }
        };
        let at = if key == InstanceKey::None { 1 } else { 2 };
        let value = self.evaluator.call_output(&self.module, call, &key, reference.attribute(at)?)?;
        Some((value, at + 1))
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        let (subject, taken) = Subject::of(reference)?;
        declared::check(&subject, &self.evaluator.node(&self.module).module, reference)?;
        if let Some((value, taken)) = self.single_output(&subject, reference) {
            return Ok(Resolution { value, taken });
        }
        let value = self.value(&subject, reference)?;
        Ok(Resolution { value, taken })
    }

    fn function(&self, name: &str) -> Option<&Function> {
        let found = match name.starts_with(OF_PROVIDERS) {
            true => self.evaluator.provider_functions(&self.module).get(name),
            false => self.evaluator.functions.get(name),
        };
        found.map(AsRef::as_ref)
    }

    fn may_have_function(&self, name: &str) -> bool {
        let Some((provider, _)) = name.strip_prefix(OF_PROVIDERS).and_then(|rest| rest.split_once("::"))
        else {
            return false;
        };
        let evaluator = self.evaluator;
        let mut required = evaluator.node(&self.module).module.settings.required_providers.values();
        let is_open = |address| evaluator.functions.of_provider(address).is_none();
        required.any(|required| &*required.local_name == provider && is_open(&required.address))
    }

    fn follows_origins(&self) -> bool {
        self.evaluator.follows.is_some()
    }

    fn function_names(&self) -> Vec<&str> {
        let own = self.evaluator.provider_functions(&self.module).keys().map(String::as_str);
        self.evaluator.functions.names().into_iter().chain(own).collect()
    }
}

fn no_such(root: &str, name: &str, known: &[&str], reference: &Reference<'_>) -> Diagnostic {
    let list = known.iter().map(|name| format!("{root}.{name}")).collect::<Vec<_>>().join(", ");
    let fault =
        Diagnostic::error("Unknown name", format!("There is no {root}.{name}; what exists is {list}."))
            .at(reference.span());
    match closest(name, known.iter().copied()) {
        Some(name) => fault.hint(format!("Did you mean \"{root}.{name}\"?")),
        None => fault,
    }
}
