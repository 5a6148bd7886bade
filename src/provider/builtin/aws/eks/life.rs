//! The lifecycle of an EKS object: create, update and delete, each with its wait.
//!
//! What is specific to a type is a [`Thing`]; everything else is the same for all types, above all what happens on
//! failures. An object that failed to reach a good status, or that is being deleted, is replaced.

mod way;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_sdk_eks::Client;
use serde_json::json;

use crate::port::{
    Applied, ApplyRequest, Current, Effects, PlanRequest, Planned, Remark, Remarks, Search, Settled,
};
use crate::schema::Block;
use crate::value::{Path, Type, Value};

use super::super::super::Resource;
use super::super::super::object::{Arguments, filled};
use super::super::account::Account;
use super::shape::fill;
use super::thing::{Found, Making, Thing};
use super::trouble::Trouble;
use super::work::Work;
use super::{tags, timeouts};

/// A type at work.
pub(in super::super) struct Life<T> {
    account: Account,
    thing: T,
}

impl<T: Thing> Life<T> {
    pub(in super::super) fn new(account: &Account, thing: T) -> Self {
        Self { account: account.clone(), thing }
    }

    fn title(&self, verb: &str) -> String {
        format!("The {} was not {verb}", self.thing.kind())
    }

    fn phrase(&self, doing: &str, object: &Value) -> String {
        format!("{doing} the {} {}", self.thing.kind(), self.thing.called(object))
    }

    fn work<'a>(&'a self, client: &'a Client, object: &Value, operation: &str) -> Work<'a> {
        let patience = self.thing.patience();
        let default = match operation {
            "create" => patience.create,
            "update" => patience.update,
            _ => patience.delete,
        };
        let patience = timeouts::patience(object, operation, default);
        Work::new(client, &self.account.stop, (self.thing.kind(), &self.thing.called(object)), patience)
    }

    /// The object as it is now; what is not described stays as it was.
    fn value(&self, prior: &Value, found: &Found) -> Value {
        let mut attributes = found.attributes.clone();
        if let Some(attributes) = attributes.as_object_mut() {
            let (own, all) = tags::described(&self.account, &found.tags, prior);
            attributes.insert("tags".to_owned(), own);
            attributes.insert("tags_all".to_owned(), all);
            attributes.insert(
                "id".to_owned(),
                json!(self.thing.id(&self.thing.shape().read(prior, &found.attributes))),
            );
        }
        self.thing.shape().read(prior, &attributes)
    }
}

