//! Identity providers of a cluster: one, and it takes its time to come and to go.

use serde_json::{Value, json};

use super::super::identity::Ask;
use super::super::wire::{Fault, given, text};
use super::{Desk, Sort, Thing, in_use, not_found};

/// The name that a request is about.
pub(super) fn name(ask: &Ask) -> String {
    let named = text(&ask.parameters["identityProviderConfig"], "name");
    if named.is_empty() { text(&ask.parameters["oidc"], "identityProviderConfigName") } else { named }
}

pub(super) fn associate(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let (cluster, name) = (desk.cluster_name(), name(desk.ask));
    let key = desk.key(Sort::IdentityProvider, &name);
    let token = given(&request, "clientRequestToken");
    desk.cluster()?;
    let tags = if request["tags"].is_object() { request["tags"].clone() } else { json!({}) };
    if let Some(same) = desk.repeated(&key) {
        return Ok(
            json!({ "update": same.updates.first().map(|update| update.value.clone()), "tags": tags }),
        );
    }
    if !desk.names(Sort::IdentityProvider, &cluster).is_empty() {
        let message = format!("Identity provider config is already associated with cluster {cluster}");
        return Err(in_use(&message, &json!({ "clusterName": cluster })));
    }
    let (id, moment) = (desk.laws.id(), desk.laws.epoch());
    let mut value = request["oidc"].clone();
    value["clusterName"] = json!(cluster);
    value["identityProviderConfigArn"] =
        json!(desk.arn(&format!("identityproviderconfig/{cluster}/oidc/{name}/{id}")));
    value["tags"] = tags.clone();
    let manner = desk.eks.manner(&key);
    let (left, fault) = (manner.takes, manner.create_fault.take());
    let mut thing = Thing::begin(key, value, token, left, None);
    let update =
        json!({ "id": id, "type": "AssociateIdentityProviderConfig", "params": [], "createdAt": moment });
    let answer = thing.begin_update(update, json!({}), left, fault);
    thing.value["status"] = json!("CREATING");
    desk.eks.things.push(thing);
    Ok(json!({ "update": answer["update"], "tags": tags }))
}

fn found<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut Thing, Fault> {
    desk.cluster()?;
    let name = name(desk.ask);
    let key = desk.key(Sort::IdentityProvider, &name);
    let message = format!("Identity provider config {name} not found");
    let missing = not_found(&message, &json!({ "clusterName": key.cluster }));
    desk.eks.find(&key).ok_or(missing)
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    Ok(json!({ "identityProviderConfig": { "oidc": found(desk)?.value } }))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    desk.cluster()?;
    let names = desk.names(Sort::IdentityProvider, &desk.cluster_name());
    let all = names.into_iter().map(|name| json!({ "type": "oidc", "name": name })).collect();
    Ok(desk.page("identityProviderConfigs", all))
}

pub(super) fn disassociate(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let (id, moment, cluster) = (desk.laws.id(), desk.laws.epoch(), desk.cluster_name());
    let key = found(desk)?.key.clone();
    let left = desk.eks.manner(&key).takes;
    let thing = found(desk)?;
    if thing.status() != "ACTIVE" {
        let message = format!("Identity provider config is in status {}", thing.status());
        return Err(in_use(&message, &json!({ "clusterName": cluster })));
    }
    let update =
        json!({ "id": id, "type": "DisassociateIdentityProviderConfig", "params": [], "createdAt": moment });
    thing.value["status"] = json!("ACTIVE");
    thing.begin_deleting(left, None);
    let mut value = update;
    value["status"] = json!("InProgress");
    Ok(json!({ "update": value }))
}
