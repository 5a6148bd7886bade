//! `aws_eks_addon`: software that EKS installs in a cluster and keeps up to date.
//!
//! An add-on that does not become healthy, such as a name server without nodes to run on, is waited for until its
//! timeout; its problems are reported meanwhile.

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::types::{Addon as Described, AddonPodIdentityAssociations, ResolveConflicts};
use serde_json::{Value as Json, json};

use crate::port::{PlanRequest, Planned, Remarks};
use crate::value::{Type, Value};

use super::super::super::object::{Arguments, filled};
use super::super::fault::Fault;
use super::check::{Check, blocks};
use super::shape::{Shape, any, computed, decided, optional, required, same, text};
use super::thing::{Change, Found, Making, Patience, Thing, date};
use super::timeouts::minutes;
use super::trouble::{Issue, Trouble};
use super::work::{Updated, Work, is_gone, is_in_use};

pub(super) struct Addon;

/// The attributes that an update can change.
const CHANGING: [&str; 4] =
    ["addon_version", "configuration_values", "pod_identity_association", "service_account_role_arn"];

#[async_trait]
impl Thing for Addon {
    fn kind(&self) -> &'static str {
        "add-on"
    }

    fn shape(&self) -> Shape {
        let identity =
            Shape::default().with("role_arn", required(text())).with("service_account", required(text()));
        Shape::default()
            .with("addon_name", required(text()).fixed())
            .with("addon_version", decided(text()))
            .with("arn", computed(text()))
            .with("cluster_name", required(text()).fixed())
            .with("configuration_values", decided(text()))
            .with("created_at", computed(text()))
            .with("id", decided(text()))
            .with("modified_at", computed(text()))
            .with("preserve", optional(Type::Bool))
            .with("resolve_conflicts", optional(text()).deprecated())
            .with("resolve_conflicts_on_create", optional(text()))
            .with("resolve_conflicts_on_update", optional(text()))
            .with("service_account_role_arn", optional(text()))
            .tagged()
            .block("pod_identity_association", any(identity, 0, None))
            .timeouts(&["create", "delete", "update"])
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(20), update: minutes(20), delete: minutes(40) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable arguments of an add-on", remarks);
        check.cluster_name("cluster_name").arn("service_account_role_arn");
        check.text("addon_name", |text| !text.is_empty(), "no name of an add-on");
        let what = "no version of an add-on, such as \"v1.11.4-eksbuild.2\"";
        check.text("addon_version", is_version, what);
        let what = "no JSON, although it begins as an object does";
        check.text("configuration_values", |text| !text.trim_start().starts_with('{') || is_json(text), what);
        check.one_of("resolve_conflicts_on_create", &["NONE", "OVERWRITE"]);
        check.one_of("resolve_conflicts_on_update", &["NONE", "OVERWRITE", "PRESERVE"]);
        check.one_of("resolve_conflicts", &["NONE", "OVERWRITE", "PRESERVE"]);
        let object = check.object();
        for name in ["resolve_conflicts_on_create", "resolve_conflicts_on_update"] {
            if object.is_given("resolve_conflicts") && object.is_given(name) {
                check.refuse("resolve_conflicts", format!("It cannot be given beside \"{name}\"."));
            }
        }
        check.blocks("pod_identity_association", |identity| {
            identity.arn("role_arn");
            identity.text("service_account", |text| !text.is_empty(), "no name of a service account");
        });
    }

    fn refine(
        &self,
        request: &PlanRequest<'_>,
        mut planned: Planned,
        _remarks: &mut Remarks,
    ) -> Option<Planned> {
        let (prior, after) = (Arguments(request.prior), Arguments(&planned.value));
        let changes =
            CHANGING.iter().chain(&["tags_all"]).any(|name| !same(prior.value(name), after.value(name)));
        if !request.prior.is_null() && changes {
            planned.value = filled(&planned.value, [("modified_at", Value::unknown(Type::String))]);
        }
        Some(planned)
    }

    fn id(&self, object: &Value) -> String {
        let (cluster, name) = names(object);
        format!("{cluster}:{name}")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let (cluster, name) = id.split_once(':')?;
        Some(vec![("cluster_name", Value::string(cluster)), ("addon_name", Value::string(name))])
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, name) = names(object);
        let asked = client.describe_addon().cluster_name(cluster).addon_name(name);
        let addon = match asked.send().await.map_err(Fault::from) {
            Ok(answer) => answer.addon,
            Err(fault) if is_gone(&fault) => None,
            Err(fault) => return Err(fault),
        };
        let Some(addon) = addon else { return Ok(None) };
        let mut identities = Vec::new();
        for arn in addon.pod_identity_associations() {
            identities.extend(identity(client, cluster, arn).await?);
        }
        Ok(Some(found(&addon, &identities)))
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        let object = Arguments(making.planned);
        let (cluster, name) = names(making.planned);
        let identities = identities(object);
        client
            .create_addon()
            .client_request_token(making.token)
            .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()))
            .cluster_name(cluster)
            .addon_name(name)
            .set_addon_version(given(object, "addon_version"))
            .set_configuration_values(given(object, "configuration_values"))
            .set_pod_identity_associations(Some(identities).filter(|identities| !identities.is_empty()))
            .set_resolve_conflicts(conflicts(object, "resolve_conflicts_on_create"))
            .set_service_account_role_arn(given(object, "service_account_role_arn"))
            .send()
            .await?;
        Ok(())
    }

    async fn change(&self, work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble> {
        let (before, after) = (Arguments(change.present), Arguments(change.planned));
        let differs = |name: &str| !same(before.value(name), after.value(name));
        if !CHANGING.into_iter().any(differs) {
            return Ok(());
        }
        let (cluster, name) = names(change.prior);
        let answer = work
            .insist(is_in_use, || async {
                let identities = differs("pod_identity_association").then(|| identities(after));
                let ask = work.client.update_addon().cluster_name(cluster).addon_name(name);
                // Omitted settings are reset without being mentioned.
                ask.client_request_token(change.token)
                    .set_addon_version(given(after, "addon_version"))
                    .set_configuration_values(given(after, "configuration_values"))
                    .set_pod_identity_associations(identities)
                    .set_resolve_conflicts(conflicts(after, "resolve_conflicts_on_update"))
                    .set_service_account_role_arn(given(after, "service_account_role_arn"))
                    .send()
                    .await
                    .map_err(Fault::from)
            })
            .await?;
        let of = Updated { addon: Some(name), ..Updated::cluster(cluster) };
        let what = match (after.text("addon_version"), differs("addon_version")) {
            (Some(version), true) => format!("version {version}"),
            _ => "configuration".to_owned(),
        };
        work.updated(answer.update, of, &what).await
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let (cluster, name) = names(object);
        let preserve = Arguments(object).flag("preserve").unwrap_or_default();
        client.delete_addon().cluster_name(cluster).addon_name(name).preserve(preserve).send().await?;
        Ok(())
    }
}

