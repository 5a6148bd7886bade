//! What is peculiar to a type of EKS. The rest of a life is the same for all ([`super::life`]).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::primitives::{DateTime, DateTimeFormat};
use aws_sdk_eks::types::Update;
use serde_json::Value as Json;

use crate::port::{PlanRequest, Planned, Remarks};
use crate::value::Value;

use super::super::fault::Fault;
use super::shape::Shape;
use super::trouble::{Issue, Trouble};
use super::work::Work;

/// What is peculiar to a type.
#[async_trait]
pub(in super::super) trait Thing: Send + Sync {
    /// As a sentence calls it: `cluster`.
    fn kind(&self) -> &'static str;

    fn shape(&self) -> Shape;

    /// How long creating, updating and deleting one may take where nothing else is said.
    fn patience(&self) -> Patience;

    fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    /// What the shape does not say about a plan. Nothing, with an error among the remarks, where it cannot be.
    fn refine(
        &self,
        _request: &PlanRequest<'_>,
        planned: Planned,
        _remarks: &mut Remarks,
    ) -> Option<Planned> {
        Some(planned)
    }

    /// The object with a name of its own where it has none yet. The same for the same token.
    fn named(&self, planned: &Value, _token: &str) -> Value {
        planned.clone()
    }

    /// What the object is called by: `shop`, or `shop:workers`.
    fn id(&self, object: &Value) -> String;

    /// What the object is called by where something is told of it; nobody knows some ids before they are there.
    fn called(&self, object: &Value) -> String {
        self.id(object)
    }

    /// What it is imported by.
    fn import_id(&self, object: &Value) -> String {
        self.id(object)
    }

    /// What such an id looks like.
    fn id_form(&self) -> Option<&'static str> {
        None
    }

    /// What an id says about its object.
    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>>;

    /// The object that has the names of this one; none where there is no such thing.
    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault>;

    /// When it was made, where its description does not tell.
    async fn since(&self, _client: &Client, _object: &Value) -> Result<Option<DateTime>, Fault> {
        Ok(None)
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault>;

    /// Creates it, where the service does so by changing a cluster: the change, which can fail beside the object.
    async fn join(&self, client: &Client, making: Making<'_>) -> Result<Option<Update>, Fault> {
        self.create(client, making).await.map(|()| None)
    }

    /// Makes it what is planned and waits for it. Tags are not its business.
    async fn change(&self, work: &Work<'_>, change: Change<'_>) -> Result<(), Trouble>;

    async fn delete(&self, client: &Client, object: &Value) -> Result<(), Fault>;
}

pub(in super::super) struct Patience {
    pub(in super::super) create: Duration,
    pub(in super::super) update: Duration,
    pub(in super::super) delete: Duration,
}

/// An object to be made.
pub(in super::super) struct Making<'a> {
    pub(in super::super) planned: &'a Value,
    pub(in super::super) tags: HashMap<String, String>,
    /// Makes asking twice harmless.
    pub(in super::super) token: &'a str,
}

/// An object to be changed.
pub(in super::super) struct Change<'a> {
    pub(in super::super) prior: &'a Value,
    pub(in super::super) planned: &'a Value,
    /// As it is now, which may be nearer to what is planned than what the state has.
    pub(in super::super) present: &'a Value,
    pub(in super::super) token: &'a str,
}

/// An object, as the service describes it.
pub(in super::super) struct Found {
    /// None for what is there or not there, and nothing between.
    pub(in super::super) status: Option<String>,
    pub(in super::super) issues: Vec<Issue>,
    pub(in super::super) created: Option<DateTime>,
    /// The token that it was made with, where the service tells.
    pub(in super::super) token: Option<String>,
    pub(in super::super) tags: HashMap<String, String>,
    /// Its attributes. What is left out is not told, and stays as it was.
    pub(in super::super) told: Json,
}

/// A moment as attributes have it, in whole seconds.
pub(in super::super) fn date(date: &DateTime) -> Option<String> {
    DateTime::from_secs(date.secs()).fmt(DateTimeFormat::DateTime).ok()
}
