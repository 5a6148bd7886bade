//! Functions that read the disk.

use std::io::ErrorKind;

use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![direxists()]
}

/// The path is used as written: `~` has no meaning. An empty path means the current directory.
fn direxists() -> Function {
    let path = Parameter::new("path", Type::String, "Where the directory would be.");
    let description = "Whether there is a directory. Anything else under its name is an error.";
    Function::new("direxists", description, vec![path], Type::Bool, |arguments| {
        let path = arguments[0].as_str().unwrap_or_default();
        match std::fs::metadata(if path.is_empty() { "." } else { path }) {
            Ok(found) if found.is_dir() => Ok(Value::bool(true)),
            Ok(_) => Err(FunctionError::argument(0, format!("{path:?} is there, and it is not a directory"))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Value::bool(false)),
            Err(error) => Err(FunctionError::argument(0, format!("{path:?} cannot be looked at: {error}"))),
        }
    })
    .never_null()
}
