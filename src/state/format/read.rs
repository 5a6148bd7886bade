//! Reads version 4.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{FormatError, StateFile, indent, paths};
use crate::address::{
    AbsoluteResource, InstanceKey, ModuleInstance, ProviderConfigAddress, ResourceAddress, ResourceMode,
    ResourcePath,
};
use crate::state::{
    CheckKind, CheckState, CheckStatus, CheckedObject, DeposedKey, InstanceState, Object, OutputState,
    ResourceState, State, Status, json,
};
use crate::syntax::data::{Document, Malformed, Shape};
use crate::value::{Mark, Name, Path};

type Read<T> = Result<T, FormatError>;

/// Whether a text is a state file of any version.
pub fn looks_like_state(text: &str) -> bool {
    version(text).is_ok()
}

/// Lineage and serial, if the text begins like a state file that has them early. The rest may be missing.
pub fn identity(beginning: &str) -> Option<(String, u64)> {
    let mut document = Document::new(beginning);
    let (mut lineage, mut serial) = (None, None);
    let mut first = true;
    document.open_object().ok()?;
    while let Some(name) = document.next_property(std::mem::take(&mut first)).ok()? {
        match &*name {
            "lineage" => lineage = Some(document.text().ok()?.into_owned()),
            "serial" => serial = Some(number(&mut document).ok()?),
            _ => document.skip().ok()?,
        }
        if let (Some(_), Some(serial)) = (&lineage, serial) {
            return Some((lineage?, serial));
        }
    }
    None
}

pub(super) fn read(text: &str) -> Read<StateFile> {
    match version(text).map_err(FormatError::NoState)? {
        (super::VERSION, _) => {}
        (version @ 0..=3, _) => return Err(FormatError::TooOld { version }),
        (version, written_by) => return Err(FormatError::TooNew { version, written_by }),
    }
    let mut document = Document::new(text);
    let (mut state, mut written_by) = (State::default(), None);
    let mut interned = Interned::default();
    properties(&mut document, |name, document| {
        match name {
            "terraform_version" => written_by = Some(document.text()?.into_owned()),
            "serial" => state.serial = number(document)?,
            "lineage" => state.lineage = document.text()?.into_owned(),
            "outputs" => state.outputs = outputs(document)?,
            "resources" => items(document, |document| resource(document, &mut state, &mut interned))?,
            "check_results" => {
                items(document, |document| {
                    state.checks.extend(check(document)?);
                    Ok(())
                })?;
            }
            _ => document.skip()?,
        }
        Ok(())
    })?;
    document.end()?;
    state.checks.sort_by(|a, b| (a.kind, &a.address).cmp(&(b.kind, &b.address)));
    Ok(StateFile { state, written_by: written_by.filter(|version| !version.is_empty()) })
}

/// The version of the format, and the program that wrote it, if the text is a state at all.
fn version(text: &str) -> Result<(u64, Option<String>), String> {
    let mut document = Document::new(text);
    let (mut version, mut written_by) = (None, None);
    let read = properties(&mut document, |name, document| {
        match (name, document.shape()?) {
            ("version", Shape::Number) => version = Some(number(document)?),
            ("terraform_version", Shape::Text) => written_by = Some(document.text()?.into_owned()),
            _ => document.skip()?,
        }
        Ok(())
    });
    read.map_err(|fault| fault.to_string())?;
    let version = version.ok_or("it does not say which version of the format it has")?;
    Ok((version, written_by))
}

/// Keeps values that many objects share only once.
#[derive(Default)]
struct Interned {
    dependencies: BTreeMap<Vec<String>, Arc<[ResourcePath]>>,
    paths: BTreeMap<String, ResourcePath>,
}

impl Interned {
    fn dependencies(&mut self, texts: Vec<String>) -> Read<Arc<[ResourcePath]>> {
        if let Some(known) = self.dependencies.get(&texts) {
            return Ok(known.clone());
        }
        let mut all = Vec::with_capacity(texts.len());
        for text in &texts {
            if let Some(path) = self.paths.get(text) {
                all.push(path.clone());
                continue;
            }
            let path = ResourcePath::parse(text)
                .map_err(|fault| FormatError::Invalid(format!("a dependency cannot be read: {fault}")))?;
            self.paths.insert(text.clone(), path.clone());
            all.push(path);
        }
        let all: Arc<[ResourcePath]> = all.into();
        self.dependencies.insert(texts, all.clone());
        Ok(all)
    }
}

