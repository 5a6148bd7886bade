//! What there is on EKS already, for configurations that did not make it.

mod auth;
mod token;

use std::sync::Arc;

use super::super::{Data, Ephemeral};
use super::account::Account;

pub(super) fn data(account: &Account) -> Vec<(&'static str, Arc<dyn Data>)> {
    vec![("aws_eks_cluster_auth", Arc::new(auth::ClusterAuth(account.clone())))]
}

pub(super) fn ephemeral(account: &Account) -> Vec<(&'static str, Arc<dyn Ephemeral>)> {
    vec![("aws_eks_cluster_auth", Arc::new(auth::ClusterAuth(account.clone())))]
}
