//! Resource types as the engine needs them, each looked up and prepared once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::address::{ProviderAddress, ResourceAddress, ResourceMode};
use crate::port::Providers;
use crate::schema::{self, Block};
use crate::state::{Object, Status, json};
use crate::value::{Mark, Name, Path, Type, Value};

/// One type of one provider.
pub(super) struct Kind {
    pub(super) block: Block,
    pub(super) ty: Type,
    /// Whether the schema has anything sensitive.
    secretive: bool,
}

#[derive(Default)]
pub(super) struct Kinds {
    providers: RefCell<HashMap<ProviderAddress, Arc<schema::Provider>>>,
    kinds: RefCell<HashMap<(ProviderAddress, ResourceMode, Name), Rc<Kind>>>,
}

impl Kinds {
    /// Looks a resource's type up; fails with a sentence if the type is unknown.
    pub(super) async fn of(
        &self,
        providers: &dyn Providers,
        provider: &ProviderAddress,
        resource: &ResourceAddress,
    ) -> Result<Rc<Kind>, String> {
        let place = (provider.clone(), resource.mode, resource.kind.clone());
        if let Some(known) = self.kinds.borrow().get(&place) {
            return Ok(Rc::clone(known));
        }
        let schema = self.provider(providers, provider).await?;
        let Some(block) = schema.block(resource.mode, &resource.kind) else {
            return Err(format!(
                "The provider {provider} has no {} \"{}\".",
                resource.mode.noun(),
                resource.kind
            ));
        };
        let kind =
            Rc::new(Kind { ty: block.implied_type(), secretive: block.has_secrets(), block: block.clone() });
        self.kinds.borrow_mut().insert(place, Rc::clone(&kind));
        Ok(kind)
    }

    pub(super) async fn provider(
        &self,
        providers: &dyn Providers,
        address: &ProviderAddress,
    ) -> Result<Arc<schema::Provider>, String> {
        if let Some(known) = self.providers.borrow().get(address) {
            return Ok(Arc::clone(known));
        }
        let schema = providers.schema(address).await.map_err(|fault| fault.to_string())?;
        self.providers.borrow_mut().insert(address.clone(), Arc::clone(&schema));
        Ok(schema)
    }

    /// All schemas that were looked up.
    pub(super) fn all(&self) -> std::collections::BTreeMap<ProviderAddress, Arc<schema::Provider>> {
        self.providers
            .borrow()
            .iter()
            .map(|(address, schema)| (address.clone(), Arc::clone(schema)))
            .collect()
    }
}

impl Kind {
    /// Marks what the schema calls sensitive.
    pub(super) fn mark(&self, object: Value) -> Value {
        if self.secretive { self.block.mark_secrets(object) } else { object }
    }

    /// Marks what was sensitive in the stored object, too.
    pub(super) fn mark_as(&self, stored: &Object, value: Value) -> Value {
        self.mark(stored.mark_secrets(value))
    }

    /// The object to store for a marked value: not tainted, and without dependencies until they are set.
    pub(super) fn stored(&self, object: &Value, private: Vec<u8>) -> Object {
        Object {
            schema_version: self.block.version,
            attributes: json::encode(&object.clone().unmark_deep().0, &self.ty).into(),
            sensitive: secrets_of(object),
            private: private.into(),
            dependencies: Vec::new().into(),
            status: Status::Ready,
            create_before_destroy: false,
        }
    }

    /// The stored object with a refreshed value; everything else about it stays.
    pub(super) fn refreshed(&self, before: &Object, found: &Value, private: &[u8]) -> Object {
        Object {
            schema_version: self.block.version,
            attributes: json::encode(found, &self.ty).into(),
            private: private.into(),
            ..before.clone()
        }
    }

    /// The stored object of an earlier schema in the form of the current one, which may have other sensitive
    /// attributes.
    pub(super) fn renewed(&self, before: &Object, found: &Value, private: &[u8]) -> Object {
        let marked = self.mark_as(before, found.clone());
        Object { sensitive: secrets_of(&marked), ..self.refreshed(before, found, private) }
    }
}

/// The paths of an object's sensitive values.
fn secrets_of(object: &Value) -> Vec<Path> {
    let (_, places) = object.clone().unmark_places();
    places.into_iter().filter(|(_, marks)| marks.contains(&Mark::Sensitive)).map(|(path, _)| path).collect()
}
