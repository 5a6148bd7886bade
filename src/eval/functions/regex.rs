//! `regex`, `regexall` and `replace`.

mod pattern;
mod recent;
mod template;

use std::rc::Rc;

use super::argument::text;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{LONGEST_TEXT, Type, Value};
use pattern::Pattern;

pub(super) fn functions() -> Vec<Function> {
    vec![regex(), regexall(), replace()]
}

fn parameters() -> Vec<Parameter> {
    vec![
        Parameter::new("pattern", Type::String, "The regular expression, in RE2 syntax."),
        Parameter::new("string", Type::String, "The string to search."),
    ]
}

fn regex() -> Function {
    Function::typed(
        "regex",
        "The first match of a regular expression, or what its groups captured.",
        parameters(),
        |arguments| match arguments.first() {
            Some(pattern) if !pattern.is_known() => Ok(Type::Dynamic),
            _ => {
                let pattern = compile(text(arguments, 0))?;
                Shape::of(&pattern).map(|shape| shape.ty())
            }
        },
        |arguments, _| {
            let pattern = compile(text(arguments, 0))?;
            let shape = Shape::of(&pattern)?;
            let found = pattern.regex.captures(text(arguments, 1));
            found.map(|found| shape.value(&found)).ok_or_else(|| {
                FunctionError::new(
                    "the pattern does not match any part of the string; to test for a match, look at the length of \
                     what regexall gives, or use can",
                )
            })
        },
    )
    .never_null()
}

fn regexall() -> Function {
    Function::typed(
        "regexall",
        "All matches of a regular expression, or what its groups captured in each.",
        parameters(),
        |arguments| match arguments.first() {
            Some(pattern) if !pattern.is_known() => Ok(Type::list(Type::Dynamic)),
            _ => {
                let pattern = compile(text(arguments, 0))?;
                Shape::of(&pattern).map(|shape| Type::list(shape.ty()))
            }
        },
        |arguments, _| {
            let pattern = compile(text(arguments, 0))?;
            let shape = Shape::of(&pattern)?;
            let found =
                pattern.regex.captures_iter(text(arguments, 1)).map(|found| shape.value(&found)).collect();
            Ok(Value::list(shape.ty(), found))
        },
    )
    .never_null()
}

fn replace() -> Function {
    let parameters = vec![
        Parameter::new("str", Type::String, "The string to change."),
        Parameter::new("substr", Type::String, "What to replace; between slashes, a regular expression."),
        Parameter::new(
            "replace",
            Type::String,
            "What to put there; $1 or ${name} stand for what groups captured.",
        ),
    ];
    let description = "Replaces a part of a string wherever it occurs.";
    Function::new("replace", description, parameters, Type::String, |arguments| {
        let (string, wanted, replacement) = (text(arguments, 0), text(arguments, 1), text(arguments, 2));
        let expression = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let Some(expression) = expression else {
            let growth = replacement.len().saturating_sub(wanted.len());
            let grown = string.matches(wanted).count().saturating_mul(growth);
            if grown.saturating_add(string.len()) > LONGEST_TEXT {
                return Err(FunctionError::too_long());
            }
            return Ok(Value::string(&string.replace(wanted, replacement)));
        };
        let pattern = recent::compile(expression).map_err(|why| FunctionError::argument(1, why))?;
        let mut length = string.len();
        let replaced = pattern.regex.replace_all(string, |found: &regex::Captures<'_>| {
            if length > LONGEST_TEXT {
                return String::new();
            }
            let expanded = template::expand(replacement, &pattern.names, found);
            length += expanded.len();
            expanded
        });
        if length > LONGEST_TEXT {
            return Err(FunctionError::too_long());
        }
        Ok(Value::string(&replaced))
    })
    .never_null()
    .passes(|arguments, at| match at {
        0 => arguments.get(1).is_none_or(|wanted| wanted.as_str().is_some_and(is_cleaning)),
        at => at == 2,
    })
}

fn compile(pattern: &str) -> Result<Rc<Pattern>, FunctionError> {
    recent::compile(pattern).map_err(|why| FunctionError::argument(0, why))
}

/// The form of a match, which depends on the groups of the pattern.
enum Shape<'a> {
    Whole,
    Tuple(usize),
    Object(Vec<&'a str>),
}

impl<'a> Shape<'a> {
    fn of(pattern: &'a Pattern) -> Result<Self, FunctionError> {
        let names: Vec<&str> = pattern.names.iter().flatten().map(String::as_str).collect();
        match (pattern.names.len(), names.len()) {
            (0, _) => Ok(Self::Whole),
            (all, 0) => Ok(Self::Tuple(all)),
            (all, named) if all == named => Ok(Self::Object(names)),
            _ => Err(FunctionError::argument(
                0,
                "either all capture groups of the pattern must have names or none; (?:...) groups without capturing",
            )),
        }
    }

    fn ty(&self) -> Type {
        match self {
            Self::Whole => Type::String,
            Self::Tuple(count) => Type::tuple(vec![Type::String; *count]),
            Self::Object(names) => Type::object(names.iter().map(|name| (*name, Type::String))),
        }
    }

    /// A group that did not take part in the match is null.
    fn value(&self, found: &regex::Captures<'_>) -> Value {
        let group = |index: usize| match found.get(index) {
            Some(part) => Value::string(part.as_str()),
            None => Value::null(Type::String),
        };
        match self {
            Self::Whole => group(0),
            Self::Tuple(count) => Value::tuple((1..=*count).map(group).collect()),
            Self::Object(names) => {
                Value::object(names.iter().enumerate().map(|(index, name)| (*name, group(index + 1))))
            }
        }
    }
}

/// Whether replacing this only makes a text fit its place, such as `-` for `_`. Replacing one word by another is a
/// decision in disguise: `replace(name, "production", "large")`.
fn is_cleaning(wanted: &str) -> bool {
    let is_class = wanted.starts_with("/[^") && wanted.ends_with(['/', '+', ']']);
    is_class || !wanted.chars().any(char::is_alphanumeric)
}
