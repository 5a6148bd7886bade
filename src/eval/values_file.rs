//! Faults in files of values, without the secrets that are in such files.
//!
//! What is wrong with a value is shown with its line, and named in the message. For a variable that is a secret, neither
//! may be.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics, Severity, Source, Span, closest};
use crate::value::Name;

type Variables = BTreeMap<Name, Variable>;

/// The faults, those about a secret in other words.
pub fn without_secrets(faults: Diagnostics, source: &Arc<Source>, variables: &Variables) -> Diagnostics {
    let mut told = Diagnostics::new();
    if !variables.values().any(Variable::is_secret) {
        return faults;
    }
    for fault in faults {
        let places = fault.subject.iter().chain(fault.related.iter().map(|(_, span)| span));
        let inside: Vec<&Span> = places.filter(|span| Arc::ptr_eq(&span.source, source)).collect();
        let hidden = inside.iter().find_map(|span| hidden(&fault, span, variables));
        told.push(hidden.unwrap_or(fault));
    }
    told
}

/// What is told instead of a fault, if a secret may be at this place.
fn hidden(fault: &Diagnostic, place: &Span, variables: &Variables) -> Option<Diagnostic> {
    let found = found_at(place, variables);
    let hidden = match found.iter().find(|variable| variable.is_secret()) {
        Some(variable) => unreadable_secret(variable, place.clone()),
        None if !found.is_empty() => return None,
        None => {
            let why = format!(
                "Something is wrong at {}. The line is not shown: it may have a secret, and it is not known whose value it \
                 is.",
                named(place)
            );
            Diagnostic::error(fault.summary.clone(), why)
        }
    };
    Some(if fault.severity == Severity::Warning { hidden.as_warning() } else { hidden })
}

fn named(place: &Span) -> String {
    let start = place.start();
    format!("{}:{}:{}", place.source.name(), start.line, start.column)
}

/// The fault that a value of a secret variable cannot be read.
pub fn unreadable_secret(variable: &Variable, value: Span) -> Diagnostic {
    let why = format!(
        "The value for \"{}\" is not a valid {}. What is wrong with it is not shown, because the variable is a secret.",
        variable.name,
        variable.constraint.ty.friendly_constraint()
    );
    Diagnostic::error("Value cannot be read", why).at(variable.span.clone()).related("The value", value)
}

/// The error that a value is for no variable, and what follows from that. Its line is not shown where a secret may have
/// been meant.
pub fn undeclared(name: &str, place: Span, variables: &Variables, so: &str) -> Diagnostic {
    const SUMMARY: &str = "Value for an undeclared variable";
    let why = format!("The root module declares no variable \"{name}\", {so}.");
    let fault = match meant(name, variables) {
        Some(variable) if variable.is_secret() => {
            Diagnostic::error(SUMMARY, why).at(variable.span.clone()).related("the value", place)
        }
        None if variables.values().any(Variable::is_secret) => {
            Diagnostic::error(SUMMARY, format!("{why} It is set at {}.", named(&place)))
        }
        _ => Diagnostic::error(SUMMARY, why).at(place),
    };
    fault.suggest(name, variables.keys().map(AsRef::as_ref))
}

fn meant<'v>(name: &str, variables: &'v Variables) -> Option<&'v Variable> {
    let known = variables.keys().map(AsRef::as_ref);
    variables.get(name).or_else(|| variables.get(closest(name, known)?.as_str()))
}

/// The variables whose values are on the lines of a place, or go on there from a line above.
fn found_at<'v>(place: &Span, variables: &'v Variables) -> Vec<&'v Variable> {
    let (first, last) = (place.start().line, place.end().line);
    let text = |line: usize| place.source.line(line);
    let mut found: Vec<_> = (first..=last).flat_map(|line| of_line(text(line), variables)).collect();
    let mut begun = !of_line(text(first), variables).is_empty();
    let mut depth = indentation(text(first));
    for line in (1..first).rev().map(text).filter(|line| !line.trim().is_empty()) {
        // A line that is further left may enclose it, and the nearest name begins what has no name itself.
        if indentation(line) < depth || !begun {
            depth = depth.min(indentation(line));
            let of_it = of_line(line, variables);
            begun |= !of_it.is_empty();
            found.extend(of_it);
        }
    }
    found
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The variables to which a line gives values: at its beginning, or, in JSON, anywhere as a key.
fn of_line<'v>(line: &str, variables: &'v Variables) -> Vec<&'v Variable> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let text = line.trim_start();
    let (name, rest) = text.split_at(text.find(|c| !is_part(c)).unwrap_or(text.len()));
    let mut found = Vec::new();
    if rest.trim_start().starts_with(['=', ':']) || !name.is_empty() && variables.contains_key(name) {
        found.extend(meant(name, variables));
    }
    let keyed = variables.values().filter(|variable| line.contains(&format!("\"{}\"", variable.name)));
    found.extend(keyed);
    found
}
