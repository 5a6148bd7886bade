//! Templates: parts that are joined into one string.

use std::fmt::Write;

use crate::diag::Diagnostic;
use crate::syntax::{ExprId, Node};
use crate::value::{Kind, LONGEST_TEXT, Marks, Name, Refinement, Type, Value, convert, safe_prefix};

use super::access::marked;
use super::evaluator::{Evaluator, Locals};
use super::note;

/// How much of the known beginning is kept of a string whose rest is unknown.
const PREFIX_LIMIT: usize = 128;

impl Evaluator<'_> {
    pub(super) fn template(&mut self, id: ExprId, parts: &[ExprId], locals: &Locals<'_>) -> Value {
        let file = self.file;
        // Inner templates find the buffer taken and use their own; the outermost one returns it.
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let errors = self.errors();
        let mut marks = Marks::none();
        let mut known = true;
        for part in parts {
            if let Node::Text(text) = file.node(*part) {
                if known {
                    buffer.push_str(file.text(*text));
                }
                continue;
            }
            let value = self.value(*part, locals);
            if !value.marks().is_empty() {
                marks = marks.union(value.marks());
            }
            // After the first unknown part, the rest is only evaluated for its errors.
            if !value.is_known() || buffer.len() > LONGEST_TEXT {
                known = false;
            } else if let Err(detail) = write_part(&mut buffer, &value, known) {
                self.report(*part, locals, |this| {
                    Diagnostic::error("Unsuitable value in a template", detail)
                        .at(this.span(*part))
                        .within(this.span(id))
                });
            }
        }
        if buffer.len() > LONGEST_TEXT {
            self.too_long(id, locals);
        }
        let result = if self.errors() > errors {
            Value::unknown(Type::String).refine_not_null()
        } else if known {
            Value::string(&buffer)
        } else {
            let prefix = known_prefix(&buffer);
            Value::unknown(Type::String).refine(&Refinement {
                not_null: true,
                prefix,
                ..Refinement::default()
            })
        };
        self.buffer = buffer;
        marked(result, &marks)
    }

    /// `%{ for }`: joins the strings of the inner `for` expression.
    pub(super) fn template_for(&mut self, inner: ExprId, locals: &Locals<'_>) -> Value {
        let value = self.value(inner, locals);
        let mut marks = value.marks().clone();
        let Some(items) = value.items() else { return marked(Value::unknown(Type::String), &marks) };
        let mut buffer = String::new();
        let mut known = true;
        for item in items {
            marks = marks.union(item.marks());
            if !item.is_known() {
                known = false;
            } else if let Err(detail) = write_part(&mut buffer, item, known) {
                self.report(inner, locals, |this| {
                    Diagnostic::error("Unsuitable value in a template", detail).at(this.span(inner))
                });
                known = false;
            } else if buffer.len() > LONGEST_TEXT {
                self.too_long(inner, locals);
                known = false;
                break;
            }
        }
        marked(if known { Value::string(&buffer) } else { Value::unknown(Type::String) }, &marks)
    }
}

impl Evaluator<'_> {
    fn too_long(&mut self, id: ExprId, locals: &Locals<'_>) {
        self.report(id, locals, |this| {
            let most = LONGEST_TEXT >> 20;
            let detail =
                format!("The text that this comes to is longer than {most} MiB, which no text may be.");
            Diagnostic::error("Text too long", detail).at(this.span(id))
        });
    }
}

/// Appends a known value as text, if `wanted`; returns the reason if it has no text.
fn write_part(buffer: &mut String, value: &Value, wanted: bool) -> Result<(), String> {
    match value.kind() {
        Kind::String(text) if wanted => buffer.push_str(text),
        Kind::Bool(truth) if wanted => buffer.push_str(if *truth { "true" } else { "false" }),
        Kind::Number(number) if wanted => {
            write!(buffer, "{number}").expect("writing to a string cannot fail");
        }
        Kind::String(_) | Kind::Bool(_) | Kind::Number(_) => {}
        Kind::Null(_) => {
            return Err("The value is null, and null has no text to put into a string.".to_owned());
        }
        _ => match convert(value, &Type::String) {
            Ok(text) if wanted => buffer.push_str(text.as_str().unwrap_or_default()),
            Ok(_) => {}
            Err(error) => return Err(note::conversion("The value cannot become part of a string", &error)),
        },
    }
    Ok(())
}

/// The part of a known beginning that cannot change: its last character might still combine with the next one.
fn known_prefix(text: &str) -> Option<Name> {
    let mut end = text.len().min(PREFIX_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).map(safe_prefix).filter(|prefix| !prefix.is_empty())
}
