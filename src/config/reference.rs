//! Arguments that contain references or keywords instead of values.

use crate::address::{ResourceAddress, ResourceMode};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::syntax::{Attribute, Expression, Node, Reference, Traversal, parse_expression};
use crate::value::Name;

/// Names that begin a reference and can never be a resource type.
const RESERVED: &[&str] =
    &["count", "each", "local", "module", "path", "self", "terraform", "var", "template", "lazy", "arg"];

/// An expression that must be a single reference.
pub(super) fn reference(expression: &Expression, diagnostics: &mut Diagnostics) -> Option<Traversal> {
    let found = expression.as_traversal();
    if found.is_none() && !matches!(expression.node(), Node::Invalid) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid reference",
                "A single reference is needed here, such as a name followed by attributes; nothing can be computed.",
            )
            .at(expression.span()),
        );
    }
    found
}

/// As [`reference`], also accepting the old quoted form with a warning.
pub(super) fn quotable_reference(
    expression: &Expression,
    diagnostics: &mut Diagnostics,
) -> Option<Traversal> {
    let Some(text) = quoted(expression) else {
        return reference(expression, diagnostics);
    };
    match Traversal::parse(&text, expression.file().source().name()) {
        Ok(traversal) => {
            diagnostics.push(
                Diagnostic::warning(
                    "Quoted reference",
                    format!("A reference is written without quotes: {text}. The quoted form is deprecated."),
                )
                .at(expression.span()),
            );
            Some(traversal)
        }
        Err(faults) => {
            // Positions inside the string are not positions in a file, so the whole literal is shown.
            diagnostics.extend(faults.into_iter().map(|fault| fault.at(expression.span())));
            None
        }
    }
}

/// The keyword in an argument, quoted or not.
pub(super) fn quotable_keyword(expression: &Expression, diagnostics: &mut Diagnostics) -> Option<Name> {
    let Some(text) = quoted(expression) else {
        return expression.as_keyword();
    };
    diagnostics.push(
        Diagnostic::warning(
            "Quoted keyword",
            format!("A keyword is written without quotes: {text}. The quoted form is deprecated."),
        )
        .at(expression.span()),
    );
    Some(text)
}

/// The items of a literal list.
pub(super) fn list(expression: &Expression, what: &str, diagnostics: &mut Diagnostics) -> Vec<Expression> {
    expression.as_list().unwrap_or_else(|| {
        if !matches!(expression.node(), Node::Invalid) {
            let detail = format!("A list of {what} in square brackets is needed here, written out.");
            diagnostics.push(Diagnostic::error("Invalid list", detail).at(expression.span()));
        }
        Vec::new()
    })
}

/// `depends_on`: whether the references exist is checked later.
pub(super) fn depends_on(attribute: Option<&Attribute>, diagnostics: &mut Diagnostics) -> Vec<Traversal> {
    let Some(attribute) = attribute else { return Vec::new() };
    list(&attribute.expression, "references", diagnostics)
        .iter()
        .filter_map(|item| quotable_reference(item, diagnostics))
        .collect()
}

/// The text of a quoted literal, in the native syntax only: in JSON everything is quoted.
pub(super) fn quoted(expression: &Expression) -> Option<Name> {
    match expression.node() {
        Node::Text(_) => expression.as_literal_text(),
        _ => None,
    }
}

/// The resource that a reference refers to, if it is one in the same module.
pub(super) fn resource(reference: &Reference<'_>) -> Option<ResourceAddress> {
    let mode = match reference.root {
        "resource" => Some(ResourceMode::Managed),
        "data" => Some(ResourceMode::Data),
        "ephemeral" => Some(ResourceMode::Ephemeral),
        reserved if RESERVED.contains(&reserved) => return None,
        _ => None,
    };
    match mode {
        Some(mode) => Some(ResourceAddress::new(mode, reference.attribute(0)?, reference.attribute(1)?)),
        None => Some(ResourceAddress::managed(reference.root, reference.attribute(0)?)),
    }
}

pub(super) fn is_reserved(root: &str) -> bool {
    RESERVED.contains(&root)
}

/// An expression that contains a reference with computed keys: in JSON, it is inside a string.
pub(super) fn unwrapped(expression: &Expression, diagnostics: &mut Diagnostics) -> Option<Expression> {
    let Node::JsonText { text, .. } = expression.node() else {
        return Some(expression.clone());
    };
    let file = expression.file();
    let mut faults = Diagnostics::new();
    let source = Source::new(file.source().name(), file.text(*text));
    let inner = parse_expression(&source, &mut faults);
    let failed = faults.has_errors();
    diagnostics.extend(faults.into_iter().map(|fault| fault.at(expression.span())));
    (!failed).then_some(inner)
}
