//! Access entries: who may do what in a cluster, and the policies that say so.

use serde_json::{Value, json};

use super::super::wire::{Fault, given};
use super::{Desk, Sort, Thing, in_use, invalid, not_found, refused};

const POLICIES: &[&str] = &[
    "AmazonEKSAdminPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
];

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let principal = desk.text("principalArn");
    let key = desk.key(Sort::AccessEntry, &principal);
    if let Some(same) = desk.repeated(&key) {
        return Ok(json!({ "accessEntry": same.value }));
    }
    ready(desk)?;
    if desk.eks.find(&key).is_some() {
        let message = "The specified access entry resource is already in use on this cluster.";
        return Err(in_use(message, &json!({ "clusterName": desk.cluster_name() })));
    }
    if !principal.starts_with("arn:aws:iam::") {
        return Err(invalid("The specified principalArn is invalid: invalid principal."));
    }
    let kind = given(&request, "type").unwrap_or_else(|| "STANDARD".to_owned());
    let fixed = kind != "STANDARD" && (given(&request, "username").is_some() || !groups(&request).is_empty());
    if fixed {
        return Err(invalid("You can only set a username and groups for an access entry of type STANDARD"));
    }
    let value = entry(desk, &principal, &kind, &request);
    Ok(json!({ "accessEntry": value }))
}

/// Whoever makes a cluster may do everything in it.
pub(super) fn admit_creator(desk: &mut Desk<'_>) {
    let caller = desk.caller.clone();
    entry(desk, &caller, "STANDARD", &json!({}));
    let key = desk.key(Sort::AccessEntry, &caller);
    if let Some(thing) = desk.eks.find(&key) {
        thing.policies.push(json!({
            "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            "accessScope": { "type": "cluster", "namespaces": [] },
        }));
    }
}

fn entry(desk: &mut Desk<'_>, principal: &str, kind: &str, request: &Value) -> Value {
    let (cluster, id, moment) = (desk.cluster_name(), desk.laws.id(), desk.laws.epoch());
    let (account, path) =
        (principal.split(':').nth(4).unwrap_or_default(), principal.rsplit(':').next().unwrap_or_default());
    let groups = match kind {
        "EC2_LINUX" | "FARGATE_LINUX" => vec!["system:nodes".to_owned()],
        _ => groups(request),
    };
    let usual = match kind {
        "STANDARD" if path.starts_with("role/") => {
            let name = path.rsplit('/').next().unwrap_or_default();
            format!("arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}")
        }
        "STANDARD" => principal.to_owned(),
        _ => "system:node:{{EC2PrivateDNSName}}".to_owned(),
    };
    let value = json!({
        "clusterName": cluster,
        "principalArn": principal,
        "kubernetesGroups": groups,
        "accessEntryArn": desk.arn(&format!("access-entry/{cluster}/{}/{account}/{}/{id}", path.split('/').next().unwrap_or_default(), path.rsplit('/').next().unwrap_or_default())),
        "createdAt": moment,
        "modifiedAt": moment,
        "tags": if request["tags"].is_object() { request["tags"].clone() } else { json!({}) },
        "username": given(request, "username").unwrap_or(usual),
        "type": kind,
    });
    let token = given(request, "clientRequestToken");
    let key = desk.key(Sort::AccessEntry, principal);
    desk.eks.things.push(Thing::at_once(key, value.clone(), token));
    value
}

fn groups(request: &Value) -> Vec<String> {
    super::super::wire::texts(request, "kubernetesGroups")
}

/// Entries need a cluster that uses them.
fn ready(desk: &mut Desk<'_>) -> Result<(), Fault> {
    let cluster = desk.cluster()?;
    if cluster.status() == "CREATING" {
        return Err(refused("The cluster is being created"));
    }
    if cluster.has_access_entries() {
        return Ok(());
    }
    let message = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.";
    Err(refused(message))
}

