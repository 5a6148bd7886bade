//! The `module` block.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::address::LocalProvider;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attribute, Block, BodyRule, Traversal};
use crate::value::Name;

use super::rule::{relaxed, rule};
use super::{
    LayeredBody, ModuleSource, ProviderReference, Repetition, VersionConstraints, constant, fault, name,
    provider, reference, resource, version,
};

/// A use of another module.
#[derive(Clone)]
pub struct ModuleCall {
    pub name: Name,
    /// None only if an error was reported.
    pub source: Option<ModuleSource>,
    /// The source as written.
    pub source_text: Option<Name>,
    /// The source expression; the block header if there is none.
    pub source_span: Span,
    pub version: Option<VersionConstraints>,
    pub repetition: Repetition,
    /// The provider configurations passed to the module; unnamed ones without an alias are inherited.
    pub providers: Vec<PassedProvider>,
    pub depends_on: Vec<Traversal>,
    /// The arguments for the module's variables.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
    pub name_span: Span,
}

/// An entry of `providers`: the called module's name for it, and this module's.
#[derive(Clone, Debug)]
pub struct PassedProvider {
    pub in_child: ProviderReference,
    pub in_parent: ProviderReference,
}

/// Arguments of module blocks, which no variable may be named after.
pub(super) const RESERVED: &[&str] = &[
    "source",
    "version",
    "count",
    "for_each",
    "depends_on",
    "providers",
    "_",
    "lifecycle",
    "locals",
    "provider",
];

static MODULE: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    rule(
        &[
            ("source", true),
            ("version", false),
            ("count", false),
            ("for_each", false),
            ("depends_on", false),
            ("providers", false),
        ],
        &[("_", &[]), ("lifecycle", &[]), ("locals", &[]), ("provider", &["type"])],
    )
});
static MODULE_OVERRIDE: LazyLock<BodyRule<'static>> = LazyLock::new(|| relaxed(&MODULE));

pub(super) fn decode(block: &Block, overrides: bool, diagnostics: &mut Diagnostics) -> Option<ModuleCall> {
    let label = block.labels.first()?;
    name::check(label, "module call", diagnostics);
    let (content, rest) = block.body.split(if overrides { &MODULE_OVERRIDE } else { &MODULE }, diagnostics);
    let attribute = |name: &str| content.attributes.get(name);
    let source_attribute = attribute("source");
    let source_text = source_attribute.and_then(|a| constant::text(a, diagnostics));
    let has_version = attribute("version").is_some();
    let source = match (source_attribute, &source_text) {
        (Some(attribute), Some(text)) => source(text, has_version, attribute, diagnostics),
        _ => None,
    };
    let mut call = ModuleCall {
        name: label.text.clone(),
        source,
        source_text,
        source_span: source_attribute.map_or_else(|| block.header.clone(), |a| a.expression.span()),
        version: attribute("version").and_then(|a| version::decode(a, diagnostics)),
        repetition: resource::repetition(&content, diagnostics),
        providers: attribute("providers").map(|a| passed_providers(a, diagnostics)).unwrap_or_default(),
        depends_on: reference::depends_on(attribute("depends_on"), diagnostics),
        body: rest.into(),
        span: block.header.clone(),
        name_span: label.span.clone(),
    };
    let mut escape_seen = None;
    for inner in &content.blocks {
        match &*inner.kind {
            "_" => fault::escape(inner, &mut call.body, &mut escape_seen, "a module call", diagnostics),
            _ => diagnostics.push(fault::reserved_block(inner, "module")),
        }
    }
    Some(call)
}

fn source(
    text: &str,
    has_version: bool,
    attribute: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Option<ModuleSource> {
    let parsed = if has_version { ModuleSource::parse_registry(text) } else { ModuleSource::parse(text) };
    parsed
        .map_err(|why| {
            let because = if has_version {
                " It is read as the address of a registry, because \"version\" is given."
            } else {
                ""
            };
            let detail = format!("\"{text}\" is no source of a module: {why}.{because}");
            diagnostics
                .push(Diagnostic::error("Invalid module source", detail).at(attribute.expression.span()));
        })
        .ok()
}

fn passed_providers(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Vec<PassedProvider> {
    let Some(pairs) = attribute.expression.as_pairs() else {
        let detail = "\"providers\" needs an object that is written out: what the module calls a provider, and which \
                      configuration of this module that is.";
        diagnostics.push(Diagnostic::error("Invalid providers map", detail).at(attribute.expression.span()));
        return Vec::new();
    };
    let mut passed = Vec::new();
    let mut seen: BTreeMap<LocalProvider, Span> = BTreeMap::new();
    for (key, value) in pairs {
        let in_child = provider_key(&key, diagnostics);
        let in_parent = provider::decode_reference(&value, "providers", diagnostics);
        let (Some(in_child), Some(in_parent)) = (in_child, in_parent) else { continue };
        if let Some(first) = seen.get(&in_child.local) {
            let detail = format!("The called module's {} gets two configurations.", in_child.local);
            diagnostics.push(fault::duplicate("Duplicate provider address", detail, &in_child.span, first));
            continue;
        }
        seen.insert(in_child.local.clone(), in_child.span.clone());
        passed.push(PassedProvider { in_child, in_parent });
    }
    passed
}

/// The called module's name for a provider. The parser turns a bare name into a string, which is then not a quoted
/// reference.
fn provider_key(key: &crate::syntax::Expression, diagnostics: &mut Diagnostics) -> Option<ProviderReference> {
    let bare = reference::quoted(key).filter(|text| key.span().text() == &**text);
    match bare {
        Some(name) => {
            let span = key.span();
            provider::check_local_name(&name, &span, diagnostics).then(|| ProviderReference {
                local: LocalProvider { name, alias: None },
                span,
                key: None,
            })
        }
        None => provider::decode_reference(key, "providers", diagnostics),
    }
}

impl ModuleCall {
    /// Applies an override: what it sets replaces what was set before.
    pub(super) fn override_with(&mut self, above: Self, diagnostics: &mut Diagnostics) {
        if let Some(dependency) = above.depends_on.first() {
            diagnostics.push(fault::no_depends_on_override(&dependency.span()));
        }
        if above.source_text.is_some() {
            self.source = above.source;
            self.source_text = above.source_text;
            self.source_span = above.source_span;
        }
        if !matches!(above.repetition, Repetition::Once) {
            self.repetition = above.repetition;
        }
        self.version = above.version.or(self.version.take());
        if !above.providers.is_empty() {
            self.providers = above.providers;
        }
        self.body.override_with(above.body);
    }
}
