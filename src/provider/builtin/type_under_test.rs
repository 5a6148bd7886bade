//! Takes a type of a built-in provider through its lifecycle in tests, as the engine does: through the provider's
//! interface, with objects that went through the state's JSON.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::Value as Json;

use crate::address::ProviderAddress;
use crate::diag::Severity;
use crate::port::{ApplyRequest, Current, PlanRequest, Planned, Provider, Remarks, Workplace};
use crate::schema::{Block, Provider as Schema};
use crate::state::json;
use crate::value::{Type, Value};

use super::ProviderDefinition;
use super::started::{Shapes, Started};

pub(crate) struct TypeUnderTest {
    pub(crate) provider: Arc<dyn Provider>,
    schema: Arc<Schema>,
    kind: &'static str,
}

impl TypeUnderTest {
    /// A type by its name, from the public provider that the name begins with.
    pub(crate) fn of(kind: &'static str) -> Self {
        let name = kind.split('_').next().expect("a split has a first part");
        Self::at(&ProviderAddress::default_for(name), kind)
    }

    pub(crate) fn at(address: &ProviderAddress, kind: &'static str) -> Self {
        let entry = super::find(address).expect("a provider of ours");
        Self { provider: entry.start(&Workplace::of("default"), None), schema: entry.schema(), kind }
    }

    /// A type of a provider made for the test.
    pub(crate) fn with(mut definition: ProviderDefinition, kind: &'static str) -> Self {
        let shapes = Arc::new(Shapes::of(&mut definition));
        let schema = Arc::clone(&shapes.schema);
        Self { provider: Arc::new(Started::new(definition, shapes)), schema, kind }
    }

    /// A value of the type's schema; what is left out is null.
    pub(crate) fn value(&self, attributes: &Json) -> Value {
        decoded(attributes, self.schema.resources.get(self.kind).expect("a resource"))
    }

    pub(crate) fn nothing(&self) -> Value {
        Value::null(Type::Dynamic)
    }

    pub(crate) fn validate(&self, configuration: &Json) -> Vec<String> {
        let mut remarks = Remarks::new();
        wait(self.provider.validate_resource(self.kind, &self.value(configuration), &mut remarks));
        texts(&remarks)
    }

    /// Plans; the error is the provider's remarks.
    pub(crate) fn plan(&self, prior: &Value, configuration: &Json) -> Result<Planned, Vec<String>> {
        self.plan_value(prior, &self.value(configuration))
    }

    pub(crate) fn plan_value(&self, prior: &Value, configuration: &Value) -> Result<Planned, Vec<String>> {
        let proposed = self.proposed(prior, configuration);
        let request = PlanRequest {
            kind: self.kind,
            prior,
            proposed: &proposed,
            configuration,
            private: &[],
            secrets: &[],
            noted: &[],
        };
        let mut remarks = Remarks::new();
        let planned = wait(self.provider.plan(request, &mut remarks));
        answer(planned, &remarks)
    }

    /// Plans and applies a change; a replacement is requested as a creation.
    pub(crate) fn apply(&self, prior: &Value, configuration: &Json) -> Result<Value, Vec<String>> {
        let configuration = self.value(configuration);
        let planned = self.plan_value(prior, &configuration)?;
        assert!(planned.replace.is_empty(), "replaces because of {:?}", planned.replace);
        let request = ApplyRequest {
            kind: self.kind,
            prior,
            planned: &planned.value,
            configuration: &configuration,
            private: &planned.private,
            token: "token",
            inside: &[],
            on_progress: &|_| (),
            goes_on: &AtomicBool::new(false),
        };
        let mut remarks = Remarks::new();
        let applied = wait(self.provider.apply(request, &mut remarks));
        let value = answer(applied, &remarks)?.value;
        self.agrees(&planned.value, &value);
        Ok(self.stored(&value))
    }

    pub(crate) fn create(&self, configuration: &Json) -> Value {
        let made = self.apply(&self.nothing(), configuration).expect("it is made");
        let again = self.plan(&made, configuration).expect("it is planned once more");
        assert!(again.value.same(&made), "not settled: {made:?} is planned as {:?}", again.value);
        assert!(self.read(&made).is_some_and(|read| read.same(&made)), "read otherwise than made");
        made
    }

    /// The changes that would require a replacement.
    pub(crate) fn replaces(&self, prior: &Value, configuration: &Json) -> Vec<String> {
        let planned = self.plan(prior, configuration).expect("it is planned");
        planned.replace.iter().map(ToString::to_string).collect()
    }

    /// The object as it is now; `None` if it is gone.
    pub(crate) fn read(&self, object: &Value) -> Option<Value> {
        let mut remarks = Remarks::new();
        let current = Current { kind: self.kind, value: object, private: &[], on_progress: &|_| () };
        let read =
            answer(wait(self.provider.read(current, &mut remarks)), &remarks).expect("it is read").value;
        (!read.is_null()).then_some(read)
    }

