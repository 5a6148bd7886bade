//! One instance's change: its headline, and the differences inside.

use std::fmt::Write;

use crate::address::{AbsoluteInstance, InstanceKey, ResourceMode};
use crate::plan::{Action, Change, Import, PartAction, Reason, Schemas};
use crate::schema::Block;
use crate::value::Value;

use super::block::{self, BlockView};
use super::forcing::Forcing;
use super::parts::{self, PartsView};
use super::secrets::Secrets;

/// Few addresses are longer.
const LONG_ADDRESS: usize = 96;

/// One change, ready to be laid out.
#[derive(Clone, Debug)]
pub struct ChangeView {
    pub address: AbsoluteInstance,
    pub action: Action,
    pub headline: Headline,
    /// Additional lines about it.
    pub notes: Vec<Note>,
    /// Why it must be replaced or destroyed, in a few words.
    pub cause: Option<String>,
    /// Whether unchanged attributes are shown too.
    pub show_all: bool,
    /// None if the schema is unknown.
    pub body: Option<BlockView>,
    /// What happens to its nested parts.
    pub parts: Option<PartsView>,
}

/// `subject` `says` `emphasis` `rest`: "aws_instance.a" " must be " "replaced" "".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    pub subject: String,
    pub says: &'static str,
    pub emphasis: Emphasis,
    pub rest: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emphasis {
    None,
    /// Something is lost.
    Loss(&'static str),
    Address(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub text: String,
    pub warning: bool,
}

/// The view of a change that will be made.
pub(in crate::render) fn planned(change: &Change, schemas: &Schemas) -> ChangeView {
    let subject = subject(change);
    let mut notes: Vec<Note> = reason_note(change).into_iter().map(note).collect();
    let headline = match change.action {
        Action::NoOp => unchanged(change, subject, &mut notes),
        _ => {
            notes.extend(history_notes(change));
            losing(said(subject, change), change)
        }
    };
    let parts = parts::parts(change, schemas, false);
    view(change, schemas, (headline, notes, parts), change.action == Action::Forget)
}

/// The view of a change that was detected.
pub(super) fn detected(change: &Change, schemas: &Schemas) -> ChangeView {
    let subject = subject(change);
    let mut notes = Vec::new();
    let headline = match change.action {
        Action::Delete => plain(subject, " has been deleted"),
        Action::NoOp => unchanged(change, subject, &mut notes),
        _ => plain(subject, " has changed"),
    };
    let parts = parts::parts(change, schemas, true);
    view(change, schemas, (headline, notes, parts), false)
}

fn view(
    change: &Change,
    schemas: &Schemas,
    (headline, mut notes, parts): (Headline, Vec<Note>, Option<PartsView>),
    as_it_is: bool,
) -> ChangeView {
    if let Some(parts) = &parts {
        notes.extend(parts.warnings().into_iter().map(|text| Note { text, warning: true }));
    }
    let after = if as_it_is { &change.before } else { &change.after };
    ChangeView {
        address: change.address.clone(),
        action: change.action,
        headline,
        notes,
        cause: brief(change),
        show_all: change.import.is_some(),
        body: schemas
            .of(&change.provider.provider, &change.address)
            .map(|schema| body(schema, change, after)),
        parts,
    }
}

fn body(schema: &Block, change: &Change, after: &Value) -> BlockView {
    let forcing = Forcing::new(&change.forces_replacement);
    let secrets = Secrets::among([&change.before, &change.after], schema);
    let (before, after) = (secrets.veil(schema, &change.before), secrets.veil(schema, after));
    block::block(schema, Some(&*before), Some(&*after), &forcing)
}

/// The name of the object.
pub(in crate::render) fn subject(change: &Change) -> String {
    let mut subject = String::with_capacity(LONG_ADDRESS);
    let written = match &change.deposed {
        Some(key) => write!(subject, "{} (deposed object {key})", change.address),
        None => write!(subject, "{}", change.address),
    };
    written.expect("writing to a string cannot fail");
    subject
}

fn plain(subject: String, says: &'static str) -> Headline {
    Headline { subject, says, emphasis: Emphasis::None, rest: "" }
}

fn note(text: String) -> Note {
    Note { text, warning: false }
}

/// Warns in the headline if an update in place loses data inside the object.
fn losing(headline: Headline, change: &Change) -> Headline {
    let parts = change.inside.iter().flat_map(|inside| &inside.parts);
    let lost: Vec<PartAction> = parts.filter(|part| part.loses_data()).map(|part| part.action).collect();
    if lost.is_empty() || change.action.destroys() {
        return headline;
    }
    let emphasis = match lost
        .iter()
        .all(|action| matches!(action, PartAction::PerhapsReplace | PartAction::Undecided))
    {
        true => Emphasis::Loss("what holds data inside may be replaced"),
        false => Emphasis::Loss("what holds data inside is replaced or destroyed"),
    };
    Headline { says: " will be updated in-place, and ", emphasis, ..headline }
}

fn said(subject: String, change: &Change) -> Headline {
    let loss =
        |says, loss, rest| Headline { subject: subject.clone(), says, emphasis: Emphasis::Loss(loss), rest };
    match change.action {
        Action::NoOp => plain(subject, " stays as it is"),
        Action::Create => plain(subject, " will be created"),
        Action::Read => plain(subject, " will be read during apply"),
        Action::Update => plain(subject, " will be updated in-place"),
        Action::Delete => loss(" will be ", "destroyed", ""),
        Action::Forget => loss(" will no longer be managed by Terrace, but ", "will not be destroyed", ""),
        Action::Replace(_) => match change.reason {
            Some(Reason::ReplaceBecauseTainted) => loss(" is tainted, so must be ", "replaced", ""),
            Some(Reason::ReplaceByRequest) => loss(" will be ", "replaced", ", as requested"),
            Some(Reason::ReplaceByTriggers) => {
                loss(" will be ", "replaced", " due to changes in replace_triggered_by")
            }
            _ => loss(" must be ", "replaced", ""),
        },
    }
}

/// The headline of a change that only affects the state.
fn unchanged(change: &Change, subject: String, notes: &mut Vec<Note>) -> Headline {
    if let Some(from) = &change.moved_from {
        notes.extend(change.import.as_deref().map(imported));
        let emphasis = Emphasis::Address(subject);
        return Headline { subject: from.to_string(), says: " has moved to ", emphasis, rest: "" };
    }
    if let Some(import) = &change.import {
        notes.extend(import.generated.is_some().then(|| note("(config will be generated)".into())));
        return plain(subject, " will be imported");
    }
    plain(subject, " stays as it is")
}

fn history_notes(change: &Change) -> Vec<Note> {
    let moved = change.moved_from.as_ref().map(|from| note(format!("(moved from {from})")));
    let imported = change.import.as_deref().map(imported);
    let lost = change.import.is_some() && matches!(change.action, Action::Replace(_));
    let warning =
        lost.then(|| Note { text: "Warning: the imported object will be destroyed".into(), warning: true });
    moved.into_iter().chain(imported).chain(warning).collect()
}

fn imported(import: &Import) -> Note {
    note(format!("(imported from {})", super::super::quote(&import.id)))
}

fn reason_note(change: &Change) -> Option<String> {
    let left_over =
        change.deposed.is_some().then(|| "left over from a replacement that was not finished".to_owned());
    match change.action {
        Action::Delete => {
            let because = cause(change).map(|cause| format!("because {cause}"));
            because.or(left_over).map(|why| format!("({why})"))
        }
        Action::Read => cause(change).map(|cause| format!("({cause})")),
        Action::Forget => {
            let why = "destroy = false is set in the configuration";
            Some(left_over.map_or_else(|| format!("({why})"), |left| format!("({left}; {why})")))
        }
        _ => None,
    }
}

/// The cause in brief, for use next to the address.
pub(in crate::render) fn brief(change: &Change) -> Option<String> {
    match change.reason {
        Some(Reason::DeleteBecauseNoResourceConfig) => Some("not in configuration".into()),
        _ => cause(change),
    }
}

/// Why, in a few words.
fn cause(change: &Change) -> Option<String> {
    let address = &change.address;
    if let Action::Replace(_) = change.action
        && matches!(change.reason, None | Some(Reason::ReplaceBecauseCannotUpdate))
    {
        let paths: Vec<String> = change
            .forces_replacement
            .iter()
            .map(|path| path.to_string().trim_start_matches('.').to_owned())
            .filter(|path| !path.is_empty())
            .collect();
        return (!paths.is_empty()).then(|| format!("{} cannot be changed in place", paths.join(", ")));
    }
    let cause = match change.reason? {
        Reason::ReplaceBecauseTainted => "tainted".into(),
        Reason::ReplaceByRequest => "as requested".into(),
        Reason::ReplaceByTriggers => "replace_triggered_by".into(),
        Reason::ReplaceBecauseCannotUpdate => return None,
        Reason::DeleteBecauseNoResourceConfig => {
            let mode = match address.resource.mode {
                ResourceMode::Managed => "",
                _ => address.resource.mode.prefix(),
            };
            format!("{mode}{}.{} is not in configuration", address.resource.kind, address.resource.name)
        }
        Reason::DeleteBecauseNoModule => format!("{} is not in configuration", address.module),
        Reason::DeleteBecauseWrongRepetition => match address.key {
            InstanceKey::None => "resource uses count or for_each".into(),
            InstanceKey::Number(_) => "resource does not use count".into(),
            InstanceKey::Text(_) => "resource does not use for_each".into(),
        },
        Reason::DeleteBecauseCountIndex => format!("index {} is out of range for count", address.key),
        Reason::DeleteBecauseEachKey => format!("key {} is not in for_each map", address.key),
        Reason::DeleteBecauseNoMoveTarget => match &change.moved_from {
            Some(from) => format!("{from} was moved to {address}, which is not in configuration"),
            None => format!("{address} is not in configuration"),
        },
        Reason::ReadBecauseConfigUnknown => "its arguments are not all known yet".into(),
        Reason::ReadBecauseDependencyPending => "something that it depends on has changes pending".into(),
        Reason::ReadBecauseCheckNested => "read again for the check around it".into(),
    };
    Some(cause)
}
