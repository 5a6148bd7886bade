//! Converts a value, once its type is known to allow it.

use std::collections::BTreeMap;

use super::possible::{is_possible, wanted_element};
use super::{ConversionError, mismatch};
use crate::value::unification::unify_some;
use crate::value::{Entries, Kind, Name, Number, ObjectType, Path, PathStep, Refinement, Type, Value, deep};

/// An error, with the steps to its place from the inside out: paths cost nothing as long as there is no error.
pub(super) struct Problem {
    steps: Vec<PathStep>,
    message: String,
}

impl Problem {
    fn new(message: impl Into<String>) -> Self {
        Self { steps: Vec::new(), message: message.into() }
    }

    fn unlike() -> Self {
        Self::new("the elements have no type in common")
    }

    fn at(mut self, step: PathStep) -> Self {
        self.steps.push(step);
        self
    }

    fn at_index(self, index: usize) -> Self {
        self.at(PathStep::Index(Value::count(index)))
    }

    fn at_key(self, key: &Name) -> Self {
        self.at(PathStep::Index(Value::normalized_string(key.clone())))
    }

    pub(super) fn into_error(mut self) -> ConversionError {
        self.steps.reverse();
        ConversionError { path: Path(self.steps), message: self.message }
    }
}

type Result = std::result::Result<Value, Problem>;

/// `have` is the value's type; the conversion must be possible.
pub(super) fn apply(value: &Value, have: &Type, want: &Type) -> Result {
    apply_inside(value, have, want, Shape::of(want))
}

fn apply_inside(value: &Value, have: &Type, want: &Type, shape: Shape) -> Result {
    if let Type::Dynamic = want {
        return Ok(value.clone());
    }
    if have == want {
        return Ok(value.clone());
    }
    let decides = matches!(have, Type::String | Type::Dynamic) && matches!(want, Type::Number | Type::Bool);
    let converted = match value.kind() {
        Kind::Null(_) => Value::null(fill_dynamic(have, &want.without_optional())),
        Kind::Unknown(_, facts) => {
            unknown(have, facts.as_deref(), fill_dynamic(have, &want.without_optional()))
        }
        // Its type was unknown, but the value is known.
        _ if *have == Type::Dynamic => {
            let have = value.ty();
            if !is_possible(&have, want, true) {
                let (path, message) = mismatch::explain(&have, want);
                return Err(Problem { steps: path.0.into_iter().rev().collect(), message });
            }
            deep(|| apply(value, &have, want))?
        }
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => return plain(value, want),
        _ => deep(|| compound(value, have, want, shape))?,
    };
    let converted = converted.with_marks(value.marks());
    Ok(if decides { converted.deciding() } else { converted })
}

/// Between bool, number and string.
pub(super) fn plain(value: &Value, want: &Type) -> Result {
    let converted = match (value.kind(), want) {
        (Kind::Bool(true), Type::String) => Value::normalized_string(Name::from("true")),
        (Kind::Bool(false), Type::String) => Value::normalized_string(Name::from("false")),
        (Kind::Number(number), Type::String) => Value::normalized_string(Name::from(number.to_string())),
        (Kind::String(text), Type::Number) => match Number::parse(text) {
            Ok(number) => Value::number(number),
            Err(_) => {
                return Err(Problem::new(
                    "a number is required, and this string is not one in decimal digits",
                ));
            }
        },
        (Kind::String(text), Type::Bool) => match &**text {
            "true" | "1" => Value::bool(true),
            "false" | "0" => Value::bool(false),
            text if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => {
                return Err(Problem::new(
                    "a bool is required, and as a string it is written in small letters",
                ));
            }
            _ => {
                return Err(Problem::new(
                    "a bool is required, and this string is neither \"true\" nor \"false\"",
                ));
            }
        },
        (Kind::Bool(_), Type::Bool) | (Kind::Number(_), Type::Number) | (Kind::String(_), Type::String) => {
            value.clone()
        }
        _ => return Err(Problem::new(mismatch::explain(&value.ty(), want).1)),
    };
    // A number or boolean parsed from a string is more than that string in another place.
    let decides = matches!(value.kind(), Kind::String(_)) && !matches!(want, Type::String);
    let converted = converted.with_marks(value.marks());
    Ok(if decides { converted.deciding() } else { converted })
}

