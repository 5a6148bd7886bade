//! The configuration part of a plan's JSON: every block, as constants and references.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::address::{LocalProvider, ResourceMode};
use crate::config::{
    Configuration, LayeredBody, Module, ModuleCall, ModuleId, Output, Provisioner, Repetition, Resource,
    Variable,
};
use crate::diag::Diagnostics;
use crate::eval::Subject;
use crate::expression::{Nothing, evaluate};
use crate::plan::Schemas;
use crate::schema::{Block, NestedBlock, Nesting};
use crate::syntax::{BlockRule, BodyRule, Content, Expression, Reference, StepKind, Traversal};

use super::value::Plain;

#[derive(Serialize)]
pub(super) struct ConfigurationForm {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    provider_config: BTreeMap<String, Json>,
    root_module: Json,
}

pub(super) fn configuration(configuration: &Configuration, schemas: &Schemas) -> ConfigurationForm {
    let implied = configuration
        .nodes()
        .flat_map(|(id, node)| {
            node.module.resources.values().map(move |resource| (id, local_provider(resource)))
        })
        .collect();
    let writer = Writer { configuration, schemas, implied };
    ConfigurationForm {
        provider_config: writer.providers(),
        root_module: writer.module(configuration.root_id()),
    }
}

struct Writer<'a> {
    configuration: &'a Configuration,
    schemas: &'a Schemas,
    /// Which modules have resources of which providers.
    implied: HashSet<(ModuleId, LocalProvider)>,
}

impl Writer<'_> {
    /// The provider configurations that are written, and those that resources imply.
    fn providers(&self) -> BTreeMap<String, Json> {
        let mut found = BTreeMap::new();
        for (_, node) in self.configuration.nodes() {
            for (local, provider) in &node.module.providers {
                let address = node.module.provider_address(&local.name);
                let schema = self.schemas.0.get(&address).map(|provider| &provider.configuration);
                let mut form = Map::new();
                form.insert("name".into(), (&*local.name).into());
                form.insert("full_name".into(), address.to_string().into());
                put_text(&mut form, "alias", local.alias.as_deref());
                if !node.path.is_root() {
                    form.insert("module_address".into(), node.path.to_string().into());
                }
                put(&mut form, "expressions", body(&provider.body, schema));
                found.insert(provider_key(&node.path.to_string(), local), form.into());
            }
        }
        for (id, node) in self.configuration.nodes() {
            let module = &node.module;
            let of_resources = module.resources.values().map(|resource| local_provider(resource));
            let named = module.settings.required_providers.keys().map(|name| &**name);
            let named = named.chain(module.providers.keys().map(|local| &*local.name));
            for local in of_resources.chain(named.map(LocalProvider::new)) {
                found.entry(self.provider_of(id, &local)).or_insert_with(|| {
                    let mut form = Map::new();
                    form.insert("name".into(), (&*local.name).into());
                    form.insert("full_name".into(), module.provider_address(&local.name).to_string().into());
                    if !node.path.is_root() {
                        form.insert("module_address".into(), node.path.to_string().into());
                    }
                    form.into()
                });
            }
        }
        found
    }

    /// The provider configuration that a local name in a module refers to: the module's own, or the one passed in.
    fn provider_of(&self, id: ModuleId, local: &LocalProvider) -> String {
        let mut here = (id, local.clone());
        // An implied configuration belongs to the outermost module that uses the provider, if all modules in between
        // do, too.
        loop {
            let node = self.configuration.node(here.0);
            let key = || provider_key(&node.path.to_string(), &here.1);
            let call = self.configuration.call_of(here.0).zip(node.parent);
            let Some(((_, call), parent)) = call.filter(|_| !node.module.providers.contains_key(&here.1))
            else {
                return key();
            };
            let passed = call.providers.iter().find(|passed| passed.in_child.local == here.1);
            let outer = passed.map_or(&here.1, |passed| &passed.in_parent.local);
            let outer = (parent, outer.clone());
            if !self.mentions(&outer) {
                return key();
            }
            here = outer;
        }
    }

    /// Whether a module uses a provider in any way.
    fn mentions(&self, place: &(ModuleId, LocalProvider)) -> bool {
        let (id, local) = place;
        let module = &self.configuration.node(*id).module;
        let passed = || {
            let call = self.configuration.call_of(*id);
            call.is_some_and(|(_, call)| call.providers.iter().any(|passed| passed.in_child.local == *local))
        };
        // A provider passed under another name implies that the provider is required.
        let required = || {
            local.alias.is_none()
                && (module.settings.required_providers.contains_key(&*local.name)
                    || module.providers.keys().any(|other| other.name == local.name))
        };
        module.providers.contains_key(local) || self.implied.contains(place) || passed() || required()
    }

    fn module(&self, id: ModuleId) -> Json {
        let node = self.configuration.node(id);
        let module: &Module = &node.module;
        let mut form = Map::new();
        let outputs = module.outputs.values().map(|output| (output.name.to_string(), output_form(output)));
        put(&mut form, "outputs", outputs.collect::<Map<_, _>>().into());
        let resources = module.resources.values();
        let resources: Vec<Json> = resources.map(|resource| self.resource(id, resource)).collect();
        put(&mut form, "resources", resources.into());
        let calls = module.calls.values().map(|call| {
            let child = node
                .children
                .get(&call.name)
                .map(|child| stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.module(*child)));
            (call.name.to_string(), call_form(call, child))
        });
        put(&mut form, "module_calls", calls.collect::<Map<_, _>>().into());
        let variables =
            module.variables.values().map(|variable| (variable.name.to_string(), variable_form(variable)));
        put(&mut form, "variables", variables.collect::<Map<_, _>>().into());
        form.into()
    }

    fn resource(&self, id: ModuleId, resource: &Resource) -> Json {
        let address = &resource.address;
        let provider = self.schemas.0.get(&resource.provider);
        let schema = provider.and_then(|provider| provider.block(address.mode, &address.kind));
        let mut form = Map::new();
        form.insert("address".into(), address.to_string().into());
        form.insert("mode".into(), super::state::mode(address.mode).into());
        form.insert("type".into(), (&*address.kind).into());
        form.insert("name".into(), (&*address.name).into());
        form.insert("provider_config_key".into(), self.provider_of(id, &local_provider(resource)).into());
        if let Some(managed) = &resource.managed {
            let provisioners: Vec<Json> = managed.provisioners.iter().map(provisioner).collect();
            put(&mut form, "provisioners", provisioners.into());
        }
        put(&mut form, "expressions", body(&resource.body, schema));
        form.insert("schema_version".into(), schema.map_or(0, |schema| schema.version).into());
        put_repetition(&mut form, &resource.repetition);
        put_depends_on(&mut form, &resource.depends_on);
        if address.mode == ResourceMode::Ephemeral {
            form.remove("provisioners");
        }
        form.into()
    }
}

