//! Operations on sets.

use std::collections::HashMap;

use super::argument::{any, items};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{MOST_ELEMENTS, Marks, Refinement, Type, Value, convert, unify};

pub(super) fn functions() -> Vec<Function> {
    vec![setintersection(), setproduct(), setsubtract(), setunion()]
}

fn set(name: &str, description: &str) -> Parameter {
    Parameter::new(name, Type::set(Type::Dynamic), description).allow_dynamic()
}

fn setintersection() -> Function {
    let parameters = vec![set("first_set", "A set.")];
    let description = "The elements that are in every set.";
    Function::typed("setintersection", description, parameters, set_type, |arguments, ty| {
        combine(arguments, ty, |left, right| {
            let other = Members::of(right);
            left.into_iter().filter(|item| other.has(item)).collect()
        })
    })
    .variadic(set("other_sets", "More sets."))
    .never_null()
}

fn setsubtract() -> Function {
    let parameters = vec![set("a", "A set."), set("b", "What to take out of it.")];
    let description = "The elements of the first set that are not in the second.";
    Function::typed("setsubtract", description, parameters, set_type, |arguments, ty| {
        combine(arguments, ty, |left, right| {
            let other = Members::of(right);
            left.into_iter().filter(|item| !other.has(item)).collect()
        })
    })
    .never_null()
}

fn setunion() -> Function {
    let parameters = vec![set("first_set", "A set.")];
    let description = "The elements that are in at least one set.";
    Function::typed("setunion", description, parameters, set_type, |arguments, ty| {
        let mut all = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            all.extend_from_slice(items(&converted(argument, at, ty)?));
        }
        Ok(Value::set(element_of(ty), all))
    })
    .variadic(set("other_sets", "More sets."))
    .never_null()
}

/// A set of the type that all element types convert to; an empty set without a type is ignored.
fn set_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let types: Vec<Type> = arguments
        .iter()
        .filter(|set| {
            !(set.items().is_some_and(<[Value]>::is_empty) && element_of(&set.ty()) == Type::Dynamic)
        })
        .map(|set| element_of(&set.ty()))
        .collect();
    match unify(&types, true) {
        Some(common) => Ok(Type::set(common)),
        None => Err(FunctionError::new("the elements of these sets have no type in common")),
    }
}

fn element_of(ty: &Type) -> Type {
    ty.element().cloned().unwrap_or(Type::Dynamic)
}

fn converted(argument: &Value, at: usize, ty: &Type) -> Result<Value, FunctionError> {
    convert(argument, ty).map_err(|e| FunctionError::argument(at, e.to_string()))
}

/// Combines from left to right; unknown as long as any element is, because its value may remove others.
fn combine(
    arguments: &[Value],
    ty: &Type,
    step: impl Fn(Vec<Value>, &[Value]) -> Vec<Value>,
) -> Result<Value, FunctionError> {
    let mut left: Option<Vec<Value>> = None;
    for (at, argument) in arguments.iter().enumerate() {
        let set = converted(argument, at, ty)?;
        if !set.is_wholly_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        left = Some(match left {
            None => items(&set).to_vec(),
            Some(left) => step(left, items(&set)),
        });
    }
    Ok(Value::set(element_of(ty), left.unwrap_or_default()))
}

/// Finds equal elements without comparing all pairs.
pub(super) struct Members<'a> {
    by_digest: HashMap<u64, Vec<&'a Value>>,
}

impl<'a> Members<'a> {
    pub(super) fn of(items: &'a [Value]) -> Self {
        let mut by_digest: HashMap<u64, Vec<&Value>> = HashMap::new();
        items.iter().for_each(|item| by_digest.entry(item.digest()).or_default().push(item));
        Self { by_digest }
    }

    pub(super) fn has(&self, item: &Value) -> bool {
        let alike = self.by_digest.get(&item.digest()).into_iter().flatten();
        alike.into_iter().any(|other| other.equals(item).as_bool() == Some(true))
    }
}

