//! Lists made from lists, with and without a new order.

use std::collections::HashMap;
use std::sync::Arc;

use super::argument::{Outcome, any, items, whole};
use super::sets::Members;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Kind, Marks, Number, Refinement, Type, Value, convert, unify};

pub(super) fn functions() -> Vec<Function> {
    vec![
        chunklist(),
        compact(),
        concat(),
        distinct(),
        flatten(),
        matchkeys(),
        range(),
        reverse(),
        slice(),
        sort(),
    ]
}

fn list_of_any(name: &str, description: &str) -> Parameter {
    Parameter::new(name, Type::list(Type::Dynamic), description)
}

/// The element type of a list type.
fn element_of(ty: &Type) -> Type {
    ty.element().cloned().unwrap_or(Type::Dynamic)
}

fn chunklist() -> Function {
    let parameters = vec![
        list_of_any("list", "The list to split.").allow_marked(),
        Parameter::new("size", Type::Number, "How many elements a chunk has at most; 0 for no limit.")
            .allow_marked(),
    ];
    let result = |arguments: &[Value]| Ok(Type::list(arguments[0].ty()));
    let description = "Splits a list into lists of a fixed size, of which the last may be shorter.";
    Function::typed("chunklist", description, parameters, result, |arguments, _| {
        let (list, mut marks) = arguments[0].clone().unmark();
        let (size, size_marks) = arguments[1].clone().unmark();
        marks = marks.union(&size_marks);
        let size = whole(&[Value::bool(true), size], 1)?;
        let size = usize::try_from(size)
            .map_err(|_| FunctionError::argument(1, "a chunk cannot have a negative size"))?;
        let ty = list.ty();
        let items = items(&list);
        let chunks = match size {
            0 if items.is_empty() => Vec::new(),
            0 => vec![list.clone()],
            _ => items.chunks(size).map(|c| Value::list(element_of(&ty), c.to_vec())).collect(),
        };
        Ok(Value::list(ty, chunks).with_marks(&marks))
    })
    .never_null()
}

fn compact() -> Function {
    let ty = Type::list(Type::String);
    let list = Parameter::new("list", ty.clone(), "A list of strings.");
    let description = "The strings of a list that are neither null nor empty.";
    Function::new("compact", description, vec![list], ty, |arguments| {
        if !arguments[0].is_wholly_known() {
            return Ok(Value::unknown(Type::list(Type::String)));
        }
        let kept = items(&arguments[0]).iter().filter(|item| item.as_str().is_some_and(|s| !s.is_empty()));
        Ok(Value::list(Type::String, kept.cloned().collect()))
    })
    .never_null()
}

fn concat() -> Function {
    let description = "One sequence with the elements of all, in the order given.";
    Function::typed("concat", description, vec![], concat_type, |arguments, ty| {
        let mut all = Vec::new();
        let mut marks = Marks::none();
        for (at, argument) in arguments.iter().enumerate() {
            let sequence = match ty {
                Type::List(_) => {
                    convert(argument, ty).map_err(|e| FunctionError::argument(at, e.to_string()))?
                }
                _ => argument.clone(),
            };
            let (sequence, own) = sequence.unmark();
            marks = marks.union(&own);
            all.extend_from_slice(items(&sequence));
        }
        let joined = match ty {
            Type::List(element) => Value::list((**element).clone(), all),
            _ => Value::tuple(all),
        };
        Ok(joined.with_marks(&marks))
    })
    .variadic(any("seqs", "Lists or tuples.").allow_marked())
    .never_null()
}

