//! Nested changes: what happens to the parts of an object that another engine manages.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::plan::{After, Change, Fate, Inside, Part, PartAction, Property, Recreation, Schemas};

use super::super::view::{PartCounts, Secrets};

/// An extension of Terraform's format: the nested changes of a change.
#[derive(Serialize)]
pub(super) struct InsideForm<'a> {
    parts: Vec<PartForm<'a>>,
    reservations: Vec<&'a str>,
}

#[derive(Serialize)]
struct PartForm<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    action: &'static str,
    holds_data: bool,
    /// Whether data is or may be lost with it.
    loses_data: bool,
    /// What happens to an existing part that is or may be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    fate: Option<&'static str>,
    properties: Vec<PropertyForm<'a>>,
}

#[derive(Serialize)]
struct PropertyForm<'a> {
    path: &'a str,
    /// Null if there is no value, if it is not shown, or if it is secret.
    before: Option<&'a str>,
    after: Option<&'a str>,
    after_unknown: bool,
    sensitive: bool,
    recreates: &'static str,
}

impl<'a> InsideForm<'a> {
    /// Values that contain secrets of the object are left out, because text of another engine cannot be marked as
    /// sensitive.
    pub(super) fn of(change: &'a Change, schemas: &Schemas) -> Option<Self> {
        let inside = change.inside.as_deref()?;
        let secrets = Secrets::of(change, schemas);
        let reservations = inside.reservations.iter().map(String::as_str);
        Some(Self {
            parts: inside.parts.iter().map(|part| PartForm::of(part, &secrets)).collect(),
            reservations: reservations.filter(|text| !secrets.are_in(text)).collect(),
        })
    }
}

impl<'a> PartForm<'a> {
    fn of(part: &'a Part, secrets: &Secrets) -> Self {
        Self {
            name: &part.name,
            kind: &part.kind,
            id: part.id.as_deref(),
            action: action(part.action),
            holds_data: part.holds_data,
            loses_data: part.loses_data(),
            fate: fate(part),
            properties: part.properties.iter().map(|one| PropertyForm::of(one, secrets)).collect(),
        }
    }
}

impl<'a> PropertyForm<'a> {
    fn of(property: &'a Property, secrets: &Secrets) -> Self {
        let after = match &property.after {
            After::Known(text) => text.as_deref(),
            After::Unknown => None,
        };
        let before = property.before.as_deref();
        let sensitive = before.into_iter().chain(after).any(|text| secrets.are_in(text));
        Self {
            path: &property.path,
            before: before.filter(|_| !sensitive),
            after: after.filter(|_| !sensitive),
            after_unknown: property.after == After::Unknown,
            sensitive,
            recreates: recreates(property.recreates),
        }
    }
}

/// The counts only, for a line without values.
pub(super) fn outline(inside: &Inside) -> Json {
    let parts = inside.parts.iter().map(|part| {
        let mut form = Map::new();
        form.insert("name".into(), part.name.as_str().into());
        form.insert("type".into(), part.kind.as_str().into());
        form.extend(part.id.as_deref().map(|id| ("id".to_owned(), id.into())));
        form.insert("action".into(), action(part.action).into());
        form.insert("loses_data".into(), part.loses_data().into());
        form.extend(fate(part).map(|fate| ("fate".to_owned(), fate.into())));
        let forcing = part.properties.iter().filter(|one| one.recreates != Recreation::Never);
        let forcing: Vec<&str> = forcing.map(|one| one.path.as_str()).collect();
        if !forcing.is_empty() {
            form.insert("replace_paths".into(), forcing.into());
        }
        Json::Object(form)
    });
    json!({ "parts": parts.collect::<Vec<_>>() })
}

/// Counts by action.
pub(in crate::render) fn counts(counts: PartCounts) -> Json {
    json!({
        "add": counts.add,
        "change": counts.modify,
        "replace": counts.replace,
        "perhaps_replace": counts.perhaps_replace,
        "remove": counts.remove,
        "import": counts.import,
        "undecided": counts.undecided,
        "loses_data": counts.data,
    })
}

pub(in crate::render) fn action(action: PartAction) -> &'static str {
    match action {
        PartAction::Add => "add",
        PartAction::Modify => "modify",
        PartAction::Replace => "replace",
        PartAction::PerhapsReplace => "perhaps_replace",
        PartAction::Remove => "remove",
        PartAction::Import => "import",
        PartAction::Undecided => "undecided",
    }
}

fn fate(part: &Part) -> Option<&'static str> {
    let goes = matches!(part.action, PartAction::Replace | PartAction::PerhapsReplace | PartAction::Remove);
    goes.then_some(match part.fate {
        Fate::Deleted => "deleted",
        Fate::Kept => "kept",
        Fate::Copied => "copied",
    })
}

fn recreates(recreates: Recreation) -> &'static str {
    match recreates {
        Recreation::Never => "never",
        Recreation::Perhaps => "perhaps",
        Recreation::Always => "always",
    }
}