fn compound(value: &Value, have: &Type, want: &Type, shape: Shape) -> Result {
    let unfit = || Problem::new(mismatch::explain(have, want).1);
    let entries = || value.entries().ok_or_else(unfit);
    let items = || value.items().ok_or_else(unfit);
    let is_list = matches!(want, Type::List(_));
    match (have, want) {
        (Type::Object(have), Type::Object(want)) => object_to_object(entries()?, have, want, shape),
        (Type::Tuple(have), Type::Tuple(want)) => {
            let parts = items()?.iter().zip(have.iter().zip(want.iter()));
            let converted = parts.enumerate().map(|(index, (item, (have, want)))| {
                apply_inside(item, have, want, shape).map_err(|problem| problem.at_index(index))
            });
            Ok(Value::tuple(converted.collect::<std::result::Result<_, _>>()?))
        }
        // With unknown elements in a set, the length of the list is unknown.
        (Type::Set(have), Type::List(want))
            if value.length_bounds().is_some_and(|(least, most)| least != most) =>
        {
            Ok(Value::unknown(Type::list(fill_dynamic(have, &want.without_optional()))))
        }
        (Type::List(have) | Type::Set(have), Type::List(want) | Type::Set(want)) => {
            let converted = each(items()?, std::iter::repeat(have.as_ref()), want, shape)?;
            let element = if converted.is_empty() && **want == Type::Dynamic {
                have.as_ref().clone()
            } else {
                shape.element_type(converted.iter(), want)?
            };
            Ok(sequence(element, converted, is_list))
        }
        (Type::Tuple(have), Type::List(want) | Type::Set(want)) => {
            tuple_to_sequence(items()?, have, want, is_list, shape)
        }
        (Type::Map(have), Type::Map(want)) => {
            let entries = entries()?;
            let converted = each_entry(entries, std::iter::repeat(have.as_ref()), want, shape)?;
            if converted.is_empty() && **want == Type::Dynamic {
                return Ok(Value::map(have.as_ref().clone(), converted));
            }
            map(converted, want, false, shape)
        }
        (Type::Object(have), Type::Map(want)) => {
            let want =
                wanted_element(have.attributes.values(), want, true, false).ok_or_else(Problem::unlike)?;
            map(each_entry(entries()?, have.attributes.values(), &want, shape)?, &want, true, shape)
        }
        (Type::Map(have), Type::Object(want)) => map_to_object(entries()?, have, want, shape),
        _ => Err(unfit()),
    }
}

fn object_to_object(values: &Entries, have: &ObjectType, want: &ObjectType, shape: Shape) -> Result {
    let mut attributes = BTreeMap::new();
    for (name, want) in &want.attributes {
        let converted = match (values.get(name), have.attributes.get(name)) {
            (Some(value), Some(have)) => apply_inside(value, have, want, shape)
                .map_err(|problem| problem.at(PathStep::Attribute(name.clone())))?,
            _ => Value::null(want.without_optional()),
        };
        attributes.insert(name.clone(), converted);
    }
    Ok(Value::object(attributes))
}

