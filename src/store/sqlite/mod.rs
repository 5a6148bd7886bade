//! The default store: one SQLite file per environment, in a folder of the project.
//!
//! Only changes are written, one row per object, so that the cost of a run grows with the change and not with the
//! state. Knows nothing of plans and providers, nor of what is inside an object.
//!
//! Invariants: every write transaction first checks that its lease still holds, and that the file is still there; a file
//! that SQLite cannot read is never overwritten; a file is private to its owner from its first byte on.

mod boundary;
mod clock;
mod fault;
mod file;
mod history;
mod journal;
mod lease;
mod lease_row;
mod load;
mod notes;
mod objects;
mod query;
mod retirement;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod whereabouts;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::Connection;

use crate::address::EnvironmentName;
use crate::port::{Changed, Holder, Intent, Opened, Revision, StateStore, StoreFault};
use crate::state::State;

use clock::Clock;
use fault::Trouble;
use lease::SqliteLease;
use lease_row::{Attempt, CurrentHolder, Heartbeat, LeaseKey, Watch};
pub use query::{Answer, Asked, Cell, HIDDEN, Veil};
use retirement::Outcome;
pub use whereabouts::host;
use writer::{Progress, Writer};

/// How often a file may be replaced while it is being opened. More often means that the system gives one file a new
/// number each time.
const REPLACED: usize = 50;

/// How often a waiting process checks the lock.
const LOOK: Duration = Duration::from_millis(100);

/// How long a process that deletes an environment waits for others that are doing the same.
const SHORTLY: Duration = Duration::from_secs(3);

/// The states in the SQLite files of one folder.
pub struct SqliteStore {
    folder: PathBuf,
    /// Identifies this machine and process space, which takes several files to find out.
    here: fn() -> &'static str,
    clock: Clock,
    heartbeat: Heartbeat,
    /// The maximum size of a file in pages; only set in tests.
    most_pages: Option<u32>,
}

/// An open file and its lease.
type Taken = (Connection, LeaseKey);

