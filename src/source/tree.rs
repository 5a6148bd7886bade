//! The directories of a project as a source tree.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{FileKind, InstalledModule, ModuleRequest, ModuleSource, SourceTree, Version};
use crate::diag::{Diagnostic, Diagnostics, Source, closest};

use super::manifest::Manifest;

/// A project on disk. Directories are named by their cleaned path from the current directory.
pub struct Tree {
    root: PathBuf,
    /// The directory that paths are really relative to.
    base: PathBuf,
    manifest: Manifest,
    /// The first name used for each real directory: a link leads to the same module as its target, and never in a
    /// circle.
    met: Mutex<HashMap<PathBuf, Arc<str>>>,
    /// The same by the name used, so that a module called a hundred times is resolved once.
    known: Mutex<HashMap<PathBuf, Arc<str>>>,
    /// Everything that was read.
    read: Mutex<Vec<Arc<Source>>>,
}

impl Tree {
    /// A project and the manifest of its installed modules.
    pub fn new(root: &Path, manifest: Manifest) -> Self {
        Self {
            root: cleaned(root),
            base: PathBuf::new(),
            manifest,
            met: Mutex::default(),
            known: Mutex::default(),
            read: Mutex::default(),
        }
    }

    /// A copy of a project: its files have the names of the project's files, and are read from elsewhere.
    pub fn copied(root: &Path, base: &Path, manifest: Manifest) -> Self {
        Self { base: base.to_path_buf(), ..Self::new(root, manifest) }
    }

    /// Everything that was read, in the order of reading.
    pub fn into_sources(self) -> Vec<Arc<Source>> {
        self.read.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The canonical name of a directory.
    pub(super) fn called(&self, directory: &Path) -> Arc<str> {
        let real = self.base.join(directory);
        let real = real.canonicalize().unwrap_or(real);
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(met.entry(real).or_insert_with(|| directory.to_string_lossy().into()))
    }

    /// [`Self::called`], if the directory exists.
    fn there(&self, directory: &Path) -> Option<Arc<str>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(directory) {
            return Some(Arc::clone(name));
        }
        let name = self.base.join(directory).is_dir().then(|| self.called(directory))?;
        known.insert(directory.to_path_buf(), Arc::clone(&name));
        Some(name)
    }

    /// Resolves a module by its relative path.
    pub(super) fn local(
        &self,
        request: &ModuleRequest<'_>,
        path: &str,
    ) -> Result<InstalledModule, Diagnostics> {
        let directory = cleaned(&Path::new(request.caller).join(path));
        if let Some(directory) = self.there(&directory) {
            return Ok(InstalledModule { directory, version: None });
        }
        let why = format!("There is no directory {} for the module to be in.", directory.display());
        let fault = Diagnostic::error("Module not found", why).at(request.source_span.clone());
        Err(match self.beside(&directory, path) {
            Some(meant) => fault.hint(meant).into(),
            None => fault.into(),
        })
    }

    /// Suggests a directory with a similar name for one that does not exist.
    fn beside(&self, directory: &Path, written: &str) -> Option<String> {
        let (parent, name) = (directory.parent()?, directory.file_name()?.to_str()?);
        let entries = std::fs::read_dir(self.base.join(parent)).ok()?.flatten();
        let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let meant = closest(name, names.iter().map(String::as_str))?;
        Some(format!("Did you mean \"{}\"?", Path::new(written).with_file_name(meant).display()))
    }

    /// Resolves an installed module, by its entry in the manifest.
    pub(super) fn installed(
        &self,
        request: &ModuleRequest<'_>,
        manifest: &Manifest,
    ) -> Result<InstalledModule, Diagnostics> {
        let key = request.path.calls().join(".");
        let absent = |why: String| -> Diagnostics {
            Diagnostic::error("Module not installed", why)
                .at(request.call_span.clone())
                .hint("Run terrace init to install the modules that the project calls.")
                .into()
        };
        let Some(entry) = manifest.entries.get(&key) else {
            return Err(absent(
                "The module's source is elsewhere, and it has not been brought here yet.".into(),
            ));
        };
        if entry.source != request.source.to_string() {
            return Err(absent(format!(
                "What is installed came from {}, which is not what the call says now.",
                entry.source
            )));
        }
        let version = entry.version.as_deref().and_then(|version| Version::parse(version).ok());
        if let (Some(wanted), Some(version)) = (request.version, &version)
            && !wanted.allows(version)
        {
            return Err(absent(format!("Version {version} is installed, and the call asks for another.")));
        }
        let directory = cleaned(&self.root.join(&entry.directory));
        match self.there(&directory) {
            Some(directory) => Ok(InstalledModule { directory, version }),
            None => Err(absent(format!(
                "The directory {} that it was installed in is gone.",
                directory.display()
            ))),
        }
    }
}

impl SourceTree for Tree {
    fn root(&self) -> Arc<str> {
        self.called(&self.root)
    }

    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let folder = Path::new(directory);
        let entries =
            std::fs::read_dir(self.base.join(folder)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let why = format!("Reading {} failed: {error}.", folder.display());
                diagnostics.push(Diagnostic::error("Directory cannot be read", why));
                return (Vec::new(), diagnostics);
            }
        };
        let counts = |entry: &std::fs::DirEntry| FileKind::of(&entry.file_name().to_string_lossy()).is_some();
        let mut names: Vec<PathBuf> = entries
            .iter()
            .filter(|entry| counts(entry))
            .filter(|entry| !entry.path().is_dir())
            .map(|entry| folder.join(entry.file_name()))
            .collect();
        names.sort();
        let sources = names
            .iter()
            .filter_map(|path| super::files::read_copied(&cleaned(path), &self.base, &mut diagnostics))
            .collect::<Vec<_>>();
        self.read.lock().unwrap_or_else(PoisonError::into_inner).extend(sources.iter().cloned());
        (sources, diagnostics)
    }

    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        match request.source {
            ModuleSource::Local(path) => self.local(request, path),
            _ => self.installed(request, &self.manifest),
        }
    }
}

/// Removes `.` and resolves `..` as far as the text allows; `.` if nothing is left.
pub(super) fn cleaned(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}
