//! A project opened: its configuration, with everything that was found on the way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Configuration};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::functions::{self, Setting, Table};
use crate::eval::{Evaluator, Objects, Place, Purpose};
use crate::source::{Machine, Manifest, Tree};
use crate::value::{Name, Value};

/// The environment of a project that has not been given any.
const DEFAULT_ENVIRONMENT: &str = "default";

/// A configuration that has been read.
pub(super) struct Project {
    pub(super) configuration: Configuration,
    folder: PathBuf,
}

impl Project {
    /// Reads the configuration of a directory. What it holds is incomplete where the diagnostics say so.
    pub(super) fn open(folder: &Path) -> (Self, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let manifest = Manifest::read(folder).unwrap_or_else(|error| {
            diagnostics.push(
                Diagnostic::error("List of modules cannot be used", format!("{error}."))
                    .hint("Run terrace init to make it anew."),
            );
            Manifest::default()
        });
        let (configuration, faults) = config::load(&Tree::new(folder, manifest));
        diagnostics.extend(faults);
        (Self { configuration, folder: folder.to_path_buf() }, diagnostics)
    }

    /// Something that works out values of this project.
    pub(super) fn evaluator<'p>(
        &'p self,
        purpose: Purpose,
        functions: Table,
        objects: &'p dyn Objects,
        inputs: BTreeMap<Name, Value>,
    ) -> Evaluator<'p> {
        let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let place = Place {
            current: current.to_string_lossy().into_owned(),
            root: self.folder.to_string_lossy().into_owned(),
            environment: DEFAULT_ENVIRONMENT.to_owned(),
        };
        Evaluator::new(&self.configuration, purpose, place, functions, objects, inputs)
    }
}

/// What expressions are evaluated for, which decides over functions whose answer differs from call to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Looking at a configuration without running anything.
    Validation,
    /// A configuration's own expressions while somebody tries others against it.
    Values,
    /// What somebody tries.
    Console,
}

/// The functions of the language on this machine.
pub(super) fn functions(wanted: Use) -> Table {
    functions::table(&Setting {
        world: Arc::new(Machine::default()),
        base: PathBuf::from("."),
        console: wanted == Use::Console,
        deferred: wanted == Use::Validation,
    })
}
