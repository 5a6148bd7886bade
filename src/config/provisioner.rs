//! The `provisioner` and `connection` blocks.

use std::sync::LazyLock;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Block, Body, BodyRule, Reference};
use crate::value::Name;

use super::rule::rule;
use super::{LayeredBody, fault, reference};

/// An action that runs once, after creation or before destruction.
#[derive(Clone)]
pub struct Provisioner {
    pub kind: Name,
    pub when: When,
    pub on_failure: OnFailure,
    pub connection: Option<Connection>,
    /// The provisioner's own arguments.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
    pub kind_span: Span,
}

/// How to reach the object over the network.
#[derive(Clone)]
pub struct Connection {
    pub body: Body,
    /// The header.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    #[default]
    Create,
    Destroy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    #[default]
    Fail,
    Continue,
}

impl Provisioner {
    /// The provisioner's connection, merged over the one that all provisioners of the object share.
    pub fn connection_over(&self, shared: Option<&Connection>) -> Option<LayeredBody> {
        let own = self.connection.as_ref().map(|own| own.body.clone().into());
        let Some(shared) = shared else { return own };
        let mut body = LayeredBody::from(shared.body.clone());
        if let Some(own) = own {
            body.override_with(own);
        }
        Some(body)
    }
}

static PROVISIONER: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    rule(&[("when", false), ("on_failure", false)], &[("_", &[]), ("connection", &[]), ("lifecycle", &[])])
});

/// Provisioners that were removed from the language.
const REMOVED: &[&str] = &["chef", "habitat", "puppet", "salt-masterless"];

pub(super) fn decode(block: &Block, diagnostics: &mut Diagnostics) -> Option<Provisioner> {
    let label = block.labels.first()?;
    if REMOVED.contains(&&*label.text) {
        let detail = format!("The provisioner \"{}\" was taken out of the language long ago.", label.text);
        diagnostics.push(Diagnostic::error("Removed provisioner", detail).at(label.span.clone()));
        return None;
    }
    let (content, rest) = block.body.split(&PROVISIONER, diagnostics);
    let mut keyword = |name: &str, known: [&str; 2]| -> Option<usize> {
        let expression = &content.attributes.get(name)?.expression;
        let found = reference::quotable_keyword(expression, diagnostics);
        let index = known.iter().position(|known| found.as_deref() == Some(*known));
        if index.is_none() {
            let detail = format!("\"{name}\" is one of the keywords {} and {}.", known[0], known[1]);
            let fault =
                Diagnostic::error(format!("Invalid \"{name}\" keyword"), detail).at(expression.span());
            diagnostics.push(fault.suggest(found.as_deref().unwrap_or_default(), known));
        }
        index
    };
    let when = if keyword("when", ["create", "destroy"]) == Some(1) { When::Destroy } else { When::Create };
    let on_failure = if keyword("on_failure", ["fail", "continue"]) == Some(1) {
        OnFailure::Continue
    } else {
        OnFailure::Fail
    };
    let mut provisioner = Provisioner {
        kind: label.text.clone(),
        when,
        on_failure,
        connection: None,
        body: rest.into(),
        span: block.header.clone(),
        kind_span: label.span.clone(),
    };
    if when == When::Destroy {
        refuse_foreign_references(&provisioner.body, diagnostics);
    }
    let (mut connection_seen, mut escape_seen) = (None, None);
    let container = "a provisioner";
    for inner in &content.blocks {
        match &*inner.kind {
            "_" => fault::escape(inner, &mut provisioner.body, &mut escape_seen, container, diagnostics),
            "connection" => {
                if fault::first_of_its_kind(inner, &mut connection_seen, container, diagnostics) {
                    let connection = Connection::of(inner);
                    if when == When::Destroy {
                        refuse_foreign_references(&connection.body.clone().into(), diagnostics);
                    }
                    provisioner.connection = Some(connection);
                }
            }
            _ => diagnostics.push(fault::reserved_block(inner, "provisioner")),
        }
    }
    Some(provisioner)
}

impl Connection {
    pub(super) fn of(block: &Block) -> Self {
        Self { body: block.body.clone(), span: block.header.clone() }
    }
}

/// A destroy provisioner may only refer to the object itself: others may be gone by then.
pub(super) fn refuse_foreign_references(body: &LayeredBody, diagnostics: &mut Diagnostics) {
    let attributes = body.attributes(&mut Diagnostics::new());
    for attribute in attributes.iter() {
        for found in attribute.expression.references() {
            if is_own(&found) {
                continue;
            }
            let detail = "When an object is destroyed, others may be gone already, so that a provisioner with \
                          when = destroy, and its connection, can use only self, count.index and each.key.";
            diagnostics.push(
                Diagnostic::error("Invalid reference from destroy provisioner", detail)
                    .at(found.span())
                    .within(attribute.span()),
            );
        }
    }
}

fn is_own(reference: &Reference<'_>) -> bool {
    match reference.root {
        "self" | "path" | "terraform" => true,
        "count" => reference.steps.len() == 1 && reference.attribute(0) == Some("index"),
        "each" => reference.steps.len() == 1 && reference.attribute(0) == Some("key"),
        _ => false,
    }
}
