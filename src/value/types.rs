//! Types, and how people call them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Name;

/// The type of a value, or what a place accepts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Any type; of a value: not known yet.
    Dynamic,
    Bool,
    Number,
    String,
    List(Arc<Type>),
    Set(Arc<Type>),
    Map(Arc<Type>),
    Tuple(Arc<Vec<Type>>),
    Object(Arc<ObjectType>),
    /// The type of a type, which only the console's `type()` makes.
    Type,
}

/// Attributes with their types. Optional ones exist only in constraints, never in the type of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectType {
    pub attributes: BTreeMap<Name, Type>,
    pub optional: BTreeSet<Name>,
}

impl Type {
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    pub fn set(element: Self) -> Self {
        Self::Set(Arc::new(element))
    }

    pub fn map(element: Self) -> Self {
        Self::Map(Arc::new(element))
    }

    pub fn tuple(elements: Vec<Self>) -> Self {
        Self::Tuple(Arc::new(elements))
    }

    pub fn object<N: Into<Name>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Object(Arc::new(ObjectType {
            attributes: attributes.into_iter().map(|(n, t)| (n.into(), t)).collect(),
            optional: BTreeSet::new(),
        }))
    }

    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    pub fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Set(_) | Self::Map(_))
    }

    /// The element type of a list, set or map.
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(e) | Self::Set(e) | Self::Map(e) => Some(e),
            _ => None,
        }
    }

    /// Whether the type is, or has inside it, [`Type::Dynamic`].
    pub fn has_dynamic(&self) -> bool {
        todo!()
    }

    /// The same type with no attribute optional: the type of values that conform to this constraint.
    #[must_use]
    pub fn without_optional(&self) -> Self {
        todo!()
    }

    /// How people call it in a sentence: "string", "list of number", "object", "tuple", "dynamic".
    pub fn friendly(&self) -> String {
        todo!()
    }

    /// As a constraint is written: `list(object({ name = string }))`; what `type()` prints is another form, in `render`.
    pub fn constraint_text(&self) -> String {
        todo!()
    }
}
