//! The one thread that writes for a lease. All messages that are waiting share one transaction.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::clock::Clock;
use super::fault::Trouble;
use super::lease_row::{Heartbeat, LeaseKey};
use super::{boundary, file, history, journal, lease_row, load, notes, rows};
use crate::address::EnvironmentName;
use crate::port::{Intent, Outcome, Revision, StoreFault};
use crate::state::State;

/// The messages to the thread, in order.
pub(super) enum Message {
    Tell(Outcome),
    Intend(Box<Intent>, Reply),
    /// Only asks that everything sent before becomes durable.
    Settle(Reply),
    Finish(Revision, Reply),
    Note(String, String, Reply),
    /// A note that may be lost, without a reply.
    Jot(String, String),
    Replace(Box<State>, Revision, Reply),
    Release(Reply),
}

/// Receives the serial after the message.
pub(super) type Reply = oneshot::Sender<Result<u64, StoreFault>>;

pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// Of the file that is open. None if it was deleted before the writer began.
    pub(super) identity: Option<file::Identity>,
    pub(super) environment: EnvironmentName,
    pub(super) key: LeaseKey,
    pub(super) heartbeat: Heartbeat,
    pub(super) clock: Clock,
    pub(super) progress: Progress,
}

/// How far the thread has come.
pub(super) struct Progress {
    /// Received, but not durable because writing failed; written before everything that comes later.
    unwritten: Vec<Outcome>,
    last_beat: Instant,
    /// Whether anything beyond the lease itself has been written.
    has_written: bool,
    released: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { unwritten: Vec::new(), last_beat: Instant::now(), has_written: false, released: false }
    }
}

impl Writer {
    /// Works until the lease is dropped.
    pub(super) fn run(mut self, messages: &Receiver<Message>) {
        loop {
            match messages.recv_timeout(self.heartbeat.interval) {
                Ok(first) => self.write(std::iter::once(first).chain(messages.try_iter()).collect()),
                Err(RecvTimeoutError::Timeout) => self.beat(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // Dropped without a release, so nobody hears of a failure. What still cannot be written is lost with this
        // process, which is no reason to keep the lease.
        for _ in 0..2 {
            if !self.progress.released {
                let (reply, _) = oneshot::channel();
                self.write(vec![Message::Release(reply)]);
                self.progress.unwritten.clear();
            }
        }
    }

    fn write(&mut self, batch: Vec<Message>) {
        let is_light = |message: &Message| match message {
            Message::Jot(..) => true,
            Message::Release(_) => !self.progress.has_written,
            _ => false,
        };
        let light = batch.iter().all(is_light) && self.progress.unwritten.is_empty();
        let written = if light {
            self.lightly(|writer| writer.attempt(&batch))
        } else if self.progress.has_written {
            self.attempt(&batch)
        } else {
            file::let_log_grow(&self.connection).and_then(|()| self.attempt(&batch))
        };
        match written {
            Ok(serials) => {
                self.progress.unwritten.clear();
                self.progress.has_written |= !light;
                self.progress.released |= batch.iter().any(|message| matches!(message, Message::Release(_)));
                if self.progress.released && self.progress.has_written {
                    // Moves everything into one file. If somebody is reading, the next one to close does it.
                    let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                    boundary::pass();
                    let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
                }
                for (message, serial) in batch.into_iter().zip(serials) {
                    answer(message, Ok(serial));
                }
            }
            Err(trouble) => {
                let fault = trouble.fault(&self.path, &self.environment, "written");
                for message in batch {
                    match message {
                        Message::Tell(outcome) => self.progress.unwritten.push(outcome),
                        other => answer(other, Err(fault.clone())),
                    }
                }
            }
        }
    }

    /// One transaction for the batch; returns the serial after each message. On failure nothing of it is kept.
    fn attempt(&mut self, batch: &[Message]) -> Result<Vec<u64>, Trouble> {
        self.stay()?;
        let now = self.clock.text();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        lease_row::check(&transaction, &self.key)?;
        let beats = self.progress.last_beat.elapsed() >= self.heartbeat.interval;
        if beats {
            lease_row::beat(&transaction, &self.clock)?;
        }
        for outcome in &self.progress.unwritten {
            rows::outcome(&transaction, outcome)?;
        }
        let mut serials = Vec::with_capacity(batch.len());
        for message in batch {
            serials.push(match message {
                Message::Tell(outcome) => {
                    rows::outcome(&transaction, outcome)?;
                    0
                }
                Message::Intend(intent, _) => {
                    journal::write(&transaction, intent, &now)?;
                    0
                }
                Message::Settle(_) => 0,
                Message::Finish(revision, _) => history::append(&transaction, revision, &now)?,
                Message::Note(name, text, _) | Message::Jot(name, text) => {
                    notes::write(&transaction, name, text)?;
                    0
                }
                Message::Replace(state, revision, _) => replace(&transaction, state, revision, &now)?,
                Message::Release(_) => {
                    lease_row::give_back(&transaction, &self.clock)?;
                    0
                }
            });
        }
        boundary::pass();
        transaction.commit()?;
        boundary::pass();
        if beats {
            self.progress.last_beat = Instant::now();
        }
        Ok(serials)
    }

    /// Makes sure that the open file is the one that is found under its name. One that was deleted meanwhile, as
    /// `git clean` does, is written anew, with everything that is in it. If another one is there, somebody has begun a
    /// new state, which is left alone.
    fn stay(&mut self) -> Result<(), Trouble> {
        match file::identity(&self.path)? {
            None => {
                self.connection = file::restore(&self.connection, &self.path)?;
                file::let_log_grow(&self.connection)?;
                self.identity = file::identity(&self.path)?;
                Ok(())
            }
            found if found == self.identity => Ok(()),
            Some(_) => Err(Trouble::Lost("another file has taken the place of its file".to_owned())),
        }
    }

    /// Renews the heartbeat, and retries what could not be written.
    fn beat(&mut self) {
        if self.progress.released {
            return;
        }
        if self.progress.unwritten.is_empty() {
            // A failure is noticed by the next write.
            let _ = self.lightly(|writer| writer.attempt(&[]));
        } else {
            self.write(Vec::new());
        }
    }

    /// Without waiting for the disk: for the lease, which ends with the machine anyway, and for what may be lost.
    fn lightly<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let done = work(self);
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        done
    }
}

/// A state of another lineage, or with a later serial, keeps both.
fn replace(connection: &Connection, state: &State, revision: &Revision, now: &str) -> Result<u64, Trouble> {
    let (lineage, serial) = (load::lineage(connection)?, load::serial(connection)?);
    rows::replace(connection, state)?;
    let same_lineage = state.lineage.is_empty() || state.lineage == lineage;
    if same_lineage && state.serial <= serial {
        return history::append(connection, revision, now);
    }
    if !same_lineage {
        connection.execute("UPDATE meta SET value = ?1 WHERE name = 'lineage'", [&state.lineage])?;
    }
    history::append_as(connection, revision, now, state.serial)
}

/// The receiver may have gone.
fn answer(message: Message, result: Result<u64, StoreFault>) {
    match message {
        Message::Tell(_) | Message::Jot(..) => {}
        Message::Intend(_, reply)
        | Message::Settle(reply)
        | Message::Finish(_, reply)
        | Message::Note(_, _, reply)
        | Message::Replace(_, _, reply)
        | Message::Release(reply) => drop(reply.send(result)),
    }
}
