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
    /// A parameter that took part in making the value, carried in parity runs only.
    Origin(Origin),
}

/// Where a value came from, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    pub parameter: Arc<str>,
    pub role: Role,
    /// It got here through an object that exists only once it is applied: what differs was seen there already.
    pub indirect: bool,
}

/// What a parameter did on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// It took part, in whatever way.
    Part,
    /// It appears as text, as a name does in other names, and nothing was decided by it.
    Text,
    /// It might have been text only, and it decided something.
    Decides,
}

impl Origin {
    pub fn new(parameter: impl Into<Arc<str>>, role: Role) -> Self {
        Self { parameter: parameter.into(), role, indirect: false }
    }
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

    /// The parameters that took part, and nothing about secrecy.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.iter().filter_map(|mark| match mark {
            Mark::Origin(origin) => Some(origin),
            _ => None,
        })
    }

    pub fn has_origins(&self) -> bool {
        self.origins().next().is_some()
    }

    /// Whether nothing but origins is here: such a value is like one without marks.
    pub fn is_only_origins(&self) -> bool {
        self.iter().all(|mark| matches!(mark, Mark::Origin(_)))
    }

    /// Only the origins.
    #[must_use]
    pub fn only_origins(&self) -> Self {
        match &self.0 {
            None => Self::none(),
            Some(_) if self.is_only_origins() => self.clone(),
            Some(_) => self.origins().cloned().map(Mark::Origin).collect(),
        }
    }

    /// After something was decided by the value: what was text in it is more than that now. What a provider made of a
    /// text is its own and no longer that text.
    #[must_use]
    pub fn deciding(&self) -> Self {
        self.changed(
            |origin| origin.role == Role::Text && !origin.indirect,
            |origin| Origin { role: Role::Decides, ..origin.clone() },
        )
    }

    /// After the value went through an object that does not exist yet.
    #[must_use]
    pub fn indirect(&self) -> Self {
        self.changed(|origin| !origin.indirect, |origin| Origin { indirect: true, ..origin.clone() })
    }

    fn changed(&self, which: impl Fn(&Origin) -> bool, change: impl Fn(&Origin) -> Origin) -> Self {
        if !self.origins().any(&which) {
            return self.clone();
        }
        let changed = |mark: &Mark| match mark {
            Mark::Origin(origin) if which(origin) => Mark::Origin(change(origin)),
            mark => mark.clone(),
        };
        self.iter().map(changed).collect()
    }
}

impl FromIterator<Mark> for Marks {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        let set: BTreeSet<Mark> = marks.into_iter().collect();
        Self((!set.is_empty()).then(|| Arc::new(set)))
    }
}
