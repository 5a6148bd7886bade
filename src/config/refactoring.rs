//! The `moved`, `import` and `removed` blocks: changes to the identity of objects.

use std::sync::LazyLock;

use crate::address::{ConfigTarget, ProviderAddress, ResourceMode, ResourcePath, Target};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attribute, Block, BodyRule, Expression};

use super::rule::rule;
use super::{
    Connection, ProviderReference, Provisioner, When, constant, fault, provider, provisioner, reference,
    target,
};

/// An object has a new address.
#[derive(Clone, Debug)]
pub struct Moved {
    pub from: Target,
    pub to: Target,
    pub from_span: Span,
    pub to_span: Span,
    /// The header.
    pub span: Span,
}

/// An existing object to be managed from now on.
#[derive(Clone)]
pub struct Import {
    /// The instance; its keys may be computed from `each`.
    pub to: Expression,
    /// The resource that it belongs to.
    pub resource: ResourcePath,
    /// The instance, if no key is computed.
    pub target: Option<Target>,
    /// None only if its absence was reported.
    pub id: Option<Expression>,
    pub for_each: Option<Expression>,
    pub provider_reference: Option<ProviderReference>,
    /// The provider: from the argument, or from the type and `required_providers`.
    pub provider: ProviderAddress,
    /// The header.
    pub span: Span,
}

/// An object that is no longer managed.
#[derive(Clone)]
pub struct Removed {
    pub from: ConfigTarget,
    pub from_span: Span,
    /// Whether the object is destroyed, or only forgotten.
    pub destroy: bool,
    pub connection: Option<Connection>,
    pub provisioners: Vec<Provisioner>,
    /// The header.
    pub span: Span,
}

static MOVED: LazyLock<BodyRule<'static>> = LazyLock::new(|| rule(&[("from", true), ("to", true)], &[]));
static IMPORT: LazyLock<BodyRule<'static>> =
    LazyLock::new(|| rule(&[("provider", false), ("for_each", false), ("id", true), ("to", true)], &[]));
static REMOVED: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    rule(&[("from", true)], &[("lifecycle", &[]), ("connection", &[]), ("provisioner", &["type"])])
});
static REMOVED_LIFECYCLE: LazyLock<BodyRule<'static>> = LazyLock::new(|| rule(&[("destroy", false)], &[]));

pub(super) fn decode_moved(block: &Block, diagnostics: &mut Diagnostics) -> Option<Moved> {
    let content = block.body.content(&MOVED, diagnostics);
    let mut end = |name: &str| -> Option<(Target, Span)> {
        let expression = &content.attributes.get(name)?.expression;
        let found = reference::reference(expression, diagnostics)?;
        Some((target::target(&found, diagnostics)?, expression.span()))
    };
    let (from, to) = (end("from"), end("to"));
    let ((from, from_span), (to, to_span)) = (from?, to?);
    if from.resource.is_some() != to.resource.is_some() {
        let kind = |target: &Target| if target.resource.is_some() { "a resource" } else { "a module" };
        let detail = format!(
            "{from} is {} and {to} is {}; a resource can only become a resource, and a module a module.",
            kind(&from),
            kind(&to)
        );
        diagnostics.push(Diagnostic::error("Invalid \"moved\" addresses", detail).at(block.header.clone()));
    }
    Some(Moved { from, to, from_span, to_span, span: block.header.clone() })
}

pub(super) fn decode_import(block: &Block, diagnostics: &mut Diagnostics) -> Option<Import> {
    let content = block.body.content(&IMPORT, diagnostics);
    let attribute = |name: &str| content.attributes.get(name);
    let reference = attribute("provider")
        .and_then(|a| provider::decode_reference(&a.expression, "provider", diagnostics));
    let to_attribute = attribute("to")?;
    let to = reference::unwrapped(&to_attribute.expression, diagnostics)?;
    let (resource, target) = target::resource_path(&to, diagnostics)?;
    if resource.resource.mode != ResourceMode::Managed {
        let detail = format!(
            "{resource} is only read and never looked after, so that there is nothing to import into it."
        );
        diagnostics
            .push(Diagnostic::error("Invalid import address", detail).at(to_attribute.expression.span()));
    }
    if let Some(attribute) = attribute("provider")
        && !resource.module.is_root()
    {
        let detail = format!(
            "\"provider\" is only for imports that write configuration into the root module. {resource} uses the \
             provider that its module was given."
        );
        diagnostics.push(Diagnostic::error("Invalid import provider argument", detail).at(attribute.span()));
    }
    if target.is_none() && attribute("for_each").is_none() {
        let detail = "Without \"for_each\" an import is into one instance, whose key must be written out.";
        diagnostics
            .push(Diagnostic::error("Invalid import address", detail).at(to_attribute.expression.span()));
    }
    Some(Import {
        to,
        provider: ProviderAddress::implied(resource.resource.implied_provider()),
        resource,
        target,
        id: attribute("id").map(|a| a.expression.clone()),
        for_each: attribute("for_each").map(|a| a.expression.clone()),
        provider_reference: reference,
        span: block.header.clone(),
    })
}

pub(super) fn decode_removed(block: &Block, diagnostics: &mut Diagnostics) -> Option<Removed> {
    let content = block.body.content(&REMOVED, diagnostics);
    let from = content.attributes.get("from").and_then(|a| removed_target(a, diagnostics));
    let managed = from
        .as_ref()
        .and_then(|(target, _)| target.resource.as_ref())
        .is_some_and(|resource| resource.mode == ResourceMode::Managed);
    let (mut destroy, mut connection, mut provisioners) = (true, None, Vec::new());
    let mut connection_seen = None;
    for inner in &content.blocks {
        if &*inner.kind == "lifecycle" {
            let lifecycle = inner.body.content(&REMOVED_LIFECYCLE, diagnostics);
            let given = lifecycle.attributes.get("destroy").and_then(|a| constant::boolean(a, diagnostics));
            destroy = given.unwrap_or(destroy);
            continue;
        }
        if from.is_some() && !managed {
            let detail = format!(
                "Only objects of \"resource\" blocks have provisioners, so that \"{}\" means nothing here.",
                inner.kind
            );
            let summary = format!("Invalid {} block", inner.kind);
            diagnostics.push(Diagnostic::error(summary, detail).at(inner.header.clone()));
            continue;
        }
        if &*inner.kind == "connection" {
            if fault::first_of_its_kind(inner, &mut connection_seen, "a removed block", diagnostics) {
                connection = Some(Connection::of(inner));
            }
            continue;
        }
        let Some(found) = provisioner::decode(inner, diagnostics) else { continue };
        if found.when != When::Destroy {
            let detail =
                "What is removed is not created any more: only provisioners with when = destroy can be here.";
            diagnostics.push(
                Diagnostic::error("Invalid provisioner block", detail)
                    .at(inner.header.clone())
                    .hint("Add when = destroy."),
            );
        }
        provisioners.push(found);
    }
    let (from, from_span) = from?;
    Some(Removed { from, from_span, destroy, connection, provisioners, span: block.header.clone() })
}

fn removed_target(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<(ConfigTarget, Span)> {
    let span = attribute.expression.span();
    let found = reference::reference(&attribute.expression, diagnostics)?;
    let target = target::config_target(&found, diagnostics)?;
    if target.resource.as_ref().is_some_and(|resource| resource.mode == ResourceMode::Data) {
        let detail = format!(
            "{target} is only read and never destroyed. It is forgotten when its \"data\" block is deleted."
        );
        diagnostics.push(Diagnostic::error("Data source address not allowed", detail).at(span.clone()));
    }
    Some((target, span))
}
