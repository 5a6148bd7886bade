//! `coalesce` and its like: the first usable of several values.

use super::argument::any;
use crate::expression::{Function, FunctionError};
use crate::value::{Type, Value, convert, unify};

pub(super) fn functions() -> Vec<Function> {
    vec![coalesce(), coalescelist()]
}

fn coalesce() -> Function {
    let result = |arguments: &[Value]| {
        let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
        unify(&types, true).ok_or_else(|| FunctionError::new("all values must have one type in common"))
    };
    let description = "The first value that is neither null nor an empty string.";
    Function::typed("coalesce", description, vec![], result, |arguments, ty| {
        for (at, argument) in arguments.iter().enumerate() {
            let value = convert(argument, ty).map_err(|e| FunctionError::argument(at, e.to_string()))?;
            if !value.is_known() {
                return Ok(Value::unknown(ty.clone()));
            }
            if !value.is_null() && value.as_str() != Some("") {
                return Ok(value);
            }
        }
        Err(FunctionError::new("every value given is null or an empty string"))
    })
    .variadic(any("vals", "Values to try in turn.").allow_unknown().allow_dynamic().allow_null())
    .never_null()
    // An argument that is skipped decides that a later one is used.
    .passes(|arguments, at| {
        arguments.get(at).is_none_or(|value| !value.is_null() && value.as_str() != Some(""))
    })
}

fn coalescelist() -> Function {
    let result = |arguments: &[Value]| {
        if arguments.is_empty() {
            return Err(FunctionError::new("at least one list is required"));
        }
        let mut types: Vec<Type> = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            // An unknown value may turn out to be of any type, or empty.
            if !argument.is_known() {
                return Ok(Type::Dynamic);
            }
            match &argument.ty() {
                ty @ (Type::List(_) | Type::Tuple(_)) => types.push(ty.clone()),
                other => {
                    let message = format!("a list or tuple is required, not {}", other.friendly());
                    return Err(FunctionError::argument(at, message));
                }
            }
        }
        Ok(match types.split_first() {
            Some((first, rest)) if rest.iter().all(|ty| ty == first) => first.clone(),
            _ => Type::Dynamic,
        })
    };
    let description = "The first list that has elements.";
    Function::typed("coalescelist", description, vec![], result, |arguments, ty| {
        for argument in arguments {
            if !argument.is_known() {
                return Ok(Value::unknown(ty.clone()));
            }
            if argument.items().is_some_and(|items| !items.is_empty()) {
                return Ok(argument.clone());
            }
        }
        Err(FunctionError::new("every list given is null or empty"))
    })
    .variadic(any("vals", "Lists to try in turn.").allow_unknown().allow_dynamic().allow_null())
    .never_null()
}
