//! What surrounds a place in a file.

use std::sync::Arc;

use crate::diag::Source;

/// The header of the top-level block around an offset, normalised: `resource "a" "b"`. For the headings of snippets.
pub fn enclosing_block(_source: &Arc<Source>, _offset: u32) -> Option<String> {
    None
}
