//! Accepting values for variables.

use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::value::{Value, convert_constraint};

/// Converts a given value (with its place) for a variable; `None` if there is none, or an error was reported.
pub fn accept(
    variable: &Variable,
    given: Option<(Value, Span)>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let Some((value, span)) = given else { return variable.default.clone() };
    if value.is_null() && !variable.nullable {
        if let Some(default) = &variable.default {
            // The origins of the null decided that the default is used.
            return Some(default.clone().with_marks(&value.marks().only_origins().deciding()));
        }
        let why = format!(
            "The variable \"{}\" has nullable = false and no default, so it needs a value here.",
            variable.name
        );
        diagnostics.push(refused(
            variable,
            span,
            Diagnostic::error("Null for a variable that takes no null", why),
        ));
        return None;
    }
    match convert_constraint(&value, &variable.constraint) {
        Ok(converted) => Some(converted),
        Err(error) => {
            // The path inside the value consists of keys, which may be as secret as the rest.
            let reason = if variable.is_secret() { error.message } else { error.to_string() };
            let why =
                format!("The value for \"{}\" does not fit the variable's type: {reason}.", variable.name);
            diagnostics.push(refused(variable, span, Diagnostic::error("Wrong type for a variable", why)));
            None
        }
    }
}

/// Points at the value, unless that would show a secret.
fn refused(variable: &Variable, value: Span, fault: Diagnostic) -> Diagnostic {
    let declared = variable.type_span.clone().unwrap_or_else(|| variable.span.clone());
    if variable.is_secret() {
        fault.at(declared).related("the value", value)
    } else {
        fault.at(value).related("the variable", declared)
    }
}
