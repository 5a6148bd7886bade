//! `try` and `can`: functions that use the failure of expressions.

use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Marks, Type, Value};

use super::access::marked;
use super::{Function, FunctionError, LazyCall, Parameter};

/// `try(a, b, ...)`: the first argument that evaluates without an error.
pub fn try_function() -> Function {
    Function::lazy(
        "try",
        "Evaluates its arguments in turn and returns the first that has no fault.",
        Vec::new(),
        attempt_all,
    )
    .variadic(Parameter::new("expressions", Type::Dynamic, "What to try, in this order."))
}

/// `can(a)`: whether the argument evaluates without an error.
pub fn can_function() -> Function {
    let expression = Parameter::new("expression", Type::Dynamic, "What to try.");
    Function::lazy("can", "Says whether its argument evaluates without a fault.", vec![expression], |call| {
        let answer = match attempts(call).next().flatten() {
            None => Value::bool(false),
            // A value that is not known yet may still fail.
            Some(value) if !value.is_wholly_known() => Value::unknown(Type::Bool),
            Some(_) => Value::bool(true),
        };
        let origins = call.arguments.first().map(|argument| (call.touched)(argument).deciding());
        Ok(origins.iter().fold(answer, Value::with_marks))
    })
}

fn attempt_all(call: &LazyCall<'_>) -> Result<Value, FunctionError> {
    if call.arguments.is_empty() && call.spread.is_empty() {
        return Err(FunctionError::new("there is nothing to try: at least one argument is needed"));
    }
    let mut failed = Marks::none();
    for (index, attempt) in attempts(call).enumerate() {
        let Some(value) = attempt else {
            // The failure of this argument is an origin of the result.
            let argument = call.arguments.get(index);
            failed =
                argument.iter().fold(failed, |all, argument| all.union(&(call.touched)(argument).deciding()));
            continue;
        };
        let value = marked(value, &failed);
        // Once it is known, this argument may fail, and one of another type be used instead: nothing can be promised.
        return Ok(if value.is_wholly_known() { value } else { marked(Value::dynamic(), value.marks()) });
    }
    Err(FunctionError { inner: all_failed(call), ..FunctionError::new("no expression succeeded") })
}

/// Evaluates the arguments in turn; `None` for those with errors.
fn attempts<'c>(call: &'c LazyCall<'_>) -> impl Iterator<Item = Option<Value>> + 'c {
    let unevaluated = call.arguments.iter().map(|argument| (call.attempt)(argument));
    unevaluated.chain(call.spread.iter().cloned().map(Some))
}

/// Evaluates all arguments again, to report the error of each.
fn all_failed(call: &LazyCall<'_>) -> Diagnostics {
    let mut detail = "None of the arguments of try() evaluates without a fault:".to_owned();
    let mut related = Vec::new();
    let mut values = Vec::new();
    if !call.silent {
        for argument in call.arguments {
            let Err(faults) = (call.evaluate)(argument) else { continue };
            for fault in faults {
                detail.push_str(&format!("\n- {}: {}", fault.summary, fault.detail));
                related.extend(fault.subject.map(|span| (fault.summary, span)));
                for note in fault.values {
                    if !values.contains(&note) {
                        values.push(note);
                    }
                }
            }
        }
    }
    let mut diagnostic = Diagnostic::error("Nothing to fall back on", detail)
        .hint("A literal as the last argument never fails.");
    diagnostic.related = related;
    diagnostic.values = values;
    diagnostic.into()
}
