//! Revisions and what each of them changed.

use rusqlite::{Connection, params};

use super::fault::Trouble;
use super::load;
use crate::port::{Changed, Override, Revision};
use crate::state::DeposedKey;

/// Records a change, as part of the revision in progress.
pub(super) fn change(
    connection: &Connection,
    address: &str,
    deposed: &str,
    what: &str,
    detail: &str,
) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO changes (revision, address, deposed, what, detail) \
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM revisions), ?1, ?2, ?3, ?4)",
    )?;
    statement.execute(params![address, deposed, what, detail])?;
    Ok(())
}

/// Makes a revision of the changes since the last one, and returns its serial; without changes, returns the present
/// serial.
pub(super) fn append(connection: &Connection, revision: &Revision, now: &str) -> Result<u64, Trouble> {
    let present = load::serial(connection)?;
    if !load::has_pending_changes(connection)? {
        return Ok(present);
    }
    append_as(connection, revision, now, present.saturating_add(1))
}

/// Makes a revision with a given serial, with or without changes.
pub(super) fn append_as(
    connection: &Connection,
    revision: &Revision,
    now: &str,
    serial: u64,
) -> Result<u64, Trouble> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "INSERT INTO revisions (lineage, serial, at, who, what, commit_id, created, updated, deleted, overrides) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let overrides: Vec<(&str, &str)> =
        revision.overrides.iter().map(|one| (&*one.rule, &*one.reason)).collect();
    statement.insert(params![
        load::lineage(connection)?,
        serial.cast_signed(),
        if revision.when.is_empty() { now } else { &revision.when },
        revision.who,
        revision.what,
        revision.commit,
        count(revision.created),
        count(revision.updated),
        count(revision.deleted),
        serde_json::to_string(&overrides).map_err(load::damaged)?,
    ])?;
    connection
        .prepare_cached("UPDATE meta SET value = ?1 WHERE name = 'serial'")?
        .execute([serial.to_string()])?;
    Ok(serial)
}

/// The latest first.
pub(super) fn revisions(connection: &Connection) -> Result<Vec<Revision>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT serial, at, who, what, commit_id, created, updated, deleted, overrides FROM revisions \
         ORDER BY id DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut revisions = Vec::new();
    while let Some(row) = rows.next()? {
        let count =
            |column| Ok::<_, Trouble>(usize::try_from(row.get::<_, i64>(column)?).unwrap_or_default());
        let overrides: Vec<(String, String)> =
            serde_json::from_str(&row.get::<_, String>(8)?).map_err(load::damaged)?;
        let overrides =
            overrides.into_iter().map(|(rule, reason)| Override { rule: rule.into(), reason: reason.into() });
        revisions.push(Revision {
            serial: row.get::<_, i64>(0)?.cast_unsigned(),
            when: row.get(1)?,
            who: row.get(2)?,
            what: row.get(3)?,
            commit: row.get(4)?,
            created: count(5)?,
            updated: count(6)?,
            deleted: count(7)?,
            overrides: overrides.collect(),
        });
    }
    Ok(revisions)
}

/// The changes of the latest revision with that serial.
pub(super) fn changes(connection: &Connection, serial: u64) -> Result<Vec<Changed>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT address, deposed, what, detail FROM changes \
         WHERE revision = (SELECT max(id) FROM revisions WHERE serial = ?1) ORDER BY id",
    )?;
    let mut rows = statement.query([serial.cast_signed()])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let deposed: String = row.get(1)?;
        changes.push(Changed {
            address: row.get(0)?,
            deposed: (!deposed.is_empty()).then(|| DeposedKey(deposed.into())),
            what: row.get(2)?,
            detail: row.get(3)?,
        });
    }
    Ok(changes)
}
