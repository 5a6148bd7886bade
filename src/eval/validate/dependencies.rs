//! What depends on what in a configuration: variables, locals, outputs, resources, calls and providers.

use std::fmt;

use crate::address::{LocalProvider, ResourceAddress, ResourcePath};
use crate::config::{
    Configuration, Import, Module, ModuleCall, ModuleId, ModuleNode, Repetition, Resource, Rule,
};
use crate::eval::Subject;
use crate::expression::Reference;
use crate::graph::{Needs, Place};
use crate::syntax::{Expression, StepKind, Traversal};
use crate::value::Name;

use super::providers;

/// A node of the dependency graph, in its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thing<'c> {
    pub module: ModuleId,
    pub what: What<'c>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What<'c> {
    Variable(&'c Name),
    Local(&'c Name),
    Output(&'c Name),
    Resource(&'c ResourceAddress),
    /// The count or for_each of a call.
    Call(&'c Name),
    Provider(&'c LocalProvider),
}

impl<'c> What<'c> {
    /// The node that a reference inside a module is about, if it is one of this module.
    pub fn named(module: &'c Module, subject: &Subject<'_>) -> Option<Self> {
        match subject {
            Subject::Variable(name) => {
                module.variables.get_key_value(*name).map(|(name, _)| Self::Variable(name))
            }
            Subject::Local(name) => module.locals.get_key_value(*name).map(|(name, _)| Self::Local(name)),
            Subject::Resource(address) => {
                module.resources.get_key_value(address).map(|(address, _)| Self::Resource(address))
            }
            _ => None,
        }
    }
}

impl Thing<'_> {
    /// The path of the resource, if it is one.
    pub fn resource_path(&self, configuration: &Configuration) -> Option<ResourcePath> {
        let What::Resource(resource) = self.what else { return None };
        let module = configuration.node(self.module).path.clone();
        Some(ResourcePath { module, resource: resource.clone() })
    }
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Local(name) => write!(f, "local.{name}"),
            Self::Output(name) => write!(f, "output.{name}"),
            Self::Resource(address) => write!(f, "{address}"),
            Self::Call(name) => write!(f, "module.{name}"),
            Self::Provider(local) => write!(f, "provider {local}"),
        }
    }
}

/// The dependencies in a configuration, including everything that nothing depends on.
pub fn dependencies(configuration: &Configuration) -> Needs<Thing<'_>> {
    let mut finder = Finder { configuration, graph: Needs::new() };
    for (id, node) in configuration.nodes() {
        for what in things_of(&node.module) {
            finder.graph.add(Thing { module: id, what });
        }
        finder.module(id, node);
    }
    finder.graph
}

struct Finder<'c> {
    configuration: &'c Configuration,
    graph: Needs<Thing<'c>>,
}

/// A node whose dependencies are being collected: its place in the graph, and the module of its expressions.
#[derive(Clone, Copy)]
struct Needy {
    place: Place,
    id: ModuleId,
}

impl<'c> Finder<'c> {
    fn add(&mut self, id: ModuleId, what: What<'c>) -> Needy {
        Needy { place: self.graph.add(Thing { module: id, what }), id }
    }

    fn module(&mut self, id: ModuleId, node: &'c ModuleNode) {
        let module = &node.module;
        for (name, variable) in &module.variables {
            let own = |found: &Reference<'_>| found.root == "var" && found.attribute(0) == Some(name);
            let rules = variable.validations.iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
            for reference in rules.flat_map(Expression::references).filter(|found| !own(found)) {
                let variable = self.add(id, What::Variable(name));
                self.needs(variable, &reference);
            }
        }
        for (name, local) in &module.locals {
            let needy = self.add(id, What::Local(name));
            self.expression(needy, &local.expression);
        }
        for (name, output) in &module.outputs {
            let needy = self.add(id, What::Output(name));
            output.value.iter().for_each(|value| self.expression(needy, value));
            self.rules(needy, &output.preconditions);
            self.traversals(needy, &output.depends_on);
        }
        for (address, resource) in &module.resources {
            self.resource(id, address, resource);
        }
        for (local, provider) in &module.providers {
            let needy = self.add(id, What::Provider(local));
            provider.for_each.iter().for_each(|each| self.expression(needy, each));
            provider.body.references(&mut |reference| self.needs(needy, reference));
        }
        for (name, call) in &module.calls {
            self.call(id, node, name, call);
        }
        for import in &module.imports {
            self.import(id, import);
        }
    }

    /// The id of an import may come from other things.
    fn import(&mut self, id: ModuleId, import: &'c Import) {
        let Some((module, node)) = self.configuration.find(&import.resource.module) else { return };
        let Some((address, _)) = node.module.resources.get_key_value(&import.resource.resource) else {
            return;
        };
        let place = self.graph.add(Thing { module, what: What::Resource(address) });
        let own = |found: &Reference<'_>| {
            import.resource.module.is_root()
                && matches!(Subject::of(found), Ok((Subject::Resource(named), _)) if named == *address)
        };
        let expressions = [&import.id, &import.for_each].into_iter().flatten();
        for reference in expressions.flat_map(Expression::references).filter(|found| !own(found)) {
            self.needs(Needy { place, id }, &reference);
        }
    }

    fn resource(&mut self, id: ModuleId, address: &'c ResourceAddress, resource: &'c Resource) {
        let needy = self.add(id, What::Resource(address));
        self.repetition(needy, &resource.repetition);
        self.traversals(needy, &resource.depends_on);
        resource.body.references(&mut |reference| self.needs(needy, reference));
        self.rules(needy, &resource.preconditions);
        // Expressions that are evaluated after the resource's object exists may refer to it by its address.
        let own = |found: &Reference<'_>| matches!(Subject::of(found), Ok((Subject::Resource(named), _)) if named == *address);
        let mut late = |reference: &Reference<'_>| {
            if !own(reference) {
                self.needs(needy, reference);
            }
        };
        for rule in &resource.postconditions {
            let found = rule.condition.references().chain(rule.error_message.references());
            found.for_each(|reference| late(&reference));
        }
        if let Some(managed) = &resource.managed {
            if let Some(connection) = &managed.connection {
                connection.body.references(&mut late);
            }
            for provisioner in &managed.provisioners {
                provisioner.body.references(&mut late);
            }
            for expression in &managed.replace_triggered_by {
                self.expression(needy, expression);
            }
        }
        if let Some((module, local)) =
            providers::configuring(self.configuration, id, resource.local_provider())
        {
            self.graph.needs(needy.place, Thing { module, what: What::Provider(local) });
        }
    }

    fn call(&mut self, id: ModuleId, node: &'c ModuleNode, name: &'c Name, call: &'c ModuleCall) {
        let expansion = self.add(id, What::Call(name));
        self.repetition(expansion, &call.repetition);
        self.traversals(expansion, &call.depends_on);
        let Some(child) = node.children.get(name).copied() else { return };
        let inside = &self.configuration.node(child).module;
        for attribute in &call.body.everything().attributes {
            if let Some((argument, _)) = inside.variables.get_key_value(attribute.name()) {
                let variable = self.add(child, What::Variable(argument));
                self.expression(Needy { id, ..variable }, &attribute.expression);
            }
        }
        for what in things_of(inside) {
            let thing = self.add(child, what);
            self.graph.needs(thing.place, Thing { module: id, what: What::Call(name) });
        }
    }

    fn repetition(&mut self, needy: Needy, repetition: &Repetition) {
        if let Some(expression) = repetition.expression() {
            self.expression(needy, expression);
        }
    }

    fn rules(&mut self, needy: Needy, rules: &[Rule]) {
        for rule in rules {
            self.expression(needy, &rule.condition);
            self.expression(needy, &rule.error_message);
        }
    }

    fn expression(&mut self, needy: Needy, expression: &Expression) {
        for reference in expression.references() {
            self.needs(needy, &reference);
        }
    }

    fn traversals(&mut self, needy: Needy, traversals: &[Traversal]) {
        for traversal in traversals {
            let reference = traversal.reference();
            self.needs(needy, &reference);
            if let Ok((Subject::Module(name), _)) = Subject::of(&reference) {
                self.needs_resources(needy, name);
            }
        }
    }

    /// A dependent of a module waits for all of its resources, whether an output leads to them or not.
    fn needs_resources(&mut self, needy: Needy, call: &str) {
        let configuration = self.configuration;
        let mut waiting: Vec<ModuleId> =
            configuration.node(needy.id).children.get(call).copied().into_iter().collect();
        while let Some(id) = waiting.pop() {
            let node = configuration.node(id);
            for address in node.module.resources.keys() {
                self.graph.needs(needy.place, Thing { module: id, what: What::Resource(address) });
            }
            waiting.extend(node.children.values());
        }
    }

    fn needs(&mut self, needy: Needy, reference: &Reference<'_>) {
        let Ok((subject, taken)) = Subject::of(reference) else { return };
        let node = self.configuration.node(needy.id);
        if let Subject::Module(name) = subject {
            return self.needs_outputs(needy, node, name, reference, taken);
        }
        if let Some(what) = What::named(&node.module, &subject) {
            self.graph.needs(needy.place, Thing { module: needy.id, what });
        }
    }

    /// The output that the steps name; or, for a reference to the whole module, including with `[*]`, all outputs and
    /// everything else in the module.
    fn needs_outputs(
        &mut self,
        needy: Needy,
        node: &'c ModuleNode,
        call: &str,
        reference: &Reference<'_>,
        taken: usize,
    ) {
        let Some((call, _)) = node.module.calls.get_key_value(call) else { return };
        self.graph.needs(needy.place, Thing { module: needy.id, what: What::Call(call) });
        let Some(child) = node.children.get(call).copied() else { return };
        let key = matches!(
            reference.steps.get(taken).map(|step| &step.kind),
            Some(StepKind::Number(_) | StepKind::Key(_))
        );
        let named = reference.attribute(taken + usize::from(key));
        if named.is_none() {
            self.needs_resources(needy, call);
        }
        for output in self.configuration.node(child).module.outputs.keys() {
            if named.is_none_or(|named| *named == **output) {
                self.graph.needs(needy.place, Thing { module: child, what: What::Output(output) });
            }
        }
    }
}

fn things_of(module: &Module) -> impl Iterator<Item = What<'_>> {
    let variables = module.variables.keys().map(What::Variable);
    let locals = module.locals.keys().map(What::Local);
    let outputs = module.outputs.keys().map(What::Output);
    let resources = module.resources.keys().map(What::Resource);
    let calls = module.calls.keys().map(What::Call);
    variables.chain(locals).chain(outputs).chain(resources).chain(calls)
}
