//! `aws_eks_access_entry`: an IAM principal that may use a cluster, with its Kubernetes groups.

use async_trait::async_trait;
use aws_sdk_eks::Client;
use serde_json::json;

use crate::port::{PlanRequest, Planned, Remarks};
use crate::value::{Type, Value};

use super::super::super::object::{Arguments, filled};
use super::super::fault::Fault;
use super::check::{Check, is_arn, is_name};

use super::shape::{Shape, computed, decided, optional, required, text, texts};
use super::thing::{Change, Found, Making, Patience, Thing, date};
use super::timeouts::minutes;
use super::trouble::Trouble;
use super::work::{Work, is_gone};

pub(super) struct AccessEntry;

const TYPES: [&str; 6] = ["EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "STANDARD"];

#[async_trait]
impl Thing for AccessEntry {
    fn kind(&self) -> &'static str {
        "access entry"
    }

    fn shape(&self) -> Shape {
        Shape::default()
            .with("access_entry_arn", computed(text()))
            .with("cluster_name", required(text()).fixed())
            .with("created_at", computed(text()))
            .with("id", decided(text()))
            .with("kubernetes_groups", decided(texts()))
            .with("modified_at", computed(text()))
            .with("principal_arn", required(text()).fixed())
            .with("type", optional(text()).or(Value::string("STANDARD")).fixed())
            .with("user_name", decided(text()))
            .tagged()
            .timeouts(&["create", "delete"])
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(20), update: minutes(20), delete: minutes(40) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable argument", remarks);
        check.cluster_name("cluster_name").arn("principal_arn").one_of("type", &TYPES);
    }

    fn refine(
        &self,
        request: &PlanRequest<'_>,
        mut planned: Planned,
        _remarks: &mut Remarks,
    ) -> Option<Planned> {
        let (prior, after) = (Arguments(request.prior), planned.value.clone());
        let changes = |name: &str| match (prior.value(name), Arguments(&after).value(name)) {
            (Some(before), Some(after)) => !before.same(after),
            (before, after) => before.is_some() != after.is_some(),
        };
        if !request.prior.is_null() && ["kubernetes_groups", "user_name"].iter().any(|name| changes(name)) {
            planned.value = filled(&planned.value, [("modified_at", Value::unknown(Type::String))]);
        }
        Some(planned)
    }

    fn id(&self, object: &Value) -> String {
        let (cluster, principal) = names(object);
        format!("{cluster}:{principal}")
    }

    fn id_form(&self) -> Option<&'static str> {
        Some("cluster_name:principal_arn")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let (cluster, principal) =
            id.split_once(':').filter(|(cluster, arn)| is_name(cluster, 100) && is_arn(arn))?;
        Some(vec![("cluster_name", Value::string(cluster)), ("principal_arn", Value::string(principal))])
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, principal) = names(object);
        let asked = client.describe_access_entry().cluster_name(cluster).principal_arn(principal);
        let entry = match asked.send().await.map_err(Fault::from) {
            Ok(answer) => answer.access_entry,
            Err(fault) if is_gone(&fault) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        Ok(entry.map(|entry| Found {
            status: None,
            issues: Vec::new(),
            created: entry.created_at().copied(),
            token: None,
            tags: entry.tags().cloned().unwrap_or_default(),
            attributes: json!({
                "access_entry_arn": entry.access_entry_arn(),
                "arn": entry.access_entry_arn(),
                "cluster_name": entry.cluster_name(),
                "created_at": entry.created_at().and_then(date),
                "kubernetes_groups": entry.kubernetes_groups(),
                "modified_at": entry.modified_at().and_then(date),
                "principal_arn": entry.principal_arn(),
                "type": entry.r#type(),
                "user_name": entry.username(),
            }),
        }))
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        let planned = Arguments(making.planned);
        let (cluster, principal) = names(making.planned);
        let asked = client
            .create_access_entry()
            .cluster_name(cluster)
            .principal_arn(principal)
            .set_kubernetes_groups(groups(planned))
            .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()))
            .set_type(planned.text("type").map(str::to_owned))
            .set_username(planned.text("user_name").map(str::to_owned));
        asked.client_request_token(making.token).send().await?;
        Ok(())
    }

    async fn change(&self, work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble> {
        let (present, planned) = (Arguments(change.present), Arguments(change.planned));
        let is_as_planned = |name: &str| match (present.value(name), planned.value(name)) {
            (Some(present), Some(planned)) => present.same(planned),
            (present, planned) => present.is_none() == planned.is_none(),
        };
        if is_as_planned("kubernetes_groups") && is_as_planned("user_name") {
            return Ok(());
        }
        let (cluster, principal) = names(change.prior);
        let asked = work
            .client
            .update_access_entry()
            .cluster_name(cluster)
            .principal_arn(principal)
            .set_kubernetes_groups(groups(planned))
            .set_username(planned.text("user_name").map(str::to_owned))
            .client_request_token(change.token);
        asked.send().await.map_err(Fault::from)?;
        Ok(())
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let (cluster, principal) = names(object);
        client.delete_access_entry().cluster_name(cluster).principal_arn(principal).send().await?;
        Ok(())
    }
}

fn names(object: &Value) -> (&str, &str) {
    let object = Arguments(object);
    let text = |name: &str| object.text(name).unwrap_or_default();
    (text("cluster_name"), text("principal_arn"))
}

/// None if the service decides.
fn groups(planned: Arguments<'_>) -> Option<Vec<String>> {
    planned.value("kubernetes_groups").filter(|groups| groups.is_known())?;
    Some(planned.texts("kubernetes_groups").into_iter().map(str::to_owned).collect())
}