impl SqliteStore {
    /// A store in a folder, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            here: whereabouts::here,
            clock: Clock::default(),
            heartbeat: Heartbeat::default(),
            most_pages: None,
        }
    }

    /// The path of an environment's state, which need not exist.
    pub fn path(&self, environment: &EnvironmentName) -> PathBuf {
        file::path(&self.folder, environment)
    }

    /// All environments that have a state, in order.
    pub fn environments(&self) -> Result<Vec<EnvironmentName>, StoreFault> {
        file::environments(&self.folder).map_err(|error| StoreFault::Unusable {
            place: self.folder.display().to_string(),
            attempt: "read",
            why: error.to_string(),
        })
    }

    /// Queries a state with SQL. Nothing can be changed by it. With a veil, secrets are not in the answer.
    pub fn query(
        &self,
        environment: &EnvironmentName,
        sql: &str,
        veil: Option<Veil>,
    ) -> Result<Answer, StoreFault> {
        let path = self.path(environment);
        let ask = |connection: &Connection| {
            if let Some(veil) = veil {
                query::hide(connection, veil)?;
            }
            query::ask(connection, sql)
        };
        let asked =
            file::open_to_read(&self.folder, environment, &self.clock.text()).and_then(
                |reading| match reading {
                    Some(reading) => ask(&reading.connection),
                    None => ask(&file::empty(&self.clock.text())?),
                },
            );
        asked.map_err(|trouble| trouble.fault(&path, environment, "asked"))
    }

    /// Reads something from a file; `None` if there is no file.
    fn look<T>(
        &self,
        environment: &EnvironmentName,
        read: impl FnOnce(&Connection) -> Result<T, Trouble>,
    ) -> Result<Option<T>, StoreFault> {
        let path = self.path(environment);
        let looked = file::open_to_read(&self.folder, environment, &self.clock.text())
            .and_then(|reading| reading.map(|reading| read(&reading.connection)).transpose());
        match looked {
            // It was deleted while it was being read.
            Err(_) if !exists(&path) => Ok(None),
            looked => looked.map_err(|trouble| trouble.fault(&path, environment, "read")),
        }
    }

    /// Opens the file of an environment and takes its lease. `None` if there is no file, or it was deleted meanwhile:
    /// then it is no longer the state, and nothing must be written to it.
    async fn take_standing(
        &self,
        environment: &EnvironmentName,
        holder: &Holder,
        patience: Duration,
    ) -> Result<Option<Result<Taken, CurrentHolder>>, Trouble> {
        let path = self.path(environment);
        let Some(found) = file::identity(&path)? else { return Ok(None) };
        let attempt = async {
            let mut connection = file::open_to_change(&self.folder, environment, &self.clock.text())?;
            let stands = || file::identity(&path).is_ok_and(|stands| stands == Some(found));
            let key = self.take(&mut connection, holder, patience, stands).await?;
            Ok(key.map(|key| (connection, key)))
        };
        let taken = attempt.await;
        let stands = file::identity(&path);
        if stands.as_ref().is_ok_and(|stands| *stands == Some(found)) {
            return taken.map(Some);
        }
        // Any error with a deleted file was due to that. The lease on a new file is released.
        if let Ok(Ok((mut connection, key))) = taken {
            let _ = lease_row::throw_out(&mut connection, &key.id, (self.here)());
        }
        stands.map(|_| None).map_err(Trouble::from)
    }

    /// Takes the lease. Even with little patience, a holder that seems to be gone is watched for as long as it takes to
    /// be sure. Once the file no longer stands under its name, there is nothing to wait for.
    async fn take(
        &self,
        connection: &mut Connection,
        holder: &Holder,
        patience: Duration,
        stands: impl Fn() -> bool,
    ) -> Result<Result<LeaseKey, CurrentHolder>, Trouble> {
        let began = Instant::now();
        let mut watch = Watch::new();
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        file::keep_log_short(connection)?;
        loop {
            let attempt =
                lease_row::take(connection, holder, (self.here)(), &self.clock, &mut watch, self.heartbeat)?;
            let current_holder = match attempt {
                Attempt::Taken(key) => {
                    connection.pragma_update(None, "synchronous", "FULL")?;
                    return Ok(Ok(key));
                }
                Attempt::Held(current_holder) => current_holder,
            };
            if !stands() {
                return Err(Trouble::Lost("its file was deleted".to_owned()));
            }
            let seems_gone = current_holder.seems_gone(self.clock.milliseconds(), self.heartbeat);
            let patience =
                if seems_gone { patience.max(self.heartbeat.silence + LOOK * 2) } else { patience };
            if began.elapsed() >= patience {
                return Ok(Err(current_holder));
            }
            tokio::time::sleep(LOOK.min(patience)).await;
        }
    }
}

#[async_trait]
impl StateStore for SqliteStore {
    async fn read(&self, environment: &EnvironmentName) -> Result<State, StoreFault> {
        Ok(self.look(environment, load::state)?.unwrap_or_default())
    }

    async fn has(&self, environment: &EnvironmentName) -> Result<bool, StoreFault> {
        Ok(exists(&self.path(environment)))
    }

    async fn open(
        &self,
        environment: &EnvironmentName,
        holder: &Holder,
        patience: Duration,
    ) -> Result<Opened, StoreFault> {
        let path = self.path(environment);
        let fault = |trouble: Trouble| trouble.fault(&path, environment, "opened");
        // The file may be deleted as soon as it exists, or while this waits for its lease. Then a new one is created.
        let taken = async {
            for _ in 0..REPLACED {
                file::create_missing(&self.folder, environment, &self.clock.text())?;
                if let Some(taken) = self.take_standing(environment, holder, patience).await? {
                    return Ok(taken);
                }
                tokio::time::sleep(LOOK).await;
            }
            Err(std::io::Error::other("it is replaced again and again").into())
        };
        let (mut connection, key) = match taken.await.map_err(fault)? {
            Ok(taken) => taken,
            Err(current_holder) => return Err(locked(environment, current_holder)),
        };
        // An attempt to delete the file may have failed and left it in another mode.
        let _ = connection.query_row("PRAGMA journal_mode = wal", [], |_| Ok(()));
        let (state, intents) = match load::state_and_intents(&connection) {
            Ok(loaded) => loaded,
            Err(trouble) => {
                // Nobody should have to wait for a lease that is not used.
                let _ = lease_row::throw_out(&mut connection, &key.id, (self.here)());
                return Err(fault(trouble));
            }
        };
        if let Some(pages) = self.most_pages {
            connection.pragma_update(None, "max_page_count", pages).map_err(|error| fault(error.into()))?;
        }
        let identity = file::identity(&path).map_err(|error| fault(error.into()))?;
        let writer = Writer {
            connection,
            path: path.clone(),
            identity,
            environment: environment.clone(),
            key,
            heartbeat: self.heartbeat,
            clock: self.clock.clone(),
            progress: Progress::new(),
        };
        let lease = SqliteLease::begin(writer).map_err(|error| fault(error.into()))?;
        Ok(Opened { lease: Arc::new(lease), state, intents })
    }

