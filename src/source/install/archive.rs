//! Archives: recognises them, and unpacks them without trusting them.
//!
//! Nothing is written outside the target directory: names that lead out are refused, and so are links that do, or that
//! replace a file.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Component, Path, PathBuf};

use super::fault::FetchError;
use super::file::make_link;

/// Larger than any module, and smaller than most disks.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
const MOST_FILES: usize = 200_000;
const LONGEST_LINK: u64 = 4096;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Zip,
    Tar,
}

impl Kind {
    /// The kind named by an `archive` parameter or a file extension; `None` if it is no archive. Kinds that hold a
    /// single file are refused.
    pub(super) fn of(extension: &str) -> Result<Option<Self>, FetchError> {
        match extension {
            "zip" => Ok(Some(Self::Zip)),
            "tar.gz" | "tgz" | "tar.xz" | "txz" | "tar.bz2" | "tbz2" | "tar.tbz2" => Ok(Some(Self::Tar)),
            "gz" | "xz" | "bz2" => Err(FetchError::Unsupported(format!(
                "a file that ends in .{extension} holds one file and not the directory of a module"
            ))),
            _ => Ok(None),
        }
    }

    /// The kind named by the extension of a path.
    pub(super) fn of_path(path: &str) -> Result<Option<Self>, FetchError> {
        let endings =
            ["tar.gz", "tar.xz", "tar.bz2", "tar.tbz2", "zip", "tgz", "txz", "tbz2", "gz", "xz", "bz2"];
        let ending =
            endings.iter().find(|ending| path.strip_suffix(**ending).is_some_and(|rest| rest.ends_with('.')));
        ending.map_or(Ok(None), |ending| Self::of(ending))
    }
}

/// Unpacks an archive into a new directory.
pub(super) fn unpack(kind: Kind, archive: &Path, into: &Path) -> Result<(), FetchError> {
    std::fs::create_dir_all(into).map_err(FetchError::files("making", into))?;
    let file = File::open(archive).map_err(FetchError::files("reading", archive))?;
    let mut room = Room { folder: into, bytes: LARGEST, files: MOST_FILES, links: Vec::new() };
    match kind {
        Kind::Zip => unzip(BufReader::new(file), &mut room),
        Kind::Tar => untar(decompressed(BufReader::new(file))?, &mut room),
    }?;
    room.make_links()
}

fn broken(error: impl std::fmt::Display) -> FetchError {
    FetchError::Archive(error.to_string())
}

/// Decompresses by the first bytes of the file: names and headers from servers are not reliable.
fn decompressed(mut file: BufReader<File>) -> Result<Box<dyn Read>, FetchError> {
    let mut start = [0; 6];
    let mut length = 0;
    while let Some(rest) = start.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest).map_err(broken)? {
            0 => break,
            more => length += more,
        }
    }
    file.rewind().map_err(broken)?;
    Ok(match start {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(file)),
        [b'B', b'Z', b'h', ..] => Box::new(bzip2::read::MultiBzDecoder::new(file)),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => Box::new(lzma_rust2::XzReader::new(file, true)),
        _ => Box::new(file),
    })
}

fn unzip(file: BufReader<File>, room: &mut Room<'_>) -> Result<(), FetchError> {
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(broken)?;
        let name = PathBuf::from(entry.name().map_err(broken)?.replace('\\', "/"));
        let mode = entry.unix_mode().unwrap_or(0o644);
        if entry.is_dir() {
            room.directory(&name)?;
        } else if entry.is_symlink() {
            let mut leads = String::new();
            entry.by_ref().take(LONGEST_LINK).read_to_string(&mut leads).map_err(broken)?;
            room.link(&name, Path::new(&leads))?;
        } else {
            room.file(&name, mode, &mut entry)?;
        }
    }
    Ok(())
}

fn untar(reader: impl Read, room: &mut Room<'_>) -> Result<(), FetchError> {
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let name = entry.path().map_err(broken)?.into_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            room.directory(&name)?;
        } else if kind.is_symlink() {
            let leads = entry.link_name().map_err(broken)?.unwrap_or_default().into_owned();
            room.link(&name, &leads)?;
        } else if kind.is_hard_link() {
            let leads = entry.link_name().map_err(broken)?.unwrap_or_default().into_owned();
            room.same_file(&name, &leads)?;
        } else if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
            let mode = entry.header().mode().unwrap_or(0o644);
            room.file(&name, mode, &mut entry)?;
        } else if !kind.is_pax_global_extensions() && !kind.is_pax_local_extensions() {
            let why = format!("{} is neither a file, a directory nor a link", name.display());
            return Err(FetchError::Archive(why));
        }
    }
    Ok(())
}

