//! The enclosing blocks of the places of many diagnostics; each file is parsed once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Source, Span, shortened};
use crate::syntax::Outline;

#[derive(Default)]
pub(super) struct Outlines(BTreeMap<*const Source, Outline>);

impl Outlines {
    /// The top-level block around a span: its first line, and its header.
    pub(super) fn around(&mut self, span: &Span) -> Option<(usize, String)> {
        if span.source.name().ends_with(".json") {
            return None;
        }
        let outline = self.0.entry(Arc::as_ptr(&span.source)).or_insert_with(|| Outline::of(&span.source));
        let (start, header) = outline.around(span.range.start)?;
        Some((span.source.position(start).line, shortened(header.to_owned())))
    }
}
