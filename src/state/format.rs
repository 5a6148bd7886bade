//! Terraform's state format, version 4: read and written, so that states can be exchanged.

mod dependencies;
mod indent;
mod paths;
mod read;
mod write;

use super::State;

pub use dependencies::Dependencies;
pub use read::{identity, looks_like_state};

/// The version that is read and written.
pub const VERSION: u64 = 4;

/// The content of a state file.
#[derive(Clone, Debug)]
pub struct StateFile {
    pub state: State,
    /// The version of the program that wrote it, if it is given.
    pub written_by: Option<String>,
}

/// Why a text cannot be read as a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("it is no state file: {0}")]
    NoState(String),
    #[error(
        "it is written in version {version} of the format, and only version 4 is read; \"terraform state pull\" of \
         terraform 0.12 or later, run where this state is in use, gives it in version 4"
    )]
    TooOld { version: u64 },
    #[error("it is written in version {version} of the format{}, and only version 4 is known", by(.written_by))]
    TooNew { version: u64, written_by: Option<String> },
    #[error("{0}")]
    Invalid(String),
}

/// Reads a state file.
pub fn read(text: &str) -> Result<StateFile, FormatError> {
    read::read(text)
}

/// Writes a state as the given version of Terraform would.
pub fn write(state: &State, written_by: &str) -> String {
    write::write(state, written_by)
}

/// The paths of sensitive values in an object, in this format.
pub fn write_paths(paths: &[crate::value::Path]) -> String {
    let mut out = String::new();
    paths::write(paths, &mut out);
    out
}

pub fn read_paths(text: &str) -> Result<Vec<crate::value::Path>, FormatError> {
    paths::read(&mut crate::syntax::data::Document::new(text))
}

fn by(written_by: &Option<String>) -> String {
    written_by.as_ref().map(|version| format!(", by terraform {version}")).unwrap_or_default()
}
