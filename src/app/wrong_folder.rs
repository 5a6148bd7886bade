//! Finds what was probably meant when a directory is the wrong one or a file is misnamed.

use std::path::{Path, PathBuf};

use crate::address::EnvironmentName;
use crate::config::FileKind;
use crate::diag::{Diagnostic, closest};
use crate::environment::FILE;

/// How many levels up to look for a project.
const LEVELS: usize = 4;

/// With more subdirectories than this, do not search them.
const FOLDERS: usize = 200;

/// The error for a directory without configuration.
pub(super) fn no_configuration(folder: &Path) -> Diagnostic {
    let here = place(folder);
    let why = format!(
        "There is no configuration in {here}: no file there ends with .tf or .tf.json. Without one everything that a state \
         has would be destroyed."
    );
    let fault = Diagnostic::error("No configuration files", why);
    match project_near(folder) {
        Some(near) => fault.hint(project_in(&near)),
        None => fault
            .hint("Go to the project, or name it with -chdir. To destroy everything, use terrace destroy."),
    }
}

/// The error for naming an environment in a directory that declares none.
pub(super) fn no_environments(folder: &Path, name: &str) -> Diagnostic {
    if !has_configuration(folder) {
        return no_configuration(folder);
    }
    let why = format!(
        "There is no {FILE} in {}, so the project has just one environment, called {}, and no \"{name}\".",
        place(folder),
        EnvironmentName::DEFAULT
    );
    let fault = Diagnostic::error("Unknown environment", why);
    without_file(folder, fault, &format!("Declare it in {FILE}: environment \"{name}\" {{ values = {{}} }}."))
}

/// A fault because there is no terrace.hcl, with where it may be; where it is nowhere, what to do about that.
pub(super) fn without_file(folder: &Path, fault: Diagnostic, otherwise: &str) -> Diagnostic {
    if let Some(meant) = misspelled(folder) {
        return fault
            .hint(format!("Environments are read from {FILE} only. Is that what {meant} is meant to be?"));
    }
    match project_near(folder).filter(|near| folder.join(near).join(FILE).is_file()) {
        Some(near) => {
            let near = near.display();
            fault.hint(format!("There is one in {near}: terrace -chdir={near} ..."))
        }
        None => fault.hint(otherwise),
    }
}

/// Somebody looks for what there is in a directory that has nothing, beside a project with environments.
pub(super) fn nothing_here(folder: &Path) -> Option<Diagnostic> {
    if has_configuration(folder) || folder.join(FILE).is_file() {
        return None;
    }
    let near = project_near(folder).filter(|near| folder.join(near).join(FILE).is_file())?;
    let why =
        format!("There is no configuration in {}: no file there ends with .tf or .tf.json.", place(folder));
    Some(Diagnostic::error("No configuration files", why).hint(project_in(&near)))
}

fn project_in(near: &Path) -> String {
    let near = near.display();
    format!("There is a project in {near}: terrace -chdir={near} ...")
}

/// A file whose name is close to one that would be read.
pub(super) fn misspelled(folder: &Path) -> Option<String> {
    let names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.to_ascii_lowercase().ends_with(".hcl"))
        .collect();
    closest(FILE, names.iter().map(String::as_str))
}

/// The relative path to a project above the directory, or to the only one directly below it.
fn project_near(folder: &Path) -> Option<PathBuf> {
    let mut above = PathBuf::new();
    for _ in 0..LEVELS {
        above.push("..");
        let there = folder.join(&above);
        if there.join(FILE).is_file() {
            return Some(above);
        }
        // Never look beyond the root of the repository.
        if there.join(".git").exists() {
            return has_configuration(&there).then_some(above);
        }
    }
    let parent = Path::new("..");
    if has_configuration(&folder.join(parent)) {
        return Some(parent.to_path_buf());
    }
    let mut below = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .take(FOLDERS)
        .filter(|entry| entry.path().join(FILE).is_file() || has_configuration(&entry.path()))
        .map(|entry| PathBuf::from(entry.file_name()));
    let one = below.next()?;
    below.next().is_none().then_some(one)
}

fn has_configuration(folder: &Path) -> bool {
    let mut entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_str().is_some_and(|name| FileKind::of(name).is_some()))
}

/// A directory as people write it.
fn place(folder: &Path) -> String {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()).display().to_string()
}
