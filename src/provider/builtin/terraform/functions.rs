//! The functions of the language's own provider: variable files and expressions as text.

use std::collections::BTreeMap;

use crate::diag::{Diagnostics, Source};
use crate::expression::{
    Function, FunctionError, Nothing, Parameter, evaluate, write_arguments, write_expression,
};
use crate::syntax::{is_identifier, parse_file};
use crate::value::{Name, Refinement, Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![decode_tfvars(), encode_expr(), encode_tfvars()]
}

fn encode_tfvars() -> Function {
    let value = Parameter::new("value", Type::Dynamic, "An object whose attributes are the variables.")
        .allow_dynamic()
        .allow_unknown();
    let description = "An object as the text of a variables file.";
    Function::new("encode_tfvars", description, vec![value], Type::String, |arguments| {
        let value = &arguments[0];
        if !value.is_wholly_known() {
            return Ok(Value::unknown(Type::String).refine_not_null());
        }
        let Some(entries) = value.entries() else {
            let message = format!("an object or a map is required, not {}", value.ty().friendly());
            return Err(FunctionError::argument(0, message));
        };
        if let Some(name) = entries.keys().find(|name| !is_identifier(name)) {
            let message = format!("{name:?} cannot be the name of a variable, which begins with a letter");
            return Err(FunctionError::argument(0, message));
        }
        written(write_arguments(entries.iter().map(|(name, value)| (&**name, value))))
    })
}

fn encode_expr() -> Function {
    let value = Parameter::new("value", Type::Dynamic, "Any value but null.").allow_dynamic().allow_unknown();
    let description = "A value as an expression that gives it.";
    Function::new("encode_expr", description, vec![value], Type::String, |arguments| {
        let value = &arguments[0];
        if value.is_wholly_known() {
            return written(write_expression(value));
        }
        let surely_there = value.is_known() || value.refinement().is_some_and(|known| known.not_null);
        let first = match value.ty() {
            _ if !surely_there => None,
            Type::Object(_) | Type::Map(_) => Some("{"),
            Type::Tuple(_) | Type::List(_) | Type::Set(_) => Some("["),
            Type::String => Some("\""),
            _ => None,
        };
        let facts = Refinement { not_null: true, prefix: first.map(Into::into), ..Refinement::default() };
        Ok(Value::unknown(Type::String).refine(&facts))
    })
}

fn written(text: Option<String>) -> Result<Value, FunctionError> {
    match text {
        Some(text) => Ok(Value::string(&text)),
        None => Err(FunctionError::argument(0, "there is no notation for this value")),
    }
}

fn decode_tfvars() -> Function {
    let source = Parameter::new("src", Type::String, "The text of a variables file.");
    let description = "The variables that a text sets, as an object.";
    Function::new("decode_tfvars", description, vec![source], Type::Dynamic, |arguments| {
        let source = Source::new("<decode_tfvars argument>", arguments[0].as_str().unwrap_or_default());
        let mut faults = Diagnostics::new();
        let body = parse_file(&source, &mut faults);
        let mut variables: BTreeMap<Name, Value> = BTreeMap::new();
        if !faults.has_errors() {
            for attribute in &body.attributes(&mut faults) {
                let value = evaluate(&attribute.expression, &Nothing, &mut faults);
                variables.insert(attribute.name().into(), value);
            }
        }
        if faults.has_errors() {
            return Err(FunctionError { inner: faults, ..FunctionError::argument(0, "the text has faults") });
        }
        Ok(Value::object(variables))
    })
}
