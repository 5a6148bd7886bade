//! `removed` blocks: what happens to objects that are no longer declared.

use crate::address::{AbsoluteInstance, ModulePath, ResourcePath};
use crate::config::{Configuration, Removed};
use crate::diag::{Diagnostic, Diagnostics};

/// Refuses `removed` blocks about something that is still declared.
pub(super) fn check(configuration: &Configuration, faults: &mut Diagnostics) {
    for (module, removed) in all(configuration) {
        let from = within(module, removed);
        let Some((_, node)) = configuration.find(&from) else { continue };
        let declared = match &removed.from.resource {
            Some(resource) => node.module.resources.get(resource).map(|resource| resource.span.clone()),
            None => configuration
                .find(&from)
                .and_then(|(id, _)| configuration.call_of(id))
                .map(|(_, call)| call.span.clone()),
        };
        let Some(declared) = declared else { continue };
        let why = format!("This says that {} is gone, and it is still declared.", removed.from);
        let fault = Diagnostic::error("Removed, and still declared", why).at(removed.from_span.clone());
        faults.push(
            fault.related("Declared", declared).hint("Delete either the removed block or the declaration."),
        );
    }
}

/// The block about an undeclared instance, if any: one about its resource takes precedence over one about its module.
pub(super) fn about<'c>(configuration: &'c Configuration, address: &AbsoluteInstance) -> Option<&'c Removed> {
    let path = address.path();
    let means = |exactly: bool| {
        all(configuration)
            .find(|(module, removed)| concerns(module, removed, &path, exactly))
            .map(|(_, removed)| removed)
    };
    means(true).or_else(|| means(false))
}

fn all(configuration: &Configuration) -> impl Iterator<Item = (&ModulePath, &Removed)> {
    configuration
        .nodes()
        .flat_map(|(_, node)| node.module.removed.iter().map(move |removed| (&node.path, removed)))
}

fn concerns(module: &ModulePath, removed: &Removed, path: &ResourcePath, exactly: bool) -> bool {
    let from = within(module, removed);
    match &removed.from.resource {
        Some(resource) => exactly && from == path.module && *resource == path.resource,
        None => !exactly && path.module.starts_with(&from),
    }
}

/// The module that a block is about, or that contains the resource it is about.
fn within(module: &ModulePath, removed: &Removed) -> ModulePath {
    ModulePath::new(module.calls().iter().chain(removed.from.module.calls()).cloned())
}