#[async_trait]
impl<T: Thing> Resource for Life<T> {
    fn schema(&self) -> Block {
        self.thing.shape().schema()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        timeouts::validate(configuration, remarks);
        self.thing.validate(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, _schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        let mut planned = self.thing.shape().plan(request);
        if self.thing.shape().is_tagged() {
            let all = tags::planned(&self.account, request);
            planned.value = filled(&planned.value, [("tags_all", all)]);
        }
        let status = Arguments(request.prior).text("status").unwrap_or_default();
        if is_doomed(status) || status == "DELETING" {
            planned.value = filled(&planned.value, [("status", Value::unknown(Type::String))]);
            planned.replace.push(Path::root().attribute("status"));
        }
        if request.prior.is_null() {
            // An object of this name that is older than this cannot be the one made now.
            planned.private = json!({ "asked": now() }).to_string().into_bytes();
        }
        self.thing.refine(request, planned, remarks)
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let clients = self.account.clients(remarks).await?;
        let planned = self.thing.named(request.planned, request.token);
        let work = self.work(&clients.eks, &planned, "create").reporting_to(request.on_progress);
        let attempted = self.phrase("creating", &planned);
        let tags = tags::sent(&self.account, &planned);
        let making = Making { planned: &planned, tags, token: request.token };
        let update = match self.ask_for(&work, making).await {
            Ok(update) => update,
            Err(trouble) => {
                // The request may have succeeded, and its answer been lost.
                let unheard = matches!(&trouble, Trouble::Refused(fault) if fault.is_passing());
                request.goes_on.store(unheard, Ordering::Relaxed);
                remarks.push(trouble.remark(&self.title("created"), &attempted));
                return None;
            }
        };
        let found = match self.joined(&work, &planned, update).await {
            Ok(found) => Some(found),
            Err(trouble) => {
                remarks.push(trouble.remark(&self.title("created"), &attempted));
                if trouble.is_open() {
                    request.goes_on.store(true, Ordering::Relaxed);
                    return None;
                }
                self.thing.describe(&clients.eks, &planned).await.ok().flatten()
            }
        };
        let made = match &found {
            Some(found) => self.value(&planned.settled(), found),
            // The request succeeded; the next refresh finds out what became of the object.
            None => filled(&planned.settled(), [("id", Value::string(&self.thing.id(&planned)))]),
        };
        Some(Applied { value: fill(&planned, &made), private: Vec::new() })
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let clients = self.account.clients(remarks).await?;
        let work = self.work(&clients.eks, request.planned, "update").reporting_to(request.on_progress);
        let private = request.private.to_vec();
        match self.changed(&work, request).await {
            Ok(found) => {
                let made = self.value(&request.planned.settled(), &found);
                Some(Applied { value: fill(request.planned, &made), private })
            }
            Err(trouble) => {
                let attempted = self.phrase("updating", request.prior);
                remarks.push(trouble.remark(&self.title("updated"), &attempted));
                // As far as it got.
                let found = self.thing.describe(&clients.eks, request.prior).await.ok().flatten()?;
                Some(Applied { value: self.value(request.prior, &found), private })
            }
        }
    }

    async fn destroy(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) {
        let Some(clients) = self.account.clients(remarks).await else { return };
        let work = self.work(&clients.eks, request.prior, "delete").reporting_to(request.on_progress);
        match self.destroyed(&work, request.prior).await {
            Ok(true) => {}
            Ok(false) => drop(self.is_gone(clients, request.prior, remarks).await),
            Err(trouble) => {
                let attempted = self.phrase("deleting", request.prior);
                remarks.push(trouble.remark(&self.title("deleted"), &attempted));
            }
        }
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let clients = self.account.clients(remarks).await?;
        let private = current.private.to_vec();
        match self.thing.describe(&clients.eks, current.value).await {
            Ok(Some(found)) => Some(Applied { value: self.value(current.value, &found), private }),
            Ok(None) => {
                self.is_gone(clients, current.value, remarks).await?;
                Some(Applied { value: Value::null(current.value.ty()), private: Vec::new() })
            }
            Err(fault) => {
                let summary = format!("The {} could not be read", self.thing.kind());
                remarks.push(fault.remark(&summary, &self.phrase("reading", current.value)));
                None
            }
        }
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let Some(names) = self.thing.of_id(id) else {
            let form =
                self.thing.id_form().map(|form| format!(" One looks like {form}.")).unwrap_or_default();
            let detail = format!("{id:?} is no id of an object of this type ({}).{form}", self.thing.kind());
            remarks.push(Remark::error("Not an id", detail));
            return None;
        };
        let names: BTreeMap<&str, Value> = names.into_iter().chain([("id", Value::string(id))]).collect();
        Some(Value::object(names))
    }

    fn effects(&self) -> Effects {
        Effects::Outside
    }

    async fn find(&self, search: Search<'_>, remarks: &mut Remarks) -> Settled {
        match self.adopted(&search, remarks).await {
            Ok(settled) => settled,
            Err(trouble) => {
                let summary = format!("The {} could not be looked for", self.thing.kind());
                remarks.push(trouble.remark(&summary, &self.phrase("looking for", search.planned)));
                Settled::CannotTell
            }
        }
    }
}

/// Whether an object in this status will never become usable.
fn is_doomed(status: &str) -> bool {
    matches!(status, "FAILED" | "CREATE_FAILED" | "DELETE_FAILED")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
