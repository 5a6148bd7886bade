//! Providers and their schemas.
//!
//! [`Registry`] is the interface through which the engine gets them. At present all of them are built in.

mod builtin;

use std::sync::Arc;

use async_trait::async_trait;

use crate::port::{OtherStates, Provider, ProviderFault, Providers, Remarks, Workplace};

use crate::address::{ProviderAddress, ResourceAddress};
use crate::diag::Severity;
use crate::eval::ProviderFunctions;
use crate::expression::Function;
use crate::schema;
use crate::value::Value;

pub use builtin::{Site, serve_site};

/// Providers by address.
#[derive(Default)]
pub struct Registry {
    others: Option<Arc<dyn OtherStates>>,
}

impl Registry {
    /// Providers that may read states of other environments and projects.
    pub fn beside(others: Arc<dyn OtherStates>) -> Self {
        Self { others: Some(others) }
    }
}

#[async_trait]
impl Providers for Registry {
    async fn schema(&self, address: &ProviderAddress) -> Result<Arc<schema::Provider>, ProviderFault> {
        Ok(builtin::find(address).ok_or_else(|| unknown(address))?.schema())
    }

    async fn start(
        &self,
        address: &ProviderAddress,
        workplace: &Workplace,
    ) -> Result<Arc<dyn Provider>, ProviderFault> {
        Ok(builtin::find(address).ok_or_else(|| unknown(address))?.start(workplace, self.others.clone()))
    }

    async fn digest(&self, address: &ProviderAddress) -> Result<String, ProviderFault> {
        let found = builtin::find(address).ok_or_else(|| unknown(address))?;
        Ok(format!("in-process {} as {}", env!("CARGO_PKG_VERSION"), found.release()))
    }
}

fn unknown(address: &ProviderAddress) -> ProviderFault {
    ProviderFault {
        address: address.clone(),
        message: format!(
            "The provider {address} is not part of this program, and plugins are not run yet.{}{}",
            instead(address),
            nearly(address).map(|meant| format!(" Did you mean {meant}?")).unwrap_or_default()
        ),
        hint: None,
    }
}

/// A built-in provider with a similar name.
pub fn nearly(address: &ProviderAddress) -> Option<String> {
    if builtin::find(address).is_some() {
        return None;
    }
    let known: Vec<String> = builtin::names().collect();
    crate::diag::closest(&address.short(), known.iter().map(String::as_str))
}

/// A built-in provider that does some of the work of another.
fn instead(address: &ProviderAddress) -> &'static str {
    match &*address.kind {
        "aws" if cfg!(feature = "aws") => {
            " Stacks of CloudFormation and clusters of EKS are looked after by terrace/aws, with the same arguments: name it \
             as the source of \"aws\" in required_providers."
        }
        _ => "",
    }
}

/// The schema of a built-in provider.
pub fn builtin(address: &ProviderAddress) -> Option<&'static schema::Provider> {
    builtin::find(address).map(builtin::Entry::offers)
}

/// The functions of the built-in providers.
#[derive(Debug)]
pub struct Functions;

impl ProviderFunctions for Functions {
    fn of(&self, provider: &ProviderAddress) -> Option<&[Arc<Function>]> {
        builtin::find(provider).map(builtin::Entry::functions)
    }
}

/// The public release that a built-in provider implements.
pub fn release(address: &ProviderAddress) -> Option<&'static str> {
    builtin::find(address).map(builtin::Entry::release)
}

/// The objections of a built-in provider to the arguments of a resource, beyond their types. Unknown values are checked
/// later.
pub fn objections(provider: &ProviderAddress, resource: &ResourceAddress, arguments: &Value) -> Remarks {
    let Some(entry) = builtin::find(provider).filter(|_| arguments.entries().is_some()) else {
        return Remarks::new();
    };
    let (arguments, _) = arguments.clone().unmark_deep();
    let mut remarks = entry.objections(resource, &arguments);
    remarks.retain(|remark| remark.severity == Severity::Error);
    remarks
}
