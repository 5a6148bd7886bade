//! One operation on an object of EKS: asking again while others are at work on it, and waiting until it is done.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_eks::Client;
use aws_sdk_eks::types::{ErrorDetail, Update, UpdateStatus};

use crate::port::{Tell, Tiding};

use super::super::super::Stop;
use super::super::fault::Fault;
use super::super::wait::Waiting;
use super::trouble::{Issue, Trouble, sentence};

/// An operation under way, with an end to its patience.
pub(super) struct Work<'a> {
    pub(super) client: &'a Client,
    stop: &'a Stop,
    tell: Option<Tell<'a>>,
    /// What the object is called, and what it is: `shop`, `cluster`.
    name: String,
    kind: &'static str,
    patience: Duration,
    begun: tokio::time::Instant,
    /// What was told last, since nobody wants to hear it twice.
    told: Mutex<Option<(String, Option<String>)>>,
}

/// What an object was seen to be.
pub(super) enum Seen<T> {
    Done(T),
    /// In a status that will pass, perhaps with why it is in it.
    Underway(String, Option<String>),
    /// In one that will not: whole sentences.
    Failed(String),
}

/// So often an answer may fail to come, each time after all that the client itself tries.
const UNHEARD: usize = 3;

/// How often is asked at first, of things that take minutes.
const PAUSE: Duration = Duration::from_secs(5);

impl<'a> Work<'a> {
    pub(super) fn new(
        client: &'a Client,
        stop: &'a Stop,
        (kind, name): (&'static str, &str),
        patience: Duration,
    ) -> Self {
        let begun = tokio::time::Instant::now();
        Self {
            client,
            stop,
            tell: None,
            name: name.to_owned(),
            kind,
            patience,
            begun,
            told: Mutex::default(),
        }
    }

    /// With somebody to hear how it gets on.
    pub(super) fn telling(mut self, tell: Tell<'a>) -> Self {
        self.tell = Some(tell);
        self
    }

    /// Says how it gets on, once.
    pub(super) fn tell(&self, status: &str, reason: Option<String>) {
        let news = Some((status.to_owned(), reason.clone()));
        let before =
            std::mem::replace(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner), news.clone());
        if before == news {
            return;
        }
        if let Some(tell) = self.tell {
            let (part, kind) = (self.name.clone(), self.kind.to_owned());
            tell(Tiding { part, kind, status: status.to_owned(), reason });
        }
    }

    fn waiting(&self) -> Waiting<'a> {
        Waiting::new(self.stop, self.patience.saturating_sub(self.begun.elapsed()), PAUSE)
    }

    /// Asks until it is told what the object has become. Answers that do not come are waited for as well.
    pub(super) async fn until<T, F>(&self, mut look: impl FnMut() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<Seen<T>, Fault>>,
    {
        let mut waiting = self.waiting();
        let mut last = "not known".to_owned();
        let mut unheard = 0;
        loop {
            let seen = look().await;
            unheard = if seen.is_ok() { 0 } else { unheard + 1 };
            match seen {
                Ok(Seen::Done(done)) => return Ok(done),
                Ok(Seen::Failed(why)) => return Err(Trouble::Failed(why)),
                Ok(Seen::Underway(status, reason)) => {
                    last = match &reason {
                        Some(reason) => format!("{status} ({reason})"),
                        None => status.clone(),
                    };
                    self.tell(&status, reason);
                }
                Err(fault) if fault.is_passing() && unheard < UNHEARD => {
                    self.tell(&last, Some(fault.to_string()));
                }
                Err(fault) => return Err(fault.into()),
            }
            waiting.pause().await.map_err(|why| Trouble::gave_up(why, &last))?;
        }
    }

    /// Asks for something again and again while that is refused for a reason that passes.
    pub(super) async fn insist<T, F>(
        &self,
        passes: impl Fn(&Fault) -> bool,
        mut ask: impl FnMut() -> F,
    ) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let mut waiting = self.waiting();
        loop {
            let fault = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            if !passes(&fault) {
                return Err(fault.into());
            }
            self.tell("WAITING", Some(fault.to_string()));
            if waiting.pause().await.is_err() {
                return Err(fault.into());
            }
        }
    }

    /// Waits for an update that was asked for, to do what a phrase such as "Kubernetes 1.32" says.
    pub(super) async fn updated(
        &self,
        update: Option<Update>,
        of: Updated<'_>,
        what: &str,
    ) -> Result<(), Trouble> {
        let Some(id) = update.and_then(|update| update.id) else { return Ok(()) };
        self.until(|| async {
            let asked = self.client.describe_update().name(of.cluster).update_id(&id);
            let asked = asked.set_nodegroup_name(of.node_group.map(str::to_owned));
            let answer = asked.set_addon_name(of.addon.map(str::to_owned)).send().await?;
            let update = answer.update;
            let status = update.as_ref().and_then(|update| update.status.clone());
            let errors = update.and_then(|update| update.errors).unwrap_or_default();
            let issues: Vec<Issue> = errors.into_iter().map(Issue::from).collect();
            Ok(match status {
                Some(UpdateStatus::Successful) => Seen::Done(()),
                Some(UpdateStatus::Failed) => {
                    Seen::Failed(sentence(&format!("The update ({what}) has failed"), &issues))
                }
                Some(UpdateStatus::Cancelled) => {
                    Seen::Failed(sentence(&format!("The update ({what}) was cancelled"), &issues))
                }
                // It is what the object itself says as well.
                _ => Seen::Underway("UPDATING".to_owned(), Some(what.to_owned())),
            })
        })
        .await
    }
}

/// What an update is made to.
#[derive(Clone, Copy)]
pub(super) struct Updated<'a> {
    pub(super) cluster: &'a str,
    pub(super) node_group: Option<&'a str>,
    pub(super) addon: Option<&'a str>,
}

impl<'a> Updated<'a> {
    pub(super) fn cluster(cluster: &'a str) -> Self {
        Self { cluster, node_group: None, addon: None }
    }
}

impl From<ErrorDetail> for Issue {
    fn from(error: ErrorDetail) -> Self {
        let code = error.error_code().map(|code| code.as_str());
        Self::new(code, error.error_message(), error.resource_ids())
    }
}

/// Whether somebody else is at work on the object, or on what it belongs to.
pub(super) fn is_in_use(fault: &Fault) -> bool {
    fault.is("ResourceInUseException")
}

/// Whether there is no such object, or nothing that it could belong to.
pub(super) fn is_gone(fault: &Fault) -> bool {
    fault.is("ResourceNotFoundException")
}
