//! Taking away the file of an environment that has nothing any more.
//!
//! Whoever has opened it meanwhile, and waits for the lease, must not get it: what is written to a file without a name is
//! lost. So it goes while its lease is held, and whoever takes a lease looks whether the file is still the one that it
//! was.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::clock::Clock;
use super::fault::Trouble;
use super::tenure::{self, Tenure};
use super::{boundary, file, notes};

/// How long those who read are waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// What became of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Gone,
    /// There is something in it.
    Used,
    /// Somebody else has it open.
    Open,
}

/// Takes the file away, if there is nothing in it. Otherwise gives the lease back.
pub(super) fn retire(
    mut connection: Connection,
    path: &Path,
    tenure: &Tenure,
    clock: &Clock,
) -> Result<Outcome, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tenure::check(&transaction, tenure)?;
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
    if !is_used && goes(&mut connection, path, tenure)? {
        return Ok(Outcome::Gone);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tenure::check(&transaction, tenure)?;
    tenure::give_back(&transaction, clock)?;
    transaction.commit()?;
    Ok(if is_used { Outcome::Used } else { Outcome::Open })
}

/// Whether nobody else had it open. A log that stayed behind would be taken for that of the next file of this name, so that
/// there must be none, which the system grants only to whoever has the file alone.
fn goes(connection: &mut Connection, path: &Path, tenure: &Tenure) -> Result<bool, Trouble> {
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
        tenure::check(&transaction, tenure)?;
        std::fs::remove_file(path)?;
        file::sync_folder(path.parent().unwrap_or(Path::new(".")));
        boundary::pass();
        return Ok(true);
    }
    mode(connection, "wal");
    Ok(false)
}
