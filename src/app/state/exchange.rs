//! States that come and go as files in the format of the reference.

use crate::config::LANGUAGE_VERSION;
use crate::diag::{Diagnostic, Diagnostics};
use crate::state::{State, format};

use super::{Change, Place, fault, refused};

/// The state as the reference would write it.
pub async fn pull(place: Place<'_>) -> Result<String, Diagnostics> {
    Ok(format::write(&place.read().await?, LANGUAGE_VERSION))
}

/// Takes a state file's content for the state, and returns its serial. Without force neither a state of another
/// history nor an earlier one is accepted.
pub async fn push(change: Change<'_>, text: &str, force: bool) -> Result<u64, Diagnostics> {
    let pushed = read(text, "The state")?;
    change
        .with_lease(async |lease, present| {
            if !force {
                fits(&pushed, &present)?;
            }
            lease.replace(pushed, change.revision()).await.map_err(fault)
        })
        .await
}

/// A state file, read.
pub(super) fn read(text: &str, name: &str) -> Result<State, Diagnostics> {
    match format::read(text) {
        Ok(file) => Ok(file.state),
        Err(error) => refused("State file cannot be read", format!("{name} cannot be taken: {error}.")),
    }
}

/// Whether a state may follow another.
fn fits(pushed: &State, present: &State) -> Result<(), Diagnostics> {
    // Nothing has ever been stored; the lineage has just been made up.
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

fn content(state: &State) -> String {
    format::write(&State { lineage: String::new(), serial: 0, ..state.clone() }, "")
}
