//! Providers: where they are published, and how a module calls them.

use std::fmt;
use std::sync::Arc;

use super::{ModulePath, quoted};

/// Where providers come from that name no host.
pub const DEFAULT_REGISTRY: &str = "registry.terraform.io";
/// Whose they are that name no namespace.
pub const DEFAULT_NAMESPACE: &str = "hashicorp";
const BUILTIN_HOST: &str = "terraform.io";
const BUILTIN_NAMESPACE: &str = "builtin";

/// A provider's address in the world: host, namespace and type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderAddress {
    pub host: Arc<str>,
    pub namespace: Arc<str>,
    /// The type: `aws`.
    pub kind: Arc<str>,
}

/// How a module calls a provider configuration: its local name and alias.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalProvider {
    pub name: Arc<str>,
    pub alias: Option<Arc<str>>,
}

/// A provider configuration of some module, independent of local names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderConfigAddress {
    pub module: ModulePath,
    pub provider: ProviderAddress,
    pub alias: Option<Arc<str>>,
}

/// Why a text is no provider address or part of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidProviderAddress(pub String);

impl ProviderAddress {
    pub fn new(host: impl Into<Arc<str>>, namespace: impl Into<Arc<str>>, kind: impl Into<Arc<str>>) -> Self {
        Self { host: host.into(), namespace: namespace.into(), kind: kind.into() }
    }

    /// `registry.terraform.io/hashicorp/<kind>`
    pub fn default_for(kind: impl Into<Arc<str>>) -> Self {
        Self::new(DEFAULT_REGISTRY, DEFAULT_NAMESPACE, kind)
    }

    /// A provider that is part of the program: `terraform.io/builtin/<kind>`.
    pub fn builtin(kind: impl Into<Arc<str>>) -> Self {
        Self::new(BUILTIN_HOST, BUILTIN_NAMESPACE, kind)
    }

    /// What a local name means that no `required_providers` entry explains.
    pub fn implied(local_name: &str) -> Self {
        if local_name == "terraform" { Self::builtin(local_name) } else { Self::default_for(local_name) }
    }

    pub fn is_builtin(&self) -> bool {
        &*self.host == BUILTIN_HOST && &*self.namespace == BUILTIN_NAMESPACE
    }

    /// Whether it is in the default namespace of the default registry.
    pub fn is_default(&self) -> bool {
        &*self.host == DEFAULT_REGISTRY && &*self.namespace == DEFAULT_NAMESPACE
    }

    /// As people write it, without the default host: `hashicorp/aws`.
    pub fn short(&self) -> String {
        if &*self.host == DEFAULT_REGISTRY {
            format!("{}/{}", self.namespace, self.kind)
        } else {
            self.to_string()
        }
    }
}

impl LocalProvider {
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), alias: None }
    }

    pub fn aliased(name: impl Into<Arc<str>>, alias: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), alias: Some(alias.into()) }
    }
}

/// `registry.terraform.io/hashicorp/aws`
impl fmt::Display for ProviderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.kind)
    }
}

/// `aws`, `aws.west`
impl fmt::Display for LocalProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, ".{alias}"))
    }
}

/// `module.a.provider["registry.terraform.io/hashicorp/aws"].west`
impl fmt::Display for ProviderConfigAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "provider[{}]", quoted(&self.provider.to_string()))?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, ".{alias}"))
    }
}
