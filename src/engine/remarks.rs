//! Turns providers' remarks into diagnostics with a place.

use crate::address::AbsoluteInstance;
use crate::config::LayeredBody;
use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::port::{Remark, Remarks};
use crate::value::PathStep;

use super::secrets::Secrets;

/// The place that remarks are about.
pub(super) struct Place<'p> {
    pub(super) address: String,
    pub(super) body: Option<&'p LayeredBody>,
    pub(super) block: Option<&'p Span>,
    /// The secrets to mask in the remarks.
    pub(super) secrets: Secrets,
}

impl Place<'_> {
    /// The place of an object that has no block in the configuration.
    pub(super) fn of(address: &AbsoluteInstance) -> Self {
        Self { address: address.to_string(), body: None, block: None, secrets: Secrets::default() }
    }

    /// Adds remarks to the diagnostics; returns whether one of them is an error.
    pub(super) fn report(&self, mut remarks: Remarks, diagnostics: &mut Diagnostics) -> bool {
        let failed = has_errors(&remarks);
        self.secrets.hide_in(&mut remarks);
        diagnostics.extend(remarks.into_iter().map(|remark| self.diagnostic(remark)));
        failed
    }

    fn diagnostic(&self, remark: Remark) -> Diagnostic {
        let argument = remark.path.as_ref().and_then(|path| match path.0.first() {
            Some(PathStep::Attribute(name)) => {
                self.body?.everything().attributes.get(name).map(|attribute| attribute.expression.span())
            }
            _ => None,
        });
        let detail = match &remark.path {
            Some(path) if argument.is_none() => format!("{} (at {path})", remark.detail),
            _ => remark.detail,
        };
        let diagnostic = match remark.severity {
            Severity::Error => Diagnostic::error(remark.summary, detail),
            Severity::Warning => Diagnostic::warning(remark.summary, detail),
        };
        let diagnostic = match argument.or_else(|| self.block.cloned()) {
            Some(span) => diagnostic.at(span),
            None => diagnostic,
        };
        if self.address.is_empty() { diagnostic } else { diagnostic.address(self.address.clone()) }
    }
}

pub(super) fn has_errors(remarks: &[Remark]) -> bool {
    remarks.iter().any(|remark| remark.severity == Severity::Error)
}
