//! The differences between two shapes, each as small as possible, with its origins.

use std::collections::BTreeSet;

use crate::value::{Entries, Kind as ValueKind, Mark, Marks, Name, Origin, Path, Value};

use super::shape::{Item, Section, Shape};

/// One place in which two environments differ.
#[derive(Clone, Debug)]
pub struct Difference {
    pub section: Section,
    pub address: String,
    /// The path inside the item.
    pub path: Path,
    pub kind: Kind,
    /// The value in the first, with its marks; none if there is nothing at that place.
    pub first: Option<Value>,
    pub second: Option<Value>,
    pub origins: BTreeSet<Origin>,
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole item exists only in one of them.
    Existence,
    Value,
    /// Neither value is known before it is applied, and they are made from something that differs.
    Unknown,
}

impl Difference {
    /// Whether only one of the two has anything at that place.
    pub fn is_one_sided(&self) -> bool {
        let is_there = |side: &Option<Value>| side.as_ref().is_some_and(|value| !value.is_null());
        is_there(&self.first) != is_there(&self.second)
    }
}

/// Everything that differs, in order.
pub fn compare(first: &Shape, second: &Shape) -> Vec<Difference> {
    let mut found = Vec::new();
    let keys: BTreeSet<&(Section, String)> = first.items.keys().chain(second.items.keys()).collect();
    for key in keys {
        let (section, address) = (key.0, key.1.as_str());
        match (first.items.get(key), second.items.get(key)) {
            (Some(a), Some(b)) => {
                let mut work = Work { section, address, found: &mut found };
                work.values(&a.value, &b.value, Path::root(), &a.value.marks().union(b.value.marks()));
            }
            (Some(item), None) => found.push(only(section, address, item, second, true)),
            (None, Some(item)) => found.push(only(section, address, item, first, false)),
            (None, None) => {}
        }
    }
    found
}

fn only(section: Section, address: &str, item: &Item, other: &Shape, is_first: bool) -> Difference {
    let elsewhere = other.absent.get(&item.block).into_iter();
    let beside = other.items.values().filter(|one| one.block == item.block).take(1).map(|one| &one.existence);
    let marks = elsewhere.chain(beside).fold(item.existence.clone(), |all, marks| all.union(marks));
    let value = Some(Value::bool(true));
    let (first, second) = if is_first { (value, None) } else { (None, value) };
    let (path, kind) = (Path::root(), Kind::Existence);
    let origins = marks.deciding().origins().cloned().collect();
    Difference { section, address: address.to_owned(), path, kind, first, second, origins }
}

struct Work<'w> {
    section: Section,
    address: &'w str,
    found: &'w mut Vec<Difference>,
}

