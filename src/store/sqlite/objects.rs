//! Writes objects to rows. Without a difference, nothing is written.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::fault::Trouble;
use super::history::change;
use crate::address::{AbsoluteInstance, InstanceKey, ProviderConfigAddress};
use crate::state::{DeposedKey, Object, Status, format};

type Written = Result<(), Trouble>;

/// The key of an object: six columns that are unique together.
pub(super) struct Place<'a> {
    address: &'a AbsoluteInstance,
    module: String,
    deposed: &'a str,
}

/// A key as it is stored in its column.
struct Key<'a>(&'a InstanceKey);

/// The columns of an object.
#[derive(PartialEq, Default)]
pub(super) struct Stored {
    pub(super) provider: String,
    pub(super) schema_version: i64,
    tainted: bool,
    pub(super) create_before_destroy: bool,
    pub(super) attributes: String,
    pub(super) sensitive: String,
    pub(super) private: Vec<u8>,
    pub(super) dependencies: String,
}

impl<'a> Place<'a> {
    pub(super) fn new(address: &'a AbsoluteInstance, deposed: Option<&'a DeposedKey>) -> Self {
        let deposed = deposed.map_or("", |key| &*key.0);
        Self { address, module: address.module.to_string(), deposed }
    }
}

pub(super) fn put(
    connection: &Connection,
    place: &Place<'_>,
    provider: &ProviderConfigAddress,
    object: &Object,
) -> Written {
    let stored = Stored::new(provider, object);
    match find(connection, place)? {
        Some((_, before)) if before == stored => Ok(()),
        Some((id, before)) => {
            update(connection, id, &stored)?;
            if before.provider != stored.provider {
                belong(connection, place, &stored.provider)?;
            }
            change(
                connection,
                &place.address.to_string(),
                place.deposed,
                "updated",
                &difference(&before, &stored),
            )
        }
        None => {
            if provider_of_others(connection, place)?.is_some_and(|other| other != stored.provider) {
                belong(connection, place, &stored.provider)?;
            }
            insert(connection, place, &stored)
        }
    }
}

pub(super) fn remove(connection: &Connection, place: &Place<'_>) -> Written {
    let mut statement = connection.prepare_cached(
        "DELETE FROM objects WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 AND key = ?5 AND deposed = ?6",
    )?;
    let resource = &place.address.resource;
    let gone = statement.execute(params![
        &*resource.kind,
        &*resource.name,
        place.module,
        resource.mode.word(),
        Key(&place.address.key),
        place.deposed
    ])?;
    if gone == 0 {
        return Ok(());
    }
    change(connection, &place.address.to_string(), place.deposed, "deleted", "")
}

/// Moves an instance with its deposed objects. Anything at the new address is deleted.
pub(super) fn shift(connection: &Connection, from: &AbsoluteInstance, to: &AbsoluteInstance) -> Written {
    let (source, target) = (Place::new(from, None), Place::new(to, None));
    if from == to || !is_there(connection, &source)? {
        return Ok(());
    }
    let (here, there) = (&from.resource, &to.resource);
    let provider = provider_of_others(connection, &target)?;
    let mut statement = connection.prepare_cached(
        "DELETE FROM objects WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 AND key = ?5",
    )?;
    statement.execute(params![&*there.kind, &*there.name, target.module, there.mode.word(), Key(&to.key)])?;
    let mut statement = connection.prepare_cached(
        "UPDATE objects SET type = ?6, name = ?7, module = ?8, mode = ?9, key = ?10, address = ?11, \
         provider = coalesce(?12, provider) \
         WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 AND key = ?5",
    )?;
    let address = to.to_string();
    statement.execute(params![
        &*here.kind,
        &*here.name,
        source.module,
        here.mode.word(),
        Key(&from.key),
        &*there.kind,
        &*there.name,
        target.module,
        there.mode.word(),
        Key(&to.key),
        address,
        provider,
    ])?;
    change(connection, &from.to_string(), "", "moved", &address)
}

/// Makes a current object deposed, or the reverse. Anything in its place is deleted.
pub(super) fn rename(connection: &Connection, place: &Place<'_>, deposed: &str, what: &str) -> Written {
    let mut statement = connection.prepare_cached(
        "UPDATE OR REPLACE objects SET deposed = ?7 \
         WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 AND key = ?5 AND deposed = ?6",
    )?;
    let resource = &place.address.resource;
    let renamed = statement.execute(params![
        &*resource.kind,
        &*resource.name,
        place.module,
        resource.mode.word(),
        Key(&place.address.key),
        place.deposed,
        deposed
    ])?;
    if renamed == 0 {
        return Ok(());
    }
    let key = if deposed.is_empty() { place.deposed } else { deposed };
    change(connection, &place.address.to_string(), key, what, "")
}

fn is_there(connection: &Connection, place: &Place<'_>) -> Result<bool, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM objects WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 AND key = ?5",
    )?;
    let resource = &place.address.resource;
    let at = params![
        &*resource.kind,
        &*resource.name,
        place.module,
        resource.mode.word(),
        Key(&place.address.key)
    ];
    Ok(statement.exists(at)?)
}

