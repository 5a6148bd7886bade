//! Making values and looking into them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Kind, List, Map, Mark, Marks, Name, Number, Refinement, Set, Type, Value};

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, marks: Marks::none() }
    }
}

impl Value {
    /// Unknown even in its type.
    pub fn dynamic() -> Self {
        Kind::Unknown(Type::Dynamic, None).into()
    }

    pub fn unknown(ty: Type) -> Self {
        Kind::Unknown(ty, None).into()
    }

    pub fn null(ty: Type) -> Self {
        Kind::Null(ty).into()
    }

    pub fn bool(value: bool) -> Self {
        Kind::Bool(value).into()
    }

    pub fn number(value: Number) -> Self {
        Kind::Number(value).into()
    }

    /// A count, with the precision that counts have.
    pub fn count(value: usize) -> Self {
        Self::number(Number::from_u64(value as u64))
    }

    /// Normalises to NFC.
    pub fn string(_text: &str) -> Self {
        todo!()
    }

    /// From a text already in NFC.
    pub fn normalized_string(text: Name) -> Self {
        Kind::String(text).into()
    }

    /// All items must be of the element type (or it must be dynamic-free after unification by the caller).
    pub fn list(element: Type, items: Vec<Self>) -> Self {
        Kind::List(Arc::new(List { element, items })).into()
    }

    /// Sorts, drops duplicates, moves marks of the items (deeply) to the set.
    /// An unknown item makes the length of the set unknown, as the reference has it.
    pub fn set(_element: Type, _items: Vec<Self>) -> Self {
        todo!()
    }

    pub fn map(element: Type, items: BTreeMap<Name, Self>) -> Self {
        Kind::Map(Arc::new(Map { element, items })).into()
    }

    pub fn tuple(items: Vec<Self>) -> Self {
        Kind::Tuple(Arc::new(items)).into()
    }

    pub fn object<N: Into<Name>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        Kind::Object(Arc::new(attributes.into_iter().map(|(n, v)| (n.into(), v)).collect())).into()
    }

    /// The type; of a tuple or object put together from its elements.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) | Kind::Unknown(ty, _) => ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(list) => Type::list(list.element.clone()),
            Kind::Set(set) => Type::set(set.element.clone()),
            Kind::Map(map) => Type::map(map.element.clone()),
            Kind::Tuple(items) => Type::tuple(items.iter().map(Self::ty).collect()),
            Kind::Object(attributes) => Type::object(attributes.iter().map(|(n, v)| (n.clone(), v.ty()))),
            Kind::Type(_) => Type::Type,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether the value itself (not what is inside it) is known.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(..))
    }

    /// Known, and everything inside it too.
    pub fn is_wholly_known(&self) -> bool {
        todo!()
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of a known list, set or tuple, in order.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(list) => Some(&list.items),
            Kind::Set(set) => Some(&set.items),
            Kind::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a known map or object, by key.
    pub fn entries(&self) -> Option<&BTreeMap<Name, Self>> {
        match &self.kind {
            Kind::Map(map) => Some(&map.items),
            Kind::Object(attributes) => Some(attributes),
            _ => None,
        }
    }

    pub fn refinement(&self) -> Option<&Refinement> {
        match &self.kind {
            Kind::Unknown(_, refinement) => refinement.as_deref(),
            _ => None,
        }
    }

    /// The same unknown value knowing more; a known value is left as it is. An unknown that the facts leave
    /// only one possibility for becomes that value.
    #[must_use]
    pub fn refine(self, _facts: &Refinement) -> Self {
        todo!()
    }

    /// [`Self::refine`] with nothing but "not null".
    #[must_use]
    pub fn refine_not_null(self) -> Self {
        todo!()
    }

    /// Adds marks to the value itself.
    #[must_use]
    pub fn with_marks(mut self, marks: &Marks) -> Self {
        self.marks = self.marks.union(marks);
        self
    }

    #[must_use]
    pub fn mark(self, mark: Mark) -> Self {
        self.with_marks(&Marks::one(mark))
    }

    /// The value without its own marks (those inside stay), and the marks.
    pub fn unmark(mut self) -> (Self, Marks) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    /// The value without any mark anywhere inside, and the union of them. Cheap where there are none.
    pub fn unmark_deep(self) -> (Self, Marks) {
        todo!()
    }

    /// The union of all marks on and inside the value.
    pub fn marks_deep(&self) -> Marks {
        todo!()
    }

    /// Whether the value or anything inside it has the mark.
    pub fn has_mark_deep(&self, _mark: &Mark) -> bool {
        todo!()
    }
}

impl Set {
    pub(super) fn from_sorted(element: Type, items: Vec<Value>) -> Self {
        Self { element, items }
    }
}