fn found<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut Thing, Fault> {
    ready(desk)?;
    let principal = desk.text("principalArn");
    let key = desk.key(Sort::AccessEntry, &principal);
    let message = "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.";
    let more = json!({ "clusterName": key.cluster });
    desk.eks.find(&key).ok_or_else(|| not_found(message, &more))
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    Ok(json!({ "accessEntry": found(desk)?.value }))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    ready(desk)?;
    let policy = given(&desk.ask.parameters, "associatedPolicyArn");
    let mut names = desk.names(Sort::AccessEntry, &desk.cluster_name());
    names.retain(|name| {
        let key = desk.key(Sort::AccessEntry, name.as_str().unwrap_or_default());
        let entry = desk.eks.things.iter().find(|thing| thing.key == key);
        let has = |policy: &String| {
            entry.is_some_and(|entry| entry.policies.iter().any(|it| it["policyArn"] == *policy))
        };
        policy.as_ref().is_none_or(has)
    });
    Ok(desk.page("accessEntries", names))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let moment = desk.laws.epoch();
    let entry = found(desk)?;
    if entry.value["type"] != "STANDARD" {
        return Err(refused("Only access entries of type STANDARD can be updated"));
    }
    if !request["kubernetesGroups"].is_null() {
        entry.value["kubernetesGroups"] = request["kubernetesGroups"].clone();
    }
    if let Some(name) = given(&request, "username") {
        entry.value["username"] = json!(name);
    }
    entry.value["modifiedAt"] = json!(moment);
    Ok(json!({ "accessEntry": entry.value }))
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let key = found(desk)?.key.clone();
    desk.eks.things.retain(|thing| thing.key != key);
    Ok(json!({}))
}

pub(super) fn associate(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let policy = desk.text("policyArn");
    let moment = desk.laws.epoch();
    let (cluster, principal) = (desk.cluster_name(), desk.text("principalArn"));
    let entry = found(desk)?;
    let known = policy
        .strip_prefix("arn:aws:eks::aws:cluster-access-policy/")
        .is_some_and(|name| POLICIES.contains(&name));
    if !known {
        return Err(invalid(&format!("The policyArn {policy} is not valid")));
    }
    let scope = &request["accessScope"];
    let by_namespace = scope["type"] == "namespace";
    if by_namespace == scope["namespaces"].as_array().is_none_or(Vec::is_empty) {
        return Err(invalid("Namespaces belong to the scope `namespace`, and only to that"));
    }
    let mut value =
        json!({ "policyArn": policy, "accessScope": scope, "associatedAt": moment, "modifiedAt": moment });
    if value["accessScope"]["namespaces"].is_null() {
        value["accessScope"]["namespaces"] = json!([]);
    }
    // One that is there already gets another scope.
    entry.policies.retain(|it| it["policyArn"] != policy);
    entry.policies.push(value.clone());
    Ok(json!({ "clusterName": cluster, "principalArn": principal, "associatedAccessPolicy": value }))
}

pub(super) fn disassociate(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let policy = desk.text("policyArn");
    let cluster = desk.cluster_name();
    let entry = found(desk)?;
    let before = entry.policies.len();
    entry.policies.retain(|it| it["policyArn"] != policy);
    if entry.policies.len() == before {
        let message = "The specified policyArn is not associated with the access entry";
        return Err(not_found(message, &json!({ "clusterName": cluster })));
    }
    Ok(json!({}))
}

pub(super) fn associated(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let (cluster, principal) = (desk.cluster_name(), desk.text("principalArn"));
    let policies = found(desk)?.policies.clone();
    let mut members = desk.page("associatedAccessPolicies", policies);
    members["clusterName"] = json!(cluster);
    members["principalArn"] = json!(principal);
    Ok(members)
}

pub(super) fn policies() -> Value {
    let described = POLICIES
        .iter()
        .map(|name| json!({ "name": name, "arn": format!("arn:aws:eks::aws:cluster-access-policy/{name}") }));
    json!({ "accessPolicies": described.collect::<Vec<_>>() })
}
