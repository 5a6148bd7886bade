//! Packs up the files that a configuration was read from, and unpacks them to be read again.
//!
//! Knows nothing of what the files mean. Files keep the names by which they were read, so that all references to them
//! still work.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::tree::cleaned;

/// No configuration is larger; a package that claims to be is invalid.
const MOST: u64 = 64 * 1024 * 1024;

/// Files by name, and the inputs given beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Names are relative to the project.
    #[serde(default)]
    texts: BTreeMap<String, String>,
    /// Files that are not text, in base 64.
    #[serde(default)]
    binaries: BTreeMap<String, String>,
    /// `NAME=VALUE`, as typed.
    #[serde(default)]
    pub variables: Vec<String>,
    /// The variable files named on the command line, in order.
    #[serde(default)]
    pub value_files: Vec<String>,
    /// Variables of the process, without their prefix.
    #[serde(default)]
    pub environment: Vec<(String, String)>,
}

/// Records the files that were read, by the names used to read them.
#[derive(Clone, Debug, Default)]
pub struct Reads(Arc<Mutex<BTreeSet<PathBuf>>>);

/// An unpacked package. Deleted when dropped.
#[derive(Debug)]
pub struct Copy {
    folder: tempfile::TempDir,
    base: PathBuf,
}

impl Reads {
    pub(super) fn note(&self, path: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(cleaned(path));
    }

    pub fn all(&self) -> Vec<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Package {
    /// Adds a file, unless its path is absolute: such a file is found where it is.
    pub fn add(&mut self, path: &Path, content: &[u8]) {
        let path = cleaned(path);
        let Some(name) = path.to_str().filter(|_| path.is_relative()) else { return };
        match std::str::from_utf8(content) {
            Ok(text) => drop(self.texts.insert(name.to_owned(), text.to_owned())),
            Err(_) => drop(self.binaries.insert(name.to_owned(), STANDARD.encode(content))),
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().chain(self.binaries.keys()).map(String::as_str)
    }

    /// Serialises the package.
    pub fn pack(&self) -> io::Result<String> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&serde_json::to_vec(self)?)?;
        Ok(STANDARD.encode(packed.finish()?))
    }

    pub fn unpack(text: &str) -> io::Result<Self> {
        let packed = STANDARD.decode(text).map_err(io::Error::other)?;
        let mut json = Vec::new();
        GzDecoder::new(&*packed).take(MOST).read_to_end(&mut json)?;
        Ok(serde_json::from_slice(&json)?)
    }

    /// Unpacks the files into a new folder that only their owner can enter.
    pub fn lay_out(&self) -> io::Result<Copy> {
        let mut builder = tempfile::Builder::new();
        // The project may be in a folder that others cannot look into.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.prefix("terrace-").tempdir()?;
        // Modules may lie above the project, so the copy of the project needs enough parents.
        let climbs = |name: &str| {
            Path::new(name).components().take_while(|part| matches!(part, Component::ParentDir)).count()
        };
        let depth = self.names().map(climbs).max().unwrap_or(0);
        let mut base = folder.path().canonicalize()?;
        (0..depth).for_each(|level| base.push(format!("above-{level}")));
        base.push("project");
        std::fs::create_dir_all(&base)?;
        let texts = self.texts.iter().map(|(name, text)| (name, Ok(text.clone().into_bytes())));
        let binaries = self.binaries.iter().map(|(name, text)| (name, STANDARD.decode(text)));
        for (name, content) in texts.chain(binaries) {
            let path = cleaned(&base.join(name));
            if !path.starts_with(folder.path().canonicalize()?) {
                continue;
            }
            std::fs::create_dir_all(path.parent().unwrap_or(&base))?;
            std::fs::write(path, content.map_err(io::Error::other)?)?;
        }
        Ok(Copy { folder, base })
    }
}

impl Copy {
    /// The folder that stands for the project.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Deletes it now: the holder may live as long as the process, which ends without running destructors.
    pub fn remove(&self) {
        let _ = std::fs::remove_dir_all(self.folder.path());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Package;

    #[test]
    fn files_come_back_under_their_names_also_from_above_and_none_gets_out() {
        let mut package = Package::default();
        package.add(Path::new("./main.tf"), b"a");
        package.add(Path::new("../../shared/x/main.tf"), b"b");
        package.add(Path::new("modules/../data.bin"), &[0xff, 0xfe]);
        package.add(Path::new("/etc/passwd"), b"no");
        package.variables.push("a=b".into());
        let package = Package::unpack(&package.pack().unwrap()).unwrap();
        let copy = package.lay_out().unwrap();
        let read = |name: &str| std::fs::read(copy.base().join(name)).unwrap();
        assert_eq!(read("main.tf"), b"a");
        assert_eq!(read("../../shared/x/main.tf"), b"b");
        assert_eq!(read("data.bin"), [0xff, 0xfe]);
        assert_eq!(package.names().count(), 3);
        assert_eq!(package.variables, ["a=b"]);
        #[cfg(unix)]
        {
            let mode = copy.folder.path().metadata().unwrap().permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o077, 0, "others can look into it");
        }
        let place = copy.base().to_path_buf();
        drop(copy);
        assert!(!place.exists());
    }

    #[test]
    fn what_is_no_package_is_a_fault() {
        for text in ["", "!", "aGVsbG8="] {
            assert!(Package::unpack(text).is_err(), "{text}");
        }
    }
}