/// A list if all are lists with a common type, otherwise a tuple.
fn concat_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    if types.iter().all(|ty| matches!(ty, Type::List(_)))
        && let Some(common) = unify(&types, true)
    {
        return Ok(common);
    }
    let mut elements = Vec::new();
    for (at, (argument, ty)) in arguments.iter().zip(types).enumerate() {
        match &ty {
            Type::Tuple(types) => elements.extend(types.iter().cloned()),
            Type::List(element) => match argument.items() {
                Some(items) => elements.extend(items.iter().map(|_| (**element).clone())),
                None => return Ok(Type::Dynamic),
            },
            other => {
                let message = format!("a list or tuple is required, not {}", other.friendly());
                return Err(FunctionError::argument(at, message));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn distinct() -> Function {
    let list = list_of_any("list", "A list.");
    let result = |arguments: &[Value]| Ok(arguments[0].ty());
    let description = "The list without later repetitions of an element.";
    Function::typed("distinct", description, vec![list], result, |arguments, ty| {
        if !arguments[0].is_wholly_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        let mut seen: HashMap<u64, Vec<&Value>> = HashMap::new();
        let mut kept: Vec<Value> = Vec::new();
        for item in items(&arguments[0]) {
            let alike = seen.entry(item.digest()).or_default();
            if !alike.iter().any(|earlier| earlier.equals(item).as_bool() == Some(true)) {
                alike.push(item);
                kept.push(item.clone());
            }
        }
        Ok(Value::list(element_of(ty), kept))
    })
    .never_null()
}

fn flatten() -> Function {
    let list = any("list", "A list, set or tuple, with others inside.").allow_marked();
    let result = |arguments: &[Value]| {
        if !arguments[0].is_wholly_known() {
            return Ok(Type::Dynamic);
        }
        if !is_sequence(&arguments[0]) {
            return Err(FunctionError::argument(0, "only a list, set or tuple can be flattened"));
        }
        let flat = Flat::of(&arguments[0]);
        Ok(if flat.open { Type::Dynamic } else { Type::tuple(flat.items.iter().map(Value::ty).collect()) })
    };
    let description = "Puts the elements of all lists inside a list in their place.";
    Function::typed("flatten", description, vec![list], result, |arguments, ty| {
        if !is_sequence(&arguments[0]) {
            return Err(FunctionError::argument(0, "only a list, set or tuple can be flattened"));
        }
        let flat = Flat::of(&arguments[0]);
        let value = if flat.open { Value::unknown(ty.clone()) } else { Value::tuple(flat.items) };
        Ok(value.with_marks(&flat.marks))
    })
    .never_null()
}

fn is_sequence(value: &Value) -> bool {
    match value.kind() {
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => true,
        Kind::Null(ty) | Kind::Unknown(ty, _) => matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)),
        _ => false,
    }
}

#[derive(Default)]
struct Flat {
    items: Vec<Value>,
    marks: Marks,
    /// Whether the number of elements is not known.
    open: bool,
}

impl Flat {
    fn of(value: &Value) -> Self {
        let mut flat = Self::default();
        flat.add(value);
        flat
    }

    /// Recursive to any depth, so the stack grows if necessary.
    fn add(&mut self, sequence: &Value) {
        self.marks = self.marks.union(sequence.marks());
        let length = sequence.length();
        if !length.is_known() || sequence.items().is_none() {
            self.open = true;
            return;
        }
        for item in items(sequence) {
            if matches!(item.kind(), Kind::Unknown(Type::Dynamic, _)) {
                self.open = true;
            }
            if !item.is_null() && is_sequence(item) {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.add(item));
            } else {
                self.items.push(item.clone());
            }
        }
    }
}

