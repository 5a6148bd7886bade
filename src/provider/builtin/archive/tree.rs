//! Collects the content of an archive: files below a folder, in the order of their names, folder by folder.

use std::fs::{self, FileType, Metadata};
use std::path::{Path, PathBuf};

use super::pattern::Patterns;

/// One file of an archive.
pub(super) struct Entry {
    /// With slashes, relative.
    pub(super) name: String,
    /// The permissions of an existing file; none for given content.
    pub(super) mode: Option<u32>,
    pub(super) content: Content,
}

pub(super) enum Content {
    Here(Vec<u8>),
    In(PathBuf),
}

impl Entry {
    pub(super) fn given(name: &str, content: &str) -> Self {
        Self { name: name.to_owned(), mode: None, content: Content::Here(content.as_bytes().to_vec()) }
    }

    /// A file, under its own name.
    pub(super) fn file(path: &str) -> Result<Self, String> {
        let path = Path::new(path);
        let metadata = look(path, fs::metadata)?;
        if !metadata.is_file() {
            return Err(format!("{} is not a file.", path.display()));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, mode: Some(mode(&metadata)), content: Content::In(path.to_path_buf()) })
    }

    pub(super) fn read(&self) -> Result<std::borrow::Cow<'_, [u8]>, String> {
        match &self.content {
            Content::Here(content) => Ok(content.into()),
            Content::In(path) => match fs::read(path) {
                Ok(content) => Ok(content.into()),
                Err(error) => Err(format!("{} cannot be read: {error}.", path.display())),
            },
        }
    }
}

/// Which files of a folder are archived.
pub(super) struct Choice<'a> {
    pub(super) excludes: Patterns,
    pub(super) without_linked_folders: bool,
    /// The archive itself, which may be inside the folder.
    pub(super) output: &'a Path,
}

/// Everything below a folder.
pub(super) fn files(folder: &str, choice: &Choice<'_>) -> Result<Vec<Entry>, String> {
    let folder = Path::new(folder);
    if !look(folder, fs::metadata)?.is_dir() {
        return Err(format!("{} is not a folder.", folder.display()));
    }
    let mut walk =
        Walk { choice, output: fs::canonicalize(choice.output).ok(), above: Vec::new(), found: Vec::new() };
    walk.step(folder, Path::new("."))?;
    if walk.found.is_empty() {
        return Err(format!("There would be nothing in it: {} holds no files to archive.", folder.display()));
    }
    Ok(walk.found)
}

struct Walk<'a> {
    choice: &'a Choice<'a>,
    output: Option<PathBuf>,
    /// The targets of links that were followed to get here.
    above: Vec<PathBuf>,
    found: Vec<Entry>,
}

impl Walk<'_> {
    /// One file or folder, and what is below it. `name` is its name in the archive.
    fn step(&mut self, place: &Path, name: &Path) -> Result<(), String> {
        let metadata = look(place, fs::symlink_metadata)?;
        if self.choice.excludes.fit(name) {
            return Ok(());
        }
        if metadata.is_dir() {
            return stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.descend(place, name));
        }
        if !metadata.is_symlink() {
            return self.add(place, name, &metadata);
        }
        let target = look(place, fs::metadata)?;
        if !target.is_dir() {
            return self.add(place, name, &target);
        }
        if self.choice.without_linked_folders {
            return Ok(());
        }
        let real = look(place, fs::canonicalize)?;
        let inside = fs::canonicalize(place.parent().unwrap_or(place)).unwrap_or_default();
        if self.above.contains(&real) || inside.starts_with(&real) {
            return Err(format!("{} leads back to a folder that it is in.", place.display()));
        }
        self.above.push(real.clone());
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.descend(&real, name))?;
        self.above.pop();
        Ok(())
    }

    fn descend(&mut self, folder: &Path, name: &Path) -> Result<(), String> {
        let entries = look(folder, |folder| fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>())?;
        let mut names: Vec<_> = entries.into_iter().map(|entry| entry.file_name()).collect();
        names.sort();
        for entry in names {
            let inner = if name == Path::new(".") { PathBuf::from(&entry) } else { name.join(&entry) };
            self.step(&folder.join(&entry), &inner)?;
        }
        Ok(())
    }

    fn add(&mut self, place: &Path, name: &Path, metadata: &Metadata) -> Result<(), String> {
        if !metadata.is_file() {
            return Err(format!("{} is {}, not a file.", place.display(), what(metadata.file_type())));
        }
        let same_name = place.file_name() == self.choice.output.file_name();
        if same_name && self.output.is_some() && fs::canonicalize(place).ok() == self.output {
            return Ok(());
        }
        self.found.push(Entry {
            name: name.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
            mode: Some(mode(metadata)),
            content: Content::In(place.to_path_buf()),
        });
        Ok(())
    }
}

fn look<'p, T>(place: &'p Path, how: impl Fn(&'p Path) -> std::io::Result<T>) -> Result<T, String> {
    how(place).map_err(|error| format!("{} cannot be read: {error}.", place.display()))
}

#[cfg(unix)]
fn what(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn what(_kind: FileType) -> &'static str {
    "something else"
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    if metadata.permissions().readonly() { 0o444 } else { 0o666 }
}
