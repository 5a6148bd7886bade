//! Builds requests from objects that are wholly known.

use aws_sdk_eks::Client;
use aws_sdk_eks::operation::create_cluster::builders::CreateClusterFluentBuilder;
use aws_sdk_eks::types::{
    AuthenticationMode, BlockStorage, ComputeConfigRequest, ControlPlanePlacementRequest,
    CreateAccessConfigRequest, ElasticLoadBalancing, EncryptionConfig, IpFamily,
    KubernetesNetworkConfigRequest, LogSetup, LogType, Logging, OutpostConfigRequest, Provider,
    RemoteNetworkConfigRequest, RemoteNodeNetwork, RemotePodNetwork, StorageConfigRequest, SupportType,
    UpgradePolicyRequest, VpcConfigRequest, ZonalShiftConfigRequest,
};

use super::super::super::super::object::Arguments;
use super::super::check::{block, blocks};
use super::super::thing::Making;

/// Creates a cluster.
pub(super) fn create(client: &Client, making: Making<'_>) -> CreateClusterFluentBuilder {
    let object = Arguments(making.planned);
    let text = |name: &str| object.text(name).map(str::to_owned);
    let auto = auto_mode(object);
    let kinds = object.texts("enabled_cluster_log_types");
    client
        .create_cluster()
        .client_request_token(making.token)
        .set_tags(Some(making.tags).filter(|tags| !tags.is_empty()))
        .set_name(text("name"))
        .set_version(text("version"))
        .set_role_arn(text("role_arn"))
        .set_bootstrap_self_managed_addons(object.flag("bootstrap_self_managed_addons"))
        .set_resources_vpc_config(block(object, "vpc_config").map(vpc))
        .set_access_config(block(object, "access_config").map(access))
        .set_logging((!kinds.is_empty()).then(|| logging(&kinds, true)))
        .set_encryption_config(Some(encryption(object)).filter(|configs| !configs.is_empty()))
        .set_kubernetes_network_config(block(object, "kubernetes_network_config").map(network))
        .set_outpost_config(block(object, "outpost_config").and_then(outpost))
        .set_remote_network_config(block(object, "remote_network_config").map(remote))
        .set_upgrade_policy(upgrade_policy(object))
        .set_zonal_shift_config(block(object, "zonal_shift_config").map(zonal_shift))
        .set_compute_config(auto.compute)
        .set_storage_config(auto.storage)
}

/// Everything about nodes that EKS manages itself, which is switched on and off together.
pub(super) struct AutoMode {
    pub(super) compute: Option<ComputeConfigRequest>,
    pub(super) storage: Option<StorageConfigRequest>,
    pub(super) balancing: Option<ElasticLoadBalancing>,
}

