//! Checks that references name something that is declared.

use crate::address::{ResourceAddress, ResourceMode};
use crate::config::Module;
use crate::diag::{Diagnostic, Diagnostics, closest};
use crate::expression::Reference;

use super::Subject;

/// Refuses references to what the module does not declare, with a suggestion.
pub fn check(subject: &Subject<'_>, module: &Module, reference: &Reference<'_>) -> Result<(), Diagnostics> {
    let fault = match subject {
        Subject::Variable(name) if !module.variables.contains_key(*name) => {
            absent("variable", name, module.variables.keys().map(AsRef::as_ref))
                .unless_suggested(|| format!("Declare it with: variable \"{name}\" {{}}"))
        }
        Subject::Local(name) if !module.locals.contains_key(*name) => {
            absent("local value", name, module.locals.keys().map(AsRef::as_ref))
        }
        Subject::Module(name) if !module.calls.contains_key(*name) => {
            absent("module call", name, module.calls.keys().map(AsRef::as_ref))
        }
        Subject::Resource(address) if !module.resources.contains_key(address) => {
            absent_resource(address, module)
        }
        _ => return Ok(()),
    };
    Err(fault.at(reference.span()).into())
}

fn absent<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::error(format!("{ABSENT}{what}"), format!("This module declares no {what} named \"{name}\"."))
        .suggest(name, known)
}

fn absent_resource(address: &ResourceAddress, module: &Module) -> Diagnostic {
    let what = address.mode.noun();
    let fault = Diagnostic::error(
        format!("{ABSENT}{what}"),
        format!("This module declares no {what} \"{}\" \"{}\".", address.kind, address.name),
    );
    let twin = [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral]
        .map(|mode| ResourceAddress::new(mode, address.kind.clone(), address.name.clone()))
        .into_iter()
        .find(|twin| module.resources.contains_key(twin));
    if let Some(twin) = twin {
        return fault.hint(format!("Did you mean \"{twin}\"?"));
    }
    // Type or name must match: whole addresses would always be similar by their common type alone.
    let known = || module.resources.keys().filter(|known| known.mode == address.mode);
    let names = known().filter(|known| known.kind == address.kind).map(|known| &*known.name);
    let kinds = known().filter(|known| known.name == address.name).map(|known| &*known.kind);
    let meant = closest(&address.name, names)
        .map(|name| ResourceAddress::new(address.mode, address.kind.clone(), name.as_str()))
        .or_else(|| {
            let kind = closest(&address.kind, kinds)?;
            Some(ResourceAddress::new(address.mode, kind.as_str(), address.name.clone()))
        });
    match meant {
        Some(meant) => fault.hint(format!("Did you mean \"{meant}\"?")),
        None if address.mode == ResourceMode::Managed => match closest(&address.kind, ROOTS) {
            Some(root) => fault.hint(format!("Did you mean \"{root}.{}\"?", address.name)),
            None => fault,
        },
        None => fault,
    }
}

/// The first names of references that are not resources.
const ROOTS: [&str; 9] = ["var", "local", "module", "data", "path", "terraform", "each", "count", "self"];

/// Whether an error only says that a name is missing. If a declaration could not be read, that is a consequence of it.
pub(super) fn is_absence(fault: &Diagnostic) -> bool {
    fault.summary.starts_with(ABSENT)
        && !fault.hint.as_ref().is_some_and(|hint| hint.starts_with("Did you mean"))
}

const ABSENT: &str = "Undeclared ";

trait Otherwise {
    fn unless_suggested(self, hint: impl FnOnce() -> String) -> Self;
}

impl Otherwise for Diagnostic {
    fn unless_suggested(mut self, hint: impl FnOnce() -> String) -> Self {
        self.hint.get_or_insert_with(hint);
        self
    }
}
