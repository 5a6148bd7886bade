//! The location of a module, as a call names it.

use std::fmt;

use crate::address::DEFAULT_REGISTRY;
use crate::value::Name;

mod remote;
#[cfg(test)]
mod tests;

/// The `source` of a module call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModuleSource {
    /// A cleaned path relative to the calling module, beginning with `./` or `../`.
    Local(Name),
    /// A module of a registry.
    Registry { host: Name, namespace: Name, name: Name, system: Name, subdirectory: Option<Name> },
    /// Anything else: git, archives and other tools. `package` begins with the tool that fetches it, as Terraform
    /// writes it.
    Remote { package: Name, subdirectory: Option<Name> },
}

impl ModuleSource {
    /// Parses a source without a `version` argument. The error is a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if is_local(text) {
            let path = clean(&text.replace('\\', "/"));
            // "./." and "./.." look odd, but are what Terraform writes into the module manifest.
            let prefixed = match path.as_str() {
                "" => "./.".to_owned(),
                path if path.starts_with("../") => path.to_owned(),
                path => format!("./{path}"),
            };
            return Ok(Self::Local(prefixed.into()));
        }
        if let Ok(registry) = Self::parse_registry(text) {
            return Ok(registry);
        }
        let remote = remote::parse(text)?;
        let subdirectory = remote.subdirectory.map(Into::into);
        Ok(Self::Remote { package: remote.package.into(), subdirectory })
    }

    /// Parses a source with a `version` argument, which only registries support.
    pub fn parse_registry(text: &str) -> Result<Self, String> {
        if is_local(text) {
            return Err("a local path has no versions; leave \"version\" out".into());
        }
        let (package, subdirectory) = split_subdirectory(text);
        if subdirectory.as_deref().is_some_and(|path| path == ".." || path.starts_with("../")) {
            return Err("the path after // leads out of the module's package".into());
        }
        let parts: Vec<&str> = package.split('/').collect();
        let (host, rest) = match parts.as_slice() {
            [host, rest @ ..] if rest.len() == 3 => (registry_host(host)?, rest),
            rest if rest.len() == 3 => (DEFAULT_REGISTRY.to_owned(), rest),
            _ => {
                return Err(
                    "a registry address has three parts, namespace/name/system, or four with a host".into()
                );
            }
        };
        let [namespace, name, system] = rest else {
            return Err("a registry address has three parts".into());
        };
        if !is_registry_name(namespace) || !is_registry_name(name) {
            return Err("its namespace and name may have letters, digits, dashes and underscores".into());
        }
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if system.is_empty() || system.len() > 64 || !system.chars().all(lower) {
            return Err("its last part may have lower-case letters and digits only".into());
        }
        Ok(Self::Registry {
            host: host.into(),
            namespace: (*namespace).into(),
            name: (*name).into(),
            system: (*system).into(),
            subdirectory: subdirectory.filter(|path| !path.is_empty()).map(Into::into),
        })
    }
}

impl fmt::Display for ModuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Registry { host, namespace, name, system, subdirectory } => {
                write!(f, "{host}/{namespace}/{name}/{system}")?;
                subdirectory.as_ref().map_or(Ok(()), |path| write!(f, "//{path}"))
            }
            Self::Remote { package, subdirectory: None } => f.write_str(package),
            Self::Remote { package, subdirectory: Some(path) } => {
                let (address, query) = package.split_at(package.find('?').unwrap_or(package.len()));
                write!(f, "{address}//{path}{query}")
            }
        }
    }
}

fn is_local(text: &str) -> bool {
    ["./", "../", ".\\", "..\\"].iter().any(|prefix| text.starts_with(prefix))
}

/// The host of a registry; hosts that are known to hold repositories are excluded.
fn registry_host(host: &str) -> Result<String, String> {
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let labels_are_valid =
        name.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let port_is_valid = port.is_none_or(|port| port.parse::<u16>().is_ok());
    if !name.contains('.') || !name.chars().all(valid) || !labels_are_valid || !port_is_valid {
        return Err(format!("\"{host}\" is not the name of a host"));
    }
    let host = host.to_lowercase();
    if matches!(host.as_str(), "github.com" | "gitlab.com" | "bitbucket.org") {
        return Err(format!("{host} holds repositories and is no module registry"));
    }
    Ok(host)
}

fn is_registry_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let edge = |c: char| c.is_ascii_alphanumeric();
    (1..=64).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(edge)
        && text.ends_with(edge)
}

/// Splits a package, including its parameters, from the cleaned path after a `//` that is not part of a scheme.
fn split_subdirectory(text: &str) -> (String, Option<String>) {
    let query = text.find('?').unwrap_or(text.len());
    let (address, query) = text.split_at(query);
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    match address.get(after_scheme..).and_then(|rest| rest.split_once("//")) {
        Some((package, path)) => {
            let scheme = address.get(..after_scheme).unwrap_or_default();
            (format!("{scheme}{package}{query}"), Some(clean(path)))
        }
        None => (text.to_owned(), None),
    }
}

/// A path without `.`, empty steps, and resolvable `..`.
fn clean(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
