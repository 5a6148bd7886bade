//! The JSON syntax of the language: `.tf.json` and `.tfvars.json`.
//!
//! Values become nodes of the same tree as native expressions, each with its place in the text: objects and arrays are
//! [`Node::Object`](super::Node::Object) and [`Node::Tuple`](super::Node::Tuple), strings are
//! [`Node::JsonText`](super::Node::JsonText) with the template that evaluation finds in them. Errors in such a template
//! are kept with the file until it is evaluated, because most strings that configuration reads as names, versions or
//! types never are.

mod body;
mod parser;
mod scanner;
mod template;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use crate::diag::{Diagnostics, Source};

use super::Body;

pub(super) use body::JsonBody;
pub(super) use template::read_string;
pub(super) use text::unescaped;

/// Parses a file in JSON syntax. The body has what could be understood, even if there are errors.
pub fn parse_json_file(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Body {
    let (file, root) = parser::parse(source, diagnostics);
    Body::json(JsonBody::new(Arc::new(file), root))
}
