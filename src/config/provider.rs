//! The `provider` block, and references to it.

use std::sync::LazyLock;

use crate::address::{InstanceKey, LocalProvider, ProviderAddress};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Block, BodyRule, Expression, Node, StepKind, Traversal, is_identifier};
use crate::value::Name;

use super::rule::rule;
use super::{LayeredBody, VersionConstraints, constant, fault, name, reference, version};

/// One configuration of a provider.
#[derive(Clone)]
pub struct ProviderConfig {
    pub local: LocalProvider,
    pub name_span: Span,
    pub alias_span: Option<Span>,
    /// The deprecated version constraints.
    pub version: Option<VersionConstraints>,
    /// One configuration per element; requires an alias. An extension of the language.
    pub for_each: Option<Expression>,
    /// The provider's own arguments.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
}

/// `aws` or `aws.west` in an argument.
#[derive(Clone, Debug)]
pub struct ProviderReference {
    pub local: LocalProvider,
    pub span: Span,
    /// `aws.west[each.key]`: one of the configurations made by `for_each`. An extension of the language.
    pub key: Option<ProviderKey>,
}

/// Which of the configurations made by `for_each`.
#[derive(Clone, Debug)]
pub enum ProviderKey {
    Literal(InstanceKey),
    Computed(Expression),
}

static PROVIDER: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    let names = ["alias", "version", "count", "depends_on", "for_each", "source"];
    rule(&names.map(|name| (name, false)), &[("_", &[]), ("lifecycle", &[]), ("locals", &[])])
});

pub(super) fn decode(block: &Block, diagnostics: &mut Diagnostics) -> Option<ProviderConfig> {
    let label = block.labels.first()?;
    let (content, rest) = block.body.split(&PROVIDER, diagnostics);
    if !check_local_name(&label.text, &label.span, diagnostics) {
        return None;
    }
    let attribute = |name: &str| content.attributes.get(name);
    let alias = attribute("alias").and_then(|a| constant::text(a, diagnostics));
    if let Some(alias) = &alias
        && !is_identifier(alias)
    {
        let span = attribute("alias").map_or_else(|| label.span.clone(), |a| a.expression.span());
        diagnostics.push(name::invalid(alias, "provider alias").at(span));
    }
    let version = attribute("version").and_then(|attribute| {
        let detail =
            "Which versions of a provider are fit is said in required_providers; here it is deprecated.";
        diagnostics.push(
            Diagnostic::warning("Version constraint in a provider block", detail)
                .at(attribute.expression.span()),
        );
        version::decode(attribute, diagnostics)
    });
    for name in ["count", "depends_on", "source"] {
        if let Some(attribute) = attribute(name) {
            let detail =
                format!("\"{name}\" is kept for a later version of the language and means nothing here yet.");
            diagnostics.push(Diagnostic::error("Reserved argument name", detail).at(attribute.name_span()));
        }
    }
    let for_each = attribute("for_each");
    if let Some(for_each) = for_each
        && attribute("alias").is_none()
    {
        let detail = "Only a provider configuration with an alias can have \"for_each\": the one without is for all \
                      resources that name none, and there must be one of it.";
        diagnostics.push(
            Diagnostic::error("Default provider configuration with for_each", detail)
                .at(for_each.name_span()),
        );
    }
    let mut config = ProviderConfig {
        local: LocalProvider { name: label.text.clone(), alias },
        name_span: label.span.clone(),
        alias_span: attribute("alias").map(|a| a.expression.span()),
        version,
        for_each: for_each.map(|a| a.expression.clone()),
        body: rest.into(),
        span: block.header.clone(),
    };
    let mut escape_seen = None;
    for inner in &content.blocks {
        match &*inner.kind {
            "_" => fault::escape(inner, &mut config.body, &mut escape_seen, "a provider block", diagnostics),
            _ => diagnostics.push(fault::reserved_block(inner, "provider")),
        }
    }
    Some(config)
}

