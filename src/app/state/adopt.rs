//! Moves the state of one environment to another, with its history and notes.

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{Effect, Outcome, Revision};
use crate::state::State;

use super::{Change, Place, fault, refused};

/// The outcome of an adoption.
#[derive(Debug)]
pub struct Adopted {
    pub instances: usize,
    pub serial: u64,
}

/// Takes the state of another environment, leaving that one empty. An interrupted run is completed by running it again:
/// first the state belongs to both environments, and then only to the new one.
pub async fn adopt(change: Change<'_>, from: &EnvironmentName) -> Result<Adopted, Diagnostics> {
    let Place { store, environment } = change.place;
    if from == environment {
        return refused("Nothing to adopt", format!("{from} is the environment itself."));
    }
    let source = Change { place: Place { store, environment: from }, ..change };
    if source.place.read().await?.is_empty() {
        let why = format!("The environment {from} has no state that could be adopted.");
        return refused("Nothing to adopt", why);
    }
    if !store.open_intents(from).await.map_err(fault)?.is_empty() {
        let why = format!(
            "A run in {from} was interrupted, and what it left is not settled. That has to be done there first."
        );
        let fault = Diagnostic::error("State is not settled", why)
            .hint(format!("terrace state settle -e {from} ADDRESS records that the object does not exist."));
        return Err(fault.into());
    }
    source
        .with_lease(async |giver, given, _| {
            let instances = given.instances().count();
            let serial = change
                .with_lease(async |taker, present, _| {
                    if !present.is_empty() && present.lineage != given.lineage {
                        let why = format!(
                            "The environment {environment} has a state of its own, which would be lost. Nothing was changed."
                        );
                        return refused("State is not empty", why);
                    }
                    let protected = given.protected.difference(&present.protected);
                    let effects = protected
                        .map(|pattern| Effect::Protect { pattern: pattern.clone(), lifted: false })
                        .collect();
                    taker.send(Outcome { operation: None, effects });
                    taker.replace(given.clone(), change.revision()).await.map_err(fault)
                })
                .await?;
            let revision =
                Revision { what: format!("state adopted by {environment}"), ..change.revision() };
            let lifted = given.protected.iter();
            let effects =
                lifted.map(|pattern| Effect::Protect { pattern: pattern.clone(), lifted: true }).collect();
            giver.send(Outcome { operation: None, effects });
            // The state left behind gets a new lineage, because it is the start of a different one.
            let lineage = uuid::Uuid::new_v4().to_string();
            let rest = State { lineage, serial: given.serial.saturating_add(1), ..State::default() };
            giver.replace(rest, revision).await.map_err(fault)?;
            Ok(Adopted { instances, serial })
        })
        .await
}