fn map_to_object(items: &Entries, have: &Type, want: &ObjectType, shape: Shape) -> Result {
    let mut attributes = BTreeMap::new();
    for (name, ty) in &want.attributes {
        let converted = match items.get(name) {
            Some(item) if *have == *ty || is_possible(have, ty, true) => {
                apply_inside(item, have, ty, shape).map_err(|problem| problem.at_key(name))?
            }
            Some(_) => return Err(Problem::new(mismatch::explain(have, ty).1).at_key(name)),
            None if want.optional.contains(name) => Value::null(ty.without_optional()),
            None => {
                let message = format!("the attribute {name:?} is required, and this map has no such element");
                return Err(Problem::new(message));
            }
        };
        attributes.insert(name.clone(), converted);
    }
    Ok(Value::object(attributes))
}

fn tuple_to_sequence(items: &[Value], have: &[Type], want: &Type, is_list: bool, shape: Shape) -> Result {
    let want = wanted_element(have.iter(), want, true, true).ok_or_else(Problem::unlike)?;
    let mut converted = each(items, have.iter(), &want, shape)?;
    if converted.is_empty() {
        return Ok(sequence(want.without_optional(), converted, is_list));
    }
    if is_list && shape.open && want.has_dynamic() {
        let common = common_type(converted.iter(), true)?;
        let joined = converted.iter().map(|item| join(item, &common));
        converted = joined.collect::<std::result::Result<_, _>>()?;
    }
    let element = shape.element_type(converted.iter(), &want)?;
    Ok(sequence(element, converted, is_list))
}

fn each<'a>(
    items: &[Value],
    have: impl Iterator<Item = &'a Type>,
    want: &Type,
    shape: Shape,
) -> std::result::Result<Vec<Value>, Problem> {
    let convert = |(index, (item, have)): (usize, (&Value, &Type))| {
        apply_inside(item, have, want, shape).map_err(|problem| problem.at_index(index))
    };
    items.iter().zip(have).enumerate().map(convert).collect()
}

fn each_entry<'a>(
    entries: &Entries,
    have: impl Iterator<Item = &'a Type>,
    want: &Type,
    shape: Shape,
) -> std::result::Result<Entries, Problem> {
    let convert = |((key, item), have): ((&Name, &Value), &Type)| {
        let converted = apply_inside(item, have, want, shape).map_err(|problem| problem.at_key(key))?;
        Ok((key.clone(), converted))
    };
    entries.iter().zip(have).map(convert).collect()
}

fn sequence(element: Type, items: Vec<Value>, is_list: bool) -> Value {
    if is_list { Value::list(element, items) } else { Value::set(element, items) }
}

/// A map of converted elements, which may still differ where the element type is open.
fn map(mut converted: Entries, want: &Type, unsafely: bool, shape: Shape) -> Result {
    if shape.open
        && want.has_dynamic()
        && (want.is_collection() || matches!(want, Type::Object(_)))
        && !converted.is_empty()
    {
        let common = common_type(converted.values(), unsafely)?;
        for item in converted.values_mut() {
            *item = join(item, &common)?;
        }
    }
    let element = shape.element_type(converted.values(), want)?;
    Ok(Value::map(element, converted))
}

fn common_type<'a>(
    items: impl Iterator<Item = &'a Value>,
    unsafely: bool,
) -> std::result::Result<Type, Problem> {
    let types: Vec<Type> = items.map(Value::ty).collect();
    unify_some(types.iter(), unsafely).ok_or_else(Problem::unlike)
}

/// Converts to the common type of the elements.
fn join(item: &Value, common: &Type) -> Result {
    let have = item.ty();
    if have == *common || is_possible(&have, common, true) {
        apply(item, &have, common)
    } else {
        Err(Problem::unlike())
    }
}

/// Properties of the wanted type anywhere inside, computed once and not at every level.
#[derive(Clone, Copy)]
struct Shape {
    /// A type left open.
    open: bool,
    /// An optional attribute.
    optional: bool,
}

impl Shape {
    fn of(want: &Type) -> Self {
        Self { open: want.has_dynamic(), optional: want.has_optional() }
    }

