//! Arguments: `name = expression`.

use crate::diag::{Range, Span};
use crate::syntax::{Expression, Text};

/// `name = expression`. A handle, as cheap as its expression: name and places are looked up in the file.
#[derive(Clone)]
pub struct Attribute {
    pub expression: Expression,
    pub(in crate::syntax) name: Text,
    pub(in crate::syntax) name_range: Range,
}

impl Attribute {
    pub fn name(&self) -> &str {
        self.expression.file().text(self.name)
    }

    pub fn name_span(&self) -> Span {
        self.expression.file().span(self.name_range)
    }

    /// The whole argument.
    pub fn span(&self) -> Span {
        let file = self.expression.file();
        file.span(self.name_range.to(file.range(self.expression.id())))
    }
}

/// Arguments by name, in the order of their names.
#[derive(Clone, Default)]
pub struct Attributes(Vec<Attribute>);

impl Attributes {
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.place(name).ok().and_then(|place| self.0.get(place))
    }

    pub fn contains(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Attribute> {
        self.0.iter()
    }

    /// Adds an attribute, or replaces the one with its name.
    pub fn insert(&mut self, attribute: Attribute) {
        match self.place(attribute.name()) {
            Ok(place) => self.0[place] = attribute,
            Err(place) => self.0.insert(place, attribute),
        }
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|attribute| attribute.name().cmp(name))
    }
}

/// The first of several with one name is kept.
impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        let mut attributes = Vec::from_iter(attributes);
        attributes.sort_by(|a, b| a.name().cmp(b.name()));
        attributes.dedup_by(|later, first| later.name() == first.name());
        Self(attributes)
    }
}

impl IntoIterator for Attributes {
    type Item = Attribute;
    type IntoIter = std::vec::IntoIter<Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a Attribute;
    type IntoIter = std::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
