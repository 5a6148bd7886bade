//! A whole value: one that was added, removed or kept.

use std::borrow::Cow;

use crate::syntax::is_identifier;
use crate::value::{Kind, Value};

use super::super::diagnostic::harmless;
use super::super::quote;
use super::super::view::{Turn, is_secret, json_document, split};
use super::pen::{Ink, Manner, Pen};

/// The context in which a value is written.
#[derive(Clone, Copy)]
pub(super) struct Stand {
    pub(super) turn: Turn,
    pub(super) depth: usize,
    pub(super) typed: bool,
    pub(super) forces: bool,
}

impl Pen {
    pub(super) fn value(&mut self, value: &Value, stand: Stand, manner: Manner) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            if is_secret(value) {
                self.put("(sensitive value)");
                return self.tail(stand, manner);
            }
            match value.kind() {
                Kind::String(text) => self.string(text, stand, manner),
                Kind::Tuple(_) | Kind::List(_) | Kind::Set(_) => {
                    self.sequence(value.items().unwrap_or_default(), stand, manner);
                }
                Kind::Object(_) | Kind::Map(_) => self.mapping(value, stand, manner),
                Kind::Unknown(..) => {
                    self.put("(known after apply)");
                    self.forces(stand.forces);
                }
                Kind::Null(_) => {
                    self.paint("null", Ink::Faint);
                    self.forces(stand.forces);
                }
                Kind::Bool(value) => self.plain(if *value { "true" } else { "false" }, stand, manner),
                Kind::Number(number) => {
                    self.display(number);
                    self.tail(stand, manner);
                }
                Kind::Type(ty) => self.plain(&super::super::type_text(ty), stand, manner),
            }
        });
    }

    fn plain(&mut self, text: &str, stand: Stand, manner: Manner) {
        self.put(text);
        self.tail(stand, manner);
    }

    /// Writes what ends a value on its last line.
    pub(super) fn tail(&mut self, stand: Stand, manner: Manner) {
        self.nulled(stand.turn, manner);
        self.forces(stand.forces);
    }

    fn string(&mut self, text: &str, stand: Stand, manner: Manner) {
        if let Some(document) = json_document(text) {
            return self.document(&document, stand, manner);
        }
        if !text.contains('\n') {
            return self.plain(&quote(text), stand, manner);
        }
        self.put("<<-EOT");
        self.forces(stand.forces);
        for line in split(text) {
            self.put("\n");
            self.start(stand.depth + 1, Turn::Same);
            self.put(&harmless(line));
        }
        self.put("\n");
        self.start(stand.depth, Turn::Same);
        self.put("EOT");
        self.nulled(stand.turn, manner);
    }

    fn document(&mut self, document: &Value, stand: Stand, manner: Manner) {
        let inside = Stand { depth: stand.depth + 1, typed: false, forces: false, ..stand };
        self.put("jsonencode(");
        if is_empty(document) {
            self.value(document, inside, manner.silent());
            self.put(")");
            return self.tail(stand, manner);
        }
        self.forces(stand.forces);
        self.put("\n");
        self.start(stand.depth + 1, Turn::Same);
        self.value(document, inside, manner.silent());
        self.put("\n");
        self.start(stand.depth, Turn::Same);
        self.put(")");
        self.nulled(stand.turn, manner);
    }

    fn sequence(&mut self, items: &[Value], stand: Stand, manner: Manner) {
        if items.is_empty() {
            return self.plain("[]", stand, manner);
        }
        self.put("[");
        self.forces(stand.forces);
        self.put("\n");
        let inside = Stand { depth: stand.depth + 1, forces: false, ..stand };
        for item in items {
            self.start(stand.depth + 1, stand.turn);
            self.value(item, inside, manner.silent());
            self.put(",\n");
        }
        self.close("]", stand, manner);
    }

    fn mapping(&mut self, value: &Value, stand: Stand, manner: Manner) {
        let entries = value.entries().into_iter().flatten();
        if is_empty(value) {
            return self.plain("{}", stand, manner);
        }
        self.put("{");
        self.forces(stand.forces);
        self.put("\n");
        let quoted = stand.typed && matches!(value.kind(), Kind::Map(_));
        let names: Vec<Cow<'_, str>> = entries.clone().map(|(name, _)| label(name, quoted)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let inside = Stand { depth: stand.depth + 1, forces: false, ..stand };
        for ((_, entry), name) in entries.zip(names) {
            self.start(stand.depth + 1, stand.turn);
            self.name(&name, width);
            self.put(" = ");
            self.value(entry, inside, manner.silent());
            // Terraform separates objects inside maps by commas, and nothing else.
            let comma = quoted && matches!(entry.kind(), Kind::Object(_)) && !is_secret(entry);
            self.put(if comma { ",\n" } else { "\n" });
        }
        self.close("}", stand, manner);
    }

    /// Writes the closing bracket.
    pub(super) fn close(&mut self, bracket: &str, stand: Stand, manner: Manner) {
        self.start(stand.depth, Turn::Same);
        self.put(bracket);
        self.nulled(stand.turn, manner);
    }
}

fn is_empty(value: &Value) -> bool {
    value.items().is_some_and(<[Value]>::is_empty)
        || value.entries().is_some_and(|entries| entries.is_empty())
}

/// A name in the form it has before `=`.
pub(super) fn label(name: &str, quoted: bool) -> Cow<'_, str> {
    if quoted || !is_identifier(name) { Cow::Owned(quote(name)) } else { Cow::Borrowed(name) }
}
