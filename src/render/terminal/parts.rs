//! The parts of an object, below its attributes.

use std::collections::BTreeMap;

use crate::plan::{Fate, PartAction, Recreation};

use super::super::view::{PartView, PartsView, PropertyView, Shape, Turn};
use super::pen::{Ink, Manner, Pen, Symbols};
use super::value::label;

/// Besides those that are lost, at most this many are shown, and the others are counted.
const SHOWN: usize = 40;

/// Besides those that force a replacement, at most this many properties of a part are shown.
const PROPERTIES: usize = 15;

/// Longer sentences are wrapped.
const SENTENCE: usize = 78;

/// A longer name does not widen its column.
const WIDEST: usize = 32;

impl Pen {
    /// Writes all lost parts, and a limited number of the rest.
    pub(super) fn parts(&mut self, parts: &PartsView, depth: usize) {
        let lost = parts.parts.iter().take_while(|part| part.loses).count();
        let shown = parts.parts.get(..parts.parts.len().min(lost + SHOWN)).unwrap_or_default();
        let rest = parts.parts.get(shown.len()..).unwrap_or_default();
        self.put("\n");
        self.comment(depth, &format!("# inside: {}", parts.sum()));
        let widths = shown.iter().map(|part| part.name.chars().count());
        let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
        for part in shown {
            self.part(part, depth, width);
        }
        self.rest(rest, depth, parts.found);
        for reservation in &parts.reservations {
            for line in textwrap::wrap(reservation, SENTENCE) {
                self.comment(depth, &format!("# {line}"));
            }
        }
    }

    fn part(&mut self, part: &PartView, depth: usize, width: usize) {
        self.sign(part, depth);
        self.name(&part.name, width);
        self.put(" ");
        self.put(&part.kind);
        if let Some(id) = &part.id {
            self.paint(&format!(" [id={id}]"), Ink::Faint);
        }
        if let Some(says) = part.says {
            let ink = match (part.loses_data, part.loses) {
                (true, _) => Ink::Loss,
                (_, true) => Ink::Removed,
                _ => Ink::Faint,
            };
            self.put(" ");
            self.paint(&format!("# {says}"), ink);
        }
        self.put("\n");
        let fine = part.properties.iter().filter(|property| !property.matters()).count();
        let mut left = PROPERTIES;
        let shown = part.properties.iter().filter(|property| {
            let is_shown = property.matters() || left > 0;
            left -= usize::from(!property.matters() && left > 0);
            is_shown
        });
        let shown: Vec<&PropertyView> = shown.collect();
        let widths = shown.iter().map(|property| path(&property.path).chars().count());
        let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
        for property in shown {
            self.property(property, depth + 1, width);
        }
        if fine > PROPERTIES {
            let more = fine - PROPERTIES;
            let many = if more == 1 { "property" } else { "properties" };
            self.comment(depth + 1, &format!("# and {more} more {many}"));
        }
    }

    fn property(&mut self, property: &PropertyView, depth: usize, width: usize) {
        self.start(depth, property.turn);
        self.name(&path(&property.path), width);
        self.put(" = ");
        let silent = Manner { to_null: false, all: false };
        match &property.difference {
            // The first line of the difference says what forces the replacement.
            Some(difference) => self.difference(difference, depth, silent),
            None => {
                self.put("(not told)");
                self.forces(property.recreates == Recreation::Always);
            }
        }
        if property.recreates == Recreation::Perhaps {
            let is_long = property.difference.as_ref().is_some_and(|difference| {
                !matches!(difference.shape, Shape::Value(_) | Shape::Step { .. } | Shape::Secret)
            });
            self.put(if is_long { "\n" } else { " " });
            if is_long {
                self.start(depth, Turn::Same);
            }
            self.paint("# may force replacement", Ink::Removed);
        }
        self.put("\n");
    }

    /// Writes the symbol of what happens to a part.
    fn sign(&mut self, part: &PartView, depth: usize) {
        if !self.is(Symbols::Beside) {
            return self.start(depth, part.turn());
        }
        let (sign, ink) = sign(part);
        self.spaces(depth * 4 + 3_usize.saturating_sub(sign.len()));
        self.paint(sign, ink);
        self.put(" ");
    }

    /// Summarises the other parts, by action and by type.
    fn rest(&mut self, rest: &[PartView], depth: usize, found: bool) {
        let mut sums: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for part in rest {
            let word = match (part.action, found) {
                (PartAction::Add, false) => "to add",
                (PartAction::Import, false) => "to import",
                (PartAction::Undecided, false) => "not decided yet",
                (PartAction::Remove, false) => "to let go",
                (_, false) => "to change",
                (PartAction::Add | PartAction::Import, true) => "added",
                (_, true) => "changed",
            };
            *sums.entry(word).or_default().entry(&part.kind).or_default() += 1;
        }
        for (word, kinds) in sums {
            let count: usize = kinds.values().sum();
            let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            self.comment(depth, &format!("# and {count} more {word}: {}", kinds.join(", ")));
        }
    }
}

/// A path without quotes if it consists of names and numbers.
fn path(path: &str) -> std::borrow::Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/');
    if !path.is_empty() && path.chars().all(plain) { path.into() } else { label(path, true) }
}

fn sign(part: &PartView) -> (&'static str, Ink) {
    let kept = part.fate == Fate::Kept;
    match part.action {
        PartAction::Add | PartAction::Import => ("+", Ink::Added),
        PartAction::Modify => ("~", Ink::Changed),
        PartAction::Replace if kept => ("./+", Ink::Removed),
        PartAction::Replace => ("-/+", Ink::Removed),
        PartAction::PerhapsReplace => ("?/+", Ink::Removed),
        PartAction::Remove if kept => (".", Ink::Removed),
        PartAction::Remove => ("-", Ink::Removed),
        PartAction::Undecided => ("?", Ink::Changed),
    }
}

/// Writes a line about a lost part, in the list of losses.
pub(super) fn loss(pen: &mut Pen, address: &str, part: &PartView) {
    pen.sign(part, 0);
    pen.put(&format!("{address}: {}", part.label()));
    if let Some(says) = part.says {
        pen.put(" ");
        pen.paint(&format!("({says})"), if part.loses_data { Ink::Loss } else { Ink::Faint });
    }
    pen.put("\n");
}
