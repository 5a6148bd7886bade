//! Prepares a project: fetches the modules that it calls, and checks the versions that it asks for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::address::ProviderAddress;
use crate::config::{self, Configuration, SourceTree, Version};
use crate::diag::{Diagnostic, Diagnostics};
use crate::provider;
use crate::source::install::{CliConfiguration, Installer, Request as Installation};
use crate::source::{Manifest, Tree};

pub use crate::source::install::{Fetching, How, Step};

/// What to prepare, and how.
pub struct Request<'a> {
    pub folder: &'a Path,
    /// Whether to fetch modules.
    pub modules: bool,
    /// Whether to fetch newer versions of modules that are there.
    pub upgrade: bool,
    /// The process environment: tokens, and the locations of tools' configuration.
    pub environment: Vec<(String, String)>,
    pub home: Option<PathBuf>,
    /// Called before each step that takes time.
    pub report: &'a (dyn Fn(&Fetching) + Sync),
}

/// What a prepared project consists of.
#[derive(Debug, Default)]
pub struct Ready {
    /// In the order of the calls.
    pub modules: Vec<Step>,
    pub providers: Vec<RequiredProvider>,
    /// The place the project names for its state: `backend "s3"`, `cloud`.
    pub state: Option<String>,
    /// Whether the directory has no configuration.
    pub is_empty: bool,
}

/// A provider that some module needs.
#[derive(Debug)]
pub struct RequiredProvider {
    pub address: ProviderAddress,
    /// All version constraints that modules put on it, without repetition.
    pub constraints: Vec<String>,
    /// The public release that it implements, if it is built in.
    pub release: Option<&'static str>,
    /// A built-in provider with a similar name.
    pub meant: Option<String>,
}

/// Fetches what is missing, and returns what the project consists of. Whatever could be fetched stays, even if
/// something else failed; running again continues from there.
pub fn run(request: &Request<'_>) -> (Ready, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let manifest = Manifest::read(request.folder).unwrap_or_else(|error| {
        let why = format!("{error}. All modules are fetched again.");
        diagnostics.push(Diagnostic::warning("List of modules cannot be used", why));
        Manifest::default()
    });
    let tree = Tree::new(request.folder, manifest.clone());
    let is_empty = tree.files(&tree.root()).0.is_empty();
    let (configuration, modules) = if request.modules {
        let settings =
            CliConfiguration::read(&request.environment, request.home.as_deref(), &mut diagnostics);
        let installer = Installer::new(Installation {
            project: request.folder,
            manifest,
            upgrade: request.upgrade,
            settings,
            report: request.report,
        });
        let (configuration, faults) = config::load(&installer);
        diagnostics.extend(faults);
        let modules = installer.finish(&mut diagnostics);
        (configuration, modules)
    } else {
        let (configuration, faults) = config::load(&tree);
        diagnostics.extend(faults);
        (configuration, Vec::new())
    };
    diagnostics.extend(unmet(&configuration));
    let ready =
        Ready { modules, providers: providers(&configuration), state: state(&configuration), is_empty };
    (ready, diagnostics)
}

/// Every provider that some module needs, with its version constraints, each once.
fn providers(configuration: &Configuration) -> Vec<RequiredProvider> {
    let needed = configuration.provider_requirements().into_iter();
    needed
        .map(|(address, constraints)| {
            let constraints: BTreeSet<String> = constraints.iter().map(ToString::to_string).collect();
            RequiredProvider {
                release: provider::release(&address),
                meant: provider::nearly(&address),
                constraints: constraints.into_iter().collect(),
                address,
            }
        })
        .collect()
}

/// Warns of constraints that a built-in provider does not meet: it implements one fixed release.
fn unmet(configuration: &Configuration) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (address, constraints) in configuration.provider_requirements() {
        let Some(release) = provider::release(&address) else { continue };
        let Ok(version) = Version::parse(release) else { continue };
        for asked in constraints.iter().filter(|asked| !asked.allows(&version)) {
            let why = format!(
                "{} is part of this program and does what release {release} does; \"{}\" asks for another one.",
                address.short(),
                asked.text
            );
            faults.push(Diagnostic::warning("Another release of a provider", why).at(asked.span.clone()));
        }
    }
    faults
}

fn state(configuration: &Configuration) -> Option<String> {
    let settings = &configuration.root().module.settings;
    let backend = settings.backend.as_ref().map(|backend| format!("backend \"{}\"", backend.kind));
    backend.or_else(|| settings.cloud.as_ref().map(|_| "cloud".to_owned()))
}