impl Work<'_> {
    /// Compares two values. `marks` are those of both and of everything around them.
    fn values(&mut self, a: &Value, b: &Value, path: Path, marks: &Marks) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.pair(a, b, path, marks));
    }

    fn pair(&mut self, a: &Value, b: &Value, path: Path, marks: &Marks) {
        let direct = |marks: &Marks| marks.origins().any(|origin| !origin.indirect);
        match (a.kind(), b.kind()) {
            // What a provider decides counts as equal, unless it is derived from something that differs.
            (ValueKind::Unknown(..), ValueKind::Unknown(..)) => {
                if direct(marks) {
                    self.differ(a, b, path, Kind::Unknown, marks.clone());
                }
            }
            (ValueKind::List(_), ValueKind::List(_)) | (ValueKind::Tuple(_), ValueKind::Tuple(_)) => {
                let (left, right) = (a.items().unwrap_or_default(), b.items().unwrap_or_default());
                if left.len() != right.len() {
                    self.differ(a, b, path.clone(), Kind::Value, marks.deciding());
                }
                for (index, (left, right)) in left.iter().zip(right).enumerate() {
                    self.part(left, right, path.clone().index(Value::count(index)), marks);
                }
            }
            (ValueKind::Map(_), ValueKind::Map(_)) | (ValueKind::Object(_), ValueKind::Object(_)) => {
                self.entries(a, b, &path, marks);
            }
            (ValueKind::Set(left), ValueKind::Set(right)) => {
                if !left.items().iter().zip(right.items()).all(|(a, b)| is_same(a, b))
                    || left.items().len() != right.items().len()
                {
                    // The same number of entries, with other names.
                    let is_renamed = left.items().len() == right.items().len();
                    let marks = if is_renamed { marks.clone() } else { marks.deciding() };
                    self.differ(a, b, path, Kind::Value, marks);
                } else if !(a.is_wholly_known() && b.is_wholly_known()) && direct(marks) {
                    self.differ(a, b, path, Kind::Unknown, marks.clone());
                }
            }
            (ValueKind::String(left), ValueKind::String(right)) => {
                if left != right {
                    self.differ(a, b, path, Kind::Value, marks.clone());
                }
            }
            _ if is_same(a, b) => {}
            // A string can be made of a name; the existence of one, or a value that is not a string, is decided by it.
            _ => self.differ(a, b, path, Kind::Value, marks.deciding()),
        }
    }

    fn part(&mut self, a: &Value, b: &Value, path: Path, around: &Marks) {
        let marks = around.union(a.marks()).union(b.marks());
        self.values(a, b, path, &marks);
    }

    fn entries(&mut self, a: &Value, b: &Value, path: &Path, marks: &Marks) {
        let none = Entries::new();
        let (left, right) = (a.entries().unwrap_or(&none), b.entries().unwrap_or(&none));
        let is_object = matches!(a.kind(), ValueKind::Object(_));
        let within = |name: &Name| match is_object {
            true => path.clone().attribute(name.clone()),
            false => path.clone().index(Value::normalized_string(name.clone())),
        };
        let names: BTreeSet<&Name> = left.keys().chain(right.keys()).collect();
        // Other names for the same number of entries are text; another number of entries is a decision.
        let shape = if left.len() == right.len() { marks.clone() } else { marks.deciding() };
        for name in names {
            match (left.get(name), right.get(name)) {
                (Some(a), Some(b)) => self.part(a, b, within(name), marks),
                (a, b) => {
                    let own = a.or(b).map_or_else(Marks::none, Value::marks_deep);
                    // If the whole has no origin, only those of the entry count.
                    let marks = match shape.has_origins() {
                        true => shape.union(&secrecy(&own)),
                        false => shape.union(&own.deciding()),
                    };
                    self.push(a.cloned(), b.cloned(), within(name), Kind::Value, &marks);
                }
            }
        }
    }

    fn differ(&mut self, a: &Value, b: &Value, path: Path, kind: Kind, marks: Marks) {
        // If nothing around has an origin, the inside may have one.
        let marks = match marks.has_origins() {
            true => marks,
            false => marks.union(&a.origins_deep()).union(&b.origins_deep()),
        };
        self.push(Some(a.clone()), Some(b.clone()), path, kind, &marks);
    }

    fn push(&mut self, first: Option<Value>, second: Option<Value>, path: Path, kind: Kind, marks: &Marks) {
        let hide = |value: Value| value.with_marks(&secrecy(marks));
        self.found.push(Difference {
            section: self.section,
            address: self.address.to_owned(),
            path,
            kind,
            first: first.map(hide),
            second: second.map(hide),
            origins: closest(marks),
        });
    }
}

/// The marks that say that something must not be shown.
fn secrecy(marks: &Marks) -> Marks {
    marks.iter().filter(|mark| matches!(mark, Mark::Sensitive | Mark::Ephemeral)).cloned().collect()
}

/// The nearest origins: what differs in a nested object was seen there.
fn closest(marks: &Marks) -> BTreeSet<Origin> {
    let direct: BTreeSet<Origin> = marks.origins().filter(|origin| !origin.indirect).cloned().collect();
    if direct.is_empty() { marks.origins().cloned().collect() } else { direct }
}

/// Whether two values are equal apart from origins and secrecy.
fn is_same(a: &Value, b: &Value) -> bool {
    a.is_null() && b.is_null() || a.clone().unmark_deep().0.same_unrefined(&b.clone().unmark_deep().0)
}
