//! Reads a state from its rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::fault::Trouble;
use super::journal;
use crate::address::{
    AbsoluteResource, InstanceKey, ModuleInstance, ProviderConfigAddress, ResourceAddress, ResourceMode,
    ResourcePath,
};
use crate::port::Intent;
use crate::state::{
    CheckKind, CheckState, CheckStatus, CheckedObject, DeposedKey, Object, OutputState, ResourceState, State,
    Status, format, json,
};
use crate::value::{Mark, Name, Value};

type Loaded<T> = Result<T, Trouble>;

/// The whole state of a file, as of one moment.
pub(super) fn state(connection: &Connection) -> Loaded<State> {
    let transaction = connection.unchecked_transaction()?;
    let state = within(&transaction)?;
    transaction.finish()?;
    Ok(state)
}

/// [`state`], with the operations that have no recorded end.
pub(super) fn state_and_intents(connection: &Connection) -> Loaded<(State, Vec<Intent>)> {
    let transaction = connection.unchecked_transaction()?;
    let loaded = (within(&transaction)?, journal::open_intents(&transaction)?);
    transaction.finish()?;
    Ok(loaded)
}

/// [`state`], in a transaction that is already open.
pub(super) fn within(connection: &Connection) -> Loaded<State> {
    Ok(State {
        lineage: lineage(connection)?,
        serial: serial(connection)? + u64::from(has_pending_changes(connection)?),
        resources: resources(connection)?,
        outputs: outputs(connection)?,
        checks: checks(connection)?,
        protected: protected(connection)?,
    })
}

pub(super) fn lineage(connection: &Connection) -> Loaded<String> {
    meta(connection, "lineage")
}

/// The serial of the last revision.
pub(super) fn serial(connection: &Connection) -> Loaded<u64> {
    let text = meta(connection, "serial")?;
    text.parse().map_err(|_| Trouble::Damaged(format!("its serial is {text:?}, which is no number")))
}

/// Whether anything has changed since the last revision.
pub(super) fn has_pending_changes(connection: &Connection) -> Loaded<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM changes WHERE revision > (SELECT coalesce(max(id), 0) FROM revisions) LIMIT 1",
    )?;
    Ok(statement.exists([])?)
}

fn meta(connection: &Connection, name: &str) -> Loaded<String> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0))?)
}

fn resources(connection: &Connection) -> Loaded<BTreeMap<AbsoluteResource, ResourceState>> {
    let mut statement = connection.prepare_cached(
        "SELECT module, mode, type, name, key, deposed, provider, schema_version, tainted, create_before_destroy, \
         attributes, sensitive, private, dependencies FROM objects",
    )?;
    let mut rows = statement.query([])?;
    let mut shared = Shared::default();
    let mut found: Vec<(AbsoluteResource, ResourceState)> = Vec::new();
    while let Some(row) = rows.next()? {
        // Objects of one resource mostly follow each other.
        if !shared.is_of_last(row, found.last().map(|(address, _)| address))? {
            let address = shared.resource(row)?;
            let provider = shared.provider(text(row, 6)?)?;
            found.push((address, ResourceState { provider, instances: BTreeMap::new() }));
        }
        let (key, deposed) = (key(row, 4)?, text(row, 5)?);
        let object = shared.object(row, 7)?;
        if let Some((_, resource)) = found.last_mut() {
            let instance = resource.instances.entry(key).or_default();
            if deposed.is_empty() {
                instance.current = Some(object);
            } else {
                instance.deposed.insert(DeposedKey(deposed.into()), object);
            }
        }
    }
    // Those that do not are brought together here. A map is also built fastest from sorted entries.
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.dedup_by(|(address, more), (known, resource)| {
        let same = address == known;
        if same {
            for (key, instance) in std::mem::take(&mut more.instances) {
                let known = resource.instances.entry(key).or_default();
                known.current = instance.current.or(known.current.take());
                known.deposed.extend(instance.deposed);
            }
        }
        same
    });
    Ok(found.into_iter().collect())
}

/// Keeps values that many rows share only once.
#[derive(Default)]
pub(super) struct Shared {
    /// The text of the module that was read last.
    module_text: String,
    module: ModuleInstance,
    kinds: HashMap<String, Arc<str>>,
    provider: Option<(String, Arc<ProviderConfigAddress>)>,
    dependencies: HashMap<String, Arc<[ResourcePath]>>,
    paths: HashMap<String, ResourcePath>,
    no_private: Option<Arc<[u8]>>,
}

impl Shared {
    fn is_of_last(&self, row: &Row<'_>, last: Option<&AbsoluteResource>) -> Loaded<bool> {
        let Some(last) = last else {
            return Ok(false);
        };
        Ok(text(row, 3)? == &*last.resource.name
            && text(row, 2)? == &*last.resource.kind
            && text(row, 0)? == self.module_text
            && text(row, 1)? == last.resource.mode.word())
    }

