//! `state settle`: somebody has looked, and what a run that was cut off may have made does not exist.

use std::time::Duration;

use crate::address::{AbsoluteInstance, EnvironmentName};
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{Holder, Opened, Outcome, Revision, StateStore};

use super::fault::store_fault;
use super::look::instance;

/// Forgets the operations on an instance that have no known end.
pub async fn run(
    store: &dyn StateStore,
    (environment, holder, patience): (&EnvironmentName, &Holder, Duration),
    typed: &str,
) -> Result<AbsoluteInstance, Diagnostics> {
    let address = instance(typed)?;
    let fault = |fault| Diagnostics::from(store_fault(&fault));
    let opened = store.open(environment, holder, patience).await.map_err(fault)?;
    let Opened { lease, intents, .. } = opened;
    let mut forgotten = 0;
    for intent in intents.iter().filter(|intent| intent.address == address) {
        lease.tell(Outcome { operation: Some(intent.operation.clone()), effects: Vec::new() });
        forgotten += 1;
    }
    let revision = Revision {
        when: jiff::Timestamp::now().to_string(),
        who: holder.who.clone(),
        what: holder.operation.clone(),
        ..Revision::default()
    };
    let finished = lease.finish(revision).await;
    lease.release().await.map_err(fault)?;
    finished.map_err(fault)?;
    if forgotten == 0 {
        let why = format!("No operation on {address} in {environment} was cut off.");
        return Err(Diagnostic::error("Nothing to settle", why).into());
    }
    Ok(address)
}
