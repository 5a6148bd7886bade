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
        places.iter().fold(self, |value, (path, marks)| value.mark_place(&path.0, marks, Missing::Skip))
    }

    /// As [`Self::mark_places`], for a value whose form may not be the one that the paths were found in: where a place
    /// is missing, what it would be in is marked.
    #[must_use]
    pub fn mark_places_or_around(self, places: &[(Path, Marks)]) -> Self {
        places.iter().fold(self, |value, (path, marks)| value.mark_place(&path.0, marks, Missing::MarkAround))
    }

    fn mark_place(self, steps: &[PathStep], marks: &Marks, missing: Missing) -> Self {
        let Some((step, rest)) = steps.split_first() else { return self.with_marks(marks) };
        let own = self.marks().clone();
        let marked = |part: &mut Self| *part = deep(|| part.clone().mark_place(rest, marks, missing));
        let value = match self.kind() {
            Kind::List(list) => {
                let mut items = list.items.to_vec();
                let found = item_mut(&mut items, step).map(marked);
                found.map(|()| Self::list(list.element.clone(), items))
            }
            Kind::Tuple(items) => {
                let mut items = items.to_vec();
                let found = item_mut(&mut items, step).map(marked);
                found.map(|()| Self::tuple(items))
            }
            Kind::Map(map) => {
                let mut items = Entries::clone(&map.items);
                let found = entry_mut(&mut items, step).map(marked);
                found.map(|()| Self::map(map.element.clone(), items))
            }
            Kind::Object(attributes) => {
                let mut attributes = Entries::clone(attributes);
                let found = entry_mut(&mut attributes, step).map(marked);
                found.map(|()| Self::object(attributes))
            }
            Kind::Set(_) | Kind::Unknown(..) => return self.with_marks(marks),
            _ => None,
        };
        match (value, missing) {
            (Some(value), _) => value.with_marks(&own),
            (None, Missing::Skip) => self,
            (None, Missing::MarkAround) => self.with_marks(marks),
        }
    }

    /// The value at a path; `None` if there is none, or the path leads into something unknown or null.
    pub fn at(&self, path: &Path) -> Option<Self> {
        let mut value = self.clone();
        for step in &path.0 {
            let part = match (value.kind(), step) {
                (Kind::List(_) | Kind::Tuple(_), PathStep::Index(index)) => {
                    value.items()?.get(index.as_number()?.to_usize()?)?.clone()
                }
                (_, PathStep::Index(key)) => value.entries()?.get(key.as_str()?)?.clone(),
                (_, PathStep::Attribute(name)) => value.entries()?.get(name)?.clone(),
            };
            value = part;
        }
        Some(value)
    }
}

/// What becomes of a mark whose place does not exist.
#[derive(Clone, Copy)]
enum Missing {
    Skip,
    MarkAround,
}

fn item_mut<'v>(items: &'v mut [Value], step: &PathStep) -> Option<&'v mut Value> {
    let PathStep::Index(index) = step else { return None };
    items.get_mut(index.as_number()?.to_usize()?)
}

fn entry_mut<'v>(entries: &'v mut Entries, step: &PathStep) -> Option<&'v mut Value> {
    match step {
        PathStep::Attribute(name) => entries.get_mut(name),
        PathStep::Index(key) => entries.get_mut(key.as_str()?),
    }
}
