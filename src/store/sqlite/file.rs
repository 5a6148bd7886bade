//! The file of one environment: where it is, and how it is created and opened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::Trouble;
use super::{boundary, schema};
use crate::address::EnvironmentName;

/// How long one transaction waits for another. All of them are short.
const PATIENCE: Duration = Duration::from_secs(10);
/// The size at which the log is checkpointed, in pages: while little is written, and while much is. The latter is
/// SQLite's default.
const SHORT: u32 = 64;
const LONG: u32 = 1000;
/// The number of prepared statements that a connection caches.
const STATEMENTS: usize = 64;

/// The path of an environment's state; `preview/x` has a folder of its own.
pub(super) fn path(folder: &Path, environment: &EnvironmentName) -> PathBuf {
    folder.join(format!("{environment}.db"))
}

/// All environments that have a file, in order.
pub(super) fn environments(folder: &Path) -> io::Result<Vec<EnvironmentName>> {
    refuse_lost_links(folder)?;
    let mut found = Vec::new();
    for (folder, prefix) in [(folder.to_path_buf(), ""), (folder.join("preview"), "preview/")] {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".db"));
            found.extend(name.and_then(|name| EnvironmentName::new(&format!("{prefix}{name}")).ok()));
        }
    }
    found.sort();
    Ok(found)
}

/// Refuses a path on which a link leads nowhere: perhaps to a disk that is not mounted.
fn refuse_lost_links(path: &Path) -> io::Result<()> {
    for place in path.ancestors().take_while(|place| !place.as_os_str().is_empty()) {
        if let Ok(target) = fs::read_link(place)
            && !place.try_exists()?
        {
            let (place, target) = (place.display(), target.display());
            return Err(io::Error::other(format!("{place} is a link to {target}, which does not exist")));
        }
    }
    Ok(())
}

/// Creates the file of an environment if there is none.
pub(super) fn create_missing(folder: &Path, environment: &EnvironmentName, now: &str) -> Result<(), Trouble> {
    let path = &path(folder, environment);
    if is_there(path)? {
        return Ok(());
    }
    make_private_folder(folder)?;
    ignore(folder)?;
    create(path, environment, now)
}

/// States must not be committed to a repository.
fn ignore(folder: &Path) -> io::Result<()> {
    let ignored = folder.join(".gitignore");
    if ignored.try_exists()? { Ok(()) } else { fs::write(ignored, "*\n") }
}

/// Whether a state has a file. Where there is none, but something that belongs to one, the state would seem to be
/// empty, and everything in it would be made a second time: that is an error.
pub(super) fn is_there(path: &Path) -> Result<bool, Trouble> {
    let looked = path.try_exists().map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => Trouble::Unreadable(error),
        _ => error.into(),
    });
    if looked? {
        return Ok(true);
    }
    refuse_lost_links(path)?;
    let log = beside(path, "-wal");
    let is_part = |log: &Path| fs::metadata(log).is_ok_and(|metadata| metadata.len() > 0);
    // Looked at twice, since somebody may create it just now.
    if is_part(&log) && !path.try_exists()? {
        let log = log.display();
        return Err(Trouble::Damaged(format!(
            "it is gone, and {log}, which is a part of it, is still there"
        )));
    }
    path.try_exists().map_err(Trouble::from)
}

/// Opens a file for writing.
pub(super) fn open_to_change(
    folder: &Path,
    environment: &EnvironmentName,
    now: &str,
) -> Result<Connection, Trouble> {
    let path = &path(folder, environment);
    refuse_other_things(path)?;
    let opened = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|mut connection| {
        schema::migrate(&mut connection, environment.as_str(), now)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(connection)
    });
    // For missing permissions, the system's error says more than SQLite's.
    opened.map_err(|trouble| match trouble {
        Trouble::Foreign(_) => trouble,
        trouble => try_writing(path).err().map_or(trouble, Trouble::Files),
    })
}

/// An open file, or a temporary copy of it that is deleted when dropped.
pub(super) struct Reading {
    pub(super) connection: Connection,
    _copy: Option<tempfile::TempDir>,
}

/// Opens a file for reading; `None` if there is none.
pub(super) fn open_to_read(
    folder: &Path,
    environment: &EnvironmentName,
    now: &str,
) -> Result<Option<Reading>, Trouble> {
    let path = &path(folder, environment);
    if !is_there(path)? {
        return Ok(None);
    }
    refuse_other_things(path)?;
    // Reading while others write needs files beside this one. If they cannot be created, a copy is read.
    let (mut connection, copy) = if try_writing(path).is_ok() {
        (open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?, None)
    } else {
        fs::File::open(path).map_err(Trouble::Unreadable)?;
        let copy = copied(path).map_err(|error| {
            let place = std::env::temp_dir();
            let why =
                format!("nothing can be written beside it, and no copy can be made in {}", place.display());
            io::Error::other(format!("{why}: {error}"))
        })?;
        (open(&copy.path().join(COPY), OpenFlags::SQLITE_OPEN_READ_WRITE)?, Some(copy))
    };
    schema::migrate(&mut connection, environment.as_str(), now)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(Some(Reading { connection, _copy: copy }))
}

