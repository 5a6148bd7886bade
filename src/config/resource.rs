//! The `resource`, `data` and `ephemeral` blocks.

use std::sync::LazyLock;

use crate::address::{ProviderAddress, ResourceAddress, ResourceMode};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Block, BodyRule, Content, Expression, Traversal};
use crate::value::Name;

use super::rule::rule;
use super::{
    Connection, LayeredBody, ProviderReference, Provisioner, Rule, When, fault, lifecycle, name, provider,
    provisioner, reference,
};

/// An object or data source of a provider.
#[derive(Clone)]
pub struct Resource {
    pub address: ResourceAddress,
    pub repetition: Repetition,
    /// The `provider` argument, if there is one.
    pub provider_reference: Option<ProviderReference>,
    /// The provider: from the argument, or from the type and `required_providers`.
    pub provider: ProviderAddress,
    pub depends_on: Vec<Traversal>,
    pub preconditions: Vec<Rule>,
    pub postconditions: Vec<Rule>,
    /// What only `resource` blocks have.
    pub managed: Option<Box<Managed>>,
    /// The `check` block that it is declared in; nothing else may refer to it then.
    pub check: Option<Name>,
    /// The provider's own arguments.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
    pub type_span: Span,
    pub name_span: Span,
}

/// How many instances a block has.
#[derive(Clone, Default)]
pub enum Repetition {
    #[default]
    Once,
    Count(Expression),
    ForEach(Expression),
}

/// What only `resource` blocks have.
#[derive(Clone, Default)]
pub struct Managed {
    pub connection: Option<Connection>,
    pub provisioners: Vec<Provisioner>,
    pub create_before_destroy: Option<bool>,
    /// A constant, or (an extension of the language) any value known while planning.
    pub prevent_destroy: Option<Expression>,
    pub ignore_changes: IgnoreChanges,
    pub replace_triggered_by: Vec<Expression>,
}

/// Which arguments an update ignores.
#[derive(Clone, Default)]
pub enum IgnoreChanges {
    #[default]
    None,
    All,
    /// Paths from the resource's own arguments.
    Some(Vec<Traversal>),
}

/// The kind of block to decode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Managed,
    Data(Nesting),
    Ephemeral,
}

/// Where a data source is declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nesting {
    Free,
    InCheck,
}

const META: [(&str, bool); 4] =
    [("count", false), ("for_each", false), ("provider", false), ("depends_on", false)];
static MANAGED: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    let blocks: [(&str, &'static [&'static str]); 5] =
        [("locals", &[]), ("lifecycle", &[]), ("connection", &[]), ("provisioner", &["type"]), ("_", &[])];
    rule(&META, &blocks)
});
static OTHER: LazyLock<BodyRule<'static>> =
    LazyLock::new(|| rule(&META, &[("locals", &[]), ("lifecycle", &[]), ("_", &[])]));

/// A placeholder until the module is assembled and its required providers are known.
static UNSETTLED: LazyLock<ProviderAddress> = LazyLock::new(|| ProviderAddress::builtin("terraform"));

