//! Resources and their instances.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::{InstanceKey, ModuleInstance, ModulePath, shared_order};

/// The kind of block that declares a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceMode {
    /// `resource`
    Managed,
    /// `data`
    Data,
    /// `ephemeral`
    Ephemeral,
}

impl ResourceMode {
    /// The keyword of the block: `resource`, `data`, `ephemeral`.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Managed => "resource",
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
        }
    }

    /// The noun for people: "resource", "data source", "ephemeral resource".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Managed => "resource",
            Self::Data => "data source",
            Self::Ephemeral => "ephemeral resource",
        }
    }

    /// The word in files: "managed", "data", "ephemeral".
    pub fn word(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
        }
    }

    /// The inverse of [`Self::word`] for what files can contain; ephemeral resources are in none.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Managed, Self::Data].into_iter().find(|mode| mode.word() == word)
    }

    /// The prefix before the type in an address: empty, `data.`, `ephemeral.`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Managed => "",
            Self::Data => "data.",
            Self::Ephemeral => "ephemeral.",
        }
    }
}

/// A resource block, within its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceAddress {
    pub mode: ResourceMode,
    /// The type: `aws_instance`.
    pub kind: Arc<str>,
    pub name: Arc<str>,
}

/// A resource block and its module, both as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourcePath {
    pub module: ModulePath,
    pub resource: ResourceAddress,
}

/// A resource in one instance of its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AbsoluteResource {
    pub module: ModuleInstance,
    pub resource: ResourceAddress,
}

/// One instance of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AbsoluteInstance {
    pub module: ModuleInstance,
    pub resource: ResourceAddress,
    pub key: InstanceKey,
}

/// By mode, kind and name.
impl Ord for ResourceAddress {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mode
            .cmp(&other.mode)
            .then_with(|| shared_order(&self.kind, &other.kind))
            .then_with(|| shared_order(&self.name, &other.name))
    }
}

impl PartialOrd for ResourceAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ResourceAddress {
    pub fn new(mode: ResourceMode, kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self { mode, kind: kind.into(), name: name.into() }
    }

    pub fn managed(kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self::new(ResourceMode::Managed, kind, name)
    }

    pub fn data(kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self::new(ResourceMode::Data, kind, name)
    }

    /// The local name of the provider that the type implies: the part before the first underscore.
    pub fn implied_provider(&self) -> &str {
        self.kind.split('_').next().unwrap_or(&self.kind)
    }

    pub fn within(&self, module: ModuleInstance) -> AbsoluteResource {
        AbsoluteResource { module, resource: self.clone() }
    }
}

impl AbsoluteResource {
    pub fn instance(&self, key: InstanceKey) -> AbsoluteInstance {
        AbsoluteInstance { module: self.module.clone(), resource: self.resource.clone(), key }
    }

    pub fn path(&self) -> ResourcePath {
        ResourcePath { module: self.module.path(), resource: self.resource.clone() }
    }
}

impl AbsoluteInstance {
    pub fn absolute_resource(&self) -> AbsoluteResource {
        AbsoluteResource { module: self.module.clone(), resource: self.resource.clone() }
    }

    pub fn path(&self) -> ResourcePath {
        ResourcePath { module: self.module.path(), resource: self.resource.clone() }
    }
}

/// `aws_instance.web`, `data.aws_ami.base`
impl fmt::Display for ResourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [self.mode.prefix(), &self.kind, ".", &self.name] {
            f.write_str(part)?;
        }
        Ok(())
    }
}

/// `module.a.aws_instance.web`
impl fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        within_module(f, &self.module, self.module.is_root(), &self.resource)
    }
}

/// `module.a["x"].aws_instance.web`
impl fmt::Display for AbsoluteResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        within_module(f, &self.module, self.module.is_root(), &self.resource)
    }
}

/// `module.a["x"].aws_instance.web[0]`
impl fmt::Display for AbsoluteInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        within_module(f, &self.module, self.module.is_root(), &self.resource)?;
        self.key.fmt(f)
    }
}

pub(super) fn within_module(
    f: &mut fmt::Formatter<'_>,
    module: &dyn fmt::Display,
    is_root: bool,
    inner: &dyn fmt::Display,
) -> fmt::Result {
    if !is_root {
        module.fmt(f)?;
        f.write_str(".")?;
    }
    inner.fmt(f)
}
