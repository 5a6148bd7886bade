//! Files that are part of the configuration: reads, tests, hashes and lists them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Setting;
use super::argument::{Outcome, shown};
use super::glob::{self, Glob};
use super::hash::{Digest, hexadecimal};
use super::path::{clean, expand_home, join, relative};
use crate::eval::FileKind;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Marks, Type, Value};

pub(super) fn functions(setting: &Setting) -> Vec<Function> {
    let base64_text = |digest: &[u8]| STANDARD.encode(digest);
    vec![
        file(setting),
        fileexists(setting),
        fileset(setting),
        filebase64(setting),
        hashed(setting, "filebase64sha256", Digest::Sha256, base64_text),
        hashed(setting, "filebase64sha512", Digest::Sha512, base64_text),
        hashed(setting, "filemd5", Digest::Md5, hexadecimal),
        hashed(setting, "filesha1", Digest::Sha1, hexadecimal),
        hashed(setting, "filesha256", Digest::Sha256, hexadecimal),
        hashed(setting, "filesha512", Digest::Sha512, hexadecimal),
    ]
}

fn path() -> Parameter {
    Parameter::new("path", Type::String, "A path, relative to the module unless it starts from the root.")
}

/// A path without its marks, which become marks of a decision: the path decides which file is read.
fn decided(path: &Value) -> (Value, Marks) {
    path.clone().deciding().unmark()
}

fn file(setting: &Setting) -> Function {
    let setting = setting.clone();
    let parameters = vec![path().allow_unknown().allow_marked()];
    Function::new("file", "The contents of a text file.", parameters, Type::String, move |arguments| {
        let (path, marks) = decided(&arguments[0]);
        match path.as_str() {
            Some(path) => Ok(Value::string(&read_text(&setting, path, &marks)?).with_marks(&marks)),
            None => Ok(Value::unknown(Type::String).with_marks(&marks)),
        }
    })
    .never_null()
}

fn filebase64(setting: &Setting) -> Function {
    let setting = setting.clone();
    let parameters = vec![path().allow_unknown().allow_marked()];
    let description = "The contents of any file, in base64.";
    Function::new("filebase64", description, parameters, Type::String, move |arguments| {
        let (path, marks) = decided(&arguments[0]);
        match path.as_str() {
            Some(path) => {
                let bytes = read(&setting, path, &marks)?;
                Ok(Value::string(&STANDARD.encode(bytes)).with_marks(&marks))
            }
            None => Ok(Value::unknown(Type::String).with_marks(&marks)),
        }
    })
    .never_null()
}

fn hashed(setting: &Setting, name: &str, digest: Digest, show: fn(&[u8]) -> String) -> Function {
    let setting = setting.clone();
    let description = format!("The {digest} hash of a file's contents.");
    Function::new(name, &description, vec![path()], Type::String, move |arguments| {
        let path = arguments[0].as_str().unwrap_or("");
        let bytes = read(&setting, path, &Marks::none())?;
        Ok(Value::string(&show(&digest.of(&bytes))))
    })
    .never_null()
}

fn fileexists(setting: &Setting) -> Function {
    let setting = setting.clone();
    let parameters = vec![path().allow_unknown().allow_marked()];
    Function::new("fileexists", "Whether there is a file.", parameters, Type::Bool, move |arguments| {
        let (path, marks) = decided(&arguments[0]);
        let Some(path) = path.as_str() else {
            return Ok(Value::unknown(Type::Bool).with_marks(&marks));
        };
        let kind = setting.world.kind(&locate(&setting, path)?).map_err(|e| {
            FunctionError::argument(
                0,
                format!("the system does not say what is at {}: {e}", shown(path, &marks)),
            )
        })?;
        let exists = match kind {
            None => false,
            Some(FileKind::File) => true,
            Some(FileKind::Directory) => {
                let message = format!("{} is a directory, not a file", shown(path, &marks));
                return Err(FunctionError::argument(0, message));
            }
            Some(FileKind::Link | FileKind::Other) => {
                let message = format!("{} is a device, a pipe or a socket, not a file", shown(path, &marks));
                return Err(FunctionError::argument(0, message));
            }
        };
        Ok(Value::bool(exists).with_marks(&marks))
    })
    .never_null()
}

