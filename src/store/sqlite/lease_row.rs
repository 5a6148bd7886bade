//! The row that says who may write: taking, keeping and releasing the lease.
//!
//! On the holder's own machine, it is known to be gone if its process has ended, or its number belongs to another
//! process. From another machine, it counts as gone if its heartbeat has not changed for long enough while this process
//! watched, by a monotonic clock: wall clocks may jump, here and there.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::boundary;
use super::clock::Clock;
use super::fault::Trouble;
use super::history;
use super::whereabouts::{self, Presence};
use crate::port::{Holder, Revision};

/// How often a holder renews its heartbeat, and how long it may be silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heartbeat {
    pub(super) interval: Duration,
    pub(super) silence: Duration,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { interval: Duration::from_secs(5), silence: Duration::from_secs(30) }
    }
}

/// What a holder presents when it writes.
#[derive(Clone, Debug)]
pub(super) struct LeaseKey {
    pub(super) id: String,
    token: i64,
}

/// The result of trying to take the lease.
pub(super) enum Attempt {
    Taken(LeaseKey),
    Held(CurrentHolder),
}

/// The present holder.
#[derive(Clone, Debug)]
pub(super) struct CurrentHolder {
    pub(super) id: String,
    pub(super) holder: Holder,
    pub(super) since: String,
    beat: i64,
    beat_at: i64,
    presence: Presence,
}

/// What this process has seen of a holder on another machine.
pub(super) struct Watch {
    seen: Option<(String, i64, Instant)>,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { seen: None }
    }

    /// Whether this holder has been silent for so long, while watched, that it is gone.
    fn is_silent(&mut self, current_holder: &CurrentHolder, heartbeat: Heartbeat) -> bool {
        match &self.seen {
            Some((id, beat, since)) if *id == current_holder.id && *beat == current_holder.beat => {
                since.elapsed() >= heartbeat.silence
            }
            _ => {
                self.seen = Some((current_holder.id.clone(), current_holder.beat, Instant::now()));
                false
            }
        }
    }
}

impl CurrentHolder {
    /// Whether it is worth watching longer than the caller's patience: the holder is on another machine, and by both
    /// clocks it has been silent for long.
    pub(super) fn seems_gone(&self, now: i64, heartbeat: Heartbeat) -> bool {
        let silence = i64::try_from(heartbeat.silence.as_millis()).unwrap_or(i64::MAX);
        self.presence == Presence::Unknown && now.saturating_sub(self.beat_at) > silence
    }
}

/// Takes the lease, if it is free or its holder is gone. What that holder left unfinished becomes a revision.
pub(super) fn take(
    connection: &mut Connection,
    holder: &Holder,
    here: &str,
    clock: &Clock,
    watch: &mut Watch,
    heartbeat: Heartbeat,
) -> Result<Attempt, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(current_holder) = current_holder(&transaction, here)? {
        let gone = match current_holder.presence {
            Presence::Gone => true,
            // Silence of a local process says nothing: it may be suspended.
            Presence::Alive => false,
            Presence::Unknown => watch.is_silent(&current_holder, heartbeat),
        };
        if !gone {
            return Ok(Attempt::Held(current_holder));
        }
    }
    seal(&transaction, clock)?;
    let id = uuid::Uuid::new_v4().to_string();
    transaction.execute(
        "UPDATE lease SET token = token + 1, lease = ?1, who = ?2, process = ?3, operation = ?4, since = ?5, \
         place = ?6, began = ?7, beat = beat + 1, beat_at = ?8",
        params![
            id,
            holder.who,
            holder.process,
            holder.operation,
            clock.text(),
            here,
            whereabouts::began(holder.process),
            clock.milliseconds()
        ],
    )?;
    let token = transaction.query_row("SELECT token FROM lease", [], |row| row.get(0))?;
    boundary::pass();
    transaction.commit()?;
    boundary::pass();
    Ok(Attempt::Taken(LeaseKey { id, token }))
}

/// The present holder of the lease.
pub(super) fn current_holder(connection: &Connection, here: &str) -> Result<Option<CurrentHolder>, Trouble> {
    let found = connection.query_row(
        "SELECT lease, who, process, operation, since, place, began, beat, beat_at FROM lease",
        [],
        |row| {
            let holder = Holder { who: row.get(1)?, process: row.get(2)?, operation: row.get(3)? };
            let (place, began): (String, String) = (row.get(5)?, row.get(6)?);
            let current_holder = CurrentHolder {
                id: row.get(0)?,
                presence: whereabouts::presence(holder.process, &began, &place, here),
                holder,
                since: row.get(4)?,
                beat: row.get(7)?,
                beat_at: row.get(8)?,
            };
            Ok(current_holder)
        },
    )?;
    Ok((!found.id.is_empty()).then_some(found))
}

/// Checks that the lease is still ours. Every write transaction begins with this.
pub(super) fn check(transaction: &Transaction<'_>, key: &LeaseKey) -> Result<(), Trouble> {
    let mut statement = transaction.prepare_cached("SELECT token, lease, who FROM lease")?;
    let (token, id, who): (i64, String, String) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if token == key.token && id == key.id {
        Ok(())
    } else if id.is_empty() {
        Err(Trouble::Lost("somebody unlocked it".to_owned()))
    } else {
        Err(Trouble::Lost(format!("{who} has taken it over")))
    }
}

/// Renews the heartbeat.
pub(super) fn beat(transaction: &Transaction<'_>, clock: &Clock) -> Result<(), Trouble> {
    let mut statement = transaction.prepare_cached("UPDATE lease SET beat = beat + 1, beat_at = ?1")?;
    statement.execute([clock.milliseconds()])?;
    Ok(())
}

pub(super) fn give_back(transaction: &Transaction<'_>, clock: &Clock) -> Result<(), Trouble> {
    seal(transaction, clock)?;
    transaction.execute("UPDATE lease SET lease = ''", [])?;
    Ok(())
}

/// Takes the lease away from its holder, if it has this id; otherwise returns the holder.
pub(super) fn throw_out(
    connection: &mut Connection,
    id: &str,
    here: &str,
) -> Result<Result<(), Option<CurrentHolder>>, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match current_holder(&transaction, here)? {
        Some(current_holder) if current_holder.id == id => {}
        other => return Ok(Err(other)),
    }
    transaction.execute("UPDATE lease SET lease = '', token = token + 1", [])?;
    transaction.commit()?;
    Ok(Ok(()))
}

/// Makes a revision of what the previous holder changed and did not finish.
fn seal(transaction: &Transaction<'_>, clock: &Clock) -> Result<(), Trouble> {
    let (who, operation): (String, String) =
        transaction
            .query_row("SELECT who, operation FROM lease", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let revision = Revision { who, what: format!("{operation}, cut off"), ..Revision::default() };
    history::append(transaction, &revision, &clock.text())?;
    Ok(())
}
