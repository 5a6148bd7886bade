//! Checks one change by itself.

use crate::address::ResourceMode;
use crate::plan::{Action, Change, Plan, Reason};
use crate::schema::{Attribute, Block};
use crate::value::{Mark, Name, Value};

use super::Flaws;

pub(super) fn check(change: &Change, plan: &Plan, flaws: &mut Flaws) {
    let address = &change.address;
    if let Some(clause) = wrong_values(change) {
        flaws.push(address, clause);
    }
    if !change.before.is_wholly_known() {
        flaws.push(address, "has something unknown in what it is now");
    }
    let schema = plan.schemas.of(&change.provider.provider, address);
    for (value, when) in [(&change.before, "is"), (&change.after, "will be")] {
        if value.has_mark_deep(&Mark::Ephemeral) {
            flaws.push(address, format!("has something ephemeral in what it {when}"));
        }
        if let Some(schema) = schema
            && let Some(clause) = unlike(schema, value)
        {
            flaws.push(address, format!("{clause} in what it {when}"));
        }
    }
    reasons(change, flaws);
    replaced(change, flaws);
    origins(change, plan, flaws);
}

/// Whether the values before and after fit the action.
fn wrong_values(change: &Change) -> Option<&'static str> {
    let (before, after) = (change.before.is_null(), change.after.is_null());
    let managed = change.address.resource.mode == ResourceMode::Managed;
    match change.action {
        Action::Read if managed => Some("would be read only, and is looked after"),
        Action::Read => after.then_some("would be read into nothing"),
        Action::NoOp if before && after => None,
        _ if !managed && change.action != Action::NoOp => Some("would be changed, and is only read"),
        Action::NoOp => {
            let plain = |value: &Value| value.clone().unmark_deep().0;
            let same = change.before.same(&change.after) || plain(&change.before).same(&plain(&change.after));
            (!same).then_some("would stay as it is, and be something else")
        }
        Action::Create if !before => Some("would be created, and is there already"),
        Action::Create => after.then_some("would be created as nothing"),
        Action::Update if before => Some("would be updated, and is not there"),
        Action::Update => after.then_some("would be updated to nothing"),
        Action::Delete if before => Some("would be destroyed, and is not there"),
        Action::Delete => (!after).then_some("would be destroyed, and still be there"),
        Action::Forget => before.then_some("would be forgotten, and is not known"),
        Action::Replace(_) if before || after => Some("would be replaced, and one of both is missing"),
        Action::Replace(_) => None,
    }
}

/// A replacement must have a reason, and other actions only a reason that fits.
fn reasons(change: &Change, flaws: &mut Flaws) {
    use Reason::*;
    let fits = match (change.action, change.reason) {
        (Action::Replace(_), reason) => matches!(
            reason,
            Some(ReplaceBecauseTainted | ReplaceByRequest | ReplaceByTriggers | ReplaceBecauseCannotUpdate)
        ),
        (Action::Delete | Action::Forget, reason) => matches!(
            reason,
            None | Some(
                DeleteBecauseNoResourceConfig
                    | DeleteBecauseNoModule
                    | DeleteBecauseWrongRepetition
                    | DeleteBecauseCountIndex
                    | DeleteBecauseEachKey
                    | DeleteBecauseNoMoveTarget
            )
        ),
        (Action::Read, reason) => matches!(
            reason,
            Some(ReadBecauseConfigUnknown | ReadBecauseDependencyPending | ReadBecauseCheckNested)
        ),
        // A trigger may also change while the resource is created for the first time.
        (Action::Create, reason) => matches!(reason, None | Some(ReplaceByTriggers)),
        (_, reason) => reason.is_none(),
    };
    if !fits {
        flaws.push(&change.address, "has a reason that is none for what it goes through");
    }
}

fn replaced(change: &Change, flaws: &mut Flaws) {
    let replaced = matches!(change.action, Action::Replace(_));
    if !replaced && !change.forces_replacement.is_empty() {
        flaws.push(&change.address, "has attributes that force a replacement, and is not replaced");
    }
    if change.reason == Some(Reason::ReplaceBecauseCannotUpdate) && change.forces_replacement.is_empty() {
        flaws.push(&change.address, "is replaced because of attributes, and none is named");
    }
    if change.deposed.is_some() && !matches!(change.action, Action::Delete | Action::Forget | Action::NoOp) {
        flaws.push(&change.address, "has a deposed object that is not on its way out");
    }
}

/// An existing object is in the state, or is imported.
fn origins(change: &Change, plan: &Plan, flaws: &mut Flaws) {
    let address = &change.address;
    if change.moved_from.as_deref() == Some(address) {
        flaws.push(address, "has moved to where it was");
    }
    if address.resource.mode != ResourceMode::Managed {
        return;
    }
    let stored = plan.prior.instance(address);
    let known = stored.is_some_and(|stored| match &change.deposed {
        Some(key) => stored.deposed.contains_key(key),
        None => stored.current.is_some(),
    });
    match &change.import {
        None if !known && !change.before.is_null() => {
            flaws.push(address, "is said to be there, and the state does not have it");
        }
        Some(_) if change.before.is_null() => flaws.push(address, "would be imported, and is not there"),
        _ => {}
    }
}

/// Whether a value contradicts its schema, as far as a look at its top level tells: a missing or extra attribute, an
/// unmarked secret, or a value that may not be stored.
fn unlike(schema: &Block, value: &Value) -> Option<String> {
    let entries = value.entries()?;
    // Nearly all values have exactly the attributes of the schema, in the same order.
    if schema.blocks.is_empty() && entries.keys().eq(schema.attributes.keys()) {
        let mut pairs = schema.attributes.iter().zip(entries.values());
        return pairs.find_map(|((name, attribute), part)| unfit(name, attribute, part, value));
    }
    let known = |name: &Name| schema.attributes.contains_key(name) || schema.blocks.contains_key(name);
    if let Some(name) = entries.keys().find(|name| !known(name)) {
        return Some(format!("has a part \"{name}\" that is not in its schema"));
    }
    let mut names = schema.attributes.keys().chain(schema.blocks.keys());
    if entries.len() != schema.attributes.len() + schema.blocks.len()
        && let Some(name) = names.find(|name| !entries.contains_key(name))
    {
        return Some(format!("lacks the part \"{name}\" of its schema"));
    }
    schema.attributes.iter().find_map(|(name, attribute)| unfit(name, attribute, entries.get(name)?, value))
}

/// Whether an attribute's value contradicts the schema.
fn unfit(name: &Name, attribute: &Attribute, part: &Value, object: &Value) -> Option<String> {
    if part.is_null() {
        return None;
    }
    if attribute.write_only {
        return Some(format!("keeps \"{name}\", which is only written,"));
    }
    let hidden = || part.marks().contains(&Mark::Sensitive) || object.marks().contains(&Mark::Sensitive);
    (attribute.sensitive && !hidden()).then(|| format!("would show the sensitive \"{name}\""))
}
