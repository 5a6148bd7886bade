//! Finds a common type for several values.

use std::collections::{BTreeMap, HashSet};

use super::conversion::is_possible;
use super::{Type, deep};

/// The type that all of these convert to, if there is one, by safe conversions unless `unsafely`. Dynamic for no types
/// at all.
pub fn unify(types: &[Type], unsafely: bool) -> Option<Type> {
    if types.is_empty() { Some(Type::Dynamic) } else { unify_some(types.iter(), unsafely) }
}

/// [`unify`], except that no types have no common type.
pub(super) fn unify_some<'a>(types: impl Iterator<Item = &'a Type>, unsafely: bool) -> Option<Type> {
    // Mostly all are equal; and equal types add nothing, however many there are.
    let mut distinct: Vec<&Type> = Vec::new();
    let mut seen: HashSet<&Type> = HashSet::new();
    for ty in types {
        if distinct.last().is_some_and(|last| *last == ty) || seen.contains(ty) {
            continue;
        }
        distinct.push(ty);
        seen.insert(ty);
    }
    match distinct.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        several => deep(|| unify_distinct(several, unsafely)),
    }
}

/// The number of types of each kind.
#[derive(Default)]
struct Census {
    lists: usize,
    sets: usize,
    maps: usize,
    tuples: usize,
    objects: usize,
    dynamics: usize,
}

fn unify_distinct(types: &[&Type], unsafely: bool) -> Option<Type> {
    let mut census = Census::default();
    for ty in types {
        match ty {
            Type::List(_) => census.lists += 1,
            Type::Set(_) => census.sets += 1,
            Type::Map(_) => census.maps += 1,
            Type::Tuple(_) => census.tuples += 1,
            Type::Object(_) => census.objects += 1,
            Type::Dynamic => census.dynamics += 1,
            Type::Bool | Type::Number | Type::String | Type::Type => {}
        }
    }
    let Census { lists, sets, maps, tuples, objects, dynamics } = census;
    let only = |count: usize| count > 0 && count + dynamics == types.len();
    // With an unknown type among them, the unification of compound types is unknown, too.
    let known = |ty: fn(&[&Type], bool) -> Option<Type>| {
        if dynamics > 0 { Some(Type::Dynamic) } else { ty(types, unsafely) }
    };
    if only(maps) {
        return known(|types, unsafely| unify_elements(types, unsafely).map(Type::map));
    }
    if only(lists) {
        return known(|types, unsafely| unify_elements(types, unsafely).map(Type::list));
    }
    if only(sets) {
        return known(|types, unsafely| unify_elements(types, unsafely).map(Type::set));
    }
    if only(objects) {
        return known(unify_objects);
    }
    if only(tuples) {
        return known(unify_tuples);
    }
    // Objects next to maps are mostly literal maps, and tuples next to lists literal lists.
    if maps > 0 && only(maps + objects) {
        let found = replace_and_unify(types, unsafely, |ty| matches!(ty, Type::Object(_)), objects_to_map);
        if let Some(found @ Type::Map(_)) = found {
            return Some(found);
        }
    } else if lists > 0 && only(lists + tuples) {
        let found = replace_and_unify(types, unsafely, |ty| matches!(ty, Type::Tuple(_)), tuples_to_list);
        if let Some(found @ Type::List(_)) = found {
            return Some(found);
        }
    } else if objects > 0 && tuples > 0 {
        return None;
    }
    // One of the types themselves, trying the most general first.
    by_generality(types)
        .into_iter()
        .find(|want| types.iter().all(|have| have == want || is_possible(have, want, unsafely)))
        .cloned()
}

fn unify_elements(types: &[&Type], unsafely: bool) -> Option<Type> {
    unify_some(types.iter().filter_map(|ty| ty.element()), unsafely)
}

/// Replaces all types of a kind by their common collection type.
fn replace_and_unify(
    types: &[&Type],
    unsafely: bool,
    is_replaced: fn(&Type) -> bool,
    collect: fn(&[&Type], bool) -> Option<Type>,
) -> Option<Type> {
    let replaced: Vec<&Type> = types.iter().copied().filter(|ty| is_replaced(ty)).collect();
    let collection = collect(&replaced, unsafely)?;
    let types: Vec<&Type> = types.iter().map(|ty| if is_replaced(ty) { &collection } else { ty }).collect();
    unify_some(types.into_iter(), unsafely)
}

/// Attribute by attribute if all have the same ones; otherwise as maps.
fn unify_objects(types: &[&Type], unsafely: bool) -> Option<Type> {
    let objects = attributes(types);
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|object| object.len() != first.len() || !object.keys().eq(first.keys())) {
        return objects_to_map(types, unsafely);
    }
    let mut unified = BTreeMap::new();
    for name in first.keys() {
        let across = objects.iter().filter_map(|object| object.get(name));
        unified.insert(name.clone(), unify_some(across, unsafely)?);
    }
    let unified = Type::object(unified);
    if all_convert(types, &unified, unsafely) { Some(unified) } else { objects_to_map(types, unsafely) }
}

