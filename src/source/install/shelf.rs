//! Where installed modules stand: `.terraform/modules`, one directory per call.
//!
//! A package is complete before it gets its place, and the list never names what is half there: whoever is interrupted,
//! in whatever moment, leaves a project where the next run goes on.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fault::FetchError;
use crate::source::manifest::FOLDER;

/// What a run works in begins with this; what a killed one left goes with the next.
const UNFINISHED: &str = ".unfinished-";
const LOCK: &str = ".terrace.lock";

/// The directory of installed modules, held against other runs.
pub(super) struct Shelf {
    folder: PathBuf,
    _lock: File,
}

impl Shelf {
    /// Makes the directory of a project if there is none, and takes it for this run alone.
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
            // Some file systems know no locks; a single run is safe on them all the same.
            Err(std::fs::TryLockError::Error(_)) | Ok(()) => {}
        }
        let shelf = Self { folder, _lock: lock };
        shelf.sweep();
        Ok(shelf)
    }

    /// Removes what killed runs left. What cannot be removed takes room and harms nobody.
    fn sweep(&self) {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED)) {
            std::fs::remove_dir_all(entry.path()).unwrap_or_default();
        }
    }

    /// A directory to work in, on the same file system; it goes when dropped.
    pub(super) fn workplace(&self) -> Result<TempDir, FetchError> {
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(&self.folder)
            .map_err(FetchError::files("making a directory in", &self.folder))
    }

    /// Gives a complete package the place of a call; what stood there goes.
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
