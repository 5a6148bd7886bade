//! A sorted table of values by name.

use std::ops::Index;
use std::vec;

use super::{Name, Value};

/// Up to this size, keys are first compared by their address.
const FEW: usize = 16;

/// A table that is mostly small, and read much more often than changed: one allocation, no larger than its content. To
/// add many entries, collect them or [`extend`](Extend::extend) it: each single [insertion](Self::insert) moves all
/// later entries.
#[derive(Clone, Debug, Default)]
pub struct Entries(Vec<(Name, Value)>);

impl Entries {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().and_then(|place| self.0.get(place)).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let place = self.place(name).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    pub fn get_key_value(&self, name: &str) -> Option<(&Name, &Value)> {
        self.place(name).ok().and_then(|place| self.0.get(place)).map(|(name, value)| (name, value))
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Returns the previous value.
    pub fn insert(&mut self, name: Name, value: Value) -> Option<Value> {
        // Names mostly come in order.
        if self.0.last().is_none_or(|(last, _)| *last < name) {
            self.0.push((name, value));
            return None;
        }
        match self.place(&name) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (name, value));
                None
            }
        }
    }

    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|place| self.0.remove(place).1)
    }

    pub fn iter(&self) -> Iter<'_> {
        self.into_iter()
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Name> + ExactSizeIterator + Clone {
        self.0.iter().map(|(name, _)| name)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Value> + ExactSizeIterator {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = Name> + ExactSizeIterator {
        self.0.into_iter().map(|(name, _)| name)
    }

    /// Sorts entries that were only collected.
    fn settle(&mut self) {
        if self.0.is_sorted_by(|(a, _), (b, _)| a < b) {
            return;
        }
        // Stable, so that the last of equal names comes last.
        self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.0.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            same
        });
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        place(&self.0, name)
    }
}

fn place(entries: &[(Name, Value)], name: &str) -> Result<usize, usize> {
    // Most names are those of a schema, and so is what is asked for: often the same text at the same place.
    if entries.len() <= FEW
        && let Some(place) =
            entries.iter().position(|(known, _)| std::ptr::eq::<str>(&**known, name) || **known == *name)
    {
        return Ok(place);
    }
    search(entries, name)
}

/// A function of its own, so that the few lines before it are.
#[inline(never)]
fn search(entries: &[(Name, Value)], name: &str) -> Result<usize, usize> {
    entries.binary_search_by(|(known, _)| (**known).cmp(name))
}

/// What is there for sure.
impl Index<&str> for Entries {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        self.get(name).expect("the name was known to be there")
    }
}

pub(crate) type Iter<'e> =
    std::iter::Map<std::slice::Iter<'e, (Name, Value)>, fn(&(Name, Value)) -> (&Name, &Value)>;

impl<'e> IntoIterator for &'e Entries {
    type Item = (&'e Name, &'e Value);
    type IntoIter = Iter<'e>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl IntoIterator for Entries {
    type Item = (Name, Value);
    type IntoIter = vec::IntoIter<(Name, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Of several entries with one name the last one counts.
impl<N: Into<Name>> FromIterator<(N, Value)> for Entries {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        let mut all = Self(entries.into_iter().map(|(name, value)| (name.into(), value)).collect());
        all.settle();
        all
    }
}

/// Existing entries are replaced.
impl Extend<(Name, Value)> for Entries {
    fn extend<I: IntoIterator<Item = (Name, Value)>>(&mut self, entries: I) {
        let there = self.0.len();
        for (name, value) in entries {
            match place(&self.0[..there], &name) {
                Ok(place) => self.0[place].1 = value,
                Err(_) => self.0.push((name, value)),
            }
        }
        self.settle();
    }
}
