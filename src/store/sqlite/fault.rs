//! Translates SQLite's errors to the port's.

use std::path::Path;

use rusqlite::ErrorCode;

use super::schema;
use crate::address::EnvironmentName;
use crate::port::StoreFault;

/// An error with a file, whose name the caller knows.
#[derive(Debug)]
pub(super) enum Trouble {
    Sqlite(rusqlite::Error),
    Files(std::io::Error),
    /// Not even reading is allowed.
    Unreadable(std::io::Error),
    Damaged(String),
    TooNew(u64),
    /// It belongs to another environment.
    Foreign(String),
    /// The lease was lost, with the reason.
    Lost(String),
}

impl Trouble {
    pub(super) fn fault(
        self,
        file: &Path,
        environment: &EnvironmentName,
        attempt: &'static str,
    ) -> StoreFault {
        let place = file.display().to_string();
        let unusable = |why: String| StoreFault::Unusable { place: place.clone(), attempt, why };
        match self {
            Self::Damaged(why) => StoreFault::Damaged { place, why },
            Self::TooNew(found) => StoreFault::TooNew { place, found, known: schema::KNOWN },
            Self::Foreign(found) => StoreFault::Foreign { place, environment: environment.clone(), found },
            Self::Lost(why) => StoreFault::Lost { environment: environment.clone(), why },
            Self::Unreadable(error) => {
                StoreFault::Unusable { place: place.clone(), attempt: "read", why: error.to_string() }
            }
            Self::Files(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
                let folder = file.parent().unwrap_or(file).display();
                unusable(format!("{folder} is a file, and states are kept in a folder of this name"))
            }
            Self::Files(error) if is_read_only(&error) => {
                StoreFault::ReadOnly { place, why: error.to_string() }
            }
            Self::Files(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                StoreFault::Full { place, attempt }
            }
            Self::Files(error) => unusable(error.to_string()),
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    StoreFault::Damaged { place, why: said(&error) }
                }
                Some(ErrorCode::ReadOnly) => StoreFault::ReadOnly { place, why: said(&error) },
                Some(ErrorCode::DiskFull) => StoreFault::Full { place, attempt },
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    unusable("another process is writing to it and does not end".to_owned())
                }
                // With memory-mapped files, a full disk is reported only as this.
                Some(ErrorCode::SystemIoFailure) => {
                    unusable(format!("{}; the disk may be full or failing", said(&error)))
                }
                _ if is_unlike_expected(&error) => StoreFault::Damaged { place, why: said(&error) },
                _ => unusable(said(&error)),
            },
        }
    }
}

fn is_read_only(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
}

/// Whether the content is not what Terrace writes.
fn is_unlike_expected(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    let unlike = matches!(
        error,
        Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
            | Error::QueryReturnedNoRows
    );
    unlike || error.sqlite_error_code() == Some(ErrorCode::Unknown) && said(error).contains("no such table")
}

fn said(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(failure, None) => failure.to_string(),
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Files(error)
    }
}
