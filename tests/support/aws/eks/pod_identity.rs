//! Associations of service accounts with roles.

use serde_json::{Value, json};

use super::super::wire::{Fault, given};
use super::{Desk, Sort, Thing, in_use, not_found};

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let cluster = desk.cluster_name();
    desk.cluster()?;
    let token = given(&request, "clientRequestToken");
    let same = desk.eks.things.iter().find(|thing| {
        is_mine(desk, thing)
            && ["namespace", "serviceAccount"].iter().all(|name| thing.value[*name] == request[*name])
    });
    if let Some(same) = same {
        if token.is_some() && same.token == token {
            return Ok(json!({ "association": same.value }));
        }
        let message = format!("Association already exists: {}", same.key.name);
        return Err(in_use(&message, &json!({ "clusterName": cluster })));
    }
    let (id, moment) = (format!("a-{}", desk.laws.hex()), desk.laws.epoch());
    let mut value = json!({
        "clusterName": cluster,
        "namespace": request["namespace"],
        "serviceAccount": request["serviceAccount"],
        "roleArn": request["roleArn"],
        "associationArn": desk.arn(&format!("podidentityassociation/{cluster}/{id}")),
        "associationId": id,
        "tags": if request["tags"].is_object() { request["tags"].clone() } else { json!({}) },
        "createdAt": moment,
        "modifiedAt": moment,
        "disableSessionTags": request["disableSessionTags"] == json!(true),
    });
    if !request["policy"].is_null() {
        value["policy"] = request["policy"].clone();
    }
    if let Some(target) = given(&request, "targetRoleArn") {
        value["targetRoleArn"] = json!(target);
        value["externalId"] = json!(desk.laws.id());
    }
    let key = desk.key(Sort::PodIdentity, &id);
    desk.eks.things.push(Thing::at_once(key, value.clone(), token));
    Ok(json!({ "association": value }))
}

fn is_mine(desk: &Desk<'_>, thing: &Thing) -> bool {
    thing.key.sort == Sort::PodIdentity
        && thing.key.place == desk.place
        && thing.key.cluster == desk.cluster_name()
}

fn found<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut Thing, Fault> {
    desk.cluster()?;
    let id = desk.text("associationId");
    let key = desk.key(Sort::PodIdentity, &id);
    let missing =
        not_found(&format!("No association found with ID: {id}"), &json!({ "clusterName": key.cluster }));
    desk.eks.find(&key).ok_or(missing)
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    Ok(json!({ "association": found(desk)?.value }))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    desk.cluster()?;
    let request = &desk.ask.parameters;
    let fits = |thing: &&Thing| {
        let same = |name: &str| request[name].is_null() || request[name] == thing.value[name];
        is_mine(desk, thing) && same("namespace") && same("serviceAccount")
    };
    let short = |thing: &Thing| {
        let names = ["clusterName", "namespace", "serviceAccount", "associationArn", "associationId"];
        names.iter().map(|name| ((*name).to_owned(), thing.value[*name].clone())).collect()
    };
    let all = desk.eks.things.iter().filter(fits).map(|thing| Value::Object(short(thing))).collect();
    Ok(desk.page("associations", all))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let (moment, external) = (desk.laws.epoch(), desk.laws.id());
    let association = found(desk)?;
    for name in ["roleArn", "disableSessionTags", "policy"] {
        if !request[name].is_null() {
            association.value[name] = request[name].clone();
        }
    }
    match request["targetRoleArn"].as_str() {
        None => {}
        Some("") => {
            association.value.as_object_mut().into_iter().for_each(|members| {
                members.remove("targetRoleArn");
                members.remove("externalId");
            });
        }
        Some(target) => {
            association.value["targetRoleArn"] = json!(target);
            association.value["externalId"] = json!(external);
        }
    }
    association.value["modifiedAt"] = json!(moment);
    Ok(json!({ "association": association.value }))
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let association = found(desk)?;
    let (key, value) = (association.key.clone(), association.value.clone());
    desk.eks.things.retain(|thing| thing.key != key);
    Ok(json!({ "association": value }))
}
