//! `aws_eks_clusters`: the names of all clusters of a region.

use async_trait::async_trait;

use crate::port::Remarks;
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::super::super::Data;
use super::super::super::super::object::filled;
use super::super::super::account::Account;
use super::super::super::fault::Fault;
use super::answer::texts;

pub(super) struct Clusters(pub(super) Account);

#[async_trait]
impl Data for Clusters {
    fn schema(&self) -> Block {
        Block::default()
            .with("id", Attribute::optional_computed(Type::String))
            .with("names", Attribute::computed(Type::set(Type::String)))
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let clients = self.0.clients(remarks).await?;
        let pages = clients.eks.list_clusters().into_paginator().items().send();
        let names = pages.collect::<Result<Vec<String>, _>>().await.map_err(Fault::from);
        let attempted = format!("listing the clusters of {}", clients.region);
        let names =
            names.map_err(|fault| remarks.push(fault.remark("Clusters not read", &attempted))).ok()?;
        Some(filled(configuration, [("id", Value::string(&clients.region)), ("names", texts(&names))]))
    }
}
