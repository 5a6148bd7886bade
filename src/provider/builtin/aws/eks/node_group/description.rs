//! A node group as EKS describes it.

use aws_sdk_eks::types::{Issue as NodeIssue, Nodegroup, NodegroupResources, TaintEffect};
use serde_json::{Value as Json, json};

use super::super::thing::Found;
use super::super::trouble::Issue;

pub(super) fn found(group: &Nodegroup) -> Found {
    let issues = group.health().map(|health| health.issues()).unwrap_or_default();
    Found {
        status: group.status().map(|status| status.as_str().to_owned()),
        issues: issues.iter().map(issue).collect(),
        created: group.created_at().copied(),
        token: None,
        tags: group.tags().cloned().unwrap_or_default(),
        attributes: attributes(group),
    }
}

fn issue(issue: &NodeIssue) -> Issue {
    Issue::new(issue.code().map(|code| code.as_str()), issue.message(), issue.resource_ids())
}

fn attributes(group: &Nodegroup) -> Json {
    let listed = |block: Option<Json>| Json::Array(block.into_iter().collect());
    let template = group.launch_template().map(
        |template| json!({ "id": template.id(), "name": template.name(), "version": template.version() }),
    );
    let remote = group.remote_access().map(|remote| {
        json!({
            "ec2_ssh_key": remote.ec2_ssh_key(),
            "source_security_group_ids": remote.source_security_groups(),
        })
    });
    let scaling = group.scaling_config().map(|scaling| {
        json!({
            "desired_size": scaling.desired_size(),
            "max_size": scaling.max_size(),
            "min_size": scaling.min_size(),
        })
    });
    let update = group.update_config().map(|update| {
        json!({
            "max_unavailable": update.max_unavailable(),
            "max_unavailable_percentage": update.max_unavailable_percentage(),
        })
    });
    let taints: Vec<Json> = group
        .taints()
        .iter()
        .map(|taint| {
            let effect = taint.effect().map(TaintEffect::as_str);
            json!({ "effect": effect, "key": taint.key(), "value": taint.value() })
        })
        .collect();
    let types = group.instance_types();
    json!({
        "ami_type": group.ami_type().map(|kind| kind.as_str()),
        "arn": group.nodegroup_arn(),
        "capacity_type": group.capacity_type().map(|kind| kind.as_str()),
        "cluster_name": group.cluster_name(),
        "disk_size": group.disk_size(),
        "instance_types": Some(types).filter(|types| !types.is_empty()),
        "labels": group.labels(),
        "launch_template": listed(template),
        "node_group_name": group.nodegroup_name(),
        "node_repair_config": listed(group.node_repair_config().map(|one| json!({ "enabled": one.enabled() }))),
        "node_role_arn": group.node_role(),
        "release_version": group.release_version(),
        "remote_access": listed(remote),
        "resources": listed(group.resources().map(resources)),
        "scaling_config": listed(scaling),
        "status": group.status().map(|status| status.as_str()),
        "subnet_ids": group.subnets(),
        "taint": taints,
        "update_config": listed(update),
        "version": group.version(),
    })
}

fn resources(resources: &NodegroupResources) -> Json {
    let groups: Vec<Json> =
        resources.auto_scaling_groups().iter().map(|group| json!({ "name": group.name() })).collect();
    json!({
        "autoscaling_groups": groups,
        "remote_access_security_group_id": resources.remote_access_security_group().unwrap_or_default(),
    })
}
