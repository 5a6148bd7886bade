//! `aws_eks_fargate_profile`: the pods of a cluster that run without nodes of its own. Only its tags can be changed.

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::types::{FargateProfile as Profile, FargateProfileSelector};
use serde_json::{Value as Json, json};

use crate::port::Remarks;
use crate::value::Value;

use super::super::super::object::Arguments;
use super::super::fault::Fault;
use super::check::{Check, blocks};
use super::shape::{Shape, any, computed, decided, optional, required, text, text_map, texts};
use super::thing::{Change, Found, Making, Patience, Thing};
use super::timeouts::minutes;
use super::trouble::{Issue, Trouble};
use super::work::{Work, is_gone};

pub(super) struct FargateProfile;

#[async_trait]
impl Thing for FargateProfile {
    fn kind(&self) -> &'static str {
        "Fargate profile"
    }

    fn shape(&self) -> Shape {
        let selector =
            Shape::default().with("labels", optional(text_map())).with("namespace", required(text()));
        Shape::default()
            .with("arn", computed(text()))
            .with("cluster_name", required(text()).fixed())
            .with("fargate_profile_name", required(text()).fixed())
            .with("id", decided(text()))
            .with("pod_execution_role_arn", required(text()).fixed())
            .with("status", computed(text()))
            .with("subnet_ids", decided(texts()).fixed())
            .tagged()
            .block("selector", any(selector, 1, None).fixed())
            .timeouts(&["create", "delete"])
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(10), update: minutes(10), delete: minutes(10) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable arguments of a Fargate profile", remarks);
        check.cluster_name("cluster_name").arn("pod_execution_role_arn");
        let what = "no name of a Fargate profile, which is not empty and has at most 63 characters";
        check.text("fargate_profile_name", |text| (1..=63).contains(&text.chars().count()), what);
        check.blocks("selector", |selector| {
            selector.text("namespace", |text| !text.is_empty(), "no namespace");
        });
    }

    fn id(&self, object: &Value) -> String {
        let (cluster, name) = names(object);
        format!("{cluster}:{name}")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let (cluster, name) = id.split_once(':')?;
        Some(vec![("cluster_name", Value::string(cluster)), ("fargate_profile_name", Value::string(name))])
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, name) = names(object);
        let asked = client.describe_fargate_profile().cluster_name(cluster).fargate_profile_name(name);
        match asked.send().await.map_err(Fault::from) {
            Ok(answer) => Ok(answer.fargate_profile.map(|profile| found(&profile))),
            Err(fault) if is_gone(&fault) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        let object = Arguments(making.planned);
        let selectors = blocks(object, "selector").map(selector).collect();
        let subnets: Vec<String> = object.texts("subnet_ids").into_iter().map(str::to_owned).collect();
        let (cluster, name) = names(making.planned);
        client
            .create_fargate_profile()
            .client_request_token(making.token)
            .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()))
            .cluster_name(cluster)
            .fargate_profile_name(name)
            .set_pod_execution_role_arn(object.text("pod_execution_role_arn").map(str::to_owned))
            .set_subnets(Some(subnets).filter(|subnets| !subnets.is_empty()))
            .set_selectors(Some(selectors))
            .send()
            .await?;
        Ok(())
    }

    async fn change(&self, _work: &Work<'_>, _change: Change<'_>) -> Result<(), Trouble> {
        Ok(())
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let (cluster, name) = names(object);
        client.delete_fargate_profile().cluster_name(cluster).fargate_profile_name(name).send().await?;
        Ok(())
    }
}

fn names(object: &Value) -> (&str, &str) {
    let text = |name| Arguments(object).text(name).unwrap_or_default();
    (text("cluster_name"), text("fargate_profile_name"))
}

fn selector(block: Arguments<'_>) -> FargateProfileSelector {
    let labels: std::collections::HashMap<String, String> =
        block.text_map("labels").into_iter().map(|(key, label)| (key.to_owned(), label.to_owned())).collect();
    FargateProfileSelector::builder()
        .set_namespace(block.text("namespace").map(str::to_owned))
        .set_labels(Some(labels).filter(|labels| !labels.is_empty()))
        .build()
}

fn found(profile: &Profile) -> Found {
    let issues = profile.health().map(|health| health.issues()).unwrap_or_default();
    let selectors: Vec<Json> = profile
        .selectors()
        .iter()
        .map(|one| json!({ "labels": one.labels(), "namespace": one.namespace() }))
        .collect();
    Found {
        status: profile.status().map(|status| status.as_str().to_owned()),
        issues: issues
            .iter()
            .map(|one| Issue::new(one.code().map(|code| code.as_str()), one.message(), one.resource_ids()))
            .collect(),
        created: profile.created_at().copied(),
        token: None,
        tags: profile.tags().cloned().unwrap_or_default(),
        attributes: json!({
            "arn": profile.fargate_profile_arn(),
            "cluster_name": profile.cluster_name(),
            "fargate_profile_name": profile.fargate_profile_name(),
            "pod_execution_role_arn": profile.pod_execution_role_arn(),
            "selector": selectors,
            "status": profile.status().map(|status| status.as_str()),
            "subnet_ids": profile.subnets(),
        }),
    }
}
