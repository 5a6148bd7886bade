//! Parity: every rule about what may differ, and that nothing escapes it.

mod commands;
mod origins;
mod properties;
mod rules;

use std::collections::BTreeSet;

use terrace::app::parity::{Outcome, Pairs, run};
use terrace::environment::parity::{Finding, Parity};

use super::Project;

/// Two environments of one project, compared.
pub(super) struct Compared {
    pub(super) parity: Parity,
}

/// Values for the two environments, and what else `terrace.hcl` says.
pub(super) fn compared(main: &str, first: &str, second: &str, declarations: &str) -> Compared {
    let environments = format!(
        "{declarations}\nenvironment \"alpha\" {{\n  tier = \"staging\"\n  values = {{\n{first}\n  }}\n}}\n\
         environment \"omega\" {{\n  tier = \"production\"\n  values = {{\n{second}\n  }}\n}}\n"
    );
    of(&Project::of(&[("main.tf", main), ("terrace.hcl", &environments)]), "alpha", "omega")
}

#[track_caller]
pub(super) fn of(project: &Project, first: &str, second: &str) -> Compared {
    let Outcome { mut parities, diagnostics } =
        outcome(project, &Pairs::One(first.to_owned(), second.to_owned()));
    let faults: Vec<String> =
        diagnostics.iter().map(|fault| format!("{}: {}", fault.summary, fault.detail)).collect();
    assert!(parities.len() == 1, "{}", faults.join("\n"));
    Compared { parity: parities.remove(0) }
}

/// What the use case says, without a store.
fn outcome(project: &Project, pairs: &Pairs) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(run(project.path(), pairs, None))
}

impl Compared {
    /// What is not declared, variables aside: each place with its causes that are not.
    pub(super) fn undeclared(&self) -> Vec<(String, String)> {
        let findings = self.parity.undeclared().filter(|finding| finding.variable().is_none());
        findings.map(|finding| (finding.place(), causes(finding))).collect()
    }

    /// What is declared, variables aside: each place with all its causes.
    pub(super) fn declared(&self) -> Vec<(String, String)> {
        let findings = self.parity.findings.iter();
        let findings = findings.filter(|finding| finding.is_declared() && finding.variable().is_none());
        findings.map(|finding| (finding.place(), causes(finding))).collect()
    }
}

/// The causes that matter, in order: those that are not declared, or all.
fn causes(finding: &Finding) -> String {
    let all = finding.causes.iter().filter(|cause| finding.is_declared() || !cause.is_declared());
    let names = all.map(|cause| format!("{}{}", cause.name, if cause.decides { "!" } else { "" }));
    let mut names: BTreeSet<String> = names.collect();
    if finding.unexplained {
        names.insert("?".to_owned());
    }
    names.into_iter().collect::<Vec<_>>().join(" ")
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(place, causes)| ((*place).to_owned(), (*causes).to_owned())).collect()
}
