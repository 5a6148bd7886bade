//! Waiting for an object: until it is what it should be, or it is known why not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_eks::types::Update;
use serde_json::Value as Json;

use crate::port::{Applied, ApplyRequest, PlanRequest, Remark, Remarks, Search, Settled};
use crate::value::Value;

use super::super::super::super::object::Arguments;
use super::super::super::account::Clients;
use super::super::super::fault::Fault;
use super::super::shape::fill;
use super::super::tags;
use super::super::thing::{Change, Found, Making, Thing};
use super::super::trouble::{Issue, Trouble, sentence};
use super::super::work::{Seen, Updated, Work, is_gone, is_in_use};
use super::{Life, is_doomed};

impl<T: Thing> Life<T> {
    /// Waits until a requested object is stable.
    async fn made(&self, work: &Work<'_>, object: &Value) -> Result<Found, Trouble> {
        let (unheard, was_there) = (AtomicUsize::new(0), AtomicBool::new(false));
        work.until(|| async {
            let Some(found) = self.thing.describe(work.client, object).await? else {
                // Right after the request, the object may not be visible everywhere.
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

    /// As [`Self::made`], for an object that the service creates by updating a cluster, where the update may say why it
    /// failed.
    pub(super) async fn joined(
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

    /// Waits until nobody else is changing the object.
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
        // An object that failed before it was deleted may be described with its old status for a moment.
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

    /// Requests a new object once the name is free.
    pub(super) async fn ask_for(
        &self,
        work: &Work<'_>,
        making: Making<'_>,
    ) -> Result<Option<Update>, Trouble> {
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

    pub(super) async fn changed(
        &self,
        work: &Work<'_>,
        request: &ApplyRequest<'_>,
    ) -> Result<Found, Trouble> {
        let gone = || Trouble::Failed("It is not there any more.".to_owned());
        let found = self.at_rest(work, request.prior).await?.ok_or_else(gone)?;
        let present = self.value(request.prior, &found);
        tags::update(work.client, &self.account, request, found.attributes.get("arn").and_then(Json::as_str))
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

    /// Returns whether there was one.
    pub(super) async fn destroyed(&self, work: &Work<'_>, object: &Value) -> Result<bool, Trouble> {
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

    /// The object that an interrupted run has made; `None` if what exists is not it.
    pub(super) async fn adopted(
        &self,
        search: &Search<'_>,
        remarks: &mut Remarks,
    ) -> Result<Settled, Trouble> {
        let Some(clients) = self.account.clients(remarks).await else { return Ok(Settled::CannotTell) };
        let planned = self.thing.named(search.planned, search.token);
        let Some(mut found) = self.thing.describe(&clients.eks, &planned).await? else {
            return Ok(Settled::Absent);
        };
        if found.created.is_none() && found.token.is_none() {
            found.created = self.thing.since(&clients.eks, &planned).await?;
        }
        match is_of(&found, search) {
            Some(true) => {}
            Some(false) => {
                remarks.push(self.another(&planned, "was there before the run that was cut off"));
                return Ok(Settled::Absent);
            }
            None => return Ok(Settled::CannotTell),
        }
        let work = self.work(&clients.eks, &planned, "create").reporting_to(search.on_progress);
        let found = match self.made(&work, &planned).await {
            Ok(found) => found,
            // As it is now: the next plan replaces it.
            Err(Trouble::Failed(_)) => match self.thing.describe(&clients.eks, &planned).await? {
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

    /// Whether an object has all tags that were sent with it, and nothing that only another request could have set.
    fn is_as_asked(&self, planned: &Value, found: &Found) -> bool {
        // The revision was not known when this was stored, and may differ now.
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

    /// Refuses to treat an object as gone if it is in another account or region.
    pub(super) async fn is_gone(
        &self,
        clients: &Clients,
        object: &Value,
        remarks: &mut Remarks,
    ) -> Option<()> {
        let names = ["arn", "access_entry_arn", "association_arn"];
        let arn = names.into_iter().find_map(|name| Arguments(object).text(name)).unwrap_or_default();
        clients.sees(&format!("The {} {}", self.thing.kind(), self.thing.called(object)), arn, remarks).await
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

/// IAM takes up to this long to make a new role visible everywhere.
const SPREADING: Duration = Duration::from_secs(120);

/// How often an object that was just requested may be unknown.
const UNHEARD: usize = 5;

/// The allowed clock difference, which is that of AWS.
const SKEW: u64 = 300;

/// Whether the object itself is what is in use, so that waiting does not help.
fn is_taken(fault: &Fault) -> bool {
    ["already exists", "already in use on this cluster"].iter().any(|words| fault.message().contains(words))
}

/// Whether a role or a key may exist that the service does not see yet.
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
        // Its policies, and who may assume it, become visible even later than the role itself.
        "must include",
        "misconfigured",
    ];
    // An access entry that was just created.
    let no_entry = is_gone(fault) && message.contains("principalarn could not be found");
    no_entry
        || fault.is("InvalidParameterException")
            && about_role
            && unheard_of.iter().any(|phrase| message.contains(phrase))
}

/// Whether the operation in question made an object; `None` if that is not known.
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
