//! One operation on an EKS object: repeats a request while others are changing the object, and waits for the result.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_eks::Client;
use aws_sdk_eks::types::{ErrorDetail, Update, UpdateStatus};

use crate::port::{OnProgress, PartProgress};

use super::super::super::Stop;
use super::super::fault::Fault;
use super::super::wait::Waiting;
use super::trouble::{Issue, Trouble, sentence};

/// An operation in progress, with its deadline.
pub(super) struct Work<'a> {
    pub(super) client: &'a Client,
    stop: &'a Stop,
    on_progress: Option<OnProgress<'a>>,
    /// The name of the object and its kind: `shop`, `cluster`.
    name: String,
    kind: &'static str,
    patience: Duration,
    begun: tokio::time::Instant,
    /// What was reported last, so that nothing is reported twice.
    reported: Mutex<Option<(String, Option<String>)>>,
}

/// The state in which an object was seen.
pub(super) enum Seen<T> {
    Done(T),
    /// In a temporary status, perhaps with a reason.
    Underway(String, Option<String>),
    /// In a bad status that is final; whole sentences.
    Failed(String),
}

/// How many answers in a row may be missing, each after all the client's own retries.
const UNHEARD: usize = 3;

/// The first pause between requests about things that take minutes.
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
            on_progress: None,
            name: name.to_owned(),
            kind,
            patience,
            begun,
            reported: Mutex::default(),
        }
    }

    /// Reports progress.
    pub(super) fn reporting_to(mut self, on_progress: OnProgress<'a>) -> Self {
        self.on_progress = Some(on_progress);
        self
    }

    /// Reports a status, once.
    pub(super) fn report(&self, status: &str, reason: Option<String>) {
        let news = Some((status.to_owned(), reason.clone()));
        let before = std::mem::replace(
            &mut *self.reported.lock().unwrap_or_else(PoisonError::into_inner),
            news.clone(),
        );
        if before == news {
            return;
        }
        if let Some(on_progress) = self.on_progress {
            let (part, kind) = (self.name.clone(), self.kind.to_owned());
            on_progress(PartProgress { part, kind, status: status.to_owned(), reason });
        }
    }

    fn waiting(&self) -> Waiting<'a> {
        Waiting::new(self.stop, self.patience.saturating_sub(self.begun.elapsed()), PAUSE)
    }

    /// Asks until the object has reached a final status. Missing answers are tolerated for a while.
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
                    self.report(&status, reason);
                }
                Err(fault) if fault.is_passing() && unheard < UNHEARD => {
                    self.report(&last, Some(fault.to_string()));
                }
                Err(fault) => return Err(fault.into()),
            }
            waiting.pause().await.map_err(|why| Trouble::gave_up(why, &last))?;
        }
    }

    /// Repeats a request while it is refused for a temporary reason.
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
            self.report("WAITING", Some(fault.to_string()));
            if waiting.pause().await.is_err() {
                return Err(fault.into());
            }
        }
    }

    /// Waits for an update, described by a phrase such as "Kubernetes 1.32".
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
                // The object itself says the same.
                _ => Seen::Underway("UPDATING".to_owned(), Some(what.to_owned())),
            })
        })
        .await
    }
}

/// The target of an update.
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

/// Whether somebody else is changing the object, or what it belongs to.
pub(super) fn is_in_use(fault: &Fault) -> bool {
    fault.is("ResourceInUseException")
}

/// Whether the object, or what it belongs to, does not exist.
pub(super) fn is_gone(fault: &Fault) -> bool {
    fault.is("ResourceNotFoundException")
}
