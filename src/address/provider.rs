//! Providers: their addresses, and their local names in modules.

use std::fmt;
use std::sync::Arc;

use super::{ModulePath, quoted};

/// The registry of providers without a host.
pub const DEFAULT_REGISTRY: &str = "registry.terraform.io";
/// The namespace of providers without one.
pub const DEFAULT_NAMESPACE: &str = "hashicorp";
const BUILTIN_HOST: &str = "terraform.io";
const BUILTIN_NAMESPACE: &str = "builtin";

/// The global address of a provider: host, namespace and type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderAddress {
    pub host: Arc<str>,
    pub namespace: Arc<str>,
    /// The type: `aws`.
    pub kind: Arc<str>,
}

/// The name of a provider configuration within a module: its local name and alias.
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

/// Why a text is not a provider address or a part of one.
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

    /// A provider that is part of the language: `terraform.io/builtin/<kind>`.
    pub fn builtin(kind: impl Into<Arc<str>>) -> Self {
        Self::new(BUILTIN_HOST, BUILTIN_NAMESPACE, kind)
    }

    /// Reads `aws`, `hashicorp/aws` or `registry.example.com/hashicorp/aws`.
    pub fn parse(text: &str) -> Result<Self, InvalidProviderAddress> {
        let fault =
            |why: String| InvalidProviderAddress(format!("\"{text}\" is no provider address: {why}."));
        let parts: Vec<&str> = text.split('/').collect();
        let (host, namespace, kind) = match parts.as_slice() {
            [kind] => (None, None, *kind),
            [namespace, kind] => (None, Some(*namespace), *kind),
            [host, namespace, kind] => (Some(*host), Some(*namespace), *kind),
            _ => return Err(fault("it has the form [host/]namespace/type".into())),
        };
        if parts.iter().any(|part| part.is_empty()) {
            return Err(fault("none of its parts may be empty".into()));
        }
        let host = match host {
            Some(host) => normal_host(host).ok_or_else(|| fault(format!("\"{host}\" is no host name")))?,
            None => DEFAULT_REGISTRY.to_owned(),
        };
        let namespace = match namespace {
            // A dash meant "unspecified" in an early version, and is still in use.
            Some("-") => "-".to_owned(),
            Some(namespace) => Self::normal_part(namespace).map_err(|why| fault(why.0))?,
            None => DEFAULT_NAMESPACE.to_owned(),
        };
        let kind = Self::normal_part(kind).map_err(|why| fault(why.0))?;
        for prefix in ["terraform-provider-", "terraform-"] {
            if let Some(plain) = kind.strip_prefix(prefix)
                && !plain.is_empty()
            {
                let detail = format!("the type is written without the prefix \"{prefix}\", as \"{plain}\"");
                return Err(fault(detail));
            }
        }
        Ok(Self::new(host, namespace, kind))
    }

    /// A namespace or type in normal form. The error is a clause.
    pub fn normal_part(text: &str) -> Result<String, InvalidProviderAddress> {
        let fault = |why: &str| Err(InvalidProviderAddress(why.to_owned()));
        if text.is_empty() {
            return fault("a name must not be empty");
        }
        if text.contains("--") {
            return fault("a name must not have two dashes in a row");
        }
        if text.starts_with('-') || text.ends_with('-') {
            return fault("a name must not start or end with a dash");
        }
        if !text.chars().all(|c| c.is_alphanumeric() || c == '-') {
            return fault("a name may have letters, digits and dashes only");
        }
        Ok(text.to_lowercase())
    }

    /// The provider of a local name without an entry in `required_providers`.
    pub fn implied(local_name: &str) -> Self {
        if local_name == "terraform" { Self::builtin(local_name) } else { Self::default_for(local_name) }
    }

    /// Whether it is [`Self::builtin`] of that kind.
    pub fn is_builtin(&self, kind: &str) -> bool {
        &*self.host == BUILTIN_HOST && &*self.namespace == BUILTIN_NAMESPACE && &*self.kind == kind
    }

    /// Whether it is in the default namespace of the default registry.
    pub fn is_default(&self) -> bool {
        &*self.host == DEFAULT_REGISTRY && &*self.namespace == DEFAULT_NAMESPACE
    }

    /// The form people write, without the default host: `hashicorp/aws`.
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

/// The host in lower case, if it is valid.
fn normal_host(host: &str) -> Option<String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let valid = name.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok());
    valid.then(|| host.to_lowercase())
}
