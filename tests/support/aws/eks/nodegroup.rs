//! Groups of nodes.

use serde_json::{Value, json};

use super::super::wire::{Fault, given, texts};
use super::{Desk, Sort, in_use, invalid};

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let (cluster, name) = (desk.cluster_name(), desk.text("nodegroupName"));
    let key = desk.key(Sort::Nodegroup, &name);
    if let Some(same) = desk.repeated(&key) {
        return Ok(json!({ "nodegroup": same.value }));
    }
    let found = desk.cluster()?;
    let cluster_version = found.value["version"].clone();
    if found.status() == "CREATING" || found.status() == "DELETING" {
        return Err(Fault::new(
            400,
            "InvalidRequestException",
            format!("Cluster '{cluster}' is not in a valid status"),
        ));
    }
    if desk.eks.find(&key).is_some() {
        let message = format!("NodeGroup already exists with name {name} and cluster name {cluster}");
        return Err(in_use(&message, &json!({ "clusterName": cluster, "nodegroupName": name })));
    }
    check_scaling(&request["scalingConfig"])?;
    let id = desk.laws.id();
    let launch = !request["launchTemplate"].is_null();
    let or = |name: &str, otherwise: Value| {
        if request[name].is_null() { otherwise } else { request[name].clone() }
    };
    let mut value = json!({
        "nodegroupName": name,
        "nodegroupArn": desk.arn(&format!("nodegroup/{cluster}/{name}/{id}")),
        "clusterName": cluster,
        "version": or("version", cluster_version),
        "releaseVersion": or("releaseVersion", json!("1.0.0-20260101")),
        "capacityType": or("capacityType", json!("ON_DEMAND")),
        "scalingConfig": or("scalingConfig", json!({ "minSize": 1, "maxSize": 2, "desiredSize": 2 })),
        "subnets": request["subnets"],
        "amiType": or("amiType", json!("AL2023_x86_64_STANDARD")),
        "nodeRole": request["nodeRole"],
        "labels": or("labels", json!({})),
        "taints": or("taints", json!([])),
        "updateConfig": or("updateConfig", json!({ "maxUnavailable": 1 })),
        "health": { "issues": [] },
        "resources": { "autoScalingGroups": [{ "name": format!("eks-{name}-{id}") }] },
        "tags": request["tags"],
    });
    if !launch {
        value["instanceTypes"] = or("instanceTypes", json!(["t3.medium"]));
        value["diskSize"] = or("diskSize", json!(20));
    } else if !request["instanceTypes"].is_null() {
        value["instanceTypes"] = request["instanceTypes"].clone();
    }
    for name in ["remoteAccess", "launchTemplate", "nodeRepairConfig", "warmPoolConfig"] {
        if !request[name].is_null() {
            value[name] = request[name].clone();
        }
    }
    if launch {
        let template = &mut value["launchTemplate"];
        for (name, other) in [("name", "a-template"), ("id", "lt-0123456789abcdef0"), ("version", "1")] {
            if template[name].is_null() {
                template[name] = json!(other);
            }
        }
    }
    Ok(json!({ "nodegroup": desk.found(key, value, "CREATE_FAILED") }))
}

