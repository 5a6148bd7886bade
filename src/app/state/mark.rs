//! Records what a person says of an object: that it must be replaced, or that it was never made.

use crate::address::{AbsoluteInstance, ResourceMode};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::port::{Effect, Outcome};
use crate::state::{State, Status};

use super::super::inspect::instance;
use super::{Change, fault, refused, select};

/// Marks an object so that the next apply replaces it, or removes the mark. A missing object is reported, and the
/// caller decides how bad that is.
pub async fn taint(
    change: Change<'_>,
    typed: &str,
    status: Status,
    missing: Severity,
) -> Result<AbsoluteInstance, Diagnostics> {
    let address = instance(typed)?;
    if address.resource.mode != ResourceMode::Managed {
        let why = format!("{address} is read on every run, and never replaced.");
        return refused("Not a managed resource", why);
    }
    let environment = change.place.environment;
    let edit = |state: &State| {
        let resource = state.resources.get(&address.absolute_resource());
        let object = state.instance(&address).and_then(|instance| instance.current.clone());
        let (Some(resource), Some(mut object)) = (resource, object) else {
            let fault = select::missing(state, &address.to_string(), environment);
            return Err(Diagnostic { severity: missing, ..fault }.into());
        };
        if (status, object.status) == (Status::Ready, Status::Ready) {
            let why = format!("{address} is not tainted, so there is nothing to undo.");
            return refused("Instance is not tainted", why);
        }
        object.status = status;
        let (provider, address) = (resource.provider.clone(), address.clone());
        Ok(((), vec![Effect::Put { address, deposed: None, provider, object }]))
    };
    change.make(edit).await?;
    Ok(address)
}

/// Forgets the open operations on an instance, after a person has checked that the object which an interrupted run may
/// have made does not exist.
pub async fn settle(change: Change<'_>, typed: &str) -> Result<AbsoluteInstance, Diagnostics> {
    let address = instance(typed)?;
    let environment = change.place.environment;
    change
        .with_lease(async |lease, _, intents| {
            let mut about = intents.into_iter().filter(|intent| intent.address == address).peekable();
            if about.peek().is_none() {
                let why = format!("No operation on {address} in {environment} was interrupted.");
                return refused("Nothing to settle", why);
            }
            for intent in about {
                lease.send(Outcome { operation: Some(intent.operation), effects: Vec::new() });
            }
            lease.finish(change.revision()).await.map_err(fault)
        })
        .await?;
    Ok(address)
}
