//! The outputs of another project, or of another environment.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::address::EnvironmentName;
use crate::environment;
use crate::port::{Remark, Remarks};
use crate::provider::builtin::object::{Arguments, at, filled};
use crate::provider::builtin::{Place, blocking};
use crate::state::format;
use crate::value::{Entries, Name, Type, Value};

/// The arguments with the outputs: those of the state, and defaults for missing ones.
pub(super) async fn read(
    configuration: &Value,
    here: Option<&Place>,
    remarks: &mut Remarks,
) -> Option<Value> {
    let arguments = Arguments(configuration);
    let found = match origin(arguments, here) {
        Ok(Origin::File(place)) => blocking(move || outputs(&place)).await.map_err(|why| ("config", why)),
        Ok(Origin::Environment(folder, name)) => {
            of_environment(&folder, &name, here).await.map_err(|why| ("config", why))
        }
        Err(fault) => Err(fault),
    };
    match found {
        Ok(found) => {
            let mut outputs: Entries =
                arguments.value("defaults").and_then(Value::entries).cloned().unwrap_or_default();
            outputs.extend(found);
            let mut results = vec![("outputs", Value::object(outputs))];
            if !arguments.is_given("defaults") {
                results.push(("defaults", Value::null(Type::Dynamic)));
            }
            Some(filled(configuration, results))
        }
        Err((argument, why)) => {
            remarks.push(Remark::error("Remote state cannot be read", why).at(at(argument)));
            None
        }
    }
}

/// Where the state is.
enum Origin {
    /// A file in Terraform's format.
    File(PathBuf),
    /// A folder with states of Terrace, and the name of the environment.
    Environment(PathBuf, String),
}

/// The folder of a project's states.
const FOLDER: &str = ".terrace";

fn origin(arguments: Arguments<'_>, here: Option<&Place>) -> Result<Origin, (&'static str, String)> {
    let backend = arguments.text("backend").unwrap_or_default();
    if backend == "terrace" {
        return project(arguments, here);
    }
    if !matches!(backend, "local" | "_local") {
        let why = format!("States in backend \"{backend}\" cannot be read yet, only those of \"local\".");
        return Err(("backend", why));
    }
    let nothing = Value::object::<Name>([]);
    let config = Arguments(arguments.value("config").unwrap_or(&nothing));
    if let Some(foreign) =
        config.0.entries().into_iter().flatten().map(|(name, _)| name).find(|name| !is_local(name))
    {
        return Err((
            "config",
            format!("Backend \"local\" takes \"path\" and \"workspace_dir\", not \"{foreign}\"."),
        ));
    }
    let text = |name| config.text(name).filter(|text| !text.is_empty());
    let workspace = arguments.text("workspace").filter(|name| !name.is_empty());
    if let Some(path) = text("path").map(Path::new).filter(|path| is_ours(path)) {
        let (folder, name) = environment_of(path);
        return Ok(Origin::Environment(folder, workspace.map_or(name, ToOwned::to_owned)));
    }
    Ok(Origin::File(match workspace {
        None | Some(EnvironmentName::DEFAULT) => PathBuf::from(text("path").unwrap_or("terraform.tfstate")),
        Some(workspace) => {
            let folder = PathBuf::from(text("workspace_dir").unwrap_or("terraform.tfstate.d"));
            folder.join(workspace).join("terraform.tfstate")
        }
    }))
}

/// An environment of another project, or another one of this project. By default it is the one with the name of the
/// present environment, so that staging reads from staging.
fn project(arguments: Arguments<'_>, here: Option<&Place>) -> Result<Origin, (&'static str, String)> {
    let nothing = Value::object::<Name>([]);
    let config = Arguments(arguments.value("config").unwrap_or(&nothing));
    for (name, value) in config.0.entries().into_iter().flatten() {
        let why = match &**name {
            "project" | "environment" if value.is_null() || value.as_str().is_some() => continue,
            "project" | "environment" => format!("\"{name}\" is a string, not a {}.", value.ty().friendly()),
            _ => format!("Backend \"terrace\" takes \"project\" and \"environment\", not \"{name}\"."),
        };
        return Err(("config", why));
    }
    let folder = Path::new(config.text("project").filter(|text| !text.is_empty()).unwrap_or("."));
    let workspace = arguments.text("workspace").filter(|name| !name.is_empty());
    let same = || match here {
        Some(here) if folder.join(environment::FILE).exists() => &here.workplace.environment,
        _ => EnvironmentName::DEFAULT,
    };
    let name = config.text("environment").or(workspace).unwrap_or_else(same);
    Ok(Origin::Environment(folder.join(FOLDER), name.to_owned()))
}

/// Whether a file is a state of Terrace.
fn is_ours(path: &Path) -> bool {
    const BEGINNING: &[u8] = b"SQLite format 3\0";
    let mut beginning = [0; BEGINNING.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut beginning));
    read.is_ok() && beginning == BEGINNING
}

/// The folder of states that contains a file, and the environment it belongs to.
fn environment_of(path: &Path) -> (PathBuf, String) {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().unwrap_or(Path::new(""));
    match (folder.file_name(), folder.parent()) {
        (Some(preview), Some(above)) if preview == "preview" => {
            (above.to_path_buf(), format!("preview/{name}"))
        }
        _ => (folder.to_path_buf(), name),
    }
}

/// Sensitive values keep their marks between states of Terrace.
async fn of_environment(
    folder: &Path,
    name: &str,
    here: Option<&Place>,
) -> Result<BTreeMap<Name, Value>, String> {
    let others = here.and_then(|here| here.others.as_ref());
    let others = others.ok_or("States of environments cannot be read here.")?;
    let state = others.state(folder, name).await?;
    Ok(state.outputs.into_iter().map(|(name, output)| (name, output.value)).collect())
}

fn is_local(argument: &str) -> bool {
    matches!(argument, "path" | "workspace_dir")
}

fn outputs(place: &Path) -> Result<BTreeMap<Name, Value>, String> {
    let shown = place.display();
    let text = match std::fs::read_to_string(place) {
        Ok(text) if !text.trim().is_empty() => text,
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{shown} cannot be read: {error}."));
        }
        _ => {
            return Err(format!(
                "There is no state in {shown}; the other project may not have been applied yet."
            ));
        }
    };
    let file = format::read(&text).map_err(|error| format!("{shown} cannot be read: {error}."))?;
    // As in Terraform, sensitivity is not passed on from a state file.
    let plain = |(name, output): (Name, crate::state::OutputState)| (name, output.value.unmark_deep().0);
    Ok(file.state.outputs.into_iter().map(plain).collect())
}