pub(super) fn update_config(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let name = desk.text("nodegroupName");
    let key = desk.key(Sort::Nodegroup, &name);
    if let Some(known) = desk.repeated_update(&key)? {
        return Ok(known);
    }
    let present = desk.part(Sort::Nodegroup, &name)?.value.clone();
    let mut patch = json!({});
    let mut parameters = Vec::new();
    if !request["scalingConfig"].is_null() {
        check_scaling(&request["scalingConfig"])?;
        patch["scalingConfig"] = request["scalingConfig"].clone();
        for (member, kind) in [("minSize", "MinSize"), ("maxSize", "MaxSize"), ("desiredSize", "DesiredSize")]
        {
            parameters.push((kind, request["scalingConfig"][member].to_string()));
        }
    }
    if !request["labels"].is_null() {
        let mut labels = present["labels"].clone();
        for name in texts(&request["labels"], "removeLabels") {
            labels.as_object_mut().into_iter().for_each(|labels| drop(labels.remove(&name)));
        }
        let added = request["labels"]["addOrUpdateLabels"].as_object().cloned().unwrap_or_default();
        labels.as_object_mut().into_iter().for_each(|labels| labels.extend(added.clone()));
        // The whole of it is put in place of what was there.
        let removed =
            present["labels"].as_object().into_iter().flatten().filter(|(name, _)| labels[*name].is_null());
        let mut with_gaps = labels.clone();
        removed.for_each(|(name, _)| with_gaps[name] = Value::Null);
        patch["labels"] = with_gaps;
        parameters.push(("LabelsToAdd", Value::Object(added).to_string()));
    }
    if !request["taints"].is_null() {
        let same =
            |one: &Value, other: &Value| one["key"] == other["key"] && one["effect"] == other["effect"];
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let added = list(&request["taints"]["addOrUpdateTaints"]);
        let gone = [added.clone(), list(&request["taints"]["removeTaints"])].concat();
        let mut taints = list(&present["taints"]);
        taints.retain(|taint| !gone.iter().any(|other| same(taint, other)));
        taints.extend(added);
        patch["taints"] = json!(taints);
    }
    for name in ["updateConfig", "nodeRepairConfig", "warmPoolConfig"] {
        if !request[name].is_null() {
            patch[name] = request[name].clone();
        }
    }
    if !patch["updateConfig"].is_null() {
        // The number and the percentage exclude each other.
        for name in ["maxUnavailable", "maxUnavailablePercentage"] {
            if patch["updateConfig"][name].is_null() {
                patch["updateConfig"][name] = Value::Null;
            }
        }
    }
    desk.update(&key, "ConfigUpdate", &parameters, patch)
}

pub(super) fn update_version(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let name = desk.text("nodegroupName");
    let key = desk.key(Sort::Nodegroup, &name);
    if let Some(known) = desk.repeated_update(&key)? {
        return Ok(known);
    }
    let cluster_version = desk.cluster()?.value["version"].clone();
    let present = desk.part(Sort::Nodegroup, &name)?.value.clone();
    let wanted = given(&request, "version");
    let minor = |version: &Value| -> i64 {
        let version = version.as_str().unwrap_or_default();
        version.split_once('.').and_then(|(_, minor)| minor.parse().ok()).unwrap_or(0)
    };
    if let Some(wanted) = &wanted {
        let wanted = json!(wanted);
        if minor(&wanted) > minor(&cluster_version) || minor(&wanted) < minor(&present["version"]) {
            let message = format!(
                "Requested Nodegroup version {wanted} is not supported in a cluster of version {cluster_version}"
            );
            return Err(invalid(&message));
        }
    }
    let version = wanted.map_or_else(
        || if request["launchTemplate"].is_null() { cluster_version } else { present["version"].clone() },
        |it| json!(it),
    );
    let mut patch = json!({ "version": version });
    let mut parameters = vec![("Version", version.as_str().unwrap_or_default().to_owned())];
    if let Some(release) = given(&request, "releaseVersion") {
        patch["releaseVersion"] = json!(release);
        parameters.push(("ReleaseVersion", release));
    }
    if !request["launchTemplate"].is_null() {
        patch["launchTemplate"] = request["launchTemplate"].clone();
    }
    desk.update(&key, "VersionUpdate", &parameters, patch)
}

fn check_scaling(scaling: &Value) -> Result<(), Fault> {
    let size = |name: &str| scaling[name].as_i64().unwrap_or(0);
    if scaling.is_null() || (size("minSize") <= size("desiredSize") && size("desiredSize") <= size("maxSize"))
    {
        return Ok(());
    }
    let (least, wanted, most) = (size("minSize"), size("desiredSize"), size("maxSize"));
    Err(invalid(&format!("Desired size {wanted} is not between the minimum {least} and the maximum {most}")))
}
