//! The differences between two values.

use crate::value::{Kind, Name, Value};

use super::forcing::Forcing;
use super::text::Line;
use super::{align, document, text};

/// A place in an object, before and after.
#[derive(Clone, Debug)]
pub struct Difference {
    pub turn: Turn,
    /// Whether this difference forces the replacement.
    pub forces_replacement: bool,
    /// Whether the schema gives the place a type. If not, its shape is that of the value, and maps look like objects.
    pub typed: bool,
    pub disclosure: Option<Disclosure>,
    pub shape: Shape,
}

/// What happens to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    Same,
    Added,
    Removed,
    Changed,
}

/// Whether a value becomes sensitive or ceases to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
    pub becomes_secret: bool,
    /// Whether nothing else changes.
    pub unchanged: bool,
}

/// How it is shown.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One value: the only one, or that of both sides. Unknown and sensitive parts keep their marks.
    Value(Value),
    /// Never shown.
    Secret,
    /// Never stored.
    WriteOnly {
        secret: bool,
    },
    /// One value replaced by another.
    Step {
        before: Value,
        after: Value,
    },
    Entries {
        entries: Vec<(Name, Difference)>,
        quoted: bool,
    },
    Items {
        items: Vec<Difference>,
        ordered: bool,
    },
    /// A text of several lines. A final newline that is added or removed is not a line of its own.
    Lines {
        lines: Vec<(Turn, Line)>,
        last_end: Turn,
    },
    /// A text that holds a document, shown as the call that would produce it.
    Document {
        function: &'static str,
        content: Box<Difference>,
        spacing_only: bool,
    },
}

/// Compares values of a place with a type.
pub(super) fn typed(before: Option<&Value>, after: Option<&Value>, forcing: &Forcing<'_>) -> Difference {
    differ(before, after, forcing, true)
}

/// Compares values of any type.
pub(super) fn loose(before: Option<&Value>, after: Option<&Value>, forcing: &Forcing<'_>) -> Difference {
    differ(before, after, forcing, false)
}

fn differ(before: Option<&Value>, after: Option<&Value>, forcing: &Forcing<'_>, typed: bool) -> Difference {
    if before.is_some_and(is_secret) || after.is_some_and(is_secret) {
        return secret(before, after, forcing, typed);
    }
    let node =
        |turn, shape| Difference { turn, forces_replacement: forcing.here(), typed, disclosure: None, shape };
    match (before, after) {
        (None, None) => node(Turn::Same, Shape::Value(Value::dynamic())),
        (None, Some(after)) => node(Turn::Added, Shape::Value(after.clone())),
        (Some(before), None) => node(Turn::Removed, Shape::Value(before.clone())),
        (Some(before), Some(after)) => stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let (turn, shape) = both(before, after, forcing, typed);
            node(turn, shape)
        }),
    }
}

fn both(before: &Value, after: &Value, forcing: &Forcing<'_>, typed: bool) -> (Turn, Shape) {
    if alike(before, after) {
        return (Turn::Same, Shape::Value(after.clone()));
    }
    match (before.kind(), after.kind()) {
        (Kind::String(a), Kind::String(b)) => string(a, b, before, after),
        (Kind::Set(a), Kind::Set(b)) if typed => {
            items(a.items(), b.items(), align::set(a.items(), b.items()), forcing, true, false)
        }
        _ => match (before.entries(), after.entries(), before.items(), after.items()) {
            (Some(a), Some(b), ..) => {
                let names: std::collections::BTreeSet<&Name> = a.keys().chain(b.keys()).collect();
                let quoted = typed && matches!(after.kind(), Kind::Map(_));
                let entry = |name: &Name| {
                    let inner = forcing.key(name);
                    (name.clone(), differ(a.get(name), b.get(name), &inner, typed))
                };
                let entries: Vec<_> = names.into_iter().map(entry).collect();
                (whole(entries.iter().map(|(_, entry)| entry.turn)), Shape::Entries { entries, quoted })
            }
            (_, _, Some(a), Some(b)) => items(a, b, align::list(a, b), forcing, typed, true),
            _ => (Turn::Changed, Shape::Step { before: before.clone(), after: after.clone() }),
        },
    }
}

