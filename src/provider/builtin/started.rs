//! Adapts a built-in provider to the engine's interface: finds the type and calls it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::diag::Severity;
use crate::expression::{Function, Parameter};
use crate::plan::{Inside, Part};
use crate::port::{
    Applied, ApplyRequest, Current, Effects, Imported, InsideRequest, MoveRequest, PlanRequest, Planned,
    Provider, Remark, Remarks, Search, Settled,
};
use crate::schema::{self, Block};
use crate::state::json;
use crate::value::{Name, Type, Value};

use super::{Data, Ephemeral, ProviderDefinition, Readiness, Resource};

/// The schemas of a provider's types, shared by all of its instances.
pub(super) struct Shapes {
    pub(super) release: &'static str,
    pub(super) schema: Arc<schema::Provider>,
    pub(super) functions: Vec<Arc<Function>>,
    /// The object types of the resources.
    types: BTreeMap<Name, Type>,
}

impl Shapes {
    pub(super) fn of(definition: &mut ProviderDefinition) -> Self {
        let schema = schema::Provider {
            configuration: definition.configuration.clone(),
            resources: definition
                .resources
                .iter()
                .map(|(kind, one)| (Name::from(*kind), one.schema()))
                .collect(),
            data: definition.data.iter().map(|(kind, one)| (Name::from(*kind), one.schema())).collect(),
            ephemeral: definition
                .ephemeral
                .iter()
                .map(|(kind, one)| (Name::from(*kind), one.schema()))
                .collect(),
            functions: definition
                .functions
                .iter()
                .map(|one| (Name::from(one.name.as_str()), signature(one)))
                .collect(),
        };
        let types =
            schema.resources.iter().map(|(kind, block)| (kind.clone(), block.implied_type())).collect();
        let functions = std::mem::take(&mut definition.functions).into_iter().map(Arc::new).collect();
        Self { release: definition.release, schema: Arc::new(schema), functions, types }
    }
}

fn signature(function: &Function) -> schema::Function {
    let parameter = |one: &Parameter| schema::Parameter {
        name: one.name.clone(),
        description: one.description.clone(),
        ty: one.ty.clone(),
        allow_null: one.allow_null,
    };
    schema::Function {
        description: function.description.clone(),
        parameters: function.parameters.iter().map(parameter).collect(),
        variadic: function.variadic.as_ref().map(parameter),
        result: function.known_result(),
    }
}

/// A running provider. Callers have its schema, so they never ask for unknown types.
pub(super) struct Started {
    shapes: Arc<Shapes>,
    objections: Option<fn(&Value, &mut Remarks)>,
    readiness: Option<Arc<dyn Readiness>>,
    configured: super::Configured,
    stop: super::Stop,
    resources: BTreeMap<&'static str, Arc<dyn Resource>>,
    data: BTreeMap<&'static str, Arc<dyn Data>>,
    ephemeral: BTreeMap<&'static str, Arc<dyn Ephemeral>>,
}

impl Started {
    pub(super) fn new(definition: ProviderDefinition, shapes: Arc<Shapes>) -> Self {
        Self {
            shapes,
            objections: definition.objections,
            readiness: definition.readiness,
            configured: definition.configured,
            stop: definition.stop,
            resources: definition.resources.into_iter().collect(),
            data: definition.data.into_iter().collect(),
            ephemeral: definition.ephemeral.into_iter().collect(),
        }
    }

    fn resource(&self, kind: &str) -> &dyn Resource {
        &**self.resources.get(kind).expect("only types of the schema are asked for")
    }

    fn data(&self, kind: &str) -> &dyn Data {
        &**self.data.get(kind).expect("only types of the schema are asked for")
    }

    fn schema(&self, kind: &str) -> &Block {
        self.shapes.schema.resources.get(kind).expect("only types of the schema are asked for")
    }

    /// An object with null for what is left out of it.
    fn whole(&self, kind: &str, object: Value) -> Value {
        let (Some(entries), Type::Object(ty)) = (object.entries(), self.ty(kind)) else { return object };
        Value::object(ty.attributes.iter().map(|(name, ty)| {
            let value = entries.get(name).cloned().unwrap_or_else(|| Value::null(ty.clone()));
            (name.clone(), value)
        }))
    }

    fn ty(&self, kind: &str) -> &Type {
        self.shapes.types.get(kind).expect("only types of the schema are asked for")
    }
}

