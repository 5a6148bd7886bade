//! `format` and `formatlist`.

mod directive;
mod number;

use super::argument::text;
use super::grapheme::{count, first};
use super::json;
use crate::expression::{Function, FunctionError, Parameter};
use crate::syntax::data::quote;
use crate::value::{Kind, Refinement, Type, Value, convert, safe_prefix};
use directive::{Directive, Piece, pieces};

pub(super) fn functions() -> Vec<Function> {
    vec![format(), formatlist()]
}

/// Fields wider than this are refused instead of running out of memory.
const WIDEST: usize = 10_000_000;

fn parameters() -> (Parameter, Parameter) {
    let pattern =
        Parameter::new("format", Type::String, "The pattern, with a directive such as %s for each value.");
    let values = Parameter::new("args", Type::Dynamic, "A value to lay out.");
    (pattern, values.allow_null().allow_unknown())
}

fn format() -> Function {
    let (pattern, values) = parameters();
    Function::new("format", "Lays out values after a pattern.", vec![pattern], Type::String, |arguments| {
        let pattern = text(arguments, 0);
        let values = arguments.get(1..).unwrap_or_default();
        if values.iter().all(Value::is_wholly_known) {
            return Ok(Value::string(&lay_out(pattern, values)?));
        }
        // The text before the first directive is known whatever the values are.
        let prefix = pattern.split('%').next().unwrap_or_default();
        let unknown = Value::unknown(Type::String);
        if prefix.is_empty() || prefix.len() == pattern.len() {
            return Ok(unknown);
        }
        Ok(unknown.refine(&Refinement::prefixed(&safe_prefix(prefix))))
    })
    .variadic(values)
    .never_null()
}

fn formatlist() -> Function {
    let (pattern, values) = parameters();
    Function::new(
        "formatlist",
        "Lays out each element of some lists after a pattern.",
        vec![pattern],
        Type::list(Type::String),
        |arguments| {
            let values = arguments.get(1..).unwrap_or_default();
            let pattern = text(arguments, 0);
            let Some(columns) = columns(values)? else { return Ok(Value::unknown(Type::list(Type::String))) };
            let mut results = Vec::new();
            for row in 0..columns.rows {
                let row: Vec<Value> = columns.columns.iter().map(|column| column.at(row)).collect();
                results.push(if row.iter().all(Value::is_wholly_known) {
                    Value::string(&lay_out(pattern, &row)?)
                } else {
                    Value::unknown(Type::String).refine_not_null()
                });
            }
            Ok(Value::list(Type::String, results))
        },
    )
    .variadic(values)
    .never_null()
}

/// The arguments of `formatlist`: those that change from row to row, and those that do not.
struct Columns<'a> {
    columns: Vec<Column<'a>>,
    rows: usize,
}

enum Column<'a> {
    Each(&'a [Value]),
    Same(&'a Value),
}

impl Column<'_> {
    fn at(&self, row: usize) -> Value {
        match self {
            Self::Each(items) => items.get(row).cloned().unwrap_or_else(Value::dynamic),
            Self::Same(value) => (*value).clone(),
        }
    }
}

/// `None` if a list is not known yet, so that nothing is known of the result.
fn columns(values: &[Value]) -> Result<Option<Columns<'_>>, FunctionError> {
    let mut columns = Vec::new();
    let mut length: Option<(usize, usize)> = None;
    let mut unknown = false;
    for (index, value) in values.iter().enumerate() {
        let ty = value.ty();
        let sequence = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)) && !value.is_null();
        if !sequence {
            unknown |= matches!(value.kind(), Kind::Unknown(Type::Dynamic, _));
            columns.push(Column::Same(value));
            continue;
        }
        let items = value.items();
        let count = match (&ty, items) {
            (Type::Tuple(elements), _) => Some(elements.len()),
            (_, Some(items)) if value.length().is_known() => Some(items.len()),
            _ => None,
        };
        if let Some(count) = count {
            match length {
                Some((other, first)) if other != count => {
                    return Err(FunctionError::argument(
                        index + 1,
                        format!(
                            "all lists must have the same length, but this one has {count} elements and argument {} \
                             has {other}",
                            first + 1
                        ),
                    ));
                }
                _ => length = Some((count, index + 1)),
            }
        }
        match items.filter(|_| count.is_some()) {
            Some(items) => columns.push(Column::Each(items)),
            None => unknown = true,
        }
    }
    let rows = length.map_or(1, |(count, _)| count);
    Ok((!unknown).then_some(Columns { columns, rows }))
}

