//! The only door outside for evaluation: files, clock, randomness and the places that the process knows.
//!
//! Paths that reach a [`World`] are as the expression wrote them, after `~` has been expanded; a relative one is
//! relative to the base directory that the functions were made for, which the functions join before they ask.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// What evaluation may ask of the machine that it runs on. Nothing here changes anything.
pub trait World: Send + Sync {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What is at the path, links followed; None where nothing is.
    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>>;

    /// What is directly inside a directory, in order of name; links are named as links, not followed.
    fn entries(&self, directory: &Path) -> io::Result<Vec<Entry>>;

    /// The clock, asked anew by each `timestamp()`.
    fn now(&self) -> Timestamp;

    /// The one instant that a whole plan agrees on; None where there is no plan, as in the console.
    fn plan_time(&self) -> Option<Timestamp>;

    /// Fills the buffer with bytes that nobody can guess.
    fn random(&self, buffer: &mut [u8]) -> io::Result<()>;

    /// The home directory of the person.
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
