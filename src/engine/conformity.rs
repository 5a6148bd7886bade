//! Checks that a provider keeps its promises: that a plan follows from the configuration, and a result from the plan.
//!
//! A violation is the provider's mistake and not the user's. Values are passed without marks; the paths of secrets are
//! passed beside them, so that no message reveals one.

mod plan;
mod result;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use crate::schema::{Attribute, Block};
use crate::value::{Entries, Kind, Name, Path, PathStep, Type, Value};

/// One violation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) path: Path,
    /// A clause about the value: `is 3 in the plan but 4 in the configuration`.
    pub(super) clause: String,
}

/// Checks that a plan may follow from the configuration and the prior object. All three values conform to the schema; a
/// null configuration means that the object is to be destroyed.
pub(super) fn of_plan(
    schema: &Block,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    secrets: &[Path],
) -> Vec<Fault> {
    let mut findings = Findings::new(secrets);
    plan::block(schema, prior, configuration, planned, &mut findings);
    findings.faults
}

/// Checks that a result is what was planned, with everything unknown filled in.
pub(super) fn of_result(schema: &Block, planned: &Value, made: &Value, secrets: &[Path]) -> Vec<Fault> {
    let mut findings = Findings::new(secrets);
    result::block(schema, planned, made, &mut findings);
    findings.faults
}

/// The paths at which a value that should be wholly known is still unknown.
pub(super) fn unknown_parts(value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    if !value.is_wholly_known() {
        gather_unknown(value, &mut Path::root(), &mut found);
    }
    found
}

fn gather_unknown(value: &Value, path: &mut Path, found: &mut Vec<Path>) {
    if !value.is_known() {
        found.push(path.clone());
    }
    let mut inside = |step: PathStep, part: &Value| {
        path.0.push(step);
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || gather_unknown(part, path, found));
        path.0.pop();
    };
    match value.kind() {
        Kind::Object(entries) => {
            entries.iter().for_each(|(name, part)| inside(PathStep::Attribute(name.clone()), part));
        }
        _ => parts(value).for_each(|(step, part)| inside(step, part)),
    }
}

/// The elements of a value, each with its path step.
fn parts(value: &Value) -> impl Iterator<Item = (PathStep, &Value)> {
    let is_set = matches!(value.kind(), Kind::Set(_));
    let items = value.items().unwrap_or_default().iter().enumerate().map(move |(index, part)| {
        let key = if is_set { part.clone() } else { Value::count(index) };
        (PathStep::Index(key), part)
    });
    let entries = value.entries().into_iter().flatten();
    items.chain(entries.map(|(key, part)| (PathStep::Index(Value::normalized_string(key.clone())), part)))
}

/// The violations found so far, and the path of the value being checked.
struct Findings<'a> {
    faults: Vec<Fault>,
    path: Path,
    secrets: &'a [Path],
    /// Whether the value is inside an attribute that the schema calls sensitive.
    hidden: bool,
}

impl<'a> Findings<'a> {
    fn new(secrets: &'a [Path]) -> Self {
        Self { faults: Vec::new(), path: Path::root(), secrets, hidden: false }
    }

    /// A trial check at the same path, whose violations are only counted.
    fn aside(&self) -> Self {
        Self { path: self.path.clone(), ..Self::new(self.secrets) }
    }

    fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    fn push(&mut self, clause: impl Into<String>) {
        self.faults.push(Fault { path: self.path.clone(), clause: clause.into() });
    }

    fn at(&mut self, step: PathStep, look: impl FnOnce(&mut Self)) {
        self.path.0.push(step);
        look(self);
        self.path.0.pop();
    }

    fn at_attribute(&mut self, name: &Name, attribute: &Attribute, look: impl FnOnce(&mut Self)) {
        let outer = self.hidden;
        self.hidden |= attribute.sensitive;
        self.at(PathStep::Attribute(name.clone()), look);
        self.hidden = outer;
    }

    /// A value in a form that a message may show.
    fn show(&self, value: &Value) -> Cow<'static, str> {
        if self.hidden || self.secrets.iter().any(|secret| overlaps(secret, &self.path)) {
            return Cow::Borrowed("(sensitive)");
        }
        match value.kind() {
            Kind::Null(_) => Cow::Borrowed("null"),
            Kind::Unknown(..) => Cow::Borrowed("not known"),
            Kind::Bool(value) => Cow::Owned(value.to_string()),
            Kind::Number(number) => Cow::Owned(number.to_string()),
            Kind::String(text) => {
                let short: String = text.chars().take(LONGEST_SHOWN).collect();
                let rest = if short.len() < text.len() { "..." } else { "" };
                Cow::Owned(format!("{short:?}{rest}"))
            }
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                count(value.items().map_or(0, <[Value]>::len), "element")
            }
            Kind::Map(_) => count(value.entries().map_or(0, Entries::len), "element"),
            Kind::Object(_) => Cow::Borrowed("an object"),
            Kind::Type(_) => Cow::Borrowed("a type"),
        }
    }
}

/// How many characters of a text a message shows.
const LONGEST_SHOWN: usize = 60;

fn count(number: usize, noun: &str) -> Cow<'static, str> {
    let ending = if number == 1 { "" } else { "s" };
    Cow::Owned(format!("{number} {noun}{ending}"))
}

/// Whether one path is a prefix of the other. Elements of sets have no path that could be compared.
fn overlaps(a: &Path, b: &Path) -> bool {
    a.0.iter().zip(&b.0).all(|pair| match pair {
        (PathStep::Attribute(a), PathStep::Attribute(b)) => a == b,
        (PathStep::Index(a), PathStep::Index(b)) => {
            let placed = |key: &Value| matches!(key.kind(), Kind::Number(_) | Kind::String(_));
            !placed(a) || !placed(b) || a.same(b)
        }
        // Blocks of a map are addressed by key, whether they are of one type or not.
        _ => true,
    })
}

/// A part of an object, if the object is known and has it.
fn entry<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.entries()?.get(name)
}

/// A part of an object: null if the object is null, unknown if it is unknown.
fn part<'a>(object: &'a Value, name: &str, ty: &Type) -> Cow<'a, Value> {
    match entry(object, name) {
        Some(value) => Cow::Borrowed(value),
        None if object.is_known() => Cow::Owned(Value::null(ty.clone())),
        None => Cow::Owned(Value::unknown(ty.clone())),
    }
}

/// Nulls are equal whatever their types.
fn alike(a: &Value, b: &Value) -> bool {
    a.is_null() && b.is_null() || a.same_unrefined(b)
}

/// `.disks[0].size is 3 in the plan but 4 in the configuration`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            write!(f, "the object {}", self.clause)
        } else {
            write!(f, "{} {}", self.path, self.clause)
        }
    }
}
