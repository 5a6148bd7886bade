//! Conditions and their messages.

use crate::config::Rule;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::{Names, Scope};
use crate::value::{Kind, Mark, Type, Value, convert};

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
        outcome(site, &site.scope, rule, diagnostics);
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
        let Some((false, message)) = outcome(site, scope, rule, diagnostics) else { continue };
        diagnostics.push(Diagnostic::error(what, message).at(rule.condition.span()));
    }
}

/// Whether the condition holds, as far as that is known, and what to say where it does not.
fn outcome(
    site: &Site<'_, '_>,
    scope: &dyn Scope,
    rule: &Rule,
    diagnostics: &mut Diagnostics,
) -> Option<(bool, String)> {
    let mut faults = Diagnostics::new();
    let condition = site.value_over(scope, &rule.condition, &Names::new(), &mut faults);
    let message = site.value_over(scope, &rule.error_message, &Names::new(), &mut faults);
    let failed = faults.has_errors();
    diagnostics.extend(faults);
    if failed {
        return None;
    }
    let message = text(rule, &message, diagnostics);
    let (condition, marks) = condition.unmark();
    let refusal = match convert(&condition, &Type::Bool) {
        Ok(value) if value.is_null() => "is null".to_owned(),
        Ok(value) => {
            if marks.contains(&Mark::Ephemeral) && value.is_known() {
                "depends on an ephemeral value".to_owned()
            } else {
                return Some((value.as_bool()?, message));
            }
        }
        Err(error) => format!("is something else: {error}"),
    };
    let why = format!("A condition must be true or false, and this one {refusal}.");
    diagnostics.push(Diagnostic::error("Invalid condition", why).at(rule.condition.span()));
    None
}

fn text(rule: &Rule, message: &Value, diagnostics: &mut Diagnostics) -> String {
    let (message, marks) = message.clone().unmark_deep();
    if marks.contains(&Mark::Sensitive) {
        return "The condition does not hold; its message is sensitive and not shown.".to_owned();
    }
    match convert(&message, &Type::String) {
        Ok(value) => match value.kind() {
            Kind::String(text) => text.trim().to_owned(),
            _ => "The condition does not hold.".to_owned(),
        },
        Err(error) => {
            let why = format!("An error message must be text: {error}.");
            diagnostics.push(Diagnostic::error("Invalid error message", why).at(rule.error_message.span()));
            String::new()
        }
    }
}
