//! The `terraform` block: what a module asks of its tools and surroundings.

use std::collections::BTreeMap;

use crate::address::{LocalProvider, ProviderAddress};
use crate::diag::Span;
use crate::syntax::Body;
use crate::value::Name;

use super::VersionConstraints;

/// All `terraform` blocks of a module together.
#[derive(Clone, Default)]
pub struct Settings {
    /// All of them must hold.
    pub required_version: Vec<VersionConstraints>,
    /// By local name.
    pub required_providers: BTreeMap<Name, RequiredProvider>,
    /// The header of the `required_providers` block, where there is one.
    pub required_providers_span: Option<Span>,
    pub backend: Option<Backend>,
    pub cloud: Option<Cloud>,
    pub provider_meta: BTreeMap<ProviderAddress, ProviderMeta>,
}

/// An entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    pub local_name: Name,
    /// The source as written, if it was.
    pub source: Option<Name>,
    pub address: ProviderAddress,
    pub version: Option<VersionConstraints>,
    pub configuration_aliases: Vec<LocalProvider>,
    pub span: Span,
}

/// Where another tool keeps state: known so that it can be moved from there.
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
