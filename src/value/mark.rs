//! Marks: what is known about a value besides the value itself. It may be sensitive or ephemeral, and have origins.

use std::collections::BTreeSet;
use std::sync::Arc;

/// One mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// It must not be shown.
    Sensitive,
    /// It must not be stored.
    Ephemeral,
    /// Made by the console's `type()`.
    TypeReveal,
    /// A parameter that contributed to the value; only used in parity runs.
    Origin(Origin),
}

/// The origin of a value, and its role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    pub parameter: Arc<str>,
    pub role: Role,
    /// Whether it came through an object that only exists after apply: the difference was visible there already.
    pub indirect: bool,
}

/// What a parameter contributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// It contributed in any way.
    Part,
    /// It appears as text, as a name does in other names, and decided nothing.
    Text,
    /// It could have been text only, but decided something.
    Decides,
}

impl Origin {
    pub fn new(parameter: impl Into<Arc<str>>, role: Role) -> Self {
        Self { parameter: parameter.into(), role, indirect: false }
    }
}

/// The marks of a value: nearly all values have none, so that they take only one word.
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

    /// Both; shared if one side is empty or they are equal.
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

    /// The parameters that contributed, without the marks of secrecy.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.iter().filter_map(|mark| match mark {
            Mark::Origin(origin) => Some(origin),
            _ => None,
        })
    }

    pub fn has_origins(&self) -> bool {
        self.origins().next().is_some()
    }

    /// Whether there are only origins: such a value behaves like an unmarked one.
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

    /// The origins after the value has decided something: what was only text is more than that now. What a provider
    /// made of a text is its own, and no longer that text.
    #[must_use]
    pub fn deciding(&self) -> Self {
        self.changed(
            |origin| origin.role == Role::Text && !origin.indirect,
            |origin| Origin { role: Role::Decides, ..origin.clone() },
        )
    }

    /// The origins after the value went through an object that does not exist yet.
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
