//! The directory of installed modules: `.terraform/modules`, one directory per call.
//!
//! A package is complete before it is moved into place, and the manifest never names an incomplete one, so an
//! interruption at any moment leaves a project in which the next run can continue.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fault::FetchError;
use crate::source::manifest::FOLDER;

/// The prefix of temporary directories; the next run deletes those that a killed one left.
const UNFINISHED: &str = ".unfinished-";
const LOCK: &str = ".terrace.lock";

/// The directory of installed modules, locked against other runs.
pub(super) struct Shelf {
    folder: PathBuf,
    _lock: File,
}

impl Shelf {
    /// Creates the directory if there is none, and locks it.
    pub(super) fn open(project: &Path) -> Result<Self, FetchError> {
        let folder = project.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(FetchError::files("making", &folder))?;
        let lock_path = folder.join(LOCK);
        let lock = File::create(&lock_path).map_err(FetchError::files("making", &lock_path))?;
        match lock.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(FetchError::Unsupported(format!(
                    "another run is installing modules into {} just now",
                    folder.display()
                )));
            }
            // Some file systems have no locks; a single run is safe on them all the same.
            Err(std::fs::TryLockError::Error(_)) | Ok(()) => {}
        }
        let shelf = Self { folder, _lock: lock };
        shelf.sweep();
        Ok(shelf)
    }

    /// Deletes what killed runs left. A failure to delete only wastes space.
    fn sweep(&self) {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED)) {
            std::fs::remove_dir_all(entry.path()).unwrap_or_default();
        }
    }

    /// A temporary directory on the same file system, deleted when dropped.
    pub(super) fn workplace(&self) -> Result<TempDir, FetchError> {
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(&self.folder)
            .map_err(FetchError::files("making a directory in", &self.folder))
    }

    /// Moves a complete package into the place of a call, replacing what was there.
    pub(super) fn put(&self, package: &Path, key: &str, workplace: &TempDir) -> Result<PathBuf, FetchError> {
        let place = self.folder.join(key);
        if place.symlink_metadata().is_ok() {
            let aside = workplace.path().join("replaced");
            std::fs::rename(&place, &aside).map_err(FetchError::files("replacing", &place))?;
        }
        std::fs::rename(package, &place).map_err(FetchError::files("making", &place))?;
        Ok(place)
    }
}