/// The pattern with its directives replaced; every value must be used.
fn lay_out(pattern: &str, values: &[Value]) -> Result<String, FunctionError> {
    let mut out = String::new();
    let mut highest = 0;
    for piece in pieces(pattern)? {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Directive(directive) => {
                highest = highest.max(directive.argument);
                let value =
                    directive.argument.checked_sub(1).and_then(|index| values.get(index)).ok_or_else(
                        || {
                            FunctionError::argument(
                                0,
                                format!(
                                    "{:?} at offset {} wants value {}, but {} given",
                                    directive.text,
                                    directive.offset,
                                    directive.argument,
                                    match values.len() {
                                        0 => "none is".to_owned(),
                                        1 => "only one is".to_owned(),
                                        count => format!("only {count} are"),
                                    }
                                ),
                            )
                        },
                    )?;
                append(&directive, value, &mut out)?;
            }
        }
    }
    if highest < values.len() {
        let message = match highest {
            0 => "the pattern has no directives, so there is nothing to do with this value".to_owned(),
            _ => format!(
                "the pattern uses only {highest} of the values, so there is nothing to do with this one"
            ),
        };
        return Err(FunctionError::argument(highest + 1, message));
    }
    Ok(out)
}

fn append(directive: &Directive<'_>, value: &Value, out: &mut String) -> Result<(), FunctionError> {
    let fault = |why: String| {
        FunctionError::argument(
            directive.argument,
            format!("the value cannot be laid out by {:?}: {why}", directive.text),
        )
    };
    if directive.width.unwrap_or(0).max(directive.precision.unwrap_or(0)) > WIDEST {
        return Err(fault("the field is too wide".to_owned()));
    }
    if value.is_null() && directive.verb != 'v' {
        return Err(fault("it is null".to_owned()));
    }
    let converted = |ty: Type| convert(value, &ty).map_err(|error| fault(error.message));
    match directive.verb {
        'v' => {
            let plain = match value.kind() {
                Kind::String(text) if !directive.sharp => text.to_string(),
                Kind::Number(number) if !directive.sharp => number::shortest(number),
                _ => json::encode(value).map_err(|error| fault(error.message))?,
            };
            pad(directive, &plain, out);
        }
        't' => out.push_str(if converted(Type::Bool)?.as_bool() == Some(true) { "true" } else { "false" }),
        's' | 'q' => {
            let string = converted(Type::String)?;
            let text = string.as_str().unwrap_or_default();
            // As in Terraform, a precision of zero means none.
            let precision = directive.precision.filter(|count| *count > 0);
            let text = precision.map_or(text, |count| first(text, count));
            if directive.verb == 's' {
                pad(directive, text, out);
            } else {
                let mut quoted = String::new();
                quote(text, &mut quoted);
                pad(directive, &quoted, out);
            }
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let number = converted(Type::Number)?;
            let number = number.as_number().ok_or_else(|| fault("a number is required".to_owned()))?;
            if !number.is_integer() {
                return Err(fault("a whole number is required".to_owned()));
            }
            number::append_integer(directive, number, out);
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let number = converted(Type::Number)?;
            let number = number.as_number().ok_or_else(|| fault("a number is required".to_owned()))?;
            number::append_float(directive, number, out);
        }
        other => {
            return Err(FunctionError::argument(
                0,
                format!(
                    "there is no directive with the letter {other:?} ({:?} at offset {})",
                    directive.text, directive.offset
                ),
            ));
        }
    }
    Ok(())
}

/// Pads to the width in characters, with zeros if asked for (as in Terraform even on the right, and before a sign).
fn pad(directive: &Directive<'_>, text: &str, out: &mut String) {
    let missing = directive.width.unwrap_or(0).saturating_sub(count(text));
    let padding = if directive.zero { "0" } else { " " }.repeat(missing);
    if directive.minus {
        out.push_str(text);
        out.push_str(&padding);
    } else {
        out.push_str(&padding);
        out.push_str(text);
    }
}
