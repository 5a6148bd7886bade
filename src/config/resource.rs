//! The `resource`, `data` and `ephemeral` blocks.

use crate::address::{LocalProvider, ProviderAddress, ResourceAddress};
use crate::diag::Span;
use crate::syntax::{Expression, Traversal};
use crate::value::Name;

use super::{Connection, LayeredBody, ProviderReference, Provisioner, Rule};

/// Something that a provider looks after.
#[derive(Clone)]
pub struct Resource {
    pub address: ResourceAddress,
    pub repetition: Repetition,
    /// The `provider` argument, where it was written.
    pub provider_reference: Option<ProviderReference>,
    /// Whose it is: settled by the argument, or by the type and `required_providers`.
    pub provider: ProviderAddress,
    pub depends_on: Vec<Traversal>,
    pub preconditions: Vec<Rule>,
    pub postconditions: Vec<Rule>,
    /// What only `resource` blocks have.
    pub managed: Option<Box<Managed>>,
    /// The `check` block that it is declared in; nothing outside may refer to it then.
    pub check: Option<Name>,
    /// The provider's own arguments.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
    pub type_span: Span,
    pub name_span: Span,
}

/// How often a block exists.
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
    /// A constant, or (an extension of the language) anything known while planning.
    pub prevent_destroy: Option<Expression>,
    pub ignore_changes: IgnoreChanges,
    pub replace_triggered_by: Vec<Expression>,
}

/// Which arguments an update leaves alone.
#[derive(Clone, Default)]
pub enum IgnoreChanges {
    #[default]
    None,
    All,
    /// Paths from the resource's own arguments.
    Some(Vec<Traversal>),
}

impl Resource {
    /// The configuration that it uses, in this module's words.
    pub fn local_provider(&self) -> LocalProvider {
        match &self.provider_reference {
            Some(reference) => reference.local.clone(),
            None => LocalProvider::new(self.address.implied_provider()),
        }
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