fn local_provider(resource: &Resource) -> LocalProvider {
    match &resource.provider_reference {
        Some(reference) => reference.local.clone(),
        None => LocalProvider::new(resource.address.implied_provider()),
    }
}

fn provider_key(module: &str, local: &LocalProvider) -> String {
    if module.is_empty() { local.to_string() } else { format!("{module}:{local}") }
}

fn output_form(output: &Output) -> Json {
    let mut form = Map::new();
    if output.sensitive {
        form.insert("sensitive".into(), true.into());
    }
    if output.ephemeral {
        form.insert("ephemeral".into(), true.into());
    }
    if let Some(value) = &output.value {
        form.insert("expression".into(), expression(value));
    }
    put_depends_on(&mut form, &output.depends_on);
    put_text(&mut form, "description", output.description.as_deref());
    form.into()
}

fn variable_form(variable: &Variable) -> Json {
    let mut form = Map::new();
    if let Some(default) = &variable.default {
        form.insert("default".into(), plain(default));
    }
    put_text(&mut form, "description", variable.description.as_deref());
    if variable.sensitive {
        form.insert("sensitive".into(), true.into());
    }
    form.into()
}

fn call_form(call: &ModuleCall, child: Option<Json>) -> Json {
    let mut form = Map::new();
    put_text(&mut form, "source", call.source_text.as_deref());
    put(&mut form, "expressions", body(&call.body, None));
    put_repetition(&mut form, &call.repetition);
    if let Some(child) = child {
        form.insert("module".into(), child);
    }
    if let Some(version) = &call.version {
        form.insert("version_constraint".into(), version.to_string().into());
    }
    put_depends_on(&mut form, &call.depends_on);
    form.into()
}

fn provisioner(provisioner: &Provisioner) -> Json {
    let mut form = Map::new();
    form.insert("type".into(), (&*provisioner.kind).into());
    put(&mut form, "expressions", body(&provisioner.body, None));
    form.into()
}

/// Adds a field unless it is empty.
fn put(form: &mut Map<String, Json>, name: &str, value: Json) {
    let empty = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    if !empty {
        form.insert(name.into(), value);
    }
}

fn put_text(form: &mut Map<String, Json>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        form.insert(name.into(), text.into());
    }
}

fn put_repetition(form: &mut Map<String, Json>, repetition: &Repetition) {
    match repetition {
        Repetition::Once => {}
        Repetition::Count(count) => put(form, "count_expression", expression(count)),
        Repetition::ForEach(each) => put(form, "for_each_expression", expression(each)),
    }
}

