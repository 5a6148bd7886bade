//! Finds and reads what a project is made of: files, modules, the lock file.

mod files;

pub use files::{formattable, read, replace};
