//! The `output` block.

use std::sync::LazyLock;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Block, BodyRule, Expression, Traversal};
use crate::value::Name;

use super::rule::{relaxed, rule};
use super::{Rule, check, constant, fault, name, reference};

/// A value that a module returns.
#[derive(Clone)]
pub struct Output {
    pub name: Name,
    /// None only if its absence was reported.
    pub value: Option<Expression>,
    pub description: Option<Name>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub depends_on: Vec<Traversal>,
    pub preconditions: Vec<Rule>,
    /// The header.
    pub span: Span,
    pub name_span: Span,
}

/// An output as one block declares it; in an override file only what is set counts.
pub(super) struct Declared {
    pub output: Output,
    sensitive: Option<bool>,
    ephemeral: Option<bool>,
}

static OUTPUT: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    rule(
        &[
            ("description", false),
            ("value", true),
            ("depends_on", false),
            ("sensitive", false),
            ("ephemeral", false),
        ],
        &[("precondition", &[]), ("postcondition", &[])],
    )
});
static OUTPUT_OVERRIDE: LazyLock<BodyRule<'static>> = LazyLock::new(|| relaxed(&OUTPUT));

pub(super) fn decode(block: &Block, overrides: bool, diagnostics: &mut Diagnostics) -> Option<Declared> {
    let label = block.labels.first()?;
    name::check(label, "output", diagnostics);
    let content = block.body.content(if overrides { &OUTPUT_OVERRIDE } else { &OUTPUT }, diagnostics);
    let attribute = |name: &str| content.attributes.get(name);
    let sensitive = attribute("sensitive").and_then(|a| constant::boolean(a, diagnostics));
    let ephemeral = attribute("ephemeral").and_then(|a| constant::boolean(a, diagnostics));
    let mut output = Output {
        name: label.text.clone(),
        value: attribute("value").map(|a| a.expression.clone()),
        description: attribute("description").and_then(|a| constant::text(a, diagnostics)),
        sensitive: sensitive.unwrap_or(false),
        ephemeral: ephemeral.unwrap_or(false),
        depends_on: reference::depends_on(attribute("depends_on"), diagnostics),
        preconditions: Vec::new(),
        span: block.header.clone(),
        name_span: label.span.clone(),
    };
    for inner in &content.blocks {
        if &*inner.kind == "precondition" {
            output.preconditions.extend(check::decode_rule(inner, overrides, diagnostics));
        } else {
            let detail = "An output has preconditions only: nothing happens after which a postcondition could be \
                          checked.";
            diagnostics.push(
                Diagnostic::error("Postconditions are not allowed", detail).at(inner.kind_span.clone()),
            );
        }
    }
    Some(Declared { output, sensitive, ephemeral })
}

impl Output {
    /// Applies an override: what it sets replaces what was set before.
    pub(super) fn override_with(&mut self, above: Declared, diagnostics: &mut Diagnostics) {
        if let Some(dependency) = above.output.depends_on.first() {
            diagnostics.push(fault::no_depends_on_override(&dependency.span()));
        }
        self.value = above.output.value.or(self.value.take());
        self.description = above.output.description.or(self.description.take());
        self.sensitive = above.sensitive.unwrap_or(self.sensitive);
        self.ephemeral = above.ephemeral.unwrap_or(self.ephemeral);
    }
}
