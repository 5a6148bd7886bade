//! Data sources about existing objects of EKS.

mod addon_version;
mod answer;
mod auth;
mod cluster;
mod cluster_versions;
mod clusters;
mod token;

use std::sync::Arc;

use super::super::super::{Data, Ephemeral};
use super::super::account::Account;

pub(in super::super) fn data(account: &Account) -> Vec<(&'static str, Arc<dyn Data>)> {
    let account = || account.clone();
    vec![
        ("aws_eks_addon_version", Arc::new(addon_version::AddonVersion(account()))),
        ("aws_eks_cluster", Arc::new(cluster::ClusterData(account()))),
        ("aws_eks_cluster_auth", Arc::new(auth::ClusterAuth(account()))),
        ("aws_eks_cluster_versions", Arc::new(cluster_versions::ClusterVersions(account()))),
        ("aws_eks_clusters", Arc::new(clusters::Clusters(account()))),
    ]
}

pub(in super::super) fn ephemeral(account: &Account) -> Vec<(&'static str, Arc<dyn Ephemeral>)> {
    vec![("aws_eks_cluster_auth", Arc::new(auth::ClusterAuth(account.clone())))]
}