    async fn open_intents(&self, environment: &EnvironmentName) -> Result<Vec<Intent>, StoreFault> {
        Ok(self.look(environment, journal::open_intents)?.unwrap_or_default())
    }

    async fn history(&self, environment: &EnvironmentName) -> Result<Vec<Revision>, StoreFault> {
        Ok(self.look(environment, history::revisions)?.unwrap_or_default())
    }

    async fn changes(&self, environment: &EnvironmentName, serial: u64) -> Result<Vec<Changed>, StoreFault> {
        Ok(self.look(environment, |connection| history::changes(connection, serial))?.unwrap_or_default())
    }

    async fn note(&self, environment: &EnvironmentName, name: &str) -> Result<Option<String>, StoreFault> {
        Ok(self.look(environment, |connection| notes::read(connection, name))?.flatten())
    }

    async fn retire(&self, environment: &EnvironmentName, holder: &Holder) -> Result<bool, StoreFault> {
        let path = self.path(environment);
        let fault = |trouble: Trouble| trouble.fault(&path, environment, "taken away");
        let began = Instant::now();
        loop {
            // Opened again each time: another process can only delete it while nobody has it open.
            match self.take_standing(environment, holder, Duration::ZERO).await.map_err(fault)? {
                Some(Ok((connection, key))) => {
                    let retired = retirement::retire(connection, &path, &key, &self.clock);
                    match retired.map_err(fault)? {
                        Outcome::Gone => return Ok(true),
                        Outcome::Open if began.elapsed() < SHORTLY => {}
                        Outcome::Open | Outcome::Used => return Ok(false),
                    }
                }
                Some(Err(current_holder)) if began.elapsed() >= SHORTLY => {
                    return Err(locked(environment, current_holder));
                }
                Some(Err(_)) => {}
                // There is none, or another process was first.
                None => return Ok(true),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn environments(&self) -> Result<Vec<EnvironmentName>, StoreFault> {
        Self::environments(self)
    }

    async fn identity(&self, environment: &EnvironmentName) -> Result<Option<(String, u64)>, StoreFault> {
        self.look(environment, |connection| Ok((load::lineage(connection)?, load::serial(connection)?)))
    }

    async fn unlock(&self, environment: &EnvironmentName, id: &str) -> Result<(), StoreFault> {
        let path = self.path(environment);
        if !exists(&path) {
            return Err(StoreFault::NotLocked { environment: environment.clone() });
        }
        let thrown_out = file::open_to_change(&self.folder, environment, &self.clock.text())
            .and_then(|mut connection| lease_row::throw_out(&mut connection, id, (self.here)()));
        match thrown_out.map_err(|trouble| trouble.fault(&path, environment, "unlocked"))? {
            Ok(()) => Ok(()),
            Err(Some(current_holder)) => Err(locked(environment, current_holder)),
            Err(None) => Err(StoreFault::NotLocked { environment: environment.clone() }),
        }
    }
}

fn locked(environment: &EnvironmentName, current_holder: CurrentHolder) -> StoreFault {
    StoreFault::Locked {
        environment: environment.clone(),
        holder: Box::new(current_holder.holder),
        since: current_holder.since,
        id: current_holder.id,
    }
}

fn exists(path: &Path) -> bool {
    file::is_there(path).unwrap_or(true)
}
