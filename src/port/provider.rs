//! Providers, in the shape of the plugin protocol, so that the engine cannot tell those in this process from plugins.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;

use crate::address::ProviderAddress;
use crate::diag::Severity;
use crate::plan::{Inside, Part};
use crate::schema;
use crate::value::{Marks, Path, Value};

use super::Tiding;

/// Where providers come from.
#[async_trait]
pub trait Providers: Send + Sync {
    /// What a provider offers. Asked often; starts nothing where it is known already.
    async fn schema(&self, address: &ProviderAddress) -> Result<Arc<schema::Provider>, ProviderFault>;

    /// One provider, to be configured once, for work in an environment.
    async fn start(
        &self,
        address: &ProviderAddress,
        workplace: &Workplace,
    ) -> Result<Arc<dyn Provider>, ProviderFault>;

    /// What tells this build of a provider from others: a plan is applied with the one that it was made with.
    async fn digest(&self, address: &ProviderAddress) -> Result<String, ProviderFault>;
}

/// What a provider is at work for.
#[derive(Clone)]
pub struct Workplace {
    pub environment: String,
    /// What the project calls itself.
    pub project: Option<String>,
    /// Tells the commit that the configuration comes from, where it comes from one. Takes longer than the rest, so that it
    /// is asked for where it is needed.
    pub revision: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl Workplace {
    /// An environment of nothing that has a name.
    pub fn of(environment: &str) -> Self {
        Self { environment: environment.to_owned(), project: None, revision: Arc::new(|| None) }
    }
}

/// A provider that cannot be used at all.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProviderFault {
    pub address: ProviderAddress,
    /// Whole sentences.
    pub message: String,
    pub hint: Option<String>,
}

/// Something that a provider says about what it was asked to do.
#[derive(Clone, Debug)]
pub struct Remark {
    pub severity: Severity,
    pub summary: String,
    pub detail: String,
    /// What in the arguments it is about.
    pub path: Option<Path>,
}

/// What a provider has said, in order. A request with an error among its remarks has failed.
pub type Remarks = Vec<Remark>;

/// One provider, with one configuration. Objects and arguments are values of the type that its schema implies.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Holds a provider configuration against what it takes.
    async fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    /// Takes its configuration, which may hold unknown values while planning.
    async fn configure(&self, configuration: &Value, remarks: &mut Remarks);

    /// Holds the arguments of a resource against what it takes.
    async fn validate_resource(&self, _kind: &str, _configuration: &Value, _remarks: &mut Remarks) {}

    async fn validate_data(&self, _kind: &str, _configuration: &Value, _remarks: &mut Remarks) {}

    /// An object as it was stored, as a value of the present schema.
    async fn upgrade(
        &self,
        kind: &str,
        version: u64,
        attributes: &str,
        remarks: &mut Remarks,
    ) -> Option<Value>;

    /// An object of another type, perhaps of another provider, as one of this type. None without a remark where nothing
    /// is known of that type.
    async fn move_state(&self, _request: MoveRequest<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        None
    }

    /// The object as it is now; null where it is gone.
    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied>;

    /// What the object will be.
    async fn plan(&self, request: PlanRequest<'_>, remarks: &mut Remarks) -> Option<Planned>;

    /// Makes it so. Where that fails on the way, what there is now, with the error among the remarks; nothing where
    /// nothing has changed.
    async fn apply(&self, request: ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied>;

    /// Objects that exist under an id, as far as they can be told; each is read afterwards.
    async fn import(&self, kind: &str, id: &str, remarks: &mut Remarks) -> Vec<Imported>;

    /// A data source, read.
    async fn read_data(&self, kind: &str, configuration: &Value, remarks: &mut Remarks) -> Option<Value>;

    /// Opens an ephemeral resource: its value, and notes for closing it.
    async fn open(
        &self,
        kind: &str,
        _configuration: &Value,
        remarks: &mut Remarks,
    ) -> Option<(Value, Vec<u8>)> {
        remarks
            .push(Remark::error("No such ephemeral resource", format!("The provider offers no \"{kind}\".")));
        None
    }

    /// Ends what `open` began.
    async fn close(&self, _kind: &str, _private: &[u8], _remarks: &mut Remarks) {}

    /// Whether applying changes of this type touches anything outside this process.
    fn effects(&self, _kind: &str) -> Effects {
        Effects::Outside
    }

    /// Whether another engine looks after parts of objects of this type, so that what becomes of one has an inside.
    fn has_inside(&self, _kind: &str) -> bool {
        false
    }

    /// What a change does to the parts of an object. Asked once for each change of a plan, when it is decided, and may
    /// prepare the change where that touches nothing in use. A replacement is asked for twice, and prepares its new object
    /// only. None where there is nothing to tell.
    async fn look_inside(&self, _request: InsideRequest<'_>, _remarks: &mut Remarks) -> Option<Inside> {
        None
    }

    /// Gives up what [`Provider::look_inside`] has prepared for a plan that nobody will carry out.
    async fn discard(&self, _kind: &str, _notes: &[u8], _remarks: &mut Remarks) {}

    /// Which parts of an object are other than they were left, as far as the other engine finds out when it is told to
    /// look closely. That may take long. Where not all could be found out, that is an error among the remarks, and what was
    /// found is returned all the same.
    async fn examine(&self, _current: Current<'_>, _remarks: &mut Remarks) -> Vec<Part> {
        Vec::new()
    }

    /// Looks for an object that a run may have made before it was cut off.
    async fn find(&self, _search: Search<'_>, _remarks: &mut Remarks) -> Settled {
        Settled::CannotTell
    }

    /// Asked to give up what it is doing as soon as it can.
    async fn stop(&self) {}
}

/// Where the effects of applying are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// In the state only: nothing to be found again after a crash, so that no intent is needed.
    StateOnly,
    Outside,
}

