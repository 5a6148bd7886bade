//! A place where an expression is checked, and what is true there.

use crate::config::{Module, ModuleId, ModuleNode, Resource};
use crate::diag::Diagnostics;
use crate::eval::block::Evaluate;
use crate::eval::evaluator::Evaluator;
use crate::eval::names::WithNames;
use crate::eval::scope::{Each, ModuleScope, Surroundings};
use crate::expression::{Names, Scope, evaluate};
use crate::syntax::Expression;
use crate::value::{Name, Type, Value};

use super::{Schemas, references};

/// A place in a module: its scope, and what references may mean there.
pub(super) struct Site<'a, 'c> {
    pub(super) evaluator: &'a Evaluator<'c>,
    pub(super) id: ModuleId,
    pub(super) schemas: &'a dyn Schemas,
    pub(super) scope: ModuleScope<'a, 'c>,
    /// The resource that `self` means.
    pub(super) owner: Option<&'a Resource>,
    /// The `check` block around it.
    pub(super) container: Option<Name>,
    /// Whether all declarations were understood.
    pub(super) whole: bool,
}

impl<'a, 'c> Site<'a, 'c> {
    pub(super) fn new(
        evaluator: &'a Evaluator<'c>,
        id: ModuleId,
        schemas: &'a dyn Schemas,
        whole: bool,
    ) -> Self {
        let scope = evaluator.unkeyed_scope(id, Surroundings::default());
        Self { evaluator, id, schemas, scope, owner: None, container: None, whole }
    }

    /// The same walk in another module.
    pub(super) fn in_module(&self, id: ModuleId) -> Self {
        Self::new(self.evaluator, id, self.schemas, self.whole)
    }

    pub(super) fn node(&self) -> &'c ModuleNode {
        self.evaluator.configuration.node(self.id)
    }

    pub(super) fn module(&self) -> &'c Module {
        &self.node().module
    }

    pub(super) fn inside_check(&self, name: &Name) -> Self {
        Self { container: Some(name.clone()), ..self.in_module(self.id) }
    }

    /// The same place with `count.index` and `each` as given.
    pub(super) fn repeated(&self, counted: bool, keyed: bool) -> Self {
        let surroundings = Surroundings {
            count_index: counted.then(|| Value::unknown(Type::Number)),
            each: keyed.then(|| Each { key: Value::unknown(Type::String), value: Some(Value::dynamic()) }),
            self_object: None,
        };
        Self {
            scope: self.scope.within(surroundings),
            container: self.container.clone(),
            owner: self.owner,
            ..*self
        }
    }

    /// The same place with `self` as a resource of the module.
    pub(super) fn of_owner(&self, owner: &'a Resource) -> Self {
        let surroundings =
            Surroundings { self_object: Some(Value::dynamic()), ..self.scope.surroundings().clone() };
        Self {
            scope: self.scope.within(surroundings),
            container: self.container.clone(),
            owner: Some(owner),
            ..*self
        }
    }

    /// The value of an expression, after its references were checked against the declarations.
    pub(super) fn value(&self, expression: &Expression, diagnostics: &mut Diagnostics) -> Value {
        Evaluate::value(self, expression, &Names::new(), diagnostics)
    }

    /// As [`Self::value`], in a scope on top of this site's.
    pub(super) fn value_over(
        &self,
        scope: &dyn Scope,
        expression: &Expression,
        names: &Names,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let mut faults = Diagnostics::new();
        for reference in expression.references() {
            if !names.iter().any(|(name, _)| **name == *reference.root) {
                references::check(&reference, self, &mut faults);
            }
        }
        if faults.has_errors() {
            diagnostics.extend(faults);
            return Value::dynamic();
        }
        diagnostics.extend(faults);
        if names.is_empty() {
            return evaluate(expression, scope, diagnostics);
        }
        evaluate(expression, &WithNames { below: scope, names }, diagnostics)
    }
}

impl Evaluate for Site<'_, '_> {
    fn value(&self, expression: &Expression, names: &Names, diagnostics: &mut Diagnostics) -> Value {
        self.value_over(&self.scope, expression, names, diagnostics)
    }
}