#[async_trait]
impl Provider for Started {
    async fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        if let Some(objections) = self.objections {
            objections(configuration, remarks);
        }
    }

    async fn configure(&self, configuration: &Value, remarks: &mut Remarks) {
        // Only the first configuration counts.
        let _ = self.configured.set(configuration.clone());
        if let Some(readiness) = &self.readiness {
            readiness.check(remarks).await;
        }
    }

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
        let (present, ty) = (self.schema(kind).version, self.ty(kind));
        let summary = "Stored object cannot be read";
        if version > present {
            let detail = format!(
                "The state holds an object of {kind} in version {version} of its schema, and only versions up to \
                 {present} are known here. A later release of the provider has written it."
            );
            remarks.push(Remark::error(summary, detail));
            return None;
        }
        // Nearly always the version matches.
        if version == present
            && let Ok(value) = json::decode(attributes, ty)
        {
            return Some(value);
        }
        let mut fault = |why: String| {
            let detail = format!("What is stored of this object does not fit the schema of {kind}: {why}.");
            remarks.push(Remark::error(summary, detail));
        };
        let mut stored = serde_json::from_str(attributes).map_err(|error| fault(error.to_string())).ok()?;
        if version != present {
            stored = self.resource(kind).upgrade(version, stored, remarks)?;
        }
        forget_what_is_not_in(self.schema(kind), &mut stored);
        let mut fault = |why: String| {
            let detail = format!("What is stored of this object does not fit the schema of {kind}: {why}.");
            remarks.push(Remark::error(summary, detail));
        };
        json::decode(&stored.to_string(), ty).map_err(|error| fault(error.to_string())).ok()
    }

    async fn move_state(&self, request: MoveRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let value = self.resource(request.kind).adopt(&request, remarks)?;
        Some(Applied { value: self.whole(request.kind, value), private: Vec::new() })
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        self.resource(current.kind).read(current, remarks).await
    }

    async fn plan(&self, request: PlanRequest<'_>, remarks: &mut Remarks) -> Option<Planned> {
        if request.proposed.is_null() {
            let value = request.proposed.clone();
            return Some(Planned { value, private: request.private.to_vec(), replace: Vec::new() });
        }
        self.resource(request.kind).plan(&request, self.schema(request.kind), remarks)
    }

    async fn apply(&self, request: ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let resource = self.resource(request.kind);
        if request.planned.is_null() {
            let before = remarks.len();
            resource.destroy(&request, remarks).await;
            let failed = remarks.iter().skip(before).any(|remark| remark.severity == Severity::Error);
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
            .map(|value| Imported {
                kind: kind.to_owned(),
                value: self.whole(kind, value),
                private: Vec::new(),
            })
            .collect()
    }

    async fn read_data(&self, kind: &str, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        self.data(kind).read(configuration, remarks).await
    }

    async fn open(
        &self,
        kind: &str,
        configuration: &Value,
        remarks: &mut Remarks,
    ) -> Option<(Value, Vec<u8>)> {
        let found = self.ephemeral.get(kind).expect("only types of the schema are asked for");
        found.open(configuration, remarks).await
    }

    async fn close(&self, kind: &str, private: &[u8], remarks: &mut Remarks) {
        let found = self.ephemeral.get(kind).expect("only types of the schema are asked for");
        found.close(private, remarks).await;
    }

    fn effects(&self, kind: &str) -> Effects {
        self.resource(kind).effects()
    }

    fn has_inside(&self, kind: &str) -> bool {
        self.resource(kind).has_inside()
    }

    async fn look_inside(&self, request: InsideRequest<'_>, remarks: &mut Remarks) -> Option<Inside> {
        self.resource(request.kind).look_inside(request, remarks).await
    }

    async fn discard(&self, kind: &str, notes: &[u8], remarks: &mut Remarks) {
        self.resource(kind).discard(notes, remarks).await;
    }

    async fn examine(&self, current: Current<'_>, remarks: &mut Remarks) -> Vec<Part> {
        self.resource(current.kind).examine(current, remarks).await
    }

    async fn remains(&self, current: Current<'_>) -> Option<Value> {
        self.resource(current.kind).remains(current).await
    }

    async fn find(&self, search: Search<'_>, remarks: &mut Remarks) -> Settled {
        self.resource(search.kind).find(search, remarks).await
    }

    async fn stop(&self) {
        self.stop.say();
    }
}

/// Providers' releases drop attributes without a new schema version.
fn forget_what_is_not_in(schema: &Block, stored: &mut serde_json::Value) {
    if let Some(stored) = stored.as_object_mut() {
        stored.retain(|name, _| {
            schema.attributes.contains_key(name.as_str()) || schema.blocks.contains_key(name.as_str())
        });
    }
}
