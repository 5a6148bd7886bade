//! `aws_eks_node_group`: nodes that EKS manages for a cluster.
//!
//! A group with a launch template cannot go on without one, so removing it replaces the group; the public release
//! reports an update and changes nothing.

mod description;
mod request;
mod validate;

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::types::{LaunchTemplateSpecification, NodegroupScalingConfig};

use crate::port::{PlanRequest, Planned, Remarks};
use crate::value::{Type, Value};

use super::super::super::object::{Arguments, filled};
use super::super::fault::Fault;
use super::check::moves_on;
use super::shape::{
    Shape, any, computed, decided, one, optional, required, same, text, text_map, texts, the_one,
};
use super::thing::{Change, Found, Making, Patience, Thing};
use super::timeouts::minutes;
use super::trouble::Trouble;
use super::work::{Updated, Work, is_gone, is_in_use};

pub(super) struct NodeGroup;

#[async_trait]
impl Thing for NodeGroup {
    fn kind(&self) -> &'static str {
        "node group"
    }

    fn shape(&self) -> Shape {
        shape()
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(60), update: minutes(60), delete: minutes(60) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate::validate(configuration, remarks);
    }

    fn refine(
        &self,
        request: &PlanRequest<'_>,
        mut planned: Planned,
        remarks: &mut Remarks,
    ) -> Option<Planned> {
        let (prior, configured) = (Arguments(request.prior), Arguments(request.configuration));
        if request.prior.is_null() {
            return Some(planned);
        }
        let after = planned.value.clone();
        let after = Arguments(&after);
        let versions = (prior.text("version"), after.text("version"));
        moves_on(versions, ("The nodes run", "A node group"), remarks)?;
        // Each of these changes the other, and a template changes the image, unless that is configured as well.
        let moves = [
            ("version", "release_version"),
            ("release_version", "version"),
            ("launch_template", "release_version"),
        ];
        for (name, other) in moves {
            if !same(prior.value(name), after.value(name)) && !configured.is_given(other) {
                planned.value = filled(&planned.value, [(other, Value::unknown(Type::String))]);
            }
        }
        Some(planned)
    }

    fn named(&self, planned: &Value, token: &str) -> Value {
        let object = Arguments(planned);
        if object.text("node_group_name").is_some() {
            return planned.clone();
        }
        let prefix = object.text("node_group_name_prefix").unwrap_or("terrace-");
        // As much as fits after the longest prefix.
        let rest: String = token.chars().filter(char::is_ascii_alphanumeric).take(26).collect();
        filled(planned, [("node_group_name", Value::string(&format!("{prefix}{rest}")))])
    }

    fn id(&self, object: &Value) -> String {
        let (cluster, name) = names(object);
        format!("{cluster}:{name}")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let (cluster, name) = id.split_once(':')?;
        Some(vec![("cluster_name", Value::string(cluster)), ("node_group_name", Value::string(name))])
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, name) = names(object);
        let asked = client.describe_nodegroup().cluster_name(cluster).nodegroup_name(name);
        match asked.send().await.map_err(Fault::from) {
            Ok(answer) => Ok(answer.nodegroup.map(|group| description::found(&group))),
            Err(fault) if is_gone(&fault) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        request::create(client, making).send().await?;
        Ok(())
    }

    async fn change(&self, work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble> {
        update(work, change).await
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let (cluster, name) = names(object);
        client.delete_nodegroup().cluster_name(cluster).nodegroup_name(name).send().await?;
        Ok(())
    }
}

fn names(object: &Value) -> (&str, &str) {
    let text = |name| Arguments(object).text(name).unwrap_or_default();
    (text("cluster_name"), text("node_group_name"))
}

