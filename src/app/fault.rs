//! Diagnostics for failures of a store.

use crate::diag::Diagnostic;
use crate::engine::Unwritten;
use crate::port::StoreFault;

/// The summary of the error that somebody else holds the lock.
pub(super) const LOCKED: &str = "State is locked";

/// List at most this many names.
const NAMED: usize = 100;

/// The diagnostic for a failure of a store, with the next step to take.
pub(super) fn store_fault(fault: &StoreFault) -> Diagnostic {
    let text = fault.to_string();
    let (summary, hint) = match fault {
        StoreFault::Locked { environment, id, .. } => (
            LOCKED,
            Some(format!(
                "Wait for it with -lock-timeout=5m, or, if it is surely gone: terrace state unlock{} {id}",
                environment.flag()
            )),
        ),
        StoreFault::Lost { .. } => ("Lease was lost", None),
        StoreFault::NotLocked { .. } => ("State is not locked", None),
        StoreFault::Foreign { environment, found, .. } => (
            "State of another environment",
            Some(format!(
                "The file was copied or renamed: move it away, or back. An environment takes over the state of another with \
                 terrace state adopt -e {environment} {found}"
            )),
        ),
        StoreFault::Full { .. } => {
            ("Disk is full", Some("Make room, and run the same again: it goes on from there.".to_owned()))
        }
        StoreFault::Unusable { .. } => ("State cannot be used", None),
        StoreFault::ReadOnly { .. } => (
            "State cannot be written",
            Some("To plan without writing to it: terrace plan -lock=false".to_owned()),
        ),
        StoreFault::Damaged { place, .. } => (
            "State is damaged",
            Some(format!(
                "Put a copy of {place} back, or move it away and bring in what terrace state pull has saved, with terrace \
                 state push. The objects themselves are not affected."
            )),
        ),
        StoreFault::TooNew { .. } => {
            ("State is of a later version", Some("Use that version of terrace.".to_owned()))
        }
    };
    let mut first = text.chars();
    let sentence =
        first.next().map(|c| c.to_uppercase().collect::<String>() + first.as_str()).unwrap_or_default();
    let diagnostic = Diagnostic::error(summary, format!("{sentence}."));
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// The diagnostic for a store that fails during a run.
pub(super) fn not_written(unwritten: &Unwritten) -> Diagnostic {
    let mut diagnostic = store_fault(&unwritten.fault);
    let said = match unwritten.instances.len() {
        0 => " No further operation was started. What was done is recorded.".to_owned(),
        many => {
            let named = unwritten.instances.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>();
            let more = match many - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                " No further operation was started. What became of {}{more} was not recorded; the next run looks \
                 for what exists.",
                named.join(", ")
            )
        }
    };
    diagnostic.detail.push_str(&said);
    diagnostic
}
