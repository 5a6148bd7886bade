//! Versions and constraints on them.

use crate::diag::Span;
use crate::value::Name;

/// A version: numbers, perhaps a prerelease, perhaps metadata that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    text: String,
}

/// Constraints as written, all of which must hold.
#[derive(Clone, Debug)]
pub struct VersionConstraints {
    pub text: Name,
    pub span: Span,
}

/// Why a text is no version or constraint: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VersionError(pub String);
