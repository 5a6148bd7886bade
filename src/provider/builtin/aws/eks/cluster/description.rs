//! A cluster as EKS describes it.

use aws_sdk_eks::types::{Cluster, ClusterIssue};
use serde_json::{Value as Json, json};

use super::super::super::super::object::Arguments;
use super::super::check::block;
use super::super::thing::{Found, date};
use super::super::trouble::Issue;

/// The cluster, for an object with these blocks: what is disabled and not configured is left out.
pub(super) fn found(cluster: &Cluster, object: Arguments<'_>) -> Found {
    let issues = cluster.health().map(|health| health.issues()).unwrap_or_default();
    Found {
        status: cluster.status().map(|status| status.as_str().to_owned()),
        issues: issues.iter().map(issue).collect(),
        created: cluster.created_at().copied(),
        token: cluster.client_request_token().map(str::to_owned),
        tags: cluster.tags().cloned().unwrap_or_default(),
        attributes: attributes(cluster, object),
    }
}

fn issue(issue: &ClusterIssue) -> Issue {
    Issue::new(issue.code().map(|code| code.as_str()), issue.message(), issue.resource_ids())
}

fn attributes(cluster: &Cluster, object: Arguments<'_>) -> Json {
    let logs: Vec<&str> = cluster
        .logging()
        .map(|logging| logging.cluster_logging())
        .unwrap_or_default()
        .iter()
        .filter(|setup| setup.enabled() == Some(true))
        .flat_map(|setup| setup.types())
        .map(|kind| kind.as_str())
        .collect();
    let issuer = cluster.identity().and_then(|identity| identity.oidc()).and_then(|oidc| oidc.issuer());
    let identity = issuer.map_or_else(|| json!([]), |issuer| json!([{ "oidc": [{ "issuer": issuer }] }]));
    let authority = cluster.certificate_authority().and_then(|authority| authority.data());
    let authority = authority.map_or_else(|| json!([]), |data| json!([{ "data": data }]));
    let access = cluster.access_config().map(
        |access| json!({ "authentication_mode": access.authentication_mode().map(|mode| mode.as_str()) }),
    );
    let policy = cluster.upgrade_policy();
    let policy =
        policy.map(|policy| json!({ "support_type": policy.support_type().map(|kind| kind.as_str()) }));
    json!({
        "access_config": listed(access),
        "arn": cluster.arn(),
        "certificate_authority": authority,
        "cluster_id": cluster.id(),
        "compute_config": listed(compute(cluster, object)),
        "created_at": cluster.created_at().and_then(date),
        "enabled_cluster_log_types": logs,
        "encryption_config": encryption(cluster),
        "endpoint": cluster.endpoint(),
        "identity": identity,
        "kubernetes_network_config": listed(network(cluster)),
        "name": cluster.name(),
        "outpost_config": listed(outpost(cluster)),
        "platform_version": cluster.platform_version(),
        "remote_network_config": listed(remote(cluster)),
        "role_arn": cluster.role_arn(),
        "status": cluster.status().map(|status| status.as_str()),
        "storage_config": listed(storage(cluster, object)),
        "upgrade_policy": listed(policy),
        "version": cluster.version(),
        "vpc_config": listed(vpc(cluster)),
        "zonal_shift_config": listed(zonal_shift(cluster, object)),
    })
}

#[expect(deprecated, reason = "the public schema has it, and the service still tells it")]
fn encryption(cluster: &Cluster) -> Vec<Json> {
    let one = |one: &aws_sdk_eks::types::EncryptionConfig| {
        let key = one.provider().and_then(|provider| provider.key_arn());
        json!({ "resources": one.resources(), "provider": [{ "key_arn": key }] })
    };
    cluster.encryption_config().iter().map(one).collect()
}

/// A block that may be missing.
fn listed(block: Option<Json>) -> Json {
    Json::Array(block.into_iter().collect())
}

fn is_spoken_of(object: Arguments<'_>, name: &str, is_on: Option<bool>) -> bool {
    is_on == Some(true) || block(object, name).is_some()
}

fn compute(cluster: &Cluster, object: Arguments<'_>) -> Option<Json> {
    let compute = cluster.compute_config()?;
    is_spoken_of(object, "compute_config", compute.enabled()).then(|| {
        json!({
            "enabled": compute.enabled(),
            "node_pools": compute.node_pools(),
            "node_role_arn": compute.node_role_arn(),
        })
    })
}

fn storage(cluster: &Cluster, object: Arguments<'_>) -> Option<Json> {
    let storage = cluster.storage_config()?.block_storage()?;
    is_spoken_of(object, "storage_config", storage.enabled())
        .then(|| json!({ "block_storage": [{ "enabled": storage.enabled() }] }))
}

fn zonal_shift(cluster: &Cluster, object: Arguments<'_>) -> Option<Json> {
    let shift = cluster.zonal_shift_config()?;
    is_spoken_of(object, "zonal_shift_config", shift.enabled()).then(|| json!({ "enabled": shift.enabled() }))
}

fn network(cluster: &Cluster) -> Option<Json> {
    let network = cluster.kubernetes_network_config()?;
    let balancing =
        network.elastic_load_balancing().map(|balancing| json!({ "enabled": balancing.enabled() }));
    Some(json!({
        "elastic_load_balancing": listed(balancing),
        "ip_family": network.ip_family().map(|family| family.as_str()),
        "service_ipv4_cidr": network.service_ipv4_cidr(),
        "service_ipv6_cidr": network.service_ipv6_cidr(),
    }))
}

fn outpost(cluster: &Cluster) -> Option<Json> {
    let outpost = cluster.outpost_config()?;
    let placement = outpost.control_plane_placement();
    let placement = placement.map(|placement| json!({ "group_name": placement.group_name() }));
    Some(json!({
        "control_plane_instance_type": outpost.control_plane_instance_type(),
        "control_plane_placement": listed(placement),
        "outpost_arns": outpost.outpost_arns(),
    }))
}

fn remote(cluster: &Cluster) -> Option<Json> {
    let remote = cluster.remote_network_config()?;
    let nodes: Vec<Json> =
        remote.remote_node_networks().iter().map(|one| json!({ "cidrs": one.cidrs() })).collect();
    let pods: Vec<Json> =
        remote.remote_pod_networks().iter().map(|one| json!({ "cidrs": one.cidrs() })).collect();
    let are_there = !nodes.is_empty() || !pods.is_empty();
    are_there.then(|| json!({ "remote_node_networks": nodes, "remote_pod_networks": pods }))
}

fn vpc(cluster: &Cluster) -> Option<Json> {
    let vpc = cluster.resources_vpc_config()?;
    Some(json!({
        "cluster_security_group_id": vpc.cluster_security_group_id(),
        "endpoint_private_access": vpc.endpoint_private_access(),
        "endpoint_public_access": vpc.endpoint_public_access(),
        "public_access_cidrs": vpc.public_access_cidrs(),
        "security_group_ids": vpc.security_group_ids(),
        "subnet_ids": vpc.subnet_ids(),
        "vpc_id": vpc.vpc_id(),
    }))
}
