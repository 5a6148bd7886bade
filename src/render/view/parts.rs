//! Nested changes: what happens to the parts of an object that another engine manages, losses first.

use crate::plan::{Action, After, Change, Fate, Part, PartAction, Property, Recreation, Schemas};
use crate::value::{Type, Value};

use super::super::diagnostic::harmless;
use super::difference::{self, Difference, Shape, Turn};
use super::forcing::Forcing;
use super::secrets::Secrets;

/// The parts of one change.
#[derive(Clone, Debug)]
pub struct PartsView {
    /// Parts with data that are or may be lost, then other parts that are or may be lost, then the rest; each group by
    /// name.
    pub parts: Vec<PartView>,
    /// What cannot be foreseen, in whole sentences.
    pub reservations: Vec<String>,
    pub counts: PartCounts,
    /// Whether it has happened already.
    pub found: bool,
}

/// One part. Its names come from outside; control characters were made harmless.
#[derive(Clone, Debug)]
pub struct PartView {
    pub name: String,
    pub kind: String,
    pub id: Option<String>,
    pub action: PartAction,
    pub fate: Fate,
    pub loses: bool,
    pub loses_data: bool,
    /// What happens to it, if the symbol does not say it all.
    pub says: Option<&'static str>,
    pub properties: Vec<PropertyView>,
}

/// One property of a part.
#[derive(Clone, Debug)]
pub struct PropertyView {
    pub path: String,
    pub turn: Turn,
    /// None if it is not shown.
    pub difference: Option<Difference>,
    pub recreates: Recreation,
}

/// The number of parts by action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartCounts {
    pub add: usize,
    pub modify: usize,
    pub replace: usize,
    pub perhaps_replace: usize,
    pub remove: usize,
    pub import: usize,
    pub undecided: usize,
    /// How many of them are or may be lost; in objects that are lost themselves, only those with data.
    pub lost: usize,
    /// How many of the lost ones hold data.
    pub data: usize,
}

/// The parts of a change; `None` if it has no nested changes.
pub(in crate::render) fn parts(change: &Change, schemas: &Schemas, found: bool) -> Option<PartsView> {
    let inside = change.inside.as_ref()?;
    let secrets = Secrets::of(change, schemas);
    let mut parts: Vec<PartView> = inside.parts.iter().map(|part| view(part, &secrets, found)).collect();
    // They are ordered by name already.
    parts.sort_by_key(|part| (!part.loses_data, !part.loses, part.action == PartAction::Import));
    let reservations = inside.reservations.iter().map(|said| match secrets.are_in(said) {
        true => "Something is said that has a sensitive value in it.".to_owned(),
        false => harmless(said).into_owned(),
    });
    let (reservations, counts) = (reservations.collect(), PartCounts::of(change));
    Some(PartsView { parts, reservations, counts, found })
}

fn view(part: &Part, secrets: &Secrets, found: bool) -> PartView {
    let Part { name, kind, id, action, properties, fate, .. } = part;
    let clean = |text: &str| harmless(&text.replace(['\n', '\t'], " ")).into_owned();
    PartView {
        name: clean(name),
        kind: clean(kind),
        id: id.as_deref().map(clean),
        action: *action,
        fate: *fate,
        loses: part.loses(),
        loses_data: part.loses_data(),
        says: if found { found_as(*action) } else { says(part) },
        properties: properties.iter().map(|one| property(one, secrets)).collect(),
    }
}

fn says(part: &Part) -> Option<&'static str> {
    use PartAction::{Add, Import, Modify, PerhapsReplace, Remove, Replace, Undecided};
    Some(match (part.action, part.fate, part.holds_data) {
        (Add | Modify, ..) => return None,
        (Import, ..) => "imported",
        (Undecided, ..) if part.loses_data() => {
            "what becomes of it is known after apply: it may be replaced, and its data lost"
        }
        (Undecided, ..) => "what becomes of it is known after apply",
        (Replace, Fate::Kept, _) => "replaced; the one that is there stays, and is looked after no more",
        (Replace, Fate::Copied, _) => "replaced; a copy of its data stays",
        (Replace, Fate::Deleted, true) => "replaced, and its data is lost",
        (Replace, Fate::Deleted, false) => "replaced",
        (PerhapsReplace, Fate::Kept, _) => "may be replaced; the one that is there would stay",
        (PerhapsReplace, Fate::Copied, _) => "may be replaced; a copy of its data would stay",
        (PerhapsReplace, Fate::Deleted, true) => "may be replaced, and its data lost",
        (PerhapsReplace, Fate::Deleted, false) => "may be replaced",
        (Remove, Fate::Kept, _) => "stays, and is looked after no more",
        (Remove, Fate::Copied, _) => "destroyed; a copy of its data stays",
        (Remove, Fate::Deleted, true) => "destroyed, and its data is lost",
        (Remove, Fate::Deleted, false) => return None,
    })
}

