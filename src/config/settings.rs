//! The `terraform` block: requirements and settings of a module.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::address::ProviderAddress;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attribute, Block, Body, BodyRule, Node};
use crate::value::Name;

use super::required_providers::{self, RequiredProvider, RequiredProviders};
use super::rule::rule;
use super::{LANGUAGE_VERSION, VersionConstraints, constant, provider, version};

/// All `terraform` blocks of a module together.
#[derive(Clone, Default)]
pub struct Settings {
    /// All of these must hold.
    pub required_version: Vec<VersionConstraints>,
    /// By local name.
    pub required_providers: BTreeMap<Name, RequiredProvider>,
    /// The header of the `required_providers` block, if there is one.
    pub required_providers_span: Option<Span>,
    pub backend: Option<Backend>,
    pub cloud: Option<Cloud>,
    pub provider_meta: BTreeMap<ProviderAddress, ProviderMeta>,
}

/// The backend of another tool: known so that its state can be taken over.
#[derive(Clone)]
pub struct Backend {
    pub kind: Name,
    pub kind_span: Span,
    pub body: Body,
    pub span: Span,
}

#[derive(Clone)]
pub struct Cloud {
    pub body: Body,
    pub span: Span,
}

/// What a module's author tells a provider about the module.
#[derive(Clone)]
pub struct ProviderMeta {
    pub local_name: Name,
    pub body: Body,
    pub span: Span,
}

/// The `terraform` blocks of one file.
#[derive(Default)]
pub(super) struct Declared {
    pub required_version: Vec<VersionConstraints>,
    pub required_providers: Vec<RequiredProviders>,
    pub backends: Vec<Backend>,
    pub clouds: Vec<Cloud>,
    pub provider_meta: Vec<ProviderMeta>,
}

static TERRAFORM: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    rule(
        &[("required_version", false), ("experiments", false), ("language", false)],
        &[
            ("backend", &["type"]),
            ("cloud", &[]),
            ("required_providers", &[]),
            ("provider_meta", &["provider"]),
        ],
    )
});

/// The only edition of the language.
const EDITION: &str = "TF2021";

impl Declared {
    pub(super) fn decode(&mut self, block: &Block, diagnostics: &mut Diagnostics) {
        let content = block.body.content(&TERRAFORM, diagnostics);
        let attribute = |name: &str| content.attributes.get(name);
        self.required_version
            .extend(attribute("required_version").and_then(|a| version::decode(a, diagnostics)));
        if let Some(attribute) = attribute("language") {
            check_edition(attribute, diagnostics);
        }
        if let Some(attribute) = attribute("experiments") {
            let detail =
                "Experiments of the language exist only in unreleased versions; this module cannot be used.";
            diagnostics.push(
                Diagnostic::error("Module uses experimental features", detail).at(attribute.name_span()),
            );
        }
        for inner in &content.blocks {
            match (&*inner.kind, inner.labels.first()) {
                ("backend", Some(kind)) => self.backends.push(Backend {
                    kind: kind.text.clone(),
                    kind_span: kind.span.clone(),
                    body: inner.body.clone(),
                    span: inner.header.clone(),
                }),
                ("cloud", _) => {
                    self.clouds.push(Cloud { body: inner.body.clone(), span: inner.header.clone() });
                }
                ("required_providers", _) => {
                    self.required_providers.push(required_providers::decode(inner, diagnostics));
                }
                ("provider_meta", Some(_)) => self.provider_meta.extend(provider_meta(inner, diagnostics)),
                _ => {}
            }
        }
    }
}

fn check_edition(attribute: &Attribute, diagnostics: &mut Diagnostics) {
    let keyword = attribute.expression.as_keyword();
    if keyword.as_deref() == Some(EDITION) || matches!(attribute.expression.node(), Node::Invalid) {
        return;
    }
    let detail = match keyword {
        Some(other) => format!(
            "This module is written in the language edition {other}; version {LANGUAGE_VERSION} of the language knows \
             only {EDITION}."
        ),
        None => {
            format!("The edition of the language is a bare keyword; the only one is {EDITION}, the default.")
        }
    };
    diagnostics
        .push(Diagnostic::error("Unsupported language edition", detail).at(attribute.expression.span()));
}

fn provider_meta(block: &Block, diagnostics: &mut Diagnostics) -> Option<ProviderMeta> {
    let label = block.labels.first()?;
    for attribute in block.body.attributes(diagnostics).iter() {
        constant::constant(&attribute.expression, diagnostics);
    }
    provider::check_local_name(&label.text, &label.span, diagnostics).then(|| ProviderMeta {
        local_name: label.text.clone(),
        body: block.body.clone(),
        span: block.header.clone(),
    })
}
