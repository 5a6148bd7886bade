//! Functions that were removed from the language, kept to name their replacements.

use super::argument::any;
use crate::expression::{Function, FunctionError};
use crate::value::Type;

pub(super) fn functions() -> Vec<Function> {
    vec![removed("list", "tolist([...])"), removed("map", "tomap({...})")]
}

fn removed(name: &'static str, instead: &'static str) -> Function {
    let error = move || {
        FunctionError::new(format!(
            "the language has no \"{name}\" function any more; write {instead} instead"
        ))
    };
    let result = move |_: &[_]| Err::<Type, _>(error());
    Function::typed(name, "Removed from the language.", vec![], result, move |_, _| Err(error()))
        .variadic(any("vals", "Not used.").allow_unknown().allow_dynamic().allow_null())
}
