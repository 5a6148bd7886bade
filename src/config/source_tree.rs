//! What a configuration is read from.

use std::sync::Arc;

use crate::address::ModulePath;
use crate::diag::{Diagnostics, Source, Span};

use super::{ModuleSource, Version, VersionConstraints};

/// Files as data: who implements it has read, or reads, the disk; this room never does.
///
/// Directories are known by a text that only the implementer understands, but equal texts mean the same
/// directory: each is read and decoded once, however many calls lead to it, and a call that leads back to a
/// directory that it came from is a cycle.
pub trait SourceTree: Sync {
    /// The directory of the root module.
    fn root(&self) -> Arc<str>;

    /// The files of a directory that [`FileKind::of`] says count, in the order of their names. A file that
    /// could not be read is left out, and the second part says so.
    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics);

    /// Where the module is that a call asks for; faults where it is not installed or does not exist.
    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics>;
}

/// A module that a call asks for.
#[derive(Debug)]
pub struct ModuleRequest<'a> {
    /// The path of the module that is asked for, its call last.
    pub path: &'a ModulePath,
    /// The directory of the calling module.
    pub caller: &'a str,
    pub source: &'a ModuleSource,
    pub source_span: &'a Span,
    pub version: Option<&'a VersionConstraints>,
    /// The header of the call.
    pub call_span: &'a Span,
}

/// Where a module was found.
#[derive(Clone, Debug)]
pub struct InstalledModule {
    pub directory: Arc<str>,
    /// The chosen version of a module from a registry.
    pub version: Option<Version>,
}

/// How a file takes part in a module.
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
    /// What a file name (without directories) says; none for files that are no part of a module, among them
    /// hidden files and what editors leave behind.
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
