//! Removes marks from a value together with their places, and puts them back on another one.

use super::{Entries, Kind, Marks, Path, PathStep, Value, deep};

impl Value {
    /// The value without any marks, and the marks with their places.
    pub fn unmark_places(self) -> (Self, Vec<(Path, Marks)>) {
        if !self.is_marked_deep() {
            return (self, Vec::new());
        }
        let mut places = Vec::new();
        self.places(&mut Path::root(), &mut places);
        (self.unmark_deep().0, places)
    }

    fn places(&self, here: &mut Path, places: &mut Vec<(Path, Marks)>) {
        if !self.marks().is_empty() {
            places.push((here.clone(), self.marks().clone()));
        }
        let mut step = |step: PathStep, part: &Self| {
            here.0.push(step);
            deep(|| part.places(here, places));
            here.0.pop();
        };
        match self.kind() {
            Kind::List(_) | Kind::Tuple(_) => {
                for (index, item) in self.items().unwrap_or_default().iter().enumerate() {
                    step(PathStep::Index(Self::count(index)), item);
                }
            }
            Kind::Map(map) => {
                for (key, item) in &map.items {
                    step(PathStep::Index(Self::normalized_string(key.clone())), item);
                }
            }
            Kind::Object(attributes) => {
                for (name, value) in attributes.iter() {
                    step(PathStep::Attribute(name.clone()), value);
                }
            }
            // Nothing in a set is marked.
            _ => {}
        }
    }

    /// Puts marks on the values at these paths. Missing places are skipped; if a path leads into a set or into
    /// something unknown, that is marked.
    #[must_use]
    pub fn mark_places(self, places: &[(Path, Marks)]) -> Self {
        places.iter().fold(self, |value, (path, marks)| value.mark_place(&path.0, marks))
    }

    fn mark_place(self, steps: &[PathStep], marks: &Marks) -> Self {
        let Some((step, rest)) = steps.split_first() else { return self.with_marks(marks) };
        let own = self.marks().clone();
        let marked = |part: &Self| deep(|| part.clone().mark_place(rest, marks));
        let value = match (self.kind(), step) {
            (Kind::List(list), PathStep::Index(index)) => {
                let mut items = list.items.to_vec();
                with_item(&mut items, index, marked);
                Self::list(list.element.clone(), items)
            }
            (Kind::Tuple(items), PathStep::Index(index)) => {
                let mut items = items.to_vec();
                with_item(&mut items, index, marked);
                Self::tuple(items)
            }
            (Kind::Map(map), PathStep::Index(key)) => {
                let mut items = Entries::clone(&map.items);
                with_entry(&mut items, key.as_str(), marked);
                Self::map(map.element.clone(), items)
            }
            (Kind::Object(attributes), PathStep::Attribute(name)) => {
                let mut attributes = Entries::clone(attributes);
                with_entry(&mut attributes, Some(name), marked);
                Self::object(attributes)
            }
            (Kind::Object(attributes), PathStep::Index(key)) => {
                let mut attributes = Entries::clone(attributes);
                with_entry(&mut attributes, key.as_str(), marked);
                Self::object(attributes)
            }
            (Kind::Set(_) | Kind::Unknown(..), _) => return self.with_marks(marks),
            _ => return self,
        };
        value.with_marks(&own)
    }

    /// The value at a path; `None` if there is none, or the path leads into something unknown or null.
    pub fn at(&self, path: &Path) -> Option<Self> {
        let mut value = self.clone();
        for step in &path.0 {
            let part = match (value.kind(), step) {
                (Kind::List(_) | Kind::Tuple(_), PathStep::Index(index)) => {
                    let index = usize::try_from(index.as_number()?.to_i64()?).ok()?;
                    value.items()?.get(index)?.clone()
                }
                (_, PathStep::Index(key)) => value.entries()?.get(key.as_str()?)?.clone(),
                (_, PathStep::Attribute(name)) => value.entries()?.get(name)?.clone(),
            };
            value = part;
        }
        Some(value)
    }
}

fn with_item(items: &mut [Value], index: &Value, change: impl Fn(&Value) -> Value) {
    let index =
        index.as_number().and_then(super::Number::to_i64).and_then(|index| usize::try_from(index).ok());
    if let Some(item) = index.and_then(|index| items.get_mut(index)) {
        *item = change(item);
    }
}

fn with_entry(entries: &mut Entries, key: Option<&str>, change: impl Fn(&Value) -> Value) {
    if let Some(entry) = key.and_then(|key| entries.get_mut(key)) {
        *entry = change(entry);
    }
}
