//! The `provider` block, and references to it.

use crate::address::LocalProvider;
use crate::diag::Span;
use crate::syntax::Expression;
use crate::value::Name;

use super::{LayeredBody, VersionConstraints};

/// One configuration of a provider.
#[derive(Clone)]
pub struct ProviderConfig {
    pub local: LocalProvider,
    pub name_span: Span,
    pub alias_span: Option<Span>,
    /// The deprecated way of saying which versions are fit.
    pub version: Option<VersionConstraints>,
    /// One configuration per element; only with an alias. An extension of the language.
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
    /// `aws.west[each.key]`: which configuration of several that `for_each` made. An extension of the language.
    pub key: Option<Expression>,
}

impl ProviderConfig {
    pub fn name(&self) -> &Name {
        &self.local.name
    }
}