    /// The element type of a collection of these, which were converted to the wanted one.
    fn element_type<'a>(
        self,
        items: impl Iterator<Item = &'a Value>,
        want: &Type,
    ) -> std::result::Result<Type, Problem> {
        if !self.open || !want.has_dynamic() {
            return Ok(if self.optional { want.without_optional() } else { want.clone() });
        }
        let mut element: Option<Type> = None;
        for item in items {
            let ty = item.ty();
            match &element {
                None | Some(Type::Dynamic) => element = Some(ty),
                Some(element) if ty != Type::Dynamic && ty != *element => return Err(Problem::unlike()),
                Some(_) => {}
            }
        }
        Ok(element.unwrap_or_else(|| want.without_optional()))
    }
}

/// An unknown value of the new type, with those refinements of the old one that also apply to the new one.
fn unknown(have: &Type, facts: Option<&Refinement>, want: Type) -> Value {
    let mut kept =
        Refinement { not_null: facts.is_some_and(|facts| facts.not_null), ..Refinement::default() };
    match (have, &want) {
        (Type::Object(object), Type::Map(_)) => {
            kept = Refinement { not_null: kept.not_null, ..Refinement::length(object.attributes.len()) };
        }
        (Type::Tuple(elements), Type::List(_)) => {
            kept = Refinement { not_null: kept.not_null, ..Refinement::length(elements.len()) };
        }
        // Elements of a set may turn out to be equal.
        (Type::Tuple(elements), Type::Set(_)) => {
            kept.length_lower = Some(elements.len().min(1));
            kept.length_upper = Some(elements.len());
        }
        (Type::List(_) | Type::Set(_) | Type::Map(_), Type::List(_) | Type::Set(_) | Type::Map(_)) => {
            let lower = facts.and_then(|facts| facts.length_lower);
            kept.length_lower =
                if matches!(want, Type::Set(_)) { lower.map(|lower| lower.min(1)) } else { lower };
            kept.length_upper = facts.and_then(|facts| facts.length_upper);
        }
        _ => {}
    }
    Value::unknown(want).refine(&kept)
}

/// The wanted type, with its open parts taken from the given one as far as possible.
fn fill_dynamic(have: &Type, want: &Type) -> Type {
    if *have == Type::Dynamic || !want.has_dynamic() {
        return want.clone();
    }
    let common = |types: &mut dyn Iterator<Item = &Type>, want: &Type| {
        let types: Vec<&Type> = types.collect();
        match unify_some(types.iter().copied(), true) {
            Some(common) => fill_dynamic(&common, want),
            None => want.clone(),
        }
    };
    deep(|| match (have, want) {
        (_, Type::Dynamic) => have.clone(),
        (Type::Map(have), Type::Map(want)) => Type::map(fill_dynamic(have, want)),
        (Type::Object(have), Type::Map(want)) => Type::map(common(&mut have.attributes.values(), want)),
        (Type::List(have) | Type::Set(have), Type::List(want)) => Type::list(fill_dynamic(have, want)),
        (Type::List(have) | Type::Set(have), Type::Set(want)) => Type::set(fill_dynamic(have, want)),
        (Type::Tuple(have), Type::List(want)) => Type::list(common(&mut have.iter(), want)),
        (Type::Tuple(have), Type::Set(want)) => Type::set(common(&mut have.iter(), want)),
        (Type::Map(have), Type::Object(want)) => {
            Type::object(want.attributes.iter().map(|(name, want)| (name.clone(), fill_dynamic(have, want))))
        }
        (Type::Object(have), Type::Object(want)) => {
            Type::object(want.attributes.iter().map(|(name, want)| {
                let filled =
                    have.attributes.get(name).map_or_else(|| want.clone(), |have| fill_dynamic(have, want));
                (name.clone(), filled)
            }))
        }
        (Type::Tuple(have), Type::Tuple(want)) => {
            Type::tuple(have.iter().zip(want.iter()).map(|(have, want)| fill_dynamic(have, want)).collect())
        }
        _ => want.clone(),
    })
}
