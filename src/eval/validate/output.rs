//! Outputs: their values, and whether those may leave a module.

use crate::config::Output;
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::Mark;

use super::site::Site;
use super::{resource, rules};

pub(super) fn check(site: &Site<'_, '_>, output: &Output, diagnostics: &mut Diagnostics) {
    let root = site.node().path.is_root();
    if root && output.ephemeral {
        let why = "Outputs of the root module are stored, so none of them can be ephemeral.";
        return diagnostics
            .push(Diagnostic::error("Ephemeral output of the root module", why).at(output.span.clone()));
    }
    rules::hold(site, &site.scope, &output.preconditions, "Precondition of an output failed", diagnostics);
    let Some(expression) = &output.value else { return };
    let mut faults = Diagnostics::new();
    let value = site.value(expression, &mut faults);
    resource::depends_on(site, &output.depends_on, &mut faults);
    let failed = faults.has_errors();
    diagnostics.extend(faults);
    if root && !output.sensitive && value.has_mark_deep(&Mark::Sensitive) {
        let why = format!(
            "The value of \"{}\" holds something sensitive, and an output of the root module shows it to everyone unless it says that it is sensitive.",
            output.name
        );
        diagnostics.push(
            Diagnostic::error("Sensitive value in an output", why)
                .at(output.span.clone())
                .hint("If it is meant to leave the project, add sensitive = true to the output."),
        );
    }
    if failed {
        return;
    }
    let ephemeral = value.has_mark_deep(&Mark::Ephemeral);
    if output.ephemeral && !value.marks().contains(&Mark::Ephemeral) {
        let why = "This output says that it is ephemeral, so its value must be.";
        diagnostics
            .push(Diagnostic::error("Lasting value in an ephemeral output", why).at(expression.span()));
    } else if !output.ephemeral && ephemeral {
        let why = "An ephemeral value must not be stored, and this output may be.";
        diagnostics.push(
            Diagnostic::error("Ephemeral value in an output", why)
                .at(expression.span())
                .hint("An output of a module that is not the root may say ephemeral = true."),
        );
    }
}
