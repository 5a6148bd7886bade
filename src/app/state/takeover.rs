//! State files of other tools: taken over once, and never ignored.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::address::EnvironmentName;
use crate::app::project::Project;
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{Revision, StateStore};
use crate::state::{State, format};

use super::{Change, Place, exchange, fault};

const FILE: &str = "terraform.tfstate";
/// The folder where Terraform keeps the states of its other workspaces.
const FOLDER: &str = "terraform.tfstate.d";

/// The prefix of the history's text for a takeover.
const TAKEN: &str = "take over ";
const PUSHED: &str = "state push";

const NOT_TAKEN: &str = "State was not taken over";

/// How much of a file to read to recognise a state file.
const BEGINNING: usize = 4096;

/// A state that was taken over.
#[derive(Debug)]
pub struct Taken {
    pub environment: EnvironmentName,
    pub file: PathBuf,
    pub instances: usize,
    pub serial: u64,
}

/// Takes over a project's state files for environments that have no state yet. The files are left unchanged.
pub async fn take_over(folder: &Path, change: Change<'_>) -> Result<Vec<Taken>, Diagnostics> {
    let mut all = Vec::new();
    // If the project names another backend, a local file is not its state.
    let (project, _) = Project::open(folder);
    if remote_backend(&project.configuration).is_some() {
        return Ok(all);
    }
    for (environment, file) in files(folder) {
        let place = Place { environment: &environment, ..change.place };
        if !place.read().await?.lineage.is_empty() {
            continue;
        }
        let state = read(&file)?;
        // Two environments must not look after the same objects, as where somebody has pushed it into another one.
        let owner = exchange::owner_of(&state.lineage, change.place.store).await?;
        if state.is_empty() || owner.is_some_and(|owner| !left_for(folder, &owner)) {
            continue;
        }
        let instances = state.instances().count();
        let what = format!("{TAKEN}{}", shown(&file, folder));
        let change = Change { place, what: &what, ..change };
        let serial = change
            .with_lease(async |lease, _, _| lease.replace(state, change.revision()).await.map_err(fault))
            .await?;
        all.push(Taken { environment, file, instances, serial });
    }
    Ok(all)
}

/// Refuses to go on next to a state elsewhere that was not taken over.
pub async fn refuse_other_states(
    folder: &Path,
    configuration: &Configuration,
    store: &dyn StateStore,
    environment: &EnvironmentName,
) -> Result<(), Diagnostics> {
    let place = Place { store, environment };
    let file = file_of(folder, environment);
    let backend = remote_backend(configuration);
    if backend.is_none() && !file.is_file() {
        return Ok(());
    }
    let history = store.history(environment).await.map_err(fault)?;
    let taken = history.iter().filter(|revision| is_taking(revision)).map(|revision| revision.serial).max();
    if let Some(backend) = backend {
        // Once the first environment has taken over the state, another may start empty.
        let first = EnvironmentName::default();
        let others = store.history(&first).await.map_err(fault)?;
        if taken.is_none() && !others.iter().any(is_taking) {
            let what = format!(
                "The configuration keeps its state elsewhere ({backend}), and it has not been taken over"
            );
            return Err(Diagnostic::error("State is somewhere else", without(&what, "it"))
                .hint(format!(
                    "Take it over with: terraform state pull > taken.tfstate && terrace state push{} taken.tfstate; or \
                     remove the block to begin with nothing.",
                    environment.flag()
                ))
                .into());
        }
        return Ok(());
    }
    let Some((lineage, serial)) = identity(&file)? else {
        return Ok(());
    };
    let present = if taken.is_some() { place.read().await? } else { State::default() };
    let name = shown(&file, folder);
    if taken.is_some() && lineage != present.lineage || taken.is_none() {
        if read(&file)?.is_empty() {
            return Ok(());
        }
        let what =
            format!("There is a state in {name} that was not taken over into the environment {environment}");
        let hint = format!("Take it over with: terrace state push -e {environment} {name}; or move it away.");
        return Err(Diagnostic::error(NOT_TAKEN, without(&what, "it")).hint(hint).into());
    }
    if taken.is_some_and(|taken| serial > taken) {
        let why = format!("{name} was changed after it had been taken over: by terraform, it seems.");
        let hint = format!(
            "Look at both: terrace state pull{flag}. To go on from the file: terrace state push{flag} -force {name}; to go \
             on without it, move it away.",
            flag = environment.flag()
        );
        return Err(Diagnostic::error("State was changed elsewhere", why).hint(hint).into());
    }
    Ok(())
}