fn outputs(document: &mut Document<'_>) -> Read<BTreeMap<Name, OutputState>> {
    let mut outputs = BTreeMap::new();
    properties(document, |name, document| {
        let name = Name::from(name);
        let (mut value, mut ty, mut sensitive) = (None, None, false);
        properties(document, |name, document| {
            match name {
                "value" => value = Some(document.raw()?),
                "type" => ty = Some(document.raw()?),
                "sensitive" => sensitive = document.bool()?,
                _ => document.skip()?,
            }
            Ok(())
        })?;
        let invalid = |fault: json::DecodeError| {
            FormatError::Invalid(format!("the output \"{name}\" cannot be read: {fault}"))
        };
        let ty = json::decode_type(ty.unwrap_or("\"dynamic\"")).map_err(invalid)?;
        let value = json::decode(value.unwrap_or("null"), &ty).map_err(invalid)?;
        let value = if sensitive { value.mark(Mark::Sensitive) } else { value };
        outputs.insert(name, OutputState { value });
        Ok(())
    })?;
    Ok(outputs)
}

fn resource(document: &mut Document<'_>, state: &mut State, interned: &mut Interned) -> Read<()> {
    let (mut module, mut mode, mut kind, mut name) =
        (String::new(), String::new(), String::new(), String::new());
    let (mut provider, mut instances) = (String::new(), None);
    properties(document, |property, document| {
        match property {
            "module" => module = document.text()?.into_owned(),
            "mode" => mode = document.text()?.into_owned(),
            "type" => kind = document.text()?.into_owned(),
            "name" => name = document.text()?.into_owned(),
            "provider" => provider = document.text()?.into_owned(),
            "instances" => {
                // Only the position is kept, because the properties of the resource may follow.
                instances = Some(document.clone());
                document.skip()?;
            }
            _ => document.skip()?,
        }
        Ok(())
    })?;
    let mode = ResourceMode::from_word(&mode).ok_or_else(|| {
        FormatError::Invalid(format!("{kind}.{name} has the mode {mode:?}, which is not known"))
    })?;
    let module = ModuleInstance::parse(&module).map_err(|fault| {
        FormatError::Invalid(format!("the module of {kind}.{name} cannot be read: {fault}"))
    })?;
    let address = ResourceAddress::new(mode, kind, name).within(module);
    let provider = ProviderConfigAddress::parse(&provider).map_err(|fault| {
        FormatError::Invalid(format!("the provider of {address} cannot be read: {fault}"))
    })?;
    let mut found = match state.resources.remove(&address) {
        Some(resource) => resource.instances,
        None => BTreeMap::new(),
    };
    if let Some(mut document) = instances {
        items(&mut document, |document| {
            let (key, deposed, object) = object(document, &address, interned)?;
            put(&address, found.entry(key.clone()).or_default(), &key, deposed, object)
        })?;
    }
    // A resource without instances carries no information.
    if !found.is_empty() {
        state.resources.insert(address, ResourceState { provider: provider.into(), instances: found });
    }
    Ok(())
}

fn put(
    resource: &AbsoluteResource,
    instance: &mut InstanceState,
    key: &InstanceKey,
    deposed: Option<DeposedKey>,
    object: Object,
) -> Read<()> {
    let before = match &deposed {
        Some(deposed) => instance.deposed.insert(deposed.clone(), object),
        None => instance.current.replace(object),
    };
    match (before, deposed) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(FormatError::Invalid(format!("{resource}{key} is there more than once"))),
        (Some(_), Some(deposed)) => Err(FormatError::Invalid(format!(
            "the deposed object {deposed} of {resource}{key} is there more than once"
        ))),
    }
}

