//! Ways into a value.

use super::{Name, Value};

/// Steps from a value to something inside it.
#[derive(Clone, Default)]
pub struct Path(pub Vec<PathStep>);

#[derive(Clone)]
pub enum PathStep {
    Attribute(Name),
    Index(Value),
}

impl std::fmt::Debug for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// As people write it after a name: `.disks[0].size`.
impl std::fmt::Display for Path {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
