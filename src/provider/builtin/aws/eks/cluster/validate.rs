//! Validates a cluster, as far as that is possible without a request.

use crate::port::{PlanRequest, Remark, Remarks};
use crate::value::{Name, Type, Value};

use super::super::super::super::object::{Arguments, at, filled};
use super::super::check::{Check, block, cidr4, is_cidr, is_private, version};

const LOGS: &[&str] = &["api", "audit", "authenticator", "controllerManager", "scheduler"];

pub(super) fn validate(configuration: &Value, remarks: &mut Remarks) {
    let mut check = Check::new(configuration, "Unsuitable arguments of a cluster", remarks);
    check.cluster_name("name").arn("role_arn").one_of("enabled_cluster_log_types", LOGS);
    check.text(
        "version",
        |text| version(text).is_some(),
        "no version of Kubernetes as EKS counts them, such as \"1.32\"",
    );
    check.blocks("vpc_config", |vpc| {
        vpc.not_empty("subnet_ids");
        vpc.text("public_access_cidrs", is_cidr, "no range of addresses such as \"203.0.113.0/24\"");
        let is_off = |name| vpc.object().flag(name) == Some(false);
        let is_private_off =
            is_off("endpoint_private_access") || !vpc.object().is_given("endpoint_private_access");
        if is_off("endpoint_public_access") && is_private_off {
            let detail = "Nobody could reach a cluster whose public and private endpoints are both off.";
            vpc.refuse("endpoint_public_access", detail);
        }
    });
    check.blocks("access_config", |access| {
        access.one_of("authentication_mode", &["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"]);
    });
    check.blocks("compute_config", |compute| {
        compute.arn("node_role_arn").one_of("node_pools", &["general-purpose", "system"]);
    });
    check.blocks("encryption_config", |encryption| {
        encryption.one_of("resources", &["secrets"]);
    });
    check.blocks("kubernetes_network_config", |network| {
        network.one_of("ip_family", &["ipv4", "ipv6"]);
        let is_service =
            |text: &str| is_private(text) && cidr4(text).is_some_and(|(_, bits)| (12..=24).contains(&bits));
        let what = "no range for services: private addresses, with a prefix of 12 to 24 bits";
        network.text("service_ipv4_cidr", is_service, what);
    });
    check.blocks("outpost_config", |outpost| {
        outpost.not_empty("outpost_arns").arn("outpost_arns");
    });
    check.blocks("remote_network_config", |remote| {
        for name in ["remote_node_networks", "remote_pod_networks"] {
            remote.blocks(name, |networks| {
                networks.not_empty("cidrs").text("cidrs", is_private, "no range of private addresses");
            });
        }
    });
    check.blocks("upgrade_policy", |policy| {
        policy.one_of("support_type", &["STANDARD", "EXTENDED"]);
    });
    let object = check.object();
    let excluded = |name| block(object, "outpost_config").is_some() && block(object, name).is_some();
    for name in ["encryption_config", "remote_network_config"] {
        if excluded(name) {
            let detail = format!("A cluster on an outpost cannot have a block \"{name}\".");
            check.refuse(name, detail);
        }
    }
}

/// EKS manages nodes, volumes and load balancers together or not at all.
pub(super) fn auto_mode(planned: Arguments<'_>, prior: &Value, remarks: &mut Remarks) -> Option<()> {
    let on =
        |object: Option<Arguments<'_>>| object.and_then(|object| object.flag("enabled")).unwrap_or(false);
    let network = block(planned, "kubernetes_network_config");
    // Unknown blocks and values are checked once they are known.
    let parts = ["compute_config", "storage_config", "kubernetes_network_config"];
    let is_open = |name| planned.value(name).is_some_and(|value| !value.is_wholly_known());
    let compute = on(block(planned, "compute_config"));
    let storage = on(block(planned, "storage_config").and_then(|storage| block(storage, "block_storage")));
    let balancing = on(network.and_then(|network| block(network, "elastic_load_balancing")));
    if compute == storage && (compute == balancing || is_open("kubernetes_network_config")) {
        return Some(());
    }
    // Settings kept from before are switched off with the rest.
    let was_on = on(block(Arguments(prior), "compute_config"));
    if parts[..2].iter().any(|name| is_open(name)) || !compute && !storage && was_on {
        return Some(());
    }
    let detail = "compute_config.enabled, storage_config.block_storage.enabled and \
                  kubernetes_network_config.elastic_load_balancing.enabled belong together: all of them are true, or none.";
    remarks.push(Remark::error("Half of auto mode", detail).at(at("compute_config")));
    None
}

/// If auto mode is switched off by leaving its blocks out, the load balancer setting is unknown.
pub(super) fn without_auto_mode(planned: &Value, request: &PlanRequest<'_>) -> Value {
    let (prior, after) = (Arguments(request.prior), Arguments(planned));
    let on =
        |object| block(object, "compute_config").and_then(|compute| compute.flag("enabled")).unwrap_or(false);
    let Some(network) = block(after, "kubernetes_network_config") else { return planned.clone() };
    let configured = block(Arguments(request.configuration), "kubernetes_network_config")
        .and_then(|network| block(network, "elastic_load_balancing"));
    if !on(prior) || on(after) || configured.is_some() {
        return planned.clone();
    }
    let Some(entries) = network.0.entries() else { return planned.clone() };
    let open = entries.iter().map(|(name, value)| {
        let value =
            if &**name == "elastic_load_balancing" { Value::unknown(value.ty()) } else { value.clone() };
        (Name::clone(name), value)
    });
    let network = Value::object(open);
    let ty: Type = network.ty();
    filled(planned, [("kubernetes_network_config", Value::list(ty, vec![network]))])
}
