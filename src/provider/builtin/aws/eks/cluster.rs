//! `aws_eks_cluster`: a control plane.
//!
//! Where the public release replaces a cluster that EKS can change in place, it is changed in place: the networks of
//! remote nodes. Whether its creator is an administrator, and whether it came with add-ons, only matters while it is
//! created; changing these later for a cluster whose original setting is unknown does not replace it.

mod description;
mod request;
mod update;
mod validate;

use async_trait::async_trait;
use aws_sdk_eks::Client;

use crate::port::{PlanRequest, Planned, Remarks};
use crate::value::{Type, Value};

use super::super::super::object::{Arguments, at, filled};
use super::super::fault::Fault;
use super::check::{block, moves_on};
use super::shape::{Shape, computed, decided, once, one, optional, required, text, texts, the_one};
use super::thing::{Change, Found, Making, Patience, Thing};
use super::timeouts::minutes;
use super::trouble::Trouble;
use super::work::{Work, is_gone};

pub(super) struct Cluster;

#[async_trait]
impl Thing for Cluster {
    fn kind(&self) -> &'static str {
        "cluster"
    }

    fn shape(&self) -> Shape {
        shape()
    }

    fn patience(&self) -> Patience {
        Patience { create: minutes(30), update: minutes(60), delete: minutes(15) }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate::validate(configuration, remarks);
    }

    fn refine(
        &self,
        request: &PlanRequest<'_>,
        mut planned: Planned,
        remarks: &mut Remarks,
    ) -> Option<Planned> {
        let (prior, after) = (Arguments(request.prior), planned.value.clone());
        let after = Arguments(&after);
        validate::auto_mode(after, request.prior, remarks)?;
        let versions = (prior.text("version"), after.text("version"));
        if moves_on(versions, ("The cluster runs", "A control plane"), remarks)? {
            let platform = Value::unknown(Type::String);
            planned.value = filled(&planned.value, [("platform_version", platform)]);
        }
        planned.value = validate::without_auto_mode(&planned.value, request);
        // Encryption of secrets can be changed, but not removed.
        let encrypts = |object| block(object, "encryption_config").is_some();
        if encrypts(prior)
            && !encrypts(after)
            && after.value("encryption_config").is_some_and(Value::is_known)
        {
            planned.replace.push(at("encryption_config"));
        }
        Some(planned)
    }

    fn id(&self, object: &Value) -> String {
        Arguments(object).text("name").unwrap_or_default().to_owned()
    }

    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>> {
        // Whether it came with add-ons is not recorded, and nearly all do.
        super::check::is_name(id, 100)
            .then(|| vec![("name", Value::string(id)), ("bootstrap_self_managed_addons", Value::bool(true))])
    }

    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault> {
        match client.describe_cluster().name(self.id(object)).send().await.map_err(Fault::from) {
            Ok(answer) => Ok(answer.cluster.map(|cluster| description::found(&cluster, Arguments(object)))),
            Err(fault) if is_gone(&fault) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault> {
        request::create(client, making).send().await?;
        Ok(())
    }

    async fn change(&self, work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble> {
        update::update(work, &self.id(change.prior), change).await
    }

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault> {
        client.delete_cluster().name(self.id(object)).send().await?;
        Ok(())
    }
}

fn shape() -> Shape {
    let flag = || optional(Type::Bool);
    let access = Shape::default()
        .with("authentication_mode", decided(text()))
        .with("bootstrap_cluster_creator_admin_permissions", once(Type::Bool).fixed_once_set());
    let compute = Shape::default()
        .with("enabled", flag())
        .with("node_pools", optional(texts()))
        .with("node_role_arn", optional(text()).fixed_once_set());
    let encryption = Shape::default()
        .with("resources", required(texts()))
        .block("provider", the_one(Shape::default().with("key_arn", required(text()))));
    let balancing = one(Shape::default().with("enabled", flag())).decided();
    let network = Shape::default()
        .with("ip_family", decided(text()).fixed())
        .with("service_ipv4_cidr", decided(text()).fixed())
        .with("service_ipv6_cidr", computed(text()))
        .block("elastic_load_balancing", balancing);
    let placement = Shape::default().with("group_name", required(text()).fixed());
    let outpost = Shape::default()
        .with("control_plane_instance_type", required(text()).fixed())
        .with("outpost_arns", required(texts()).fixed())
        .block("control_plane_placement", one(placement).fixed());
    let cidrs = || Shape::default().with("cidrs", optional(texts()));
    let remote = Shape::default()
        .block("remote_node_networks", the_one(cidrs()))
        .block("remote_pod_networks", one(cidrs()));
    let storage = Shape::default().block("block_storage", one(Shape::default().with("enabled", flag())));
    let vpc = Shape::default()
        .with("cluster_security_group_id", computed(text()))
        .with("endpoint_private_access", flag().or(Value::bool(false)))
        .with("endpoint_public_access", flag().or(Value::bool(true)))
        .with("public_access_cidrs", decided(texts()))
        .with("security_group_ids", optional(texts()))
        .with("subnet_ids", required(texts()))
        .with("vpc_id", computed(text()));
    let issuer = Type::object([("issuer", Type::String)]);
    Shape::default()
        .versioned(1)
        .with("arn", computed(text()))
        .with("bootstrap_self_managed_addons", flag().or(Value::bool(true)).fixed_once_set())
        .with("certificate_authority", computed(Type::list(Type::object([("data", Type::String)]))))
        .with("cluster_id", computed(text()))
        .with("created_at", computed(text()))
        .with("enabled_cluster_log_types", optional(texts()))
        .with("endpoint", computed(text()))
        .with("force_update_version", flag())
        .with("id", decided(text()))
        .with("identity", computed(Type::list(Type::object([("oidc", Type::list(issuer))]))))
        .with("name", required(text()).fixed())
        .with("platform_version", computed(text()))
        .with("role_arn", required(text()).fixed())
        .with("status", computed(text()))
        .with("version", decided(text()))
        .tagged()
        .block("access_config", one(access).decided())
        .block("compute_config", one(compute))
        .block("encryption_config", one(encryption))
        .block("kubernetes_network_config", one(network).decided())
        .block("outpost_config", one(outpost).fixed())
        .block("remote_network_config", one(remote))
        .block("storage_config", one(storage))
        .timeouts(&["create", "delete", "update"])
        .block("upgrade_policy", one(Shape::default().with("support_type", decided(text()))).decided())
        .block("vpc_config", the_one(vpc))
        .block("zonal_shift_config", one(Shape::default().with("enabled", flag())))
}
