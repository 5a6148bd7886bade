//! Clusters of EKS and what belongs to them.
//!
//! A type says what is peculiar to it as a [`life::Thing`]: its [`shape`], how it is described, asked for and changed. The
//! rest of a life is the same for all ([`life::Life`]).

mod addon;
mod check;
mod cluster;
mod fargate_profile;
mod life;
mod node_group;
mod shape;
mod tags;
mod timeouts;
mod trouble;
mod work;

use std::sync::Arc;

use super::super::Resource;
use super::account::Account;
use life::Life;

pub(super) fn resources(account: &Account) -> Vec<(&'static str, Arc<dyn Resource>)> {
    vec![
        ("aws_eks_addon", Arc::new(Life::new(account, addon::Addon))),
        ("aws_eks_cluster", Arc::new(Life::new(account, cluster::Cluster))),
        ("aws_eks_fargate_profile", Arc::new(Life::new(account, fargate_profile::FargateProfile))),
        ("aws_eks_node_group", Arc::new(Life::new(account, node_group::NodeGroup))),
    ]
}
