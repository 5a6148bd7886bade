//! Built-in providers. Each answers to its public address with the public schema, so that a project needs no download,
//! and its state can move to Terraform and back.
//!
//! A provider is a table of types ([`ProviderDefinition`]); a type only defines what is specific to it ([`Resource`], [`Data`],
//! [`Ephemeral`]); planning that most types share is a [`Draft`], and dispatch is in `started`.

mod archive;
#[cfg(feature = "aws")]
mod aws;
mod blocking;
mod checksum;
mod draft;
mod entropy;
mod external;
mod http;
mod local;
mod moment;
mod null;
mod object;
mod process;
mod program;
#[cfg(test)]
mod provider_under_test;
mod random;
mod site;
mod started;
mod stop;
mod supervise;
mod terraform;
mod time;
mod tls;
#[cfg(test)]
mod type_under_test;

use std::sync::{Arc, LazyLock, OnceLock};

use async_trait::async_trait;

use crate::address::{DEFAULT_NAMESPACE, DEFAULT_REGISTRY, ProviderAddress, ResourceAddress, ResourceMode};
use crate::expression::Function;
use crate::plan::{Inside, Part};
use crate::port::{
    Applied, ApplyRequest, Current, Effects, InsideRequest, MoveRequest, OtherStates, PlanRequest, Planned,
    Provider, Remark, Remarks, Search, Settled, Workplace,
};
use crate::schema::{self, Block};
use crate::value::Value;

use blocking::blocking;
pub(crate) use draft::{Draft, planned};
pub use site::{Site, serve as serve_site};
use started::{Shapes, Started};
pub(crate) use stop::Stop;

/// All built-in providers. Their schemas are computed once, when first needed.
static ALL: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    vec![
        Entry::new("terraform.io", "builtin", "terraform", terraform::definition),
        Entry::public("archive", archive::definition),
        #[cfg(feature = "aws")]
        Entry::own("aws", aws::definition),
        Entry::public("external", external::definition),
        Entry::public("http", http::definition),
        Entry::public("local", local::definition),
        Entry::public("null", null::definition),
        Entry::own("process", process::definition),
        Entry::public("random", random::definition),
        Entry::own("site", site::definition),
        Entry::public("time", time::definition),
        Entry::public("tls", tls::definition),
    ]
});

/// The built-in provider of an address.
pub(super) fn find(address: &ProviderAddress) -> Option<&'static Entry> {
    ALL.iter().find(|entry| {
        *entry.kind == *address.kind && *entry.namespace == *address.namespace && *entry.host == *address.host
    })
}

/// Their names as people write them.
pub(super) fn names() -> impl Iterator<Item = String> {
    ALL.iter().map(|entry| format!("{}/{}", entry.namespace, entry.kind))
}

/// A provider that can be started any number of times.
pub(super) struct Entry {
    host: &'static str,
    namespace: &'static str,
    kind: &'static str,
    make: fn() -> ProviderDefinition,
    shapes: OnceLock<Arc<Shapes>>,
    /// An instance that validates arguments and is never configured.
    idle: OnceLock<ProviderDefinition>,
}

impl Entry {
    const fn new(
        host: &'static str,
        namespace: &'static str,
        kind: &'static str,
        make: fn() -> ProviderDefinition,
    ) -> Self {
        Self { host, namespace, kind, make, shapes: OnceLock::new(), idle: OnceLock::new() }
    }

    /// A provider in the default namespace.
    const fn public(kind: &'static str, make: fn() -> ProviderDefinition) -> Self {
        Self::new(DEFAULT_REGISTRY, DEFAULT_NAMESPACE, kind, make)
    }

    /// A provider that only Terrace has.
    const fn own(kind: &'static str, make: fn() -> ProviderDefinition) -> Self {
        Self::new(DEFAULT_REGISTRY, "terrace", kind, make)
    }

    pub(super) fn schema(&self) -> Arc<schema::Provider> {
        Arc::clone(&self.shapes().schema)
    }

    pub(super) fn offers(&'static self) -> &'static schema::Provider {
        &self.shapes().schema
    }

    pub(super) fn functions(&self) -> &[Arc<Function>] {
        &self.shapes().functions
    }

    pub(super) fn objections(&self, address: &ResourceAddress, arguments: &Value) -> Remarks {
        let definition = self.idle.get_or_init(self.make);
        let mut remarks = Remarks::new();
        match address.mode {
            ResourceMode::Managed => {
                let found = definition.resources.iter().find(|(kind, _)| **kind == *address.kind);
                found.into_iter().for_each(|(_, one)| one.validate(arguments, &mut remarks));
            }
            ResourceMode::Data => {
                let found = definition.data.iter().find(|(kind, _)| **kind == *address.kind);
                found.into_iter().for_each(|(_, one)| one.validate(arguments, &mut remarks));
            }
            // Validated when it is opened.
            ResourceMode::Ephemeral => {}
        }
        remarks
    }

    pub(super) fn release(&self) -> &'static str {
        self.shapes().release
    }

    pub(super) fn start(
        &self,
        workplace: &Workplace,
        others: Option<Arc<dyn OtherStates>>,
    ) -> Arc<dyn Provider> {
        let definition = (self.make)();
        definition.place.get_or_init(|| Place { workplace: workplace.clone(), others });
        Arc::new(Started::new(definition, Arc::clone(self.shapes())))
    }

    fn shapes(&self) -> &Arc<Shapes> {
        self.shapes.get_or_init(|| Arc::new(Shapes::of(&mut (self.make)())))
    }
}

