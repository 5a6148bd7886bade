//! The only access of evaluation to the outside world: files, clock, randomness and the paths that the process knows.
//!
//! Paths passed to a [`World`] are as the expression wrote them, with `~` expanded; relative ones have been joined to
//! the base directory of the functions.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// What evaluation may ask of the machine. Nothing here changes anything.
pub trait World: Send + Sync {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The kind of file at the path, following links; `None` if there is none.
    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>>;

    /// The entries of a directory, ordered by name; links are listed as links.
    fn entries(&self, directory: &Path) -> io::Result<Vec<Entry>>;

    /// The current time, read anew by each `timestamp()`.
    fn now(&self) -> Timestamp;

    /// The time of the plan; `None` if there is no plan, as in the console.
    fn plan_time(&self) -> Option<Timestamp>;

    /// Fills the buffer with random bytes.
    fn random(&self, buffer: &mut [u8]) -> io::Result<()>;

    /// The user's home directory.
    fn home(&self) -> Option<PathBuf>;

    /// The directory that relative paths of the process start from.
    fn current_directory(&self) -> io::Result<PathBuf>;
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    File,
    Directory,
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: std::ffi::OsString,
    pub kind: FileKind,
}
