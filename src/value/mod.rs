//! Types and values of the language.
//!
//! A value may be null, unknown (with refinements) and marked; marks and unknowns pass through every operation in this
//! room. Values are immutable and cheap to clone. This room knows no syntax and no diagnostics: errors here are small
//! and say what is wrong, and the caller knows where.
//!
//! Invariants: strings are in NFC; a set holds no duplicates, no marked elements (their marks move to the set itself)
//! and keeps the language's order; a map, list or set has elements of its element type only.

mod construct;
mod conversion;
mod entries;
mod equality;
mod mark;
mod marked;
mod number;
mod operation;
mod order;
mod parts;
mod path;
mod refinement;
mod secret;
mod settled;
#[cfg(test)]
mod tests;
mod types;
mod unification;

use std::sync::Arc;

pub use construct::normalize;
pub use conversion::{ConversionError, Defaults, TypeConstraint, convert, convert_constraint, mismatch};
pub use entries::Entries;
pub use mark::{Mark, Marks, Origin, Role};
pub use number::{Decimal, Digits, Number, ParseNumberError};
pub use operation::OperationError;
pub use parts::Parts;
pub use path::{Path, PathStep};
pub use refinement::{Bound, Refinement, safe_prefix};
pub use types::{ObjectType, Type};
pub use unification::unify;

/// A name or key: an attribute, a map key, a variable.
pub type Name = Arc<str>;

/// The longest text, and [`MOST_ELEMENTS`] the largest collection: a mistake in a configuration must not take all
/// memory.
pub const LONGEST_TEXT: usize = 1 << 29;

pub const MOST_ELEMENTS: usize = 10_000_000;

/// A value with its marks.
#[derive(Clone)]
pub struct Value {
    kind: Kind,
    marks: Marks,
}

/// What a value is, apart from its marks.
#[derive(Clone)]
pub enum Kind {
    Null(Type),
    Unknown(Type, Option<Arc<Refinement>>),
    Bool(bool),
    Number(Number),
    String(Name),
    List(Arc<List>),
    Set(Arc<Set>),
    Map(Arc<Map>),
    Tuple(Arc<Parts<Vec<Value>>>),
    Object(Arc<Parts<Entries>>),
    /// A type as a value: only the console's `type()` returns it, and nothing else accepts it.
    Type(Arc<Type>),
}

/// Elements of one type, in order.
#[derive(Clone)]
pub struct List {
    pub element: Type,
    pub items: Parts<Vec<Value>>,
}

/// Distinct elements of one type in the language's order. Only made by [`Value::set`].
#[derive(Clone)]
pub struct Set {
    element: Type,
    items: Parts<Vec<Value>>,
}

/// Elements of one type by key.
#[derive(Clone)]
pub struct Map {
    pub element: Type,
    pub items: Parts<Entries>,
}

impl Set {
    pub fn element(&self) -> &Type {
        &self.element
    }

    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl Value {
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    pub fn marks(&self) -> &Marks {
        &self.marks
    }
}

/// A deeply nested value is dropped on as much stack as it needs.
impl Drop for Value {
    fn drop(&mut self) {
        if self.may_be_deep() {
            let parts = std::mem::replace(&mut self.kind, Kind::Bool(false));
            deep(|| drop(parts));
        }
    }
}

/// Shows the value for debugging, without anything that must not be shown.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.marks.contains(&Mark::Sensitive) {
            return f.write_str("(sensitive)");
        }
        if self.marks.contains(&Mark::Ephemeral) {
            return f.write_str("(ephemeral)");
        }
        match &self.kind {
            Kind::Null(ty) => write!(f, "null of {ty:?}"),
            Kind::Unknown(ty, None) => write!(f, "unknown {ty:?}"),
            Kind::Unknown(ty, Some(refinement)) => write!(f, "unknown {ty:?} ({refinement:?})"),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number(number) => write!(f, "{number}"),
            Kind::String(text) => write!(f, "{text:?}"),
            Kind::List(list) => {
                deep(|| f.write_str("list").and_then(|()| f.debug_list().entries(&list.items).finish()))
            }
            Kind::Set(set) => {
                deep(|| f.write_str("set").and_then(|()| f.debug_list().entries(&set.items).finish()))
            }
            Kind::Map(map) => {
                deep(|| f.write_str("map").and_then(|()| f.debug_map().entries(&map.items).finish()))
            }
            Kind::Tuple(items) => deep(|| f.debug_list().entries(items.iter()).finish()),
            Kind::Object(attributes) => deep(|| f.debug_map().entries(attributes.iter()).finish()),
            Kind::Type(ty) => write!(f, "type {ty:?}"),
        }
    }
}

/// Runs one step of a recursion, on a new stack segment if the present one is nearly full.
fn deep<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, step)
}
