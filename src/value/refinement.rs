//! What is known about an unknown value.

use std::sync::{Arc, LazyLock};

use super::{Entries, Kind, List, Map, Name, Number, Set, Type, Value};

/// A limit and whether it is itself allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub limit: Number,
    pub inclusive: bool,
}

/// Facts that the final value will hold to. Only those that fit its type are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refinement {
    pub not_null: bool,
    /// Of a string: how it begins.
    pub prefix: Option<Arc<str>>,
    /// Of a number.
    pub lower: Option<Bound>,
    pub upper: Option<Bound>,
    /// Of a list, set or map: how many elements at least and at most.
    pub length_lower: Option<usize>,
    pub length_upper: Option<usize>,
}

/// A list of known length is built with its elements unknown; beyond this it stays an unknown list, since the
/// length came from nobody's counting.
const LONGEST: usize = 1 << 20;

impl Refinement {
    pub fn not_null() -> Self {
        Self { not_null: true, ..Self::default() }
    }

    /// Of a string that begins so, whatever follows.
    pub fn prefixed(prefix: &str) -> Self {
        Self { prefix: Some(super::normalize(prefix)), ..Self::default() }
    }

    /// Of a collection of exactly that many elements.
    pub fn length(length: usize) -> Self {
        Self { length_lower: Some(length), length_upper: Some(length), ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both kinds of facts, as far as a value of that type can have them: the narrower of two bounds, the longer
    /// of two prefixes.
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
            // Of equal limits the one that excludes the limit itself says more.
            let first = order.then(b.inclusive.cmp(&a.inclusive)).is_ge();
            Some(if first { a } else { b }.clone())
        }
    }
}

impl Value {
    /// The same unknown value knowing more; a known value is left as it is. An unknown that the facts leave
    /// only one possibility for becomes that value. Nothing can be said about a value whose type is not known.
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
            // What most unknown values know, and all may share.
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

    /// Whether the value is known not to be null, or will never be.
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

/// What is certain of a text that more text will follow: without its last character, unless nothing that follows
/// could join that one.
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
