//! Paths into values.

use super::{Kind, Name, Value};

/// Steps from a value to something inside it.
#[derive(Clone, Default)]
pub struct Path(pub Vec<PathStep>);

#[derive(Clone)]
pub enum PathStep {
    Attribute(Name),
    Index(Value),
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        let same = |pair: (&PathStep, &PathStep)| match pair {
            (PathStep::Attribute(a), PathStep::Attribute(b)) => a == b,
            (PathStep::Index(a), PathStep::Index(b)) => a.same(b),
            _ => false,
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

impl std::fmt::Debug for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// In the form that people write after a name: `.disks[0].size`.
impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for step in &self.0 {
            match step {
                PathStep::Attribute(name) => write!(f, ".{name}")?,
                PathStep::Index(key) if !key.marks().is_empty() => f.write_str("[...]")?,
                PathStep::Index(key) => match key.kind() {
                    Kind::Number(number) => write!(f, "[{number}]")?,
                    Kind::String(text) => write!(f, "[{text:?}]")?,
                    // An element of a set, or an unknown index.
                    _ => f.write_str("[...]")?,
                },
            }
        }
        Ok(())
    }
}

impl Path {
    /// The empty path: the value itself.
    pub fn root() -> Self {
        Self::default()
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// `at .disks[0], ` as the beginning of a clause; empty for the root.
    pub fn clause(&self) -> String {
        if self.is_root() { String::new() } else { format!("at {self}, ") }
    }

    #[must_use]
    pub fn attribute(mut self, name: impl Into<Name>) -> Self {
        self.0.push(PathStep::Attribute(name.into()));
        self
    }

    #[must_use]
    pub fn index(mut self, key: Value) -> Self {
        self.0.push(PathStep::Index(key));
        self
    }
}
