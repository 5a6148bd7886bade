//! Whether the state matches what the configuration evaluates to.

use crate::address::{AbsoluteInstance, ResourceMode};
use crate::eval::validate::Schemas;
use crate::state::{Object, ResourceState, State, json};
use crate::value::{Kind, Mark, Path, Value};

use super::shape::{Section, Shape};

/// What an environment really has.
#[derive(Debug, Default)]
pub struct Applied {
    /// When something was last applied, by whom, and from which commit.
    pub last: Option<Last>,
    pub differences: Vec<Unapplied>,
}

/// The last revision of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    pub serial: u64,
    pub when: String,
    pub commit: Option<String>,
}

/// A place in which the state does not match the configuration.
#[derive(Clone, Debug)]
pub struct Unapplied {
    pub address: String,
    pub path: Path,
    /// None if it is no longer wanted.
    pub wanted: Option<Value>,
    /// None if it has not been created.
    pub applied: Option<Value>,
}

/// Compares a state with the shape that it should have. What only the provider decides is ignored.
pub fn unapplied(shape: &Shape, state: &State, schemas: &dyn Schemas) -> Vec<Unapplied> {
    let mut found = Vec::new();
    let exists = || Some(Value::bool(true));
    for ((_, address), item) in &shape.items {
        let Some(instance) = item.instance.as_ref().filter(|one| is_kept(one)) else { continue };
        let resource = state.resources.get(&instance.absolute_resource());
        let object = state.instance(instance).and_then(|kept| kept.current.as_ref());
        match resource.zip(object) {
            None => {
                let (address, path) = (address.clone(), Path::root());
                found.push(Unapplied { address, path, wanted: exists(), applied: None });
            }
            Some((resource, object)) => {
                if let Some(applied) = decoded(instance, resource, object, schemas) {
                    Work { address, found: &mut found }.value(&item.value, &applied, Path::root());
                }
            }
        }
    }
    for (instance, _, kept) in state.instances().filter(|(instance, ..)| is_kept(instance)) {
        let address = instance.to_string();
        let block = instance.absolute_resource().to_string();
        let is_wanted = |address: String| shape.items.contains_key(&(Section::Resource, address));
        if kept.current.is_some() && !is_wanted(address.clone()) && !is_wanted(format!("{block}[*]")) {
            found.push(Unapplied { address, path: Path::root(), wanted: None, applied: exists() });
        }
    }
    found
}

/// Data sources are read again by every plan.
fn is_kept(instance: &AbsoluteInstance) -> bool {
    instance.resource.mode == ResourceMode::Managed
}

/// The attributes of an object; `None` if their types are unknown.
fn decoded(
    instance: &AbsoluteInstance,
    resource: &ResourceState,
    object: &Object,
    schemas: &dyn Schemas,
) -> Option<Value> {
    let schema = schemas.provider(&resource.provider.provider)?;
    let block = schema.block(instance.resource.mode, &instance.resource.kind)?;
    if block.version != object.schema_version {
        return None;
    }
    json::decode(&object.attributes, &block.implied_type()).ok()
}

struct Work<'w> {
    address: &'w str,
    found: &'w mut Vec<Unapplied>,
}

impl Work<'_> {
    /// What the configuration leaves open, or does not know yet, is up to the provider.
    fn value(&mut self, wanted: &Value, applied: &Value, path: Path) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.pair(wanted, applied, path));
    }

    fn pair(&mut self, wanted: &Value, applied: &Value, path: Path) {
        if wanted.is_null() || !wanted.is_known() {
            return;
        }
        if let (Some(left), Some(right)) = (wanted.entries(), applied.entries()) {
            let is_object = matches!(applied.kind(), Kind::Object(_));
            for (name, wanted) in left {
                let Some(applied) = right.get(name) else { continue };
                let path = match is_object {
                    true => path.clone().attribute(name.clone()),
                    false => path.clone().index(Value::normalized_string(name.clone())),
                };
                self.value(wanted, applied, path);
            }
            // The shape has more at the top level than the state, such as conditions.
            if !path.is_root() && !left.keys().eq(right.keys()) {
                self.differ(wanted, applied, path);
            }
            return;
        }
        let is_set = matches!(wanted.kind(), Kind::Set(_));
        if let (Some(left), Some(right), false) = (wanted.items(), applied.items(), is_set)
            && left.len() == right.len()
        {
            for (index, (wanted, applied)) in left.iter().zip(right).enumerate() {
                self.value(wanted, applied, path.clone().index(Value::count(index)));
            }
            return;
        }
        let is_open = !wanted.is_wholly_known();
        if !is_open && wanted.equals(applied).as_bool() != Some(true) {
            self.differ(wanted, applied, path);
        }
    }

    fn differ(&mut self, wanted: &Value, applied: &Value, path: Path) {
        let is_secret = wanted.has_mark_deep(&Mark::Sensitive) || wanted.has_mark_deep(&Mark::Ephemeral);
        let hide =
            |value: &Value| if is_secret { value.clone().mark(Mark::Sensitive) } else { value.clone() };
        let (address, path) = (self.address.to_owned(), path);
        self.found.push(Unapplied {
            address,
            path,
            wanted: Some(hide(wanted)),
            applied: Some(hide(applied)),
        });
    }
}
