//! The `lifecycle` block.

use std::sync::LazyLock;

use crate::address::ResourceMode;
use crate::diag::{Diagnostic, Diagnostics};
use crate::syntax::{Attribute, Block, BodyRule, Expression, Reference, Traversal};

use super::rule::rule;
use super::{IgnoreChanges, Managed, Resource, check, constant, reference};

static LIFECYCLE: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    let names = ["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"];
    rule(&names.map(|name| (name, false)), &[("precondition", &[]), ("postcondition", &[])])
});

pub(super) fn decode(block: &Block, resource: &mut Resource, overrides: bool, diagnostics: &mut Diagnostics) {
    let content = block.body.content(&LIFECYCLE, diagnostics);
    match &mut resource.managed {
        Some(managed) => decode_arguments(managed, |name| content.attributes.get(name), diagnostics),
        None => {
            let kind = match resource.address.mode {
                ResourceMode::Ephemeral => "an ephemeral resource",
                _ => "a data source",
            };
            for attribute in content.attributes.iter() {
                let detail = format!(
                    "\"{}\" is about creating and destroying, and {kind} is only read; only \"resource\" blocks have it.",
                    attribute.name()
                );
                diagnostics
                    .push(Diagnostic::error("Invalid lifecycle argument", detail).at(attribute.name_span()));
            }
        }
    }
    for inner in &content.blocks {
        let Some(rule) = check::decode_rule(inner, overrides, diagnostics) else { continue };
        rule.refuse_self(&inner.kind, &resource.address, diagnostics);
        if &*inner.kind == "precondition" {
            resource.preconditions.push(rule);
        } else {
            resource.postconditions.push(rule);
        }
    }
}

fn decode_arguments<'a>(
    managed: &mut Managed,
    attribute: impl Fn(&str) -> Option<&'a Attribute>,
    diagnostics: &mut Diagnostics,
) {
    managed.create_before_destroy =
        attribute("create_before_destroy").and_then(|a| constant::boolean(a, diagnostics));
    if let Some(attribute) = attribute("prevent_destroy") {
        managed.prevent_destroy = Some(attribute.expression.clone());
        // Without references, the value can be checked now.
        if attribute.expression.references().next().is_none() && attribute.expression.calls().is_empty() {
            constant::boolean(attribute, diagnostics);
        }
    }
    if let Some(attribute) = attribute("ignore_changes") {
        managed.ignore_changes = ignore_changes(&attribute.expression, diagnostics);
    }
    if let Some(attribute) = attribute("replace_triggered_by") {
        let items = reference::list(&attribute.expression, "references", diagnostics);
        managed.replace_triggered_by =
            items.into_iter().filter_map(|item| trigger(&item, diagnostics)).collect();
    }
}

fn ignore_changes(expression: &Expression, diagnostics: &mut Diagnostics) -> IgnoreChanges {
    if expression.as_keyword().as_deref() == Some("all") {
        return IgnoreChanges::All;
    }
    let mut paths: Vec<Traversal> = Vec::new();
    for item in reference::list(expression, "attribute names, or the keyword \"all\",", diagnostics) {
        if item.as_literal_text().as_deref() == Some("*") {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid ignore_changes wildcard",
                    "\"*\" no longer stands for all attributes; the keyword \"all\" does, without a list.",
                )
                .at(item.span())
                .within(expression.span())
                .hint("Write ignore_changes = all."),
            );
            continue;
        }
        paths.extend(reference::quotable_reference(&item, diagnostics));
    }
    IgnoreChanges::Some(paths)
}

/// An item of `replace_triggered_by`: one resource, and for its key only `count.index` and `each.key`.
fn trigger(item: &Expression, diagnostics: &mut Diagnostics) -> Option<Expression> {
    let item = reference::unwrapped(item, diagnostics)?;
    let mut resources = 0;
    let mut refuse = |detail: &str, at: &Reference<'_>| {
        diagnostics.push(
            Diagnostic::error("Invalid replace_triggered_by expression", detail)
                .at(at.span())
                .within(item.span()),
        );
    };
    for found in item.references() {
        match (found.root, found.attribute(0)) {
            ("each", Some("key")) | ("count", Some("index")) => {}
            ("each", _) => refuse("Of \"each\" only each.key can be used here.", &found),
            ("count", _) => refuse("Of \"count\" only count.index can be used here.", &found),
            ("data" | "ephemeral", _) => {
                resources += usize::from(reference::resource(&found).is_some());
            }
            _ if reference::resource(&found).is_some() => resources += 1,
            _ => refuse("Only resources and their attributes can trigger a replacement.", &found),
        }
    }
    if resources != 1 {
        let detail = if resources == 0 {
            "Each item names one resource or one of its attributes; this one names none."
        } else {
            "Each item names one resource; write the others as items of their own."
        };
        diagnostics
            .push(Diagnostic::error("Invalid replace_triggered_by expression", detail).at(item.span()));
    }
    Some(item)
}