fn objects_to_map(types: &[&Type], unsafely: bool) -> Option<Type> {
    let objects = attributes(types);
    let element = unify_some(objects.iter().flat_map(|object| object.values()), unsafely)?;
    Some(Type::map(element)).filter(|map| all_convert(types, map, unsafely))
}

fn attributes<'a>(types: &[&'a Type]) -> Vec<&'a BTreeMap<super::Name, Type>> {
    let of = |ty: &&'a Type| match ty {
        Type::Object(object) => Some(&object.attributes),
        _ => None,
    };
    types.iter().filter_map(of).collect()
}

/// Element by element if all have the same length; otherwise as lists.
fn unify_tuples(types: &[&Type], unsafely: bool) -> Option<Type> {
    let tuples = tuple_elements(types);
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|tuple| tuple.len() != first.len()) {
        return tuples_to_list(types, unsafely);
    }
    let mut unified = Vec::with_capacity(first.len());
    for index in 0..first.len() {
        unified.push(unify_some(tuples.iter().filter_map(|tuple| tuple.get(index)), unsafely)?);
    }
    let unified = Type::tuple(unified);
    if all_convert(types, &unified, unsafely) { Some(unified) } else { tuples_to_list(types, unsafely) }
}

fn tuples_to_list(types: &[&Type], unsafely: bool) -> Option<Type> {
    let tuples = tuple_elements(types);
    let element = unify_some(tuples.iter().flat_map(|tuple| tuple.iter()), unsafely)?;
    Some(Type::list(element)).filter(|list| all_convert(types, list, unsafely))
}

fn tuple_elements<'a>(types: &[&'a Type]) -> Vec<&'a [Type]> {
    let of = |ty: &&'a Type| match ty {
        Type::Tuple(elements) => Some(elements.as_slice()),
        _ => None,
    };
    types.iter().filter_map(of).collect()
}

fn all_convert(types: &[&Type], want: &Type, unsafely: bool) -> bool {
    types.iter().all(|have| *have == want || is_possible(have, want, unsafely))
}

/// The types with more general ones before those that convert to them, otherwise in order.
fn by_generality<'a>(types: &[&'a Type]) -> Vec<&'a Type> {
    let count = types.len();
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut above = vec![0usize; count];
    for first in 0..count {
        for second in first + 1..count {
            let (general, special) = match preference(types[first], types[second]) {
                0 => continue,
                ..0 => (first, second),
                _ => (second, first),
            };
            below[general].push(special);
            above[special] += 1;
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|index| above[*index] == 0).collect();
    let mut next = 0;
    while let Some(general) = order.get(next).copied() {
        next += 1;
        for &special in &below[general] {
            above[special] -= 1;
            if above[special] == 0 {
                order.push(special);
            }
        }
    }
    order.into_iter().map(|index| types[index]).collect()
}

/// Negative if the first type is to be tried before the second, positive for the reverse, zero if neither is more
/// general. Whether everything converts is checked afterwards.
fn preference(a: &Type, b: &Type) -> i8 {
    match (a, b) {
        (Type::Dynamic, Type::Dynamic) => 0,
        // Any type is better than an unknown one.
        (Type::Dynamic, _) => 1,
        (_, Type::Dynamic) => -1,
        (Type::String, Type::Bool | Type::Number) => -1,
        (Type::Bool | Type::Number, Type::String) => 1,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            deep(|| preference(a, b))
        }
        (Type::List(_), Type::Tuple(_) | Type::Set(_)) | (Type::Tuple(_), Type::Set(_)) => -1,
        (Type::Tuple(_) | Type::Set(_), Type::List(_)) | (Type::Set(_), Type::Tuple(_)) => 1,
        (Type::Map(_), Type::Object(_)) => -1,
        (Type::Object(_), Type::Map(_)) => 1,
        (Type::Object(a), Type::Object(b)) if a.attributes.keys().eq(b.attributes.keys()) => {
            deep(|| overall(a.attributes.values().zip(b.attributes.values())))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => deep(|| overall(a.iter().zip(b.iter()))),
        _ => 0,
    }
}

/// One side is preferred only if it is worse in no part.
fn overall<'a>(pairs: impl Iterator<Item = (&'a Type, &'a Type)>) -> i8 {
    let (mut first, mut second) = (false, false);
    for (a, b) in pairs {
        match preference(a, b) {
            0 => {}
            ..0 => first = true,
            _ => second = true,
        }
    }
    match (first, second) {
        (true, false) => -1,
        (false, true) => 1,
        _ => 0,
    }
}
