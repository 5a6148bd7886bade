//! The state that `show -json` prints.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::address::{AbsoluteInstance, InstanceKey, ModuleInstance, ResourceMode};
use crate::config::LANGUAGE_VERSION;
use crate::plan::Schemas;
use crate::schema::Block;
use crate::state::format::Dependencies;
use crate::state::{CheckState, Object, OutputState, ResourceState, State, Status};
use crate::value::{Mark, Type, Value};

use super::super::object::{Objects, Read};
use super::check::{CheckForm, check_forms};
use super::value::{Plain, Shadow, TypeForm};

/// The state as one JSON document. As in Terraform's, secrets are included, and `sensitive_values` marks them.
pub fn json_state(state: &State, schemas: &Schemas) -> String {
    let objects = read(state, schemas);
    // An empty state shows no checks.
    let checks = if state.is_empty() { &[] } else { &*state.checks };
    let form = StateForm::of(state, &objects, checks);
    super::terraform_bytes(serde_json::to_string(&form))
}

/// All objects of a state as values.
pub(super) fn read<'a>(state: &'a State, schemas: &'a Schemas) -> Vec<Entry<'a>> {
    let mut objects = Objects::new(schemas);
    let mut dependencies = Dependencies::of(state);
    let mut entries = Vec::new();
    for (address, resource, instance) in state.instances() {
        for (deposed, object) in instance.objects() {
            let Read { value, schema } = objects.read(&resource.provider.provider, &address, object);
            let needs = dependencies.all_of(&address.path(), &object.dependencies);
            let needs = needs.into_iter().map(str::to_owned).collect();
            let deposed = deposed.map(ToString::to_string);
            entries.push(Entry { address: address.clone(), resource, object, deposed, value, schema, needs });
        }
    }
    entries
}

/// One object of a state.
pub(super) struct Entry<'a> {
    address: AbsoluteInstance,
    resource: &'a ResourceState,
    object: &'a Object,
    deposed: Option<String>,
    value: Value,
    schema: Option<&'a Block>,
    needs: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct StateForm<'a> {
    format_version: &'static str,
    terraform_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<ValuesForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<CheckForm<'a>>,
}

impl<'a> StateForm<'a> {
    pub(super) fn of(state: &'a State, entries: &'a [Entry<'a>], checks: &'a [CheckState]) -> Self {
        let outputs = state.outputs.iter().map(|(name, output)| (&**name, OutputForm::of(output)));
        let resources = entries.iter().map(|entry| (entry.address.module.clone(), ResourceForm::of(entry)));
        let values = (!state.is_empty())
            .then(|| ValuesForm { outputs: outputs.collect(), root_module: ModuleForm::tree(resources) });
        Self {
            format_version: "1.0",
            terraform_version: LANGUAGE_VERSION,
            values,
            checks: check_forms(checks),
        }
    }
}

#[derive(Serialize)]
pub(super) struct ValuesForm<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) outputs: BTreeMap<&'a str, OutputForm<'a>>,
    pub(super) root_module: ModuleForm<'a>,
}

/// An output. If it is unknown, it has neither value nor type.
#[derive(Serialize)]
pub(super) struct OutputForm<'a> {
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Plain<'a>>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", serialize_with = "as_type")]
    ty: Option<Type>,
}

fn as_type<S: serde::Serializer>(ty: &Option<Type>, serializer: S) -> Result<S::Ok, S::Error> {
    ty.as_ref().map(TypeForm).serialize(serializer)
}

impl<'a> OutputForm<'a> {
    fn of(output: &'a OutputState) -> Self {
        Self::new(&output.value, output.value.has_mark_deep(&Mark::Sensitive))
    }

    pub(super) fn new(value: &'a Value, sensitive: bool) -> Self {
        let known = value.is_wholly_known();
        // A null output shows no type.
        let ty = || if value.is_null() { Type::Dynamic } else { value.ty() };
        Self { sensitive, value: known.then_some(Plain(value)), ty: known.then(ty) }
    }
}

/// A module instance and its content.
#[derive(Default, Serialize)]
pub(super) struct ModuleForm<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ResourceForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    child_modules: Vec<ModuleForm<'a>>,
}

impl<'a> ModuleForm<'a> {
    /// Builds the tree from resources in the order of their modules.
    pub(super) fn tree(resources: impl Iterator<Item = (ModuleInstance, ResourceForm<'a>)>) -> Self {
        let mut root = Self::default();
        let mut texts: Vec<String> = Vec::new();
        let mut last: Option<ModuleInstance> = None;
        for (module, resource) in resources {
            if last.as_ref() != Some(&module) {
                texts = prefixes(&module);
                last = Some(module);
            }
            let mut place = &mut root;
            for text in &texts {
                // In this order, a module is either the last one or a new one.
                if place.child_modules.last().is_none_or(|child| child.address.as_ref() != Some(text)) {
                    place.child_modules.push(Self { address: Some(text.clone()), ..Self::default() });
                }
                place = place.child_modules.last_mut().expect("one was just put there, if none was there");
            }
            place.resources.push(resource);
        }
        root
    }
}

/// The addresses of all modules on the path to one.
fn prefixes(module: &ModuleInstance) -> Vec<String> {
    let steps = module.steps();
    let prefix = |end: usize| ModuleInstance::new(steps.iter().take(end).cloned()).to_string();
    (1..=steps.len()).map(prefix).collect()
}

#[derive(Serialize)]
pub(super) struct ResourceForm<'a> {
    address: String,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_key")]
    index: Option<&'a InstanceKey>,
    provider_name: String,
    schema_version: u64,
    #[serde(skip_serializing_if = "is_silent")]
    values: Plain<'a>,
    sensitive_values: Shadow<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    depends_on: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tainted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed_key: Option<&'a str>,
}

/// Of an object of which nothing is known yet, no values are told.
fn is_silent(values: &Plain<'_>) -> bool {
    let mut entries = values.0.entries().into_iter().flatten();
    values.0.entries().is_some() && entries.all(|(_, value)| !value.is_known())
}

pub(super) fn as_key<S: serde::Serializer>(
    key: &Option<&InstanceKey>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match key {
        Some(InstanceKey::Number(number)) => serializer.serialize_u64(*number),
        Some(InstanceKey::Text(text)) => serializer.serialize_str(text),
        Some(InstanceKey::None) | None => serializer.serialize_none(),
    }
}

pub(super) fn some_key(key: &InstanceKey) -> Option<&InstanceKey> {
    (!key.is_none()).then_some(key)
}

pub(super) fn mode(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    }
}

impl<'a> ResourceForm<'a> {
    fn of(entry: &'a Entry<'a>) -> Self {
        Self {
            schema_version: entry.object.schema_version,
            depends_on: &entry.needs,
            tainted: entry.object.status == Status::Tainted,
            deposed_key: entry.deposed.as_deref(),
            ..Self::planned(&entry.address, &entry.resource.provider.provider, &entry.value, entry.schema)
        }
    }

    /// The planned form of an object.
    pub(super) fn planned(
        address: &'a AbsoluteInstance,
        provider: &crate::address::ProviderAddress,
        value: &'a Value,
        schema: Option<&'a Block>,
    ) -> Self {
        Self {
            address: address.to_string(),
            mode: mode(address.resource.mode),
            kind: &address.resource.kind,
            name: &address.resource.name,
            index: some_key(&address.key),
            provider_name: provider.to_string(),
            schema_version: schema.map_or(0, |schema| schema.version),
            values: Plain(value),
            sensitive_values: Shadow::secret(value, schema),
            depends_on: &[],
            tainted: false,
            deposed_key: None,
        }
    }
}
