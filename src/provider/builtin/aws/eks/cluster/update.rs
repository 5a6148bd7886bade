//! Updates of a cluster in place. EKS accepts one kind of change at a time, and one minor version at a time.

use aws_sdk_eks::operation::update_cluster_config::builders::UpdateClusterConfigFluentBuilder as Asking;
use aws_sdk_eks::types::{
    AuthenticationMode, BlockStorage, ComputeConfigRequest, ElasticLoadBalancing,
    KubernetesNetworkConfigRequest, StorageConfigRequest, UpdateAccessConfigRequest, VpcConfigRequest,
    ZonalShiftConfigRequest,
};

use crate::value::Value;

use super::super::super::super::object::Arguments;
use super::super::super::fault::Fault;
use super::super::check::{block, version};
use super::super::shape::same;
use super::super::thing::Change;
use super::super::trouble::Trouble;
use super::super::work::{Updated, Work, is_in_use};
use super::request;

/// Makes the cluster what is planned, one update after the other.
pub(super) async fn update(work: &Work<'_>, name: &str, change: Change<'_>) -> Result<(), Trouble> {
    let (before, after) = (Arguments(change.present), Arguments(change.planned));
    let steps = Steps { work, name, token: change.token };
    steps.upgrade(before, after).await?;

    let differs = |path: &[&str]| !same(value(before, path), value(after, path));
    if differs(&["access_config", "authentication_mode"])
        && let Some(mode) =
            block(after, "access_config").and_then(|access| access.text("authentication_mode"))
    {
        let access =
            UpdateAccessConfigRequest::builder().authentication_mode(AuthenticationMode::from(mode)).build();
        steps.configure("access", "authentication mode", |ask| ask.access_config(access.clone())).await?;
    }
    let balancing = ["kubernetes_network_config", "elastic_load_balancing"];
    let is_auto = |object| request::is_on(block(object, "compute_config"));
    let auto_differs = differs(&["compute_config"]) || differs(&["storage_config"]) || differs(&balancing);
    // Disabled is disabled, whether configured or not.
    if auto_differs && (is_auto(before) || is_auto(after)) {
        let auto = auto_mode(after);
        steps.configure("auto", "auto mode", |ask| auto.clone().asked(ask)).await?;
    }
    if differs(&["encryption_config"]) {
        steps.encrypt(after).await?;
    }
    if differs(&["enabled_cluster_log_types"]) {
        steps.log(before, after).await?;
    }
    if differs(&["upgrade_policy"])
        && let Some(policy) = request::upgrade_policy(after)
    {
        steps.configure("support", "upgrade policy", |ask| ask.upgrade_policy(policy.clone())).await?;
    }
    let vpc = |name| ["vpc_config", name];
    let reach = ["endpoint_private_access", "endpoint_public_access", "public_access_cidrs"];
    if let Some(wanted) = block(after, "vpc_config") {
        if reach.into_iter().any(|name| differs(&vpc(name))) {
            let access = request::endpoints(VpcConfigRequest::builder(), wanted).build();
            steps
                .configure("endpoint", "endpoint access", |ask| ask.resources_vpc_config(access.clone()))
                .await?;
        }
        if differs(&vpc("subnet_ids")) || differs(&vpc("security_group_ids")) {
            let feet = request::feet(wanted);
            let what = "subnets and security groups";
            steps.configure("vpc", what, |ask| ask.resources_vpc_config(feet.clone())).await?;
        }
    }
    let shifts = |object| request::is_on(block(object, "zonal_shift_config"));
    if shifts(before) != shifts(after) {
        let shift = ZonalShiftConfigRequest::builder().enabled(shifts(after)).build();
        steps.configure("zonal", "zonal shift", |ask| ask.zonal_shift_config(shift.clone())).await?;
    }
    if differs(&["remote_network_config"]) {
        let nothing = Value::null(crate::value::Type::Dynamic);
        let wanted = block(after, "remote_network_config").unwrap_or(Arguments(&nothing));
        let remote = request::remote(wanted);
        steps.configure("remote", "remote networks", |ask| ask.remote_network_config(remote.clone())).await?;
    }
    Ok(())
}

struct Steps<'a> {
    work: &'a Work<'a>,
    name: &'a str,
    token: &'a str,
}

