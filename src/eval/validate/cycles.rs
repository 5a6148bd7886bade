//! Things that need each other in a circle.

use std::fmt;

use crate::address::{LocalProvider, ResourceAddress};
use crate::config::{
    Configuration, LayeredBody, Module, ModuleCall, ModuleId, ModuleNode, Repetition, Resource, Rule,
};
use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::eval::Subject;
use crate::expression::Reference;
use crate::graph::Needs;
use crate::syntax::{Expression, StepKind, Traversal};
use crate::value::Name;

use super::providers;

/// What can need something, and in which module it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thing {
    pub module: ModuleId,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Variable(Name),
    Local(Name),
    Output(Name),
    Resource(ResourceAddress),
    /// The count or for_each of a call.
    Call(Name),
    Provider(LocalProvider),
}

/// Who needs whom in a configuration, everything included that nothing needs.
pub fn dependencies(configuration: &Configuration) -> Needs<Thing> {
    let mut finder = Finder { configuration, graph: Needs::new() };
    for (id, node) in configuration.nodes() {
        for what in things_of(&node.module) {
            finder.graph.add(&Thing { module: id, what });
        }
        finder.module(id, node);
    }
    finder.graph
}

/// Reports each circle once, with its path and the place of every step.
pub fn find(configuration: &Configuration) -> Diagnostics {
    let mut finder = Finder { configuration, graph: Needs::new() };
    for (id, node) in configuration.nodes() {
        finder.module(id, node);
    }
    // A resource that refers to itself may have another instance in mind, which only a plan can tell.
    let own_business =
        |circle: &Vec<Thing>| matches!(circle.as_slice(), [Thing { what: What::Resource(_), .. }]);
    let circles = finder.graph.circles();
    let mut diagnostics = Diagnostics::new();
    for circle in &circles {
        let report = report(configuration, circle);
        diagnostics.push(if own_business(circle) { as_warning(report) } else { report });
    }
    diagnostics
}

struct Finder<'c> {
    configuration: &'c Configuration,
    graph: Needs<Thing>,
}

impl Finder<'_> {
    fn module(&mut self, id: ModuleId, node: &ModuleNode) {
        let module = &node.module;
        for (name, variable) in &module.variables {
            let own =
                |traversal: &Traversal| traversal.root() == "var" && traversal.attribute(0) == Some(name);
            let thing = Thing { module: id, what: What::Variable(name.clone()) };
            let rules = variable.validations.iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
            for traversal in rules.flat_map(Expression::references).filter(|traversal| !own(traversal)) {
                self.needs(&thing, id, &traversal);
            }
        }
        for (name, local) in &module.locals {
            self.expression(id, What::Local(name.clone()), &local.expression);
        }
        for (name, output) in &module.outputs {
            let what = What::Output(name.clone());
            output.value.iter().for_each(|value| self.expression(id, what.clone(), value));
            self.rules(id, &what, &output.preconditions);
            self.traversals(id, &what, &output.depends_on);
        }
        for (address, resource) in &module.resources {
            self.resource(id, address, resource);
        }
        for (local, provider) in &module.providers {
            let what = What::Provider(local.clone());
            provider.for_each.iter().for_each(|each| self.expression(id, what.clone(), each));
            self.body(id, &what, &provider.body);
        }
        for (name, call) in &module.calls {
            self.call(id, node, name, call);
        }
    }

    fn resource(&mut self, id: ModuleId, address: &ResourceAddress, resource: &Resource) {
        let what = What::Resource(address.clone());
        self.repetition(id, &what, &resource.repetition);
        self.traversals(id, &what, &resource.depends_on);
        self.body(id, &what, &resource.body);
        self.rules(id, &what, &resource.preconditions);
        if let Some(managed) = &resource.managed {
            for expression in &managed.replace_triggered_by {
                self.expression(id, what.clone(), expression);
            }
            if let Some(connection) = &managed.connection {
                self.late_body(id, address, &connection.body.clone().into());
            }
            for provisioner in &managed.provisioners {
                self.late_body(id, address, &provisioner.body);
            }
        }
        if let Some((module, local)) =
            providers::configuring(self.configuration, id, resource.local_provider())
        {
            let provider = Thing { module, what: What::Provider(local) };
            self.graph.needs(&Thing { module: id, what }, &provider);
        }
    }

    fn call(&mut self, id: ModuleId, node: &ModuleNode, name: &Name, call: &ModuleCall) {
        let what = What::Call(name.clone());
        self.repetition(id, &what, &call.repetition);
        self.traversals(id, &what, &call.depends_on);
        let Some(child) = node.children.get(name).copied() else { return };
        let inside = &self.configuration.node(child).module;
        for (argument, attribute) in call.body.everything().attributes {
            if inside.variables.contains_key(&argument) {
                let variable = Thing { module: child, what: What::Variable(argument) };
                self.needs_all(&variable, id, &attribute.expression);
            }
        }
        let expansion = Thing { module: id, what };
        for thing in things_of(inside) {
            self.graph.needs(&Thing { module: child, what: thing }, &expansion);
        }
    }

    fn repetition(&mut self, id: ModuleId, what: &What, repetition: &Repetition) {
        if let Some(expression) = repetition.expression() {
            self.expression(id, what.clone(), expression);
        }
    }

    fn rules(&mut self, id: ModuleId, what: &What, rules: &[Rule]) {
        for rule in rules {
            self.expression(id, what.clone(), &rule.condition);
            self.expression(id, what.clone(), &rule.error_message);
        }
    }

    fn body(&mut self, id: ModuleId, what: &What, body: &LayeredBody) {
        let content = body.everything();
        for attribute in content.attributes.values() {
            self.expression(id, what.clone(), &attribute.expression);
        }
        for block in content.blocks {
            let inside = block.body.into();
            stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.body(id, what, &inside));
        }
    }

    /// What is used once the resource's object is there, which may therefore refer to it by its address.
    fn late_body(&mut self, id: ModuleId, address: &ResourceAddress, body: &LayeredBody) {
        let thing = Thing { module: id, what: What::Resource(address.clone()) };
        let own = |traversal: &Traversal| matches!(Subject::of(&Reference::of(traversal)), Ok((Subject::Resource(named), _)) if named == *address);
        let content = body.everything();
        for attribute in content.attributes.values() {
            for traversal in attribute.expression.references().iter().filter(|traversal| !own(traversal)) {
                self.needs(&thing, id, traversal);
            }
        }
        for block in content.blocks {
            self.late_body(id, address, &block.body.into());
        }
    }

    fn expression(&mut self, id: ModuleId, what: What, expression: &Expression) {
        self.needs_all(&Thing { module: id, what }, id, expression);
    }

    /// `thing` needs what an expression of a module refers to.
    fn needs_all(&mut self, thing: &Thing, id: ModuleId, expression: &Expression) {
        self.graph.add(thing);
        for traversal in expression.references() {
            self.needs(thing, id, &traversal);
        }
    }

    fn traversals(&mut self, id: ModuleId, what: &What, traversals: &[Traversal]) {
        for traversal in traversals {
            self.needs(&Thing { module: id, what: what.clone() }, id, traversal);
        }
    }

    fn needs(&mut self, thing: &Thing, id: ModuleId, traversal: &Traversal) {
        let Ok((subject, taken)) = Subject::of(&Reference::of(traversal)) else { return };
        let node = self.configuration.node(id);
        let module = &node.module;
        let what = match subject {
            Subject::Variable(name) if module.variables.contains_key(&name) => What::Variable(name),
            Subject::Local(name) if module.locals.contains_key(&name) => What::Local(name),
            Subject::Resource(address) if module.resources.contains_key(&address) => What::Resource(address),
            Subject::Module(name) => return self.needs_outputs(thing, node, id, &name, traversal, taken),
            _ => return,
        };
        self.graph.needs(thing, &Thing { module: id, what });
    }

    /// The output that the steps name, or all of them.
    fn needs_outputs(
        &mut self,
        thing: &Thing,
        node: &ModuleNode,
        id: ModuleId,
        call: &Name,
        traversal: &Traversal,
        taken: usize,
    ) {
        if !node.module.calls.contains_key(call) {
            return;
        }
        self.graph.needs(thing, &Thing { module: id, what: What::Call(call.clone()) });
        let Some(child) = node.children.get(call).copied() else { return };
        let steps = traversal.steps();
        let key =
            matches!(steps.get(taken).map(|step| &step.kind), Some(StepKind::Number(_) | StepKind::Key(_)));
        let named = traversal.attribute(taken + usize::from(key));
        for output in self.configuration.node(child).module.outputs.keys() {
            if named.is_none_or(|named| *named == **output) {
                self.graph.needs(thing, &Thing { module: child, what: What::Output(output.clone()) });
            }
        }
    }
}