fn put_depends_on(form: &mut Map<String, Json>, depends_on: &[Traversal]) {
    let texts: Vec<Json> = depends_on
        .iter()
        .filter_map(|traversal| texts(&traversal.reference()).into_iter().next())
        .map(Json::from)
        .collect();
    put(form, "depends_on", texts.into());
}

/// The arguments of a body, by the schema if there is one.
fn body(body: &LayeredBody, schema: Option<&Block>) -> Json {
    match schema {
        Some(schema) => arguments(&body.content(&rule(schema), &mut Diagnostics::new()), schema),
        None => plain_arguments(&body.everything()),
    }
}

fn arguments(content: &Content, schema: &Block) -> Json {
    let mut form = match plain_arguments(content) {
        Json::Object(form) => form,
        _ => Map::new(),
    };
    for (kind, nested) in &schema.blocks {
        let mut forms = Vec::new();
        for block in content.blocks.iter().filter(|block| block.kind == *kind) {
            let inner = stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
                let content = block.body.content(&rule(&nested.block), &mut Diagnostics::new());
                arguments(&content, &nested.block)
            });
            forms.push((block.labels.first().map(|label| label.text.to_string()), inner));
        }
        if forms.is_empty() {
            continue;
        }
        form.insert(kind.to_string(), blocks(nested, forms));
    }
    form.into()
}

fn blocks(nested: &NestedBlock, forms: Vec<(Option<String>, Json)>) -> Json {
    match nested.nesting {
        Nesting::Single | Nesting::Group => forms.into_iter().next().map_or(Json::Null, |(_, form)| form),
        Nesting::List | Nesting::Set => forms.into_iter().map(|(_, form)| form).collect(),
        Nesting::Map => {
            let labelled = forms.into_iter().filter_map(|(label, form)| Some((label?, form)));
            labelled.collect::<Map<_, _>>().into()
        }
    }
}

fn plain_arguments(content: &Content) -> Json {
    let attributes = content.attributes.iter();
    let forms = attributes.map(|attribute| (attribute.name().to_string(), expression(&attribute.expression)));
    forms.collect::<Map<_, _>>().into()
}

/// Nothing is required here, because errors are not reported here.
fn rule(schema: &Block) -> BodyRule<'_> {
    let blocks = schema.blocks.iter().map(|(kind, nested)| BlockRule {
        kind,
        labels: if nested.nesting == Nesting::Map { &["key"] } else { &[] },
    });
    BodyRule {
        attributes: schema.attributes.keys().map(|name| (&**name, false)).collect(),
        blocks: blocks.collect(),
    }
}

/// `{"constant_value": ...}`, `{"references": [...]}`, or nothing if it is neither.
fn expression(expression: &Expression) -> Json {
    let found: Vec<String> = expression.references().flat_map(|reference| texts(&reference)).collect();
    if !found.is_empty() {
        return json!({ "references": found });
    }
    let mut faults = Diagnostics::new();
    let value = evaluate(expression, &Nothing, &mut faults);
    if faults.has_errors() || !value.is_wholly_known() {
        return json!({});
    }
    json!({ "constant_value": plain(&value) })
}

fn plain(value: &crate::value::Value) -> Json {
    serde_json::to_value(Plain(value)).expect("plain data always has a JSON form")
}

/// A reference as written, followed by everything it is inside, down to its first part.
fn texts(reference: &Reference<'_>) -> Vec<String> {
    let Ok((subject, taken)) = Subject::of(reference) else { return Vec::new() };
    let mut text = match &subject {
        Subject::Resource(address) => address.to_string(),
        Subject::SelfObject => "self".to_owned(),
        Subject::Variable(name)
        | Subject::Local(name)
        | Subject::Module(name)
        | Subject::Path(name)
        | Subject::Terraform(name)
        | Subject::Count(name)
        | Subject::Each(name) => format!("{}.{name}", reference.root),
    };
    let mut texts = vec![text.clone()];
    for step in reference.steps.iter().skip(taken) {
        match &step.kind {
            StepKind::Attribute(name) => {
                text.push('.');
                text.push_str(reference.file.text(*name));
            }
            StepKind::Key(key) => {
                text.push_str(&format!("[{}]", crate::address::quoted(reference.file.text(*key))));
            }
            StepKind::Number(index) => text.push_str(&format!("[{}]", reference.file.number(*index))),
        }
        texts.push(text.clone());
    }
    // As in Terraform: a reference to an output of a module instance does not also list the call, only the instance.
    let keyed = reference.steps.get(taken).is_some_and(|step| !matches!(step.kind, StepKind::Attribute(_)));
    if keyed && texts.len() > 2 && matches!(subject, Subject::Module(_)) {
        texts.remove(0);
    }
    texts.reverse();
    texts
}
