//! The `check` block, and the rules that it shares with `validation`, `precondition` and `postcondition`.

use crate::address::ResourceAddress;
use crate::diag::Span;
use crate::syntax::Expression;
use crate::value::Name;

/// Assertions about the running system, with the data source that they look at.
#[derive(Clone)]
pub struct Check {
    pub name: Name,
    /// The data source inside, which is among the module's resources; only this check may refer to it.
    pub data: Option<ResourceAddress>,
    pub asserts: Vec<Rule>,
    /// The header.
    pub span: Span,
}

/// A condition that must hold, and what to say when it does not.
#[derive(Clone)]
pub struct Rule {
    pub condition: Expression,
    pub error_message: Expression,
    /// The header.
    pub span: Span,
}
