//! The comparison of environments that `parity -json` prints.

use serde::Serialize;

use crate::environment::parity::{Applied, Cause, Declared, Finding, Kind, Parity};
use crate::value::{Mark, Value};

use super::Plain;

/// The whole answer.
pub fn json_parity(parities: &[Parity]) -> String {
    let answer = Answer { format_version: "1.0", pairs: parities.iter().map(Pair::of).collect() };
    serde_json::to_string_pretty(&answer).expect("plain data always has a JSON form")
}

#[derive(Serialize)]
struct Answer<'a> {
    format_version: &'a str,
    pairs: Vec<Pair<'a>>,
}

#[derive(Serialize)]
struct Pair<'a> {
    first: &'a str,
    second: &'a str,
    /// Whether all differences are declared.
    declared: bool,
    compared: usize,
    undeclared_differences: Vec<FindingForm<'a>>,
    declared_differences: Vec<DeclaredForm<'a>>,
    /// With `-state`: what is applied in both, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<Vec<AppliedForm<'a>>>,
}

#[derive(Serialize)]
struct AppliedForm<'a> {
    environment: &'a str,
    serial: Option<u64>,
    when: Option<&'a str>,
    commit: Option<&'a str>,
    differences: Vec<UnappliedForm<'a>>,
}

#[derive(Serialize)]
struct UnappliedForm<'a> {
    address: &'a str,
    path: String,
    configured: Side<'a>,
    applied: Side<'a>,
}

#[derive(Serialize)]
struct FindingForm<'a> {
    section: &'a str,
    address: &'a str,
    path: String,
    kind: &'a str,
    first: Side<'a>,
    second: Side<'a>,
    causes: Vec<CauseForm<'a>>,
    /// Whether the causes explain the difference completely.
    explained: bool,
    /// Lines for terrace.hcl that would declare it.
    declare: Vec<String>,
}

#[derive(Serialize)]
struct CauseForm<'a> {
    name: &'a str,
    decides: bool,
    differs: Option<&'a str>,
}

#[derive(Serialize)]
struct DeclaredForm<'a> {
    name: &'a str,
    decides: bool,
    differs: &'a str,
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<Side<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<Side<'a>>,
    places: Vec<String>,
}

/// The value in one of the two environments.
#[derive(Serialize)]
struct Side<'a> {
    /// `value`, `sensitive`, `unknown`, `exists` or `nothing`.
    is: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Plain<'a>>,
}

impl<'a> Pair<'a> {
    fn of(parity: &'a Parity) -> Self {
        Self {
            first: parity.first.as_str(),
            second: parity.second.as_str(),
            declared: parity.is_declared(),
            compared: parity.compared,
            undeclared_differences: parity.undeclared().map(FindingForm::of).collect(),
            declared_differences: parity.declared().into_iter().map(DeclaredForm::of).collect(),
            applied: parity.applied.as_ref().map(|applied| {
                let names = [&parity.first, &parity.second];
                names
                    .into_iter()
                    .zip(applied)
                    .map(|(name, one)| AppliedForm::of(name.as_str(), one))
                    .collect()
            }),
        }
    }
}

impl<'a> AppliedForm<'a> {
    fn of(environment: &'a str, applied: &'a Applied) -> Self {
        let last = applied.last.as_ref();
        let differences = applied.differences.iter().map(|one| {
            let there = (one.wanted.is_none() || one.applied.is_none()).then_some("exists");
            UnappliedForm {
                address: &one.address,
                path: one.path.to_string(),
                configured: Side::of(one.wanted.as_ref(), there),
                applied: Side::of(one.applied.as_ref(), there),
            }
        });
        Self {
            environment,
            serial: last.map(|last| last.serial),
            when: last.map(|last| &*last.when),
            commit: last.and_then(|last| last.commit.as_deref()),
            differences: differences.collect(),
        }
    }
}

impl<'a> FindingForm<'a> {
    fn of(finding: &'a Finding) -> Self {
        let difference = &finding.difference;
        let (kind, there) = match difference.kind {
            Kind::Existence => ("existence", Some("exists")),
            Kind::Value => ("value", None),
            Kind::Unknown => ("unknown", None),
        };
        Self {
            section: difference.section.word(),
            address: &difference.address,
            path: difference.path.to_string(),
            kind,
            first: Side::of(difference.first.as_ref(), there),
            second: Side::of(difference.second.as_ref(), there),
            causes: finding.causes.iter().map(CauseForm::of).collect(),
            explained: !finding.unexplained && !finding.causes.is_empty(),
            declare: finding.missing().into_iter().map(|(_, line)| line).collect(),
        }
    }
}

impl<'a> CauseForm<'a> {
    fn of(cause: &'a Cause) -> Self {
        let differs = cause.declared.as_ref().map(|reason| reason.word());
        Self { name: &cause.name, decides: cause.decides, differs }
    }
}

impl<'a> DeclaredForm<'a> {
    fn of(declared: Declared<'a>) -> Self {
        let Declared { cause, values, findings, inside: _ } = declared;
        let reason = cause.declared.as_ref();
        Self {
            name: &cause.name,
            decides: cause.decides,
            differs: reason.map_or("", |reason| reason.word()),
            description: reason.and_then(|reason| reason.description()),
            first: values.map(|(first, _)| Side::of(Some(first), None)),
            second: values.map(|(_, second)| Side::of(Some(second), None)),
            places: findings.iter().map(|finding| finding.place()).collect(),
        }
    }
}

impl<'a> Side<'a> {
    fn of(value: Option<&'a Value>, there: Option<&'a str>) -> Self {
        let hidden =
            |value: &Value| value.has_mark_deep(&Mark::Sensitive) || value.has_mark_deep(&Mark::Ephemeral);
        match (value, there) {
            (None, _) => Self { is: "nothing", value: None },
            (Some(_), Some(there)) => Self { is: there, value: None },
            (Some(value), None) if hidden(value) => Self { is: "sensitive", value: None },
            (Some(value), None) if !value.is_known() => Self { is: "unknown", value: None },
            (Some(value), None) => Self { is: "value", value: Some(Plain(value)) },
        }
    }
}
