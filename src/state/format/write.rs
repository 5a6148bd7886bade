//! Writes version 4, indented as Terraform does.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::dependencies::Dependencies;
use super::indent::{line, spread};
use super::paths;
use crate::address::{AbsoluteResource, InstanceKey, ResourceMode};
use crate::state::json;
use crate::state::{CheckState, DeposedKey, Object, OutputState, ResourceState, State, Status};
use crate::syntax::data::quote;
use crate::value::{Mark, Name};

pub(super) fn write(state: &State, written_by: &str) -> String {
    let mut out = String::new();
    let mut top = Properties::open(0, &mut out);
    top.plain("version", &super::VERSION.to_string());
    top.text("terraform_version", written_by);
    top.plain("serial", &state.serial.to_string());
    top.text("lineage", &state.lineage);
    outputs(&state.outputs, top.next("outputs"));
    resources(state, top.next("resources"));
    checks(&state.checks, top.next("check_results"));
    top.close();
    out.push('\n');
    out
}

/// An object of the document: one property per line, at a depth.
struct Properties<'a> {
    out: &'a mut String,
    depth: usize,
    first: bool,
}

impl<'a> Properties<'a> {
    fn open(depth: usize, out: &'a mut String) -> Self {
        out.push('{');
        Self { out, depth: depth + 1, first: true }
    }

    /// Writes the name; the value must follow.
    fn next(&mut self, name: &str) -> &mut String {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        line(self.depth, self.out);
        quote(name, self.out);
        self.out.push_str(": ");
        self.out
    }

    fn text(&mut self, name: &str, text: &str) {
        quote(text, self.next(name));
    }

    fn plain(&mut self, name: &str, value: &str) {
        self.next(name).push_str(value);
    }

    /// Writes a value that is given on one line, indented.
    fn spread(&mut self, name: &str, value: &str) {
        let depth = self.depth;
        spread(value, depth, self.next(name));
    }

    fn texts<'t>(&mut self, name: &str, texts: impl IntoIterator<Item = &'t str>) {
        let depth = self.depth;
        array(texts, depth, self.next(name), quote);
    }

    fn close(self) {
        if !self.first {
            line(self.depth - 1, self.out);
        }
        self.out.push('}');
    }
}

/// Writes one element per line, with the brackets at a depth.
fn array<T>(
    items: impl IntoIterator<Item = T>,
    depth: usize,
    out: &mut String,
    mut item: impl FnMut(T, &mut String),
) {
    out.push('[');
    let mut empty = true;
    for each in items {
        if !std::mem::take(&mut empty) {
            out.push(',');
        }
        line(depth + 1, out);
        item(each, out);
    }
    if !empty {
        line(depth, out);
    }
    out.push(']');
}

fn outputs(outputs: &BTreeMap<Name, OutputState>, out: &mut String) {
    let mut all = Properties::open(1, out);
    for (name, output) in outputs {
        let ty = output.value.ty();
        let mut properties = Properties::open(2, all.next(name));
        properties.spread("value", &json::encode(&output.value, &ty));
        properties.spread("type", &json::encode_type(&ty));
        if output.value.has_mark_deep(&Mark::Sensitive) {
            properties.plain("sensitive", "true");
        }
        properties.close();
    }
    all.close();
}

fn resources(state: &State, out: &mut String) {
    let mut dependencies = Dependencies::of(state);
    let mut resources: Vec<(String, &AbsoluteResource, &ResourceState)> = state
        .resources
        .iter()
        .filter(|(address, _)| address.resource.mode != ResourceMode::Ephemeral)
        .map(|(address, resource)| (address.module.to_string(), address, resource))
        .collect();
    // Sorted by text; the state orders modules by calls and keys.
    resources.sort_by(|(a, left, _), (b, right, _)| {
        let rest = |address: &AbsoluteResource| (address.resource.mode.word(), address.resource.clone());
        a.cmp(b).then_with(|| rest(left).cmp(&rest(right)))
    });
    array(resources, 1, out, |(module, address, resource), out| {
        let mut properties = Properties::open(2, out);
        if !module.is_empty() {
            properties.text("module", &module);
        }
        properties.text("mode", address.resource.mode.word());
        properties.text("type", &address.resource.kind);
        properties.text("name", &address.resource.name);
        properties.text("provider", &resource.provider.to_string());
        let path = address.path();
        let objects = resource.instances.iter().flat_map(|(key, instance)| {
            instance.objects().map(move |(deposed, object)| (key, deposed, object))
        });
        array(objects, 3, properties.next("instances"), |(key, deposed, object), out| {
            let needed = match address.resource.mode {
                ResourceMode::Managed => dependencies.all_of(&path, &object.dependencies),
                _ => Vec::new(),
            };
            write_object(key, deposed, object, &needed, out);
        });
        properties.close();
    });
}

fn write_object(
    key: &InstanceKey,
    deposed: Option<&DeposedKey>,
    object: &Object,
    dependencies: &[&str],
    out: &mut String,
) {
    let mut properties = Properties::open(4, out);
    match key {
        InstanceKey::None => {}
        InstanceKey::Number(number) => properties.plain("index_key", &number.to_string()),
        InstanceKey::Text(text) => properties.text("index_key", text),
    }
    if object.status == Status::Tainted {
        properties.text("status", "tainted");
    }
    if let Some(DeposedKey(key)) = deposed {
        properties.text("deposed", key);
    }
    properties.plain("schema_version", &object.schema_version.to_string());
    properties.spread("attributes", &object.attributes);
    let mut sensitive = String::new();
    paths::write(&object.sensitive, &mut sensitive);
    properties.spread("sensitive_attributes", &sensitive);
    if !object.private.is_empty() {
        properties.text("private", &BASE64_STANDARD.encode(&object.private));
    }
    if !dependencies.is_empty() {
        properties.texts("dependencies", dependencies.iter().copied());
    }
    if object.create_before_destroy {
        properties.plain("create_before_destroy", "true");
    }
    properties.close();
}

fn checks(checks: &[CheckState], out: &mut String) {
    if checks.is_empty() {
        out.push_str("null");
        return;
    }
    array(checks, 1, out, |check, out| {
        let mut properties = Properties::open(2, out);
        properties.text("object_kind", check.kind.word());
        properties.text("config_addr", &check.address);
        properties.text("status", check.status.word());
        if check.objects.is_empty() {
            properties.plain("objects", "null");
        } else {
            array(&check.objects, 3, properties.next("objects"), |object, out| {
                let mut properties = Properties::open(4, out);
                properties.text("object_addr", &object.address);
                properties.text("status", object.status.word());
                if !object.messages.is_empty() {
                    properties.texts("failure_messages", object.messages.iter().map(String::as_str));
                }
                properties.close();
            });
        }
        properties.close();
    });
}
