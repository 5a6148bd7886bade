//! Names of environments.

use std::fmt;
use std::sync::Arc;

/// `staging`, `production`, `preview/feature-x`: letters, digits, dashes, underscores and dots; only previews have a
/// slash, after `preview`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentName(Arc<str>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" cannot name an environment: a name is made of letters, digits, dashes, underscores and dots, and \
     starts with a letter or digit; only preview/<slug> has a slash"
)]
pub struct InvalidEnvironmentName(pub String);

impl EnvironmentName {
    /// The name of the only environment of a project that declares none.
    pub const DEFAULT: &str = "default";

    pub fn new(name: &str) -> Result<Self, InvalidEnvironmentName> {
        let plain = name.strip_prefix("preview/").unwrap_or(name);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let valid = plain.starts_with(|c: char| c.is_ascii_alphanumeric()) && plain.chars().all(allowed);
        if valid { Ok(Self(name.into())) } else { Err(InvalidEnvironmentName(name.to_owned())) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How a command that somebody is told to run names it, with a space before: not at all where a project declares none.
    pub fn flag(&self) -> String {
        if &*self.0 == Self::DEFAULT { String::new() } else { format!(" -e {self}") }
    }
}

/// The only environment of a project that declares none.
impl Default for EnvironmentName {
    fn default() -> Self {
        Self(Self::DEFAULT.into())
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
