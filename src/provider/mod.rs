//! Providers: who looks after what, and what their blocks look like.
//!
//! [`Registry`] is the door through which the engine gets them. All that it knows just now run in this process.

mod builtin;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::port::{Provider, ProviderFault, Providers};

use crate::address::{ProviderAddress, ResourceAddress};
use crate::schema;
use crate::value::Value;

/// Providers by address, each one's schema worked out once.
#[derive(Default)]
pub struct Registry {
    schemas: Mutex<BTreeMap<ProviderAddress, Arc<schema::Provider>>>,
}

#[async_trait]
impl Providers for Registry {
    async fn schema(&self, address: &ProviderAddress) -> Result<Arc<schema::Provider>, ProviderFault> {
        let mut schemas = self.schemas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = schemas.get(address) {
            return Ok(Arc::clone(known));
        }
        let schema = Arc::new(builtin::kit(address).ok_or_else(|| unknown(address))?.schema());
        schemas.insert(address.clone(), Arc::clone(&schema));
        Ok(schema)
    }

    async fn start(&self, address: &ProviderAddress) -> Result<Arc<dyn Provider>, ProviderFault> {
        Ok(Arc::new(builtin::kit(address).ok_or_else(|| unknown(address))?))
    }

    async fn digest(&self, address: &ProviderAddress) -> Result<String, ProviderFault> {
        let kit = builtin::kit(address).ok_or_else(|| unknown(address))?;
        Ok(format!("in-process {} as {}", env!("CARGO_PKG_VERSION"), kit.release))
    }
}

fn unknown(address: &ProviderAddress) -> ProviderFault {
    ProviderFault {
        address: address.clone(),
        message: format!("The provider {address} is not part of this program, and plugins are not run yet."),
        hint: None,
    }
}

/// What a provider in this process offers.
pub fn builtin(address: &ProviderAddress) -> Option<schema::Provider> {
    builtin::kit(address).map(|kit| kit.schema())
}

/// What the provider that is always there holds against arguments beyond their types: which one, and why.
pub fn objections(resource: &ResourceAddress, arguments: &Value) -> Vec<(&'static str, String)> {
    match &*resource.kind {
        "terraform_remote_state" => builtin::remote_state_objections(arguments),
        _ => Vec::new(),
    }
}
