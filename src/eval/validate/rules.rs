//! Conditions and their messages.

use crate::config::Rule;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::rule;
use crate::expression::{self, Names, Scope};
use crate::value::Value;

use super::site::Site;

/// Checks that conditions and messages can be evaluated, whatever the results.
pub(super) fn expressions(site: &Site<'_, '_>, rules: &[Rule], diagnostics: &mut Diagnostics) {
    for rule in rules {
        site.value(&rule.condition, diagnostics);
        site.value(&rule.error_message, diagnostics);
    }
}

/// Also checks that conditions are booleans, and messages text.
pub(super) fn shapes(site: &Site<'_, '_>, rules: &[Rule], diagnostics: &mut Diagnostics) {
    for rule in rules {
        if let Some((_, message)) = outcome(site, &site.scope, rule, diagnostics) {
            rule::text(rule, &message, diagnostics);
        }
    }
}

/// Checks that no condition is already known to be false.
pub(super) fn hold(
    site: &Site<'_, '_>,
    scope: &dyn Scope,
    rules: &[Rule],
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    for rule in rules {
        let Some((Some(false), message)) = outcome(site, scope, rule, diagnostics) else { continue };
        if let Some(message) = rule::text(rule, &message, diagnostics) {
            let looked_at = expression::looked_at(&rule.condition, scope);
            diagnostics.push(Diagnostic::error(what, message).at(rule.condition.span()).values(looked_at));
        }
    }
}

/// Whether the condition holds, and the message if it does not, after checking the references of both.
fn outcome(
    site: &Site<'_, '_>,
    scope: &dyn Scope,
    rule: &Rule,
    diagnostics: &mut Diagnostics,
) -> Option<(Option<bool>, Value)> {
    rule::outcome(
        rule,
        &|expression, faults| site.value_over(scope, expression, &Names::new(), faults),
        diagnostics,
    )
}
