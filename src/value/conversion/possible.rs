//! Decides from types alone whether values of one convert to another.

use crate::value::unification::unify_some;
use crate::value::{ObjectType, Type, deep};

/// Whether there is a conversion. An unsafe one may still fail for some values ("five" is not a number) or lose
/// something (a set has no order).
pub(in crate::value) fn is_possible(have: &Type, want: &Type, unsafely: bool) -> bool {
    match (have, want) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => unsafely,
        (Type::Bool, Type::Bool)
        | (Type::Number, Type::Number)
        | (Type::String, Type::String)
        | (Type::Type, Type::Type) => true,
        (Type::Bool | Type::Number, Type::String) => true,
        (Type::String, Type::Bool | Type::Number) => unsafely,
        (Type::Object(have), Type::Object(want)) => deep(|| objects(have, want, unsafely)),
        (Type::Tuple(have), Type::Tuple(want)) => {
            have.len() == want.len()
                && deep(|| have.iter().zip(want.iter()).all(|(a, b)| is_possible(a, b, unsafely)))
        }
        (Type::List(have) | Type::Set(have), Type::List(want)) | (Type::Set(have), Type::Set(want)) => {
            deep(|| is_possible(have, want, unsafely))
        }
        (Type::List(have), Type::Set(want)) => unsafely && deep(|| is_possible(have, want, unsafely)),
        (Type::Map(have), Type::Map(want)) => deep(|| is_possible(have, want, unsafely)),
        (Type::Tuple(have), Type::List(want) | Type::Set(want)) => {
            deep(|| elements(have.iter(), want, unsafely, true).is_some())
        }
        (Type::Object(have), Type::Map(want)) => {
            deep(|| elements(have.attributes.values(), want, unsafely, false).is_some())
        }
        (Type::Map(have), Type::Object(want)) => {
            unsafely
                && deep(|| {
                    want.attributes.iter().all(|(name, want_one)| {
                        // An optional attribute that cannot take an element may still be missing from the map.
                        want.optional.contains(name) || is_possible(have, want_one, unsafely)
                    })
                })
        }
        _ => false,
    }
}

fn objects(have: &ObjectType, want: &ObjectType, unsafely: bool) -> bool {
    want.attributes.iter().all(|(name, want_one)| match have.attributes.get(name) {
        Some(have_one) => is_possible(have_one, want_one, unsafely),
        None => want.optional.contains(name),
    })
}

/// The element type of the collection that parts of these types become, if they can.
fn elements<'a>(
    parts: impl Iterator<Item = &'a Type> + Clone,
    want: &Type,
    unsafely: bool,
    all_dynamic: bool,
) -> Option<Type> {
    let element = wanted_element(parts.clone(), want, unsafely, all_dynamic)?;
    // Consecutive parts of the same type, as in nearly every list, are tested once.
    let mut last: Option<&Type> = None;
    for part in parts {
        if last != Some(part) && !is_possible(part, &element, unsafely) {
            return None;
        }
        last = Some(part);
    }
    Some(element)
}

/// The wanted element type or, if that is open, a common one of all parts.
pub(super) fn wanted_element<'a>(
    mut parts: impl Iterator<Item = &'a Type> + Clone,
    want: &Type,
    unsafely: bool,
    all_dynamic: bool,
) -> Option<Type> {
    if *want != Type::Dynamic || parts.clone().next().is_none() {
        return Some(want.clone());
    }
    let common = unify_some(parts.clone(), unsafely)?;
    // The only thing in common is that some types are unknown.
    if common == Type::Dynamic && all_dynamic && parts.any(|part| *part != Type::Dynamic) {
        return None;
    }
    Some(common)
}