/// First updates the version of the nodes, and then the other settings of the group.
async fn update(work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble> {
    let (before, after) = (Arguments(change.present), Arguments(change.planned));
    let (cluster, name) = names(change.prior);
    let of = Updated { node_group: Some(name), ..Updated::cluster(cluster) };
    let differs = |name| !same(before.value(name), after.value(name));
    if ["version", "release_version", "launch_template"].into_iter().any(differs) {
        let asked = |name| after.text(name).filter(|_| differs(name)).map(str::to_owned);
        let template: Option<LaunchTemplateSpecification> =
            request::launch_template(after).filter(|_| differs("launch_template"));
        let what = match (after.text("version"), differs("version")) {
            (Some(version), true) => format!("Kubernetes {version}"),
            _ => "version of the machines".to_owned(),
        };
        let answer = work
            .insist(is_in_use, || async {
                let ask = work.client.update_nodegroup_version().cluster_name(cluster).nodegroup_name(name);
                ask.client_request_token(format!("{}-version", change.token))
                    .set_version(asked("version"))
                    .set_release_version(asked("release_version"))
                    .set_launch_template(template.clone())
                    .set_force(after.flag("force_update_version"))
                    .send()
                    .await
                    .map_err(Fault::from)
            })
            .await?;
        work.updated(answer.update, of, &what).await?;
    }
    let shape = ["labels", "taint", "scaling_config", "update_config", "node_repair_config"];
    if shape.into_iter().any(differs) {
        let scaling: Option<NodegroupScalingConfig> = request::scaling(after);
        let answer = work
            .insist(is_in_use, || async {
                let ask = work.client.update_nodegroup_config().cluster_name(cluster).nodegroup_name(name);
                ask.client_request_token(format!("{}-config", change.token))
                    .set_scaling_config(scaling.clone().filter(|_| differs("scaling_config")))
                    .set_labels(differs("labels").then(|| request::labels(before, after)))
                    .set_taints(differs("taint").then(|| request::taints(before, after)))
                    .set_update_config(request::update_config(after).filter(|_| differs("update_config")))
                    .set_node_repair_config(
                        request::node_repair(after).filter(|_| differs("node_repair_config")),
                    )
                    .send()
                    .await
                    .map_err(Fault::from)
            })
            .await?;
        work.updated(answer.update, of, "configuration").await?;
    }
    Ok(())
}

fn shape() -> Shape {
    let number = || required(Type::Number);
    let template = Shape::default()
        .with("id", decided(text()).fixed())
        .with("name", decided(text()).fixed())
        .with("version", required(text()));
    let repair = Shape::default().with("enabled", optional(Type::Bool));
    let remote = Shape::default()
        .with("ec2_ssh_key", optional(text()).fixed())
        .with("source_security_group_ids", optional(texts()).fixed());
    let scaling =
        Shape::default().with("desired_size", number()).with("max_size", number()).with("min_size", number());
    let taint = Shape::default()
        .with("effect", required(text()))
        .with("key", required(text()))
        .with("value", optional(text()));
    let update = Shape::default()
        .with("max_unavailable", optional(Type::Number))
        .with("max_unavailable_percentage", optional(Type::Number));
    let group = Type::object([("name", Type::String)]);
    let resources = Type::object([
        ("autoscaling_groups", Type::list(group)),
        ("remote_access_security_group_id", Type::String),
    ]);
    Shape::default()
        .with("ami_type", decided(text()).fixed())
        .with("arn", computed(text()))
        .with("capacity_type", decided(text()).fixed())
        .with("cluster_name", required(text()).fixed())
        .with("disk_size", decided(Type::Number).fixed())
        .with("force_update_version", optional(Type::Bool))
        .with("id", decided(text()))
        .with("instance_types", decided(Type::list(Type::String)).fixed())
        .with("labels", optional(text_map()))
        .with("node_group_name", decided(text()).fixed())
        .with("node_group_name_prefix", decided(text()).fixed())
        .with("node_role_arn", required(text()).fixed())
        .with("release_version", decided(text()))
        .with("resources", computed(Type::list(resources)))
        .with("status", computed(text()))
        .with("subnet_ids", required(texts()).fixed())
        .with("version", decided(text()))
        .tagged()
        .block("launch_template", one(template).fixed())
        .block("node_repair_config", one(repair).decided())
        .block("remote_access", one(remote).fixed())
        .block("scaling_config", the_one(scaling))
        .block("taint", any(taint, 0, Some(50)))
        .timeouts(&["create", "delete", "update"])
        .block("update_config", one(update).decided())
}
