//! The functions of the language, one file per family.
//!
//! Each file offers its functions as a list; [`table`] puts them together under their names. What a function needs
//! from outside it gets from the [`World`] that the table was made with, so that everything else here is pure.

mod argument;
mod charset;
mod choice;
mod conversion;
mod csv;
mod date;
mod encoding;
mod file;
mod format;
mod glob;
mod grapheme;
pub mod gzip;
mod hash;
mod inspection;
mod instant;
mod json;
mod letter_case;
mod mapping;
mod network;
mod number;
mod openssh;
mod path;
mod power;
mod regex;
mod removed;
mod secrecy;
mod secret;
mod sequence;
mod sets;
mod string;
mod template;
mod terraform_provider;
#[cfg(test)]
mod tests;
mod uuids;
mod yaml;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use instant::parse_duration;
pub use json::document as json_document;
pub use yaml::document as yaml_document;

use super::World;
use crate::expression::{Function, can_function, try_function};

/// What the functions of one module are made for.
#[derive(Clone)]
pub struct Setting {
    pub world: Arc<dyn World>,
    /// The directory that relative paths in expressions start from.
    pub base: PathBuf,
    /// The console has `type` and lacks `plantimestamp`.
    pub console: bool,
    /// Functions that answer differently each time (`bcrypt`, `timestamp`, `uuid`) wait: their results are unknown,
    /// as they are in a plan, since what is planned must be what is applied.
    pub deferred: bool,
}

/// Functions by name.
pub type Table = BTreeMap<String, Arc<Function>>;

/// Every function of the language, each also as `core::name`.
pub fn table(setting: &Setting) -> Table {
    let mut families: Vec<Vec<Function>> = vec![
        // One line per file, in order of name.
        choice::functions(),
        conversion::functions(),
        csv::functions(),
        date::functions(setting),
        encoding::functions(),
        file::functions(setting),
        format::functions(),
        hash::functions(),
        inspection::functions(),
        json::functions(),
        mapping::functions(),
        network::functions(),
        number::functions(),
        path::functions(setting),
        regex::functions(),
        removed::functions(),
        secrecy::functions(),
        secret::functions(setting),
        sequence::functions(),
        sets::functions(),
        string::functions(),
        template::functions(setting),
        uuids::functions(setting),
        vec![can_function(), try_function()],
        yaml::functions(),
    ];
    if setting.console {
        families.push(conversion::console_functions());
    }
    let mut table = Table::new();
    for function in families.into_iter().flatten() {
        let function = Arc::new(function);
        table.insert(format!("core::{}", function.name), Arc::clone(&function));
        table.insert(function.name.clone(), function);
    }
    table
}

/// The functions of the built-in provider, for a module that calls the provider by this name.
pub fn terraform_provider(local_name: &str) -> Table {
    let full_name = |function: &Function| format!("provider::{local_name}::{}", function.name);
    terraform_provider::functions()
        .into_iter()
        .map(|function| (full_name(&function), Arc::new(function)))
        .collect()
}