pub(super) fn decode(
    block: &Block,
    mode: Mode,
    overrides: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Box<Resource>> {
    let [kind, label] = block.labels.as_slice() else { return None };
    let what = mode.noun();
    name::check(kind, &format!("{what} type"), diagnostics);
    name::check(label, what, diagnostics);
    let (content, rest) =
        block.body.split(if mode == Mode::Managed { &MANAGED } else { &OTHER }, diagnostics);
    let address = ResourceAddress::new(mode.address_mode(), kind.text.clone(), label.text.clone());
    let provider_reference = content
        .attributes
        .get("provider")
        .and_then(|a| provider::decode_reference(&a.expression, "provider", diagnostics));
    let mut resource = Box::new(Resource {
        repetition: Repetition::Once,
        provider: UNSETTLED.clone(),
        address,
        provider_reference,
        depends_on: reference::depends_on(content.attributes.get("depends_on"), diagnostics),
        preconditions: Vec::new(),
        postconditions: Vec::new(),
        managed: (mode == Mode::Managed).then(Box::default),
        check: None,
        body: rest.into(),
        span: block.header.clone(),
        type_span: kind.span.clone(),
        name_span: label.span.clone(),
    });
    if mode == Mode::Data(Nesting::InCheck) {
        refuse_repetition_in_check(&content, diagnostics);
    } else {
        resource.repetition = repetition(&content, diagnostics);
    }
    decode_blocks(&mut resource, &content, mode, overrides, diagnostics);
    Some(resource)
}

/// `count` or `for_each`, not both.
pub(super) fn repetition(content: &Content, diagnostics: &mut Diagnostics) -> Repetition {
    let attribute = |name: &str| content.attributes.get(name);
    match (attribute("count"), attribute("for_each")) {
        (None, None) => Repetition::Once,
        (Some(count), None) => Repetition::Count(count.expression.clone()),
        (None, Some(for_each)) => Repetition::ForEach(for_each.expression.clone()),
        (Some(count), Some(for_each)) => {
            let detail = "\"count\" and \"for_each\" both say how often a block exists; use one of them.";
            diagnostics.push(
                Diagnostic::error("Invalid combination of \"count\" and \"for_each\"", detail)
                    .at(for_each.name_span())
                    .related("\"count\" is set here", count.name_span()),
            );
            Repetition::ForEach(for_each.expression.clone())
        }
    }
}

fn refuse_repetition_in_check(content: &Content, diagnostics: &mut Diagnostics) {
    for name in ["count", "for_each"] {
        if let Some(attribute) = content.attributes.get(name) {
            let detail =
                format!("A data source inside a check block exists once: \"{name}\" cannot be used.");
            diagnostics.push(
                Diagnostic::error(format!("Invalid \"{name}\" argument"), detail).at(attribute.name_span()),
            );
        }
    }
}

fn decode_blocks(
    resource: &mut Resource,
    content: &Content,
    mode: Mode,
    overrides: bool,
    diagnostics: &mut Diagnostics,
) {
    let container = mode.container();
    let (mut lifecycle_seen, mut connection_seen, mut escape_seen) = (None, None, None);
    for inner in &content.blocks {
        match &*inner.kind {
            "_" => fault::escape(inner, &mut resource.body, &mut escape_seen, container, diagnostics),
            "lifecycle" => {
                if mode == Mode::Data(Nesting::InCheck) {
                    let detail = "The check around it decides when the data source is read; it has no lifecycle of its own.";
                    diagnostics
                        .push(Diagnostic::error("Invalid lifecycle block", detail).at(inner.header.clone()));
                }
                if fault::first_of_its_kind(inner, &mut lifecycle_seen, container, diagnostics) {
                    lifecycle::decode(inner, resource, overrides, diagnostics);
                }
            }
            "connection" => {
                if fault::first_of_its_kind(inner, &mut connection_seen, container, diagnostics)
                    && let Some(managed) = &mut resource.managed
                {
                    managed.connection = Some(Connection::of(inner));
                }
            }
            "provisioner" => {
                let found = provisioner::decode(inner, diagnostics);
                if let Some(managed) = &mut resource.managed {
                    managed.provisioners.extend(found);
                }
            }
            _ => diagnostics.push(fault::reserved_block(inner, resource.address.mode.keyword())),
        }
    }
    if let Some(managed) = &resource.managed
        && let Some(connection) = &managed.connection
        && managed.provisioners.iter().any(|p| p.when == When::Destroy)
    {
        provisioner::refuse_foreign_references(&connection.body.clone().into(), diagnostics);
    }
}

impl Resource {
    /// The provider configuration that it uses, in this module's terms: a local name and perhaps an alias.
    pub fn local_provider(&self) -> (&str, Option<&str>) {
        match &self.provider_reference {
            Some(ProviderReference { local, .. }) => (&local.name, local.alias.as_deref()),
            None => (self.address.implied_provider(), None),
        }
    }

    /// Applies an override: what it sets replaces what was set before.
    pub(super) fn override_with(&mut self, above: Self, diagnostics: &mut Diagnostics) {
        if let Some(dependency) = above.depends_on.first() {
            diagnostics.push(fault::no_depends_on_override(&dependency.span()));
        }
        if !matches!(above.repetition, Repetition::Once) {
            self.repetition = above.repetition;
        }
        self.provider_reference = above.provider_reference.or(self.provider_reference.take());
        self.body.override_with(above.body);
        if let (Some(managed), Some(above)) = (&mut self.managed, above.managed) {
            managed.override_with(*above);
        }
    }
}

impl Managed {
    fn override_with(&mut self, above: Self) {
        self.connection = above.connection.or(self.connection.take());
        self.create_before_destroy = above.create_before_destroy.or(self.create_before_destroy);
        self.prevent_destroy = above.prevent_destroy.or(self.prevent_destroy.take());
        if !matches!(above.ignore_changes, IgnoreChanges::None) {
            self.ignore_changes = above.ignore_changes;
        }
        if !above.provisioners.is_empty() {
            self.provisioners = above.provisioners;
        }
        // As in Terraform, `replace_triggered_by` cannot be overridden.
    }
}

impl Repetition {
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Once => None,
            Self::Count(expression) | Self::ForEach(expression) => Some(expression),
        }
    }
}

impl Mode {
    fn address_mode(self) -> ResourceMode {
        match self {
            Self::Managed => ResourceMode::Managed,
            Self::Data(_) => ResourceMode::Data,
            Self::Ephemeral => ResourceMode::Ephemeral,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Managed => "resource",
            Self::Data(_) => "data source",
            Self::Ephemeral => "ephemeral resource",
        }
    }

    fn container(self) -> &'static str {
        match self {
            Self::Managed => "a resource",
            Self::Data(_) => "a data source",
            Self::Ephemeral => "an ephemeral resource",
        }
    }
}
