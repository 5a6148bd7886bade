//! Equality of values.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::{Entries, Kind, Refinement, Type, Value, deep};

impl Value {
    /// The language's `==`: unknown if that cannot be decided yet; carries all marks of both. Values of different types
    /// are unequal, which is never an error. Nulls are equal whatever their types.
    #[must_use]
    pub fn equals(&self, other: &Self) -> Self {
        let answer = match known_equal(self, other) {
            Some(equal) => Self::bool(equal),
            None => Self::unknown(Type::Bool).refine_not_null(),
        };
        let marks = self.marks_deep().union(&other.marks_deep());
        answer.with_marks(&marks)
    }

    /// Equal values have equal digests; unequal ones nearly always different ones. Unknown values may be equal to
    /// anything, and must be compared one by one.
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.feed(&mut hasher);
        hasher.finish()
    }

    fn feed(&self, hasher: &mut DefaultHasher) {
        match self.kind() {
            Kind::Bool(value) => value.hash(hasher),
            // Zero has two signs and a number many precisions; machine precision is the same for all.
            Kind::Number(number) => (number.to_f64() + 0.0).to_bits().hash(hasher),
            Kind::String(text) => text.hash(hasher),
            Kind::Map(_) | Kind::Object(_) => deep(|| {
                for (name, value) in self.entries().into_iter().flatten() {
                    name.hash(hasher);
                    value.feed(hasher);
                }
            }),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                deep(|| self.items().unwrap_or_default().iter().for_each(|item| item.feed(hasher)));
            }
            Kind::Null(_) | Kind::Unknown(..) | Kind::Type(_) => {}
        }
    }

    /// Identity: including types, unknowns, refinements and marks.
    pub fn same(&self, other: &Self) -> bool {
        self.matches(other, true)
    }

    /// Identity, ignoring refinements.
    pub fn same_unrefined(&self, other: &Self) -> bool {
        self.matches(other, false)
    }

    fn matches(&self, other: &Self, refined: bool) -> bool {
        if self.marks() != other.marks() {
            return false;
        }
        let all = |a: &[Self], b: &[Self]| {
            a.len() == b.len() && deep(|| a.iter().zip(b).all(|(a, b)| a.matches(b, refined)))
        };
        let entries = |a: &Entries, b: &Entries| {
            a.len() == b.len()
                && deep(|| a.iter().zip(b).all(|((x, a), (y, b))| x == y && a.matches(b, refined)))
        };
        match (self.kind(), other.kind()) {
            (Kind::Null(a), Kind::Null(b)) => a == b,
            (Kind::Unknown(a, x), Kind::Unknown(b, y)) => a == b && (!refined || x == y),
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a.equals(b),
            (Kind::String(a), Kind::String(b)) => a == b,
            (Kind::List(a), Kind::List(b)) => {
                Arc::ptr_eq(a, b) || a.element == b.element && all(&a.items, &b.items)
            }
            (Kind::Set(a), Kind::Set(b)) => {
                Arc::ptr_eq(a, b) || a.element == b.element && all(&a.items, &b.items)
            }
            (Kind::Map(a), Kind::Map(b)) => {
                Arc::ptr_eq(a, b) || a.element == b.element && entries(&a.items, &b.items)
            }
            (Kind::Tuple(a), Kind::Tuple(b)) => Arc::ptr_eq(a, b) || all(a, b),
            (Kind::Object(a), Kind::Object(b)) => Arc::ptr_eq(a, b) || entries(a, b),
            (Kind::Type(a), Kind::Type(b)) => a == b,
            _ => false,
        }
    }
}

/// Whether the values are equal, ignoring marks; `None` if it depends on something unknown.
pub(super) fn known_equal(a: &Value, b: &Value) -> Option<bool> {
    equal(a, b, false)
}

/// [`known_equal`] for the insides of two values of one type without anything dynamic, so that types need not be
/// compared again.
fn equal_inside(a: &Value, b: &Value) -> Option<bool> {
    equal(a, b, true)
}