pub(super) fn auto_mode(object: Arguments<'_>) -> AutoMode {
    let compute = block(object, "compute_config").map(|compute| {
        let pools = compute.texts("node_pools").into_iter().map(str::to_owned).collect();
        ComputeConfigRequest::builder()
            .set_enabled(compute.flag("enabled"))
            .set_node_pools(compute.is_given("node_pools").then_some(pools))
            .set_node_role_arn(compute.text("node_role_arn").map(str::to_owned))
            .build()
    });
    let storage = block(object, "storage_config").map(|storage| {
        let blocks = block(storage, "block_storage")
            .map(|blocks| BlockStorage::builder().set_enabled(blocks.flag("enabled")).build());
        StorageConfigRequest::builder().set_block_storage(blocks).build()
    });
    let balancing = block(object, "kubernetes_network_config")
        .and_then(|network| block(network, "elastic_load_balancing"));
    let balancing = balancing
        .map(|balancing| ElasticLoadBalancing::builder().set_enabled(balancing.flag("enabled")).build());
    AutoMode { compute, storage, balancing }
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn vpc(block: Arguments<'_>) -> VpcConfigRequest {
    endpoints(VpcConfigRequest::builder(), block)
        .set_subnet_ids(Some(owned(block.texts("subnet_ids"))))
        .set_security_group_ids(Some(owned(block.texts("security_group_ids"))).filter(|ids| !ids.is_empty()))
        .build()
}

type Vpc = aws_sdk_eks::types::builders::VpcConfigRequestBuilder;

/// Where the cluster can be reached from.
pub(super) fn endpoints(vpc: Vpc, block: Arguments<'_>) -> Vpc {
    let cidrs = owned(block.texts("public_access_cidrs"));
    vpc.set_endpoint_private_access(block.flag("endpoint_private_access"))
        .set_endpoint_public_access(block.flag("endpoint_public_access"))
        .set_public_access_cidrs(Some(cidrs).filter(|cidrs| !cidrs.is_empty()))
}

/// The networks of the control plane.
pub(super) fn feet(block: Arguments<'_>) -> VpcConfigRequest {
    VpcConfigRequest::builder()
        .set_subnet_ids(Some(owned(block.texts("subnet_ids"))))
        .set_security_group_ids(Some(owned(block.texts("security_group_ids"))))
        .build()
}

fn access(block: Arguments<'_>) -> CreateAccessConfigRequest {
    let creator = "bootstrap_cluster_creator_admin_permissions";
    CreateAccessConfigRequest::builder()
        .set_authentication_mode(block.text("authentication_mode").map(AuthenticationMode::from))
        .set_bootstrap_cluster_creator_admin_permissions(block.flag(creator))
        .build()
}

/// These kinds of logs, on or off.
pub(super) fn logging(kinds: &[&str], enabled: bool) -> Logging {
    let kinds = kinds.iter().map(|kind| LogType::from(*kind)).collect();
    let setup = LogSetup::builder().enabled(enabled).set_types(Some(kinds)).build();
    Logging::builder().cluster_logging(setup).build()
}

#[expect(
    deprecated,
    reason = "the public schema asks what is encrypted, and regions that are behind ask as well"
)]
pub(super) fn encryption(object: Arguments<'_>) -> Vec<EncryptionConfig> {
    let config = |config: Arguments<'_>| {
        let provider = block(config, "provider").map(|provider| {
            Provider::builder().set_key_arn(provider.text("key_arn").map(str::to_owned)).build()
        });
        EncryptionConfig::builder()
            .set_provider(provider)
            .set_resources(Some(owned(config.texts("resources"))))
            .build()
    };
    blocks(object, "encryption_config").map(config).collect()
}

fn network(block_: Arguments<'_>) -> KubernetesNetworkConfigRequest {
    let balancing = block(block_, "elastic_load_balancing")
        .map(|balancing| ElasticLoadBalancing::builder().set_enabled(balancing.flag("enabled")).build());
    KubernetesNetworkConfigRequest::builder()
        .set_ip_family(block_.text("ip_family").map(IpFamily::from))
        .set_service_ipv4_cidr(block_.text("service_ipv4_cidr").map(str::to_owned))
        .set_elastic_load_balancing(balancing)
        .build()
}

/// `None` without a required argument.
fn outpost(outpost: Arguments<'_>) -> Option<OutpostConfigRequest> {
    let placement = block(outpost, "control_plane_placement").map(|placement| {
        let group = placement.text("group_name").map(str::to_owned);
        ControlPlanePlacementRequest::builder().set_group_name(group).build()
    });
    OutpostConfigRequest::builder()
        .set_control_plane_instance_type(outpost.text("control_plane_instance_type").map(str::to_owned))
        .set_outpost_arns(Some(owned(outpost.texts("outpost_arns"))))
        .set_control_plane_placement(placement)
        .build()
        .ok()
}

pub(super) fn remote(remote: Arguments<'_>) -> RemoteNetworkConfigRequest {
    let nodes = blocks(remote, "remote_node_networks")
        .map(|one| RemoteNodeNetwork::builder().set_cidrs(Some(owned(one.texts("cidrs")))).build());
    let pods = blocks(remote, "remote_pod_networks")
        .map(|one| RemotePodNetwork::builder().set_cidrs(Some(owned(one.texts("cidrs")))).build());
    RemoteNetworkConfigRequest::builder()
        .set_remote_node_networks(Some(nodes.collect()))
        .set_remote_pod_networks(Some(pods.collect()))
        .build()
}

pub(super) fn upgrade_policy(object: Arguments<'_>) -> Option<UpgradePolicyRequest> {
    let kind = block(object, "upgrade_policy")?.text("support_type")?;
    Some(UpgradePolicyRequest::builder().support_type(SupportType::from(kind)).build())
}

/// Whether a block exists and is enabled.
pub(super) fn is_on(block: Option<Arguments<'_>>) -> bool {
    block.and_then(|block| block.flag("enabled")).unwrap_or_default()
}

fn zonal_shift(block: Arguments<'_>) -> ZonalShiftConfigRequest {
    ZonalShiftConfigRequest::builder().set_enabled(block.flag("enabled")).build()
}
