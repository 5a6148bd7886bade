//! A project: its configuration, and everything found while reading it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::config::{self, Configuration, Variable};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::environment::{Chosen, Definitions};
use crate::eval::functions::{self, Setting, Table};
use crate::eval::validate::{check_inputs, validate};
use crate::eval::{Evaluator, NothingKnown, Objects, Place, Purpose};
use crate::provider;
use crate::source::{Machine, Manifest, Reads, Tree};
use crate::value::{Name, Value};

use super::inputs::{Inputs, NAME_VARIABLE};
use super::run::Question;
use super::validate::Known;
use super::{environment, wrong_folder};

/// A configuration that has been read.
pub(super) struct Project {
    pub(super) configuration: Configuration,
    /// What `terrace.hcl` says, where there is one.
    pub(super) definitions: Option<Definitions>,
    folder: PathBuf,
    /// The folder of a kept copy, if the files are read from there.
    copy: Option<PathBuf>,
    sources: Vec<Arc<Source>>,
    reads: Reads,
    digest: OnceLock<String>,
}

impl Project {
    /// Reads the configuration of a directory. With errors among the diagnostics it is incomplete.
    pub(super) fn open(folder: &Path) -> (Self, Diagnostics) {
        Self::open_copy(folder, None)
    }

    /// Reads the configuration of a directory, or of its kept copy.
    fn open_copy(folder: &Path, copy: Option<&Path>) -> (Self, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let there = copy.map_or_else(|| folder.to_path_buf(), |copy| copy.join(folder));
        let manifest = Manifest::read(&there).unwrap_or_else(|error| {
            diagnostics.push(
                Diagnostic::error("List of modules cannot be used", format!("{error}."))
                    .hint("Run terrace init to make it anew."),
            );
            Manifest::default()
        });
        let tree = match copy {
            Some(copy) => Tree::copied(folder, copy, manifest),
            None => Tree::new(folder, manifest),
        };
        let (configuration, faults) = config::load(&tree);
        diagnostics.extend(faults);
        let definitions = environment::definitions(&there, &mut diagnostics);
        if definitions.is_none()
            && let Some(meant) = wrong_folder::misspelled(&there)
        {
            let why =
                format!("{meant} is not read: environments are declared in {}.", crate::environment::FILE);
            diagnostics.push(Diagnostic::warning("File that nothing reads", why).hint("Rename it."));
        }
        if let Some(definitions) = definitions.as_ref().filter(|_| !diagnostics.has_errors()) {
            let variables = &configuration.root().module.variables;
            let variables: Vec<&str> = variables.keys().map(AsRef::as_ref).collect();
            diagnostics.extend(parameters_of_nothing(definitions, &variables));
        }
        (
            Self {
                configuration,
                definitions,
                folder: folder.to_path_buf(),
                copy: copy.map(Path::to_path_buf),
                sources: tree.into_sources(),
                reads: Reads::default(),
                digest: OnceLock::new(),
            },
            diagnostics,
        )
    }

