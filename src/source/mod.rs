//! Finds and reads the files and modules of a project, and fetches modules from elsewhere.
//!
//! What is read becomes data for lower rooms; nothing here knows what it means.

mod branches;
mod copy;
mod files;
mod git;
pub mod install;
mod manifest;
mod secret;
mod tree;
mod world;

pub use branches::{Head, branches, commit_of, head};
pub use copy::{Copy, Package, Reads};
pub use files::{beginning_as, formattable, read, read_found, replace};
pub use git::checkout;
pub use manifest::{Manifest, ManifestEntry, ManifestError};
pub use secret::secret;
pub use tree::Tree;
pub use world::Machine;
