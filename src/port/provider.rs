//! Providers, in the shape of the plugin protocol, so that the engine cannot tell built-in ones from plugins.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;

use crate::address::ProviderAddress;
use crate::diag::Severity;
use crate::plan::{Inside, Part};
use crate::schema;
use crate::value::{Marks, Path, Value};

use super::PartProgress;

/// Where providers come from.
#[async_trait]
pub trait Providers: Send + Sync {
    /// The schema of a provider. Called often; should start nothing if the schema is known already.
    async fn schema(&self, address: &ProviderAddress) -> Result<Arc<schema::Provider>, ProviderFault>;

    /// Starts a provider, which will be configured once, to work in an environment.
    async fn start(
        &self,
        address: &ProviderAddress,
        workplace: &Workplace,
    ) -> Result<Arc<dyn Provider>, ProviderFault>;

    /// Identifies this build of a provider: a plan is only applied with the build that it was made with.
    async fn digest(&self, address: &ProviderAddress) -> Result<String, ProviderFault>;
}

/// The project and environment that a provider works for.
#[derive(Clone)]
pub struct Workplace {
    pub environment: String,
    /// The name of the project.
    pub project: Option<String>,
    /// Returns the commit that the configuration comes from, if any. This is slow, so it is only called when needed.
    pub revision: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl Workplace {
    /// An environment of a project without a name.
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

/// A message of a provider about a request.
#[derive(Clone, Debug)]
pub struct Remark {
    pub severity: Severity,
    pub summary: String,
    pub detail: String,
    /// The part of the arguments that it is about.
    pub path: Option<Path>,
}

/// The messages of a provider, in order. A request has failed if one of them is an error.
pub type Remarks = Vec<Remark>;

/// One provider, with one configuration. Objects and arguments are values of the type that its schema implies.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Validates a provider configuration.
    async fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    /// Sets the configuration, which may have unknown values while planning.
    async fn configure(&self, configuration: &Value, remarks: &mut Remarks);

    /// Validates the arguments of a resource.
    async fn validate_resource(&self, _kind: &str, _configuration: &Value, _remarks: &mut Remarks) {}

    async fn validate_data(&self, _kind: &str, _configuration: &Value, _remarks: &mut Remarks) {}

    /// Converts a stored object to a value of the current schema.
    async fn upgrade(
        &self,
        kind: &str,
        version: u64,
        attributes: &str,
        remarks: &mut Remarks,
    ) -> Option<Value>;

    /// Converts an object of another type, perhaps of another provider, to this type. `None` without a remark if the
    /// other type is not supported.
    async fn move_state(&self, _request: MoveRequest<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        None
    }

    /// Reads the object; null if it is gone.
    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied>;

    /// Plans what the object will be.
    async fn plan(&self, request: PlanRequest<'_>, remarks: &mut Remarks) -> Option<Planned>;

    /// Carries out a plan. On a partial failure, returns what exists now, with the error among the remarks; `None` if
    /// nothing has changed.
    async fn apply(&self, request: ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied>;

    /// The existing objects with an id, as far as they are known; each is read afterwards.
    async fn import(&self, kind: &str, id: &str, remarks: &mut Remarks) -> Vec<Imported>;

    /// Reads a data source.
    async fn read_data(&self, kind: &str, configuration: &Value, remarks: &mut Remarks) -> Option<Value>;

    /// Opens an ephemeral resource; returns its value, and private data for closing it.
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

    /// Closes what `open` opened.
    async fn close(&self, _kind: &str, _private: &[u8], _remarks: &mut Remarks) {}

    /// Whether applying changes of this type affects anything outside this process.
    fn effects(&self, _kind: &str) -> Effects {
        Effects::Outside
    }

    /// Whether parts of objects of this type are managed by another engine, so that changes have nested changes.
    fn has_inside(&self, _kind: &str) -> bool {
        false
    }

    /// The nested changes of a change. Called once for each change of a plan, after it is decided, and may prepare the
    /// change if that affects nothing in use. Called twice for a replacement, and prepares the new object only. `None`
    /// if there is nothing to report.
    async fn look_inside(&self, _request: InsideRequest<'_>, _remarks: &mut Remarks) -> Option<Inside> {
        None
    }

    /// Discards what [`Provider::look_inside`] prepared for a plan that will not be applied.
    async fn discard(&self, _kind: &str, _notes: &[u8], _remarks: &mut Remarks) {}

    /// The parts of an object that were changed outside, as far as the other engine finds them when asked to look
    /// closely. That may take long. If not everything could be found out, there is an error among the remarks, and what
    /// was found is still returned.
    async fn examine(&self, _current: Current<'_>, _remarks: &mut Remarks) -> Vec<Part> {
        Vec::new()
    }

    /// What is there in place of an object that counts as gone, as somebody sees it who looks for what was done by hand: the
    /// same thing with other content, which will be made anew. None where nothing is there.
    async fn remains(&self, _current: Current<'_>) -> Option<Value> {
        None
    }

    /// Looks for an object that an interrupted run may have created.
    async fn find(&self, _search: Search<'_>, _remarks: &mut Remarks) -> Settled {
        Settled::CannotTell
    }

    /// Asks the provider to abandon its work as soon as possible.
    async fn stop(&self) {}
}

/// What applying affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// The state only. Nothing could be lost in a crash, so that no intent is needed.
    StateOnly,
    Outside,
}

/// An object as it is in the state.
#[derive(Clone, Copy)]
pub struct Current<'a> {
    pub kind: &'a str,
    pub value: &'a Value,
    pub private: &'a [u8],
    /// Receives news while something has to be waited for before it can be read.
    pub on_progress: OnProgress<'a>,
}

/// An object that was moved to another type.
#[derive(Clone, Copy)]
pub struct MoveRequest<'a> {
    /// The type to convert to.
    pub kind: &'a str,
    pub source: &'a ProviderAddress,
    pub source_kind: &'a str,
    /// The version of the schema with which it was stored.
    pub version: u64,
    /// As JSON.
    pub attributes: &'a str,
    pub private: &'a [u8],
}

