//! Types, and their names.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Name, deep};

/// The type of a value, or a type constraint.
#[derive(Clone)]
pub enum Type {
    /// Any type; for a value: not known yet.
    Dynamic,
    Bool,
    Number,
    String,
    List(Arc<Type>),
    Set(Arc<Type>),
    Map(Arc<Type>),
    Tuple(Arc<Vec<Type>>),
    Object(Arc<ObjectType>),
    /// The type of a type, which only the console's `type()` returns.
    Type,
}

/// Attributes with their types. Optional ones only exist in constraints, never in the type of a value.
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

    /// Whether the type is or contains [`Type::Dynamic`].
    pub fn has_dynamic(&self) -> bool {
        self.any(&|ty| matches!(ty, Self::Dynamic))
    }

    pub(super) fn has_optional(&self) -> bool {
        self.any(&|ty| matches!(ty, Self::Object(object) if !object.optional.is_empty()))
    }

    /// Whether this type or one inside it satisfies the question.
    fn any(&self, question: &dyn Fn(&Self) -> bool) -> bool {
        if question(self) {
            return true;
        }
        match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String | Self::Type => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => deep(|| element.any(question)),
            Self::Tuple(elements) => deep(|| elements.iter().any(|ty| ty.any(question))),
            Self::Object(object) => deep(|| object.attributes.values().any(|ty| ty.any(question))),
        }
    }

    /// The same type without optional attributes: the type of values that conform to this constraint.
    #[must_use]
    pub fn without_optional(&self) -> Self {
        if self.has_optional() { self.required() } else { self.clone() }
    }

    fn required(&self) -> Self {
        deep(|| match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String | Self::Type => self.clone(),
            Self::List(element) => Self::list(element.required()),
            Self::Set(element) => Self::set(element.required()),
            Self::Map(element) => Self::map(element.required()),
            Self::Tuple(elements) => Self::tuple(elements.iter().map(Self::required).collect()),
            Self::Object(object) => {
                Self::object(object.attributes.iter().map(|(name, ty)| (name.clone(), ty.required())))
            }
        })
    }

    /// The name in sentences: "string", "list of number", "object", "tuple", "dynamic".
    pub fn friendly(&self) -> String {
        self.name("dynamic", "dynamic")
    }

    /// [`Self::friendly`] for a constraint: "any type", "list of any single type".
    pub fn friendly_constraint(&self) -> String {
        self.name("any type", "any single type")
    }

    fn name(&self, any: &str, any_element: &str) -> String {
        // From the outside in; a loop suffices, because only collections nest here.
        let mut name = String::new();
        let mut ty = self;
        loop {
            let (word, element) = match ty {
                Self::List(element) => ("list of ", element),
                Self::Set(element) => ("set of ", element),
                Self::Map(element) => ("map of ", element),
                Self::Dynamic if name.is_empty() => return any.to_owned(),
                Self::Dynamic => return name + any_element,
                Self::Bool => return name + "bool",
                Self::Number => return name + "number",
                Self::String => return name + "string",
                Self::Tuple(_) => return name + "tuple",
                Self::Object(_) => return name + "object",
                Self::Type => return name + "type",
            };
            name.push_str(word);
            ty = element;
        }
    }

    /// The syntax of a constraint: `list(object({ name = string }))`; what `type()` prints is another form, in
    /// `render`.
    pub fn constraint_text(&self) -> String {
        let mut text = String::new();
        self.write_constraint(&mut text);
        text
    }

    fn write_constraint(&self, text: &mut String) {
        let mut call = |name: &str, element: &Self| {
            text.push_str(name);
            text.push('(');
            deep(|| element.write_constraint(text));
            text.push(')');
        };
        match self {
            Self::Dynamic => text.push_str("any"),
            Self::Bool => text.push_str("bool"),
            Self::Number => text.push_str("number"),
            Self::String => text.push_str("string"),
            Self::Type => text.push_str("type"),
            Self::List(element) => call("list", element),
            Self::Set(element) => call("set", element),
            Self::Map(element) => call("map", element),
            Self::Tuple(elements) => {
                text.push_str("tuple([");
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    deep(|| element.write_constraint(text));
                }
                text.push_str("])");
            }
            Self::Object(object) if object.attributes.is_empty() => text.push_str("object({})"),
            Self::Object(object) => {
                text.push_str("object({ ");
                for (index, (name, ty)) in object.attributes.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    if is_identifier(name) {
                        text.push_str(name);
                    } else {
                        text.push_str(&format!("{name:?}"));
                    }
                    text.push_str(" = ");
                    let optional = object.optional.contains(name);
                    if optional {
                        text.push_str("optional(");
                    }
                    deep(|| ty.write_constraint(text));
                    if optional {
                        text.push(')');
                    }
                }
                text.push_str(" })");
            }
        }
    }

    /// Whether a value of this type conforms to the other, in which dynamic allows anything.
    pub fn conforms_to(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (_, Self::Dynamic) => true,
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) | (Self::Map(a), Self::Map(b)) => {
                Arc::ptr_eq(a, b) || deep(|| a.conforms_to(b))
            }
            (Self::Tuple(a), Self::Tuple(b)) => {
                a.len() == b.len() && deep(|| a.iter().zip(b.iter()).all(|(a, b)| a.conforms_to(b)))
            }
            (Self::Object(a), Self::Object(b)) => {
                a.attributes.len() == b.attributes.len()
                    && deep(|| {
                        let mut pairs = a.attributes.iter().zip(&b.attributes);
                        pairs.all(|((name, a), (other, b))| name == other && a.conforms_to(b))
                    })
            }
            (a, b) => a == b,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Dynamic => 0,
            Self::Bool => 1,
            Self::Number => 2,
            Self::String => 3,
            Self::List(_) => 4,
            Self::Set(_) => 5,
            Self::Map(_) => 6,
            Self::Tuple(_) => 7,
            Self::Object(_) => 8,
            Self::Type => 9,
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(unicode_ident::is_xid_start)
        && chars.all(|c| unicode_ident::is_xid_continue(c) || c == '-')
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) | (Self::Map(a), Self::Map(b)) => {
                Arc::ptr_eq(a, b) || deep(|| a == b)
            }
            (Self::Tuple(a), Self::Tuple(b)) => Arc::ptr_eq(a, b) || a.len() == b.len() && deep(|| a == b),
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b) || deep(|| a == b),
            (a, b) => a.rank() == b.rank(),
        }
    }
}

