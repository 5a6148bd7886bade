//! The functions of the language, one file per family.
//!
//! Each file offers its functions as a list; [`table`] combines them under their names. Everything from outside comes
//! from the [`World`] that the table was made with, so all else here is pure.

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
#[cfg(test)]
mod tests;
mod uuids;
mod yaml;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

use foldhash::HashMap;

pub use instant::{parse_duration, parse_wait};
pub use json::document as json_document;
pub use openssh::Wire;
pub use yaml::document as yaml_document;

use super::{ProviderFunctions, World};
use crate::address::ProviderAddress;
use crate::expression::{Function, can_function, try_function};

/// The circumstances that functions are made for.
#[derive(Clone)]
pub struct Setting {
    pub world: Arc<dyn World>,
    pub providers: Arc<dyn ProviderFunctions>,
    /// The directory that relative paths in expressions start from.
    pub base: PathBuf,
    /// The console has `type` and lacks `plantimestamp`.
    pub console: bool,
    /// Functions that answer differently each time (`bcrypt`, `timestamp`, `uuid`) have unknown results, as they do in
    /// a plan, because what is planned must be what is applied.
    pub deferred: bool,
}

/// Functions whose arguments only pass into the result, as text in other text and elements in other collections: a name
/// in them stays a name, and nothing is decided by it.
const PASSING: [&str; 54] = [
    "abspath",
    "base64decode",
    "base64encode",
    "base64gzip",
    "base64sha256",
    "base64sha512",
    "basename",
    "bcrypt",
    "chomp",
    "chunklist",
    "concat",
    "dirname",
    "ephemeralasnull",
    "flatten",
    "format",
    "formatlist",
    "indent",
    "join",
    "jsonencode",
    "keys",
    "lower",
    "md5",
    "merge",
    "nonsensitive",
    "one",
    "pathexpand",
    "reverse",
    "sensitive",
    "setproduct",
    "sha1",
    "sha256",
    "sha512",
    "split",
    "strrev",
    "substr",
    "templatefile",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "title",
    "tolist",
    "tomap",
    "toset",
    "tostring",
    "trim",
    "trimprefix",
    "trimspace",
    "trimsuffix",
    "upper",
    "urlencode",
    "uuidv5",
    "values",
    "yamlencode",
    "zipmap",
];

/// Functions by name.
pub type Named = BTreeMap<String, Arc<Function>>;

/// The functions of the language; each call looks one up.
type Known = HashMap<String, Arc<Function>>;

/// Every function of the language, each also as `core::name`. Those that need something from outside are made when
/// first needed; the others are shared by all tables.
#[derive(Clone, Default)]
pub struct Table(Arc<Settled>);

#[derive(Default)]
struct Settled {
    /// None if nothing outside may be reached.
    setting: Option<Setting>,
    outward: OnceLock<Known>,
}

/// The functions that depend on their arguments only.
static PURE: LazyLock<Known> = LazyLock::new(|| {
    named(vec![
        // One line per file, ordered by name.
        choice::functions(),
        conversion::functions(),
        csv::functions(),
        encoding::functions(),
        format::functions(),
        hash::functions(),
        inspection::functions(),
        json::functions(),
        mapping::functions(),
        network::functions(),
        number::functions(),
        regex::functions(),
        removed::functions(),
        secrecy::functions(),
        sequence::functions(),
        sets::functions(),
        string::functions(),
        vec![can_function(), try_function()],
        yaml::functions(),
    ])
});

/// The functions as they are in a setting.
pub fn table(setting: &Setting) -> Table {
    Table(Arc::new(Settled { setting: Some(setting.clone()), outward: OnceLock::new() }))
}

impl Table {
    pub fn get(&self, name: &str) -> Option<&Arc<Function>> {
        PURE.get(name).or_else(|| self.outward().get(name))
    }

    /// The functions of a provider; `None` if they are not known.
    pub fn of_provider(&self, provider: &ProviderAddress) -> Option<&[Arc<Function>]> {
        self.0.setting.as_ref()?.providers.of(provider)
    }

    /// The names of the language's functions, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = PURE.keys().chain(self.outward().keys()).map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn outward(&self) -> &Known {
        self.0.outward.get_or_init(|| {
            let Some(setting) = &self.0.setting else { return Known::default() };
            let mut families = vec![
                date::functions(setting),
                file::functions(setting),
                path::functions(setting),
                secret::functions(setting),
                template::functions(setting),
                uuids::functions(setting),
            ];
            if setting.console {
                families.push(conversion::console_functions());
            }
            named(families)
        })
    }
}

fn named(families: Vec<Vec<Function>>) -> Known {
    let count: usize = families.iter().map(Vec::len).sum();
    let mut table = Known::with_capacity_and_hasher(2 * count, foldhash::fast::RandomState::default());
    for function in families.into_iter().flatten() {
        let passes = PASSING.binary_search(&function.name.as_str()).is_ok();
        let function = Arc::new(if passes { function.passes_all() } else { function });
        table.insert(format!("core::{}", function.name), Arc::clone(&function));
        table.insert(function.name.clone(), function);
    }
    table
}
