//! The `check` block, and the conditions that it shares with `validation`, `precondition` and `postcondition`.

use std::sync::LazyLock;

use crate::address::ResourceAddress;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Block, BodyRule, Expression, Reference};
use crate::value::Name;

use super::resource::{self, Nesting};
use super::rule::rule;
use super::{Resource, fault, name, reference};

/// Assertions about the running system, with an optional data source for them.
#[derive(Clone)]
pub struct Check {
    pub name: Name,
    /// The data source inside. It is among the module's resources, and only this check may refer to it.
    pub data: Option<ResourceAddress>,
    pub asserts: Vec<Rule>,
    /// The header.
    pub span: Span,
}

/// A condition that must hold, and the message if it does not.
#[derive(Clone)]
pub struct Rule {
    pub condition: Expression,
    pub error_message: Expression,
    /// The header.
    pub span: Span,
}

static CHECK: LazyLock<BodyRule<'static>> =
    LazyLock::new(|| rule(&[], &[("data", &["type", "name"]), ("assert", &[])]));
static RULE: LazyLock<BodyRule<'static>> =
    LazyLock::new(|| rule(&[("condition", true), ("error_message", true)], &[]));

/// Decodes the check, and the data source inside.
pub(super) fn decode(
    block: &Block,
    overrides: bool,
    diagnostics: &mut Diagnostics,
) -> Option<(Check, Option<Box<Resource>>)> {
    if overrides {
        diagnostics.push(fault::no_override("\"check\" blocks", &block.header));
        return None;
    }
    let label = block.labels.first()?;
    name::check(label, "check", diagnostics);
    let content = block.body.content(&CHECK, diagnostics);
    let mut check =
        Check { name: label.text.clone(), data: None, asserts: Vec::new(), span: block.header.clone() };
    let (mut data, mut seen_data, mut has_assert) = (None, None, false);
    for inner in &content.blocks {
        if &*inner.kind == "assert" {
            has_assert = true;
            check.asserts.extend(decode_rule(inner, false, diagnostics));
        } else if fault::first_of_its_kind(inner, &mut seen_data, "a check block", diagnostics) {
            data = resource::decode(inner, resource::Mode::Data(Nesting::InCheck), false, diagnostics);
        }
    }
    if !has_assert {
        let detail =
            format!("The check \"{}\" asserts nothing; it needs at least one \"assert\" block.", check.name);
        diagnostics.push(Diagnostic::error("Missing assert block", detail).at(block.header.clone()));
    }
    if let Some(data) = &mut data {
        data.check = Some(check.name.clone());
        check.data = Some(data.address.clone());
    }
    Some((check, data))
}

/// Decodes a `validation`, `precondition`, `postcondition` or `assert` block. `None` if it is incomplete.
pub(super) fn decode_rule(block: &Block, overrides: bool, diagnostics: &mut Diagnostics) -> Option<Rule> {
    if overrides {
        let detail = format!("An override file cannot have \"{}\" blocks.", block.kind);
        diagnostics
            .push(Diagnostic::error("Not allowed in an override file", detail).at(block.header.clone()));
        return None;
    }
    let content = block.body.content(&RULE, diagnostics);
    let condition = content.attributes.get("condition")?.expression.clone();
    if condition.references().next().is_none() {
        let detail =
            "The condition refers to nothing, so it can never change: name something for it to look at.";
        diagnostics.push(
            Diagnostic::error(format!("Invalid {} expression", block.kind), detail).at(condition.span()),
        );
    }
    let error_message = content.attributes.get("error_message")?.expression.clone();
    Some(Rule { condition, error_message, span: block.header.clone() })
}

impl Rule {
    /// Reports references to the resource that contains the rule: they should use `self`.
    pub(super) fn refuse_self(&self, kind: &str, owner: &ResourceAddress, diagnostics: &mut Diagnostics) {
        for expression in [&self.condition, &self.error_message] {
            let own = |found: &Reference<'_>| reference::resource(found).as_ref() == Some(owner);
            let Some(found) = expression.references().find(own) else { continue };
            let mut fault = Diagnostic::error(
                format!("Invalid reference in {kind}"),
                format!("{owner} cannot refer to itself by its address in its own {kind}."),
            )
            .at(found.span())
            .within(expression.span());
            if kind == "postcondition" {
                fault = fault.hint("Use \"self\" for the resource's own attributes.");
            }
            diagnostics.push(fault);
        }
    }
}
