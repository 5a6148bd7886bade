//! Validations of variables, checked with the arguments of calls.

use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::eval::accept;
use crate::eval::scope::{Each, Surroundings};
use crate::expression::{Function, Reference, Resolution, Scope};
use crate::syntax::Attributes;
use crate::value::{Mark, Type, Value};

use super::rules;
use super::site::Site;

pub(super) const REFUSED: &str = "Invalid value for a variable";

/// Checks the argument of a call for a variable, and that the variable's validations accept it as far as it is known.
pub(super) fn check(
    site: &Site<'_, '_>,
    variable: &Variable,
    given: &Attributes,
    diagnostics: &mut Diagnostics,
) {
    let unknown = || Value::unknown(variable.constraint.ty.without_optional());
    let mut place = None;
    let value = match argument(site, variable, given, diagnostics) {
        // The root module's variables stand for all inputs.
        Argument::Any => unknown(),
        Argument::Given(given) => {
            place = given.as_ref().map(|(_, span)| span.clone());
            accept(variable, given, diagnostics).unwrap_or_else(unknown)
        }
        Argument::Faulty => return,
    };
    let value = if variable.sensitive { value.mark(Mark::Sensitive) } else { value };
    let value = if variable.ephemeral { value.mark(Mark::Ephemeral) } else { value };
    let scope = WithVariable { below: &site.scope, name: &variable.name, value };
    let mut refused = Diagnostics::new();
    rules::hold(site, &scope, &variable.validations, REFUSED, &mut refused);
    diagnostics.extend(refused.into_iter().map(|fault| at_the_value(fault, place.as_ref())));
}

/// The error is about the value; the rule that it breaks is elsewhere.
fn at_the_value(fault: Diagnostic, place: Option<&Span>) -> Diagnostic {
    match (place, fault.subject.clone()) {
        (Some(place), Some(rule)) if fault.summary == REFUSED => {
            fault.at(place.clone()).related("the rule", rule)
        }
        _ => fault,
    }
}

enum Argument {
    Any,
    Given(Option<(Value, Span)>),
    Faulty,
}

/// The arguments of a module call, decoded once for all of its variables.
pub(super) fn given(site: &Site<'_, '_>) -> Attributes {
    let call = site.evaluator.configuration.call_of(site.id);
    call.map(|(_, call)| call.body.everything().attributes).unwrap_or_default()
}

/// Evaluates the call's argument with every kind of repetition, because it is not known which one applies.
fn argument(
    site: &Site<'_, '_>,
    variable: &Variable,
    given: &Attributes,
    diagnostics: &mut Diagnostics,
) -> Argument {
    let Some((parent, _)) = site.evaluator.configuration.call_of(site.id) else { return Argument::Any };
    let Some((parent, _)) = site.evaluator.configuration.find(&parent.path) else { return Argument::Any };
    let Some(attribute) = given.get(&variable.name) else { return Argument::Given(None) };
    let caller = site.in_module(parent);
    let surroundings = Surroundings {
        count_index: Some(Value::unknown(Type::Number)),
        each: Some(Each { key: Value::unknown(Type::String), value: Some(Value::dynamic()) }),
        self_object: None,
    };
    let caller = Site { scope: caller.scope.within(surroundings), ..caller };
    let value = diagnostics.unless_faulty(|faults| caller.value(&attribute.expression, faults));
    let Some(value) = value else { return Argument::Faulty };
    if !variable.ephemeral && value.has_mark_deep(&Mark::Ephemeral) {
        diagnostics.push(
            Diagnostic::error(
                "Ephemeral value for a lasting variable",
                format!("\"{}\" may be stored, and this value must not be.", variable.name),
            )
            .at(attribute.expression.span())
            .related("the variable", variable.span.clone())
            .hint("Give the variable ephemeral = true if it needs the value only while running."),
        );
    }
    Argument::Given(Some((value, attribute.expression.span())))
}

/// A scope in which one variable has the value that is being checked.
struct WithVariable<'a> {
    below: &'a dyn Scope,
    name: &'a str,
    value: Value,
}

impl Scope for WithVariable<'_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        if reference.root == "var" && reference.step_name(0) == Some(self.name) {
            return Ok(Resolution { value: self.value.clone(), taken: 1 });
        }
        self.below.resolve(reference)
    }

    fn function(&self, name: &str) -> Option<&Function> {
        self.below.function(name)
    }

    fn follows_origins(&self) -> bool {
        self.below.follows_origins()
    }

    fn function_names(&self) -> Vec<&str> {
        self.below.function_names()
    }
}
