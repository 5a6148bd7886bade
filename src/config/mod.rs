//! From a source tree to a configuration: every block of the language, decoded and checked, with its expressions and
//! spans kept.
//!
//! Pure: files, installed modules and everything else from outside arrive through [`SourceTree`]. References are not
//! resolved here, and expressions are not evaluated, except where the language requires a constant. Every check
//! collects its errors and none stops the others, so the result may be incomplete if errors were reported, and is still
//! useful.
//!
//! Steps: each file is parsed and decoded into declarations (`file`); the declarations of all files are combined into a
//! module, and override files change it (`assembly`); modules become a tree (`load`); and what concerns several modules
//! is checked last (`passing`).

mod assembly;
mod body;
mod check;
mod constant;
mod fault;
mod file;
mod lifecycle;
mod load;
mod local;
mod module;
mod module_call;
mod module_source;
mod name;
mod output;
mod passing;
mod provider;
mod provisioner;
mod refactoring;
mod reference;
mod required_providers;
mod resource;
mod rule;
mod settings;
mod source_tree;
mod target;
#[cfg(test)]
mod tests;
mod tree;
mod variable;
mod version;

pub use body::LayeredBody;
pub use check::{Check, Rule};
pub use file::{BLOCKS, ENVIRONMENT_BLOCKS};
pub use load::load;
pub use local::Local;
pub use module::Module;
pub use module_call::{ModuleCall, PassedProvider};
pub use module_source::ModuleSource;
pub use output::Output;
pub use provider::{ProviderConfig, ProviderKey, ProviderReference};
pub use provisioner::{Connection, OnFailure, Provisioner, When};
pub use refactoring::{Import, Moved, Removed};
pub use required_providers::RequiredProvider;
pub use resource::{IgnoreChanges, Managed, Repetition, Resource};
pub use settings::{Backend, Cloud, ProviderMeta, Settings};
pub use source_tree::{FileKind, InstalledModule, ModuleRequest, SourceTree, Syntax};
pub use target::{computed_target, parse_target};
pub use tree::{Configuration, ModuleId, ModuleNode};
pub use variable::{ParsingMode, Variable};
pub use version::{Version, VersionConstraints, VersionError};

/// The version of the language that is implemented, which `required_version` is checked against.
pub const LANGUAGE_VERSION: &str = "1.11.4";
