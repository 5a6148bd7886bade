//! Module calls: their arguments by name, their repetition, their dependencies. The values of arguments are checked
//! with the variables that take them.

use crate::config::ModuleCall;
use crate::diag::{Diagnostic, Diagnostics};

use super::resource;
use super::site::Site;

/// Arguments of the call itself, not for a variable.
const OWN_ARGUMENTS: [&str; 6] = ["source", "version", "count", "for_each", "depends_on", "providers"];

pub(super) fn check(site: &Site<'_, '_>, call: &ModuleCall, diagnostics: &mut Diagnostics) {
    resource::repeats(site, &call.repetition, diagnostics);
    resource::depends_on(site, &call.depends_on, diagnostics);
    let Some(child) = site.node().children.get(&call.name).filter(|_| site.whole) else { return };
    let variables = &site.evaluator.configuration.node(*child).module.variables;
    let given = call.body.attributes(diagnostics);
    for attribute in &given {
        let name = attribute.name();
        if !variables.contains_key(name) {
            let known = variables.keys().filter(|known| !given.contains(known)).map(AsRef::as_ref);
            let known = known.chain(OWN_ARGUMENTS);
            let why = format!("The module \"{}\" has no variable named \"{name}\".", call.name);
            diagnostics.push(
                Diagnostic::error("Unsupported argument", why).at(attribute.name_span()).suggest(name, known),
            );
            // Not used by any variable, but read by people: its references must exist all the same.
            let everywhere = site.repeated(true, true);
            everywhere.value(&attribute.expression, diagnostics);
        }
    }
    for variable in variables.values() {
        if variable.default.is_none() && !given.contains(&variable.name) {
            let why = format!("The module \"{}\" needs a value for \"{}\".", call.name, variable.name);
            diagnostics.push(
                Diagnostic::error("Missing required argument", why)
                    .at(call.span.clone())
                    .related("the variable", variable.span.clone()),
            );
        }
    }
}
