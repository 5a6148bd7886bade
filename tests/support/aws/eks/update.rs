//! Updates: one at a time, the same request only once, and each can be asked about.

use serde_json::{Value, json};

use super::super::wire::{Fault, given};
use super::thing::{Key, Sort, Update};
use super::{Desk, Thing, in_use, not_found};

impl Desk<'_> {
    /// Begins an update of a cluster or a part of it, unless the same request has been here already.
    pub(super) fn update(
        &mut self,
        key: &Key,
        kind: &str,
        parameters: &[(&str, String)],
        patch: Value,
    ) -> Result<Value, Fault> {
        if let Some(known) = self.repeated_update(key)? {
            return Ok(known);
        }
        let token = given(&self.ask.parameters, "clientRequestToken");
        let id = self.laws.id();
        let moment = self.laws.epoch();
        let left = self.eks.manner(key).takes;
        let parameters: Vec<Value> =
            parameters.iter().map(|(kind, value)| json!({ "type": kind, "value": value })).collect();
        let value = json!({ "id": id, "type": kind, "params": parameters, "createdAt": moment });
        let fault = self.eks.manner(key).update_fault.take();
        let thing = self.eks.find(key).expect("it was there a moment ago");
        let answer = thing.begin_update(value, patch, left, fault);
        thing.updates.iter_mut().last().into_iter().for_each(|update| update.token.clone_from(&token));
        Ok(answer)
    }

    /// A repeated request for an update, or the reason why there can be none now: before anything is checked that the
    /// first one has changed.
    pub(super) fn repeated_update(&self, key: &Key) -> Result<Option<Value>, Fault> {
        let token = given(&self.ask.parameters, "clientRequestToken");
        let Some(thing) = self.eks.things.iter().find(|thing| thing.key == *key) else { return Ok(None) };
        let mut updates = thing.updates.iter();
        if let Some(known) = updates.find(|update| token.is_some() && update.token == token) {
            return Ok(Some(json!({ "update": known.value })));
        }
        let (what, name) = (key.sort.member(), &key.name);
        let message = match (thing.running(), thing.status()) {
            (Some(running), _) => {
                let id = running.value["id"].as_str().unwrap_or_default();
                format!("Cannot update because {what} {name} currently has update {id} in progress")
            }
            (_, status @ ("CREATING" | "DELETING" | "UPDATING")) => {
                format!("{what} {name} is in status {status}")
            }
            _ => return Ok(None),
        };
        Err(in_use(&message, &json!({ "clusterName": key.cluster })))
    }
}

pub(super) fn describe(desk: &Desk<'_>) -> Result<Value, Fault> {
    let id = desk.text("updateId");
    let mut updates = mine(desk);
    let found = updates.find(|update| update.value["id"] == id);
    let missing = || {
        not_found(&format!("No update found for ID: {id}"), &json!({ "clusterName": desk.cluster_name() }))
    };
    Ok(json!({ "update": found.ok_or_else(missing)?.value }))
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Value, Fault> {
    Ok(desk.page("updateIds", mine(desk).map(|update| update.value["id"].clone()).collect()))
}

/// The updates of the cluster or of the part of it that a request names.
fn mine<'a>(desk: &'a Desk<'_>) -> impl Iterator<Item = &'a Update> {
    let (nodegroup, addon) = (desk.text("nodegroupName"), desk.text("addonName"));
    let key = if !nodegroup.is_empty() {
        desk.key(Sort::Nodegroup, &nodegroup)
    } else if !addon.is_empty() {
        desk.key(Sort::Addon, &addon)
    } else {
        desk.key(Sort::Cluster, &desk.cluster_name())
    };
    // What a cluster takes the word of comes and goes by updates of the cluster.
    let is_mine = move |thing: &&Thing| {
        let other = Key { sort: Sort::IdentityProvider, name: thing.key.name.clone(), ..key.clone() };
        thing.key == key || key.sort == Sort::Cluster && thing.key == other
    };
    desk.eks.things.iter().filter(is_mine).flat_map(|thing| &thing.updates)
}
