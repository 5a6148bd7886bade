//! `aws_eks_cluster`: an existing cluster.

use async_trait::async_trait;
use aws_sdk_eks::types::{
    Cluster, KubernetesNetworkConfigResponse, OutpostConfigResponse, RemoteNetworkConfigResponse,
    VpcConfigResponse,
};

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::super::super::Data;
use super::super::super::super::object::{Arguments, at, filled};
use super::super::super::account::Account;
use super::super::super::fault::Fault;
use super::super::check::Check;
use super::answer::{flag, moment, one, shape, text, text_map, texts};

pub(super) struct ClusterData(pub(super) Account);

#[async_trait]
impl Data for ClusterData {
    fn schema(&self) -> Block {
        let said = || Attribute::computed(Type::String);
        let list = |element| Attribute::computed(Type::list(element));
        Block::default()
            .with("access_config", list(access_type()))
            .with("arn", said())
            .with("certificate_authority", list(shape([("data", Type::String)])))
            .with("cluster_id", said())
            .with("compute_config", list(compute_type()))
            .with("created_at", said())
            .with("enabled_cluster_log_types", Attribute::computed(Type::set(Type::String)))
            .with("endpoint", said())
            .with("id", Attribute::optional_computed(Type::String))
            .with("identity", list(identity_type()))
            .with("kubernetes_network_config", list(network_type()))
            .with("name", Attribute::required(Type::String))
            .with("outpost_config", list(outpost_type()))
            .with("platform_version", said())
            .with("remote_network_config", list(remote_type()))
            .with("role_arn", said())
            .with("status", said())
            .with("storage_config", list(storage_type()))
            .with("tags", Attribute::optional_computed(Type::map(Type::String)))
            .with("upgrade_policy", list(shape([("support_type", Type::String)])))
            .with("version", said())
            .with("vpc_config", list(vpc_type()))
            .with("zonal_shift_config", list(switch_type()))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        Check::new(configuration, "Unsuitable argument", remarks).cluster_name("name");
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let name = Arguments(configuration).text("name")?;
        let clients = self.0.clients(remarks).await?;
        let answer = clients.eks.describe_cluster().name(name).send().await.map_err(Fault::from);
        let found = match answer {
            Ok(answer) => answer.cluster,
            Err(fault) if fault.is("ResourceNotFoundException") => None,
            Err(fault) => {
                remarks.push(fault.remark("Cluster not read", &format!("describing the cluster \"{name}\"")));
                return None;
            }
        };
        let Some(cluster) = found else {
            let detail =
                format!("There is no cluster \"{name}\" in {}, or it is not this account's.", clients.region);
            remarks.push(Remark::error("No such cluster", detail).at(at("name")));
            return None;
        };
        let tags = cluster.tags().into_iter().flatten().map(|(key, tag)| (key.as_str(), tag.as_str()));
        let tags = text_map(&self.0.heeded(tags));
        Some(filled(configuration, said_of(name, &cluster).into_iter().chain([("tags", tags)])))
    }
}

