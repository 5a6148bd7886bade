//! Whether what a reference names has been declared.

use crate::address::{ResourceAddress, ResourceMode};
use crate::config::Module;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::Reference;

use super::Subject;

/// Refuses subjects that the module does not declare, with what it may have meant.
pub(super) fn check(
    subject: &Subject,
    module: &Module,
    reference: &Reference<'_>,
) -> Result<(), Diagnostics> {
    let fault = match subject {
        Subject::Variable(name) if !module.variables.contains_key(name) => {
            absent("variable", name, module.variables.keys().map(AsRef::as_ref))
                .unless_suggested(|| format!("Declare it with: variable \"{name}\" {{}}"))
        }
        Subject::Local(name) if !module.locals.contains_key(name) => {
            absent("local value", name, module.locals.keys().map(AsRef::as_ref))
        }
        Subject::Module(name) if !module.calls.contains_key(name) => {
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
    Diagnostic::error(
        format!("Undeclared {what}"),
        format!("This module declares no {what} named \"{name}\"."),
    )
    .suggest(name, known)
}

fn absent_resource(address: &ResourceAddress, module: &Module) -> Diagnostic {
    let what = match address.mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data source",
        ResourceMode::Ephemeral => "ephemeral resource",
    };
    let fault = Diagnostic::error(
        format!("Undeclared {what}"),
        format!("This module declares no {what} \"{}\" \"{}\".", address.kind, address.name),
    );
    let twin = [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral]
        .map(|mode| ResourceAddress::new(mode, address.kind.clone(), address.name.clone()))
        .into_iter()
        .find(|twin| module.resources.contains_key(twin));
    if let Some(twin) = twin {
        return fault.hint(format!("Did you mean {twin}?"));
    }
    let known: Vec<String> = module.resources.keys().map(ToString::to_string).collect();
    fault.suggest(&address.to_string(), known.iter().map(String::as_str))
}

trait Otherwise {
    fn unless_suggested(self, hint: impl FnOnce() -> String) -> Self;
}

impl Otherwise for Diagnostic {
    fn unless_suggested(mut self, hint: impl FnOnce() -> String) -> Self {
        self.hint.get_or_insert_with(hint);
        self
    }
}
