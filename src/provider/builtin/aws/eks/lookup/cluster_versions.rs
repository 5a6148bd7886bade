//! `aws_eks_cluster_versions`: the available versions of Kubernetes, and how long each is supported.

use async_trait::async_trait;
use aws_sdk_eks::types::{ClusterVersionInformation, VersionStatus};

use crate::port::Remarks;
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::super::super::Data;
use super::super::super::super::object::{Arguments, filled};
use super::super::super::account::Account;
use super::super::super::fault::Fault;
use super::super::check::Check;
use super::answer::{moment, shape, text};

pub(super) struct ClusterVersions(pub(super) Account);

/// The empty one means none.
const STATUSES: [&str; 4] = ["STANDARD_SUPPORT", "EXTENDED_SUPPORT", "UNSUPPORTED", ""];

#[async_trait]
impl Data for ClusterVersions {
    fn schema(&self) -> Block {
        Block::default()
            .with("cluster_type", Attribute::optional(Type::String))
            .with("cluster_versions", Attribute::computed(Type::list(version_type())))
            .with("cluster_versions_only", Attribute::optional(Type::list(Type::String)))
            .with("default_only", Attribute::optional(Type::Bool))
            .with("include_all", Attribute::optional(Type::Bool))
            .with("version_status", Attribute::optional(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let mut check = Check::new(configuration, "Unsuitable argument", remarks);
        check.one_of("version_status", &STATUSES);
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let arguments = Arguments(configuration);
        let clients = self.0.clients(remarks).await?;
        let only: Vec<String> =
            arguments.texts("cluster_versions_only").into_iter().map(str::to_owned).collect();
        let status = arguments.text("version_status").filter(|said| !said.is_empty());
        let pages = clients
            .eks
            .describe_cluster_versions()
            .set_cluster_type(arguments.text("cluster_type").map(str::to_owned))
            .set_cluster_versions((!only.is_empty()).then_some(only))
            .set_default_only(arguments.flag("default_only"))
            .set_include_all(arguments.flag("include_all"))
            .set_version_status(status.map(VersionStatus::from))
            .into_paginator()
            .items()
            .send();
        let found = pages.collect::<Result<Vec<_>, _>>().await.map_err(Fault::from);
        let fail = |fault: Fault| {
            fault.remark("Versions not read", "asking for the versions that clusters can have")
        };
        let found = found.map_err(|fault| remarks.push(fail(fault))).ok()?;
        let found = found.iter().map(version).collect();
        Some(filled(configuration, [("cluster_versions", Value::list(version_type(), found))]))
    }
}

fn version_type() -> Type {
    shape([
        ("cluster_type", Type::String),
        ("cluster_version", Type::String),
        ("default_platform_version", Type::String),
        ("default_version", Type::Bool),
        ("end_of_extended_support_date", Type::String),
        ("end_of_standard_support_date", Type::String),
        ("kubernetes_patch_version", Type::String),
        ("release_date", Type::String),
        ("version_status", Type::String),
    ])
}

fn version(said: &ClusterVersionInformation) -> Value {
    Value::object([
        ("cluster_type", text(said.cluster_type())),
        ("cluster_version", text(said.cluster_version())),
        ("default_platform_version", text(said.default_platform_version())),
        ("default_version", Value::bool(said.default_version())),
        ("end_of_extended_support_date", moment(said.end_of_extended_support_date())),
        ("end_of_standard_support_date", moment(said.end_of_standard_support_date())),
        ("kubernetes_patch_version", text(said.kubernetes_patch_version())),
        ("release_date", moment(said.release_date())),
        ("version_status", text(said.version_status().map(|one| one.as_str()))),
    ])
}
