//! Files on disk: lists, reads and replaces them.

use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::tree::cleaned;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::environment;

/// The files that the formatter handles.
const FORMATTED: [&str; 4] = [".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl"];

/// The most that is read of a stream.
const MOST_OF_A_STREAM: u64 = 64 * 1024 * 1024;

/// As [`read`], for a file that was found and not named. It must be a regular file: a pipe or a device could block
/// forever.
pub fn read_found(file: &Path, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    if std::fs::metadata(file).is_ok_and(|metadata| !metadata.is_file()) {
        let why = format!("{} is a device, a pipe or a socket, and not a file.", file.display());
        diagnostics.push(Diagnostic::error("File cannot be read", why));
        return None;
    }
    read(file, diagnostics)
}

/// As [`read_found`], for a file that is known by another name.
pub(super) fn read_copied(file: &Path, base: &Path, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    if base.as_os_str().is_empty() {
        return read_found(file, diagnostics);
    }
    match content(&base.join(file)) {
        Ok(bytes) => Some(Source::from_bytes(file.display().to_string(), bytes)),
        Err(error) => {
            let why = format!("Reading the copy of {} failed: {error}.", file.display());
            diagnostics.push(Diagnostic::error("File cannot be read", why));
            None
        }
    }
}

/// Reads a file, or reports why not.
pub fn read(file: &Path, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    match content(file) {
        Ok(bytes) => Some(Source::from_bytes(file.display().to_string(), bytes)),
        Err(error) => {
            let why = format!("Reading {} failed: {error}.", file.display());
            diagnostics.push(Diagnostic::error("File cannot be read", why));
            None
        }
    }
}

/// A file that was named may be a pipe, or a device without an end.
fn content(file: &Path) -> std::io::Result<Vec<u8>> {
    if std::fs::metadata(file)?.is_file() {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MOST_OF_A_STREAM).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == MOST_OF_A_STREAM {
        return Err(std::io::Error::other("there is no end to what it gives"));
    }
    Ok(bytes)
}

/// Reads a file to its end, if its beginning is as it should be; otherwise only that. Nobody has to wait for gigabytes,
/// or a device without an end, only to hear that they are not what was expected.
pub fn beginning_as(file: &Path, is_wanted: impl Fn(&[u8]) -> bool) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(file)?;
    let mut bytes = Vec::new();
    (&mut file).take(BEGINNING).read_to_end(&mut bytes)?;
    if is_wanted(&bytes) {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

const BEGINNING: u64 = 4096;

/// Replaces a file's content atomically: a reader sees the old content or the new one, even after a crash. Permissions
/// and owner are kept, and a link stays a link. A file that may not be written is left alone.
pub fn replace(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let file = file.canonicalize()?;
    // Replacing only takes write access to the directory, so check that the file itself may be written.
    let metadata = std::fs::OpenOptions::new().write(true).open(&file)?.metadata()?;
    let fresh = written_beside(&file, content, &tempfile::Builder::new())?;
    keep_owner(fresh.as_file(), &metadata);
    fresh.as_file().set_permissions(metadata.permissions())?;
    fresh.as_file().sync_all()?;
    fresh.persist(file)?;
    Ok(())
}

/// As [`replace`], and creates the file if there is none.
pub(super) fn create_or_replace(file: &Path, content: &[u8]) -> std::io::Result<()> {
    if file.exists() {
        return replace(file, content);
    }
    let mut builder = tempfile::Builder::new();
    // The permissions of any new file; the umask applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let fresh = written_beside(file, content, &builder)?;
    fresh.as_file().sync_all()?;
    fresh.persist_noclobber(file)?;
    Ok(())
}

fn written_beside(
    file: &Path,
    content: &[u8],
    builder: &tempfile::Builder<'_, '_>,
) -> std::io::Result<tempfile::NamedTempFile> {
    let mut fresh = builder.tempfile_in(file.parent().unwrap_or(Path::new(".")))?;
    fresh.write_all(content)?;
    Ok(fresh)
}

/// Gives the new file the owner of the old one, as far as we may: only root may change owners.
#[cfg(unix)]
fn keep_owner(fresh: &std::fs::File, metadata: &std::fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(fresh, Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &std::fs::File, _: &std::fs::Metadata) {}

/// The files to format, in order: those named, and those in the directories named.
pub fn formattable(targets: &[PathBuf], recursive: bool, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if targets.is_empty() {
        gather(Path::new("."), recursive, &mut found, diagnostics);
    }
    for target in targets {
        if target.is_dir() {
            gather(&as_called(target), recursive, &mut found, diagnostics);
        } else if !target.exists() {
            let why = format!("There is no file or directory {}.", target.display());
            diagnostics.push(Diagnostic::error("Nothing to format", why));
        } else if is_formatted(target) && target.is_file() {
            found.push(as_called(target));
        } else {
            let why = format!(
                "{} is none of the files that are formatted: {}, terrace.hcl.",
                target.display(),
                FORMATTED.join(", ")
            );
            diagnostics.push(Diagnostic::error("Not a configuration file", why));
        }
    }
    found
}

/// Hidden directories belong to tools, and links to directories may be circular, so neither is entered.
fn gather(folder: &Path, recursive: bool, found: &mut Vec<PathBuf>, diagnostics: &mut Diagnostics) {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            let why = format!("Reading {} failed: {error}.", folder.display());
            return diagnostics.push(Diagnostic::error("Directory cannot be read", why));
        }
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let path = path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && recursive && !hidden {
            gather(&path, recursive, found, diagnostics);
        } else if !is_folder && !hidden && is_formatted(&path) && path.is_file() {
            found.push(path);
        }
    }
}

fn is_formatted(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name == environment::FILE || FORMATTED.iter().any(|ending| name.ends_with(ending))
}

/// A path for display: cleaned, and relative to the current directory if it is below it.
fn as_called(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let path = cleaned(path);
    if !path.is_absolute() || here.as_os_str().is_empty() {
        return path;
    }
    let shared = path.components().zip(here.components()).take_while(|(a, b)| a == b).count();
    let back = here.components().skip(shared).map(|_| Component::ParentDir);
    cleaned(&back.chain(path.components().skip(shared)).collect::<PathBuf>())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::{create_or_replace, replace};

    #[test]
    fn a_replaced_file_keeps_its_link_its_owner_and_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.tf"), folder.path().join("link.tf"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        // Only root may change owners; for everybody else this looks at their own files.
        let given = std::os::unix::fs::chown(&file, Some(12345), Some(12345)).is_ok();
        symlink("a.tf", &link).unwrap();
        replace(&link, b"new").unwrap();
        let metadata = std::fs::metadata(&file).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!given || (metadata.uid(), metadata.gid()) == (12345, 12345));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_new_file_is_as_readable_as_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, other) = (folder.path().join("ours"), folder.path().join("other"));
        create_or_replace(&ours, b"text").unwrap();
        std::fs::write(&other, "text").unwrap();
        let mode = |file| std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&other));
        create_or_replace(&ours, b"more").unwrap();
        assert_eq!(std::fs::read_to_string(&ours).unwrap(), "more");
    }
}
