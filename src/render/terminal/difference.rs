//! Differences, as nested lines that begin with a symbol.

use std::borrow::Cow;

use crate::value::Name;

use super::super::diagnostic::harmless;
use super::super::quote;
use super::super::view::{BlockView, Difference, Inside, Line, NestedView, PartsView, Shape, Turn};
use super::pen::{Ink, Manner, Pen};
use super::value::{Stand, label};

/// Attributes by which people recognise an object are always shown.
const LANDMARKS: [&str; 3] = ["id", "name", "tags"];

/// The number of unchanged lines shown around a changed one.
const CONTEXT: usize = 3;

impl Pen {
    pub(super) fn difference(&mut self, difference: &Difference, depth: usize, manner: Manner) {
        let turn = difference.turn;
        let stand = Stand { turn, depth, typed: difference.typed, forces: difference.forces_replacement };
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || match &difference.shape {
            Shape::Value(value) => self.value(value, stand, manner),
            Shape::Secret => {
                self.put("(sensitive value)");
                self.tail(stand, manner);
            }
            Shape::WriteOnly { secret } => {
                self.put(if *secret {
                    "(sensitive, write-only attribute)"
                } else {
                    "(write-only attribute)"
                });
                self.tail(stand, manner);
            }
            Shape::Step { before, after } => {
                let quiet = Stand { forces: false, ..stand };
                self.value(before, Stand { turn: Turn::Removed, ..quiet }, manner.silent());
                self.put(" ");
                self.paint("->", Ink::Changed);
                self.put(" ");
                self.value(after, Stand { turn: Turn::Added, ..quiet }, manner.silent());
                self.forces(stand.forces);
            }
            Shape::Entries { entries, quoted } => self.entries(entries, *quoted, stand, manner),
            Shape::Items { items, ordered } => self.items(items, *ordered, stand, manner),
            Shape::Lines { lines, last_end } => self.lines(lines, *last_end, stand),
            Shape::Document { function, content, spacing_only } => {
                self.changed_document(function, content, *spacing_only, stand, manner);
            }
        });
    }

    fn entries(&mut self, entries: &[(Name, Difference)], quoted: bool, stand: Stand, manner: Manner) {
        self.put("{");
        self.forces(stand.forces);
        self.put("\n");
        let inside = manner.saying_null(quoted);
        let hidden = self.named(entries, quoted, stand.depth + 1, inside);
        self.hidden(stand.depth + 1, hidden, if quoted { "element" } else { "attribute" });
        self.close("}", stand, manner);
    }

    /// Writes lines of `name = ...`; returns how many unchanged ones were left out.
    fn named(&mut self, entries: &[(Name, Difference)], quoted: bool, depth: usize, manner: Manner) -> usize {
        let names: Vec<Cow<'_, str>> = entries.iter().map(|(name, _)| label(name, quoted)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut hidden = 0;
        for ((name, entry), label) in entries.iter().zip(&names) {
            let landmark = !quoted && LANDMARKS.contains(&&**name);
            if entry.turn == Turn::Same && !manner.all && !landmark {
                hidden += 1;
                continue;
            }
            self.warning(entry, depth);
            self.start(depth, entry.turn);
            self.name(label, width);
            self.put(" = ");
            self.difference(entry, depth, if landmark { manner.all() } else { manner });
            let comma = quoted && matches!(entry.shape, Shape::Entries { quoted: false, .. });
            self.put(if comma { ",\n" } else { "\n" });
        }
        hidden
    }

    fn warning(&mut self, difference: &Difference, depth: usize) {
        let Some(disclosure) = difference.disclosure else { return };
        self.spaces(depth * 4);
        self.put("  # ");
        self.paint("Warning", Ink::Changed);
        self.put(match disclosure.becomes_secret {
            true => ": becomes a sensitive value, which will not be shown any more.",
            false => ": stops being a sensitive value and will be shown from now on.",
        });
        self.put(if disclosure.unchanged { " The value is unchanged.\n" } else { "\n" });
    }

    /// Writes the elements of a list or set. The neighbours of a changed list element are shown, because order matters.
    fn items(&mut self, items: &[Difference], ordered: bool, stand: Stand, manner: Manner) {
        self.put("[");
        self.forces(stand.forces);
        self.put("\n");
        let depth = stand.depth + 1;
        let changed =
            |at: Option<usize>| at.and_then(|at| items.get(at)).is_some_and(|item| item.turn != Turn::Same);
        let mut hidden = 0;
        for (at, item) in items.iter().enumerate() {
            let beside = ordered && (changed(at.checked_sub(1)) || changed(Some(at + 1)));
            if item.turn == Turn::Same && !beside && !manner.all {
                hidden += 1;
                continue;
            }
            if ordered {
                self.hidden(depth, std::mem::take(&mut hidden), "element");
            }
            self.warning(item, depth);
            self.start(depth, item.turn);
            self.difference(item, depth, manner.silent());
            self.put(",\n");
        }
        self.hidden(depth, hidden, "element");
        self.close("]", stand, manner);
    }

    fn lines(&mut self, lines: &[(Turn, Line)], last_end: Turn, stand: Stand) {
        self.put("<<-EOT");
        self.forces(stand.forces);
        self.put("\n");
        let near = near_changes(lines, last_end != Turn::Same);
        let mut rest = lines.iter().zip(near).peekable();
        while let Some(((turn, line), near)) = rest.next() {
            if near {
                self.start(stand.depth + 1, *turn);
                self.put(&harmless(line));
                self.put("\n");
                continue;
            }
            let mut hidden = 1;
            while rest.next_if(|(_, near)| !near).is_some() {
                hidden += 1;
            }
            self.hidden(stand.depth + 1, hidden, "line");
        }
        match last_end {
            Turn::Added => self.comment(stand.depth + 1, "# (the last line gets a line end)"),
            Turn::Removed => self.comment(stand.depth + 1, "# (the last line loses its line end)"),
            Turn::Same | Turn::Changed => {}
        }
        self.start(stand.depth, Turn::Same);
        self.put("EOT");
    }

    fn changed_document(
        &mut self,
        function: &str,
        content: &Difference,
        spacing_only: bool,
        stand: Stand,
        manner: Manner,
    ) {
        self.put(function);
        self.put("(");
        match (spacing_only, stand.forces) {
            (true, true) => self.put(" # whitespace changes force replacement"),
            (true, false) => self.put(" # whitespace changes"),
            (false, forces) => self.forces(forces),
        }
        self.put("\n");
        self.start(stand.depth + 1, content.turn);
        let inside = if spacing_only { manner.all() } else { manner };
        self.difference(content, stand.depth + 1, inside.silent());
        self.put("\n");
        self.start(stand.depth, Turn::Same);
        self.put(")");
    }

    /// Writes the inside of an object, with its braces.
    pub(super) fn block(&mut self, block: &BlockView, depth: usize, manner: Manner) {
        self.block_with(block, None, depth, manner);
    }

    /// Writes the inside of an object followed by its nested parts.
    pub(super) fn block_with(
        &mut self,
        block: &BlockView,
        parts: Option<&PartsView>,
        depth: usize,
        manner: Manner,
    ) {
        if block.attributes.is_empty() && block.blocks.is_empty() && parts.is_none() {
            self.put("{}");
            return self.forces(block.forces_replacement);
        }
        self.put("{");
        self.forces(block.forces_replacement);
        self.put("\n");
        let hidden = self.named(&block.attributes, false, depth + 1, manner);
        self.hidden(depth + 1, hidden, "attribute");
        let shown = |nested: &&NestedView| nested.turn != Turn::Same || manner.all;
        let mut kind = block.attributes.is_empty().then_some(None);
        for nested in block.blocks.iter().filter(shown) {
            if kind.is_none_or(|kind| kind.is_some_and(|kind: &Name| *kind != nested.kind)) {
                self.put("\n");
            }
            kind = Some(Some(&nested.kind));
            self.nested(nested, depth + 1, manner);
        }
        let hidden = block.blocks.len() - block.blocks.iter().filter(shown).count();
        if hidden > 0 {
            self.put("\n");
            self.hidden(depth + 1, hidden, "block");
        }
        if let Some(parts) = parts {
            self.parts(parts, depth + 1);
        }
        self.start(depth, Turn::Same);
        self.put("}");
    }

    fn nested(&mut self, nested: &NestedView, depth: usize, manner: Manner) {
        self.start(depth, nested.turn);
        self.put(&label(&nested.kind, false));
        self.put(" ");
        if let Some(label) = &nested.label {
            self.put(&quote(label));
            self.put(" ");
        }
        match &nested.inside {
            Inside::Shown(block) => {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.block(block, depth, manner));
            }
            Inside::Unknown => self.put("(known after apply)"),
            Inside::Secret { forces_replacement } => {
                self.put("{");
                self.forces(*forces_replacement);
                self.put("\n");
                self.comment(depth + 1, "# (sensitive: something in here may not be shown)");
                self.start(depth, Turn::Same);
                self.put("}");
            }
        }
        self.put("\n");
    }
}

/// Which lines are shown: the changed ones, the last one if its end changes, and a few around them.
fn near_changes(lines: &[(Turn, Line)], last: bool) -> Vec<bool> {
    let changes = |at: usize, turn: Turn| turn != Turn::Same || (last && at + 1 == lines.len());
    let mut near = vec![false; lines.len()];
    let mut sweep = |places: &mut dyn Iterator<Item = (usize, &(Turn, Line))>| {
        let mut reach = 0;
        for (at, (turn, _)) in places {
            reach = if changes(at, *turn) { CONTEXT + 1 } else { reach };
            if reach > 0 {
                near.get_mut(at).into_iter().for_each(|near| *near = true);
                reach -= 1;
            }
        }
    };
    sweep(&mut lines.iter().enumerate());
    sweep(&mut lines.iter().enumerate().rev());
    near
}