fn object(
    document: &mut Document<'_>,
    resource: &AbsoluteResource,
    interned: &mut Interned,
) -> Read<(InstanceKey, Option<DeposedKey>, Object)> {
    let (mut key, mut deposed, mut attributes, mut flat) = (InstanceKey::None, None, None, false);
    let mut object = Object {
        schema_version: 0,
        attributes: Arc::from("{}"),
        sensitive: Vec::<Path>::new(),
        private: Arc::from([]),
        dependencies: Arc::from([]),
        status: Status::Ready,
        create_before_destroy: false,
    };
    properties(document, |name, document| {
        match name {
            "index_key" => key = instance_key(document, resource)?,
            "status" => object.status = instance_status(&document.text()?, resource)?,
            "deposed" => deposed = Some(document.text()?.into_owned()).filter(|key| !key.is_empty()),
            "schema_version" => object.schema_version = number(document)?,
            "attributes" => attributes = Some((document.shape()?, document.raw()?)),
            "attributes_flat" => {
                flat = true;
                document.skip()?;
            }
            "sensitive_attributes" => object.sensitive = paths::read(document)?,
            "private" => {
                let notes = BASE64_STANDARD.decode(&*document.text()?);
                let why =
                    |_| FormatError::Invalid(format!("the private data of {resource} is not in base64"));
                object.private = notes.map_err(why)?.into();
            }
            "dependencies" => {
                let mut texts = Vec::new();
                items(document, |document| {
                    texts.push(document.text()?.into_owned());
                    Ok(())
                })?;
                object.dependencies = interned.dependencies(texts)?;
            }
            "create_before_destroy" => object.create_before_destroy = document.bool()?,
            _ => document.skip()?,
        }
        Ok(())
    })?;
    match attributes {
        Some((Shape::Object, text)) => object.attributes = indent::compact(text).into(),
        Some(_) => {
            return Err(FormatError::Invalid(format!("the attributes of {resource}{key} are no object")));
        }
        None if flat => {
            return Err(FormatError::Invalid(format!(
                "{resource}{key} was last written by terraform 0.11 or earlier, in a form that only its provider can \
                 read; \"terraform apply -refresh-only\" of a later version writes it anew"
            )));
        }
        None => {}
    }
    let deposed = match deposed {
        Some(text) if text.len() != 8 => {
            return Err(FormatError::Invalid(format!(
                "{resource}{key} has a deposed object {text:?}, and the name of one has eight characters"
            )));
        }
        other => other.map(|text| DeposedKey(text.into())),
    };
    Ok((key, deposed, object))
}

fn instance_key(document: &mut Document<'_>, resource: &AbsoluteResource) -> Read<InstanceKey> {
    match document.shape()? {
        Shape::Text => Ok(InstanceKey::text(document.text()?)),
        Shape::Number => number(document).map(InstanceKey::Number),
        _ => Err(FormatError::Invalid(format!("{resource} has a key that is neither a text nor a number"))),
    }
}

fn instance_status(text: &str, resource: &AbsoluteResource) -> Read<Status> {
    match text {
        "" => Ok(Status::Ready),
        "tainted" => Ok(Status::Tainted),
        _ => Err(FormatError::Invalid(format!("{resource} has the status {text:?}, which is not known"))),
    }
}

/// `None` for a kind of a later version.
fn check(document: &mut Document<'_>) -> Read<Option<CheckState>> {
    let mut kind = None;
    let mut check = CheckState {
        kind: CheckKind::Check,
        address: String::new(),
        status: CheckStatus::Unknown,
        objects: Vec::new(),
    };
    properties(document, |name, document| {
        match name {
            "object_kind" => kind = CheckKind::from_word(&document.text()?),
            "config_addr" => check.address = document.text()?.into_owned(),
            "status" => check.status = CheckStatus::from_word(&document.text()?),
            "objects" => {
                items(document, |document| {
                    check.objects.push(checked_object(document)?);
                    Ok(())
                })?;
            }
            _ => document.skip()?,
        }
        Ok(())
    })?;
    check.objects.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(kind.map(|kind| CheckState { kind, ..check }))
}

fn checked_object(document: &mut Document<'_>) -> Read<CheckedObject> {
    let mut object =
        CheckedObject { address: String::new(), status: CheckStatus::Unknown, messages: Vec::new() };
    properties(document, |name, document| {
        match name {
            "object_addr" => object.address = document.text()?.into_owned(),
            "status" => object.status = CheckStatus::from_word(&document.text()?),
            "failure_messages" => {
                items(document, |document| {
                    object.messages.push(document.text()?.into_owned());
                    Ok(())
                })?;
            }
            _ => document.skip()?,
        }
        Ok(())
    })?;
    Ok(object)
}

/// Each property of an object. A null property, or a null object, counts as absent.
fn properties<'a>(
    document: &mut Document<'a>,
    mut each: impl FnMut(&str, &mut Document<'a>) -> Read<()>,
) -> Read<()> {
    if document.shape()? == Shape::Null {
        return Ok(document.null()?);
    }
    document.open_object()?;
    let mut first = true;
    while let Some(name) = document.next_property(std::mem::take(&mut first))? {
        if document.shape()? == Shape::Null {
            document.null()?;
        } else {
            each(&name, document)?;
        }
    }
    Ok(())
}

/// Each element of an array.
fn items<'a>(document: &mut Document<'a>, mut each: impl FnMut(&mut Document<'a>) -> Read<()>) -> Read<()> {
    document.open_array()?;
    let mut first = true;
    while document.next_item(std::mem::take(&mut first))? {
        each(document)?;
    }
    Ok(())
}

fn number(document: &mut Document<'_>) -> Read<u64> {
    let fault = document.fault("a whole number, not negative, is needed");
    document.number()?.parse().map_err(|_| fault.into())
}

impl From<Malformed> for FormatError {
    fn from(fault: Malformed) -> Self {
        Self::Invalid(fault.to_string())
    }
}
