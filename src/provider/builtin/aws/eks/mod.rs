//! Clusters of EKS and what belongs to them.
//!
//! A type says what is peculiar to it as a [`life::Thing`]: its [`shape`], how it is described, asked for and changed. The
//! rest of a life is the same for all ([`life::Life`]).

mod check;
mod cluster;
mod life;
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
    vec![("aws_eks_cluster", Arc::new(Life::new(account, cluster::Cluster)))]
}
