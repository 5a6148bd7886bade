//! Evaluates conditions: validations, preconditions, postconditions, assertions.

use crate::config::Rule;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::{Scope, evaluate};
use crate::syntax::Expression;
use crate::value::{Mark, Type, Value, convert};

/// The result of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Holds,
    /// It is false; the text is the error message.
    Broken(String),
    /// It depends on something unknown.
    Open,
    /// It could not be evaluated, which was reported.
    Faulty,
}

/// Evaluates a condition in a scope.
pub fn verdict(rule: &Rule, scope: &dyn Scope, diagnostics: &mut Diagnostics) -> Verdict {
    let value = |expression: &Expression, faults: &mut Diagnostics| evaluate(expression, scope, faults);
    // The message is evaluated only if it is needed: what it refers to may not exist otherwise.
    let Some(condition) = condition(rule, &value, diagnostics) else { return Verdict::Faulty };
    match condition {
        Some(true) => Verdict::Holds,
        None => Verdict::Open,
        Some(false) => {
            let message = diagnostics.unless_faulty(|faults| value(&rule.error_message, faults));
            let said = message.and_then(|message| text(rule, &message, diagnostics));
            said.map_or(Verdict::Faulty, Verdict::Broken)
        }
    }
}

/// Whether the condition holds, if that is known, and the value of the message if it does not.
pub(super) fn outcome(
    rule: &Rule,
    value: &dyn Fn(&Expression, &mut Diagnostics) -> Value,
    diagnostics: &mut Diagnostics,
) -> Option<(Option<bool>, Value)> {
    let mut faults = Diagnostics::new();
    let holds = condition(rule, value, &mut faults);
    let message = faults.unless_faulty(|faults| value(&rule.error_message, faults));
    diagnostics.extend(faults);
    Some((holds?, message?))
}

fn condition(
    rule: &Rule,
    value: &dyn Fn(&Expression, &mut Diagnostics) -> Value,
    diagnostics: &mut Diagnostics,
) -> Option<Option<bool>> {
    let condition = diagnostics.unless_faulty(|faults| value(&rule.condition, faults))?;
    let (condition, _) = condition.unmark();
    let refusal = match convert(&condition, &Type::Bool) {
        Ok(value) if value.is_null() => "is null".to_owned(),
        // The result may be revealed, even if the condition is about a sensitive or ephemeral value.
        Ok(value) => return Some(value.as_bool()),
        Err(error) => format!("is something else: {error}"),
    };
    let why = format!("A condition must be true or false, and this one {refusal}.");
    diagnostics.push(Diagnostic::error("Invalid condition", why).at(rule.condition.span()));
    None
}

/// The message as text, or an error if it is not text.
pub(super) fn text(rule: &Rule, message: &Value, diagnostics: &mut Diagnostics) -> Option<String> {
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