/// The name of a file that is copied to be read.
const COPY: &str = "state.db";

fn copied(path: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let copy = builder.tempdir()?;
    let file = copy.path().join(COPY);
    fs::copy(path, &file)?;
    make_writable(&file)?;
    let log = beside(path, "-wal");
    if log.try_exists()? {
        fs::copy(&log, beside(&file, "-wal"))?;
        make_writable(&beside(&file, "-wal"))?;
    }
    Ok(copy)
}

/// Writes what an open file holds to a new file of its name, and opens that: the file was deleted while it was in use,
/// and whatever is written to it from now on would be lost.
pub(super) fn restore(connection: &Connection, path: &Path) -> Result<Connection, Trouble> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    ignore(folder)?;
    let file = tempfile::Builder::new().prefix(".new-").suffix(".tmp").tempfile_in(folder)?;
    // All of it: also what is not yet in the file, but in its log.
    connection.execute("VACUUM INTO ?1", [file.path().to_string_lossy()])?;
    file.as_file().sync_all()?;
    // What may still be there belongs to the deleted file, and would be taken for a part of this one.
    for suffix in ["-wal", "-shm"] {
        match fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    file.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder(folder);
    let restored = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    restored.pragma_update(None, "journal_mode", "WAL")?;
    restored.pragma_update(None, "synchronous", "FULL")?;
    Ok(restored)
}

/// Whoever opens the file reads its log first, so the log is kept short: runs that only take and release the lease
/// would let it grow.
pub(super) fn keep_log_short(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.pragma_update(None, "wal_autocheckpoint", SHORT)?)
}

/// With many writes, the log is copied into the file rarely.
pub(super) fn let_log_grow(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.pragma_update(None, "wal_autocheckpoint", LONG)?)
}

/// An empty state in memory.
pub(super) fn empty(now: &str) -> Result<Connection, Trouble> {
    let mut connection = Connection::open_in_memory()?;
    schema::create(&mut connection, "", "", now)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, Trouble> {
    // SQLite would treat an empty file as a new database, and the state would seem to be empty.
    if fs::metadata(path)?.len() == 0 {
        return Err(Trouble::Damaged(
            "it is empty, and a state that was never written would not be there".to_owned(),
        ));
    }
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Without changes there is nothing worth a checkpoint, and its wait for the disk.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    schema::version(&connection)?;
    Ok(connection)
}

/// Creates the file under a temporary name and renames it, so that nobody ever finds half of one.
fn create(path: &Path, environment: &EnvironmentName, now: &str) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    let file = tempfile::Builder::new().prefix(".new-").suffix(".tmp").tempfile_in(folder)?;
    let mut connection = Connection::open_with_flags(file.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // It is synced once when it is complete; until then, nobody knows its name.
    connection.pragma_update(None, "synchronous", "OFF")?;
    schema::create(&mut connection, &uuid::Uuid::new_v4().to_string(), environment.as_str(), now)?;
    // Closing moves everything into the one file.
    connection.close().map_err(|(_, error)| error)?;
    file.as_file().sync_all()?;
    boundary::pass();
    match file.persist_noclobber(path) {
        Ok(_) => {
            sync_folder(folder);
            boundary::pass();
            Ok(())
        }
        // Somebody else created it first, which is just as good.
        Err(_) if path.try_exists()? => Ok(()),
        Err(error) => Err(error.error.into()),
    }
}

/// States contain secrets, so nobody else may read them.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    if folder.try_exists()? {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A new name is durable only once its folder is synced. Where folders cannot be opened, nothing can be done about
/// that.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Identifies a file, even if another one takes its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// None if there is no file.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt;
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(Identity(metadata.dev(), metadata.ino()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// On other systems files in use cannot be deleted, so none takes the place of another.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    Ok(path.try_exists()?.then_some(Identity(0, 0)))
}

/// Opening anything but a regular file might block forever.
fn refuse_other_things(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_file() { Ok(()) } else { Err(io::Error::other("it is no file")) }
}

/// Whether a file can be written, and others created beside it.
fn try_writing(path: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?;
    tempfile::Builder::new().prefix(".try-").tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
    Ok(())
}

fn make_writable(file: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(file)?.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    fs::set_permissions(file, permissions)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
