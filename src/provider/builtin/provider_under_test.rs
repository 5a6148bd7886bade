//! A test provider: calls a provider through its trait, as the engine does.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::address::ProviderAddress;
use crate::diag::Severity;
use crate::port::{
    ApplyRequest, Current, PlanRequest, Planned, Provider, Providers, Remarks, Search, Settled, Workplace,
};
use crate::provider::Registry;
use crate::schema::{self, Block};
use crate::value::{Name, Value};

pub(super) struct ProviderUnderTest {
    provider: Arc<dyn Provider>,
    schema: Arc<schema::Provider>,
    /// The id of the operation.
    pub(super) token: String,
}

/// The result of a call, or its errors: summaries and details.
pub(super) type Answer<T> = Result<T, Vec<String>>;

impl ProviderUnderTest {
    pub(super) async fn of(name: &str) -> Self {
        Self::at(&ProviderAddress::default_for(name)).await
    }

    pub(super) async fn at(address: &ProviderAddress) -> Self {
        let registry = Registry::default();
        let provider = registry.start(address, &Workplace::of("default")).await.unwrap();
        Self { provider, schema: registry.schema(address).await.unwrap(), token: "token".to_owned() }
    }

    /// A configuration of a resource: arguments that are not given are null, blocks are empty.
    pub(super) fn resource(&self, kind: &str, given: &[(&str, Value)]) -> Value {
        complete(&self.schema.resources[kind], given)
    }

    pub(super) async fn validate(&self, kind: &str, given: &[(&str, Value)]) -> Answer<()> {
        let mut remarks = Remarks::new();
        self.provider.validate_resource(kind, &self.resource(kind, given), &mut remarks).await;
        outcome(Some(()), &remarks)
    }

    pub(super) async fn validate_data(&self, kind: &str, given: &[(&str, Value)]) -> Answer<()> {
        let mut remarks = Remarks::new();
        let configuration = complete(&self.schema.data[kind], given);
        self.provider.validate_data(kind, &configuration, &mut remarks).await;
        outcome(Some(()), &remarks)
    }

    pub(super) async fn plan(&self, kind: &str, prior: &Value, given: &[(&str, Value)]) -> Answer<Planned> {
        let schema = &self.schema.resources[kind];
        let configuration = complete(schema, given);
        let proposed = proposed(schema, prior, &configuration);
        let mut remarks = Remarks::new();
        let request = PlanRequest {
            kind,
            prior,
            proposed: &proposed,
            configuration: &configuration,
            private: &[],
            secrets: &[],
            noted: &[],
        };
        outcome(self.provider.plan(request, &mut remarks).await, &remarks)
    }

    /// Plans and creates a new object.
    pub(super) async fn create(&self, kind: &str, given: &[(&str, Value)]) -> Answer<Value> {
        let prior = Value::null(self.schema.resources[kind].implied_type());
        self.change(kind, &prior, given).await
    }

    /// Plans and makes an update in place, even if the plan requires a replacement.
    pub(super) async fn change(&self, kind: &str, prior: &Value, given: &[(&str, Value)]) -> Answer<Value> {
        let planned = self.plan(kind, prior, given).await?;
        let mut remarks = Remarks::new();
        let request = ApplyRequest {
            kind,
            prior,
            planned: &planned.value,
            configuration: &self.resource(kind, given),
            private: &planned.private,
            token: &self.token,
            inside: &[],
            on_progress: &|_| (),
            goes_on: &AtomicBool::new(false),
        };
        let applied = self.provider.apply(request, &mut remarks).await;
        let value = outcome(applied, &remarks)?.value;
        assert!(value.is_wholly_known(), "an object has everything that it will ever have: {value:?}");
        assert!(value.ty().conforms_to(&self.schema.resources[kind].implied_type()), "{value:?}");
        Ok(value)
    }

    pub(super) async fn destroy(&self, kind: &str, prior: &Value) -> Answer<()> {
        let mut remarks = Remarks::new();
        let nothing = Value::null(prior.ty());
        let request = ApplyRequest {
            kind,
            prior,
            planned: &nothing,
            configuration: &nothing,
            private: &[],
            token: &self.token,
            inside: &[],
            on_progress: &|_| (),
            goes_on: &AtomicBool::new(false),
        };
        outcome(self.provider.apply(request, &mut remarks).await, &remarks).map(drop)
    }

    pub(super) async fn read(&self, kind: &str, value: &Value) -> Answer<Value> {
        let mut remarks = Remarks::new();
        let read = self
            .provider
            .read(Current { kind, value, private: &[], on_progress: &|_| () }, &mut remarks)
            .await;
        outcome(read, &remarks).map(|read| read.value)
    }

    pub(super) async fn find(&self, kind: &str, planned: &Value) -> Settled {
        let search =
            Search { kind, planned, private: &[], token: &self.token, since: None, on_progress: &|_| () };
        self.provider.find(search, &mut Remarks::new()).await
    }

    pub(super) async fn data(&self, kind: &str, given: &[(&str, Value)]) -> Answer<Value> {
        let schema = &self.schema.data[kind];
        let mut remarks = Remarks::new();
        let value = self.provider.read_data(kind, &complete(schema, given), &mut remarks).await;
        let value = outcome(value, &remarks)?;
        assert!(value.is_wholly_known(), "{value:?}");
        assert!(value.ty().conforms_to(&schema.implied_type()), "{value:?}");
        Ok(value)
    }
}

/// A string attribute of an object; empty if it is not a string.
pub(super) fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.entries().unwrap()[name].as_str().unwrap_or_default()
}

fn outcome<T>(result: Option<T>, remarks: &Remarks) -> Answer<T> {
    let errors: Vec<_> = remarks
        .iter()
        .filter(|remark| remark.severity == Severity::Error)
        .map(|remark| format!("{}: {}", remark.summary, remark.detail))
        .collect();
    match result {
        Some(result) if errors.is_empty() => Ok(result),
        _ => Err(errors),
    }
}

fn complete(schema: &Block, given: &[(&str, Value)]) -> Value {
    for (name, _) in given {
        assert!(schema.attributes.contains_key(*name) || schema.blocks.contains_key(*name), "{name}");
    }
    let of = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let attributes = schema.attributes.iter().map(|(name, attribute)| {
        (name.clone(), of(name).unwrap_or_else(|| Value::null(attribute.ty.clone())))
    });
    let blocks = schema.blocks.iter().map(|(name, nested)| {
        let none = || match nested.nesting {
            schema::Nesting::List => Value::list(nested.block.implied_type(), Vec::new()),
            schema::Nesting::Set => Value::set(nested.block.implied_type(), Vec::new()),
            _ => Value::null(nested.implied_type()),
        };
        (name.clone(), of(name).unwrap_or_else(none))
    });
    Value::object(attributes.chain(blocks).collect::<Vec<(Name, Value)>>())
}

fn proposed(schema: &Block, prior: &Value, configuration: &Value) -> Value {
    let Some(prior) = prior.entries() else { return configuration.clone() };
    let entries = configuration.entries().unwrap().iter().map(|(name, value)| {
        let kept = schema.attributes.get(name).is_some_and(|attribute| attribute.computed) && value.is_null();
        (name.clone(), if kept { prior[name].clone() } else { value.clone() })
    });
    Value::object(entries)
}