#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    pub kind: &'a str,
    /// Null if there is none yet.
    pub prior: &'a Value,
    /// The configuration, with what it leaves to the provider taken from the prior object. Null to destroy.
    pub proposed: &'a Value,
    pub configuration: &'a Value,
    /// The paths of secrets in the configuration.
    pub secrets: &'a [(Path, Marks)],
    pub private: &'a [u8],
    /// While applying, the private data of the plan; empty while planning.
    pub noted: &'a [u8],
}

/// A change whose nested changes are asked for.
#[derive(Clone, Copy)]
pub struct InsideRequest<'a> {
    pub kind: &'a str,
    /// Null if there is no object yet, and in a replacement, because the new object starts from nothing.
    pub prior: &'a Value,
    /// Null if the object is destroyed.
    pub planned: &'a Value,
    /// Null if the object is destroyed.
    pub configuration: &'a Value,
    /// The paths of secrets in the configuration, which no part may show.
    pub secrets: &'a [(Path, Marks)],
    /// In a replacement, the old object; otherwise null.
    pub replaced: &'a Value,
    /// The private data of the plan.
    pub private: &'a [u8],
}

pub struct Planned {
    pub value: Value,
    pub private: Vec<u8>,
    /// Paths that cannot be changed in place.
    pub replace: Vec<Path>,
}

#[derive(Clone, Copy)]
pub struct ApplyRequest<'a> {
    pub kind: &'a str,
    pub prior: &'a Value,
    pub planned: &'a Value,
    pub configuration: &'a Value,
    /// The private data of the plan.
    pub private: &'a [u8],
    /// The operation's id. A provider that can attaches it to what it creates, so that [`Provider::find`] recognises
    /// it.
    pub token: &'a str,
    /// The notes of [`Provider::look_inside`]; empty if it was not called or had none.
    pub inside: &'a [u8],
    /// Receives news of the parts.
    pub on_progress: OnProgress<'a>,
    /// Set if the creation of an object continues after the call has returned early. What became of it is for
    /// [`Provider::find`] to say, as after a crash.
    pub goes_on: &'a AtomicBool,
}

/// Receives news of the parts of an object. Never blocks.
pub type OnProgress<'a> = &'a (dyn Fn(PartProgress) + Send + Sync);

pub struct Applied {
    pub value: Value,
    pub private: Vec<u8>,
}

pub struct Imported {
    pub kind: String,
    pub value: Value,
    pub private: Vec<u8>,
}

/// What is known of an object that may have been created.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    pub kind: &'a str,
    pub planned: &'a Value,
    pub private: &'a [u8],
    /// The operation's id, which the provider may have attached to the object.
    pub token: &'a str,
    /// When the operation began, in seconds since 1970, if known. The object is not older.
    pub since: Option<u64>,
    /// Receives news, if the object is found while it is still being created.
    pub on_progress: OnProgress<'a>,
}

pub enum Settled {
    Found(Applied),
    Absent,
    /// There is no way to find out.
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