    fn resource(&mut self, row: &Row<'_>) -> Loaded<AbsoluteResource> {
        let module = text(row, 0)?;
        if module != self.module_text {
            self.module = ModuleInstance::parse(module).map_err(damaged)?;
            module.clone_into(&mut self.module_text);
        }
        let mode =
            ResourceMode::from_word(text(row, 1)?).ok_or_else(|| damaged("a resource has no known mode"))?;
        let kind = text(row, 2)?;
        let kind = match self.kinds.get(kind) {
            Some(kind) => kind.clone(),
            None => self.kinds.entry(kind.to_owned()).or_insert(kind.into()).clone(),
        };
        Ok(ResourceAddress::new(mode, kind, text(row, 3)?).within(self.module.clone()))
    }

    fn provider(&mut self, text: &str) -> Loaded<Arc<ProviderConfigAddress>> {
        if let Some((last, provider)) = &self.provider
            && last == text
        {
            return Ok(provider.clone());
        }
        let provider = Arc::new(ProviderConfigAddress::parse(text).map_err(damaged)?);
        self.provider = Some((text.to_owned(), provider.clone()));
        Ok(provider)
    }

    /// The object of seven columns in the order of `schema_version`, `tainted`, `create_before_destroy`, `attributes`,
    /// `sensitive`, `private`, `dependencies`.
    pub(super) fn object(&mut self, row: &Row<'_>, first: usize) -> Loaded<Object> {
        let sensitive = match text(row, first + 4)? {
            "[]" => Vec::new(),
            text => format::read_paths(text).map_err(damaged)?,
        };
        let private = match blob(row, first + 5)? {
            [] => self.no_private.get_or_insert_with(|| Arc::from([])).clone(),
            notes => notes.into(),
        };
        Ok(Object {
            schema_version: row.get::<_, i64>(first)?.cast_unsigned(),
            attributes: text(row, first + 3)?.into(),
            sensitive,
            private,
            dependencies: self.dependencies(text(row, first + 6)?)?,
            status: if row.get(first + 1)? { Status::Tainted } else { Status::Ready },
            create_before_destroy: row.get(first + 2)?,
        })
    }

    fn dependencies(&mut self, text: &str) -> Loaded<Arc<[ResourcePath]>> {
        if let Some(known) = self.dependencies.get(text) {
            return Ok(known.clone());
        }
        let names: Vec<&str> = serde_json::from_str(text).map_err(damaged)?;
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let path = match self.paths.get(name) {
                Some(path) => path.clone(),
                None => {
                    let path = ResourcePath::parse(name).map_err(damaged)?;
                    self.paths.entry(name.to_owned()).or_insert(path).clone()
                }
            };
            all.push(path);
        }
        let all: Arc<[ResourcePath]> = all.into();
        self.dependencies.insert(text.to_owned(), all.clone());
        Ok(all)
    }
}

fn outputs(connection: &Connection) -> Loaded<BTreeMap<Name, OutputState>> {
    let mut statement =
        connection.prepare_cached("SELECT name, value, type, sensitive FROM output_values")?;
    let mut rows = statement.query([])?;
    let mut outputs = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let ty = json::decode_type(text(row, 2)?).map_err(damaged)?;
        let value: Value = json::decode(text(row, 1)?, &ty).map_err(damaged)?;
        let value = if row.get(3)? { value.mark(Mark::Sensitive) } else { value };
        outputs.insert(Name::from(text(row, 0)?), OutputState { value });
    }
    Ok(outputs)
}

fn protected(connection: &Connection) -> Loaded<BTreeSet<Name>> {
    let mut statement = connection.prepare_cached("SELECT pattern FROM protected")?;
    let mut rows = statement.query([])?;
    let mut patterns = BTreeSet::new();
    while let Some(row) = rows.next()? {
        patterns.insert(Name::from(text(row, 0)?));
    }
    Ok(patterns)
}

pub(super) fn checks(connection: &Connection) -> Loaded<Vec<CheckState>> {
    let mut statement =
        connection.prepare_cached("SELECT kind, address, status, objects FROM check_results ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut checks = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(kind) = CheckKind::from_word(text(row, 0)?) else {
            continue;
        };
        let objects: Vec<(String, String, Vec<String>)> =
            serde_json::from_str(text(row, 3)?).map_err(damaged)?;
        let objects = objects.into_iter().map(|(address, status, messages)| CheckedObject {
            address,
            status: CheckStatus::from_word(&status),
            messages,
        });
        checks.push(CheckState {
            kind,
            address: text(row, 1)?.to_owned(),
            status: CheckStatus::from_word(text(row, 2)?),
            objects: objects.collect(),
        });
    }
    Ok(checks)
}

/// A key as it is stored in its column.
pub(super) fn key(row: &Row<'_>, column: usize) -> Loaded<InstanceKey> {
    match row.get_ref(column)? {
        ValueRef::Integer(number) => Ok(InstanceKey::Number(number.cast_unsigned())),
        ValueRef::Text(text) => Ok(InstanceKey::text(std::str::from_utf8(text).map_err(damaged)?)),
        _ => Ok(InstanceKey::None),
    }
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Loaded<&'r str> {
    row.get_ref(column)?.as_str().map_err(damaged)
}

fn blob<'r>(row: &'r Row<'_>, column: usize) -> Loaded<&'r [u8]> {
    row.get_ref(column)?.as_blob().map_err(damaged)
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
pub(super) fn damaged(why: impl ToString) -> Trouble {
    Trouble::Damaged(why.to_string())
}