fn names(object: &Value) -> (&str, &str) {
    let text = |name| Arguments(object).text(name).unwrap_or_default();
    (text("cluster_name"), text("addon_name"))
}

/// A non-empty string.
fn given(object: Arguments<'_>, name: &str) -> Option<String> {
    object.text(name).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn conflicts(object: Arguments<'_>, name: &str) -> Option<ResolveConflicts> {
    object.text(name).or_else(|| object.text("resolve_conflicts")).map(ResolveConflicts::from)
}

fn identities(object: Arguments<'_>) -> Vec<AddonPodIdentityAssociations> {
    let one = |block: Arguments<'_>| {
        let text = |name: &str| block.text(name).unwrap_or_default().to_owned();
        AddonPodIdentityAssociations::builder()
            .role_arn(text("role_arn"))
            .service_account(text("service_account"))
            .build()
            .ok()
    };
    blocks(object, "pod_identity_association").filter_map(one).collect()
}

/// An association of an add-on, which only gives its name; `None` if it is gone meanwhile.
async fn identity(client: &Client, cluster: &str, arn: &str) -> Result<Option<Json>, Fault> {
    let id = arn.rsplit('/').next().unwrap_or_default();
    let asked = client.describe_pod_identity_association().cluster_name(cluster).association_id(id);
    match asked.send().await.map_err(Fault::from) {
        Ok(answer) => Ok(answer
            .association
            .map(|one| json!({ "role_arn": one.role_arn(), "service_account": one.service_account() }))),
        Err(fault) if is_gone(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn found(addon: &Described, identities: &[Json]) -> Found {
    let issues = addon.health().map(|health| health.issues()).unwrap_or_default();
    Found {
        status: addon.status().map(|status| status.as_str().to_owned()),
        issues: issues
            .iter()
            .map(|one| Issue::new(one.code().map(|code| code.as_str()), one.message(), one.resource_ids()))
            .collect(),
        created: addon.created_at().copied(),
        token: None,
        tags: addon.tags().cloned().unwrap_or_default(),
        attributes: json!({
            "addon_name": addon.addon_name(),
            "addon_version": addon.addon_version(),
            "arn": addon.addon_arn(),
            "cluster_name": addon.cluster_name(),
            "configuration_values": addon.configuration_values(),
            "created_at": addon.created_at().and_then(date),
            "modified_at": addon.modified_at().and_then(date),
            "pod_identity_association": identities,
            "service_account_role_arn": addon.service_account_role_arn(),
        }),
    }
}

/// `v1.11.4-eksbuild.2`
fn is_version(text: &str) -> bool {
    let numbers = text.strip_prefix('v').unwrap_or(text);
    let numbers = numbers.split_once(['-', '+']).map_or(numbers, |(numbers, _)| numbers);
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
