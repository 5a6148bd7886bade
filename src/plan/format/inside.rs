//! Nested changes: the place of each change that has some, and what they are.

use std::sync::Arc;

use crate::plan::{After, Change, Fate, Inside, Part, PartAction, Plan, Property, Recreation};

use super::FormatError;
use super::codec::{Loaded, Reader, Saved, Writer, deep, record, word};

pub(super) fn save(plan: &Plan, to: &mut Writer) {
    for changes in [&plan.changes, &plan.drift] {
        let places = changes.iter().enumerate();
        let insides: Vec<(usize, Arc<Inside>)> =
            places.filter_map(|(place, change)| Some((place, Arc::clone(change.inside.as_ref()?)))).collect();
        insides.save(to);
    }
}

pub(super) fn load(plan: &mut Plan, from: &mut Reader<'_>) -> Loaded<()> {
    for changes in [&mut plan.changes, &mut plan.drift] {
        load_some(changes, from)?;
    }
    Ok(())
}

fn load_some(changes: &mut [Change], from: &mut Reader<'_>) -> Loaded<()> {
    for (place, inside) in Vec::<(usize, Arc<Inside>)>::load(from)? {
        let change = changes.get_mut(place);
        let missing = FormatError::Damaged("it tells of the inside of a change that is not in it");
        change.ok_or(missing)?.inside = Some(inside);
    }
    Ok(())
}

record!(Inside { parts, reservations, notes });
record!(Part { name, kind, id, action, properties, holds_data, fate });
record!(Property { path, before, after, recreates });
word!(PartAction { Add = 0, Modify = 1, Replace = 2, PerhapsReplace = 3, Remove = 4, Import = 5, Undecided = 6 });
word!(Fate { Deleted = 0, Kept = 1, Copied = 2 });
word!(Recreation { Never = 0, Perhaps = 1, Always = 2 });

impl Saved for After {
    fn save(&self, to: &mut Writer) {
        let known = match self {
            Self::Known(text) => Some(text.clone()),
            Self::Unknown => None,
        };
        known.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Option::<Option<String>>::load(from)?.map_or(Self::Unknown, Self::Known))
    }
}