/// The target directory, and how much may still be written.
struct Room<'a> {
    folder: &'a Path,
    bytes: u64,
    files: usize,
    /// Created last, so that nothing is ever written through one.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Room<'_> {
    /// The target path of an entry, or an error if it would be outside.
    fn place(&mut self, name: &Path) -> Result<PathBuf, FetchError> {
        self.files = self
            .files
            .checked_sub(1)
            .ok_or_else(|| FetchError::Archive(format!("it holds more than {MOST_FILES} files")))?;
        let inside = inside(Path::new(""), name);
        let inside = inside.ok_or_else(|| {
            FetchError::Archive(format!(
                "\"{}\" in it leads out of the archive's own directory",
                name.display()
            ))
        })?;
        Ok(self.folder.join(inside))
    }

    fn directory(&mut self, name: &Path) -> Result<(), FetchError> {
        let place = self.place(name)?;
        std::fs::create_dir_all(&place).map_err(FetchError::files("making", &place))
    }

    fn file(&mut self, name: &Path, mode: u32, content: &mut impl Read) -> Result<(), FetchError> {
        let place = self.place(name)?;
        let above = place.parent().unwrap_or(self.folder);
        std::fs::create_dir_all(above).map_err(FetchError::files("making", above))?;
        let mut file = File::create(&place).map_err(FetchError::files("making", &place))?;
        let written = std::io::copy(&mut content.take(self.bytes), &mut file).map_err(broken)?;
        self.bytes -= written;
        if self.bytes == 0 {
            return Err(FetchError::Archive(format!("it holds more than {} GiB", LARGEST >> 30)));
        }
        set_executable(&file, mode).map_err(FetchError::files("making", &place))
    }

    fn link(&mut self, name: &Path, leads: &Path) -> Result<(), FetchError> {
        let place = self.place(name)?;
        let from = inside(Path::new(""), name).unwrap_or_default();
        let above = from.parent().unwrap_or(Path::new(""));
        if leads.is_absolute() || inside(above, leads).is_none() {
            let why =
                format!("the link \"{}\" in it leads out of the archive's own directory", name.display());
            return Err(FetchError::Archive(why));
        }
        self.links.push((place, leads.to_path_buf()));
        Ok(())
    }

    /// Creates a hard link to an earlier file.
    fn same_file(&mut self, name: &Path, first: &Path) -> Result<(), FetchError> {
        let (place, first) = (self.place(name)?, self.place(first)?);
        let above = place.parent().unwrap_or(self.folder);
        std::fs::create_dir_all(above).map_err(FetchError::files("making", above))?;
        let length = std::fs::copy(&first, &place).map_err(FetchError::files("copying", &first))?;
        self.bytes = self.bytes.saturating_sub(length).max(1);
        Ok(())
    }

    fn make_links(self) -> Result<(), FetchError> {
        for (place, leads) in &self.links {
            let above = place.parent().unwrap_or(self.folder);
            if above.ancestors().take_while(|folder| *folder != self.folder).any(Path::is_symlink) {
                let why = format!("the link \"{}\" in it stands behind another link", place.display());
                return Err(FetchError::Archive(why));
            }
            std::fs::create_dir_all(above).map_err(FetchError::files("making", above))?;
            make_link(leads, place).map_err(FetchError::files("making a link", place))?;
        }
        // Each link by itself leads to a place inside, but links through links might still lead out.
        let folder = self.folder.canonicalize().map_err(FetchError::files("reading", self.folder))?;
        for (place, _) in &self.links {
            if place.canonicalize().is_ok_and(|real| !real.starts_with(&folder)) {
                let why = format!(
                    "the link \"{}\" in it leads out of the archive's own directory",
                    place.display()
                );
                return Err(FetchError::Archive(why));
            }
        }
        Ok(())
    }
}

/// Where a name leads from a directory, both relative to the same root; `None` if it leads out.
fn inside(from: &Path, name: &Path) -> Option<PathBuf> {
    let mut place = from.to_path_buf();
    for part in name.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(step) => place.push(step),
            Component::ParentDir if !place.as_os_str().is_empty() => {
                place.pop();
            }
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(place)
}

/// Of an entry's permissions only the executable bit is kept.
#[cfg(unix)]
fn set_executable(file: &File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if mode & 0o111 == 0 {
        return Ok(());
    }
    let mut permissions = file.metadata()?.permissions();
    permissions.set_mode(permissions.mode() | (permissions.mode() & 0o444) >> 2);
    file.set_permissions(permissions)
}

#[cfg(not(unix))]
fn set_executable(_file: &File, _mode: u32) -> std::io::Result<()> {
    Ok(())
}