/// The text of a file, which must be UTF-8.
pub(super) fn read_text(setting: &Setting, path: &str, marks: &Marks) -> Result<String, FunctionError> {
    String::from_utf8(read(setting, path, marks)?).map_err(|_| {
        let shown = shown(path, marks);
        let hint = "filebase64 reads any file, and filesha256 and the like hash one";
        FunctionError::argument(0, format!("{shown} is not a text in UTF-8; {hint}"))
    })
}

fn read(setting: &Setting, path: &str, marks: &Marks) -> Result<Vec<u8>, FunctionError> {
    let shown = shown(path, marks);
    setting.world.read(&locate(setting, path)?).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!(
                "there is no file {shown}; files are read before anything is applied, so one that a resource \
                 makes has to be read through an attribute of that resource"
            ),
            std::io::ErrorKind::IsADirectory => format!("{shown} is a directory, not a file"),
            _ => format!("{shown} cannot be read: {error}"),
        };
        FunctionError::argument(0, message)
    })
}

/// Resolves a path: `~` becomes the home directory, and relative paths start at the base directory.
fn locate(setting: &Setting, path: &str) -> Result<PathBuf, FunctionError> {
    let path = expand_home(setting.world.as_ref(), path)?;
    Ok(PathBuf::from(from_base(setting, &path)))
}

fn from_base(setting: &Setting, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { join(&setting.base.to_string_lossy(), path) }
}

fn fileset(setting: &Setting) -> Function {
    let setting = setting.clone();
    let parameters = vec![
        Parameter::new("path", Type::String, "The directory to start from.").allow_unknown().allow_marked(),
        Parameter::new("pattern", Type::String, "A pattern with *, **, ?, [a-z] and {a,b}.")
            .allow_unknown()
            .allow_marked(),
    ];
    let description = "The files whose paths fit a pattern.";
    Function::new("fileset", description, parameters, Type::set(Type::String), move |arguments| {
        let (path, path_marks) = decided(&arguments[0]);
        let (pattern, pattern_marks) = decided(&arguments[1]);
        let marks = path_marks.union(&pattern_marks);
        match (path.as_str(), pattern.as_str()) {
            (Some(path), Some(pattern)) => {
                Ok(list_files(&setting, path, pattern, &marks)?.with_marks(&marks))
            }
            _ => Ok(Value::unknown(Type::set(Type::String)).with_marks(&marks)),
        }
    })
    .never_null()
}

/// The directory takes part in the pattern, as it does in the reference.
fn list_files(setting: &Setting, path: &str, pattern: &str, marks: &Marks) -> Outcome {
    let directory = from_base(setting, path);
    let whole = join(&directory, pattern);
    let world = Arc::clone(&setting.world);
    let matches = Glob::new(world.as_ref()).files(&whole).map_err(|fault| {
        let pattern = shown(pattern, marks);
        FunctionError::argument(
            1,
            match fault {
                glob::Fault::BadPattern => format!("{pattern} is not a pattern: a [ or {{ is not closed"),
                glob::Fault::Endless => format!("{pattern} would have to be held against millions of paths"),
            },
        )
    })?;
    let mut files = Vec::new();
    for found in matches {
        let failed = |why: &str| {
            let message = format!("{} fits the pattern, but {why}", shown(&found.to_string_lossy(), marks));
            FunctionError::argument(1, message)
        };
        match world.kind(Path::new(&found)) {
            Ok(Some(FileKind::File)) => {
                files.push(Value::string(&relative(&directory, &found.to_string_lossy())));
            }
            Ok(Some(_)) => {}
            Ok(None) => return Err(failed("leads nowhere")),
            Err(error) => return Err(failed(&format!("cannot be looked at: {error}"))),
        }
    }
    Ok(Value::set(Type::String, files))
}
