//! The life of an object of EKS: asked for, waited for, changed, waited for, destroyed, waited for.
//!
//! What is peculiar to a type is a [`Thing`]; everything else is the same for all of them, above all what happens when it
//! does not go as planned. An object that failed to become what it should, or that is on its way out, is replaced.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_sdk_eks::Client;
use aws_sdk_eks::primitives::{DateTime, DateTimeFormat};
use aws_sdk_eks::types::Update;
use serde_json::{Value as Json, json};

use crate::port::{
    Applied, ApplyRequest, Current, Effects, PlanRequest, Planned, Remark, Remarks, Search, Settled,
};
use crate::schema::Block;
use crate::value::{Path, Type, Value};

use super::super::super::Resource;
use super::super::super::object::{Arguments, filled};
use super::super::account::{Account, Doors};
use super::super::fault::Fault;
use super::shape::{Shape, fill};
use super::trouble::{Issue, Trouble, sentence};
use super::work::{Seen, Updated, Work, is_gone, is_in_use};
use super::{tags, timeouts};

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

    /// The object as it is, with what is not told as it was.
    fn value(&self, prior: &Value, found: &Found) -> Value {
        let mut told = found.told.clone();
        if let Some(told) = told.as_object_mut() {
            let (own, all) = tags::told(&self.account, &found.tags, prior);
            told.insert("tags".to_owned(), own);
            told.insert("tags_all".to_owned(), all);
            told.insert("id".to_owned(), json!(self.thing.id(&self.thing.shape().read(prior, &found.told))));
        }
        self.thing.shape().read(prior, &told)
    }

    /// Waits until the object has come to rest after it was asked for.
    async fn made(&self, work: &Work<'_>, object: &Value) -> Result<Found, Trouble> {
        let (unheard, was_there) = (AtomicUsize::new(0), AtomicBool::new(false));
        work.until(|| async {
            let Some(found) = self.thing.describe(work.client, object).await? else {
                // Right after it was asked for not everybody knows of it.
                let may_come =
                    !was_there.load(Ordering::Relaxed) && unheard.fetch_add(1, Ordering::Relaxed) < UNHEARD;
                return Ok(match may_come {
                    true => Seen::Underway("not there yet".to_owned(), None),
                    false => Seen::Failed("It is not there any more.".to_owned()),
                });
            };
            was_there.store(true, Ordering::Relaxed);
            let reason = reason(&found.issues);
            Ok(match found.status.as_deref() {
                None | Some("ACTIVE") => Seen::Done(found),
                Some(status) if is_doomed(status) => {
                    Seen::Failed(sentence(&format!("It is {status}"), &found.issues))
                }
                Some(status) => Seen::Underway(status.to_owned(), reason),
            })
        })
        .await
    }

    /// The same for one that the service makes by changing a cluster, which may say why it did not come off.
    async fn joined(
        &self,
        work: &Work<'_>,
        object: &Value,
        update: Option<Update>,
    ) -> Result<Found, Trouble> {
        let made = self.made(work, object).await;
        if matches!(made, Ok(_) | Err(Trouble::Failed(_))) && update.is_some() {
            let cluster = Arguments(object).text("cluster_name").unwrap_or_default();
            let why = work.updated(update, Updated::cluster(cluster), self.thing.kind()).await;
            if let Err(Trouble::Failed(_)) = why {
                why?;
            }
        }
        made
    }

    /// Waits until nobody else is at work on the object.
    async fn at_rest(&self, work: &Work<'_>, object: &Value) -> Result<Option<Found>, Trouble> {
        work.until(|| async {
            let found = self.thing.describe(work.client, object).await?;
            let status = found.as_ref().and_then(|found| found.status.clone());
            Ok(match status.as_deref() {
                Some("CREATING" | "UPDATING" | "PENDING") => Seen::Underway(
                    status.unwrap_or_default(),
                    Some("begun before, waiting for its end".to_owned()),
                ),
                Some("DELETING") => Seen::Failed("It is being deleted.".to_owned()),
                _ => Seen::Done(found),
            })
        })
        .await
    }

    async fn gone(&self, work: &Work<'_>, object: &Value) -> Result<(), Trouble> {
        // An object that failed before it was to go may be described as it was for a moment.
        let leaving = AtomicBool::new(false);
        work.until(|| async {
            let Some(found) = self.thing.describe(work.client, object).await? else {
                return Ok(Seen::Done(()));
            };
            Ok(match found.status.as_deref().unwrap_or("DELETING") {
                status if is_doomed(status) && leaving.load(Ordering::Relaxed) => {
                    Seen::Failed(sentence(&format!("It is {status}"), &found.issues))
                }
                status => {
                    leaving.fetch_or(status == "DELETING", Ordering::Relaxed);
                    Seen::Underway(status.to_owned(), reason(&found.issues))
                }
            })
        })
        .await
    }

    /// Asks for a new object once the name is free.
    async fn ask_for(&self, work: &Work<'_>, making: Making<'_>) -> Result<Option<Update>, Trouble> {
        if let Some(found) = self.thing.describe(work.client, making.planned).await? {
            if found.status.as_deref() != Some("DELETING") {
                return Err(Trouble::Failed(format!(
                    "There is one of this name already, and it is not looked after here. \"terrace import\" takes it \
                     over: its id is {:?}.",
                    self.thing.import_id(&self.value(&making.planned.settled(), &found))
                )));
            }
            self.gone(work, making.planned).await?;
        }
        let begun = tokio::time::Instant::now();
        let (planned, token) = (making.planned, making.token);
        work.insist(
            |fault| {
                let others = is_in_use(fault) && !is_taken(fault);
                others || is_unknown_yet(fault) && begun.elapsed() < SPREADING
            },
            || {
                let tags = making.tags.clone();
                self.thing.join(work.client, Making { planned, tags, token })
            },
        )
        .await
    }

    async fn changed(&self, work: &Work<'_>, request: &ApplyRequest<'_>) -> Result<Found, Trouble> {
        let gone = || Trouble::Failed("It is not there any more.".to_owned());
        let found = self.at_rest(work, request.prior).await?.ok_or_else(gone)?;
        let present = self.value(request.prior, &found);
        tags::update(work.client, &self.account, request, found.told.get("arn").and_then(Json::as_str))
            .await?;
        let change = Change {
            prior: request.prior,
            planned: request.planned,
            present: &present,
            token: request.token,
        };
        self.thing.change(work, change).await?;
        self.at_rest(work, request.prior).await?.ok_or_else(gone)
    }

    /// Says whether there was one.
    async fn destroyed(&self, work: &Work<'_>, object: &Value) -> Result<bool, Trouble> {
        let Some(found) = self.thing.describe(work.client, object).await? else { return Ok(false) };
        if found.status.as_deref() != Some("DELETING") {
            let asked = work.insist(is_in_use, || self.thing.delete(work.client, object)).await;
            match asked {
                Err(Trouble::Refused(fault)) if is_gone(&fault) => return Ok(true),
                asked => asked?,
            }
        }
        self.gone(work, object).await.map(|()| true)
    }

    /// The object that a run has made which could not tell of it any more; none where what is there is not it.
    async fn adopted(&self, search: &Search<'_>, remarks: &mut Remarks) -> Result<Settled, Trouble> {
        let Some(doors) = self.account.doors(remarks).await else { return Ok(Settled::CannotTell) };
        let planned = self.thing.named(search.planned, search.token);
        let Some(mut found) = self.thing.describe(&doors.eks, &planned).await? else {
            return Ok(Settled::Absent);
        };
        if found.created.is_none() && found.token.is_none() {
            found.created = self.thing.since(&doors.eks, &planned).await?;
        }
        match is_of(&found, search) {
            Some(true) => {}
            Some(false) => {
                remarks.push(self.another(&planned, "was there before the run that was cut off"));
                return Ok(Settled::Absent);
            }
            None => return Ok(Settled::CannotTell),
        }
        let work = self.work(&doors.eks, &planned, "create").telling(search.tell);
        let found = match self.made(&work, &planned).await {
            Ok(found) => found,
            // As it is now: the next plan replaces it.
            Err(Trouble::Failed(_)) => match self.thing.describe(&doors.eks, &planned).await? {
                Some(found) => found,
                None => return Ok(Settled::Absent),
            },
            Err(trouble) => return Err(trouble),
        };
        if !self.is_as_asked(&planned, &found) {
            remarks.push(self.another(
                &planned,
                "has not the tags and the settings that the run which was cut off has asked for",
            ));
            return Ok(Settled::Absent);
        }
        let value = fill(&planned, &self.value(&planned.settled(), &found));
        Ok(Settled::Found(Applied { value: self.value(&value, &found), private: Vec::new() }))
    }

    /// Whether an object has all tags that were sent with it, and nothing that could only have been asked for by
    /// somebody else.
    fn is_as_asked(&self, planned: &Value, found: &Found) -> bool {
        // The revision was not known yet when this was written down, and may be another by now.
        let known = Arguments(planned).text_map("tags_all");
        if known.into_iter().any(|(key, tag)| found.tags.get(key).is_none_or(|found| found != tag)) {
            return false;
        }
        let (settled, nothing) = (planned.settled(), Value::null(planned.ty()));
        let request = PlanRequest {
            kind: "",
            prior: &self.value(&settled, found),
            proposed: &nothing,
            configuration: &settled,
            secrets: &[],
            private: &[],
            noted: &[],
        };
        self.thing.shape().plan(&request).replace.is_empty()
    }

    /// Objects where what was not found is elsewhere.
    async fn is_gone(&self, doors: &Doors, object: &Value, remarks: &mut Remarks) -> Option<()> {
        let names = ["arn", "access_entry_arn", "association_arn"];
        let arn = names.into_iter().find_map(|name| Arguments(object).text(name)).unwrap_or_default();
        doors.sees(&format!("The {} {}", self.thing.kind(), self.thing.called(object)), arn, remarks).await
    }

    fn another(&self, planned: &Value, why: &str) -> Remark {
        let detail = format!(
            "There is a {} {}, which {why}. It is not taken over.",
            self.thing.kind(),
            self.thing.called(planned)
        );
        Remark::warning("Another object has the name", detail)
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
            // From when on an object of this name can be the one that is made now.
            planned.private = json!({ "asked": now() }).to_string().into_bytes();
        }
        self.thing.refine(request, planned, remarks)
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let doors = self.account.doors(remarks).await?;
        let planned = self.thing.named(request.planned, request.token);
        let work = self.work(&doors.eks, &planned, "create").telling(request.tell);
        let attempted = self.phrase("creating", &planned);
        let tags = tags::sent(&self.account, &planned);
        let making = Making { planned: &planned, tags, token: request.token };
        let update = match self.ask_for(&work, making).await {
            Ok(update) => update,
            Err(trouble) => {
                // It may have been heard, and the answer lost.
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
                self.thing.describe(&doors.eks, &planned).await.ok().flatten()
            }
        };
        let made = match &found {
            Some(found) => self.value(&planned.settled(), found),
            // It was asked for, and what became of it is found out when it is read.
            None => filled(&planned.settled(), [("id", Value::string(&self.thing.id(&planned)))]),
        };
        Some(Applied { value: fill(&planned, &made), private: Vec::new() })
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let doors = self.account.doors(remarks).await?;
        let work = self.work(&doors.eks, request.planned, "update").telling(request.tell);
        let private = request.private.to_vec();
        match self.changed(&work, request).await {
            Ok(found) => {
                let made = self.value(&request.planned.settled(), &found);
                Some(Applied { value: fill(request.planned, &made), private })
            }
            Err(trouble) => {
                let attempted = self.phrase("updating", request.prior);
                remarks.push(trouble.remark(&self.title("updated"), &attempted));
                // As far as it went.
                let found = self.thing.describe(&doors.eks, request.prior).await.ok().flatten()?;
                Some(Applied { value: self.value(request.prior, &found), private })
            }
        }
    }

    async fn destroy(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) {
        let Some(doors) = self.account.doors(remarks).await else { return };
        let work = self.work(&doors.eks, request.prior, "delete").telling(request.tell);
        match self.destroyed(&work, request.prior).await {
            Ok(true) => {}
            Ok(false) => drop(self.is_gone(doors, request.prior, remarks).await),
            Err(trouble) => {
                let attempted = self.phrase("deleting", request.prior);
                remarks.push(trouble.remark(&self.title("deleted"), &attempted));
            }
        }
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let doors = self.account.doors(remarks).await?;
        let private = current.private.to_vec();
        match self.thing.describe(&doors.eks, current.value).await {
            Ok(Some(found)) => Some(Applied { value: self.value(current.value, &found), private }),
            Ok(None) => {
                self.is_gone(doors, current.value, remarks).await?;
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

/// IAM tells everybody about a new role within this time.
const SPREADING: Duration = Duration::from_secs(120);

/// So often an object may be unknown that was asked for just now.
const UNHEARD: usize = 5;

/// What clocks may differ by, which is as much as AWS lets anybody's differ.
const SKEW: u64 = 300;

/// Whether nothing good will become of an object in this status.
fn is_doomed(status: &str) -> bool {
    matches!(status, "FAILED" | "CREATE_FAILED" | "DELETE_FAILED")
}

/// Whether what is in use is the object itself, so that waiting is of no use.
fn is_taken(fault: &Fault) -> bool {
    ["already exists", "already in use on this cluster"].iter().any(|words| fault.message().contains(words))
}

/// Whether a role or a key may exist that the service has not heard of yet.
fn is_unknown_yet(fault: &Fault) -> bool {
    let message = fault.message().to_lowercase();
    let about_role = ["role", "policies", "policy", "principal"].iter().any(|word| message.contains(word));
    let unheard_of = [
        "does not exist",
        "not exist",
        "assume",
        "error in role params",
        "managed policies",
        "not found",
        "invalid principal",
        // Its policies, and who may assume it, are known even later than the role itself.
        "must include",
        "misconfigured",
    ];
    // An access entry that was made a moment ago.
    let no_entry = is_gone(fault) && message.contains("principalarn could not be found");
    no_entry
        || fault.is("InvalidParameterException")
            && about_role
            && unheard_of.iter().any(|phrase| message.contains(phrase))
}

/// Whether an object was made by the operation that is asked for; none where that cannot be told.
fn is_of(found: &Found, search: &Search<'_>) -> Option<bool> {
    if let Some(token) = &found.token {
        return Some(token == search.token);
    }
    let planned = || serde_json::from_slice::<Json>(search.private).ok()?.get("asked")?.as_u64();
    let (asked, created) = (search.since.or_else(planned)?, u64::try_from(found.created?.secs()).ok()?);
    Some(created.saturating_add(SKEW) >= asked)
}

fn reason(issues: &[Issue]) -> Option<String> {
    let issues: Vec<String> = issues.iter().map(ToString::to_string).collect();
    (!issues.is_empty()).then(|| issues.join("; "))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A moment as attributes have it, in whole seconds.
pub(in super::super) fn date(date: &DateTime) -> Option<String> {
    DateTime::from_secs(date.secs()).fmt(DateTimeFormat::DateTime).ok()
}
