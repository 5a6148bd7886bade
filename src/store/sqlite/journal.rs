//! Operations that were begun and have no recorded end.

use std::sync::Arc;

use rusqlite::Connection;

use super::fault::Trouble;
use super::load::damaged;
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

/// In the order in which they were begun.
pub(super) fn open_intents(connection: &Connection) -> Result<Vec<Intent>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT operation, address, deposed, provider, action, planned, private, at FROM journal ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut intents = Vec::new();
    while let Some(row) = rows.next()? {
        let (address, provider, action): (String, String, String) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let deposed: String = row.get(2)?;
        let known = ACTIONS.iter().find(|(_, word)| *word == action);
        let (action, _) =
            known.ok_or_else(|| damaged(format!("the journal has an unknown action {action:?}")))?;
        intents.push(Intent {
            operation: OperationId(row.get(0)?),
            address: AbsoluteInstance::parse(&address).map_err(damaged)?,
            deposed: (!deposed.is_empty()).then(|| DeposedKey(deposed.into())),
            provider: ProviderConfigAddress::parse(&provider).map_err(damaged)?.into(),
            action: *action,
            planned: row.get::<_, Option<String>>(5)?.map(Arc::from),
            private: row.get::<_, Vec<u8>>(6)?.into(),
            since: moment(&row.get::<_, String>(7)?),
        });
    }
    Ok(intents)
}

fn moment(at: &str) -> Option<u64> {
    let moment: jiff::Timestamp = at.parse().ok()?;
    moment.as_second().try_into().ok()
}
