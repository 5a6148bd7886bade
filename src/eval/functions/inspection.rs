//! Queries about collections: length, membership, position.

use super::argument::{Outcome, any, items, whole};
use super::grapheme::count;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Bound, Number, Refinement, Type, Value, convert};

pub(super) fn functions() -> Vec<Function> {
    vec![alltrue(), anytrue(), contains(), element(), index(), length(), one(), sum()]
}

fn alltrue() -> Function {
    let list = Parameter::new("list", Type::list(Type::Bool), "Conditions; null counts as false.");
    Function::new("alltrue", "Whether every element is true.", vec![list], Type::Bool, |arguments| {
        for item in items(&arguments[0]) {
            if !item.is_known() {
                return Ok(Value::unknown(Type::Bool));
            }
            if item.as_bool() != Some(true) {
                return Ok(Value::bool(false));
            }
        }
        Ok(Value::bool(true))
    })
    .never_null()
}

fn anytrue() -> Function {
    let list = Parameter::new("list", Type::list(Type::Bool), "Conditions; null counts as false.");
    Function::new("anytrue", "Whether at least one element is true.", vec![list], Type::Bool, |arguments| {
        let items = items(&arguments[0]);
        if items.iter().any(|item| item.as_bool() == Some(true)) {
            return Ok(Value::bool(true));
        }
        Ok(if items.iter().all(Value::is_known) { Value::bool(false) } else { Value::unknown(Type::Bool) })
    })
    .never_null()
}

fn contains() -> Function {
    let parameters = vec![any("list", "A list, set or tuple."), any("value", "What to look for in it.")];
    let description = "Whether a list, set or tuple has an element equal to the value.";
    Function::new("contains", description, parameters, Type::Bool, |arguments| {
        let Some(items) = arguments[0].items() else {
            return Err(FunctionError::argument(0, "a list, set or tuple is required"));
        };
        let mut open = false;
        for item in items {
            match arguments[1].equals(item).as_bool() {
                Some(true) => return Ok(Value::bool(true)),
                Some(false) => {}
                None => open = true,
            }
        }
        Ok(if open { Value::unknown(Type::Bool) } else { Value::bool(false) })
    })
    .never_null()
}

fn element() -> Function {
    let parameters = vec![
        any("list", "A list or tuple.").allow_marked(),
        Parameter::new(
            "index",
            Type::Number,
            "Which element; past the end it goes on from the start, and below zero of a list from the end.",
        ),
    ];
    let description = "The element at an index that goes on from the start when it is past the end.";
    let result = |arguments: &[Value]| match &arguments[0].ty() {
        Type::List(element) => Ok((**element).clone()),
        Type::Tuple(types) => {
            if !arguments[1].is_known() {
                return Ok(Type::Dynamic);
            }
            let at = wrapped(arguments, types.len())?;
            // Terraform counts back from the end of a list, but not of a tuple, such as a literal list.
            let index = whole(arguments, 1)?;
            if index < 0 && at != 0 {
                let message =
                    format!("the index {index} is negative, which only a list can take: see tolist");
                return Err(FunctionError::argument(1, message));
            }
            Ok(types.get(at).cloned().unwrap_or(Type::Dynamic))
        }
        other => Err(FunctionError::argument(
            0,
            format!("a list or tuple is required, and {} has no elements by number", other.friendly()),
        )),
    };
    Function::typed("element", description, parameters, result, |arguments, ty| {
        let (list, marks) = arguments[0].clone().unmark();
        let Some(items) = list.items() else {
            return Ok(Value::unknown(ty.clone()).with_marks(&marks));
        };
        let at = wrapped(arguments, items.len())?;
        Ok(items[at].clone().with_marks(&marks.deciding()))
    })
}

/// An index argument reduced to a sequence of that length, counting from both ends.
fn wrapped(arguments: &[Value], length: usize) -> Result<usize, FunctionError> {
    let index = whole(arguments, 1)?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = index.checked_rem_euclid(length).and_then(|at| usize::try_from(at).ok());
    at.ok_or_else(|| FunctionError::argument(0, "the list is empty, so there is no element to take"))
}

