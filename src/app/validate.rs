//! Validates a project, whatever its inputs.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use crate::address::{ProviderAddress, ResourceAddress};
use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::environment::{Chosen, Definitions, PreviewFacts, Rules};
use crate::eval::functions::Table;
use crate::eval::validate::{Objection, Schemas, validate};
use crate::eval::{NothingKnown, Purpose};
use crate::port::Remark;
use crate::provider;
use crate::provision;
use crate::render::EnvironmentVerdict;
use crate::schema;
use crate::value::{Name, PathStep, Value};

use super::concurrent::concurrently;
use super::environment::Secrets;
use super::inputs::{Given, Search, settled};
use super::parity;
use super::project::{Project, Use, functions};

/// The errors of a project, and which of its environments can be planned.
#[derive(Debug, Default)]
pub struct Verdict {
    pub diagnostics: Diagnostics,
    /// The declared environments in order, and a sample preview; empty if the project itself has errors.
    pub environments: Vec<EnvironmentVerdict>,
}

/// Finds everything that is wrong with the project in a directory. `given` is what the process environment sets.
pub fn run(folder: &Path, given: &Given) -> Verdict {
    let (project, mut diagnostics) = Project::open(folder);
    let evaluator = project.evaluator(
        Purpose::Validation,
        functions(Use::Validation),
        &NothingKnown,
        (project.any_environment(), [].into()),
    );
    let whole = !diagnostics.has_errors();
    diagnostics.extend(validate(&evaluator, &Known::new(), whole));
    let sound = !diagnostics.has_errors();
    let mut environments = Vec::new();
    let mut repeats = Repeats::default();
    if let Some(definitions) = &project.definitions {
        // What could not be read may declare what an environment gives, or the environment itself.
        let chosen = if whole { samples(definitions, &mut diagnostics) } else { Vec::new() };
        let table = functions(Use::Validation);
        let work = async |chosen: &Chosen| environment(&project, chosen, (folder, given), &table, sound);
        let mut add = |chosen: &Chosen, faults: Diagnostics| {
            let faults = distinct(faults);
            let count = |severity| faults.iter().filter(|fault| fault.severity == severity).count();
            let is_sample = chosen.preview.is_some();
            environments.push(EnvironmentVerdict {
                environment: if is_sample { "preview".to_owned() } else { chosen.name.to_string() },
                errors: count(Severity::Error),
                warnings: count(Severity::Warning),
            });
            repeats.add(chosen, faults);
        };
        if concurrently(&chosen, work, &mut add).is_err() {
            // If the system refuses more threads, check the environments one after the other.
            for chosen in &chosen {
                add(chosen, environment(&project, chosen, (folder, given), &table, sound));
            }
        }
        if !sound {
            environments.clear();
        }
    }
    diagnostics.extend(repeats.finish());
    // Validation is the last thing its process does. Freeing a large project value by value would take a tenth of the
    // time, and the system does it at once.
    std::mem::forget(evaluator);
    std::mem::forget(project);
    Verdict { diagnostics, environments }
}

/// Every environment that can be applied, and a sample preview.
fn samples(definitions: &Definitions, diagnostics: &mut Diagnostics) -> Vec<Chosen> {
    let declared = definitions.applicable().map(|one| definitions.choose(Some(one.name.as_str())));
    let preview = definitions.preview.iter().map(|_| definitions.preview(PreviewFacts::of_name("branch")));
    let mut found = Vec::new();
    for chosen in declared.chain(preview) {
        match chosen {
            Ok(chosen) => found.push(chosen),
            Err(faults) => diagnostics.extend(faults),
        }
    }
    found
}

/// Checks that an environment sets every variable to a valid value and, if the project itself is sound, that everything
/// can be evaluated with these values.
fn environment(
    project: &Project,
    chosen: &Chosen,
    (folder, given): (&Path, &Given),
    functions: &Table,
    sound: bool,
) -> Diagnostics {
    let mut faults = Diagnostics::new();
    let search = Search {
        folder,
        given,
        chosen: Some(chosen),
        secrets: Secrets::Unknown,
        follows_origins: false,
        functions,
    };
    let inputs = settled(project, chosen, &search, &mut faults);
    // A sample preview has a made-up name, so lookups by it prove nothing.
    if sound && !faults.has_errors() && chosen.preview.is_none() {
        // Warnings were reported for the project already.
        let (_, found) = parity::shape(project, chosen, inputs.values, None);
        found
            .into_iter()
            .filter(|fault| fault.severity == Severity::Error)
            .for_each(|fault| faults.push(fault));
        // What was there once, and only a state knows of, is not looked for.
        let rules = Rules::new(&chosen.name, Some(chosen), BTreeSet::new());
        faults.extend(rules.unmatched(&project.configuration, None));
    }
    faults
}

