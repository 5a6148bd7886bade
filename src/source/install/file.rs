//! Packages that are directories on this machine.

use std::path::{Path, PathBuf};

use url::Url;

use super::fault::FetchError;

/// The path of a `file:` address.
pub(super) fn path(address: &Url) -> Result<PathBuf, FetchError> {
    let fault =
        || FetchError::Address { address: address.to_string(), why: "it has no path on this machine".into() };
    address.to_file_path().map_err(|()| fault())
}

/// Links to a directory instead of copying it, as Terraform does: later changes to it count.
pub(super) fn link(directory: &Path, into: &Path) -> Result<(), FetchError> {
    let metadata = std::fs::metadata(directory).map_err(FetchError::files("reading", directory))?;
    if !metadata.is_dir() {
        let why = format!("{} is neither a directory nor an archive", directory.display());
        return Err(FetchError::Unsupported(why));
    }
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(directory, into);
    #[cfg(not(unix))]
    let linked = return copy(directory, into);
    linked.map_err(FetchError::files("making a link", into))
}

/// Copies a package that was fetched before, without entries that start with a dot, such as `.git`, as Terraform does.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), FetchError> {
    std::fs::create_dir_all(to).map_err(FetchError::files("making", to))?;
    let entries = std::fs::read_dir(from).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    for entry in entries.map_err(FetchError::files("reading", from))? {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(FetchError::files("reading", &source))?;
        if kind.is_dir() {
            copy(&source, &target)?;
        } else if kind.is_symlink() {
            let leads = std::fs::read_link(&source).map_err(FetchError::files("reading", &source))?;
            make_link(&leads, &target).map_err(FetchError::files("making a link", &target))?;
        } else {
            std::fs::copy(&source, &target).map_err(FetchError::files("copying", &source))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
pub(super) fn make_link(leads: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(leads, place)
}

#[cfg(not(unix))]
pub(super) fn make_link(leads: &Path, place: &Path) -> std::io::Result<()> {
    let target = place.parent().unwrap_or(Path::new(".")).join(leads);
    std::fs::copy(target, place).map(drop)
}