fn as_warning(report: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..report }
}

fn things_of(module: &Module) -> impl Iterator<Item = What> {
    let variables = module.variables.keys().cloned().map(What::Variable);
    let locals = module.locals.keys().cloned().map(What::Local);
    let outputs = module.outputs.keys().cloned().map(What::Output);
    let resources = module.resources.keys().cloned().map(What::Resource);
    let calls = module.calls.keys().cloned().map(What::Call);
    variables.chain(locals).chain(outputs).chain(resources).chain(calls)
}

fn report(configuration: &Configuration, circle: &[Thing]) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|thing| thing.name(configuration)).collect();
    let place = circle.first().and_then(|thing| thing.place(configuration));
    let fault = match names.as_slice() {
        [one] => Diagnostic::error("Reference to itself", format!("{one} needs its own value to have one.")),
        _ => {
            let path = names.iter().chain(names.first()).cloned().collect::<Vec<_>>().join(" → ");
            Diagnostic::error(
                "Cycle",
                format!("These need each other in a circle, so none can be first: {path}."),
            )
        }
    };
    let fault = match place {
        Some(place) => fault.at(place),
        None => fault,
    };
    circle.iter().skip(1).fold(fault, |fault, thing| match thing.place(configuration) {
        Some(place) => fault.related(thing.name(configuration), place),
        None => fault,
    })
}

impl Thing {
    fn name(&self, configuration: &Configuration) -> String {
        let path = &configuration.node(self.module).path;
        if path.is_root() { self.what.to_string() } else { format!("{path}.{}", self.what) }
    }

    fn place(&self, configuration: &Configuration) -> Option<Span> {
        let module = &configuration.node(self.module).module;
        match &self.what {
            What::Variable(name) => module.variables.get(name).map(|variable| variable.span.clone()),
            What::Local(name) => module.locals.get(name).map(|local| local.span.clone()),
            What::Output(name) => module.outputs.get(name).map(|output| output.span.clone()),
            What::Resource(address) => module.resources.get(address).map(|resource| resource.span.clone()),
            What::Call(name) => module.calls.get(name).map(|call| call.span.clone()),
            What::Provider(local) => module.providers.get(local).map(|provider| provider.span.clone()),
        }
    }
}

impl fmt::Display for What {
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
