//! `aws_eks_cluster_auth`: a token for a cluster, for the provider's identity. As a data source, and as an ephemeral
//! resource, which leaves nothing in a plan.

use std::time::SystemTime;

use async_trait::async_trait;

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::super::super::object::{Arguments, at, filled};
use super::super::super::super::{Data, Ephemeral};
use super::super::super::account::Account;
use super::super::check::Check;
use super::token::{Grant, address};

pub(super) struct ClusterAuth(pub(super) Account);

#[async_trait]
impl Data for ClusterAuth {
    fn schema(&self) -> Block {
        Ephemeral::schema(self).with("id", Attribute::optional_computed(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate(configuration, remarks);
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let arguments = Arguments(configuration);
        let name = arguments.text("name")?;
        let token = self.token(name, remarks).await?;
        Some(filled(configuration, [("id", Value::string(name)), ("token", Value::string(&token))]))
    }
}

#[async_trait]
impl Ephemeral for ClusterAuth {
    fn schema(&self) -> Block {
        Block::default()
            .with("name", Attribute::required(Type::String))
            .with("token", Attribute::computed(Type::String).sensitive())
    }

    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)> {
        let before = remarks.len();
        validate(configuration, remarks);
        if remarks.len() > before {
            return None;
        }
        let token = self.token(Arguments(configuration).text("name")?, remarks).await?;
        Some((filled(configuration, [("token", Value::string(&token))]), Vec::new()))
    }
}

impl ClusterAuth {
    async fn token(&self, cluster: &str, remarks: &mut Remarks) -> Option<String> {
        let clients = self.0.clients(remarks).await?;
        let credentials = clients.credentials(remarks).await?;
        let mut fail = |why: String| {
            let detail = format!("No token can be made for the cluster \"{cluster}\": {why}.");
            remarks.push(Remark::error("No token", detail).at(at("name")));
        };
        let address = address(&clients.sts).await.map_err(&mut fail).ok()?;
        // It may differ from the region of the clusters.
        let region = clients.sts.config().region().map_or(clients.region.as_str(), |region| region.as_ref());
        let grant = Grant { address: &address, region, cluster, at: SystemTime::now() };
        grant.token(&credentials).map_err(fail).ok()
    }
}

fn validate(configuration: &Value, remarks: &mut Remarks) {
    Check::new(configuration, "Unsuitable argument", remarks).filled("name");
}