impl Steps<'_> {
    /// One minor version after the other.
    async fn upgrade(&self, before: Arguments<'_>, after: Arguments<'_>) -> Result<(), Trouble> {
        let parsed = |object: Arguments<'_>| object.text("version").and_then(version);
        let (Some((major, from)), Some((_, to))) = (parsed(before), parsed(after)) else { return Ok(()) };
        let force = after.flag("force_update_version");
        for (done, minor) in (from + 1..=to).enumerate() {
            let (version, last) = (format!("{major}.{minor}"), format!("{major}.{}", minor - 1));
            let what = format!("Kubernetes {last} to {version}, step {} of {}", done + 1, to - from);
            self.work.report("UPDATING", Some(what.clone()));
            let answer = self
                .work
                .insist(is_in_use, || async {
                    let ask = self.work.client.update_cluster_version().name(self.name).version(&version);
                    let ask = ask.client_request_token(format!("{}-{version}", self.token));
                    ask.set_force(force).send().await.map_err(Fault::from)
                })
                .await?;
            self.work.updated(answer.update, Updated::cluster(self.name), &what).await?;
        }
        Ok(())
    }

    async fn configure(
        &self,
        step: &str,
        what: &str,
        fill: impl Fn(Asking) -> Asking,
    ) -> Result<(), Trouble> {
        let answer = self
            .work
            .insist(is_in_use, || async {
                let ask = self.work.client.update_cluster_config().name(self.name);
                let ask = fill(ask.client_request_token(format!("{}-{step}", self.token)));
                ask.send().await.map_err(Fault::from)
            })
            .await?;
        self.work.updated(answer.update, Updated::cluster(self.name), what).await
    }

    async fn encrypt(&self, after: Arguments<'_>) -> Result<(), Trouble> {
        let configs = request::encryption(after);
        if configs.is_empty() {
            return Ok(());
        }
        let answer = self
            .work
            .insist(is_in_use, || async {
                let ask = self.work.client.associate_encryption_config().cluster_name(self.name);
                let ask = ask.client_request_token(format!("{}-encryption", self.token));
                ask.set_encryption_config(Some(configs.clone())).send().await.map_err(Fault::from)
            })
            .await?;
        self.work.updated(answer.update, Updated::cluster(self.name), "encryption").await
    }

    /// Old kinds are disabled in the same update that enables new ones.
    async fn log(&self, before: Arguments<'_>, after: Arguments<'_>) -> Result<(), Trouble> {
        let (was, wanted) =
            (before.texts("enabled_cluster_log_types"), after.texts("enabled_cluster_log_types"));
        let gone: Vec<&str> = was.into_iter().filter(|kind| !wanted.contains(kind)).collect();
        let mut logging = aws_sdk_eks::types::Logging::builder();
        for (kinds, enabled) in [(&wanted, true), (&gone, false)] {
            if !kinds.is_empty() {
                let setups = request::logging(kinds, enabled).cluster_logging.unwrap_or_default();
                logging = setups.into_iter().fold(logging, |logging, setup| logging.cluster_logging(setup));
            }
        }
        let logging = logging.build();
        self.configure("logging", "logging", |ask| ask.logging(logging.clone())).await
    }
}

#[derive(Clone)]
struct AutoMode(ComputeConfigRequest, StorageConfigRequest, ElasticLoadBalancing);

impl AutoMode {
    fn asked(self, ask: Asking) -> Asking {
        let network = KubernetesNetworkConfigRequest::builder().elastic_load_balancing(self.2).build();
        ask.compute_config(self.0).storage_config(self.1).kubernetes_network_config(network)
    }
}

/// All settings, because EKS accepts nothing less; what is not configured is off.
fn auto_mode(after: Arguments<'_>) -> AutoMode {
    let wanted = request::auto_mode(after);
    let is_on = wanted.compute.as_ref().and_then(|compute| compute.enabled) == Some(true);
    let compute = wanted.compute.unwrap_or_else(|| ComputeConfigRequest::builder().enabled(false).build());
    let storage = wanted.storage.unwrap_or_else(|| {
        let blocks = BlockStorage::builder().enabled(is_on).build();
        StorageConfigRequest::builder().block_storage(blocks).build()
    });
    let balancing = wanted.balancing.filter(|balancing| balancing.enabled == Some(is_on));
    let balancing = balancing.unwrap_or_else(|| ElasticLoadBalancing::builder().enabled(is_on).build());
    AutoMode(compute, storage, balancing)
}

/// A nested value, through single blocks.
fn value<'a>(object: Arguments<'a>, path: &[&str]) -> Option<&'a Value> {
    let (name, inside) = path.split_last()?;
    let mut object = object;
    for step in inside {
        object = block(object, step)?;
    }
    object.value(name)
}
