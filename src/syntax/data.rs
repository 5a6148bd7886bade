//! JSON as data rather than configuration: a pull parser that builds nothing, and quoting.
//!
//! As in Terraform, half of a surrogate pair becomes the replacement character.

mod document;
mod quote;

pub use document::{Document, Malformed, Shape};
pub use quote::{escape_html, quote};