    pub(crate) fn destroy(&self, object: &Value) -> Result<(), Vec<String>> {
        let nothing = self.nothing();
        let request = ApplyRequest {
            kind: self.kind,
            prior: object,
            planned: &nothing,
            configuration: &nothing,
            private: &[],
            token: "token",
            inside: &[],
            on_progress: &|_| (),
            goes_on: &AtomicBool::new(false),
        };
        let mut remarks = Remarks::new();
        let applied = wait(self.provider.apply(request, &mut remarks));
        answer(applied, &remarks).map(|gone| assert!(gone.value.is_null()))
    }

    pub(crate) fn import(&self, id: &str) -> Result<Value, Vec<String>> {
        let mut remarks = Remarks::new();
        let imported = wait(self.provider.import(self.kind, id, &mut remarks));
        let imported = answer(imported.into_iter().next(), &remarks)?;
        Ok(self.stored(&imported.value))
    }

    pub(crate) fn upgrade(&self, version: u64, attributes: &Json) -> Result<Value, Vec<String>> {
        let mut remarks = Remarks::new();
        let text = attributes.to_string();
        let upgraded = wait(self.provider.upgrade(self.kind, version, &text, &mut remarks));
        answer(upgraded, &remarks)
    }

    /// Reads a data source.
    pub(crate) fn read_data(&self, configuration: &Json) -> Result<Value, Vec<String>> {
        let block = self.schema.data.get(self.kind).expect("a data source");
        let configuration = decoded(configuration, block);
        let mut remarks = Remarks::new();
        wait(self.provider.validate_data(self.kind, &configuration, &mut remarks));
        answer((!failed(&remarks)).then_some(()), &remarks)?;
        let value = wait(self.provider.read_data(self.kind, &configuration, &mut remarks));
        let value = answer(value, &remarks)?;
        assert!(value.ty().conforms_to(&block.implied_type()), "{value:?} does not fit the schema");
        Ok(value)
    }

    /// Opens an ephemeral resource.
    pub(crate) fn open(&self, configuration: &Json) -> Result<Value, Vec<String>> {
        let block = self.schema.ephemeral.get(self.kind).expect("an ephemeral resource");
        let mut remarks = Remarks::new();
        let opened = wait(self.provider.open(self.kind, &decoded(configuration, block), &mut remarks));
        answer(opened, &remarks).map(|(value, _)| value)
    }

    fn proposed(&self, prior: &Value, configuration: &Value) -> Value {
        let schema = self.schema.resources.get(self.kind).expect("a resource");
        let entries = configuration.entries().expect("an object");
        Value::object(entries.iter().map(|(name, value)| {
            let left = value.is_null() && schema.attributes.get(name).is_some_and(|one| one.computed);
            let before = prior.entries().and_then(|prior| prior.get(name)).filter(|_| left);
            (name.clone(), before.unwrap_or(value).clone())
        }))
    }

    /// What was planned must be what exists.
    fn agrees(&self, planned: &Value, applied: &Value) {
        assert!(applied.is_wholly_known(), "{applied:?} is not known");
        for (name, value) in planned.entries().expect("an object") {
            let now = &applied.entries().expect("an object")[name];
            assert!(
                !value.is_wholly_known() || value.same(now),
                "{name} was planned {value:?} and is {now:?}"
            );
        }
    }

    /// The value after a round trip through a state.
    fn stored(&self, value: &Value) -> Value {
        let schema = self.schema.resources.get(self.kind).expect("a resource");
        let ty = schema.implied_type();
        assert!(value.ty().conforms_to(&ty), "{value:?} does not fit the schema");
        json::decode(&json::encode(value, &ty), &ty).expect("what was written is read")
    }
}

pub(crate) fn attribute<'a>(object: &'a Value, name: &str) -> &'a Value {
    &object.entries().expect("an object")[name]
}

pub(crate) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    let value = attribute(object, name);
    value.as_str().unwrap_or_else(|| panic!("{name} is {value:?}"))
}

/// Runs a future to its end.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

fn decoded(attributes: &Json, block: &Block) -> Value {
    json::decode(&attributes.to_string(), &block.implied_type()).expect("it fits the schema")
}

fn answer<T>(found: Option<T>, remarks: &Remarks) -> Result<T, Vec<String>> {
    found.filter(|_| !failed(remarks)).ok_or_else(|| texts(remarks))
}

fn failed(remarks: &Remarks) -> bool {
    remarks.iter().any(|remark| remark.severity == Severity::Error)
}

fn texts(remarks: &Remarks) -> Vec<String> {
    remarks
        .iter()
        .map(|remark| {
            let path = remark.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
            format!("{path}{}: {}", remark.summary, remark.detail)
        })
        .collect()
}
