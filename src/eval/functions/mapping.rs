//! Maps and objects: looking up, building and inverting them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::argument::{any, items, shown};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Entries, Kind, Marks, Name, ObjectType, Type, Value, convert};

pub(super) fn functions() -> Vec<Function> {
    vec![keys(), lookup(), merge(), transpose(), values(), zipmap()]
}

fn keys() -> Function {
    let map = any("inputMap", "A map or object.").allow_unknown().allow_marked();
    let result = |arguments: &[Value]| match &arguments[0].ty() {
        Type::Map(_) => Ok(Type::list(Type::String)),
        Type::Object(object) => Ok(Type::tuple(vec![Type::String; object.attributes.len()])),
        other => Err(not_a_map(0, other)),
    };
    let description = "The keys of a map, or the names of an object's attributes, in order.";
    Function::typed("keys", description, vec![map], result, |arguments, ty| {
        let map = &arguments[0];
        let strings = |names: &mut dyn Iterator<Item = &Name>| -> Vec<Value> {
            names.map(|name| Value::normalized_string(name.clone())).collect()
        };
        let value = match &map.ty() {
            // The type alone determines the names, so the object may be unknown.
            Type::Object(object) => Value::tuple(strings(&mut object.attributes.keys())),
            _ => match map.entries() {
                Some(entries) => Value::list(Type::String, strings(&mut entries.keys())),
                None => Value::unknown(ty.clone()),
            },
        };
        Ok(value.with_marks(map.marks()))
    })
    .never_null()
}

fn not_a_map(argument: usize, ty: &Type) -> FunctionError {
    FunctionError::argument(argument, format!("a map or object is required, not {}", ty.friendly()))
}

fn lookup() -> Function {
    let parameters = vec![
        any("inputMap", "A map or object.").allow_unknown().allow_marked(),
        Parameter::new("key", Type::String, "The key to look for.").allow_unknown().allow_marked(),
    ];
    let default = any("default", "What to give where there is no such key.");
    let default = default.allow_unknown().allow_dynamic().allow_null().allow_marked();
    let description = "The value for a key, or a default where the map has no such key.";
    Function::typed("lookup", description, parameters, lookup_type, |arguments, ty| {
        let (map, map_marks) = arguments[0].clone().unmark();
        let (key, key_marks) = arguments[1].clone().unmark();
        let marks = map_marks.union(&key_marks).deciding();
        let (true, Some(key)) = (map.is_known(), key.as_str()) else {
            return Ok(Value::unknown(ty.clone()).with_marks(&marks));
        };
        if let Some(found) = map.entries().and_then(|entries| entries.get(key)) {
            return Ok(found.clone().with_marks(&marks));
        }
        match arguments.get(2) {
            Some(default) => convert(default, ty)
                .map(|default| default.with_marks(&marks))
                .map_err(|e| FunctionError::argument(2, e.to_string())),
            None => Err(FunctionError::argument(
                1,
                format!("the map has no key {}, and no default is given", shown(key, &key_marks)),
            )),
        }
    })
    .variadic(default)
}

fn lookup_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() > 3 {
        return Err(FunctionError::argument(3, "no more than a map, a key and one default are allowed"));
    }
    match &arguments[0].ty() {
        Type::Object(object) => {
            let Some(key) = arguments[1].as_str() else {
                return Ok(Type::Dynamic);
            };
            match (object.attributes.get(key), arguments.get(2)) {
                (Some(_), _) => Ok(arguments[0]
                    .entries()
                    .and_then(|entries| entries.get(key))
                    .map_or_else(|| object.attributes.get(key).cloned().unwrap_or(Type::Dynamic), Value::ty)),
                (None, Some(default)) => Ok(default.ty()),
                (None, None) => Err(FunctionError::argument(
                    0,
                    format!(
                        "the object has no attribute {}, and no default is given",
                        shown(key, arguments[1].marks())
                    ),
                )),
            }
        }
        Type::Map(element) => {
            if let Some(default) = arguments.get(2)
                && convert(default, element).is_err()
            {
                let message =
                    format!("the default must be {}, as the map's elements are", element.friendly());
                return Err(FunctionError::argument(2, message));
            }
            Ok((**element).clone())
        }
        other => Err(not_a_map(0, other)),
    }
}

