//! JSON that is data and no configuration: read from left to right without building anything, and texts written into it.
//!
//! What the reference lets through is let through: half of a surrogate pair becomes the replacement character.

mod document;
mod quote;

pub use document::{Document, Malformed, Shape};
pub use quote::{escape_html, quote};
