//! The `module` block.

use crate::diag::Span;
use crate::syntax::Traversal;
use crate::value::Name;

use super::{LayeredBody, ModuleSource, ProviderReference, Repetition, VersionConstraints};

/// A use of another module.
#[derive(Clone)]
pub struct ModuleCall {
    pub name: Name,
    /// None only where a fault of it was reported.
    pub source: Option<ModuleSource>,
    /// The text as written, and where.
    pub source_text: Name,
    pub source_span: Span,
    pub version: Option<VersionConstraints>,
    pub repetition: Repetition,
    /// Which configurations the module gets; those that are not named here are inherited if they have no alias.
    pub providers: Vec<PassedProvider>,
    pub depends_on: Vec<Traversal>,
    /// The module's variables.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
    pub name_span: Span,
}

/// An entry of `providers`: what the called module calls it, and what this one does.
#[derive(Clone, Debug)]
pub struct PassedProvider {
    pub in_child: ProviderReference,
    pub in_parent: ProviderReference,
}
