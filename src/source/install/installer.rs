//! The installer: a source tree that fetches missing modules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{InstalledModule, ModuleRequest, ModuleSource, SourceTree, Version};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::source::manifest::{FOLDER, Manifest, ManifestEntry};
use crate::source::tree::{Tree, cleaned};
use crate::syntax::is_identifier;

use super::credentials::CliConfiguration;
use super::fault::{FetchError, shown};
use super::package::{self, Context};
use super::registry::{self, Module, Registries};
use super::shelf::Shelf;
use super::web::Web;
use super::{file, subdirectory};

/// What to install, and how.
pub struct Request<'a> {
    pub project: &'a Path,
    /// The modules that are installed already.
    pub manifest: Manifest,
    /// Whether to fetch everything again.
    pub upgrade: bool,
    pub settings: CliConfiguration,
    /// Called before each step that takes time.
    pub report: &'a (dyn Fn(&Fetching) + Sync),
}

/// A fetch that is about to begin.
#[derive(Debug)]
pub struct Fetching {
    /// The calls that lead to the module, separated by dots.
    pub key: String,
    /// The address without secrets.
    pub address: String,
    pub version: Option<String>,
}

/// A module that has been resolved.
#[derive(Clone, Debug)]
pub struct Step {
    pub key: String,
    /// Without secrets.
    pub source: String,
    pub version: Option<String>,
    pub directory: String,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is part of the calling module's package.
    Local,
    /// It was installed already.
    Kept,
    Fetched,
}

/// Resolves every call, and installs the modules that need it.
pub struct Installer<'a> {
    tree: Tree,
    project: &'a Path,
    upgrade: bool,
    settings: CliConfiguration,
    report: &'a (dyn Fn(&Fetching) + Sync),
    web: Web,
    work: Mutex<Work>,
}

/// The mutable state of an installation.
#[derive(Default)]
struct Work {
    manifest: Manifest,
    steps: Vec<Step>,
    shelf: Option<Shelf>,
    registries: Registries,
    versions: BTreeMap<Module, Result<Arc<Vec<Version>>, Arc<FetchError>>>,
    locations: BTreeMap<(Module, String), String>,
    /// Packages fetched in this run, by address: each is fetched once, even if that fails.
    packages: BTreeMap<String, Result<PathBuf, Arc<FetchError>>>,
}

/// A package to fetch, and the directory in it that holds the module.
struct Wanted {
    package: String,
    subdirectory: Option<String>,
    version: Option<String>,
}

impl<'a> Installer<'a> {
    pub fn new(request: Request<'a>) -> Self {
        Self {
            tree: Tree::new(request.project, Manifest::default()),
            project: request.project,
            upgrade: request.upgrade,
            settings: request.settings,
            report: request.report,
            web: Web::default(),
            work: Mutex::new(Work { manifest: request.manifest, ..Work::default() }),
        }
    }

    /// Writes the manifest, and returns what was done in the order of the calls.
    pub fn finish(self, diagnostics: &mut Diagnostics) -> Vec<Step> {
        let mut work = self.work.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !work.steps.is_empty()
            && let Err(error) = work.write(self.project)
        {
            let why = format!("What was installed could not be written down: {error}.");
            diagnostics.push(Diagnostic::error("List of modules not written", why));
        }
        work.steps
    }

    fn local(
        &self,
        request: &ModuleRequest<'_>,
        path: &str,
        key: &str,
    ) -> Result<InstalledModule, Diagnostics> {
        let installed =
            self.tree.local(request, path).map_err(|faults| explain_escape(faults, request, path))?;
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        // The calling module's name in the manifest: the tree may know it by another name of the same directory.
        let caller = request.path.parent().map(|(caller, _)| caller.calls().join(".")).unwrap_or_default();
        let caller = work.manifest.entries.get(&caller).map_or("", |entry| entry.directory.as_str());
        let directory = self.followed(&cleaned(&self.project.join(caller).join(path)));
        work.record(key, request.source, None, &directory, How::Local);
        Ok(installed)
    }

    fn remote(&self, request: &ModuleRequest<'_>, key: &str) -> Result<InstalledModule, Diagnostics> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.upgrade
            && let Ok(installed) = self.tree.installed(request, &work.manifest)
        {
            work.keep(key);
            return Ok(installed);
        }
        let (directory, version) = self.install(request, key, &mut work).map_err(|error| {
            let hint = error.hint();
            let why = format!("Module {key} comes from {}: {error}.", shown(&request.source.to_string()));
            let mut fault =
                Diagnostic::error("Module cannot be installed", why).at(request.source_span.clone());
            fault.hint = hint;
            Diagnostics::from(fault)
        })?;
        let relative = self.relative(&directory);
        work.record(key, request.source, version.clone(), &relative, How::Fetched);
        if let Err(error) = work.write(self.project) {
            let why = format!("Module {key} was fetched, and that could not be written down: {error}.");
            return Err(Diagnostic::error("List of modules not written", why).into());
        }
        let version = version.as_deref().and_then(|version| Version::parse(version).ok());
        Ok(InstalledModule { directory: self.tree.called(&directory), version })
    }

