//! Providers: who looks after what, and what their blocks look like.
//!
//! For now the one that is part of the language, `terraform.io/builtin/terraform`, with its schemas.

mod builtin;

use crate::address::ProviderAddress;
use crate::schema;

/// The provider that is always there.
pub fn builtin(address: &ProviderAddress) -> Option<schema::Provider> {
    (*address == ProviderAddress::builtin("terraform")).then(builtin::terraform)
}
