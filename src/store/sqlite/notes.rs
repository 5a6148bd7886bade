//! Texts that are kept beside a state. They are no part of it: they appear in no revision, and no push replaces them.

use rusqlite::{Connection, OptionalExtension};

use super::fault::Trouble;

/// Notes are stored among the single values of a file, under this prefix.
const PREFIX: &str = "note ";

pub(super) fn read(connection: &Connection, name: &str) -> Result<Option<String>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([format!("{PREFIX}{name}")], |row| row.get(0)).optional()?)
}

pub(super) fn write(connection: &Connection, name: &str, text: &str) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
    statement.execute([&format!("{PREFIX}{name}"), text])?;
    Ok(())
}

pub(super) fn forget(connection: &Connection) -> Result<(), Trouble> {
    connection.execute("DELETE FROM meta WHERE instr(name, ?1) = 1", [PREFIX])?;
    Ok(())
}