impl Eq for Type {}

impl PartialOrd for Type {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Type {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) | (Self::Map(a), Self::Map(b)) => {
                deep(|| a.cmp(b))
            }
            (Self::Tuple(a), Self::Tuple(b)) => deep(|| a.cmp(b)),
            (Self::Object(a), Self::Object(b)) => deep(|| a.cmp(b)),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

impl std::hash::Hash for Type {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => deep(|| element.hash(state)),
            Self::Tuple(elements) => deep(|| elements.hash(state)),
            Self::Object(object) => deep(|| object.hash(state)),
            _ => {}
        }
    }
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.constraint_text())
    }
}

/// Only so that a type nested thousands of levels deep is dropped in a loop and not by recursion.
impl Drop for Type {
    fn drop(&mut self) {
        if !self.is_last_of_compound() {
            return;
        }
        let mut pending = Vec::new();
        self.give_up_parts(&mut pending);
        while let Some(mut ty) = pending.pop() {
            ty.give_up_parts(&mut pending);
        }
    }
}

impl Type {
    /// Whether it contains other types.
    fn is_compound(&self) -> bool {
        matches!(self, Self::List(_) | Self::Set(_) | Self::Map(_) | Self::Tuple(_) | Self::Object(_))
    }

    /// Whether it holds other types, and nobody else holds the same. Most types are shared.
    fn is_last_of_compound(&self) -> bool {
        match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String | Self::Type => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => Arc::strong_count(element) == 1,
            Self::Tuple(elements) => Arc::strong_count(elements) == 1,
            Self::Object(object) => Arc::strong_count(object) == 1,
        }
    }

    /// Moves out the compound types that nobody else shares.
    fn give_up_parts(&mut self, pending: &mut Vec<Self>) {
        let mut give_up = |part: &mut Self| {
            if part.is_compound() {
                pending.push(std::mem::replace(part, Self::Dynamic));
            }
        };
        match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String | Self::Type => {}
            Self::List(element) | Self::Set(element) | Self::Map(element) => {
                if let Some(element) = Arc::get_mut(element) {
                    give_up(element);
                }
            }
            Self::Tuple(elements) => {
                if let Some(elements) = Arc::get_mut(elements) {
                    elements.iter_mut().for_each(give_up);
                }
            }
            Self::Object(object) => {
                if let Some(object) = Arc::get_mut(object) {
                    object.attributes.values_mut().for_each(give_up);
                }
            }
        }
    }
}
