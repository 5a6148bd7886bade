//! EKS clusters and what belongs to them.
//!
//! A type describes what is specific to it as a [`thing::Thing`]: its [`shape`], and how it is described, created and
//! updated. The rest of its lifecycle is the same for all types ([`life::Life`]).

mod access_entry;
mod access_policy;
mod addon;
mod check;
mod cluster;
mod fargate_profile;
mod identity_provider;
mod life;
mod lookup;
mod node_group;
mod pod_identity;
mod shape;
mod tags;
mod thing;
mod timeouts;
mod trouble;
mod work;

use std::sync::Arc;

use super::super::{Data, Ephemeral, Resource};
use super::account::Account;
use life::Life;

pub(super) fn resources(account: &Account) -> Vec<(&'static str, Arc<dyn Resource>)> {
    vec![
        ("aws_eks_addon", Arc::new(Life::new(account, addon::Addon))),
        ("aws_eks_cluster", Arc::new(Life::new(account, cluster::Cluster))),
        ("aws_eks_fargate_profile", Arc::new(Life::new(account, fargate_profile::FargateProfile))),
        ("aws_eks_node_group", Arc::new(Life::new(account, node_group::NodeGroup))),
        ("aws_eks_access_entry", Arc::new(Life::new(account, access_entry::AccessEntry))),
        ("aws_eks_access_policy_association", Arc::new(Life::new(account, access_policy::AccessPolicy))),
        (
            "aws_eks_identity_provider_config",
            Arc::new(Life::new(account, identity_provider::IdentityProvider)),
        ),
        ("aws_eks_pod_identity_association", Arc::new(Life::new(account, pod_identity::PodIdentity))),
    ]
}

pub(super) fn data(account: &Account) -> Vec<(&'static str, Arc<dyn Data>)> {
    lookup::data(account)
}

pub(super) fn ephemeral(account: &Account) -> Vec<(&'static str, Arc<dyn Ephemeral>)> {
    lookup::ephemeral(account)
}