    /// Fetches and installs a module; returns its directory and version.
    fn install(
        &self,
        request: &ModuleRequest<'_>,
        key: &str,
        work: &mut Work,
    ) -> Result<(PathBuf, Option<String>), Shared> {
        let wanted = self.wanted(request, key, work)?;
        work.refuse_circle(key, request.source, wanted.version.as_deref())?;
        let shelf = match work.shelf.take() {
            Some(shelf) => shelf,
            None => Shelf::open(self.project)?,
        };
        let placed = self.place(&wanted, key, work, &shelf);
        work.shelf = Some(shelf);
        Ok((placed?, wanted.version))
    }

    fn place(&self, wanted: &Wanted, key: &str, work: &mut Work, shelf: &Shelf) -> Result<PathBuf, Shared> {
        let workplace = shelf.workplace()?;
        let package = workplace.path().join("package");
        match work.packages.get(&wanted.package) {
            Some(Ok(first)) if !first.is_symlink() => file::copy(first, &package)?,
            Some(Err(error)) => return Err(Shared(Arc::clone(error))),
            _ => {
                let context = Context {
                    web: &self.web,
                    settings: &self.settings,
                    beside: workplace.path(),
                    indirections: 0,
                };
                if let Err(error) = package::fetch(&wanted.package, &package, context) {
                    let error = Arc::new(error);
                    work.packages.insert(wanted.package.clone(), Err(Arc::clone(&error)));
                    return Err(Shared(error));
                }
            }
        }
        let inside = subdirectory::find(&package, wanted.subdirectory.as_deref().unwrap_or_default())?;
        // Until the new package is in place, the manifest must not name the old one.
        if work.forget(key) {
            work.write(self.project).map_err(|error| FetchError::Unsupported(error.to_string()))?;
        }
        let place = shelf.put(&package, key, &workplace)?;
        work.packages.entry(wanted.package.clone()).or_insert_with(|| Ok(place.clone()));
        Ok(cleaned(&place.join(inside)))
    }

    /// The package that a call asks for. For a registry, this asks for the version and its location.
    fn wanted(&self, request: &ModuleRequest<'_>, key: &str, work: &mut Work) -> Result<Wanted, Shared> {
        let report = |address: &str, version: Option<&str>| {
            (self.report)(&Fetching {
                key: key.to_owned(),
                address: shown(address),
                version: version.map(str::to_owned),
            });
        };
        match request.source {
            ModuleSource::Local(_) => Err(FetchError::Unsupported("it is not fetched".into()).into()),
            ModuleSource::Remote { package, subdirectory } => {
                report(package, None);
                Ok(Wanted {
                    package: package.to_string(),
                    subdirectory: subdirectory.as_ref().map(ToString::to_string),
                    version: None,
                })
            }
            ModuleSource::Registry { host, namespace, name, system, subdirectory } => {
                let module = Module { host: host.to_string(), path: format!("{namespace}/{name}/{system}") };
                let versions = self.versions(&module, work)?;
                let version = registry::choose(&versions, request.version)?.to_string();
                report(&format!("{}/{}", module.host, module.path), Some(&version));
                let located = (module, version.clone());
                let location = match work.locations.get(&located) {
                    Some(known) => known.clone(),
                    None => work.registries.location(&located.0, &version, &self.web, &self.settings)?,
                };
                work.locations.insert(located, location.clone());
                match ModuleSource::parse(&location) {
                    Ok(ModuleSource::Remote { package, subdirectory: above }) => Ok(Wanted {
                        package: package.to_string(),
                        subdirectory: match (above, subdirectory) {
                            (Some(above), Some(below)) => Some(format!("{above}/{below}")),
                            (one, other) => one.as_ref().or(other.as_ref()).map(ToString::to_string),
                        },
                        version: Some(version),
                    }),
                    _ => Err(FetchError::Answer {
                        address: host.to_string(),
                        why: format!("\"{}\" is no address of a package", shown(&location)),
                    }
                    .into()),
                }
            }
        }
    }

    fn versions(&self, module: &Module, work: &mut Work) -> Result<Arc<Vec<Version>>, Shared> {
        if let Some(known) = work.versions.get(module) {
            return known.clone().map_err(Shared);
        }
        let asked =
            work.registries.versions(module, &self.web, &self.settings).map(Arc::new).map_err(Arc::new);
        work.versions.insert(module.clone(), asked.clone());
        asked.map_err(Shared)
    }