fn found_as(action: PartAction) -> Option<&'static str> {
    Some(match action {
        PartAction::Remove => "gone",
        PartAction::Add | PartAction::Import => "added",
        PartAction::Replace | PartAction::PerhapsReplace => "replaced",
        PartAction::Undecided => "unlike it was left, nobody knows how",
        PartAction::Modify => return None,
    })
}

fn property(property: &Property, secrets: &Secrets) -> PropertyView {
    let Property { path, before, after, recreates } = property;
    let after_text = match after {
        After::Known(text) => text.as_deref(),
        After::Unknown => None,
    };
    let unknown = *after == After::Unknown;
    let turn = match (before.is_some(), after_text.is_some() || unknown) {
        (false, true) => Turn::Added,
        (true, false) => Turn::Removed,
        _ => Turn::Changed,
    };
    let secret = before.as_deref().into_iter().chain(after_text).any(|text| secrets.are_in(text));
    let forces_replacement = *recreates == Recreation::Always;
    let difference = if secret {
        let shape = Shape::Secret;
        Some(Difference { turn, forces_replacement, typed: false, disclosure: None, shape })
    } else if before.is_none() && after_text.is_none() && !unknown {
        None
    } else {
        let (old, new) = shortened(before.as_deref(), after_text);
        let new = if unknown { Some(Value::unknown(Type::String)) } else { new };
        let mut difference = difference::loose(old.as_ref(), new.as_ref(), &Forcing::none());
        difference.forces_replacement = forces_replacement;
        // The other engine lists it as a change even though its text is equal.
        difference.turn = turn;
        Some(difference)
    };
    let path = harmless(&path.replace(['\n', '\t'], " ")).into_owned();
    PropertyView { path, turn, difference, recreates: *recreates }
}

/// Longer lines are cut around their difference.
const LONGEST_LINE: usize = 160;
/// The number of equal characters shown before a difference.
const BEFORE: usize = 20;
/// Of a longer text that is added or removed, only the beginning is shown.
const MOST_LINES: usize = 12;

/// Shortens long texts to their beginnings. Documents are compared by their content and stay whole, and so do two texts
/// of several lines, which are folded around their changes.
fn shortened(before: Option<&str>, after: Option<&str>) -> (Option<Value>, Option<Value>) {
    let is_document = |text: &str| super::document::json(text).is_some();
    let whole = |text: &str| Value::string(text);
    match (before, after) {
        (Some(a), Some(b)) if super::document::both(a, b).is_some() => (Some(whole(a)), Some(whole(b))),
        (Some(a), Some(b)) if a.contains('\n') || b.contains('\n') => (Some(whole(a)), Some(whole(b))),
        (Some(a), Some(b)) => {
            let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
            (Some(line(a, same)), Some(line(b, same)))
        }
        (a, b) => {
            let one = |text: &str| match text {
                text if is_document(text) => whole(text),
                text if text.contains('\n') => lines(text),
                text => line(text, 0),
            };
            (a.map(one), b.map(one))
        }
    }
}

fn line(text: &str, same: usize) -> Value {
    let letters = text.chars().count();
    if letters <= LONGEST_LINE {
        return Value::string(text);
    }
    let skipped = if same > LONGEST_LINE / 2 { same.saturating_sub(BEFORE) } else { 0 };
    let shown: String = text.chars().skip(skipped).take(LONGEST_LINE).collect();
    let left = letters - skipped - shown.chars().count();
    let before = if skipped > 0 { "..." } else { "" };
    let after = if left > 0 { format!("... ({left} more characters)") } else { String::new() };
    Value::string(&format!("{before}{shown}{after}"))
}

