//! `aws_eks_access_policy_association`: what an access entry may do in a cluster, by an EKS policy, everywhere or in
//! some namespaces.
//!
//! The service would silently overwrite an existing association. That is refused here, because somebody else has made
//! it.

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::primitives::DateTime;
use aws_sdk_eks::types::{AccessScope, AccessScopeType, AssociatedAccessPolicy};
use serde_json::json;

use crate::port::Remarks;
use crate::value::Value;

use super::super::super::object::Arguments;
use super::super::fault::Fault;
use super::check::{Check, block, is_arn, is_name};
use super::shape::{Shape, computed, decided, optional, required, text, texts, the_one};
use super::thing::{Change, Found, Making, Patience, Thing};
use super::timeouts::minutes;
use super::trouble::Trouble;
use super::work::{Work, is_gone};

pub(super) struct AccessPolicy;

#[async_trait]
impl Thing for AccessPolicy {
    fn kind(&self) -> &'static str {
        "access policy association"
    }

    fn shape(&self) -> Shape {
        let scope = Shape::default()
            .with("namespaces", optional(texts()).fixed())
            .with("type", required(text()).fixed());
        Shape::default()
            .with("associated_at", computed(text()))
            .with("cluster_name", required(text()).fixed())
            .with("id", decided(text()))
            .with("modified_at", computed(text()))
            .with("policy_arn", required(text()).fixed())
            .with("principal_arn", required(text()).fixed())
            .block("access_scope", the_one(scope).fixed())
            .timeouts(&["create", "delete"])
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(10), update: minutes(10), delete: minutes(10) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable argument", remarks);
        check.cluster_name("cluster_name").arn("policy_arn").arn("principal_arn");
        check.blocks("access_scope", |scope| {
            scope.one_of("type", &["cluster", "namespace"]);
            let object = scope.object();
            let names =
                object.value("namespaces").is_none_or(|names| names.items().is_some_and(<[Value]>::is_empty));
            if object.text("type") == Some("namespace") && names {
                scope.refuse("namespaces", "Access to namespaces needs the names of some.");
            }
        });
    }

    fn id(&self, object: &Value) -> String {
        let (cluster, principal, policy) = names(object);
        format!("{cluster}#{principal}#{policy}")
    }

    fn id_form(&self) -> Option<&'static str> {
        Some("cluster_name#principal_arn#policy_arn")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let parts: Vec<&str> = id.split('#').collect();
        let &[cluster, principal, policy] = parts.as_slice() else { return None };
        (is_name(cluster, 100) && is_arn(principal) && is_arn(policy)).then(|| {
            vec![
                ("cluster_name", Value::string(cluster)),
                ("principal_arn", Value::string(principal)),
                ("policy_arn", Value::string(policy)),
            ]
        })
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, principal, policy) = names(object);
        let asked = client.list_associated_access_policies().cluster_name(cluster).principal_arn(principal);
        let mut all = asked.into_paginator().items().send();
        while let Some(one) = all.next().await {
            match one.map_err(Fault::from) {
                Ok(one) if one.policy_arn() == Some(policy) => return Ok(Some(found(&one, object))),
                Ok(_) => {}
                Err(fault) if is_gone(&fault) => return Ok(None),
                Err(fault) => return Err(fault),
            }
        }
        Ok(None)
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        let (cluster, principal, policy) = names(making.planned);
        let scope = block(Arguments(making.planned), "access_scope").map(|scope| {
            let namespaces = scope.texts("namespaces").into_iter().map(str::to_owned).collect();
            AccessScope::builder()
                .set_type(scope.text("type").map(AccessScopeType::from))
                .set_namespaces(Some(namespaces))
                .build()
        });
        let asked = client.associate_access_policy().cluster_name(cluster).principal_arn(principal);
        asked.policy_arn(policy).set_access_scope(scope).send().await?;
        Ok(())
    }

    async fn change(&self, _work: &Work<'_>, _change: Change<'_>) -> Result<(), Trouble> {
        // Only the timeouts can change.
        Ok(())
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let (cluster, principal, policy) = names(object);
        let asked = client.disassociate_access_policy().cluster_name(cluster).principal_arn(principal);
        asked.policy_arn(policy).send().await?;
        Ok(())
    }
}

fn names(object: &Value) -> (&str, &str, &str) {
    let object = Arguments(object);
    let text = |name: &str| object.text(name).unwrap_or_default();
    (text("cluster_name"), text("principal_arn"), text("policy_arn"))
}

fn found(one: &AssociatedAccessPolicy, object: &Value) -> Found {
    let (cluster, principal, policy) = names(object);
    let scope = one.access_scope().map(
        |scope| json!({ "type": scope.r#type().map(|one| one.as_str()), "namespaces": scope.namespaces() }),
    );
    Found {
        status: None,
        issues: Vec::new(),
        created: one.associated_at().copied(),
        token: None,
        tags: std::collections::HashMap::new(),
        attributes: json!({
            "access_scope": scope.into_iter().collect::<Vec<_>>(),
            "associated_at": one.associated_at().and_then(instant),
            "cluster_name": cluster,
            "modified_at": one.modified_at().and_then(instant),
            "policy_arn": policy,
            "principal_arn": principal,
        }),
    }
}

/// A time in the form that the public provider uses for these two attributes only, so that states are equal.
fn instant(instant: &DateTime) -> Option<String> {
    let stamp = jiff::Timestamp::new(instant.secs(), i32::try_from(instant.subsec_nanos()).ok()?).ok()?;
    Some(stamp.strftime("%Y-%m-%d %H:%M:%S%.f +0000 UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_as_states_of_the_public_provider_have_them() {
        // Recorded from hashicorp/aws 5.100.
        let recorded = DateTime::from_secs_f64(1_700_000_000.25);
        assert_eq!(instant(&recorded).as_deref(), Some("2023-11-14 22:13:20.25 +0000 UTC"));
        assert_eq!(
            instant(&DateTime::from_secs(1_700_000_000)).as_deref(),
            Some("2023-11-14 22:13:20 +0000 UTC")
        );
    }
}
