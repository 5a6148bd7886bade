//! Constructing and inspecting values.

use std::sync::Arc;

use super::{Entries, Kind, List, Map, Mark, Marks, Name, Number, Refinement, Set, Type, Value, deep, order};

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, marks: Marks::none() }
    }
}

impl Value {
    /// Unknown, even in its type.
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

    /// A count, with the precision of counts.
    pub fn count(value: usize) -> Self {
        Self::number(Number::from_u64(value as u64))
    }

    /// Normalises to NFC.
    pub fn string(text: &str) -> Self {
        Self::normalized_string(normalize(text))
    }

    /// From a text already in NFC.
    pub fn normalized_string(text: Name) -> Self {
        Kind::String(text).into()
    }

    /// All items must have the element type (which must not be dynamic, after unification by the caller).
    pub fn list(element: Type, items: Vec<Self>) -> Self {
        Kind::List(Arc::new(List { element, items: items.into() })).into()
    }

    /// Sorts, removes duplicates, and moves all marks of the items to the set. An unknown item makes the length of the
    /// set unknown, as in Terraform.
    pub fn set(element: Type, mut items: Vec<Self>) -> Self {
        let mut marks = Marks::none();
        for item in &mut items {
            if item.is_marked_deep() {
                let (plain, inner) = std::mem::replace(item, Self::bool(false)).unmark_deep();
                marks = marks.union(&inner);
                *item = plain;
            }
        }
        let items = order::sort_and_deduplicate(items);
        Self { kind: Kind::Set(Arc::new(Set { element, items: items.into() })), marks }
    }

    pub fn map<N: Into<Name>>(element: Type, items: impl IntoIterator<Item = (N, Self)>) -> Self {
        let items: Entries = items.into_iter().collect();
        Kind::Map(Arc::new(Map { element, items: items.into() })).into()
    }

    pub fn tuple(items: Vec<Self>) -> Self {
        Kind::Tuple(Arc::new(items.into())).into()
    }

    pub fn object<N: Into<Name>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        let attributes: Entries = attributes.into_iter().collect();
        Kind::Object(Arc::new(attributes.into())).into()
    }

    /// This object with these entries put in place of those of the same names. Its marks stay.
    pub fn with_entries(&self, changed: Vec<(Name, Self)>) -> Self {
        let mut entries = self.entries().cloned().unwrap_or_default();
        entries.extend(changed);
        let object: Self = Kind::Object(Arc::new(entries.into())).into();
        object.with_marks(self.marks())
    }

    /// Whether this is exactly its [type](Self::ty), without constructing that.
    pub fn is_a(&self, ty: &Type) -> bool {
        match (&self.kind, ty) {
            (Kind::Null(own) | Kind::Unknown(own, _), _) => own == ty,
            (Kind::Bool(_), Type::Bool)
            | (Kind::Number(_), Type::Number)
            | (Kind::String(_), Type::String)
            | (Kind::Type(_), Type::Type) => true,
            (Kind::List(list), Type::List(element)) => list.element == **element,
            (Kind::Set(set), Type::Set(element)) => set.element == **element,
            (Kind::Map(map), Type::Map(element)) => map.element == **element,
            (Kind::Tuple(items), Type::Tuple(types)) => {
                items.len() == types.len()
                    && deep(|| items.iter().zip(types.iter()).all(|(item, ty)| item.is_a(ty)))
            }
            (Kind::Object(own), Type::Object(object)) => {
                let mut pairs = own.iter().zip(&object.attributes);
                object.optional.is_empty()
                    && own.len() == object.attributes.len()
                    && deep(|| pairs.all(|((name, value), (other, ty))| name == other && value.is_a(ty)))
            }
            _ => false,
        }
    }

    /// The type; for a tuple or object it is constructed from the elements.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) | Kind::Unknown(ty, _) => ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(list) => Type::list(list.element.clone()),
            Kind::Set(set) => Type::set(set.element.clone()),
            Kind::Map(map) => Type::map(map.element.clone()),
            Kind::Tuple(items) => deep(|| Type::tuple(items.iter().map(Self::ty).collect())),
            Kind::Object(attributes) => {
                deep(|| Type::object(attributes.iter().map(|(n, v)| (n.clone(), v.ty()))))
            }
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

    /// Whether the marks of this value, or of one inside it, satisfy the question.
    fn any_marks(&self, question: &dyn Fn(&Marks) -> bool) -> bool {
        if !self.is_marked_deep() {
            return false;
        }
        let items = self.items().into_iter().flatten();
        let mut parts = items.chain(self.entries().into_iter().flat_map(Entries::values));
        question(&self.marks) || deep(|| parts.any(|part| part.any_marks(question)))
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
    pub fn entries(&self) -> Option<&Entries> {
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

    /// The same value, marked as having decided something.
    #[must_use]
    pub fn deciding(mut self) -> Self {
        if !self.marks.is_empty() {
            self.marks = self.marks.deciding();
        }
        self
    }

    /// The origins of the value and of all that is inside it.
    pub fn origins_deep(&self) -> Marks {
        self.marks_deep().only_origins()
    }

    /// The value without its own marks (those inside stay), and the marks.
    pub fn unmark(mut self) -> (Self, Marks) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    /// The value without any mark anywhere inside, and the union of them. Cheap where there are none.
    pub fn unmark_deep(self) -> (Self, Marks) {
        if !self.is_marked_deep() {
            return (self, Marks::none());
        }
        let mut marks = Marks::none();
        let plain = self.strip(&mut marks);
        (plain, marks)
    }

    fn strip(&self, marks: &mut Marks) -> Self {
        if !self.is_marked_deep() {
            return self.clone();
        }
        *marks = marks.union(&self.marks);
        let mut all = |items: &[Self]| items.iter().map(|item| item.strip(marks)).collect::<Vec<_>>();
        let kind = match &self.kind {
            Kind::List(list) => {
                let items = deep(|| all(&list.items)).into();
                Kind::List(Arc::new(List { element: list.element.clone(), items }))
            }
            Kind::Tuple(items) => Kind::Tuple(Arc::new(deep(|| all(items)).into())),
            Kind::Map(map) => {
                let items: Entries =
                    deep(|| map.items.iter().map(|(key, item)| (key.clone(), item.strip(marks))).collect());
                Kind::Map(Arc::new(Map { element: map.element.clone(), items: items.into() }))
            }
            Kind::Object(attributes) => Kind::Object(Arc::new(deep(|| {
                let stripped = attributes.iter().map(|(name, value)| (name.clone(), value.strip(marks)));
                stripped.collect::<Entries>().into()
            }))),
            // Nothing in a set is marked.
            kind => kind.clone(),
        };
        kind.into()
    }

    /// The union of all marks on and inside the value.
    pub fn marks_deep(&self) -> Marks {
        let marks = std::cell::RefCell::new(Marks::none());
        self.any_marks(&|own| {
            if !own.is_empty() {
                let union = marks.borrow().union(own);
                marks.replace(union);
            }
            false
        });
        marks.into_inner()
    }

    /// Whether the value or anything inside it has the mark.
    pub fn has_mark_deep(&self, mark: &Mark) -> bool {
        self.any_marks(&|marks| marks.contains(mark))
    }
}

/// Normalises to NFC. Most texts are ASCII, and most others are composed already.
pub fn normalize(text: &str) -> Name {
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Name::from(text)
    } else {
        Name::from(text.nfc().collect::<String>())
    }
}
