//! The `provisioner` and `connection` blocks.

use crate::diag::Span;
use crate::syntax::Body;
use crate::value::Name;

use super::LayeredBody;

/// Something to do once, after creation or before destruction.
#[derive(Clone)]
pub struct Provisioner {
    pub kind: Name,
    pub when: When,
    pub on_failure: OnFailure,
    pub connection: Option<Connection>,
    /// The provisioner's own arguments.
    pub body: LayeredBody,
    /// The header.
    pub span: Span,
    pub kind_span: Span,
}

/// How a provisioner reaches the object.
#[derive(Clone)]
pub struct Connection {
    pub body: Body,
    /// The header.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    #[default]
    Create,
    Destroy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    #[default]
    Fail,
    Continue,
}
