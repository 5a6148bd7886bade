//! The result of a comparison.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::EnvironmentName;
use crate::value::{Name, Value};

use super::applied::Applied;
use super::compare::{Difference, Kind};
use super::ledger::{Cause, Ledger};
use super::shape::{Section, Shape};

/// Two environments compared.
#[derive(Debug)]
pub struct Parity {
    pub first: EnvironmentName,
    pub second: EnvironmentName,
    /// The number of items that were compared.
    pub compared: usize,
    pub findings: Vec<Finding>,
    /// What both really have, if that was asked for.
    pub applied: Option<[Applied; 2]>,
    /// Where toggles that differ are on, by the name of their cause.
    pub toggles: BTreeMap<String, (bool, bool)>,
}

/// A difference and its causes.
#[derive(Debug)]
pub struct Finding {
    pub difference: Difference,
    /// The differing inputs that contributed; empty if none was found.
    pub causes: BTreeSet<Cause>,
    /// It remains with everything declared made equal, so its causes do not explain it completely.
    pub unexplained: bool,
}

/// A declared cause with the differences it explains.
#[derive(Debug)]
pub struct Declared<'p> {
    pub cause: &'p Cause,
    /// The variable's own values, if the cause is a variable.
    pub values: Option<(&'p Value, &'p Value)>,
    /// What differs inside of the variable, where it does not as a whole.
    pub inside: Vec<&'p Finding>,
    /// The findings, without the variable itself.
    pub findings: Vec<&'p Finding>,
}

impl Parity {
    /// Compares two shapes.
    pub fn of(
        (first, a): (EnvironmentName, &Shape),
        (second, b): (EnvironmentName, &Shape),
        ledger: Ledger<'_>,
    ) -> Self {
        let findings = super::compare::compare(a, b).into_iter().map(|difference| {
            let causes = ledger.causes(&difference.origins);
            Finding { difference, causes, unexplained: false }
        });
        let findings = findings.collect();
        let compared = a.items.keys().chain(b.items.keys()).collect::<BTreeSet<_>>().len();
        Self { first, second, compared, findings, applied: None, toggles: BTreeMap::new() }
    }

    /// Marks the findings that remain although everything declared was made equal: they are not explained by it.
    pub fn doubt(&mut self, remaining: Vec<Difference>) {
        let mut known: BTreeMap<(Section, String), Vec<usize>> = BTreeMap::new();
        for (index, finding) in self.findings.iter().enumerate() {
            let Difference { section, address, .. } = &finding.difference;
            known.entry((*section, address.clone())).or_default().push(index);
        }
        for difference in remaining.into_iter().filter(|difference| difference.kind != Kind::Unknown) {
            let path = difference.path.to_string();
            let place = (difference.section, difference.address.clone());
            let here = known.get(&place).into_iter().flatten().copied();
            // Differences of the mixture may be about parts of this finding. Something that only one side has differs
            // in all of its parts.
            let related: Vec<usize> = here
                .filter(|index| {
                    let other = self.findings.get(*index).map(|finding| &finding.difference);
                    other.is_some_and(|other| match (other.kind, difference.kind) {
                        (Kind::Existence, Kind::Existence) => true,
                        (Kind::Existence, _) | (_, Kind::Existence) => false,
                        _ => {
                            other.path.to_string().starts_with(&path)
                                && (!other.is_one_sided() || difference.is_one_sided())
                        }
                    })
                })
                .collect();
            let is_told =
                |index: &usize| self.findings.get(*index).is_some_and(|finding| !finding.is_declared());
            if !related.iter().any(is_told) {
                for index in related {
                    if let Some(finding) = self.findings.get_mut(index) {
                        finding.unexplained = true;
                    }
                }
            }
        }
    }

    pub fn undeclared(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.is_declared())
    }

    pub fn is_declared(&self) -> bool {
        self.undeclared().next().is_none()
    }

    /// Whether everything asked for holds: all differences are declared, and what is applied matches the configuration.
    pub fn holds(&self) -> bool {
        let applied = self.applied.iter().flatten();
        self.is_declared() && applied.map(|one| one.differences.len()).sum::<usize>() == 0
    }

    /// What is declared, by cause.
    pub fn declared(&self) -> Vec<Declared<'_>> {
        let mut by_cause: BTreeMap<&Cause, Declared<'_>> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.is_declared()) {
            for cause in &finding.causes {
                let empty = || Declared { cause, values: None, inside: Vec::new(), findings: Vec::new() };
                let declared = by_cause.entry(cause).or_insert_with(empty);
                match finding.variable() {
                    None => declared.findings.push(finding),
                    Some(name) if *name == *cause.name && finding.difference.path.is_root() => {
                        declared.values =
                            finding.difference.first.as_ref().zip(finding.difference.second.as_ref());
                    }
                    Some(name) if *name == *cause.name => declared.inside.push(finding),
                    Some(_) => {}
                }
            }
        }
        by_cause.into_values().collect()
    }

    /// The number of declared differences, without those of the variables themselves.
    pub fn declared_count(&self) -> usize {
        let declared =
            self.findings.iter().filter(|finding| finding.is_declared() && finding.variable().is_none());
        declared.count()
    }
}

impl Finding {
    pub fn is_declared(&self) -> bool {
        !self.unexplained && !self.causes.is_empty() && self.causes.iter().all(Cause::is_declared)
    }

    /// The variable, if this is the value of one.
    pub fn variable(&self) -> Option<&str> {
        match self.difference.section {
            Section::Variable => self.difference.address.strip_prefix("var."),
            _ => None,
        }
    }

    /// The place as people write it.
    pub fn place(&self) -> String {
        format!("{}{}", self.difference.address, self.difference.path)
    }

    /// What would have to be declared, by name.
    pub fn missing(&self) -> Vec<(&Name, String)> {
        let undeclared = self.causes.iter().filter(|cause| !cause.is_declared());
        undeclared.map(|cause| (&cause.name, cause.remedy())).collect()
    }
}
