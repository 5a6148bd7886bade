//! What is specific to a type of EKS. The rest of its lifecycle is the same for all ([`super::life`]).

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

/// What is specific to a type.
#[async_trait]
pub(in super::super) trait Thing: Send + Sync {
    /// Its name in sentences: `cluster`.
    fn kind(&self) -> &'static str;

    fn shape(&self) -> Shape;

    /// The default timeouts of create, update and delete.
    fn patience(&self) -> Patience;

    fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    /// The part of a plan that the shape does not describe. `None`, with an error among the remarks, if the plan is
    /// invalid.
    fn refine(
        &self,
        _request: &PlanRequest<'_>,
        planned: Planned,
        _remarks: &mut Remarks,
    ) -> Option<Planned> {
        Some(planned)
    }

    /// Gives the object a generated name if it has none; the same for the same token.
    fn named(&self, planned: &Value, _token: &str) -> Value {
        planned.clone()
    }

    /// The id: `shop`, or `shop:workers`.
    fn id(&self, object: &Value) -> String;

    /// Its name in messages, because some ids are not known before creation.
    fn called(&self, object: &Value) -> String {
        self.id(object)
    }

    /// The id for import.
    fn import_id(&self, object: &Value) -> String {
        self.id(object)
    }

    /// The form of such an id.
    fn id_form(&self) -> Option<&'static str> {
        None
    }

    /// The attributes that an id determines.
    fn of_id(&self, id: &str) -> Option<Vec<(&'static str, Value)>>;

    /// The object with the names of this one; `None` if it does not exist.
    async fn describe(&self, client: &Client, object: &Value) -> Result<Option<Found>, Fault>;

    /// When it was created, if its description does not say.
    async fn since(&self, _client: &Client, _object: &Value) -> Result<Option<DateTime>, Fault> {
        Ok(None)
    }

    async fn create(&self, client: &Client, making: Making<'_>) -> Result<(), Fault>;

    /// Creates it, for a service that does so by updating a cluster; returns the update, which can fail by itself.
    async fn join(&self, client: &Client, making: Making<'_>) -> Result<Option<Update>, Fault> {
        self.create(client, making).await.map(|()| None)
    }

    /// Updates it to what is planned, and waits. Does not handle tags.
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
    /// Makes repeated requests harmless.
    pub(in super::super) token: &'a str,
}

/// An object to be changed.
pub(in super::super) struct Change<'a> {
    pub(in super::super) prior: &'a Value,
    pub(in super::super) planned: &'a Value,
    /// As it is now, which may be closer to the plan than the state is.
    pub(in super::super) present: &'a Value,
    pub(in super::super) token: &'a str,
}

/// An object, as the service describes it.
pub(in super::super) struct Found {
    /// None for objects without intermediate states.
    pub(in super::super) status: Option<String>,
    pub(in super::super) issues: Vec<Issue>,
    pub(in super::super) created: Option<DateTime>,
    /// The token that it was created with, if the service returns it.
    pub(in super::super) token: Option<String>,
    pub(in super::super) tags: HashMap<String, String>,
    /// Its attributes. Those left out are not described, and stay as they were.
    pub(in super::super) attributes: Json,
}

/// A moment as attributes have it, in whole seconds.
pub(in super::super) fn date(date: &DateTime) -> Option<String> {
    DateTime::from_secs(date.secs()).fmt(DateTimeFormat::DateTime).ok()
}