/// One provider: the public release it implements, and its types. Created for each provider configuration, so that its
/// types can share what was configured.
#[derive(Default)]
pub(crate) struct ProviderDefinition {
    /// The public release of these schemas.
    pub(crate) release: &'static str,
    pub(crate) configuration: Block,
    /// Validates the configuration.
    pub(crate) objections: Option<fn(&Value, &mut Remarks)>,
    /// Checks whether the provider can work at all, once it is configured.
    pub(crate) readiness: Option<Arc<dyn Readiness>>,
    /// The configuration, for types that hold a clone of this.
    pub(crate) configured: Configured,
    /// Where the provider works, for types that hold a clone of this.
    pub(crate) place: Placed,
    /// The request to stop, for types that hold a clone of this.
    pub(crate) stop: Stop,
    pub(crate) resources: Vec<(&'static str, Arc<dyn Resource>)>,
    pub(crate) data: Vec<(&'static str, Arc<dyn Data>)>,
    pub(crate) ephemeral: Vec<(&'static str, Arc<dyn Ephemeral>)>,
    /// By their own names; a module calls them `provider::<its name for the provider>::<name>`.
    pub(crate) functions: Vec<Function>,
}

/// A check that a provider makes before its first request.
#[async_trait]
pub(crate) trait Readiness: Send + Sync {
    /// An error among the remarks means that it cannot be used.
    async fn check(&self, remarks: &mut Remarks);
}

/// The provider's configuration, once it is set.
pub(crate) type Configured = Arc<OnceLock<Value>>;

/// Where a provider works.
pub(crate) struct Place {
    pub(crate) workplace: Workplace,
    /// The states of other environments and projects, if they can be read.
    pub(crate) others: Option<Arc<dyn OtherStates>>,
}

/// The place of a provider, once it is started.
pub(crate) type Placed = Arc<OnceLock<Place>>;

/// One resource type. Objects are unmarked values of the type that its schema implies.
#[async_trait]
pub(crate) trait Resource: Send + Sync {
    /// Called once per process.
    fn schema(&self) -> Block;

    fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    /// Whether a change of an argument requires a new object, for the default plan.
    fn is_fixed(&self, _argument: &str) -> bool {
        false
    }

    /// Plans the object: by default as proposed, with computed attributes unknown in a new object and kept in an
    /// existing one. Types that know more use a [`Draft`].
    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(planned(request, schema, &|argument| self.is_fixed(argument)))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied>;

    async fn update(&self, request: &ApplyRequest<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        Some(Applied { value: request.planned.clone(), private: request.private.to_vec() })
    }

    /// Destroys the object. An error among the remarks means that it still exists.
    async fn delete(&self, _current: Current<'_>, _remarks: &mut Remarks) {}

    /// [`Resource::delete`], for types that need the operation, or report progress.
    async fn destroy(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) {
        let current = Current {
            kind: request.kind,
            value: request.prior,
            private: request.private,
            on_progress: request.on_progress,
        };
        self.delete(current, remarks).await;
    }

    fn has_inside(&self) -> bool {
        false
    }

    async fn look_inside(&self, _request: InsideRequest<'_>, _remarks: &mut Remarks) -> Option<Inside> {
        None
    }

    async fn discard(&self, _notes: &[u8], _remarks: &mut Remarks) {}

    async fn examine(&self, _current: Current<'_>, _remarks: &mut Remarks) -> Vec<Part> {
        Vec::new()
    }

    async fn remains(&self, _current: Current<'_>) -> Option<Value> {
        None
    }

    /// The object as it is now; null if it is gone.
    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        Some(Applied { value: current.value.clone(), private: current.private.to_vec() })
    }

    /// Converts attributes of an earlier schema, as JSON, to the present one. Unknown attributes are dropped
    /// afterwards, and missing ones are null.
    fn upgrade(
        &self,
        _version: u64,
        attributes: serde_json::Value,
        _remarks: &mut Remarks,
    ) -> Option<serde_json::Value> {
        Some(attributes)
    }

    /// Converts an object of another type to this one. Missing attributes are null.
    fn adopt(&self, _object: &MoveRequest<'_>, _remarks: &mut Remarks) -> Option<Value> {
        None
    }

    /// The object of an id, as far as the id determines it; it is read afterwards. Missing attributes are null.
    async fn import(&self, _id: &str, remarks: &mut Remarks) -> Option<Value> {
        remarks.push(Remark::error("Import is not possible", "Objects of this type cannot be imported."));
        None
    }

    fn effects(&self) -> Effects {
        Effects::StateOnly
    }

    /// Looks for an object that an interrupted run may have created.
    async fn find(&self, _search: Search<'_>, _remarks: &mut Remarks) -> Settled {
        Settled::CannotTell
    }
}

/// One type of data source.
#[async_trait]
pub(crate) trait Data: Send + Sync {
    fn schema(&self) -> Block;

    fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value>;
}

/// One type of ephemeral resource.
#[async_trait]
pub(crate) trait Ephemeral: Send + Sync {
    fn schema(&self) -> Block;

    /// The value, and private data for closing it. The configuration is validated here.
    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)>;

    async fn close(&self, _private: &[u8], _remarks: &mut Remarks) {}
}

/// The object as planned, completed with what is known now.
pub(crate) fn made<const N: usize>(request: &ApplyRequest<'_>, known: [(&str, Value); N]) -> Applied {
    Applied { value: object::filled(request.planned, known), private: request.private.to_vec() }
}

/// A new UUID of version 4.
pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