/// An object as the state has it.
#[derive(Clone, Copy)]
pub struct Current<'a> {
    pub kind: &'a str,
    pub value: &'a Value,
    pub private: &'a [u8],
    /// Takes word of what has to be waited for before it can be read.
    pub tell: Tell<'a>,
}

/// An object that a configuration has moved to another type.
#[derive(Clone, Copy)]
pub struct MoveRequest<'a> {
    /// The type that it is to have.
    pub kind: &'a str,
    pub source: &'a ProviderAddress,
    pub source_kind: &'a str,
    /// Of the schema with which it was stored.
    pub version: u64,
    /// As JSON.
    pub attributes: &'a str,
    pub private: &'a [u8],
}

#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    pub kind: &'a str,
    /// Null where there is nothing yet.
    pub prior: &'a Value,
    /// The configuration, with what it leaves to the provider taken from the prior object. Null: to be destroyed.
    pub proposed: &'a Value,
    pub configuration: &'a Value,
    /// Where in the configuration there are secrets.
    pub secrets: &'a [(Path, Marks)],
    pub private: &'a [u8],
    /// While a plan is carried out: what it noted. Empty while one is made.
    pub noted: &'a [u8],
}

/// A change whose inside is asked for.
#[derive(Clone, Copy)]
pub struct InsideRequest<'a> {
    pub kind: &'a str,
    /// Null where there is nothing yet, and in a replacement: its new object starts from nothing.
    pub prior: &'a Value,
    /// Null where the object goes.
    pub planned: &'a Value,
    /// Null where the object goes.
    pub configuration: &'a Value,
    /// Where in the configuration there are secrets, which no part may show.
    pub secrets: &'a [(Path, Marks)],
    /// In a replacement, the object that makes way; otherwise null.
    pub replaced: &'a Value,
    /// What the plan noted.
    pub private: &'a [u8],
}

pub struct Planned {
    pub value: Value,
    pub private: Vec<u8>,
    /// What in it cannot be changed in place.
    pub replace: Vec<Path>,
}

#[derive(Clone, Copy)]
pub struct ApplyRequest<'a> {
    pub kind: &'a str,
    pub prior: &'a Value,
    pub planned: &'a Value,
    pub configuration: &'a Value,
    /// What the plan noted.
    pub private: &'a [u8],
    /// The operation's id. A provider that can leaves it on what it makes, so that [`Provider::find`] knows it again.
    pub token: &'a str,
    /// What [`Provider::look_inside`] noted; empty where it was not asked or had nothing to note.
    pub inside: &'a [u8],
    /// Takes word of how the parts are getting on.
    pub tell: Tell<'a>,
    /// To be set where the making of an object goes on and nobody waits for it any longer: what has become of it is for
    /// [`Provider::find`] to say, as after a crash.
    pub goes_on: &'a AtomicBool,
}

/// Takes word of what happens to the parts of an object. Never waits.
pub type Tell<'a> = &'a (dyn Fn(Tiding) + Send + Sync);

pub struct Applied {
    pub value: Value,
    pub private: Vec<u8>,
}

pub struct Imported {
    pub kind: String,
    pub value: Value,
    pub private: Vec<u8>,
}

/// What is known of an object that may have been made.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    pub kind: &'a str,
    pub planned: &'a Value,
    pub private: &'a [u8],
    /// The operation's id, which the provider may have left on the object.
    pub token: &'a str,
    /// When the operation was begun, in seconds since 1970, where that is known. The object is not older.
    pub since: Option<u64>,
    /// Takes word of how it gets on, where it is found under way.
    pub tell: Tell<'a>,
}

pub enum Settled {
    Found(Applied),
    Absent,
    /// The world cannot be asked.
    CannotTell,
}

impl Remark {
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: None }
    }

    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.path = Some(path);
        self
    }
}
