//! Errors that several kinds of blocks share.

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::Block;

use super::LayeredBody;

/// Something is declared twice. `what` is as in "a variable named \"x\"".
pub(super) fn duplicate(
    summary: impl Into<String>,
    detail: String,
    second: &Span,
    first: &Span,
) -> Diagnostic {
    Diagnostic::error(summary, detail).at(second.clone()).related("first declared here", first.clone())
}

/// A second block where only one may be. `container` is as in "this resource".
pub(super) fn second_block(block: &Block, first: &Span, container: &str) -> Diagnostic {
    let detail = format!("There can be only one \"{}\" block in {container}.", block.kind);
    duplicate(format!("Duplicate {} block", block.kind), detail, &block.header, first)
}

/// A kind of block that is reserved and has no meaning yet.
pub(super) fn reserved_block(block: &Block, container: &str) -> Diagnostic {
    let detail = format!(
        "\"{}\" blocks in {container} blocks are kept for a later version of the language and mean nothing yet.",
        block.kind
    );
    Diagnostic::error("Reserved block type", detail).at(block.kind_span.clone())
}

/// Remembers the first block of a kind and reports further ones; returns whether this is the first.
pub(super) fn first_of_its_kind(
    block: &Block,
    seen: &mut Option<Span>,
    container: &str,
    diagnostics: &mut Diagnostics,
) -> bool {
    match seen {
        Some(first) => {
            diagnostics.push(second_block(block, first, container));
            false
        }
        None => {
            *seen = Some(block.header.clone());
            true
        }
    }
}

/// Decodes a `_` block: its arguments belong to the provider, even if their names mean something to the language.
pub(super) fn escape(
    block: &Block,
    body: &mut LayeredBody,
    seen: &mut Option<Span>,
    container: &str,
    diagnostics: &mut Diagnostics,
) {
    if first_of_its_kind(block, seen, container, diagnostics) {
        body.escape(block.body.clone());
    }
}

/// Something that an override file cannot change.
pub(super) fn no_override(what: &str, span: &Span) -> Diagnostic {
    let detail = format!("An override file cannot have {what}; they belong into an ordinary file.");
    Diagnostic::error("Not allowed in an override file", detail).at(span.clone())
}

/// `depends_on` in an override file.
pub(super) fn no_depends_on_override(span: &Span) -> Diagnostic {
    Diagnostic::error("Unsupported override", "An override file cannot change \"depends_on\".")
        .at(span.clone())
}

/// An override of something that does not exist.
pub(super) fn nothing_to_override(what: &str, span: &Span) -> Diagnostic {
    let detail = format!(
        "There is no {what} in the module's ordinary files. An override file changes what they declare and adds \
         nothing."
    );
    Diagnostic::error("Nothing to override", detail).at(span.clone())
}
