//! Builds requests from objects that are wholly known.

use aws_sdk_eks::Client;
use aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupFluentBuilder;
use aws_sdk_eks::types::{
    AmiTypes, CapacityTypes, LaunchTemplateSpecification, NodeRepairConfig, NodegroupScalingConfig,
    NodegroupUpdateConfig, RemoteAccessConfig, Taint, TaintEffect, UpdateLabelsPayload, UpdateTaintsPayload,
};

use super::super::super::super::object::Arguments;
use super::super::check::{block, blocks};
use super::super::thing::Making;

/// A new node group.
pub(super) fn create(client: &Client, making: Making<'_>) -> CreateNodegroupFluentBuilder {
    let object = Arguments(making.planned);
    let text = |name: &str| object.text(name).map(str::to_owned);
    let some = |texts: Vec<&str>| Some(owned(texts)).filter(|texts| !texts.is_empty());
    let labels = object.text_map("labels");
    let labels = labels.into_iter().map(|(key, label)| (key.to_owned(), label.to_owned())).collect();
    let taints: Vec<Taint> = blocks(object, "taint").map(taint).collect();
    client
        .create_nodegroup()
        .client_request_token(making.token)
        .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()))
        .set_cluster_name(text("cluster_name"))
        .set_nodegroup_name(text("node_group_name"))
        .set_node_role(text("node_role_arn"))
        .set_subnets(Some(owned(object.texts("subnet_ids"))))
        .set_ami_type(object.text("ami_type").map(AmiTypes::from))
        .set_capacity_type(object.text("capacity_type").map(CapacityTypes::from))
        .set_disk_size(number(object, "disk_size"))
        .set_instance_types(some(object.texts("instance_types")))
        .set_labels(Some(labels).filter(|labels: &std::collections::HashMap<_, _>| !labels.is_empty()))
        .set_launch_template(launch_template(object))
        .set_node_repair_config(node_repair(object))
        .set_release_version(text("release_version"))
        .set_remote_access(block(object, "remote_access").map(remote_access))
        .set_scaling_config(scaling(object))
        .set_taints(Some(taints).filter(|taints| !taints.is_empty()))
        .set_update_config(update_config(object))
        .set_version(text("version"))
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn number(object: Arguments<'_>, name: &str) -> Option<i32> {
    object.number(name).and_then(|number| i32::try_from(number).ok())
}

pub(super) fn scaling(object: Arguments<'_>) -> Option<NodegroupScalingConfig> {
    let scaling = block(object, "scaling_config")?;
    Some(
        NodegroupScalingConfig::builder()
            .set_desired_size(number(scaling, "desired_size"))
            .set_max_size(number(scaling, "max_size"))
            .set_min_size(number(scaling, "min_size"))
            .build(),
    )
}

/// By id, or by name if there is no id: both together are refused.
pub(super) fn launch_template(object: Arguments<'_>) -> Option<LaunchTemplateSpecification> {
    let template = block(object, "launch_template")?;
    let text = |name: &str| template.text(name).map(str::to_owned);
    let id = text("id");
    let name = text("name").filter(|_| id.is_none());
    let asked = LaunchTemplateSpecification::builder().set_id(id).set_name(name);
    Some(asked.set_version(text("version")).build())
}

pub(super) fn update_config(object: Arguments<'_>) -> Option<NodegroupUpdateConfig> {
    let config = block(object, "update_config")?;
    // The public release stores 0 for an absent number.
    let given = |name| number(config, name).filter(|number| *number > 0);
    Some(
        NodegroupUpdateConfig::builder()
            .set_max_unavailable(given("max_unavailable"))
            .set_max_unavailable_percentage(given("max_unavailable_percentage"))
            .build(),
    )
}

pub(super) fn node_repair(object: Arguments<'_>) -> Option<NodeRepairConfig> {
    let config = block(object, "node_repair_config")?;
    Some(NodeRepairConfig::builder().set_enabled(config.flag("enabled")).build())
}

fn remote_access(block: Arguments<'_>) -> RemoteAccessConfig {
    let groups = owned(block.texts("source_security_group_ids"));
    RemoteAccessConfig::builder()
        .set_ec2_ssh_key(block.text("ec2_ssh_key").map(str::to_owned))
        .set_source_security_groups(Some(groups).filter(|groups| !groups.is_empty()))
        .build()
}

fn taint(block: Arguments<'_>) -> Taint {
    Taint::builder()
        .set_effect(block.text("effect").map(TaintEffect::from))
        .set_key(block.text("key").map(str::to_owned))
        .set_value(block.text("value").filter(|value| !value.is_empty()).map(str::to_owned))
        .build()
}

/// The change from one set of labels to another.
pub(super) fn labels(before: Arguments<'_>, after: Arguments<'_>) -> UpdateLabelsPayload {
    let (was, wanted) = (before.text_map("labels"), after.text_map("labels"));
    let gone: Vec<String> =
        was.keys().filter(|key| !wanted.contains_key(**key)).map(|key| (*key).to_owned()).collect();
    let set = wanted.into_iter().filter(|(key, label)| was.get(key) != Some(label));
    let set: std::collections::HashMap<String, String> =
        set.map(|(key, label)| (key.to_owned(), label.to_owned())).collect();
    UpdateLabelsPayload::builder()
        .set_add_or_update_labels(Some(set).filter(|set| !set.is_empty()))
        .set_remove_labels(Some(gone).filter(|gone| !gone.is_empty()))
        .build()
}

/// The change from one set of taints to another. A taint is identified by its key and its effect.
pub(super) fn taints(before: Arguments<'_>, after: Arguments<'_>) -> UpdateTaintsPayload {
    let all = |object| blocks(object, "taint").map(taint).collect::<Vec<Taint>>();
    let (was, wanted) = (all(before), all(after));
    let is_one = |a: &Taint, b: &Taint| a.key == b.key && a.effect == b.effect;
    let gone: Vec<Taint> =
        was.iter().filter(|was| !wanted.iter().any(|wanted| is_one(was, wanted))).cloned().collect();
    let set: Vec<Taint> = wanted.into_iter().filter(|wanted| !was.contains(wanted)).collect();
    UpdateTaintsPayload::builder()
        .set_add_or_update_taints(Some(set).filter(|set| !set.is_empty()))
        .set_remove_taints(Some(gone).filter(|gone| !gone.is_empty()))
        .build()
}
