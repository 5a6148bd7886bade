//! The addresses of modules: as written, and as expanded.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::{InstanceKey, shared_order};

/// The calls from the root module down to a module, as written, before any expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(Arc<[Arc<str>]>);

/// The calls from the root module down to one instance of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModuleInstance(Arc<[(Arc<str>, InstanceKey)]>);

impl Ord for ModuleInstance {
    fn cmp(&self, other: &Self) -> Ordering {
        shared_order(&self.0, &other.0)
    }
}

impl PartialOrd for ModuleInstance {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ModulePath {
    pub fn root() -> Self {
        Self::default()
    }

    pub fn new<N: Into<Arc<str>>>(calls: impl IntoIterator<Item = N>) -> Self {
        Self(calls.into_iter().map(Into::into).collect())
    }

    #[must_use]
    pub fn child(&self, call: impl Into<Arc<str>>) -> Self {
        Self(self.0.iter().cloned().chain([call.into()]).collect())
    }

    /// The calling module and the name of the call; `None` for the root.
    pub fn parent(&self) -> Option<(Self, &Arc<str>)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.into()), last))
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub fn calls(&self) -> &[Arc<str>] {
        &self.0
    }

    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.0.starts_with(&ancestor.0)
    }

    /// The only instance, if nothing on the path has several.
    pub fn unkeyed(&self) -> ModuleInstance {
        ModuleInstance(self.0.iter().map(|call| (Arc::clone(call), InstanceKey::None)).collect())
    }
}

impl ModuleInstance {
    pub fn root() -> Self {
        Self::default()
    }

    pub fn new(steps: impl IntoIterator<Item = (Arc<str>, InstanceKey)>) -> Self {
        Self(steps.into_iter().collect())
    }

    #[must_use]
    pub fn child(&self, call: impl Into<Arc<str>>, key: InstanceKey) -> Self {
        Self(self.0.iter().cloned().chain([(call.into(), key)]).collect())
    }

    /// The calling instance, the name of the call and the key; `None` for the root.
    pub fn parent(&self) -> Option<(Self, &Arc<str>, &InstanceKey)> {
        let ((call, key), rest) = self.0.split_last()?;
        Some((Self(rest.into()), call, key))
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub fn steps(&self) -> &[(Arc<str>, InstanceKey)] {
        &self.0
    }

    /// The module of this instance.
    pub fn path(&self) -> ModulePath {
        ModulePath(self.0.iter().map(|(call, _)| Arc::clone(call)).collect())
    }
}

/// `module.a.module.b`; empty for the root.
impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, call) in self.0.iter().enumerate() {
            write!(f, "{}module.{call}", if index == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

/// `module.a["x"].module.b[0]`; empty for the root.
impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (call, key)) in self.0.iter().enumerate() {
            write!(f, "{}module.{call}{key}", if index == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}
