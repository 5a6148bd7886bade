//! Refinements: what is known about an unknown value.

use std::sync::{Arc, LazyLock};

use super::{Entries, Kind, List, Map, Name, Number, Set, Type, Value};

/// A limit, and whether the limit itself is included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub limit: Number,
    pub inclusive: bool,
}

/// Facts about the final value. Only those that apply to its type are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refinement {
    pub not_null: bool,
    /// The beginning of a string.
    pub prefix: Option<Arc<str>>,
    /// The bounds of a number.
    pub lower: Option<Bound>,
    pub upper: Option<Bound>,
    /// The bounds of the length of a list, set or map.
    pub length_lower: Option<usize>,
    pub length_upper: Option<usize>,
}

/// A list of known length is built with unknown elements; beyond this length it stays an unknown list, because no real
/// list is so long.
const LONGEST: usize = 1 << 20;

impl Refinement {
    pub fn not_null() -> Self {
        Self { not_null: true, ..Self::default() }
    }

    /// A string with this beginning.
    pub fn prefixed(prefix: &str) -> Self {
        Self { prefix: Some(super::normalize(prefix)), ..Self::default() }
    }

    /// A collection of exactly this length.
    pub fn length(length: usize) -> Self {
        Self { length_lower: Some(length), length_upper: Some(length), ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The combination of both, as far as it applies to the type: the narrower bounds, the longer prefix.
    fn and(&self, other: &Self, ty: &Type) -> Self {
        let mut both = Self { not_null: self.not_null || other.not_null, ..Self::default() };
        match ty {
            Type::String => {
                let longer =
                    [&self.prefix, &other.prefix].into_iter().flatten().max_by_key(|prefix| prefix.len());
                both.prefix = longer.filter(|prefix| !prefix.is_empty()).cloned();
            }
            Type::Number => {
                both.lower = narrower(&self.lower, &other.lower, true);
                both.upper = narrower(&self.upper, &other.upper, false);
            }
            Type::List(_) | Type::Set(_) | Type::Map(_) => {
                both.length_lower = self.length_lower.max(other.length_lower).filter(|length| *length > 0);
                both.length_upper = [self.length_upper, other.length_upper].into_iter().flatten().min();
            }
            _ => {}
        }
        both
    }
}

fn narrower(a: &Option<Bound>, b: &Option<Bound>, lower: bool) -> Option<Bound> {
    // An infinite bound says nothing.
    let finite = |bound: &&Bound| !bound.limit.is_infinite() || bound.limit.is_negative() != lower;
    match (a.as_ref().filter(finite), b.as_ref().filter(finite)) {
        (None, other) | (other, None) => other.cloned(),
        (Some(a), Some(b)) => {
            let order = if lower { a.limit.cmp(&b.limit) } else { b.limit.cmp(&a.limit) };
            // Of equal limits, the exclusive one says more.
            let first = order.then(b.inclusive.cmp(&a.inclusive)).is_ge();
            Some(if first { a } else { b }.clone())
        }
    }
}

impl Value {
    /// The same unknown value with more facts; a known value is unchanged. An unknown with only one possible value
    /// becomes that value. Nothing can be said about a value of unknown type.
    #[must_use]
    pub fn refine(self, facts: &Refinement) -> Self {
        let Kind::Unknown(ty, before) = self.kind() else {
            return self;
        };
        if *ty == Type::Dynamic {
            return self;
        }
        let none = Refinement::default();
        let refinement = before.as_deref().unwrap_or(&none).and(facts, ty);
        let kind = match refinement.only_possibility(ty) {
            Some(kind) => kind,
            None => Kind::Unknown(ty.clone(), (!refinement.is_empty()).then(|| Arc::new(refinement))),
        };
        Self::from(kind).with_marks(self.marks())
    }

    /// [`Self::refine`] with nothing but "not null".
    #[must_use]
    pub fn refine_not_null(self) -> Self {
        match self.kind() {
            // The most common refinement is shared by all values.
            Kind::Unknown(ty, None) if ty.is_primitive() => {
                static NOT_NULL: LazyLock<Arc<Refinement>> =
                    LazyLock::new(|| Arc::new(Refinement::not_null()));
                let kind = Kind::Unknown(ty.clone(), Some(Arc::clone(&NOT_NULL)));
                Self::from(kind).with_marks(self.marks())
            }
            Kind::Unknown(_, before) if before.as_ref().is_none_or(|facts| !facts.not_null) => {
                self.refine(&Refinement::not_null())
            }
            _ => self,
        }
    }

    /// Whether the value is known not to be null, now or later.
    pub fn is_never_null(&self) -> bool {
        match self.kind() {
            Kind::Null(_) => false,
            Kind::Unknown(_, facts) => facts.as_ref().is_some_and(|facts| facts.not_null),
            _ => true,
        }
    }
}

impl Refinement {
    fn only_possibility(&self, ty: &Type) -> Option<Kind> {
        if !self.not_null {
            return None;
        }
        if let (Some(lower), Some(upper)) = (&self.lower, &self.upper)
            && lower.inclusive
            && upper.inclusive
            && lower.limit.equals(&upper.limit)
        {
            return Some(Kind::Number(lower.limit.clone()));
        }
        let length = self.length_upper.filter(|upper| *upper == self.length_lower.unwrap_or(0))?;
        match ty {
            Type::List(element) if length <= LONGEST => {
                let element = element.as_ref().clone();
                let items = vec![Value::unknown(element.clone()); length].into();
                Some(Kind::List(Arc::new(List { element, items })))
            }
            Type::Set(element) if length <= 1 => {
                let element = element.as_ref().clone();
                let items = vec![Value::unknown(element.clone()); length].into();
                Some(Kind::Set(Arc::new(Set { element, items })))
            }
            Type::Map(element) if length == 0 => Some(Kind::Map(Arc::new(Map {
                element: element.as_ref().clone(),
                items: Entries::new().into(),
            }))),
            _ => None,
        }
    }
}

/// The part of a text that cannot change when more text follows: without its last character, unless nothing can combine
/// with that one.
pub fn safe_prefix(text: &str) -> Name {
    use unicode_segmentation::UnicodeSegmentation;
    const CLOSED: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";
    let text = super::normalize(text);
    let Some((at, last)) = text.grapheme_indices(true).next_back() else {
        return text;
    };
    let mut chars = last.chars();
    if matches!((chars.next(), chars.next()), (Some(c), None) if CLOSED.contains(c)) {
        return text;
    }
    Name::from(&text[..at])
}
