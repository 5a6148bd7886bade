//! The `locals` block.

use crate::diag::{Diagnostics, Span};
use crate::syntax::{Attribute, Block, Expression, is_identifier};
use crate::value::Name;

use super::name;

/// A named expression.
#[derive(Clone)]
pub struct Local {
    pub name: Name,
    pub expression: Expression,
    /// The whole definition.
    pub span: Span,
    pub name_span: Span,
}

pub(super) fn decode(block: &Block, diagnostics: &mut Diagnostics) -> Vec<Local> {
    let attributes = block.body.attributes(diagnostics);
    let local = |attribute: Attribute| {
        if !is_identifier(attribute.name()) {
            diagnostics.push(name::invalid(attribute.name(), "local value").at(attribute.name_span()));
        }
        Local {
            name: attribute.name().into(),
            span: attribute.span(),
            name_span: attribute.name_span(),
            expression: attribute.expression,
        }
    };
    attributes.into_iter().map(local).collect()
}
