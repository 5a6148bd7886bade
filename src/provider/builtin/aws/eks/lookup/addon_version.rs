//! `aws_eks_addon_version`: the release of an add-on for a version of Kubernetes: the default or the newest one.

use async_trait::async_trait;
use aws_sdk_eks::types::AddonVersionInfo;

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::super::super::Data;
use super::super::super::super::object::{Arguments, at, filled};
use super::super::super::account::{Account, Clients};
use super::super::super::fault::Fault;
use super::super::check::Check;
use super::answer::text;

pub(super) struct AddonVersion(pub(super) Account);

#[async_trait]
impl Data for AddonVersion {
    fn schema(&self) -> Block {
        Block::default()
            .with("addon_name", Attribute::required(Type::String))
            .with("id", Attribute::optional_computed(Type::String))
            .with("kubernetes_version", Attribute::required(Type::String))
            .with("most_recent", Attribute::optional(Type::Bool))
            .with("version", Attribute::computed(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable argument", remarks);
        check.filled("addon_name").filled("kubernetes_version");
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let arguments = Arguments(configuration);
        let (name, kubernetes) = (arguments.text("addon_name")?, arguments.text("kubernetes_version")?);
        let newest = arguments.flag("most_recent").unwrap_or(false);
        let clients = self.0.clients(remarks).await?;
        let attempted = || format!("asking for releases of the add-on \"{name}\"");
        let fail = |fault: Fault| fault.remark("Add-on not read", &attempted());
        let found = find(clients, name, kubernetes, newest).await;
        let found = found.map_err(|fault| remarks.push(fail(fault))).ok()?;
        let Some(found) = found else {
            let detail = match newest {
                true => format!("There is no release of an add-on \"{name}\" for Kubernetes {kubernetes}."),
                false => format!(
                    "No release of an add-on \"{name}\" is the usual one for Kubernetes {kubernetes}. Where there are \
                     others, \"most_recent\" finds the newest of them."
                ),
            };
            remarks.push(Remark::error("No such add-on", detail).at(at("addon_name")));
            return None;
        };
        let results = [
            ("id", Value::string(name)),
            ("most_recent", Value::bool(newest)),
            ("version", text(found.addon_version())),
        ];
        Some(filled(configuration, results))
    }
}

/// AWS lists the newest first.
async fn find(
    clients: &Clients,
    name: &str,
    kubernetes: &str,
    newest: bool,
) -> Result<Option<AddonVersionInfo>, Fault> {
    let asking = clients.eks.describe_addon_versions().addon_name(name).kubernetes_version(kubernetes);
    let mut addons = asking.into_paginator().items().send();
    while let Some(addon) = addons.next().await {
        let releases = addon?.addon_versions.unwrap_or_default();
        let fits = |release: &AddonVersionInfo| newest || is_usual(release, kubernetes);
        if let Some(release) = releases.into_iter().find(fits) {
            return Ok(Some(release));
        }
    }
    Ok(None)
}

fn is_usual(release: &AddonVersionInfo, kubernetes: &str) -> bool {
    let mut all = release.compatibilities().iter();
    all.any(|one| one.default_version() && one.cluster_version() == Some(kubernetes))
}
