//! Operations that were begun and have no recorded end.

use rusqlite::{Connection, params};

use super::fault::Trouble;
use super::load::{Shared, damaged};
use super::objects::Stored;
use crate::address::{AbsoluteInstance, ProviderConfigAddress};
use crate::plan::{Action, Order};
use crate::port::{Intent, OperationId};
use crate::state::DeposedKey;

const ACTIONS: [(Action, &str); 8] = [
    (Action::Create, "create"),
    (Action::Update, "update"),
    (Action::Delete, "delete"),
    (Action::Read, "read"),
    (Action::NoOp, "no-op"),
    (Action::Forget, "forget"),
    (Action::Replace(Order::DestroyFirst), "delete and create"),
    (Action::Replace(Order::CreateFirst), "create and delete"),
];

pub(super) fn word(action: Action) -> &'static str {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or("update", |(_, word)| word)
}

pub(super) fn write(connection: &Connection, intent: &Intent, now: &str) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO journal (operation, at, address, deposed, provider, action, planned, schema_version, \
         create_before_destroy, sensitive, private, dependencies) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let planned = intent.planned.as_ref().map(|object| Stored::new(&intent.provider, object));
    let has_plan = planned.is_some();
    let planned = planned.unwrap_or_default();
    statement.execute(params![
        &*intent.operation.0,
        now,
        intent.address.to_string(),
        intent.deposed.as_ref().map_or("", |key| &*key.0),
        intent.provider.to_string(),
        word(intent.action),
        has_plan.then_some(planned.attributes),
        planned.schema_version,
        planned.create_before_destroy,
        planned.sensitive,
        planned.private,
        planned.dependencies,
    ])?;
    Ok(())
}

/// In the order in which they were begun.
pub(super) fn open_intents(connection: &Connection) -> Result<Vec<Intent>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT operation, address, deposed, provider, action, at, planned IS NOT NULL, \
         schema_version, FALSE, create_before_destroy, planned, sensitive, private, dependencies \
         FROM journal ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut shared = Shared::default();
    let mut intents = Vec::new();
    while let Some(row) = rows.next()? {
        let (address, provider, action): (String, String, String) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let deposed: String = row.get(2)?;
        let known = ACTIONS.iter().find(|(_, word)| *word == action);
        let (action, _) =
            known.ok_or_else(|| damaged(format!("the journal has an unknown action {action:?}")))?;
        let has_plan: bool = row.get(6)?;
        intents.push(Intent {
            operation: OperationId(row.get(0)?),
            address: AbsoluteInstance::parse(&address).map_err(damaged)?,
            deposed: (!deposed.is_empty()).then(|| DeposedKey(deposed.into())),
            provider: ProviderConfigAddress::parse(&provider).map_err(damaged)?.into(),
            action: *action,
            planned: has_plan.then(|| shared.object(row, 7)).transpose()?,
            since: moment(&row.get::<_, String>(5)?),
        });
    }
    Ok(intents)
}

fn moment(at: &str) -> Option<u64> {
    let moment: jiff::Timestamp = at.parse().ok()?;
    moment.as_second().try_into().ok()
}
