//! Types and values of the language.
//!
//! A value may be null, unknown (with refinements) and marked; marks and unknowns travel through every
//! operation in this room. Values are immutable and cheap to clone. This room knows no syntax and no
//! diagnostics: what can go wrong is a small error that says what, and the caller knows where.
//!
//! Invariants: strings are in NFC; a set holds no duplicates, no marked elements (marks of elements move to
//! the set itself) and keeps the language's order; a map, list or set has elements of its element type only.

mod construct;
mod conversion;
mod equality;
mod mark;
mod number;
mod operation;
mod order;
mod path;
mod refinement;
mod types;
mod unification;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use conversion::{ConversionError, Defaults, TypeConstraint, convert, convert_constraint, mismatch};
pub use mark::{Mark, Marks};
pub use number::{Number, ParseNumberError};
pub use operation::OperationError;
pub use path::{Path, PathStep};
pub use refinement::{Bound, Refinement};
pub use types::{ObjectType, Type};
pub use unification::unify;

/// A name or key: an attribute, a map key, a variable.
pub type Name = Arc<str>;

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
    Tuple(Arc<Vec<Value>>),
    Object(Arc<BTreeMap<Name, Value>>),
    /// A type as a value: what `type()` returns in the console, and nothing else accepts.
    Type(Arc<Type>),
}

/// Elements of one type, in order.
#[derive(Clone)]
pub struct List {
    pub element: Type,
    pub items: Vec<Value>,
}

/// Distinct elements of one type, sorted by the language's order. Made only by [`Value::set`].
#[derive(Clone)]
pub struct Set {
    element: Type,
    items: Vec<Value>,
}

/// Elements of one type by key.
#[derive(Clone)]
pub struct Map {
    pub element: Type,
    pub items: BTreeMap<Name, Value>,
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
