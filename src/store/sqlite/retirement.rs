//! Deletes the file of an environment that is empty.
//!
//! A process that has opened it and waits for the lease must not get it: what is written to a deleted file is lost. So
//! the file is deleted while its lease is held, and whoever takes a lease checks that the file is still the same one.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::clock::Clock;
use super::fault::Trouble;
use super::lease_row::{self, LeaseKey};
use super::{boundary, file, notes};

/// How long to wait for readers.
const PATIENCE: Duration = Duration::from_millis(500);

/// What became of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Gone,
    /// It is not empty.
    Used,
    /// Somebody else has it open.
    Open,
}

/// Deletes the file if it is empty; otherwise releases the lease.
pub(super) fn retire(
    mut connection: Connection,
    path: &Path,
    key: &LeaseKey,
    clock: &Clock,
) -> Result<Outcome, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    lease_row::check(&transaction, key)?;
    let holds = |table: &str| {
        transaction
            .query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table})"), [], |row| row.get::<_, bool>(0))
    };
    let is_used = holds("objects")? || holds("journal")?;
    if !is_used {
        notes::forget(&transaction)?;
    }
    boundary::pass();
    transaction.commit()?;
    if !is_used && goes(&mut connection, path, key)? {
        return Ok(Outcome::Gone);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    lease_row::check(&transaction, key)?;
    lease_row::give_back(&transaction, clock)?;
    transaction.commit()?;
    Ok(if is_used { Outcome::Used } else { Outcome::Open })
}

/// Deletes the file if nobody else has it open. A log that stayed behind would be taken for that of the next file of
/// this name, so there must be none; the system only allows that to the sole user of a file.
fn goes(connection: &mut Connection, path: &Path, key: &LeaseKey) -> Result<bool, Trouble> {
    connection.busy_timeout(PATIENCE)?;
    let mode = |connection: &Connection, mode: &str| {
        let sql = format!("PRAGMA journal_mode = {mode}");
        connection.query_row(&sql, [], |row| row.get::<_, String>(0)).is_ok_and(|now| now == mode)
    };
    if !mode(connection, "delete") {
        return Ok(false);
    }
    // Nothing is written: the transaction is there to keep others out.
    if let Ok(transaction) = connection.transaction_with_behavior(TransactionBehavior::Exclusive) {
        lease_row::check(&transaction, key)?;
        std::fs::remove_file(path)?;
        file::sync_folder(path.parent().unwrap_or(Path::new(".")));
        boundary::pass();
        return Ok(true);
    }
    mode(connection, "wal");
    Ok(false)
}
