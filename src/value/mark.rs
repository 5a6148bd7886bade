//! What is known about a value besides the value: that it is a secret, that it may not be stored, where it came from.

use std::collections::BTreeSet;
use std::sync::Arc;

/// One mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Not to be shown.
    Sensitive,
    /// Not to be stored.
    Ephemeral,
    /// Made by the console's `type()`.
    TypeReveal,
    /// A parameter that took part in making the value, carried in parity runs.
    Origin(Arc<str>),
}

/// The marks of a value: none for nearly all, so that carrying them costs a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Option<Arc<BTreeSet<Mark>>>);

impl Marks {
    pub fn none() -> Self {
        Self(None)
    }

    pub fn one(mark: Mark) -> Self {
        Self(Some(Arc::new(BTreeSet::from([mark]))))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn contains(&self, mark: &Mark) -> bool {
        self.0.as_ref().is_some_and(|set| set.contains(mark))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter().flat_map(|set| set.iter())
    }

    /// Both; shares where one side is empty or they are the same.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (_, None) => self.clone(),
            (None, _) => other.clone(),
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) || b.is_subset(a) => self.clone(),
            (Some(a), Some(b)) => Self(Some(Arc::new(a.union(b).cloned().collect()))),
        }
    }

    /// All but one.
    #[must_use]
    pub fn without(&self, mark: &Mark) -> Self {
        match &self.0 {
            Some(set) if set.contains(mark) => {
                let rest: BTreeSet<Mark> = set.iter().filter(|m| *m != mark).cloned().collect();
                Self((!rest.is_empty()).then(|| Arc::new(rest)))
            }
            _ => self.clone(),
        }
    }
}

impl FromIterator<Mark> for Marks {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        let set: BTreeSet<Mark> = marks.into_iter().collect();
        Self((!set.is_empty()).then(|| Arc::new(set)))
    }
}
