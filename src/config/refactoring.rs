//! The `moved`, `import` and `removed` blocks: what became of objects.

use crate::address::{ConfigTarget, ProviderAddress, ResourcePath, Target};
use crate::diag::Span;
use crate::syntax::Expression;

use super::{Connection, ProviderReference, Provisioner};

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

/// An object that exists is to be looked after from now on.
#[derive(Clone)]
pub struct Import {
    /// The instance, which may have keys made from `each`.
    pub to: Expression,
    /// The resource that it belongs to.
    pub resource: ResourcePath,
    pub id: Option<Expression>,
    pub for_each: Option<Expression>,
    pub provider_reference: Option<ProviderReference>,
    pub provider: ProviderAddress,
    /// The header.
    pub span: Span,
}

/// An object is no longer looked after.
#[derive(Clone)]
pub struct Removed {
    pub from: ConfigTarget,
    pub from_span: Span,
    /// Whether the object itself is destroyed, or only forgotten.
    pub destroy: bool,
    pub connection: Option<Connection>,
    pub provisioners: Vec<Provisioner>,
    /// The header.
    pub span: Span,
}
