//! Saved plans: readable only by their owner, and applied only to the state and configuration they were made from.

use std::io::{Read, Write};
use std::path::Path;

use crate::diag::{Diagnostic, Diagnostics};
use crate::plan::{Origin, Plan, format};
use crate::source;
use crate::state::State;

use super::state;

/// Saves a plan that was [written](format::write). It contains secrets, so only the owner may read the file; an
/// existing file is replaced atomically, also behind a link. A device or a pipe is written to: replacing it would take
/// `/dev/null` away from everybody.
pub(super) fn save(plan: &[u8], path: &Path) -> Result<(), Diagnostic> {
    let path = &*path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    if path.exists() && !is_file && !path.is_dir() {
        let mut options = std::fs::OpenOptions::new();
        let written = options.write(true).open(path).and_then(|mut file| file.write_all(plan));
        return written.map_err(|error| unsaved(path, &error));
    }
    if is_file && let Some(what) = is_needed(path) {
        let why = format!("{} is {what}, which the plan would replace.", path.display());
        return Err(Diagnostic::error("Plan not saved", why).hint("Save it under another name."));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file is readable only by its owner from the first byte on.
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(plan)?;
        // Not synced to disk: a plan lost to a power failure can be made again, and its digest reveals one that was
        // only half written.
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| unsaved(path, &error))
}

/// What of the project a file is, if it is a part of it.
fn is_needed(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    if ends(&[".tf", ".tf.json", ".tfvars", ".tfvars.json"]) || name == "terrace.hcl" {
        return Some("a part of the configuration");
    }
    let mut beginning = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(DATABASE.len() as u64).read_to_end(&mut beginning).ok()?;
    (beginning == DATABASE || ends(&[".tfstate"])).then_some("a state")
}

/// The files of states begin with this, as all of SQLite do.
const DATABASE: &[u8] = b"SQLite format 3\0";

fn unsaved(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("Plan not saved", format!("Writing {} failed: {error}.", path.display()))
}

/// Reads a plan.
pub fn load(path: &Path) -> Result<Plan, Diagnostic> {
    plan(&read(path, format::may_be_plan)?, path)
}

/// Reads a plan, or a Terraform state file.
pub fn load_either(path: &Path) -> Result<Either, Diagnostics> {
    let file = read(path, |beginning| format::may_be_plan(beginning) || state::may_be_file(beginning))?;
    // A plan never begins like a state, which is JSON.
    match std::str::from_utf8(&file) {
        Ok(text) if text.trim_start().starts_with('{') => {
            Ok(Either::State(Box::new(state::of_file(text, &path.display().to_string())?)))
        }
        _ => Ok(Either::Plan(Box::new(plan(&file, path)?))),
    }
}

/// What the file turned out to be.
pub enum Either {
    Plan(Box<Plan>),
    State(Box<State>),
}

/// Reads a file to its end if its beginning is what is wanted. Others may be of any size, and devices have no end.
fn read(path: &Path, is_wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, Diagnostic> {
    source::beginning_as(path, is_wanted).map_err(|error| {
        let fault =
            Diagnostic::error("Plan cannot be read", format!("Reading {} failed: {error}.", path.display()));
        match path.is_dir() {
            true => fault.hint("To work in another directory, use -chdir."),
            false => fault,
        }
    })
}

fn plan(file: &[u8], path: &Path) -> Result<Plan, Diagnostic> {
    format::read(file)
        .map_err(|error| Diagnostic::error("Plan cannot be read", format!("{}: {error}.", path.display())))
}

/// Reports everything that has changed since the plan was made.
pub(super) fn fresh(plan: &Origin, now: &Origin) -> Diagnostics {
    let mut moved = Vec::new();
    if plan.lineage != now.lineage && !plan.lineage.is_empty() {
        moved.push(format!("the state of {} is another one than it was made from", plan.environment));
    } else if plan.serial != now.serial {
        moved.push(format!(
            "the state of {} has changed since (revision {} then, {} now)",
            plan.environment, plan.serial, now.serial
        ));
    }
    if plan.configuration != now.configuration {
        moved.push("the configuration has changed since".to_owned());
    }
    for (address, digest) in &plan.providers {
        if now.providers.get(address).is_some_and(|now| now != digest) {
            moved.push(format!("the provider {address} is another build than it was made with"));
        }
    }
    if moved.is_empty() {
        return Diagnostics::new();
    }
    let why = format!("The plan no longer fits: {}. Nothing was done.", moved.join("; "));
    let hint = format!("Plan again: terrace plan{} -out FILE", plan.environment.flag());
    Diagnostic::error("Saved plan is stale", why).hint(hint).into()
}