fn lines(text: &str) -> Value {
    let count = text.lines().count();
    let shown = text.lines().take(MOST_LINES);
    // A single line may be a whole program.
    let shown = shown.map(|one| one.chars().take(LONGEST_LINE).collect::<String>());
    let mut shown: Vec<String> = shown.collect();
    if count > MOST_LINES {
        shown.push(format!("... ({} more lines)", count - MOST_LINES));
    }
    Value::string(&shown.join("\n"))
}

impl PartsView {
    /// `Inside: 3 to add, 1 to replace`, without its first word.
    pub(in crate::render) fn sum(&self) -> String {
        match self.found {
            true => self.counts.found(),
            false => self.counts.to_do(),
        }
    }

    /// What happens to each part whose data is lost.
    pub(super) fn warnings(&self) -> Vec<String> {
        /// Further ones are counted; each is shown below anyway.
        const NAMED: usize = 5;
        let losing: Vec<&PartView> = self.parts.iter().filter(|part| part.loses_data).collect();
        let named = losing.iter().take(NAMED).map(|part| part.warning(self.found));
        let more = losing.len().checked_sub(NAMED).filter(|more| *more > 0);
        named.chain(more.map(|more| format!("Warning: and {more} more parts with data"))).collect()
    }
}

impl PartView {
    /// `Database (AWS::RDS::DBInstance)`
    pub(in crate::render) fn label(&self) -> String {
        format!("{} ({})", self.name, self.kind)
    }

    fn warning(&self, found: bool) -> String {
        match found {
            true => format!("Warning: {} held data and is gone", self.label()),
            false => format!("Warning: {}: {}", self.label(), self.says.unwrap_or("is lost")),
        }
    }

    /// The word for its loss, next to those of whole objects; `None` if it is not lost.
    pub(in crate::render) fn loss(&self) -> Option<&'static str> {
        match self.action {
            _ if !self.loses => None,
            PartAction::Remove => Some("destroy"),
            PartAction::Replace => Some("replace"),
            _ => Some("may replace"),
        }
    }

    pub(in crate::render) fn turn(&self) -> Turn {
        match self.action {
            _ if self.loses => Turn::Removed,
            PartAction::Add | PartAction::Import => Turn::Added,
            _ => Turn::Changed,
        }
    }
}

impl PropertyView {
    /// Whether it must be shown, however many others there are.
    pub(in crate::render) fn matters(&self) -> bool {
        self.recreates != Recreation::Never
    }
}

impl PartCounts {
    pub(in crate::render) fn of(change: &Change) -> Self {
        let mut counts = Self::default();
        counts.take_all(change);
        counts
    }

    pub(super) fn take_all(&mut self, change: &Change) {
        let parts = change.inside.iter().flat_map(|inside| &inside.parts);
        parts.for_each(|part| self.take(part, change.action));
    }

    fn take(&mut self, part: &Part, object: Action) {
        *match part.action {
            PartAction::Add => &mut self.add,
            PartAction::Modify => &mut self.modify,
            PartAction::Replace => &mut self.replace,
            PartAction::PerhapsReplace => &mut self.perhaps_replace,
            PartAction::Remove => &mut self.remove,
            PartAction::Import => &mut self.import,
            PartAction::Undecided => &mut self.undecided,
        } += 1;
        let goes_along = object == Action::Delete && !part.holds_data;
        self.lost += usize::from(part.loses() && !goes_along);
        self.data += usize::from(part.loses_data());
    }

    pub(in crate::render) fn all(self) -> usize {
        let changed = self.add + self.modify + self.replace + self.perhaps_replace;
        changed + self.remove + self.import + self.undecided
    }

    /// "3 to add, 1 to replace"
    pub(in crate::render) fn to_do(self) -> String {
        counted(&[
            (self.import, "to import"),
            (self.add, "to add"),
            (self.modify, "to change"),
            (self.replace, "to replace"),
            (self.perhaps_replace, "perhaps to replace"),
            (self.remove, "to remove"),
            (self.undecided, "not decided yet"),
        ])
    }

    /// "2 changed, 1 gone"
    pub(in crate::render) fn found(self) -> String {
        counted(&[
            (self.modify + self.undecided, "changed"),
            (self.add + self.import, "added"),
            (self.replace + self.perhaps_replace, "replaced"),
            (self.remove, "gone"),
        ])
    }
}

fn counted(counts: &[(usize, &str)]) -> String {
    let told = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
    match told.is_empty() {
        true => "nothing changes".to_owned(),
        false => told.join(", "),
    }
}