/// Whether a local name is valid, in normal form; reports it otherwise.
pub(super) fn check_local_name(name: &str, span: &Span, diagnostics: &mut Diagnostics) -> bool {
    let fault = match ProviderAddress::normal_part(name) {
        Ok(normal) if normal == name => return true,
        Ok(normal) => {
            let detail =
                format!("The names of providers are written in lower case: \"{normal}\" for \"{name}\".");
            Diagnostic::error("Invalid provider local name", detail)
        }
        Err(why) => Diagnostic::error(
            "Invalid provider local name",
            format!("\"{name}\" cannot name a provider: {why}."),
        ),
    };
    diagnostics.push(fault.at(span.clone()));
    false
}

/// `aws`, `aws.west`, or (an extension) `aws.west[each.key]`. `argument` is the name of the argument.
pub(super) fn decode_reference(
    expression: &Expression,
    argument: &str,
    diagnostics: &mut Diagnostics,
) -> Option<ProviderReference> {
    let (plain, computed) = match expression.node() {
        Node::Index { collection, key } => {
            (expression.at(*collection), Some(ProviderKey::Computed(expression.at(*key))))
        }
        _ => (expression.clone(), None),
    };
    let found = match reference::quoted(&plain) {
        Some(_) => Some(reference::quotable_reference(&plain, diagnostics)?),
        None => plain.as_traversal(),
    };
    let fault = |at: Span| {
        let detail = format!(
            "\"{argument}\" needs the local name of a provider, alone or followed by a dot and the alias of one of \
             its configurations, such as aws or aws.west."
        );
        Diagnostic::error("Invalid provider configuration reference", detail).at(at)
    };
    let Some(found) = found else {
        if !matches!(expression.node(), Node::Invalid) {
            diagnostics.push(fault(expression.span()));
        }
        return None;
    };
    let key = match (computed, found.steps().len()) {
        (Some(key), 1) => Some(key),
        (None, 0 | 1) => None,
        (None, 2) if literal_key(&found).is_some() => literal_key(&found),
        _ => {
            diagnostics.push(fault(expression.span()));
            return None;
        }
    };
    if !check_local_name(found.root(), &found.root_span(), diagnostics) {
        return None;
    }
    let alias: Option<Name> = match (found.steps().is_empty(), found.attribute(0)) {
        (true, _) => None,
        (false, Some(alias)) => Some(alias.into()),
        (false, None) => {
            diagnostics.push(fault(found.step_span(0)));
            return None;
        }
    };
    Some(ProviderReference {
        local: LocalProvider { name: found.root().into(), alias },
        span: expression.span(),
        key,
    })
}

fn literal_key(reference: &Traversal) -> Option<ProviderKey> {
    let file = reference.file();
    let key = match &reference.steps().get(1)?.kind {
        StepKind::Key(text) => InstanceKey::text(file.text(*text)),
        StepKind::Number(index) => InstanceKey::Number(u64::try_from(file.number(*index).to_i64()?).ok()?),
        StepKind::Attribute(_) => return None,
    };
    Some(ProviderKey::Literal(key))
}

impl ProviderConfig {
    pub fn name(&self) -> &Name {
        &self.local.name
    }

    /// Whether the block is empty: formerly the way for a module to declare that it expects a configuration.
    pub(super) fn is_empty(&self) -> bool {
        let mut found = Diagnostics::new();
        let content = self.body.content(&BodyRule::default(), &mut found);
        let silent = found.is_empty() && content.attributes.is_empty() && content.blocks.is_empty();
        silent && self.version.is_none() && self.for_each.is_none()
    }

    /// Applies an override: what it sets replaces what was set before.
    pub(super) fn override_with(&mut self, above: Self) {
        self.version = above.version.or(self.version.take());
        self.for_each = above.for_each.or(self.for_each.take());
        self.body.override_with(above.body);
    }
}