/// A larger product would not fit into memory.
const LARGEST_PRODUCT: usize = MOST_ELEMENTS;

fn setproduct() -> Function {
    let sets = any("sets", "Sets, lists or tuples, two or more.").allow_unknown().allow_marked();
    let description = "All combinations of one element from each set.";
    Function::typed("setproduct", description, vec![], product_type, |arguments, ty| {
        let element = element_of(ty);
        let mut marks = Marks::none();
        let mut total = Some(1_usize);
        for argument in arguments {
            marks = marks.union(argument.marks());
            let known = argument.clone().unmark().0.length().is_known() && argument.items().is_some();
            total = total.filter(|_| known).and_then(|t| t.checked_mul(items(argument).len()));
            if !known {
                return Ok(product_bounds(arguments, ty).with_marks(&marks_of(arguments)));
            }
        }
        if total.is_none_or(|total| total > LARGEST_PRODUCT) {
            return Err(FunctionError::new(format!("the product has more than {LARGEST_PRODUCT} elements")));
        }
        let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
        for (at, argument) in arguments.iter().enumerate() {
            let ty = match &element {
                Type::Tuple(types) => types.get(at).cloned().unwrap_or(Type::Dynamic),
                _ => Type::Dynamic,
            };
            let column = items(argument).iter().map(|item| converted(item, at, &ty));
            let column = column.collect::<Result<Vec<Value>, _>>()?;
            rows = rows
                .iter()
                .flat_map(|row| {
                    column.iter().map(move |item| [row.as_slice(), std::slice::from_ref(item)].concat())
                })
                .collect();
        }
        let tuples: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
        let product = match ty {
            Type::List(_) => Value::list(element, tuples),
            _ => Value::set(element, tuples),
        };
        Ok(product.with_marks(&marks))
    })
    .variadic(sets)
    .never_null()
}

fn marks_of(arguments: &[Value]) -> Marks {
    arguments.iter().fold(Marks::none(), |marks, argument| marks.union(argument.marks()))
}

/// A list if all arguments have an order, otherwise a set.
fn product_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() < 2 {
        return Err(FunctionError::new("at least two sets are required"));
    }
    let mut ordered = true;
    let mut elements = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        elements.push(match &argument.ty() {
            Type::Set(element) => {
                ordered = false;
                (**element).clone()
            }
            Type::List(element) => (**element).clone(),
            Type::Tuple(types) => unify(types, true)
                .ok_or_else(|| FunctionError::argument(at, "all elements must have one type in common"))?,
            other => {
                let message = format!("a set, list or tuple is required, not {}", other.friendly());
                return Err(FunctionError::argument(at, message));
            }
        });
    }
    let element = Type::tuple(elements);
    Ok(if ordered { Type::list(element) } else { Type::set(element) })
}

/// The possible lengths of a product whose factors are not all known. The lower bound is one only if no factor can turn
/// out to be empty.
fn product_bounds(arguments: &[Value], ty: &Type) -> Value {
    let unknown = Value::unknown(ty.clone());
    let (mut least, mut most) = (1_usize, 1_usize);
    for argument in arguments {
        let lengths = match (argument.items(), &argument.ty(), argument.refinement()) {
            (Some(items), ..) => Some((items.len().min(1), items.len())),
            (None, Type::Tuple(types), _) => Some((types.len(), types.len())),
            (None, _, facts) => facts.and_then(|f| Some((f.length_lower.unwrap_or(0), f.length_upper?))),
        };
        let Some((lower, upper)) = lengths.filter(|(_, upper)| *upper <= 1024) else {
            return unknown;
        };
        least = least.min(lower);
        most *= upper;
        if most > 2048 {
            return unknown;
        }
    }
    let facts = Refinement {
        not_null: true,
        length_lower: Some(least.min(most)),
        length_upper: Some(most),
        ..Refinement::default()
    };
    unknown.refine(&facts)
}
