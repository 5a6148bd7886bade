//! Where a module comes from, as a call says it.

use std::fmt;

use crate::value::Name;

/// The `source` of a module call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModuleSource {
    /// A cleaned path relative to the calling module, with `./` or `../` in front.
    Local(Name),
    /// A module of a registry.
    Registry { host: Name, namespace: Name, name: Name, system: Name, subdirectory: Option<Name> },
    /// Anything else, kept as written: git, archives, other getters.
    Remote(Name),
}

impl fmt::Display for ModuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Registry { host, namespace, name, system, subdirectory } => {
                write!(f, "{host}/{namespace}/{name}/{system}")?;
                subdirectory.as_ref().map_or(Ok(()), |path| write!(f, "//{path}"))
            }
            Self::Remote(source) => f.write_str(source),
        }
    }
}
