//! `aws_eks_identity_provider_config`: an external identity provider whose users a cluster accepts. A cluster has at
//! most one, and changes it slowly.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::primitives::DateTime;
use aws_sdk_eks::types::{
    IdentityProviderConfig, OidcIdentityProviderConfig, OidcIdentityProviderConfigRequest, Update, UpdateType,
};
use serde_json::json;

use crate::port::Remarks;
use crate::value::Value;

use super::super::super::object::Arguments;
use super::super::fault::Fault;
use super::check::{Check, block, is_name};
use super::shape::{Shape, computed, decided, optional, required, text, text_map, the_one};
use super::thing::{Change, Found, Making, Patience, Thing};
use super::timeouts::minutes;
use super::trouble::Trouble;
use super::work::{Work, is_gone};

pub(super) struct IdentityProvider;

/// The only kind there is.
const KIND: &str = "oidc";

#[async_trait]
impl Thing for IdentityProvider {
    fn kind(&self) -> &'static str {
        "identity provider"
    }

    fn shape(&self) -> Shape {
        let oidc = Shape::default()
            .with("client_id", required(text()).fixed())
            .with("groups_claim", optional(text()).fixed())
            .with("groups_prefix", optional(text()).fixed())
            .with("identity_provider_config_name", required(text()).fixed())
            .with("issuer_url", required(text()).fixed())
            .with("required_claims", optional(text_map()).fixed())
            .with("username_claim", optional(text()).fixed())
            .with("username_prefix", optional(text()).fixed());
        Shape::default()
            .with("arn", computed(text()))
            .with("cluster_name", required(text()).fixed())
            .with("id", decided(text()))
            .with("status", computed(text()))
            .tagged()
            .block("oidc", the_one(oidc).fixed())
            .timeouts(&["create", "delete"])
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(40), update: minutes(40), delete: minutes(40) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable argument", remarks);
        check.cluster_name("cluster_name").blocks(KIND, |oidc| {
            for name in ["client_id", "groups_claim", "groups_prefix", "identity_provider_config_name"] {
                oidc.filled(name);
            }
            oidc.filled("username_claim").filled("username_prefix");
            let is_secure = |text: &str| {
                url::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.host_str().is_some())
            };
            oidc.text("issuer_url", is_secure, "no address that begins with https://");
            let claims = oidc.object().text_map("required_claims");
            let wrong = claims.iter().find(|(claim, wanted)| {
                !(1..=63).contains(&claim.len()) || !(1..=253).contains(&wanted.len())
            });
            if let Some((claim, wanted)) = wrong {
                let detail = format!(
                    "Claims have names of 1 to 63 letters and are to be something of 1 to 253, unlike {claim:?} = \
                     {wanted:?}."
                );
                oidc.refuse("required_claims", detail);
            }
        });
    }

    fn id(&self, object: &Value) -> String {
        let (cluster, name) = names(object);
        format!("{cluster}:{name}")
    }

    fn id_form(&self) -> Option<&'static str> {
        Some("cluster_name:config_name")
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        let (cluster, _) = parts(id).filter(|(cluster, name)| is_name(cluster, 100) && !name.is_empty())?;
        Some(vec![("cluster_name", Value::string(cluster))])
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        let (cluster, name) = names(object);
        let asked = client.describe_identity_provider_config().cluster_name(cluster);
        let asked = asked.identity_provider_config(called(name)).send().await;
        match asked.map_err(Fault::from) {
            Ok(answer) => {
                Ok(answer.identity_provider_config.and_then(|found| found.oidc).map(|found| describe(&found)))
            }
            Err(fault) if is_gone(&fault) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        self.join(client, making).await.map(drop)
    }

    async fn join(&self, client: &Client, making: Making<'_>) -> Result<Option<Update>, Fault> {
        let (cluster, name) = names(making.planned);
        let oidc = block(Arguments(making.planned), KIND);
        let said = |argument: &str| oidc.and_then(|oidc| oidc.text(argument)).map(str::to_owned);
        let claims: HashMap<String, String> = oidc
            .map(|oidc| oidc.text_map("required_claims"))
            .unwrap_or_default()
            .into_iter()
            .map(|(claim, wanted)| (claim.to_owned(), wanted.to_owned()))
            .collect();
        let oidc = OidcIdentityProviderConfigRequest::builder()
            .identity_provider_config_name(name)
            .client_id(said("client_id").unwrap_or_default())
            .issuer_url(said("issuer_url").unwrap_or_default())
            .set_groups_claim(said("groups_claim"))
            .set_groups_prefix(said("groups_prefix"))
            .set_required_claims(Some(claims).filter(|claims| !claims.is_empty()))
            .set_username_claim(said("username_claim"))
            .set_username_prefix(said("username_prefix"))
            .build()
            .expect("all that must be given is");
        let asked = client
            .associate_identity_provider_config()
            .cluster_name(cluster)
            .set_oidc(Some(oidc))
            .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()))
            .client_request_token(making.token);
        Ok(asked.send().await?.update)
    }

    /// A cluster has at most one, so it came with the last update of that kind.
    async fn since(&self, client: &Client, object: &Value) -> Result<Option<DateTime>, Fault> {
        let (cluster, _) = names(object);
        let mut last: Option<DateTime> = None;
        let mut all = client.list_updates().name(cluster).into_paginator().items().send();
        while let Some(id) = all.next().await {
            let update = client.describe_update().name(cluster).update_id(id?).send().await?.update;
            let joined =
                update.filter(|update| update.r#type() == Some(&UpdateType::AssociateIdentityProviderConfig));
            last = last.max(joined.and_then(|update| update.created_at().copied()));
        }
        Ok(last)
    }

    async fn change(&self, _work: &Work<'_>, _change: Change<'_>) -> Result<(), Trouble> {
        // Only tags and timeouts can change.
        Ok(())
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        let (cluster, name) = names(object);
        let asked = client.disassociate_identity_provider_config().cluster_name(cluster);
        asked.identity_provider_config(called(name)).send().await?;
        Ok(())
    }
}

fn called(name: &str) -> IdentityProviderConfig {
    let builder = IdentityProviderConfig::builder().name(name).r#type(KIND);
    builder.build().expect("both of its members are given")
}

/// The cluster and the provider's own name. One that is being imported only has an id.
fn names(object: &Value) -> (&str, &str) {
    let object = Arguments(object);
    let name = block(object, KIND).and_then(|oidc| oidc.text("identity_provider_config_name"));
    let of_id = || object.text("id").and_then(parts).map(|(_, name)| name);
    (object.text("cluster_name").unwrap_or_default(), name.or_else(of_id).unwrap_or_default())
}

fn parts(id: &str) -> Option<(&str, &str)> {
    id.split_once(':').filter(|(_, name)| !name.contains(':'))
}

fn describe(found: &OidcIdentityProviderConfig) -> Found {
    let status = found.status().map(|status| status.as_str());
    let oidc = json!({
        "client_id": found.client_id(),
        "groups_claim": found.groups_claim(),
        "groups_prefix": found.groups_prefix(),
        "identity_provider_config_name": found.identity_provider_config_name(),
        "issuer_url": found.issuer_url(),
        "required_claims": found.required_claims(),
        "username_claim": found.username_claim(),
        "username_prefix": found.username_prefix(),
    });
    Found {
        status: status.map(str::to_owned),
        issues: Vec::new(),
        created: None,
        token: None,
        tags: found.tags().cloned().unwrap_or_default(),
        attributes: json!({
            "arn": found.identity_provider_config_arn(),
            "cluster_name": found.cluster_name(),
            "oidc": [oidc],
            "status": status,
        }),
    }
}
