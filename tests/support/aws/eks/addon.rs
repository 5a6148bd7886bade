//! Add-ons: versions that fit their cluster, and conflicts with what somebody changed by hand.

use serde_json::{Value, json};

use super::super::wire::{Fault, given};
use super::{Desk, Sort, Thing, in_use, invalid};

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let (cluster, name) = (desk.cluster_name(), desk.text("addonName"));
    let key = desk.key(Sort::Addon, &name);
    if let Some(same) = desk.repeated(&key) {
        return Ok(json!({ "addon": same.value }));
    }
    let cluster_version = desk.cluster()?.value["version"].as_str().unwrap_or_default().to_owned();
    if desk.eks.find(&key).is_some() {
        return Err(in_use("Addon already exists.", &json!({ "clusterName": cluster, "addonName": name })));
    }
    let usual = desk.eks.catalogue.default_of(&name, &cluster_version).map(|edition| edition.version.clone());
    let message = format!("Addon {name} specified is not supported in {cluster_version} kubernetes version");
    let version = given(&request, "addonVersion").or(usual).ok_or_else(|| invalid(&message))?;
    if !desk.eks.catalogue.has(&name, &version, &cluster_version) {
        return Err(invalid("Addon version specified is not supported"));
    }
    let associations = associate(desk, &request);
    let id = desk.laws.id();
    let mut value = json!({
        "addonName": name,
        "clusterName": cluster,
        "addonVersion": version,
        "health": { "issues": [] },
        "addonArn": desk.arn(&format!("addon/{cluster}/{name}/{id}")),
        "tags": request["tags"],
        "publisher": "eks",
        "owner": "aws",
    });
    for member in ["serviceAccountRoleArn", "configurationValues", "namespaceConfig"] {
        if !request[member].is_null() {
            value[member] = request[member].clone();
        }
    }
    if !associations.is_empty() {
        value["podIdentityAssociations"] = json!(associations);
    }
    let keeps = given(&request, "resolveConflicts").as_deref() != Some("OVERWRITE");
    let manner = desk.eks.manner(&key);
    if manner.conflicts && keeps && manner.create_fault.is_none() {
        manner.create_fault = Some(conflict());
    }
    Ok(json!({ "addon": desk.found(key, value, "CREATE_FAILED") }))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let name = desk.text("addonName");
    let key = desk.key(Sort::Addon, &name);
    if let Some(known) = desk.repeated_update(&key)? {
        return Ok(known);
    }
    let cluster_version = desk.cluster()?.value["version"].as_str().unwrap_or_default().to_owned();
    desk.part(Sort::Addon, &name)?;
    let mut patch = json!({ "health": { "issues": [] } });
    let mut parameters = Vec::new();
    if let Some(version) = given(&request, "addonVersion") {
        if !desk.eks.catalogue.has(&name, &version, &cluster_version) {
            return Err(invalid("Addon version specified is not supported"));
        }
        patch["addonVersion"] = json!(version);
        parameters.push(("AddonVersion", version));
    }
    for (member, kind) in
        [("serviceAccountRoleArn", "ServiceAccountRoleArn"), ("configurationValues", "ConfigurationValues")]
    {
        if let Some(text) = request[member].as_str() {
            patch[member] = if text.is_empty() { Value::Null } else { json!(text) };
            parameters.push((kind, text.to_owned()));
        }
    }
    if !request["podIdentityAssociations"].is_null() {
        patch["podIdentityAssociations"] = json!(associate(desk, &request));
    }
    let resolve = given(&request, "resolveConflicts").unwrap_or_else(|| "NONE".to_owned());
    parameters.push(("ResolveConflicts", resolve.clone()));
    let manner = desk.eks.manner(&key);
    if manner.conflicts && resolve == "NONE" && manner.update_fault.is_none() {
        manner.update_fault = Some(conflict());
    }
    desk.update(&key, "AddonUpdate", &parameters, patch)
}

fn conflict() -> (String, String) {
    let message = "Conflicts found when trying to apply. Will not continue due to resolve conflicts mode.";
    ("ConfigurationConflict".to_owned(), message.to_owned())
}

/// The addresses of the associations that come with an add-on, in place of those that came before.
fn associate(desk: &mut Desk<'_>, request: &Value) -> Vec<Value> {
    let (cluster, name) = (desk.cluster_name(), desk.text("addonName"));
    let owner = json!(desk.arn(&format!("addon/{cluster}/{name}")));
    desk.eks.things.retain(|thing| thing.value["ownerArn"] != owner || thing.key.cluster != cluster);
    let wanted = request["podIdentityAssociations"].as_array().cloned().unwrap_or_default();
    let make = |one: Value| {
        let id = format!("a-{}", desk.laws.hex());
        let arn = desk.arn(&format!("podidentityassociation/{cluster}/{id}"));
        let value = json!({
            "clusterName": cluster,
            "namespace": "kube-system",
            "serviceAccount": one["serviceAccount"],
            "roleArn": one["roleArn"],
            "associationArn": arn,
            "associationId": id,
            "ownerArn": owner,
            "tags": {},
        });
        let key = desk.key(Sort::PodIdentity, &id);
        desk.eks.things.push(Thing::at_once(key, value, None));
        json!(arn)
    };
    wanted.into_iter().map(make).collect()
}

pub(super) fn versions(desk: &Desk<'_>) -> Value {
    let found = desk.eks.catalogue.described(&desk.text("addonName"), &desk.text("kubernetesVersion"));
    desk.page("addons", found)
}

pub(super) fn configuration(desk: &Desk<'_>) -> Value {
    json!({
        "addonName": desk.text("addonName"),
        "addonVersion": desk.text("addonVersion"),
        "configurationSchema": "{\"type\":\"object\"}",
    })
}
