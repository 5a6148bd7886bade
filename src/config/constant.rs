//! Expressions that must be constant.

use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::{self, Nothing};
use crate::syntax::{Attribute, Expression};
use crate::value::{Kind, Name, Type, Value, convert};

/// Evaluates an expression that may refer to nothing. In JSON, strings are then literal.
pub(super) fn constant(expression: &Expression, diagnostics: &mut Diagnostics) -> Value {
    expression::evaluate(expression, &Nothing, diagnostics)
}

/// A constant string. `None` if an error was reported.
pub(super) fn text(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<Name> {
    match typed(attribute, &Type::String, diagnostics)?.kind() {
        Kind::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// A constant boolean. `None` if an error was reported.
pub(super) fn boolean(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<bool> {
    typed(attribute, &Type::Bool, diagnostics)?.as_bool()
}

/// A constant of a type, neither null nor unknown.
fn typed(attribute: &Attribute, ty: &Type, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut faults = Diagnostics::new();
    let value = constant(&attribute.expression, &mut faults);
    let failed = faults.has_errors();
    diagnostics.extend(faults);
    if failed || !value.is_known() {
        return None;
    }
    if value.ty() == *ty && !value.is_null() {
        return Some(value);
    }
    let converted = convert(&value, ty);
    if let Ok(converted) = converted
        && !converted.is_null()
    {
        return Some(converted);
    }
    let have = if value.is_null() { "null".to_owned() } else { value.ty().friendly() };
    let detail = format!("\"{}\" needs a {}, not {have}.", attribute.name(), ty.friendly());
    diagnostics.push(
        Diagnostic::error("Unsuitable value type", detail)
            .at(attribute.expression.span())
            .within(attribute.span()),
    );
    None
}
