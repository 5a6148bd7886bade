//! Fargate profiles: one is made or deleted at a time.

use serde_json::{Value, json};

use super::super::wire::Fault;
use super::{Desk, Sort, in_use, invalid};

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let (cluster, name) = (desk.cluster_name(), desk.text("fargateProfileName"));
    let key = desk.key(Sort::FargateProfile, &name);
    if let Some(same) = desk.repeated(&key) {
        return Ok(json!({ "fargateProfile": same.value }));
    }
    desk.cluster()?;
    if desk.eks.find(&key).is_some() {
        let message = format!("Fargate Profile already exists with this name {name} in cluster {cluster}");
        return Err(in_use(&message, &json!({ "clusterName": cluster })));
    }
    free(desk, &name)?;
    if request["selectors"].as_array().is_none_or(Vec::is_empty) {
        return Err(invalid("Fargate Profile must have at least one selector"));
    }
    let id = desk.laws.id();
    let value = json!({
        "fargateProfileName": name,
        "fargateProfileArn": desk.arn(&format!("fargateprofile/{cluster}/{name}/{id}")),
        "clusterName": cluster,
        "podExecutionRoleArn": request["podExecutionRoleArn"],
        "subnets": if request["subnets"].is_null() { json!([]) } else { request["subnets"].clone() },
        "selectors": request["selectors"],
        "tags": request["tags"],
        "health": { "issues": [] },
    });
    Ok(json!({ "fargateProfile": desk.found(key, value, "CREATE_FAILED") }))
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let name = desk.text("fargateProfileName");
    desk.part(Sort::FargateProfile, &name)?;
    free(desk, &name)?;
    desk.delete(Sort::FargateProfile, "fargateProfileName")
}

/// Whether no other profile of the cluster is under way.
fn free(desk: &Desk<'_>, name: &str) -> Result<(), Fault> {
    let cluster = desk.cluster_name();
    let mut others = desk.eks.things.iter().filter(|thing| {
        thing.key.place == desk.place
            && thing.key.cluster == cluster
            && thing.key.sort == Sort::FargateProfile
            && thing.key.name != name
    });
    let Some(busy) = others.find(|thing| matches!(thing.status(), "CREATING" | "DELETING")) else {
        return Ok(());
    };
    let message = format!(
        "Cannot touch Fargate Profile {name} because cluster {cluster} currently has Fargate profile {} in status {}",
        busy.key.name,
        busy.status()
    );
    Err(in_use(&message, &json!({ "clusterName": cluster })))
}
