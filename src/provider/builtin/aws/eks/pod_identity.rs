//! `aws_eks_pod_identity_association`: the role of a service account.

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::types::PodIdentityAssociation;
use serde_json::json;

use crate::port::Remarks;
use crate::value::Value;

use super::super::super::object::Arguments;
use super::super::fault::Fault;
use super::check::{Check, is_name};
use super::shape::{Shape, computed, optional, required, text, text_map};
use super::thing::{Change, Found, Making, Patience, Thing};
use super::timeouts::minutes;
use super::trouble::Trouble;
use super::work::{Work, is_gone};

pub(super) struct PodIdentity;

#[async_trait]
impl Thing for PodIdentity {
    fn kind(&self) -> &'static str {
        "pod identity association"
    }

    fn shape(&self) -> Shape {
        Shape::default()
            .with("association_arn", computed(text()))
            .with("association_id", computed(text()))
            .with("cluster_name", required(text()).fixed())
            .with("id", computed(text()))
            .with("namespace", required(text()).fixed())
            .with("role_arn", required(text()))
            .with("service_account", required(text()).fixed())
            .with("tags", optional(text_map()))
            .with("tags_all", computed(text_map()))
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(5), update: minutes(5), delete: minutes(5) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable argument", remarks);
        check.cluster_name("cluster_name").arn("role_arn").filled("namespace").filled("service_account");
    }

    fn id(&self, object: &Value) -> String {
        id(object).unwrap_or_default().to_owned()
    }

    fn called(&self, object: &Value) -> String {
        let (cluster, namespace, account) = names(object);
        match id(object) {
            Some(id) if account.is_empty() => format!("{cluster},{id}"),
            _ => format!("{cluster}/{namespace}/{account}"),
        }
    }

    fn import_id(&self, object: &Value) -> String {
        format!("{},{}", names(object).0, self.id(object))
    }

    fn id_form(&self) -> Option<&'static str> {
        Some("cluster_name,association_id")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let (cluster, id) =
            id.split_once(',').filter(|(cluster, id)| is_name(cluster, 100) && is_name(id, 100))?;
        Some(vec![("cluster_name", Value::string(cluster)), ("association_id", Value::string(id))])
    }

    /// By id; if that is not known, by the service account, which has at most one.
    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, namespace, account) = names(object);
        let found = match id(object) {
            Some(id) => by_id(client, cluster, id).await,
            None => by_account(client, cluster, namespace, account).await,
        };
        match found {
            Err(fault) if is_gone(&fault) => Ok(None),
            found => Ok(found?.map(|found| describe(&found))),
        }
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        let (cluster, namespace, account) = names(making.planned);
        let asked = client
            .create_pod_identity_association()
            .cluster_name(cluster)
            .namespace(namespace)
            .service_account(account)
            .set_role_arn(Arguments(making.planned).text("role_arn").map(str::to_owned))
            .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()));
        asked.client_request_token(making.token).send().await?;
        Ok(())
    }

    async fn change(&self, work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble> {
        let role = |object| Arguments(object).text("role_arn");
        let Some(wanted) = role(change.planned).filter(|wanted| role(change.present) != Some(wanted)) else {
            return Ok(());
        };
        let asked = work
            .client
            .update_pod_identity_association()
            .cluster_name(names(change.prior).0)
            .association_id(self.id(change.prior))
            .role_arn(wanted)
            .client_request_token(change.token);
        asked.send().await.map_err(Fault::from)?;
        Ok(())
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let asked = client.delete_pod_identity_association().cluster_name(names(object).0);
        asked.association_id(self.id(object)).send().await?;
        Ok(())
    }
}

fn names(object: &Value) -> (&str, &str, &str) {
    let object = Arguments(object);
    let text = |name: &str| object.text(name).unwrap_or_default();
    (text("cluster_name"), text("namespace"), text("service_account"))
}

fn id(object: &Value) -> Option<&str> {
    Arguments(object).text("association_id").filter(|id| !id.is_empty())
}

async fn by_id(client: &Client, cluster: &str, id: &str) -> Result<Option<PodIdentityAssociation>, Fault> {
    let asked = client.describe_pod_identity_association().cluster_name(cluster).association_id(id);
    Ok(asked.send().await?.association)
}

async fn by_account(
    client: &Client,
    cluster: &str,
    namespace: &str,
    account: &str,
) -> Result<Option<PodIdentityAssociation>, Fault> {
    let asked = client.list_pod_identity_associations().cluster_name(cluster);
    let mut all = asked.namespace(namespace).service_account(account).into_paginator().items().send();
    while let Some(one) = all.next().await {
        let one = one?;
        let is_it = one.namespace() == Some(namespace) && one.service_account() == Some(account);
        if let Some(id) = one.association_id().filter(|_| is_it) {
            return by_id(client, cluster, id).await;
        }
    }
    Ok(None)
}

fn describe(found: &PodIdentityAssociation) -> Found {
    Found {
        status: None,
        issues: Vec::new(),
        created: found.created_at().copied(),
        token: None,
        tags: found.tags().cloned().unwrap_or_default(),
        attributes: json!({
            "arn": found.association_arn(),
            "association_arn": found.association_arn(),
            "association_id": found.association_id(),
            "cluster_name": found.cluster_name(),
            "namespace": found.namespace(),
            "role_arn": found.role_arn(),
            "service_account": found.service_account(),
        }),
    }
}