fn items(
    before: &[Value],
    after: &[Value],
    pairs: Vec<align::Pair>,
    forcing: &Forcing<'_>,
    typed: bool,
    ordered: bool,
) -> (Turn, Shape) {
    let item = |(i, j): align::Pair| {
        let inner = j.or(i).filter(|_| ordered).map_or_else(Forcing::none, |at| forcing.index(at));
        differ(i.and_then(|i| before.get(i)), j.and_then(|j| after.get(j)), &inner, typed)
    };
    let items: Vec<Difference> = pairs.into_iter().map(item).collect();
    (whole(items.iter().map(|item| item.turn)), Shape::Items { items, ordered })
}

fn string(a: &str, b: &str, before: &Value, after: &Value) -> (Turn, Shape) {
    if let Some((function, old, new)) = document::both(a, b) {
        let content = differ(Some(&old), Some(&new), &Forcing::none(), false);
        let spacing_only = content.turn == Turn::Same;
        return (Turn::Changed, Shape::Document { function, content: Box::new(content), spacing_only });
    }
    // A document that becomes something else, or the reverse, is a replaced value.
    let is_document = |text: &str| document::json(text).is_some();
    if (a.contains('\n') || b.contains('\n')) && !is_document(a) && !is_document(b) {
        let last_end = match (a.ends_with('\n'), b.ends_with('\n')) {
            (true, false) => Turn::Removed,
            (false, true) => Turn::Added,
            _ => Turn::Same,
        };
        return (Turn::Changed, Shape::Lines { lines: text::lines(a, b), last_end });
    }
    (Turn::Changed, Shape::Step { before: before.clone(), after: after.clone() })
}

/// What happens to a whole that exists on both sides.
pub(super) fn whole(mut parts: impl Iterator<Item = Turn>) -> Turn {
    if parts.all(|turn| turn == Turn::Same) { Turn::Same } else { Turn::Changed }
}

fn secret(before: Option<&Value>, after: Option<&Value>, forcing: &Forcing<'_>, typed: bool) -> Difference {
    let (was, is) = (before.is_some_and(is_secret), after.is_some_and(is_secret));
    let plain = |value: Option<&Value>| value.map(|value| value.clone().unmark_deep().0);
    let (turn, disclosure) = match (plain(before), plain(after)) {
        (Some(before), Some(after)) => {
            let unchanged = alike(&before, &after);
            let disclosure = (was != is).then_some(Disclosure { becomes_secret: is, unchanged });
            (if unchanged && was == is { Turn::Same } else { Turn::Changed }, disclosure)
        }
        (None, Some(_)) => (Turn::Added, None),
        (Some(_), None) => (Turn::Removed, None),
        (None, None) => (Turn::Same, None),
    };
    Difference { turn, forces_replacement: forcing.here(), typed, disclosure, shape: Shape::Secret }
}

/// Sensitive and ephemeral values.
pub(in crate::render) fn is_secret(value: &Value) -> bool {
    value.marks().are_secret()
}

/// Whether two values look the same: a list and a tuple with the same elements do, and so do all nulls. Unknown values
/// are like nothing else.
pub(super) fn alike(a: &Value, b: &Value) -> bool {
    if is_secret(a) != is_secret(b) {
        return false;
    }
    match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Number(a), Kind::Number(b)) => a.equals(b),
        (Kind::String(a), Kind::String(b)) => a == b,
        _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            match (a.items(), b.items(), a.entries(), b.entries()) {
                (Some(a), Some(b), ..) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
                (_, _, Some(a), Some(b)) => {
                    a.len() == b.len() && a.iter().zip(b).all(|((x, a), (y, b))| x == y && alike(a, b))
                }
                _ => false,
            }
        }),
    }
}
