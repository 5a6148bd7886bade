//! `[a, b]` and `{ a = b }`

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::syntax::{Entry, ExprId, Node};
use crate::value::{Kind, Marks, Name, Type, Value};

use super::access::marked;
use super::evaluator::{Evaluator, Locals};
use super::function::convert_argument;
use super::note;

impl Evaluator<'_> {
    pub(super) fn tuple(&mut self, items: &[ExprId], locals: &Locals<'_>) -> Value {
        Value::tuple(items.iter().map(|item| self.value(*item, locals)).collect())
    }

    pub(super) fn object(&mut self, entries: &[Entry], locals: &Locals<'_>) -> Value {
        let mut attributes: Vec<(Name, Value)> = Vec::with_capacity(entries.len());
        let mut written = BTreeSet::new();
        let mut marks = Marks::none();
        let mut known = true;
        for entry in entries {
            let key = self.key(entry, locals);
            let value = self.value(entry.value, locals);
            match key {
                Key::Name(name, key_marks) => {
                    if !key_marks.is_empty() {
                        marks = marks.union(&key_marks);
                    }
                    // As in Terraform, the last of several equal keys wins; in JSON they are an error.
                    let json = matches!(self.file.node(entry.key), Node::JsonText { .. });
                    if json && !written.insert(name.clone()) {
                        self.report(entry.key, locals, |this| {
                            Diagnostic::error("Duplicate key", format!("The key \"{name}\" is there twice."))
                                .at(this.span(entry.key))
                        });
                    } else {
                        attributes.push((name, value));
                    }
                }
                Key::Unknown(key_marks) => {
                    marks = marks.union(&key_marks);
                    known = false;
                }
            }
        }
        let value = if known { Value::object(attributes) } else { Value::dynamic() };
        marked(value, &marks)
    }

    fn key(&mut self, entry: &Entry, locals: &Locals<'_>) -> Key {
        match self.file.node(entry.key) {
            Node::Text(text) => {
                // The name is the same for each instance, so they share it.
                let name = entry.name.get_or_init(|| self.file.text(*text).into());
                return Key::Name(Arc::clone(name), Marks::none());
            }
            // A bare keyword is a name here; true and false come out as the right text anyway.
            Node::Null => return Key::Name("null".into(), Marks::none()),
            Node::Traversal { steps, .. } if !steps.is_empty() => {
                self.report(entry.key, locals, |this| {
                    let span = this.span(entry.key);
                    let text = span.text().to_owned();
                    Diagnostic::error(
                        "Ambiguous attribute name",
                        format!("It is unclear whether {text} is meant as a reference or as a name with a dot in it."),
                    )
                    .hint(format!("Write ({text}) for the reference or \"{text}\" for the name."))
                    .at(span)
                });
                return Key::Unknown(Marks::none());
            }
            _ => {}
        }
        let errors = self.errors();
        let value = self.value(entry.key, locals);
        if self.errors() > errors {
            return Key::Unknown(Marks::none());
        }
        self.key_of(&value, entry.key, entry.key, locals)
    }

    /// A value as a key of an object, also for `for` expressions.
    pub(super) fn key_of(&mut self, value: &Value, id: ExprId, whole: ExprId, locals: &Locals<'_>) -> Key {
        let within = |this: &Self, diagnostic: Diagnostic| {
            let diagnostic = diagnostic.at(this.span(id));
            if whole == id { diagnostic } else { diagnostic.within(this.span(whole)) }
        };
        if value.is_null() {
            self.report(id, locals, |this| {
                within(this, Diagnostic::error("Key is null", "A key must have a value; this one is null."))
            });
            return Key::Unknown(Marks::none());
        }
        match convert_argument(value, &Type::String) {
            Ok(converted) => match converted.kind() {
                Kind::String(name) => Key::Name(Arc::clone(name), value.marks().clone()),
                _ => Key::Unknown(value.marks().clone()),
            },
            Err(error) => {
                self.report(id, locals, |this| {
                    let text = note::conversion("This value cannot be a key", &error);
                    within(this, Diagnostic::error("Unsuitable key", text))
                });
                Key::Unknown(value.marks().clone())
            }
        }
    }
}

pub(super) enum Key {
    Name(Name, Marks),
    Unknown(Marks),
}