/// Removes duplicates: an error in several instances is one error.
fn distinct(faults: Diagnostics) -> Diagnostics {
    let mut seen = HashSet::new();
    let mut kept = Diagnostics::new();
    faults.into_iter().filter(|fault| seen.insert(essence(fault))).for_each(|fault| kept.push(fault));
    kept
}

/// Reports an error that environments share once, with the names of the environments.
#[derive(Default)]
struct Repeats {
    faults: Vec<(Diagnostic, Vec<String>)>,
    places: HashMap<String, usize>,
}

impl Repeats {
    fn add(&mut self, chosen: &Chosen, faults: Diagnostics) {
        for fault in faults {
            let name = match &chosen.preview {
                Some(_) => "previews".to_owned(),
                None => chosen.name.to_string(),
            };
            let next = self.faults.len();
            let place = *self.places.entry(essence(&fault)).or_insert(next);
            match self.faults.get_mut(place) {
                Some((_, names)) => names.push(name),
                None => self.faults.push((fault, vec![name])),
            }
        }
    }

    fn finish(self) -> impl Iterator<Item = Diagnostic> {
        self.faults.into_iter().map(|(mut fault, names)| {
            fault.address.get_or_insert_with(|| match names.split_last() {
                Some((one, [])) if one == "previews" => one.clone(),
                Some((one, [])) => format!("environment {one}"),
                Some((last, before)) => format!("environments {} and {last}", before.join(", ")),
                None => String::new(),
            });
            fault
        })
    }
}

/// Identifies an error independently of the environment it was found in.
fn essence(fault: &Diagnostic) -> String {
    let place = |span: &Span| format!("{}:{:?}", span.source.name(), span.range);
    let notes: Vec<_> = fault.values.iter().map(|note| (&note.expression, &note.statement)).collect();
    format!(
        "{:?}{:?}",
        (fault.severity, &fault.summary, &fault.detail, &fault.hint, &fault.address, notes),
        (
            fault.subject.as_ref().map(place),
            fault.related.iter().map(|(what, span)| (what, place(span))).collect::<Vec<_>>(),
        )
    )
}

/// The schemas of built-in providers.
pub(super) struct Known {
    provisioners: Vec<(&'static str, Option<schema::Block>)>,
    connection: schema::Block,
}

impl Known {
    pub(super) fn new() -> Self {
        Self {
            provisioners: provision::KINDS.map(|kind| (kind, provision::schema(kind))).into(),
            connection: provision::connection(),
        }
    }
}

impl Schemas for Known {
    fn provider(&self, address: &ProviderAddress) -> Option<&schema::Provider> {
        provider::builtin(address)
    }

    fn objections(
        &self,
        provider: &ProviderAddress,
        resource: &ResourceAddress,
        arguments: &Value,
    ) -> Vec<Objection> {
        let remarks = provider::objections(provider, resource, arguments);
        remarks
            .into_iter()
            .map(|remark| Objection { argument: top(&remark), message: placed(remark) })
            .collect()
    }

    fn provisioner_objections(&self, kind: &str, arguments: &Value) -> Vec<Objection> {
        let objection = provision::objection(kind, arguments);
        objection.into_iter().map(|message| Objection { argument: None, message }).collect()
    }

    fn provisioner(&self, kind: &str) -> Option<&schema::Block> {
        self.provisioners.iter().find(|(known, _)| *known == kind)?.1.as_ref()
    }

    fn connection(&self) -> &schema::Block {
        &self.connection
    }

    fn provisioners(&self) -> Vec<&str> {
        provision::KINDS.to_vec()
    }
}

/// The text of a remark, with its place inside the block.
fn placed(remark: Remark) -> String {
    match remark.path.filter(|path| path.0.len() > 1).map(|path| path.to_string()) {
        Some(path) => format!("{} (at {})", remark.detail, path.trim_start_matches('.')),
        None => remark.detail,
    }
}

/// The argument that a remark is about.
fn top(remark: &Remark) -> Option<Name> {
    match remark.path.as_ref()?.0.first()? {
        PathStep::Attribute(name) => Some(name.clone()),
        PathStep::Index(_) => None,
    }
}
