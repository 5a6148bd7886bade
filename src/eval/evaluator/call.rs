//! The values of module calls: the outputs of their instances.

use std::sync::Arc;

use crate::address::InstanceKey;
use crate::config::{ModuleId, Repetition};
use crate::value::{Marks, Type, Value};

use super::super::repetition::{Instances, instances_with_origins};
use super::super::scope::{ModuleScope, Surroundings};
use super::{Evaluator, ModuleValues, Purpose};

impl Evaluator<'_> {
    /// All outputs of all instances of a call together.
    pub(in crate::eval) fn call(&self, module: &Arc<ModuleValues>, name: &str) -> Value {
        let node = self.node(module);
        let (Some(call), Some(child)) = (node.module.calls.get(name), node.children.get(name)) else {
            return Value::dynamic();
        };
        let outputs = &self.configuration.node(*child).module.outputs;
        if self.purpose == Purpose::Validation {
            // The type is an approximation: lists and maps where plans have tuples and objects, because that finds more
            // mistakes.
            let one = Type::object(outputs.keys().map(|name| (name.clone(), Type::Dynamic)));
            return Value::unknown(match call.repetition {
                Repetition::Once => one,
                Repetition::Count(_) => Type::list(one),
                Repetition::ForEach(_) => Type::map(one),
            });
        }
        let object = |key: &InstanceKey| {
            let instance = self.child(module, name, *child, key);
            Value::object(outputs.keys().map(|output| (output.clone(), self.output(&instance, output))))
        };
        let instances = self.instances(module, name);
        let value = match &instances.0 {
            Instances::Unknown => Value::dynamic(),
            Instances::Once => object(&InstanceKey::None),
            Instances::Counted(count) => {
                Value::tuple((0..*count).map(|index| object(&InstanceKey::Number(index))).collect())
            }
            Instances::Keyed(entries) => Value::object(
                entries.keys().map(|key| (key.clone(), object(&InstanceKey::Text(key.clone())))),
            ),
        };
        value.with_marks(&instances.1)
    }

    /// One output of one instance of a call, so that its other outputs need not be known yet. `None` if there is no
    /// such instance or output, or that is not known.
    pub(in crate::eval) fn call_output(
        &self,
        module: &Arc<ModuleValues>,
        name: &str,
        key: &InstanceKey,
        output: &str,
    ) -> Option<Value> {
        let node = self.node(module);
        let child = *node.children.get(name)?;
        if self.purpose == Purpose::Validation
            || !self.configuration.node(child).module.outputs.contains_key(output)
        {
            return None;
        }
        let instances = self.instances(module, name);
        let value = || self.output(&self.child(module, name, child, key), output);
        instances.0.contains(key).then(value).map(|value| value.with_marks(&instances.1))
    }

    pub(super) fn child(
        &self,
        module: &Arc<ModuleValues>,
        name: &str,
        id: ModuleId,
        key: &InstanceKey,
    ) -> Arc<ModuleValues> {
        let surroundings = self.instances(module, name).0.surroundings(key);
        self.module(&module.instance.child(name, key.clone()), id, surroundings)
    }

    pub(super) fn instances(&self, module: &Arc<ModuleValues>, name: &str) -> Arc<(Instances, Marks)> {
        let known = module.calls.get(name).zip(self.node(module).module.calls.get(name));
        let found = known.and_then(|(memo, call)| {
            memo.get(|| {
                let scope = ModuleScope::new(self, Arc::clone(module), Surroundings::default());
                Arc::new(self.settle(|faults| instances_with_origins(&call.repetition, &scope, faults)))
            })
        });
        found.unwrap_or_else(|| Arc::new((Instances::Unknown, Marks::none())))
    }
}