fn said_of(name: &str, cluster: &Cluster) -> [(&'static str, Value); 21] {
    let authority = cluster.certificate_authority();
    let authority = authority.map(|said| Value::object([("data", text(said.data()))]));
    let upgrades = cluster.upgrade_policy();
    let upgrades = upgrades
        .map(|said| Value::object([("support_type", text(said.support_type().map(|one| one.as_str())))]));
    let shift = cluster.zonal_shift_config().map(|said| switch(said.enabled()));
    [
        ("access_config", one(&access_type(), access(cluster))),
        ("arn", text(cluster.arn())),
        ("certificate_authority", one(&shape([("data", Type::String)]), authority)),
        // Only clusters on an outpost have one.
        ("cluster_id", text(cluster.id())),
        ("compute_config", one(&compute_type(), compute(cluster))),
        ("created_at", moment(cluster.created_at())),
        ("enabled_cluster_log_types", texts(&logs(cluster))),
        ("endpoint", text(cluster.endpoint())),
        ("id", Value::string(name)),
        ("identity", one(&identity_type(), identity(cluster))),
        ("kubernetes_network_config", one(&network_type(), cluster.kubernetes_network_config().map(network))),
        ("outpost_config", one(&outpost_type(), cluster.outpost_config().map(outpost))),
        ("platform_version", text(cluster.platform_version())),
        ("remote_network_config", one(&remote_type(), cluster.remote_network_config().map(remote))),
        ("role_arn", text(cluster.role_arn())),
        ("status", text(cluster.status().map(|one| one.as_str()))),
        ("storage_config", one(&storage_type(), storage(cluster))),
        ("upgrade_policy", one(&shape([("support_type", Type::String)]), upgrades)),
        ("version", text(cluster.version())),
        ("vpc_config", one(&vpc_type(), cluster.resources_vpc_config().map(vpc))),
        ("zonal_shift_config", one(&switch_type(), shift)),
    ]
}

fn access_type() -> Type {
    shape([
        ("authentication_mode", Type::String),
        ("bootstrap_cluster_creator_admin_permissions", Type::Bool),
    ])
}

fn access(cluster: &Cluster) -> Option<Value> {
    let said = cluster.access_config()?;
    let creator = said.bootstrap_cluster_creator_admin_permissions();
    Some(Value::object([
        ("authentication_mode", text(said.authentication_mode().map(|one| one.as_str()))),
        ("bootstrap_cluster_creator_admin_permissions", flag(creator)),
    ]))
}

fn compute_type() -> Type {
    let pools = Type::set(Type::String);
    shape([("enabled", Type::Bool), ("node_pools", pools), ("node_role_arn", Type::String)])
}

fn compute(cluster: &Cluster) -> Option<Value> {
    let said = cluster.compute_config()?;
    Some(Value::object([
        ("enabled", flag(said.enabled())),
        ("node_pools", texts(said.node_pools())),
        ("node_role_arn", text(said.node_role_arn())),
    ]))
}

fn logs(cluster: &Cluster) -> Vec<String> {
    let setups = cluster.logging().into_iter().flat_map(|said| said.cluster_logging());
    let enabled = setups.filter(|setup| setup.enabled() == Some(true));
    enabled.flat_map(|setup| setup.types()).map(|one| one.as_str().to_owned()).collect()
}

fn identity_type() -> Type {
    shape([("oidc", Type::list(shape([("issuer", Type::String)])))])
}

fn identity(cluster: &Cluster) -> Option<Value> {
    let oidc = cluster.identity()?.oidc();
    let issuer = oidc.map(|said| Value::object([("issuer", text(said.issuer()))]));
    Some(Value::object([("oidc", one(&shape([("issuer", Type::String)]), issuer))]))
}

fn network_type() -> Type {
    shape([
        ("elastic_load_balancing", Type::list(switch_type())),
        ("ip_family", Type::String),
        ("service_ipv4_cidr", Type::String),
        ("service_ipv6_cidr", Type::String),
    ])
}

fn network(said: &KubernetesNetworkConfigResponse) -> Value {
    let balancing = said.elastic_load_balancing().map(|said| switch(said.enabled()));
    Value::object([
        ("elastic_load_balancing", one(&switch_type(), balancing)),
        ("ip_family", text(said.ip_family().map(|one| one.as_str()))),
        ("service_ipv4_cidr", text(said.service_ipv4_cidr())),
        // Empty if there is none, unlike all other attributes.
        ("service_ipv6_cidr", Value::string(said.service_ipv6_cidr().unwrap_or_default())),
    ])
}

fn outpost_type() -> Type {
    shape([
        ("control_plane_instance_type", Type::String),
        ("control_plane_placement", Type::list(shape([("group_name", Type::String)]))),
        ("outpost_arns", Type::set(Type::String)),
    ])
}

fn outpost(said: &OutpostConfigResponse) -> Value {
    let placement = said.control_plane_placement();
    let placement = placement.map(|said| Value::object([("group_name", text(said.group_name()))]));
    Value::object([
        ("control_plane_instance_type", Value::string(said.control_plane_instance_type())),
        ("control_plane_placement", one(&shape([("group_name", Type::String)]), placement)),
        ("outpost_arns", texts(said.outpost_arns())),
    ])
}

fn remote_type() -> Type {
    let networks = || Type::list(cidrs_type());
    shape([("remote_node_networks", networks()), ("remote_pod_networks", networks())])
}

fn cidrs_type() -> Type {
    shape([("cidrs", Type::set(Type::String))])
}

fn remote(said: &RemoteNetworkConfigResponse) -> Value {
    let cidrs = |cidrs: &[String]| Value::object([("cidrs", texts(cidrs))]);
    let nodes = said.remote_node_networks().iter().map(|one| cidrs(one.cidrs())).collect();
    let pods = said.remote_pod_networks().iter().map(|one| cidrs(one.cidrs())).collect();
    Value::object([
        ("remote_node_networks", Value::list(cidrs_type(), nodes)),
        ("remote_pod_networks", Value::list(cidrs_type(), pods)),
    ])
}

fn storage_type() -> Type {
    shape([("block_storage", Type::list(switch_type()))])
}

fn storage(cluster: &Cluster) -> Option<Value> {
    let blocks = cluster.storage_config()?.block_storage().map(|said| switch(said.enabled()));
    Some(Value::object([("block_storage", one(&switch_type(), blocks))]))
}

fn vpc_type() -> Type {
    let set = || Type::set(Type::String);
    shape([
        ("cluster_security_group_id", Type::String),
        ("endpoint_private_access", Type::Bool),
        ("endpoint_public_access", Type::Bool),
        ("public_access_cidrs", set()),
        ("security_group_ids", set()),
        ("subnet_ids", set()),
        ("vpc_id", Type::String),
    ])
}

fn vpc(said: &VpcConfigResponse) -> Value {
    Value::object([
        ("cluster_security_group_id", text(said.cluster_security_group_id())),
        ("endpoint_private_access", Value::bool(said.endpoint_private_access())),
        ("endpoint_public_access", Value::bool(said.endpoint_public_access())),
        ("public_access_cidrs", texts(said.public_access_cidrs())),
        ("security_group_ids", texts(said.security_group_ids())),
        ("subnet_ids", texts(said.subnet_ids())),
        ("vpc_id", text(said.vpc_id())),
    ])
}

fn switch_type() -> Type {
    shape([("enabled", Type::Bool)])
}

fn switch(enabled: Option<bool>) -> Value {
    Value::object([("enabled", flag(enabled))])
}
