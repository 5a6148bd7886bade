//! What another project gives to others: the outputs in its state file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::port::{Remark, Remarks};
use crate::provider::builtin::blocking;
use crate::provider::builtin::object::{Arguments, at, filled};
use crate::state::format;
use crate::value::{Name, Type, Value};

/// The arguments with the outputs: those of the state, and defaults for what it does not have.
pub(super) async fn read(configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
    let arguments = Arguments(configuration);
    let found = match place(arguments) {
        Ok(place) => blocking(move || outputs(&place)).await.map_err(|why| ("config", why)),
        Err(fault) => Err(fault),
    };
    match found {
        Ok(found) => {
            let mut outputs: BTreeMap<Name, Value> =
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
fn place(arguments: Arguments<'_>) -> Result<PathBuf, (&'static str, String)> {
    let backend = arguments.text("backend").unwrap_or_default();
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
    Ok(match arguments.text("workspace") {
        None | Some("" | "default") => PathBuf::from(text("path").unwrap_or("terraform.tfstate")),
        Some(workspace) => {
            let folder = PathBuf::from(text("workspace_dir").unwrap_or("terraform.tfstate.d"));
            folder.join(workspace).join("terraform.tfstate")
        }
    })
}

fn is_local(argument: &str) -> bool {
    matches!(argument, "path" | "workspace_dir")
}

fn outputs(place: &std::path::Path) -> Result<BTreeMap<Name, Value>, String> {
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
    // That an output is secret there is not told to others, as it never was.
    let plain = |(name, output): (Name, crate::state::OutputState)| (name, output.value.unmark_deep().0);
    Ok(file.state.outputs.into_iter().map(plain).collect())
}
