//! Module registries: lists versions, and finds the location of a version.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use crate::config::{LANGUAGE_VERSION, Version, VersionConstraints};

use super::credentials::CliConfiguration;
use super::fault::{FetchError, shown};
use super::http;
use super::web::Web;

const SERVICE: &str = "modules.v1";

/// A module of a registry, without a subdirectory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Module {
    pub host: String,
    /// `namespace/name/system`
    pub path: String,
}

/// The registries used in a run.
#[derive(Default)]
pub(super) struct Registries {
    services: BTreeMap<String, Url>,
}

/// The list of versions of a module.
#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    modules: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    versions: Vec<ListedVersion>,
}

#[derive(Deserialize)]
struct ListedVersion {
    version: String,
}

impl Registries {
    /// The versions of a module, oldest first. Texts that are not versions are left out.
    pub(super) fn versions(
        &mut self,
        module: &Module,
        web: &Web,
        settings: &CliConfiguration,
    ) -> Result<Vec<Version>, FetchError> {
        let address = self.address(module, "versions", web, settings)?;
        let answer = web.get(&address, &borrowed(&headers(&module.host, settings)));
        let answer = answer.map_err(|error| match error {
            FetchError::Status { status: 404, .. } => FetchError::Versions(format!(
                "the registry at {} knows no module {}, or shows it only to others",
                module.host, module.path
            )),
            error => error,
        })?;
        let listed: Versions = answer.json()?;
        let listed = listed.modules.into_iter().take(1).flat_map(|module| module.versions);
        let mut versions: Vec<Version> =
            listed.filter_map(|listed| Version::parse(&listed.version).ok()).collect();
        versions.sort();
        Ok(versions)
    }

    /// The package address of a version.
    pub(super) fn location(
        &mut self,
        module: &Module,
        version: &str,
        web: &Web,
        settings: &CliConfiguration,
    ) -> Result<String, FetchError> {
        let address = self.address(module, &format!("{version}/download"), web, settings)?;
        let answer = web.get(&address, &borrowed(&headers(&module.host, settings)))?;
        let Some(named) = answer.header("X-Terraform-Get") else {
            return Err(FetchError::Answer {
                address: shown(address.as_str()),
                why: "the header X-Terraform-Get, which says where the module is, is missing".into(),
            });
        };
        Ok(http::absolute(named, &answer.address))
    }

    fn address(
        &mut self,
        module: &Module,
        rest: &str,
        web: &Web,
        settings: &CliConfiguration,
    ) -> Result<Url, FetchError> {
        let service = self.service(&module.host, web, settings)?;
        service
            .join(&format!("{}/{rest}", module.path))
            .map_err(|error| FetchError::Address { address: shown(service.as_str()), why: error.to_string() })
    }

    /// The address of a host's registry service, discovered once.
    fn service(&mut self, host: &str, web: &Web, settings: &CliConfiguration) -> Result<Url, FetchError> {
        if let Some(known) = self.services.get(host) {
            return Ok(known.clone());
        }
        let none = || FetchError::Versions(format!("{host} is no registry of modules"));
        let mut service = match settings.service(host, SERVICE) {
            Some(given) => parse(given.ok_or_else(none)?)?,
            None => {
                let address = parse(&format!("https://{host}/.well-known/terraform.json"))?;
                let answer =
                    web.get(&address, &borrowed(&headers(host, settings))).map_err(|error| match error {
                        FetchError::Status { status: 404, .. } => none(),
                        error => error,
                    })?;
                let base = answer.address.clone();
                let offered: BTreeMap<String, serde_json::Value> = answer.json()?;
                let named = offered.get(SERVICE).and_then(serde_json::Value::as_str).ok_or_else(none)?;
                base.join(named)
                    .map_err(|error| FetchError::Address { address: shown(named), why: error.to_string() })?
            }
        };
        if !service.path().ends_with('/') {
            service.set_path(&format!("{}/", service.path()));
        }
        self.services.insert(host.to_owned(), service.clone());
        Ok(service)
    }
}

/// The newest version that the constraints allow. A prerelease is only chosen if it is named exactly.
pub(super) fn choose<'a>(
    versions: &'a [Version],
    wanted: Option<&VersionConstraints>,
) -> Result<&'a Version, FetchError> {
    let is_candidate =
        |version: &Version| !version.is_prerelease() || wanted.is_some_and(|wanted| wanted.names(version));
    let allowed = |version: &Version| wanted.is_none_or(|wanted| wanted.allows(version));
    let candidates = || versions.iter().rev().filter(|version| is_candidate(version));
    candidates().find(|version| allowed(version)).ok_or_else(|| {
        let newest: Vec<String> = candidates().take(5).map(ToString::to_string).collect();
        FetchError::Versions(match (wanted, newest.is_empty()) {
            (_, true) => "the registry lists no version of it that is no prerelease".to_owned(),
            (Some(wanted), false) => {
                format!(
                    "no version of it meets \"{wanted}\"; the newest that there are: {}",
                    newest.join(", ")
                )
            }
            (None, false) => "the registry lists no version of it".to_owned(),
        })
    })
}

fn parse(address: &str) -> Result<Url, FetchError> {
    Url::parse(address)
        .map_err(|error| FetchError::Address { address: shown(address), why: error.to_string() })
}

fn headers(host: &str, settings: &CliConfiguration) -> Vec<(&'static str, String)> {
    let mut headers = vec![("X-Terraform-Version", LANGUAGE_VERSION.to_owned())];
    headers.extend(settings.authorization(host).map(|token| ("Authorization", token)));
    headers
}

fn borrowed<'a>(headers: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