fn matchkeys() -> Function {
    let parameters = vec![
        list_of_any("values", "What to choose from."),
        list_of_any("keys", "A key for each value."),
        list_of_any("searchset", "The keys whose values are wanted."),
    ];
    let result = |arguments: &[Value]| match unify(&[arguments[1].ty(), arguments[2].ty()], true) {
        Some(_) => Ok(arguments[0].ty()),
        None => Err(FunctionError::argument(2, "the searchset must have the same type as the keys")),
    };
    let description = "The elements of one list whose counterparts in another are wanted.";
    Function::typed("matchkeys", description, parameters, result, |arguments, ty| {
        let (values, keys) = (&arguments[0], &arguments[1]);
        if items(values).len() != items(keys).len() {
            return Err(FunctionError::argument(1, "there must be as many keys as values"));
        }
        let common = unify(&[keys.ty(), arguments[2].ty()], true).unwrap_or(Type::Dynamic);
        let keys = convert(keys, &common).map_err(|e| FunctionError::argument(1, e.to_string()))?;
        let wanted =
            convert(&arguments[2], &common).map_err(|e| FunctionError::argument(2, e.to_string()))?;
        let mut chosen = Vec::new();
        if items(&wanted).is_empty() {
            return Ok(Value::list(element_of(ty), chosen));
        }
        if !values.is_wholly_known() || !keys.is_wholly_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        if wanted.is_wholly_known() {
            let wanted = Members::of(items(&wanted));
            let pairs = items(values).iter().zip(items(&keys));
            let chosen = pairs.filter(|(_, key)| wanted.has(key)).map(|(value, _)| value.clone());
            return Ok(Value::list(element_of(ty), chosen.collect()));
        }
        for (value, key) in items(values).iter().zip(items(&keys)) {
            for search in items(&wanted) {
                match key.equals(search).as_bool() {
                    Some(true) => {
                        chosen.push(value.clone());
                        break;
                    }
                    Some(false) => {}
                    // As in Terraform, an empty list ends the computation here.
                    None => return Ok(Value::list(element_of(ty), Vec::new())),
                }
            }
        }
        Ok(Value::list(element_of(ty), chosen))
    })
    .never_null()
}

/// So that a mistake in an argument cannot fill the memory.
const LONGEST_RANGE: usize = 1024;

fn range() -> Function {
    let description = "Numbers from a start up to a limit that is left out, by equal steps.";
    Function::new("range", description, vec![], Type::list(Type::Number), count_range)
        .variadic(Parameter::new(
            "params",
            Type::Number,
            "The limit; or start and limit; or those and the step.",
        ))
        .never_null()
}

fn count_range(arguments: &[Value]) -> Outcome {
    let zero = Number::from_i64(0);
    let given: Vec<Number> = arguments.iter().filter_map(Value::as_number).cloned().collect();
    let step_to = |start: &Number, end: &Number| Number::from_i64(if end < start { -1 } else { 1 });
    let (start, end, step) = match given.as_slice() {
        [end] => (zero.clone(), end.clone(), step_to(&zero, end)),
        [start, end] => (start.clone(), end.clone(), step_to(start, end)),
        [start, end, step] => (start.clone(), end.clone(), step.clone()),
        _ => return Err(FunctionError::new("one, two or three numbers are required")),
    };
    let down = step < zero;
    if down && end > start {
        return Err(FunctionError::argument(1, "with a negative step the limit cannot be above the start"));
    }
    if !down && end < start {
        return Err(FunctionError::argument(1, "with a positive step the limit cannot be below the start"));
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if step.is_zero() {
            return Err(FunctionError::argument(2, "with a step of zero the range never ends"));
        }
        if numbers.len() >= LONGEST_RANGE {
            return Err(FunctionError::new(format!(
                "more than {LONGEST_RANGE} numbers are in this range; bring start and limit closer together \
                 or use a larger step"
            )));
        }
        numbers.push(Value::number(next.clone()));
        next = next.plus(&step);
    }
    Ok(Value::list(Type::Number, numbers))
}

fn reverse() -> Function {
    let list = any("list", "A list, set or tuple.").allow_marked();
    let result = |arguments: &[Value]| match &arguments[0].ty() {
        Type::Tuple(types) => Ok(Type::tuple(types.iter().rev().cloned().collect())),
        Type::List(element) | Type::Set(element) => Ok(Type::List(Arc::clone(element))),
        other => Err(FunctionError::argument(
            0,
            format!("a list or tuple is required, not {}; to reverse a string use strrev", other.friendly()),
        )),
    };
    Function::typed("reverse", "The elements from last to first.", vec![list], result, |arguments, ty| {
        let (list, marks) = arguments[0].clone().unmark();
        let reversed: Vec<Value> = items(&list).iter().rev().cloned().collect();
        let value = match ty {
            Type::List(element) => Value::list((**element).clone(), reversed),
            _ => Value::tuple(reversed),
        };
        Ok(value.with_marks(&marks))
    })
    .never_null()
}

