//! Providers: who looks after what, and what their blocks look like.
//!
//! For now the one that is part of the language, `terraform.io/builtin/terraform`, with its schemas.

mod builtin;

use crate::address::{ProviderAddress, ResourceAddress};
use crate::schema;
use crate::value::Value;

/// The provider that is always there.
pub fn builtin(address: &ProviderAddress) -> Option<schema::Provider> {
    (*address == ProviderAddress::builtin("terraform")).then(builtin::terraform)
}

/// What the provider that is always there holds against arguments beyond their types: which one, and why.
pub fn objections(resource: &ResourceAddress, arguments: &Value) -> Vec<(&'static str, String)> {
    match &*resource.kind {
        "terraform_remote_state" => builtin::remote_state_objections(arguments),
        _ => Vec::new(),
    }
}