fn index() -> Function {
    let parameters = vec![any("list", "A list or tuple."), any("value", "What to look for in it.")];
    let description = "The index of the first element equal to the value.";
    Function::new("index", description, parameters, Type::Number, |arguments| {
        let list = &arguments[0];
        if !matches!(list.ty(), Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::argument(0, "a list or tuple is required"));
        }
        for (at, item) in items(list).iter().enumerate() {
            match item.equals(&arguments[1]).as_bool() {
                Some(true) => return Ok(Value::count(at)),
                Some(false) => {}
                None => return Ok(Value::unknown(Type::Number)),
            }
        }
        Err(match items(list) {
            [] => FunctionError::argument(0, "the list is empty"),
            _ => FunctionError::argument(1, "no element of the list is equal to this value"),
        })
    })
    .never_null()
}

fn length() -> Function {
    let value = any("value", "A string or anything with elements.");
    let parameters = vec![value.allow_dynamic().allow_unknown().allow_marked()];
    let description = "How many elements a collection has, or how many characters a string.";
    let result = |arguments: &[Value]| match &arguments[0].ty() {
        Type::Bool | Type::Number | Type::Type => Err(FunctionError::argument(
            0,
            "a string, list, set, map, tuple or object is required: this value has no length",
        )),
        _ => Ok(Type::Number),
    };
    Function::typed("length", description, parameters, result, |arguments, _| {
        let marks = &arguments[0].marks().deciding();
        let length = match &arguments[0].ty() {
            Type::Dynamic => Value::unknown(Type::Number),
            Type::Tuple(types) => Value::count(types.len()),
            Type::Object(object) => Value::count(object.attributes.len()),
            Type::String => characters(&arguments[0]),
            _ => arguments[0].length(),
        };
        Ok(length.with_marks(marks))
    })
    .never_null()
}

/// Counts grapheme clusters; the prefix of an unknown string gives a lower bound.
fn characters(text: &Value) -> Value {
    if let Some(text) = text.as_str() {
        return Value::count(count(text));
    }
    let prefix = text.refinement().and_then(|known| known.prefix.as_deref()).map_or(0, count);
    let lower = Bound { limit: Number::from_u64(prefix as u64), inclusive: true };
    let facts = Refinement { not_null: true, lower: Some(lower), ..Refinement::default() };
    Value::unknown(Type::Number).refine(&facts)
}

fn one() -> Function {
    let message = "a list, set or tuple with no more than one element is required";
    let list = any("list", "A list, set or tuple with at most one element.");
    let result = move |arguments: &[Value]| match &arguments[0].ty() {
        Type::List(element) | Type::Set(element) => Ok((**element).clone()),
        Type::Tuple(types) if types.len() < 2 => Ok(types.first().cloned().unwrap_or(Type::Dynamic)),
        _ => Err(FunctionError::argument(0, message)),
    };
    let description = "The only element of a collection, or null where it is empty.";
    Function::typed("one", description, vec![list], result, move |arguments, ty| {
        if !arguments[0].length().is_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        match items(&arguments[0]) {
            [] => Ok(Value::null(ty.clone())),
            [only] => Ok(only.clone()),
            more => Err(FunctionError::argument(0, format!("{message}, and this one has {}", more.len()))),
        }
    })
}

fn sum() -> Function {
    let list = any("list", "A list, set or tuple of numbers.");
    Function::new("sum", "The sum of all elements.", vec![list], Type::Number, |arguments| {
        let Some(items) = arguments[0].items() else {
            return Err(FunctionError::argument(0, "a list, set or tuple of numbers is required"));
        };
        if items.is_empty() {
            return Err(FunctionError::argument(0, "there is nothing to add up in an empty list"));
        }
        if !arguments[0].is_wholly_known() {
            return Ok(Value::unknown(Type::Number));
        }
        add_up(items)
    })
    .never_null()
}

fn add_up(items: &[Value]) -> Outcome {
    let mut total: Option<Number> = None;
    for item in items {
        let converted = convert(item, &Type::Number).ok();
        let Some(number) = converted.as_ref().and_then(Value::as_number) else {
            return Err(FunctionError::argument(0, "every element must be a number"));
        };
        total = Some(match total {
            None => number.clone(),
            Some(sum)
                if sum.is_infinite() && number.is_infinite() && sum.is_negative() != number.is_negative() =>
            {
                return Err(FunctionError::argument(0, "infinity and minus infinity have no sum"));
            }
            Some(sum) => sum.plus(number),
        });
    }
    Ok(total.map_or_else(|| Value::null(Type::Number), Value::number))
}
