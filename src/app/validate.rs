//! Does the project make sense, whatever its inputs?

use std::path::Path;

use crate::address::{ProviderAddress, ResourceAddress};
use crate::diag::Diagnostics;
use crate::eval::validate::{Objection, Schemas, validate};
use crate::eval::{NothingKnown, Purpose};
use crate::port::Remark;
use crate::provider;
use crate::provision;
use crate::schema;
use crate::value::{Name, PathStep, Value};

use super::project::{Project, Use, functions};

/// Everything that is wrong with the project in a directory.
pub fn run(folder: &Path) -> Diagnostics {
    let (project, mut diagnostics) = Project::open(folder);
    let evaluator =
        project.evaluator(Purpose::Validation, functions(Use::Validation), &NothingKnown, [].into());
    let whole = !diagnostics.has_errors();
    diagnostics.extend(validate(&evaluator, &Known::new(), whole));
    // A check is the last thing that its process does. Taking a large project apart again, value by value, would be a
    // tenth of the work, and the system does it at once.
    std::mem::forget(evaluator);
    std::mem::forget(project);
    diagnostics
}

/// The schemas that need no plugin.
pub(super) struct Known {
    provisioners: Vec<(&'static str, Option<schema::Block>)>,
    connection: schema::Block,
}

impl Known {
    pub(super) fn new() -> Self {
        Self {
            provisioners: provision::KINDS.map(|kind| (kind, provision::schema(kind))).into(),
            connection: provision::connection(),
        }
    }
}

impl Schemas for Known {
    fn provider(&self, address: &ProviderAddress) -> Option<&schema::Provider> {
        provider::builtin(address)
    }

    fn objections(
        &self,
        provider: &ProviderAddress,
        resource: &ResourceAddress,
        arguments: &Value,
    ) -> Vec<Objection> {
        let remarks = provider::objections(provider, resource, arguments);
        remarks
            .into_iter()
            .map(|remark| Objection { argument: top(&remark), message: remark.detail })
            .collect()
    }

    fn provisioner_objections(&self, kind: &str, arguments: &Value) -> Vec<Objection> {
        let objection = provision::objection(kind, arguments);
        objection.into_iter().map(|message| Objection { argument: None, message }).collect()
    }

    fn provisioner(&self, kind: &str) -> Option<&schema::Block> {
        self.provisioners.iter().find(|(known, _)| *known == kind)?.1.as_ref()
    }

    fn connection(&self) -> &schema::Block {
        &self.connection
    }

    fn provisioners(&self) -> Vec<&str> {
        provision::KINDS.to_vec()
    }
}

/// Which argument a remark is about.
fn top(remark: &Remark) -> Option<Name> {
    match remark.path.as_ref()?.0.first()? {
        PathStep::Attribute(name) => Some(name.clone()),
        PathStep::Index(_) => None,
    }
}