fn slice() -> Function {
    let parameters = vec![
        any("list", "A list or tuple.").allow_marked(),
        Parameter::new("start_index", Type::Number, "The first element to take."),
        Parameter::new("end_index", Type::Number, "The first element not to take any more."),
    ];
    let result = |arguments: &[Value]| {
        let ty = arguments[0].ty();
        let length = match &ty {
            Type::Tuple(types) => Some(types.len()),
            Type::List(_) => arguments[0].items().map(<[Value]>::len),
            Type::Set(_) => {
                return Err(FunctionError::argument(
                    0,
                    "a set has no order to slice by; convert it with tolist if any order will do",
                ));
            }
            other => {
                let message = format!("a list or tuple is required, not {}", other.friendly());
                return Err(FunctionError::argument(0, message));
            }
        };
        let bounds = slice_bounds(arguments, length)?;
        Ok(match (&ty, bounds) {
            (Type::Tuple(types), Some((start, end))) => {
                Type::tuple(types.get(start..end).unwrap_or_default().to_vec())
            }
            (Type::Tuple(_), None) => Type::Dynamic,
            _ => ty,
        })
    };
    let description = "The elements from one index up to, but without, another.";
    Function::typed("slice", description, parameters, result, |arguments, ty| {
        let (list, marks) = arguments[0].clone().unmark();
        let items = items(&list);
        let Some((start, end)) = slice_bounds(arguments, Some(items.len()))? else {
            return Ok(Value::unknown(ty.clone()).with_marks(&marks));
        };
        let part = items.get(start..end).unwrap_or_default().to_vec();
        let value = match ty {
            Type::List(element) => Value::list((**element).clone(), part),
            _ => Value::tuple(part),
        };
        Ok(value.with_marks(&marks))
    })
    .never_null()
}

/// Start and end if both are known; whatever is known is checked.
fn slice_bounds(arguments: &[Value], length: Option<usize>) -> Result<Option<(usize, usize)>, FunctionError> {
    let bound = |at: usize, name: &str| {
        if !arguments[at].is_known() {
            return Ok(None);
        }
        let given = whole(arguments, at)?;
        let bound = usize::try_from(given)
            .map_err(|_| FunctionError::argument(at, format!("the {name} index cannot be negative")))?;
        match length {
            Some(length) if bound > length => Err(FunctionError::argument(
                at,
                format!(
                    "the {name} index {bound} is beyond the end of the list, which has {length} elements"
                ),
            )),
            _ => Ok(Some(bound)),
        }
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    match (start, end) {
        (Some(start), Some(end)) if start > end => {
            Err(FunctionError::argument(1, format!("the start index {start} is after the end index {end}")))
        }
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

fn sort() -> Function {
    let ty = Type::list(Type::String);
    let list = Parameter::new("list", ty.clone(), "A list of strings.").allow_unknown();
    let description = "The strings of a list in order of their characters' code points.";
    Function::new("sort", description, vec![list], ty, |arguments| {
        let list = &arguments[0];
        if !list.is_wholly_known() {
            // The order is unknown, but the length is not.
            let known = list.refinement();
            let facts = Refinement {
                not_null: true,
                length_lower: list.items().map_or_else(|| known?.length_lower, |items| Some(items.len())),
                length_upper: list.items().map_or_else(|| known?.length_upper, |items| Some(items.len())),
                ..Refinement::default()
            };
            return Ok(Value::unknown(Type::list(Type::String)).refine(&facts));
        }
        let mut sorted = items(list).to_vec();
        if let Some(at) = sorted.iter().position(Value::is_null) {
            return Err(FunctionError::argument(
                0,
                format!("element {at} is null, which has no place in an order"),
            ));
        }
        sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        Ok(Value::list(Type::String, sorted))
    })
    .never_null()
}
