//! Events of a run, as one line each.

use std::time::Duration;

use crate::address::AbsoluteInstance;
use crate::plan::Action;
use crate::port::{Event, PartProgress, Step};
use crate::state::DeposedKey;

use super::diagnostic::harmless;

/// The line for an event, or `None` if it is shown in another way or not worth a line. `elapsed` is how long the
/// operation has taken so far.
pub fn progress_line(event: &Event, elapsed: Duration) -> Option<String> {
    Some(match event {
        Event::Refresh { address, id, step: Step::Started } => {
            format!("{address}: Refreshing state...{}", id_of(id.as_ref()))
        }
        Event::Read { address, id, step: Step::Started } => format!("{address}: Reading...{}", id_of(id.as_ref())),
        Event::Read { address, id, step: Step::Done } => {
            format!("{address}: Read complete after {}{}", duration(elapsed), id_of(id.as_ref()))
        }
        Event::Operation { address, deposed, action, id, step } => {
            let subject = subject(address, deposed.as_ref());
            format!("{subject}: {}", operation(*action, *step, elapsed, id.as_ref())?)
        }
        Event::Provision { address, kind, step: Step::Started } => {
            format!("{address}: Provisioning with '{kind}'...")
        }
        Event::Part { address, progress } => {
            let PartProgress { part, kind, status, reason } = progress;
            let why = reason.as_ref().map(|reason| format!(": {}", harmless(reason))).unwrap_or_default();
            format!("{address}: {} ({}): {}{why}", harmless(part), harmless(kind), harmless(status))
        }
        Event::ProvisionOutput { address, kind, line } => format!("{address} ({kind}): {}", harmless(&without_styles(line))),
        Event::Stopping => {
            "Stopping: running operations are finished and recorded, and nothing new is started. Interrupt again to \
             cancel them.".into()
        }
        Event::Refresh { .. }
        | Event::Read { .. }
        | Event::Provision { .. }
        | Event::Diagnostic(_)
        | Event::Outlook { .. } => return None,
    })
}

/// The line for an operation that is still running.
pub fn still_line(
    address: &AbsoluteInstance,
    deposed: Option<&DeposedKey>,
    action: Action,
    id: Option<&(String, String)>,
    elapsed: Duration,
) -> String {
    let id = id.map(|(key, value)| format!("{key}={}, ", harmless(value))).unwrap_or_default();
    let (subject, elapsed) = (subject(address, deposed), duration(elapsed));
    format!("{subject}: Still {}... [{id}{elapsed} elapsed]", words(action).doing.to_lowercase())
}

/// A running operation in the live display: its address, and the rest, with the latest news of a part.
pub fn live_line(
    address: &AbsoluteInstance,
    deposed: Option<&DeposedKey>,
    action: Action,
    elapsed: Duration,
    latest: Option<&PartProgress>,
) -> (String, String) {
    let latest =
        latest.map(|progress| format!(", {} {}", harmless(&progress.part), harmless(&progress.status)));
    let doing = words(action).doing;
    (subject(address, deposed), format!(": {doing}... {}{}", duration(elapsed), latest.unwrap_or_default()))
}

/// The text about an operation, after its address.
pub(super) fn operation(
    action: Action,
    step: Step,
    elapsed: Duration,
    id: Option<&(String, String)>,
) -> Option<String> {
    let words = words(action);
    Some(match step {
        Step::Started => format!("{}...{}", words.doing, id_of(id)),
        // A destroyed object no longer has an id.
        Step::Done if action == Action::Delete => {
            format!("{} complete after {}", words.deed, duration(elapsed))
        }
        Step::Done => format!("{} complete after {}{}", words.deed, duration(elapsed), id_of(id)),
        Step::Failed => format!("{} errored after {}", words.deed, duration(elapsed)),
    })
}

/// The words for an action while it runs and after it is done.
pub(super) struct Words {
    pub(super) doing: &'static str,
    pub(super) deed: &'static str,
}

pub(super) fn words(action: Action) -> Words {
    let (doing, deed) = match action {
        Action::Create => ("Creating", "Creation"),
        Action::Read => ("Reading", "Read"),
        Action::Update => ("Modifying", "Modifications"),
        Action::Delete => ("Destroying", "Destruction"),
        Action::Replace(_) => ("Replacing", "Replacement"),
        Action::Forget => ("Removing", "Removal"),
        Action::NoOp => ("Checking", "Check"),
    };
    Words { doing, deed }
}

pub(super) fn subject(address: &AbsoluteInstance, deposed: Option<&DeposedKey>) -> String {
    match deposed {
        Some(key) => format!("{address} (deposed object {key})"),
        None => address.to_string(),
    }
}

/// Removes the colour codes that programs may write.
fn without_styles(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut parts = line.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| ('@'..='~').contains(&c)).map_or(part.len(), |at| at + 1);
        plain.push_str(part.get(end..).unwrap_or_default());
    }
    plain
}

/// ` [id=i-123]`
pub(super) fn id_of(id: Option<&(String, String)>) -> String {
    /// A longer id would hide the rest of the line.
    const LONGEST: usize = 80;
    let Some((key, value)) = id else { return String::new() };
    let value = harmless(value);
    let cut = if value.len() > LONGEST { value.char_indices().nth(LONGEST) } else { None };
    match cut {
        Some((end, _)) => format!(" [{key}={}...]", value.get(..end).unwrap_or_default()),
        None => [" [", key, "=", &value, "]"].concat(),
    }
}

/// `1h2m3s`, in whole seconds.
pub(super) fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}
