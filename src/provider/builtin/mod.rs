//! Providers in this process. Each answers under its public address with the public schema, so that a project needs no
//! download and its state can go to the reference and come back.
//!
//! A provider is a table of types ([`Kit`]); a type says only what is peculiar to it ([`Resource`], [`Data`]), and what
//! they all share (defaults of planning, dispatch) is here.

#[cfg(test)]
mod bench;
mod blocking;
mod checksum;
mod local;
mod object;
mod program;
mod terraform;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::address::ProviderAddress;
use crate::port::{
    Applied, ApplyRequest, Current, Effects, Imported, PlanRequest, Planned, Provider, Remark, Remarks,
    Search, Settled,
};
use crate::schema::{self, Block};
use crate::state::json;
use crate::value::{Name, Path, Value};

use blocking::blocking;
pub(super) use terraform::remote_state_objections;

/// The provider of an address, where it is one of ours.
pub(super) fn kit(address: &ProviderAddress) -> Option<Kit> {
    if *address == ProviderAddress::builtin("terraform") {
        return Some(terraform::kit());
    }
    if *address == ProviderAddress::default_for("local") {
        return Some(local::kit());
    }
    None
}

/// One provider: what it is called, what release of the public one it stands for, and its types.
#[derive(Default)]
pub(crate) struct Kit {
    /// The public release whose schemas these are.
    pub(crate) release: &'static str,
    pub(crate) configuration: Block,
    pub(crate) resources: Vec<(&'static str, Arc<dyn Resource>)>,
    pub(crate) data: Vec<(&'static str, Arc<dyn Data>)>,
}

/// One type of resource. Objects are values of the schema's implied type, without marks.
#[async_trait]
pub(crate) trait Resource: Send + Sync {
    fn schema(&self) -> Block;

    fn validate(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    /// Arguments whose change means a new object. The default plan asks it.
    fn is_fixed(&self, _argument: &str) -> bool {
        false
    }

    /// What the object will be: as proposed, with what only the provider decides unknown in a new object and kept in
    /// one that is there. Types that know more say so.
    fn plan(&self, request: &PlanRequest<'_>, _remarks: &mut Remarks) -> Option<Planned> {
        Some(planned(request, &self.schema(), &|argument| self.is_fixed(argument)))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied>;

    async fn update(&self, request: &ApplyRequest<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        Some(Applied { value: request.planned.clone(), private: request.private.to_vec() })
    }

    /// Destroys it. An error among the remarks means that it is still there.
    async fn delete(&self, _current: Current<'_>, _remarks: &mut Remarks) {}

    /// As it is now; null where it is gone.
    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        Some(Applied { value: current.value.clone(), private: current.private.to_vec() })
    }

    /// Attributes of an earlier schema as JSON, as the present schema has them.
    fn upgrade(
        &self,
        _version: u64,
        attributes: serde_json::Value,
        _remarks: &mut Remarks,
    ) -> Option<serde_json::Value> {
        Some(attributes)
    }

    /// The object of an id, as far as the id tells; it is read afterwards.
    async fn import(&self, _id: &str, remarks: &mut Remarks) -> Option<Value> {
        remarks.push(Remark::error("Import is not possible", "Objects of this type cannot be imported."));
        None
    }

    fn effects(&self) -> Effects {
        Effects::StateOnly
    }

    /// Looks for an object that a run may have made before it was cut off.
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

impl Kit {
    pub(crate) fn schema(&self) -> schema::Provider {
        schema::Provider {
            configuration: self.configuration.clone(),
            resources: self.resources.iter().map(|(kind, one)| (Name::from(*kind), one.schema())).collect(),
            data: self.data.iter().map(|(kind, one)| (Name::from(*kind), one.schema())).collect(),
            ephemeral: BTreeMap::new(),
        }
    }

    fn resource(&self, kind: &str) -> &dyn Resource {
        let found = self.resources.iter().find(|(known, _)| *known == kind);
        &*found.expect("only types of the schema are asked for").1
    }

    fn data(&self, kind: &str) -> &dyn Data {
        let found = self.data.iter().find(|(known, _)| *known == kind);
        &*found.expect("only types of the schema are asked for").1
    }
}

#[async_trait]
impl Provider for Kit {
    async fn configure(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    async fn validate_resource(&self, kind: &str, configuration: &Value, remarks: &mut Remarks) {
        self.resource(kind).validate(configuration, remarks);
    }

    async fn validate_data(&self, kind: &str, configuration: &Value, remarks: &mut Remarks) {
        self.data(kind).validate(configuration, remarks);
    }

    async fn upgrade(
        &self,
        kind: &str,
        version: u64,
        attributes: &str,
        remarks: &mut Remarks,
    ) -> Option<Value> {
        let resource = self.resource(kind);
        let schema = resource.schema();
        let mut fault = |why: String| {
            let detail = format!("What is stored of this object does not fit the schema of {kind}: {why}.");
            remarks.push(Remark::error("Stored object cannot be read", detail));
        };
        if version == schema.version {
            return json::decode(attributes, &schema.implied_type())
                .map_err(|error| fault(error.to_string()))
                .ok();
        }
        let stored = serde_json::from_str(attributes).map_err(|error| fault(error.to_string())).ok()?;
        let upgraded = resource.upgrade(version, stored, remarks)?;
        let decoded = json::decode(&upgraded.to_string(), &schema.implied_type());
        decoded
            .map_err(|error| remarks.push(Remark::error("Stored object cannot be read", format!("{error}."))))
            .ok()
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        self.resource(current.kind).read(current, remarks).await
    }

    async fn plan(&self, request: PlanRequest<'_>, remarks: &mut Remarks) -> Option<Planned> {
        if request.proposed.is_null() {
            let value = request.proposed.clone();
            return Some(Planned { value, private: request.private.to_vec(), replace: Vec::new() });
        }
        self.resource(request.kind).plan(&request, remarks)
    }

    async fn apply(&self, request: ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let resource = self.resource(request.kind);
        if request.planned.is_null() {
            let before = remarks.len();
            let current = Current { kind: request.kind, value: request.prior, private: request.private };
            resource.delete(current, remarks).await;
            let failed =
                remarks.iter().skip(before).any(|remark| remark.severity == crate::diag::Severity::Error);
            let gone = Applied { value: request.planned.clone(), private: Vec::new() };
            return (!failed).then_some(gone);
        }
        if request.prior.is_null() {
            resource.create(&request, remarks).await
        } else {
            resource.update(&request, remarks).await
        }
    }

    async fn import(&self, kind: &str, id: &str, remarks: &mut Remarks) -> Vec<Imported> {
        let value = self.resource(kind).import(id, remarks).await;
        value
            .into_iter()
            .map(|value| Imported { kind: kind.to_owned(), value, private: Vec::new() })
            .collect()
    }

    async fn read_data(&self, kind: &str, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        self.data(kind).read(configuration, remarks).await
    }

    fn effects(&self, kind: &str) -> Effects {
        self.resource(kind).effects()
    }

    async fn find(&self, search: Search<'_>, remarks: &mut Remarks) -> Settled {
        self.resource(search.kind).find(search, remarks).await
    }
}

/// The default plan: everything as proposed, but for what is only written; what only the provider decides is unknown
/// in a new object.
pub(crate) fn planned(request: &PlanRequest<'_>, schema: &Block, is_fixed: &dyn Fn(&str) -> bool) -> Planned {
    let proposed = request.proposed.entries().cloned().unwrap_or_default();
    let prior = request.prior.entries();
    let mut replace = Vec::new();
    if let Some(prior) = prior {
        for (name, value) in proposed.iter().filter(|(name, _)| is_fixed(name)) {
            if prior.get(name).is_some_and(|prior| !prior.same(value)) {
                replace.push(Path::root().attribute(name.clone()));
            }
        }
    }
    let fresh = prior.is_none();
    let entries = proposed.into_iter().map(|(name, value)| {
        let decided = schema.attributes.get(&name).is_some_and(|attribute| attribute.computed);
        let value = if fresh && decided && value.is_null() { Value::unknown(value.ty()) } else { value };
        (name, value)
    });
    let value = schema.without_write_only(&Value::object(entries));
    Planned { value, private: request.private.to_vec(), replace }
}

/// A new UUID of version 4.
pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