fn merge() -> Function {
    let maps = any("maps", "Maps or objects; null adds nothing.").allow_dynamic().allow_null().allow_marked();
    let description = "One map with the elements of all, later ones replacing earlier ones.";
    Function::typed("merge", description, vec![], merge_type, |arguments, ty| {
        let mut merged: BTreeMap<Name, Value> = BTreeMap::new();
        let mut marks = Marks::none();
        for argument in arguments {
            marks = marks.union(argument.marks());
            if let Some(entries) = argument.entries() {
                merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        let value = match ty {
            Type::Map(element) => Value::map((**element).clone(), merged),
            _ => Value::object(merged),
        };
        Ok(value.with_marks(&marks))
    })
    .variadic(maps)
    .never_null()
}

/// The common type if there is one, otherwise an object with the attributes of all.
fn merge_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let mut attributes: BTreeMap<Name, Type> = BTreeMap::new();
    let mut all_known = true;
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    for (at, (argument, ty)) in arguments.iter().zip(&types).enumerate() {
        match ty {
            Type::Dynamic => return Ok(Type::Dynamic),
            Type::Object(_) | Type::Map(_) if argument.is_null() => {}
            Type::Object(object) => {
                attributes.extend(object.attributes.iter().map(|(n, t)| (n.clone(), t.clone())));
            }
            Type::Map(element) => match argument.entries() {
                Some(entries) => attributes.extend(entries.keys().map(|k| (k.clone(), (**element).clone()))),
                None => all_known = false,
            },
            other => return Err(not_a_map(at, other)),
        }
    }
    Ok(match types.split_first() {
        Some((first, rest)) if rest.iter().all(|ty| ty == first) => first.clone(),
        _ if !all_known => Type::Dynamic,
        _ => Type::Object(Arc::new(ObjectType { attributes, ..ObjectType::default() })),
    })
}

fn transpose() -> Function {
    let ty = Type::map(Type::list(Type::String));
    let map = Parameter::new("values", ty.clone(), "A map of lists of strings.");
    let description = "Swaps keys and values of a map of lists of strings.";
    Function::new("transpose", description, vec![map], ty, |arguments| {
        let map = &arguments[0];
        if !map.is_wholly_known() {
            return Ok(Value::unknown(Type::map(Type::list(Type::String))));
        }
        // The keys come in order, so each list of keys is sorted, too.
        let mut turned: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
        for (key, list) in map.entries().into_iter().flatten() {
            if list.is_null() {
                return Err(FunctionError::argument(0, format!("the list for key {key:?} is null")));
            }
            for item in items(list) {
                let Kind::String(text) = item.kind() else {
                    return Err(FunctionError::argument(
                        0,
                        format!("a string in the list for key {key:?} is null"),
                    ));
                };
                turned.entry(text.clone()).or_default().push(Value::normalized_string(key.clone()));
            }
        }
        let lists = turned.into_iter().map(|(key, keys)| (key, Value::list(Type::String, keys)));
        Ok(Value::map(Type::list(Type::String), lists))
    })
    .never_null()
}

fn values() -> Function {
    let map = any("mapping", "A map or object.").allow_marked();
    let result = |arguments: &[Value]| match &arguments[0].ty() {
        Type::Map(element) => Ok(Type::List(Arc::clone(element))),
        Type::Object(object) => Ok(Type::tuple(object.attributes.values().cloned().collect())),
        other => Err(not_a_map(0, other)),
    };
    let description = "The values of a map or object, in order of their keys.";
    Function::typed("values", description, vec![map], result, |arguments, ty| {
        let (map, marks) = arguments[0].clone().unmark();
        let all: Vec<Value> = map.entries().into_iter().flat_map(Entries::values).cloned().collect();
        let value = match ty {
            Type::List(element) => Value::list((**element).clone(), all),
            _ => Value::tuple(all),
        };
        Ok(value.with_marks(&marks))
    })
    .never_null()
}

fn zipmap() -> Function {
    let parameters = vec![
        Parameter::new("keys", Type::list(Type::String), "The keys, in order.").allow_marked(),
        any("values", "A list or tuple with a value for each key.").allow_marked(),
    ];
    let result = |arguments: &[Value]| match &arguments[1].ty() {
        Type::List(element) => Ok(Type::Map(Arc::clone(element))),
        Type::Tuple(types) => {
            if !arguments[0].is_wholly_known() {
                return Ok(Type::Dynamic);
            }
            let keys = zip_keys(&arguments[0], types.len())?;
            Ok(Type::object(keys.into_iter().zip(types.iter().cloned())))
        }
        other => {
            let message = format!("a list or tuple is required, not {}", other.friendly());
            Err(FunctionError::argument(1, message))
        }
    };
    let description = "A map with keys from one list and values from another.";
    Function::typed("zipmap", description, parameters, result, |arguments, ty| {
        let (keys, keys_marks) = arguments[0].clone().unmark();
        let (values, values_marks) = arguments[1].clone().unmark();
        let mut marks = keys_marks.union(&values_marks);
        if !keys.is_wholly_known() {
            return Ok(Value::unknown(ty.clone()).with_marks(&marks));
        }
        let names = zip_keys(&keys, items(&values).len())?;
        // A key cannot have a mark of its own, so the whole map is marked.
        for key in items(&keys) {
            marks = marks.union(key.marks());
        }
        let pairs = names.into_iter().zip(items(&values).iter().cloned());
        let value = match ty {
            Type::Map(element) => Value::map((**element).clone(), pairs),
            _ => Value::object(pairs),
        };
        Ok(value.with_marks(&marks))
    })
    .never_null()
}

fn zip_keys(keys: &Value, values: usize) -> Result<Vec<Name>, FunctionError> {
    let keys = items(keys);
    if keys.len() != values {
        let message = format!("there are {} keys for {values} values", keys.len());
        return Err(FunctionError::argument(1, message));
    }
    keys.iter()
        .enumerate()
        .map(|(at, key)| match key.kind() {
            Kind::String(name) => Ok(name.clone()),
            _ => Err(FunctionError::argument(0, format!("key {at} is null"))),
        })
        .collect()
}
