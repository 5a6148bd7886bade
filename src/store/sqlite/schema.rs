//! The tables of a state's file, and the migration of earlier versions.

use rusqlite::{Connection, TransactionBehavior, params};

use super::fault::Trouble;

/// One script per version, never changed after its release.
const MIGRATIONS: &[&str] =
    &[include_str!("schema/001.sql"), include_str!("schema/002.sql"), include_str!("schema/003.sql")];

/// Distinguishes our files from other databases ("Terr").
const APPLICATION: i64 = 0x5465_7272;

/// The version that this program writes.
pub(super) const KNOWN: u64 = MIGRATIONS.len() as u64;

/// The version of one of our files.
pub(super) fn version(connection: &Connection) -> Result<u64, Trouble> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != APPLICATION {
        return Err(Trouble::Damaged("it is a database of another program".to_owned()));
    }
    let version: i64 =
        connection.query_row("SELECT coalesce(max(version), 0) FROM terrace_schema", [], |row| row.get(0))?;
    match u64::try_from(version) {
        Ok(version) if version > KNOWN => Err(Trouble::TooNew(version)),
        Ok(version) if version > 0 => Ok(version),
        _ => Err(Trouble::Damaged("it does not say which version it has".to_owned())),
    }
}

/// Initialises an empty database for an environment.
pub(super) fn create(
    connection: &mut Connection,
    lineage: &str,
    environment: &str,
    now: &str,
) -> Result<(), Trouble> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    apply(&transaction, 0, now)?;
    transaction.execute(
        "INSERT INTO meta VALUES ('lineage', ?1), ('serial', '0'), ('environment', ?2)",
        [lineage, environment],
    )?;
    Ok(transaction.commit()?)
}

/// Migrates the file of an environment to the present version. A file that belongs to another environment is refused.
pub(super) fn migrate(connection: &mut Connection, environment: &str, now: &str) -> Result<(), Trouble> {
    if version(connection)? == KNOWN {
        return belongs(connection, environment);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it in the meantime.
    let from = version(&transaction)?;
    apply(&transaction, from, now)?;
    // Files of the first version do not name their environment: their file name is trusted.
    transaction.execute("INSERT OR IGNORE INTO meta VALUES ('environment', ?1)", [environment])?;
    transaction.commit()?;
    belongs(connection, environment)
}

/// Refuses a file that was copied or renamed: it still names its environment.
fn belongs(connection: &Connection, environment: &str) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = 'environment'")?;
    let found: String = statement.query_row([], |row| row.get(0))?;
    if found == environment { Ok(()) } else { Err(Trouble::Foreign(found)) }
}

fn apply(connection: &Connection, from: u64, now: &str) -> Result<(), Trouble> {
    for (version, script) in (1u64..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= from) {
        connection.execute_batch(script)?;
        connection.execute(
            "INSERT INTO terrace_schema VALUES (?1, ?2, ?3)",
            params![version.cast_signed(), now, env!("CARGO_PKG_VERSION")],
        )?;
    }
    Ok(())
}