    /// The environment name to check with when none is chosen: empty, and so unknown, if there may be several.
    pub(super) fn any_environment(&self) -> &'static str {
        if self.definitions.is_some() { "" } else { EnvironmentName::DEFAULT }
    }

    /// Reads the configuration of a directory, and checks all that can be checked without inputs, in one environment or
    /// in any.
    pub(super) fn checked(folder: &Path, environment: Option<&str>) -> (Self, Diagnostics) {
        Self::checked_copy((folder, None), environment)
    }

    /// [`Self::checked`], for a directory or its kept copy.
    pub(super) fn checked_copy(
        (folder, copy): (&Path, Option<&Path>),
        environment: Option<&str>,
    ) -> (Self, Diagnostics) {
        let (project, mut diagnostics) = Self::open_copy(folder, copy);
        let environment = environment.unwrap_or(project.any_environment());
        let whole = !diagnostics.has_errors();
        let looking = project.evaluator(
            Purpose::Validation,
            project.functions(Use::Validation),
            &NothingKnown,
            (environment, BTreeMap::new()),
        );
        diagnostics.extend(validate(&looking, &Known::new(), whole));
        drop(looking);
        (project, diagnostics)
    }

    /// The name of the project.
    pub(super) fn name(&self) -> Option<&str> {
        Some(&*self.definitions.as_ref()?.project.as_ref()?.name)
    }

    /// Whether the directory has no configuration at all.
    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Identifies the configuration: a digest of all files, by name and content.
    pub(super) fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let mut digest = Sha256::new();
            let declared = self.definitions.iter().map(|definitions| &definitions.source);
            for source in self.sources.iter().chain(declared) {
                for part in [source.name(), source.text()] {
                    digest.update(part.len().to_le_bytes());
                    digest.update(part);
                }
            }
            digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }

    /// All its files, including the one that declares environments.
    pub(super) fn files(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.sources.iter().chain(self.definitions.iter().map(|definitions| &definitions.source))
    }

    /// The files that functions have read so far.
    pub(super) fn reads(&self) -> Vec<PathBuf> {
        self.reads.all()
    }

    /// The language's functions, reading the files of this project.
    pub(super) fn functions(&self, wanted: Use) -> Table {
        functions_of(wanted, self.copy.clone(), Some(self.reads.clone()))
    }

    /// Where expressions are evaluated: the paths and names that they can ask for.
    pub(super) fn place(&self, environment: &str) -> Place {
        let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Place {
            current: current.to_string_lossy().into_owned(),
            root: self.folder.to_string_lossy().into_owned(),
            environment: environment.to_owned(),
        }
    }

    /// What `terrace.hcl` says of the environment that the question names, if there is one.
    pub(super) fn choose(&self, question: &Question, diagnostics: &mut Diagnostics) -> Option<Chosen> {
        let Some(definitions) = &self.definitions else {
            // An undeclared environment has no values and no protection rules. Its state alone is no reason to plan it.
            if question.preview.is_none() && !diagnostics.has_errors() {
                let name = Some(question.environment.as_str());
                let found = environment::undeclared(&self.folder, name);
                diagnostics.extend(found.err().unwrap_or_default());
            }
            return None;
        };
        let chosen = match &question.preview {
            Some(preview) => definitions.preview(preview.record.facts.clone()),
            None => definitions.choose(Some(question.environment.as_str())),
        };
        chosen.map_err(|faults| diagnostics.extend(faults)).ok()
    }

    /// Checks inputs against the validation rules of their variables.
    pub(super) fn check(
        &self,
        inputs: &Inputs,
        environment: &EnvironmentName,
        functions: Table,
        diagnostics: &mut Diagnostics,
    ) {
        let values = (environment.as_str(), inputs.values.clone());
        let looking = self.evaluator(Purpose::Values, functions, &NothingKnown, values);
        let places = inputs.places(&self.configuration);
        let given = |variable: &Variable| places.get(&variable.name).cloned();
        check_inputs(&looking, &Known::new(), &given, diagnostics);
    }

    /// An evaluator for this project.
    pub(super) fn evaluator<'p>(
        &'p self,
        purpose: Purpose,
        functions: Table,
        objects: &'p dyn Objects,
        (environment, inputs): (&str, BTreeMap<Name, Value>),
    ) -> Evaluator<'p> {
        let place = self.place(environment);
        Evaluator::new(&self.configuration, purpose, place, functions, objects, inputs)
    }
}

/// Warns of parameters that name no variable: they declare nothing, and are most likely misspelled.
fn parameters_of_nothing<'d>(definitions: &'d Definitions, variables: &[&'d str]) -> Vec<Diagnostic> {
    let misspelled = definitions
        .parameters
        .values()
        .filter(|parameter| &*parameter.name != NAME_VARIABLE && !variables.contains(&&*parameter.name));
    let warnings = misspelled.map(|parameter| {
        let why = format!(
            "The root module declares no variable \"{}\", so this parameter has no effect.",
            parameter.name
        );
        Diagnostic::warning("Parameter of no variable", why)
            .at(parameter.span.clone())
            .suggest(&parameter.name, variables.iter().copied())
    });
    warnings.collect()
}

/// What expressions are evaluated for. This decides what functions do whose answer differs from call to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Checking a configuration without planning.
    Validation,
    /// The configuration's own expressions, while the console is open.
    Values,
    /// Expressions typed into the console.
    Console,
    /// Making a plan at this time.
    Planning(Timestamp),
    /// Carrying out a plan that was made at this time.
    Applying(Timestamp),
}

/// The functions of the language on this machine.
pub(super) fn functions(wanted: Use) -> Table {
    functions_of(wanted, None, None)
}

fn functions_of(wanted: Use, copy: Option<PathBuf>, reads: Option<Reads>) -> Table {
    functions::table(&Setting {
        world: Arc::new(Machine {
            copy,
            reads,
            plan_time: match wanted {
                Use::Planning(time) | Use::Applying(time) => Some(time),
                Use::Validation | Use::Values | Use::Console => None,
            },
        }),
        providers: Arc::new(provider::Functions),
        base: PathBuf::from("."),
        console: wanted == Use::Console,
        deferred: matches!(wanted, Use::Validation | Use::Planning(_)),
    })
}
