//! Reads and writes states as files in Terraform's format.

use crate::address::EnvironmentName;
use crate::config::LANGUAGE_VERSION;
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::StateStore;
use crate::state::{State, format};

use super::{Change, Place, fault, refused};

/// The state in Terraform's format.
pub async fn pull(place: Place<'_>) -> Result<String, Diagnostics> {
    Ok(format::write(&place.read().await?, LANGUAGE_VERSION))
}

/// Replaces the state with the content of a state file, and returns its serial. Without `force`, a state of another
/// lineage or an earlier one is refused; the state of another environment always is.
pub async fn push(change: Change<'_>, text: &str, force: bool) -> Result<u64, Diagnostics> {
    let pushed = read(text, "The state")?;
    is_nobodys_else(&pushed, change.place).await?;
    change
        .with_lease(async |lease, present, _| {
            if !force {
                fits(&pushed, &present)?;
            }
            lease.replace(pushed, change.revision()).await.map_err(fault)
        })
        .await
}

/// Whether a file that begins like this may be a state file, which is JSON.
pub fn may_be_file(beginning: &[u8]) -> bool {
    beginning.trim_ascii_start().first().is_none_or(|first| *first == b'{')
}

/// Parses a state file.
pub(in crate::app) fn read(text: &str, name: &str) -> Result<State, Diagnostics> {
    match format::read(text) {
        Ok(file) => Ok(file.state),
        Err(error) => refused("State file cannot be read", format!("{name} cannot be taken: {error}.")),
    }
}

/// Whether a state may replace another.
fn fits(pushed: &State, present: &State) -> Result<(), Diagnostics> {
    // Nothing has been stored yet, so the lineage means nothing.
    if present.serial == 0 && present.is_empty() {
        return Ok(());
    }
    let hint =
        "With -force it replaces the present state all the same; terrace state pull saves that one first.";
    let refused = |why: String| Err(Diagnostic::error("State does not follow", why).hint(hint).into());
    if !pushed.lineage.is_empty() && pushed.lineage != present.lineage {
        return refused(format!(
            "It has the lineage {}, and the present state has {}: they have nothing to do with each other.",
            pushed.lineage, present.lineage
        ));
    }
    if pushed.serial < present.serial {
        return refused(format!(
            "It has the serial {}, and the present state has {}, which is later.",
            pushed.serial, present.serial
        ));
    }
    if pushed.serial == present.serial && content(pushed) != content(present) {
        return refused(format!(
            "It has the serial {} as the present state has, and other content.",
            pushed.serial
        ));
    }
    Ok(())
}

/// Two environments with the same state would manage the same objects, and each would destroy what the other made.
async fn is_nobodys_else(pushed: &State, place: Place<'_>) -> Result<(), Diagnostics> {
    let Some(owner) = owner_of(&pushed.lineage, place.store).await? else { return Ok(()) };
    let environment = place.environment;
    if owner == *environment {
        return Ok(());
    }
    let why = format!(
        "That is the state of {owner}: {environment} would manage the same objects, and each would destroy what the \
         other made. -force does not change that."
    );
    let hint =
        format!("To give the state to {environment} for good: terrace state adopt -e {environment} {owner}");
    Err(Diagnostic::error("State of another environment", why).hint(hint).into())
}

/// The environment whose state has this lineage.
pub(super) async fn owner_of(
    lineage: &str,
    store: &dyn StateStore,
) -> Result<Option<EnvironmentName>, Diagnostics> {
    if lineage.is_empty() {
        return Ok(None);
    }
    for environment in store.environments().await.map_err(fault)? {
        // A state that cannot be read is reported elsewhere.
        let identity = store.identity(&environment).await.ok().flatten();
        if identity.is_some_and(|(found, _)| found == lineage) {
            return Ok(Some(environment));
        }
    }
    Ok(None)
}

/// The content of a state without lineage and serial, for comparison.
pub(in crate::app) fn content(state: &State) -> String {
    format::write(&State { lineage: String::new(), serial: 0, ..state.clone() }, "")
}