/// Refuses to start an environment next to Terraform states that no environment has taken over: the state of a project
/// from before it declared environments, since nothing says which of them it belongs to, and those of workspaces that are
/// not declared. A state under the environment's own name was checked before.
pub async fn refuse_first_state(
    folder: &Path,
    store: &dyn StateStore,
    environment: &EnvironmentName,
    is_declared: impl Fn(&EnvironmentName) -> bool,
) -> Result<(), Diagnostics> {
    let mut left = Vec::new();
    for (owner, file) in files(folder) {
        if is_declared(&owner) || owner == *environment {
            continue;
        }
        let Some((lineage, _)) = identity(&file)? else { continue };
        if exchange::owner_of(&lineage, store).await?.is_none() && !read(&file)?.is_empty() {
            left.push(shown(&file, folder));
        }
    }
    let Some(name) = left.first() else { return Ok(()) };
    let (which, it) = match left.len() {
        1 => (format!("There is a state in {name}"), "it"),
        _ => (format!("There are states in {}", left.join(" and ")), "them"),
    };
    let what = format!("{which} that no environment has taken over, and {environment} has none yet");
    let hint = match environment.as_str() {
        EnvironmentName::DEFAULT => format!("Take {it} over with terrace init, or move {it} away."),
        _ => format!(
            "If it is the state of {environment}: terrace state push -e {environment} {name}; if it is that of another, \
             push it there; otherwise move it away."
        ),
    };
    Err(Diagnostic::error(NOT_TAKEN, without(&what, it)).hint(hint).into())
}

/// Why planning beside a state that was not taken over is refused.
fn without(what: &str, it: &str) -> String {
    format!("{what}: planning without {it} would create everything a second time.")
}

/// The name of a state file, as people see it from the project.
fn shown(file: &Path, folder: &Path) -> String {
    file.strip_prefix(folder).unwrap_or(file).display().to_string()
}

fn is_taking(revision: &Revision) -> bool {
    revision.what.starts_with(TAKEN) || revision.what.starts_with(PUSHED)
}

/// The backend that a configuration names for its state, if any.
fn remote_backend(configuration: &Configuration) -> Option<String> {
    let settings = &configuration.root().module.settings;
    match &settings.backend {
        Some(backend) if &*backend.kind == "local" => None,
        Some(backend) => Some(format!("backend \"{}\"", backend.kind)),
        None => settings.cloud.as_ref().map(|_| "cloud".to_owned()),
    }
}

/// Whether the project has a state file of another tool that belongs to this environment.
pub fn left_for(folder: &Path, environment: &EnvironmentName) -> bool {
    file_of(folder, environment).is_file()
}

fn file_of(folder: &Path, environment: &EnvironmentName) -> PathBuf {
    match environment.as_str() {
        EnvironmentName::DEFAULT => folder.join(FILE),
        name => folder.join(FOLDER).join(name).join(FILE),
    }
}

/// All state files of a project, with the environment each belongs to.
fn files(folder: &Path) -> Vec<(EnvironmentName, PathBuf)> {
    let mut names = vec![EnvironmentName::DEFAULT.to_owned()];
    let entries = std::fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
    let mut others: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    others.sort();
    names.extend(others);
    let environments = names.iter().filter_map(|name| EnvironmentName::new(name).ok());
    environments
        .map(|environment| (environment.clone(), file_of(folder, &environment)))
        .filter(|(_, file)| file.is_file())
        .collect()
}

fn read(file: &Path) -> Result<State, Diagnostics> {
    let name = file.display().to_string();
    match std::fs::read_to_string(file) {
        Ok(text) if text.is_empty() => Ok(State::default()),
        Ok(text) => exchange::read(&text, &name),
        Err(error) => super::refused("State file cannot be read", format!("Reading {name} failed: {error}.")),
    }
}

/// Lineage and serial of a state file; `None` if it is empty.
fn identity(file: &Path) -> Result<Option<(String, u64)>, Diagnostics> {
    let mut beginning = Vec::new();
    let read_beginning =
        File::open(file).and_then(|file| file.take(BEGINNING as u64).read_to_end(&mut beginning));
    if read_beginning.is_ok_and(|length| length == 0) {
        return Ok(None);
    }
    let beginning = String::from_utf8_lossy(&beginning);
    if let Some(identity) = format::identity(&beginning) {
        return Ok(Some(identity));
    }
    read(file).map(|state| Some((state.lineage, state.serial)))
}
