//! The paths that force a replacement, followed into a value.

use crate::value::{Name, Path, PathStep};

/// The remaining steps, from the present place, of the paths that force a replacement.
pub(super) struct Forcing<'a>(Vec<&'a [PathStep]>);

impl<'a> Forcing<'a> {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn new(paths: &'a [Path]) -> Self {
        Self(paths.iter().map(|path| path.0.as_slice()).collect())
    }

    /// Whether this place itself forces it.
    pub(super) fn here(&self) -> bool {
        self.0.iter().any(|way| way.is_empty())
    }

    /// As `here`, for a set, whose elements have no paths of their own.
    pub(super) fn here_or_inside(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn attribute(&self, name: &str) -> Self {
        self.step(|step| match step {
            PathStep::Attribute(other) => &**other == name,
            PathStep::Index(key) => key.as_str() == Some(name),
        })
    }

    pub(super) fn key(&self, key: &Name) -> Self {
        self.attribute(key)
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.step(|step| match step {
            PathStep::Attribute(_) => false,
            PathStep::Index(key) => key.as_number().and_then(crate::value::Number::to_usize) == Some(index),
        })
    }

    fn step(&self, fits: impl Fn(&PathStep) -> bool) -> Self {
        if self.0.is_empty() {
            return Self::none();
        }
        let ways = self.0.iter().filter_map(|way| way.split_first());
        Self(ways.filter(|(step, _)| fits(step)).map(|(_, rest)| rest).collect())
    }
}
