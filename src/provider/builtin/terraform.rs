//! The provider of the language itself.

mod functions;
mod remote_state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::address::DEFAULT_NAMESPACE;
use crate::port::{Applied, ApplyRequest, MoveRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Entries, Kind, Name, Path, Type, Value};

use super::{Data, Placed, ProviderDefinition, Resource};

/// `terraform_data`, and the outputs of other projects.
pub(super) fn definition() -> ProviderDefinition {
    let place = Placed::default();
    ProviderDefinition {
        place: place.clone(),
        release: crate::config::LANGUAGE_VERSION,
        resources: vec![("terraform_data", Arc::new(TerraformData::default()))],
        functions: functions::functions(),
        data: vec![("terraform_remote_state", Arc::new(RemoteState(place)))],
        ..ProviderDefinition::default()
    }
}

#[derive(Default)]
struct TerraformData {
    /// The type of the last input: the instances of a resource share it.
    input: Mutex<Option<Type>>,
}

impl TerraformData {
    /// The type of a value; reuses that of the last one if equal.
    fn ty(&self, value: &Value) -> Type {
        let mut last = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(ty) if value.is_a(ty) => ty.clone(),
            _ => last.insert(value.ty()).clone(),
        }
    }

    /// The output for an input: null at once, anything else only after apply.
    fn pending(&self, input: &Value) -> Value {
        if input.is_null() { input.clone() } else { Value::unknown(self.ty(input)) }
    }
}

/// A null_resource as it is stored.
#[derive(serde::Deserialize)]
struct Stored {
    id: Option<String>,
    triggers: Option<BTreeMap<String, Option<String>>>,
}

#[async_trait]
impl Resource for TerraformData {
    fn schema(&self) -> Block {
        data()
    }

    /// `output` follows `input`, and is known as soon as that is.
    fn plan(&self, request: &PlanRequest<'_>, _schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut entries = request.proposed.entries().cloned().unwrap_or_default();
        let argument = |name: &str| entries.get(name).cloned().unwrap_or_else(Value::dynamic);
        let input = argument("input");
        let prior = |name: &str| request.prior.entries().and_then(|prior| prior.get(name)).cloned();
        let mut replace = Vec::new();
        if request.prior.is_null() {
            set(&mut entries, "id", Value::unknown(Type::String).refine_not_null());
            set(&mut entries, "output", self.pending(&input));
        } else {
            let triggers = argument("triggers_replace");
            if prior("triggers_replace").is_some_and(|before| !before.same(&triggers)) {
                replace.push(Path::root().attribute("triggers_replace"));
            }
            if prior("input").is_some_and(|before| !before.same(&input)) {
                set(&mut entries, "output", Value::unknown(self.ty(&input)));
            }
        }
        let value = Kind::Object(Arc::new(entries.into())).into();
        Some(Planned { value, private: request.private.to_vec(), replace })
    }

    async fn create(&self, request: &ApplyRequest<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        settled(request, true)
    }

    async fn update(&self, request: &ApplyRequest<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        settled(request, false)
    }

    /// Converts a null_resource, whose triggers become `triggers_replace`.
    fn adopt(&self, object: &MoveRequest<'_>, remarks: &mut Remarks) -> Option<Value> {
        // From any registry: mirrors have it under their own names.
        let is_null = *object.source.namespace == *DEFAULT_NAMESPACE && *object.source.kind == *"null";
        if !is_null || object.source_kind != "null_resource" {
            return None;
        }
        let stored: Stored = serde_json::from_str(object.attributes)
            .map_err(|error| {
                let why = format!("What is stored of the null_resource does not fit its schema: {error}.");
                remarks.push(Remark::error("Stored object cannot be read", why));
            })
            .ok()?;
        let text = |text: Option<String>| {
            text.map_or_else(|| Value::null(Type::String), |text| Value::string(&text))
        };
        let triggers = stored.triggers.map(|triggers| {
            Value::object(triggers.into_iter().map(|(name, value)| (Name::from(name), text(value))))
        });
        let triggers = triggers.unwrap_or_else(|| Value::null(Type::Dynamic));
        Some(Value::object([("id", text(stored.id)), ("triggers_replace", triggers)]))
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        if id.is_empty() {
            remarks.push(Remark::error("Import id is empty", "terraform_data takes any id, but needs one."));
            return None;
        }
        let nothing = || Value::null(Type::Dynamic);
        Some(Value::object([
            ("id", Value::string(id)),
            ("input", nothing()),
            ("output", nothing()),
            ("triggers_replace", nothing()),
        ]))
    }
}

/// Every object has all attributes.
fn set(entries: &mut Entries, name: &str, value: Value) {
    if let Some(place) = entries.get_mut(name) {
        *place = value;
    }
}

fn settled(request: &ApplyRequest<'_>, new: bool) -> Option<Applied> {
    let mut entries = request.planned.entries()?.clone();
    if new {
        set(&mut entries, "id", Value::string(&super::uuid()));
    }
    let input = entries.get("input").cloned().unwrap_or_else(Value::dynamic);
    set(&mut entries, "output", input);
    let value = Kind::Object(Arc::new(entries.into())).into();
    Some(Applied { value, private: request.private.to_vec() })
}

/// The outputs of another project, from its state file.
struct RemoteState(Placed);

#[async_trait]
impl Data for RemoteState {
    fn schema(&self) -> Block {
        remote_state()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        for (argument, message) in remote_state_objections(configuration) {
            remarks.push(Remark::error("Unsuitable arguments", message).at(Path::root().attribute(argument)));
        }
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        remote_state::read(configuration, self.0.get(), remarks).await
    }
}

fn data() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("input", Attribute::optional(Type::Dynamic))
        .with("output", Attribute::computed(Type::Dynamic))
        .with("triggers_replace", Attribute::optional(Type::Dynamic))
}

fn remote_state() -> Block {
    Block::default()
        .with("backend", Attribute::required(Type::String))
        .with("config", Attribute::optional(Type::Dynamic))
        .with("defaults", Attribute::optional(Type::Dynamic))
        .with("outputs", Attribute::computed(Type::Dynamic))
        .with("workspace", Attribute::optional(Type::String))
}

/// The backends that the language supports for another project's state.
const BACKENDS: [&str; 13] = [
    "azurerm",
    "consul",
    "cos",
    "gcs",
    "http",
    "inmem",
    "kubernetes",
    "local",
    "oss",
    "pg",
    "remote",
    "s3",
    "terrace",
];

fn remote_state_objections(arguments: &Value) -> Vec<(&'static str, String)> {
    let argument = |name: &str| arguments.entries().and_then(|entries| entries.get(name));
    let mut objections = Vec::new();
    if let Some(kind) = argument("backend").and_then(Value::as_str)
        && !BACKENDS.contains(&kind)
    {
        objections
            .push(("backend", format!("There is no backend \"{kind}\"; there are {}.", BACKENDS.join(", "))));
    }
    for name in ["config", "defaults"] {
        let ty = argument(name).map(|value| (value.ty(), value.is_null()));
        if let Some((ty, false)) = ty
            && !matches!(ty, Type::Dynamic | Type::Object(_) | Type::Map(_))
        {
            objections.push((name, format!("\"{name}\" is an object, not a {}.", ty.friendly())));
        }
    }
    objections
}
