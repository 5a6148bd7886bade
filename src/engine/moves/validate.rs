//! Checks that `moved` blocks are valid.

use std::collections::BTreeMap;

use crate::address::{AbsoluteInstance, ModuleInstance, ModulePath, Target};
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics, Span};

use super::statement::{Extent, Statement};

/// What the expanded configuration declares.
pub(in crate::engine) trait Declared {
    /// All instances of a module.
    fn modules(&self, path: &ModulePath) -> Vec<ModuleInstance>;

    fn has_module(&self, module: &ModuleInstance) -> bool;

    fn has_instance(&self, address: &AbsoluteInstance) -> bool;
}

pub(super) fn validate(
    statements: &[&Statement],
    configuration: &Configuration,
    declared: &dyn Declared,
    diagnostics: &mut Diagnostics,
) {
    let mut leaves: BTreeMap<Place, (Place, &Span)> = BTreeMap::new();
    let mut arrives: BTreeMap<Place, (Place, &Span)> = BTreeMap::new();
    for statement in statements {
        for module in declared.modules(&statement.declaring_path()) {
            let Some((from, to)) = statement.ends_in(&module) else { continue };
            if from == to {
                let detail = format!("This says that {from} has moved to where it is, which says nothing.");
                let fault = Diagnostic::error("Move to the same address", detail);
                diagnostics.push(fault.at(statement.span.clone()).hint("Delete the block."));
                continue;
            }
            if let Some(place) = still_declared(&from, configuration, declared) {
                let detail = format!(
                    "This says that {from} has become {to}, and the configuration declares {from} still. If both were \
                     there, the object could not be both."
                );
                let fault = Diagnostic::error("Moved object still exists", detail)
                    .at(statement.span.clone())
                    .hint(format!("Declare it as {to} only, or delete the \"moved\" block."));
                diagnostics.push(match place {
                    Some(span) => fault.related("declared here", span),
                    None => fault,
                });
            }
            // Two objects cannot move to one address, nor one object to two.
            match leaves.get(&from) {
                Some((other, span)) if *other != to => {
                    let detail = format!(
                        "This says that {from} has become {to}, and another block that it has become {other}. Only one \
                         of them can be true."
                    );
                    diagnostics.push(ambiguous(detail, statement, span));
                }
                Some(_) => {}
                None => drop(leaves.insert(from.clone(), (to.clone(), &statement.span))),
            }
            match arrives.get(&to) {
                Some((other, span)) if *other != from => {
                    let detail = format!(
                        "This says that {from} has become {to}, and another block that {other} has. Only one of them \
                         can be there."
                    );
                    diagnostics.push(ambiguous(detail, statement, span));
                }
                Some(_) => {}
                None => drop(arrives.insert(to, (from, &statement.span))),
            }
        }
    }
}

pub(super) fn circular(circle: &[&Statement]) -> Diagnostic {
    let one = |statement: &&Statement| match statement.ends_in(&statement.declaring_path().unkeyed()) {
        Some((from, to)) => format!("{from} to {to}"),
        None => String::new(),
    };
    let list: Vec<String> = circle.iter().map(one).collect();
    let detail = format!(
        "These moves go in a circle, so that there is no place where the object could end up: {}. A chain of moves ends \
         at an address that no other block moves away from.",
        list.join(", ")
    );
    let mut fault = Diagnostic::error("Circular moves", detail);
    if let Some((first, rest)) = circle.split_first() {
        fault = fault.at(first.span.clone());
        for statement in rest {
            fault = fault.related("goes on here", statement.span.clone());
        }
    }
    fault
}

fn ambiguous(detail: String, statement: &Statement, other: &Span) -> Diagnostic {
    Diagnostic::error("Ambiguous moves", detail)
        .at(statement.span.clone())
        .related("the other block", other.clone())
}

/// One end of a move in one instance of the module that contains the block. The kind is part of it, because `a.b` may
/// be a resource or its only instance.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    target: Target,
    whole: bool,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.target.fmt(f)
    }
}

impl Statement {
    fn declaring_path(&self) -> ModulePath {
        ModulePath::new(self.from.steps.iter().take(self.depth).map(|(call, _)| call.clone()))
    }

    /// Both ends, in one instance of the module that contains the block.
    fn ends_in(&self, module: &ModuleInstance) -> Option<(Place, Place)> {
        let end = |end: &super::statement::End| {
            let inner = end.steps.get(self.depth..)?.iter();
            let inner = inner.map(|(call, key)| (call.clone(), key.clone().unwrap_or_default()));
            let module = ModuleInstance::new(module.steps().iter().cloned().chain(inner));
            let target = Target { module, resource: end.resource.clone(), key: end.key.clone() };
            Some(Place { target, whole: matches!(self.extent, Extent::Call | Extent::Resource) })
        };
        Some((end(&self.from)?, end(&self.to)?))
    }
}

/// Whether the configuration still declares the source of a move, and where, if known.
fn still_declared(
    place: &Place,
    configuration: &Configuration,
    declared: &dyn Declared,
) -> Option<Option<Span>> {
    let module = &place.target.module;
    let Some(resource) = &place.target.resource else {
        let (parent, call, _) = module.parent()?;
        let (_, node) = configuration.find(&parent.path())?;
        let call = node.module.calls.get(call)?;
        let exists = declared.has_module(if place.whole { &parent } else { module });
        return exists.then(|| Some(call.span.clone()));
    };
    let (_, node) = configuration.find(&module.path())?;
    let found = node.module.resources.get(resource)?;
    let exists = if place.whole {
        declared.has_module(module)
    } else {
        let key = place.target.key.clone();
        declared.has_instance(&resource.within(module.clone()).instance(key))
    };
    exists.then(|| Some(found.span.clone()))
}
