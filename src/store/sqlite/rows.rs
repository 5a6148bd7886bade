//! Writes to rows what was sent through a lease.

use rusqlite::{Connection, OptionalExtension, params};

use super::fault::Trouble;
use super::history::change;
use super::load;
use super::objects::{self, Place};
use crate::port::{Effect, Outcome};
use crate::state::{CheckState, OutputState, State, json};
use crate::value::Mark;

type Written = Result<(), Trouble>;

pub(super) fn outcome(connection: &Connection, outcome: &Outcome) -> Written {
    if let Some(operation) = &outcome.operation {
        let mut statement = connection.prepare_cached("DELETE FROM journal WHERE operation = ?1")?;
        statement.execute([&*operation.0])?;
    }
    outcome.effects.iter().try_for_each(|each| effect(connection, each))
}

fn effect(connection: &Connection, effect: &Effect) -> Written {
    match effect {
        Effect::Put { address, deposed, provider, object } => {
            objects::put(connection, &Place::new(address, deposed.as_ref()), provider, object)
        }
        Effect::Remove { address, deposed } => {
            objects::remove(connection, &Place::new(address, deposed.as_ref()))
        }
        Effect::Move { from, to } => objects::shift(connection, from, to),
        Effect::Depose { address, key } => {
            objects::rename(connection, &Place::new(address, None), &key.0, "deposed")
        }
        Effect::Restore { address, key } => {
            objects::rename(connection, &Place::new(address, Some(key)), "", "restored")
        }
        Effect::Output { name, value } => output(connection, name, value.as_ref()),
        Effect::Checks(found) => checks(connection, found),
        Effect::Protect { pattern, lifted } => protect(connection, pattern, *lifted),
    }
}

fn output(connection: &Connection, name: &str, output: Option<&OutputState>) -> Written {
    let mut statement =
        connection.prepare_cached("SELECT value, type, sensitive FROM output_values WHERE name = ?1")?;
    let before: Option<(String, String, bool)> =
        statement.query_row([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let after = output.map(|output| {
        let ty = output.value.ty();
        let sensitive = output.value.has_mark_deep(&Mark::Sensitive);
        (json::encode(&output.value, &ty), json::encode_type(&ty), sensitive)
    });
    let what = match (&before, &after) {
        (before, after) if before == after => return Ok(()),
        (None, _) => "created",
        (_, Some(_)) => "updated",
        (_, None) => "deleted",
    };
    match after {
        None => {
            connection.prepare_cached("DELETE FROM output_values WHERE name = ?1")?.execute([name])?;
        }
        Some((value, ty, sensitive)) => {
            let mut statement =
                connection.prepare_cached("INSERT OR REPLACE INTO output_values VALUES (?1, ?2, ?3, ?4)")?;
            statement.execute(params![name, value, ty, sensitive])?;
        }
    }
    change(connection, &format!("output.{name}"), "", what, "")
}

fn protect(connection: &Connection, pattern: &str, lifted: bool) -> Written {
    let (sql, what) = if lifted {
        ("DELETE FROM protected WHERE pattern = ?1", "deleted")
    } else {
        ("INSERT OR IGNORE INTO protected VALUES (?1)", "created")
    };
    match connection.prepare_cached(sql)?.execute([pattern])? {
        0 => Ok(()),
        _ => change(connection, &format!("protection of {pattern}"), "", what, ""),
    }
}

fn checks(connection: &Connection, found: &[CheckState]) -> Written {
    if load::checks(connection)? == found {
        return Ok(());
    }
    connection.execute("DELETE FROM check_results", [])?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO check_results (kind, address, status, objects) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for check in found {
        let objects: Vec<(&str, &str, &[String])> = check
            .objects
            .iter()
            .map(|object| (&*object.address, object.status.word(), &*object.messages))
            .collect();
        let objects = serde_json::to_string(&objects).map_err(load::damaged)?;
        statement.execute(params![check.kind.word(), check.address, check.status.word(), objects])?;
    }
    change(connection, "checks", "", "updated", "")
}

/// Makes the rows equal to a state.
pub(super) fn replace(connection: &Connection, state: &State) -> Written {
    let before = load::within(connection)?;
    for (address, _, instance) in before.instances() {
        let wanted = state.instance(&address);
        for (deposed, _) in instance.objects() {
            let stays = wanted.is_some_and(|wanted| match deposed {
                Some(key) => wanted.deposed.contains_key(key),
                None => wanted.current.is_some(),
            });
            if !stays {
                objects::remove(connection, &Place::new(&address, deposed))?;
            }
        }
    }
    for (address, resource, instance) in state.instances() {
        for (deposed, object) in instance.objects() {
            objects::put(connection, &Place::new(&address, deposed), &resource.provider, object)?;
        }
    }
    for name in before.outputs.keys().filter(|name| !state.outputs.contains_key(*name)) {
        output(connection, name, None)?;
    }
    for (name, value) in &state.outputs {
        output(connection, name, Some(value))?;
    }
    checks(connection, &state.checks)
}
