//! Paths as texts: split and joined without access to the disk, except for the locations of the home and current
//! directories.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::argument::text;
use super::{Setting, World};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Type, Value};

pub(super) fn functions(setting: &Setting) -> Vec<Function> {
    vec![abspath(setting), basename(), dirname(), pathexpand(setting)]
}

fn path() -> Vec<Parameter> {
    vec![Parameter::new("path", Type::String, "A path.")]
}

fn abspath(setting: &Setting) -> Function {
    let world = Arc::clone(&setting.world);
    let description = "The path from the root, where it is relative to the current directory.";
    Function::new("abspath", description, path(), Type::String, move |arguments| {
        let given = text(arguments, 0);
        if given.starts_with('/') {
            return Ok(Value::string(&clean(given)));
        }
        let here = world.current_directory().map_err(|e| {
            FunctionError::new(format!("the system does not say what the current directory is: {e}"))
        })?;
        Ok(Value::string(&join(&here.to_string_lossy(), given)))
    })
    .never_null()
}

fn basename() -> Function {
    Function::new("basename", "The last part of a path.", path(), Type::String, |arguments| {
        let given = text(arguments, 0);
        let trimmed = given.trim_end_matches('/');
        let last = match (given, trimmed) {
            ("", _) => ".",
            (_, "") => "/",
            (_, trimmed) => trimmed.rsplit('/').next().unwrap_or(trimmed),
        };
        Ok(Value::string(last))
    })
    .never_null()
}

fn dirname() -> Function {
    Function::new("dirname", "A path without its last part.", path(), Type::String, |arguments| {
        let given = text(arguments, 0);
        let until = given.rfind('/').map_or(0, |slash| slash + 1);
        Ok(Value::string(&clean(given.get(..until).unwrap_or(""))))
    })
    .never_null()
}

fn pathexpand(setting: &Setting) -> Function {
    let world = Arc::clone(&setting.world);
    let description = "The path with the home directory in place of a leading ~.";
    Function::new("pathexpand", description, path(), Type::String, move |arguments| {
        expand_home(world.as_ref(), text(arguments, 0)).map(|path| Value::string(&path))
    })
    .never_null()
}

/// Replaces a leading `~` by the home directory; that of another user is not supported.
pub(super) fn expand_home(world: &dyn World, path: &str) -> Result<String, FunctionError> {
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(path.to_owned());
    };
    if !rest.is_empty() && !rest.starts_with(['/', '\\']) {
        return Err(FunctionError::argument(
            0,
            "only ~ itself stands for a home directory, not ~ and a name",
        ));
    }
    match world.home() {
        Some(home) => Ok(join(&home.to_string_lossy(), rest)),
        None => Err(FunctionError::argument(0, "the system does not say where the home directory for ~ is")),
    }
}

/// Joins two paths and cleans the result.
pub(super) fn join(first: &str, second: &str) -> String {
    match (first, second) {
        ("", second) => clean(second),
        (first, second) => clean(&format!("{first}/{second}")),
    }
}

/// The shortest path with the same meaning, as far as the text alone can tell: without `.`, doubled slashes, and names
/// that are followed by `..`.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The path from one cleaned path to another, both absolute or both relative.
pub(super) fn relative(from: &str, to: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    let way: Vec<&str> = up.chain(to.iter().skip(common).map(String::as_str)).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}
