//! The list of installed modules, in the place and format that Terraform uses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::ModuleSource;

/// Where modules are installed, below the project's directory.
pub(super) const FOLDER: &str = ".terraform/modules";
const FILE: &str = "modules.json";

/// The directory of each call of a module, by the names of the calls that lead to it: `network.subnets`.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    pub entries: BTreeMap<String, ManifestEntry>,
}

/// One installed module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestEntry {
    #[serde(rename = "Key")]
    pub key: String,
    #[serde(rename = "Source")]
    pub source: String,
    #[serde(rename = "Version", default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Relative to the project's directory.
    #[serde(rename = "Dir")]
    pub directory: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("reading {} failed: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: std::io::Error },
    #[error("{} is not a list of modules: {cause}", path.display())]
    Malformed { path: PathBuf, cause: serde_json::Error },
    #[error("writing {} failed: {cause}", path.display())]
    Unwritable { path: PathBuf, cause: std::io::Error },
}

#[derive(Serialize, Deserialize)]
struct Form {
    #[serde(rename = "Modules")]
    modules: Vec<ManifestEntry>,
}

impl ManifestEntry {
    /// Older tools stored sources as they were written.
    fn respelled(mut self) -> Self {
        if let Ok(source) = ModuleSource::parse(&self.source) {
            self.source = source.to_string();
        }
        self
    }
}

impl Manifest {
    /// Reads the list of a project; empty if there is none.
    pub fn read(project: &Path) -> Result<Self, ManifestError> {
        let path = project.join(FOLDER).join(FILE);
        // The file was not named by anyone, so it must be a regular file: a pipe or a device could block forever.
        let text = match std::fs::metadata(&path).and_then(|metadata| match metadata.is_file() {
            true => std::fs::read(&path),
            false => Err(std::io::Error::other("it is no file")),
        }) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(ManifestError::Unreadable { path, cause }),
        };
        let form: Form =
            serde_json::from_slice(&text).map_err(|cause| ManifestError::Malformed { path, cause })?;
        let entries = form.modules.into_iter().map(|entry| (entry.key.clone(), entry.respelled())).collect();
        Ok(Self { entries })
    }

    /// Writes the list atomically.
    pub fn write(&self, project: &Path) -> Result<(), ManifestError> {
        let path = project.join(FOLDER).join(FILE);
        let form = Form { modules: self.entries.values().cloned().collect() };
        let text = serde_json::to_string(&form).expect("plain data always has a JSON form");
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = written.and_then(|()| super::files::create_or_replace(&path, text.as_bytes()));
        written.map_err(|cause| ManifestError::Unwritable { path, cause })
    }
}