fn equal(a: &Value, b: &Value, typed: bool) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Null(_), Kind::Unknown(_, facts)) | (Kind::Unknown(_, facts), Kind::Null(_)) => {
            facts.as_ref().is_some_and(|facts| facts.not_null).then_some(false)
        }
        (Kind::Null(_), _) | (_, Kind::Null(_)) => Some(false),
        (Kind::Unknown(..), Kind::Unknown(..)) => None,
        (Kind::Unknown(ty, facts), known) => with_unknown(ty, facts.as_deref(), known, b),
        (known, Kind::Unknown(ty, facts)) => with_unknown(ty, facts.as_deref(), known, a),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a.equals(b)),
        (Kind::String(a), Kind::String(b)) => Some(a == b),
        (Kind::Type(a), Kind::Type(b)) => Some(a == b),
        (Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Type(_), _)
        | (_, Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Type(_)) => Some(false),
        _ if typed => deep(|| same_type_equal(a, b)),
        _ => deep(|| compound_equal(a, b)),
    }
}

/// Compares a known non-null value with an unknown one: unequal if the refinements of the latter rule it out.
fn with_unknown(ty: &Type, facts: Option<&Refinement>, known: &Kind, value: &Value) -> Option<bool> {
    let have = value.ty();
    if !have.conforms_to(ty) && !ty.has_dynamic() {
        return Some(false);
    }
    let facts = facts?;
    let impossible =
        match known {
            Kind::String(text) => facts.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix)),
            Kind::Number(number) => {
                facts.lower.as_ref().is_some_and(|bound| {
                    *number < bound.limit || !bound.inclusive && number.equals(&bound.limit)
                }) || facts.upper.as_ref().is_some_and(|bound| {
                    *number > bound.limit || !bound.inclusive && number.equals(&bound.limit)
                })
            }
            Kind::List(_) | Kind::Map(_) | Kind::Set(_) => match value.length_bounds() {
                Some((least, most)) => {
                    facts.length_lower.is_some_and(|lower| most < lower)
                        || facts.length_upper.is_some_and(|upper| least > upper)
                }
                None => false,
            },
            _ => false,
        };
    impossible.then_some(false)
}

/// Two known compound values.
fn compound_equal(a: &Value, b: &Value) -> Option<bool> {
    let (left, right) = (a.ty(), b.ty());
    let settled = a.is_wholly_known() && b.is_wholly_known();
    if !settled && (left.has_dynamic() || right.has_dynamic()) {
        let could_fit = left.conforms_to(&right) || right.conforms_to(&left);
        return if could_fit { None } else { Some(false) };
    }
    if left != right {
        return Some(false);
    }
    same_type_equal(a, b)
}

/// Two known compound values of one type.
fn same_type_equal(a: &Value, b: &Value) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Set(a), Kind::Set(b)) => {
            if a.items().iter().chain(b.items()).any(|item| !item.is_known()) {
                return None;
            }
            // Equal sets have their elements in the same places, and elements with unknowns inside equal nothing.
            let in_place = a.items().len() == b.items().len()
                && a.items().iter().zip(b.items()).all(|(a, b)| equal_inside(a, b) == Some(true));
            Some(in_place)
        }
        (Kind::Map(_), Kind::Map(_)) | (Kind::Object(_), Kind::Object(_)) => {
            let (Some(a), Some(b)) = (a.entries(), b.entries()) else {
                return Some(false);
            };
            if a.len() != b.len() || !a.keys().eq(b.keys()) {
                return Some(false);
            }
            entries_equal(a.values().zip(b.values()))
        }
        _ => {
            let (Some(a), Some(b)) = (a.items(), b.items()) else {
                return Some(false);
            };
            if a.len() != b.len() {
                return Some(false);
            }
            items_equal(a.iter().zip(b))
        }
    }
}

/// In order: the first element that differs, or of which that is unknown, decides.
fn items_equal<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    for (a, b) in pairs {
        match equal_inside(a, b) {
            Some(true) => {}
            answer => return answer,
        }
    }
    Some(true)
}

/// A known difference decides; otherwise anything unknown leaves it open.
///
/// Terraform stops at whichever comes first in a random order; this answer is right in every order.
fn entries_equal<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    let mut answer = Some(true);
    for (a, b) in pairs {
        match equal_inside(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => answer = None,
        }
    }
    answer
}
