//! The file of one environment: where it is, how it is made and how it is opened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::Trouble;
use super::{boundary, schema};
use crate::address::EnvironmentName;

/// How long one transaction waits for another. They are all short.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pages of a log that is short, and of one that is long, which is what SQLite has by itself.
const SHORT: u32 = 64;
const LONG: u32 = 1000;
/// Statements that a connection keeps ready.
const STATEMENTS: usize = 64;

/// Where an environment's state is: `preview/x` has a folder of its own.
pub(super) fn path(folder: &Path, environment: &EnvironmentName) -> PathBuf {
    folder.join(format!("{environment}.db"))
}

/// All environments that have a file, in order.
pub(super) fn environments(folder: &Path) -> io::Result<Vec<EnvironmentName>> {
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

/// Makes the file of an environment where there is none.
pub(super) fn create_missing(folder: &Path, environment: &EnvironmentName, now: &str) -> Result<(), Trouble> {
    let path = &path(folder, environment);
    if path.try_exists()? {
        return Ok(());
    }
    make_private_folder(folder)?;
    // No repository should take states in.
    let ignored = folder.join(".gitignore");
    if !ignored.try_exists()? {
        fs::write(ignored, "*\n")?;
    }
    create(path, environment, now)
}

/// Opens a file to change it.
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
    // Of places that are closed the system says more than SQLite does.
    opened.map_err(|trouble| match trouble {
        Trouble::Foreign(_) => trouble,
        trouble => try_writing(path).err().map_or(trouble, Trouble::Files),
    })
}

/// What a file is read through: itself, or a copy of it that goes when it is dropped.
pub(super) struct Reading {
    pub(super) connection: Connection,
    _copy: Option<tempfile::TempDir>,
}

/// Opens a file to read it; none where there is none.
pub(super) fn open_to_read(
    folder: &Path,
    environment: &EnvironmentName,
    now: &str,
) -> Result<Option<Reading>, Trouble> {
    let path = &path(folder, environment);
    if !path.try_exists()? {
        return Ok(None);
    }
    refuse_other_things(path)?;
    // Reading next to writers needs files beside this one. Where they cannot be made, a copy is read.
    let (mut connection, copy) = if try_writing(path).is_ok() {
        (open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?, None)
    } else {
        let copy = tempfile::tempdir()?;
        let file = copy.path().join("state.db");
        fs::copy(path, &file)?;
        make_writable(&file)?;
        let log = beside(path, "-wal");
        if log.try_exists()? {
            fs::copy(&log, beside(&file, "-wal"))?;
            make_writable(&beside(&file, "-wal"))?;
        }
        (open(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?, Some(copy))
    };
    schema::migrate(&mut connection, environment.as_str(), now)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(Some(Reading { connection, _copy: copy }))
}

/// Whoever opens the file reads through its log first, and runs that only take the lease and give it back would let that
/// grow for long.
pub(super) fn keep_log_short(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.pragma_update(None, "wal_autocheckpoint", SHORT)?)
}

/// What is written much of is taken from the log into the file seldom.
pub(super) fn let_log_grow(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.pragma_update(None, "wal_autocheckpoint", LONG)?)
}

/// A state of nothing, in memory.
pub(super) fn empty(now: &str) -> Result<Connection, Trouble> {
    let mut connection = Connection::open_in_memory()?;
    schema::create(&mut connection, "", "", now)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, Trouble> {
    // SQLite would take an empty file for a new database, and an empty state for the truth.
    if fs::metadata(path)?.len() == 0 {
        return Err(Trouble::Damaged(
            "it is empty, and a state that was never written would not be there".to_owned(),
        ));
    }
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Whoever only looked, or only held the lease, has nothing that is worth waiting for the disk.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    schema::version(&connection)?;
    Ok(connection)
}

/// Makes the file beside its place and moves it there whole, so that no half of one is ever found.
fn create(path: &Path, environment: &EnvironmentName, now: &str) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    let file = tempfile::Builder::new().prefix(".new-").suffix(".tmp").tempfile_in(folder)?;
    let mut connection = Connection::open_with_flags(file.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Durable as a whole, once it is whole: until then nobody knows its name.
    connection.pragma_update(None, "synchronous", "OFF")?;
    schema::create(&mut connection, &uuid::Uuid::new_v4().to_string(), environment.as_str(), now)?;
    // Closing brings everything into the one file.
    connection.close().map_err(|(_, error)| error)?;
    file.as_file().sync_all()?;
    boundary::pass();
    match file.persist_noclobber(path) {
        Ok(_) => {
            sync_folder(folder);
            boundary::pass();
            Ok(())
        }
        // Somebody else was faster, which is as good.
        Err(_) if path.try_exists()? => Ok(()),
        Err(error) => Err(error.error.into()),
    }
}

/// States hold secrets: nobody else may look.
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

/// That a file has a name is durable only with its folder. Where folders cannot be opened, nothing can be done.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Tells a file from another one that takes its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// None where there is no file.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt;
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(Identity(metadata.dev(), metadata.ino()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Files that are in use cannot be taken away on other systems, so that none takes the place of another.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    Ok(path.try_exists()?.then_some(Identity(0, 0)))
}

/// What is no file may keep whoever opens it waiting for ever.
fn refuse_other_things(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_file() { Ok(()) } else { Err(io::Error::other("it is no file")) }
}

/// Whether a file can be changed, and others made beside it.
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
