//! What a configuration is read from.

use std::sync::Arc;

use crate::address::ModulePath;
use crate::diag::{Diagnostics, Source, Span};

use super::{ModuleSource, Version, VersionConstraints};

/// Files as data: an implementation reads the disk, and this room never does.
///
/// Directories are identified by texts that only the implementation understands. Equal texts mean the same directory:
/// it is read and decoded once, however many calls lead to it, and a call that leads back to a directory on its path is
/// a cycle.
pub trait SourceTree: Sync {
    /// The directory of the root module.
    fn root(&self) -> Arc<str>;

    /// The files of a directory that [`FileKind::of`] recognises, in the order of their names. A file that could not be
    /// read is left out and reported in the diagnostics.
    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics);

    /// The location of the module that a call asks for; diagnostics if it is not installed or does not exist.
    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics>;
}

/// A module that a call asks for.
#[derive(Debug)]
pub struct ModuleRequest<'a> {
    /// The path of the requested module, including the call.
    pub path: &'a ModulePath,
    /// The directory of the calling module.
    pub caller: &'a str,
    pub source: &'a ModuleSource,
    pub source_span: &'a Span,
    pub version: Option<&'a VersionConstraints>,
    /// The header of the call.
    pub call_span: &'a Span,
}

/// The location of a module.
#[derive(Clone, Debug)]
pub struct InstalledModule {
    pub directory: Arc<str>,
    /// The chosen version of a module from a registry.
    pub version: Option<Version>,
}

/// The role of a file in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    pub syntax: Syntax,
    /// `override.tf` and `*_override.tf` change what the others declare.
    pub overrides: bool,
}

/// Which of the language's two syntaxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Native,
    Json,
}

impl FileKind {
    /// The kind by the file name (without directories); `None` for files that are not part of a module, such as hidden
    /// files and editors' backups.
    pub fn of(name: &str) -> Option<Self> {
        let left_by_editor = name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
        if name.starts_with('.') || left_by_editor {
            return None;
        }
        let (base, syntax) = match (name.strip_suffix(".tf"), name.strip_suffix(".tf.json")) {
            (Some(base), _) => (base, Syntax::Native),
            (None, Some(base)) => (base, Syntax::Json),
            (None, None) => return None,
        };
        Some(Self { syntax, overrides: base == "override" || base.ends_with("_override") })
    }
}