    /// A directory relative to the project, as the manifest has it.
    fn relative(&self, directory: &Path) -> String {
        let project = cleaned(self.project);
        let path = directory.strip_prefix(&project).unwrap_or(directory);
        let path = path.to_string_lossy().replace('\\', "/");
        if path.is_empty() { ".".to_owned() } else { path }
    }

    /// As [`Self::relative`], with links resolved.
    fn followed(&self, directory: &Path) -> String {
        let project = cleaned(self.project);
        let text = directory.strip_prefix(&project).unwrap_or(directory);
        match (directory.canonicalize(), project.canonicalize()) {
            (Ok(real), Ok(base)) if cleaned(&base.join(text)) != real => {
                self.relative(real.strip_prefix(&base).unwrap_or(&real))
            }
            _ => self.relative(directory),
        }
    }
}

impl SourceTree for Installer<'_> {
    fn root(&self) -> Arc<str> {
        self.tree.root()
    }

    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        self.tree.files(directory)
    }

    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        // Calls become directory names, so they must be identifiers; others have been reported.
        if !request.path.calls().iter().all(|call| is_identifier(call)) {
            return Err(Diagnostics::new());
        }
        let key = request.path.calls().join(".");
        match request.source {
            ModuleSource::Local(path) => self.local(request, path, &key),
            _ => self.remote(request, &key),
        }
    }
}

impl Work {
    fn record(
        &mut self,
        key: &str,
        source: &ModuleSource,
        version: Option<String>,
        directory: &str,
        how: How,
    ) {
        let entry = ManifestEntry {
            key: key.to_owned(),
            source: source.to_string(),
            version,
            directory: directory.to_owned(),
        };
        self.step(&entry, how);
        self.manifest.entries.insert(key.to_owned(), entry);
    }

    fn keep(&mut self, key: &str) {
        if let Some(entry) = self.manifest.entries.get(key).cloned() {
            self.step(&entry, How::Kept);
        }
    }

    fn step(&mut self, entry: &ManifestEntry, how: How) {
        self.steps.push(Step {
            key: entry.key.clone(),
            source: shown(&entry.source),
            version: entry.version.clone(),
            directory: entry.directory.clone(),
            how,
        });
    }

    /// Refuses a module that calls itself, which would be fetched without end, each time into another directory.
    fn refuse_circle(
        &self,
        key: &str,
        source: &ModuleSource,
        version: Option<&str>,
    ) -> Result<(), FetchError> {
        let source = source.to_string();
        let callers =
            key.match_indices('.').filter_map(|(dot, _)| self.manifest.entries.get(key.get(..dot)?));
        let mut same =
            callers.filter(|caller| caller.source == source && caller.version.as_deref() == version);
        same.next().map_or(Ok(()), |caller| {
            let why = format!(
                "it is the same as {}, which it is called from, so the calls would never end",
                caller.key
            );
            Err(FetchError::Unsupported(why))
        })
    }

    /// Removes a module and those it calls from the manifest; returns whether it was there.
    fn forget(&mut self, key: &str) -> bool {
        let below = format!("{key}.");
        self.manifest.entries.retain(|known, _| !known.starts_with(&below));
        self.manifest.entries.remove(key).is_some()
    }

    fn write(&mut self, project: &Path) -> Result<(), super::super::ManifestError> {
        let root = ManifestEntry {
            key: String::new(),
            source: String::new(),
            version: None,
            directory: ".".to_owned(),
        };
        self.manifest.entries.insert(String::new(), root);
        self.manifest.write(project)
    }
}

/// An error that several calls may share.
struct Shared(Arc<FetchError>);

impl From<FetchError> for Shared {
    fn from(error: FetchError) -> Self {
        Self(Arc::new(error))
    }
}

impl std::ops::Deref for Shared {
    type Target = FetchError;
    fn deref(&self) -> &FetchError {
        &self.0
    }
}

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Explains a path that leads out of the fetched package, where its author has no files.
fn explain_escape(mut faults: Diagnostics, request: &ModuleRequest<'_>, path: &str) -> Diagnostics {
    let caller = Path::new(request.caller).to_string_lossy().replace('\\', "/");
    let depth = caller.split_once(FOLDER).map(|(_, inside)| inside.split('/').skip(2).count());
    let up = path.split('/').filter(|step| *step == "..").count();
    if depth.is_some_and(|depth| up > depth) {
        for fault in faults.iter_mut() {
            fault.hint = Some(
                "The path leads out of the package that the calling module came in; what is outside was not fetched."
                    .to_owned(),
            );
        }
    }
    faults
}