fn find(connection: &Connection, place: &Place<'_>) -> Result<Option<(i64, Stored)>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT id, provider, schema_version, tainted, create_before_destroy, attributes, sensitive, private, \
         dependencies FROM objects \
         WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 AND key = ?5 AND deposed = ?6",
    )?;
    let resource = &place.address.resource;
    let at = params![
        &*resource.kind,
        &*resource.name,
        place.module,
        resource.mode.word(),
        Key(&place.address.key),
        place.deposed
    ];
    let found = statement.query_row(at, |row| {
        let stored = Stored {
            provider: row.get(1)?,
            schema_version: row.get(2)?,
            tainted: row.get(3)?,
            create_before_destroy: row.get(4)?,
            attributes: row.get(5)?,
            sensitive: row.get(6)?,
            private: row.get(7)?,
            dependencies: row.get(8)?,
        };
        Ok((row.get(0)?, stored))
    });
    Ok(found.optional()?)
}

fn insert(connection: &Connection, place: &Place<'_>, stored: &Stored) -> Written {
    let mut statement = connection.prepare_cached(
        "INSERT INTO objects (type, name, module, mode, key, deposed, address, provider, schema_version, tainted, \
         create_before_destroy, attributes, sensitive, private, dependencies) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let resource = &place.address.resource;
    let address = place.address.to_string();
    statement.execute(params![
        &*resource.kind,
        &*resource.name,
        place.module,
        resource.mode.word(),
        Key(&place.address.key),
        place.deposed,
        address,
        stored.provider,
        stored.schema_version,
        stored.tainted,
        stored.create_before_destroy,
        stored.attributes,
        stored.sensitive,
        stored.private,
        stored.dependencies,
    ])?;
    change(connection, &address, place.deposed, "created", "")
}

fn update(connection: &Connection, id: i64, stored: &Stored) -> Written {
    let mut statement = connection.prepare_cached(
        "UPDATE objects SET provider = ?2, schema_version = ?3, tainted = ?4, create_before_destroy = ?5, \
         attributes = ?6, sensitive = ?7, private = ?8, dependencies = ?9 WHERE id = ?1",
    )?;
    statement.execute(params![
        id,
        stored.provider,
        stored.schema_version,
        stored.tainted,
        stored.create_before_destroy,
        stored.attributes,
        stored.sensitive,
        stored.private,
        stored.dependencies,
    ])?;
    Ok(())
}

/// All objects of a resource have the same provider configuration, so any one of them will do.
fn provider_of_others(connection: &Connection, place: &Place<'_>) -> Result<Option<String>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT provider FROM objects WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4 LIMIT 1",
    )?;
    let resource = &place.address.resource;
    let at = params![&*resource.kind, &*resource.name, place.module, resource.mode.word()];
    Ok(statement.query_row(at, |row| row.get(0)).optional()?)
}

fn belong(connection: &Connection, place: &Place<'_>, provider: &str) -> Written {
    let mut statement = connection.prepare_cached(
        "UPDATE objects SET provider = ?5 WHERE type = ?1 AND name = ?2 AND module = ?3 AND mode = ?4",
    )?;
    let resource = &place.address.resource;
    statement.execute(params![
        &*resource.kind,
        &*resource.name,
        place.module,
        resource.mode.word(),
        provider
    ])?;
    Ok(())
}

impl Stored {
    pub(super) fn new(provider: &ProviderConfigAddress, object: &Object) -> Self {
        let dependencies = object.dependencies.iter().map(|path| format!("\"{path}\""));
        Self {
            provider: provider.to_string(),
            schema_version: object.schema_version.cast_signed(),
            tainted: object.status == Status::Tainted,
            create_before_destroy: object.create_before_destroy,
            attributes: object.attributes.to_string(),
            sensitive: format::write_paths(&object.sensitive),
            private: object.private.to_vec(),
            // Names of the language need no escapes.
            dependencies: format!("[{}]", dependencies.collect::<Vec<_>>().join(",")),
        }
    }
}

/// The names of what differs: attributes, and what the state itself records of an object.
fn difference(before: &Stored, after: &Stored) -> String {
    let mut names: Vec<String> = Vec::new();
    if before.attributes != after.attributes {
        let parse = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
        if let (Ok(before), Ok(after)) = (parse(&before.attributes), parse(&after.attributes)) {
            let mut differing: Vec<String> = before
                .iter()
                .filter(|(name, value)| after.get(*name) != Some(value))
                .map(|(name, _)| name.clone())
                .collect();
            differing.extend(after.keys().filter(|name| !before.contains_key(*name)).cloned());
            differing.sort_unstable();
            names.extend(differing);
        }
    }
    let mut note = |differs: bool, name: &str| names.extend(differs.then(|| name.to_owned()));
    note(!before.tainted && after.tainted, "(tainted)");
    note(before.tainted && !after.tainted, "(no longer tainted)");
    note(before.provider != after.provider, "(provider)");
    note(before.schema_version != after.schema_version, "(schema)");
    note(before.dependencies != after.dependencies, "(dependencies)");
    note(before.sensitive != after.sensitive, "(what is sensitive)");
    note(before.create_before_destroy != after.create_before_destroy, "(create_before_destroy)");
    note(before.private != after.private, "(notes of the provider)");
    names.join(", ")
}

impl ToSql for Key<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            InstanceKey::None => ValueRef::Blob(&[]),
            InstanceKey::Number(number) => ValueRef::Integer(number.cast_signed()),
            InstanceKey::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}
