//! The machine, as far as evaluation may see it.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::eval::{Entry, FileKind, World};

use super::copy::Reads;

/// The real files, clock and randomness of this machine.
#[derive(Debug, Default)]
pub struct Machine {
    /// The time of the plan, for functions that must agree on it.
    pub plan_time: Option<Timestamp>,
    /// A kept copy of the project, whose files take precedence over the present ones.
    pub copy: Option<PathBuf>,
    /// Records the project's files that are read.
    pub reads: Option<Reads>,
}

impl Machine {
    /// The real path of a file.
    fn place<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let kept = self.copy.as_ref().filter(|_| path.is_relative()).map(|copy| copy.join(path));
        kept.filter(|kept| kept.exists()).map_or(Cow::Borrowed(path), Cow::Owned)
    }
}

impl World for Machine {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let place = self.place(path);
        let metadata = std::fs::metadata(&place)?;
        if let Some(reads) = &self.reads
            && metadata.is_file()
        {
            reads.note(path);
        }
        if metadata.is_file() || metadata.is_dir() { std::fs::read(place) } else { read_special(&place) }
    }

    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>> {
        match std::fs::metadata(self.place(path)) {
            Ok(metadata) => Ok(Some(kind(metadata.file_type()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn entries(&self, directory: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(self.place(directory))? {
            let entry = entry?;
            entries.push(Entry { name: entry.file_name(), kind: kind(entry.file_type()?) });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn plan_time(&self) -> Option<Timestamp> {
        self.plan_time
    }

    fn random(&self, buffer: &mut [u8]) -> io::Result<()> {
        getrandom::fill(buffer).map_err(io::Error::other)
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::home_dir()
    }

    fn current_directory(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }
}

fn kind(kind: std::fs::FileType) -> FileKind {
    if kind.is_file() {
        FileKind::File
    } else if kind.is_dir() {
        FileKind::Directory
    } else if kind.is_symlink() {
        FileKind::Link
    } else {
        FileKind::Other
    }
}

/// The most that is read of a device, which may have no end.
const MOST_OF_A_DEVICE: u64 = 16 * 1024 * 1024;

/// Reads something that is not a regular file, and so may have no end, or block forever: `/dev/null` can be read,
/// `/dev/zero` not.
fn read_special(path: &Path) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileTypeExt;
    if !std::fs::metadata(path)?.file_type().is_char_device() {
        return Err(io::Error::other("it is a device, a pipe or a socket, and not a file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_OF_A_DEVICE).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == MOST_OF_A_DEVICE {
        return Err(io::Error::other("it is a device without end"));
    }
    Ok(bytes)
}
