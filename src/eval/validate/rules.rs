//! Conditions and their messages.

use crate::config::Rule;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::{Names, Scope};
use crate::value::{Mark, Type, Value, convert};

use super::site::Site;

/// Checks that conditions and messages can be evaluated, whatever comes out.
pub(super) fn expressions(site: &Site<'_, '_>, rules: &[Rule], diagnostics: &mut Diagnostics) {
    for rule in rules {
        site.value(&rule.condition, diagnostics);
        site.value(&rule.error_message, diagnostics);
    }
}

/// Checks besides that conditions are true or false, and messages text.
pub(super) fn shapes(site: &Site<'_, '_>, rules: &[Rule], diagnostics: &mut Diagnostics) {
    for rule in rules {
        if let Some((_, message)) = outcome(site, &site.scope, rule, diagnostics) {
            text(rule, &message, diagnostics);
        }
    }
}

/// Checks that none of the conditions is already known to be false.
pub(super) fn hold(
    site: &Site<'_, '_>,
    scope: &dyn Scope,
    rules: &[Rule],
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    for rule in rules {
        let Some((Some(false), message)) = outcome(site, scope, rule, diagnostics) else { continue };
        if let Some(message) = text(rule, &message, diagnostics) {
            diagnostics.push(Diagnostic::error(what, message).at(rule.condition.span()));
        }
    }
}

/// Whether the condition holds, if that is known, and the value of what to say where it does not.
fn outcome(
    site: &Site<'_, '_>,
    scope: &dyn Scope,
    rule: &Rule,
    diagnostics: &mut Diagnostics,
) -> Option<(Option<bool>, Value)> {
    let (condition, message) = diagnostics.unless_faulty(|faults| {
        let condition = site.value_over(scope, &rule.condition, &Names::new(), faults);
        (condition, site.value_over(scope, &rule.error_message, &Names::new(), faults))
    })?;
    let (condition, marks) = condition.unmark();
    let refusal = match convert(&condition, &Type::Bool) {
        Ok(value) if value.is_null() => "is null".to_owned(),
        Ok(value) => {
            if marks.contains(&Mark::Ephemeral) && value.is_known() {
                "depends on an ephemeral value".to_owned()
            } else {
                return Some((value.as_bool(), message));
            }
        }
        Err(error) => format!("is something else: {error}"),
    };
    let why = format!("A condition must be true or false, and this one {refusal}.");
    diagnostics.push(Diagnostic::error("Invalid condition", why).at(rule.condition.span()));
    None
}

/// The message as text; a fault says so where it is none.
fn text(rule: &Rule, message: &Value, diagnostics: &mut Diagnostics) -> Option<String> {
    let (message, marks) = message.clone().unmark_deep();
    if marks.contains(&Mark::Sensitive) || marks.contains(&Mark::Ephemeral) {
        return Some("The condition does not hold; its message is secret and not shown.".to_owned());
    }
    match convert(&message, &Type::String) {
        Ok(value) => {
            let said = value.as_str().map(|text| text.trim().to_owned());
            Some(said.unwrap_or_else(|| "The condition does not hold.".to_owned()))
        }
        Err(error) => {
            let why = format!("An error message must be text: {error}.");
            diagnostics.push(Diagnostic::error("Invalid error message", why).at(rule.error_message.span()));
            None
        }
    }
}
