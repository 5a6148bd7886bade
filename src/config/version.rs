//! Versions and constraints on them.

use std::cmp::Ordering;
use std::fmt;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attribute, Expression};
use crate::value::{Kind, Name, Type, convert};

use super::constant;

#[cfg(test)]
mod tests;

/// A version: numbers, perhaps a prerelease, and perhaps metadata, which is ignored in comparisons.
#[derive(Clone, Debug)]
pub struct Version {
    /// At least three; missing ones are zero.
    segments: Vec<u64>,
    /// How many were written.
    written: usize,
    prerelease: String,
    metadata: String,
}

/// Constraints as written, all of which must hold.
#[derive(Clone, Debug)]
pub struct VersionConstraints {
    pub text: Name,
    pub span: Span,
    constraints: Vec<Constraint>,
}

/// One operator and its version.
#[derive(Clone, Debug)]
struct Constraint {
    operator: Operator,
    version: Version,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    /// `~>`: only the last written number may increase.
    Compatible,
}

/// Why a text is not a version or constraint, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VersionError(pub String);

impl Version {
    /// `1.2.3`, `v1.2`, `1.2.3-beta.1+build`.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let fault = |why: &str| VersionError(format!("\"{text}\" is not a version: {why}."));
        let numbers = text.strip_prefix('v').unwrap_or(text);
        let end = numbers.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(numbers.len());
        let (core, rest) = numbers.split_at(end);
        let mut segments = Vec::new();
        for part in core.split('.') {
            if part.is_empty() {
                return Err(fault("it starts with numbers separated by single dots, such as 1.2.3"));
            }
            let number = part.parse::<i64>().map_err(|_| fault("one of its numbers is too large"))?;
            segments.push(number.unsigned_abs());
        }
        let (prerelease, metadata) = match rest.split_once('+') {
            Some((prerelease, metadata)) => (prerelease, Some(metadata)),
            None => (rest, None),
        };
        // The dash is optional before a letter: `1.0beta`.
        let name = match prerelease.strip_prefix('-') {
            Some("") | None => prerelease,
            Some(name) => name,
        };
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '~');
        let valid = prerelease.is_empty() || (starts_well && identifiers_are_valid(name));
        if !valid {
            return Err(fault("what follows the numbers must be a prerelease such as -beta.1"));
        }
        if metadata.is_some_and(|metadata| !identifiers_are_valid(metadata)) {
            return Err(fault("what follows the plus sign must be letters, digits, dashes and dots"));
        }
        let written = segments.len();
        segments.resize(written.max(3), 0);
        Ok(Self {
            segments,
            written,
            prerelease: name.to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
        })
    }

    pub fn is_prerelease(&self) -> bool {
        !self.prerelease.is_empty()
    }

    /// The order of versions, ignoring metadata.
    fn compare(&self, other: &Self) -> Ordering {
        if self.segments == other.segments {
            return compare_prereleases(&self.prerelease, &other.prerelease);
        }
        // As in Terraform, prereleases are ignored if the numbers of segments differ.
        let length = self.segments.len().max(other.segments.len());
        let at = |version: &Self, index: usize| version.segments.get(index).copied().unwrap_or(0);
        (0..length).map(|i| at(self, i).cmp(&at(other, i))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl VersionConstraints {
    /// One or more constraints separated by commas.
    pub fn parse(text: &str, span: Span) -> Result<Self, VersionError> {
        let constraints = text.split(',').map(Constraint::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.into(), span, constraints })
    }

    pub fn allows(&self, version: &Version) -> bool {
        self.constraints.iter().all(|constraint| constraint.allows(version))
    }

    /// Whether a constraint names exactly this version.
    pub fn names(&self, version: &Version) -> bool {
        let wanted = |operator| {
            matches!(
                operator,
                Operator::Equal | Operator::GreaterOrEqual | Operator::LessOrEqual | Operator::Compatible
            )
        };
        self.constraints.iter().any(|c| wanted(c.operator) && c.version == *version)
    }

    /// The first constraint that names a prerelease, as written.
    pub fn prerelease(&self) -> Option<&str> {
        self.constraints.iter().find(|c| c.version.is_prerelease()).map(|c| c.text.as_str())
    }

    /// Why the constraints are not valid for a provider, whose versions have a stricter form; a sentence.
    pub fn unfit_for_providers(&self) -> Option<String> {
        self.constraints.iter().find_map(|constraint| {
            let version = constraint.text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
            let core = version.split(['-', '+']).next().unwrap_or(version);
            let fault = if version.starts_with('v') {
                "the versions of providers are written without a \"v\""
            } else if core.split('.').count() > 3 {
                "the versions of providers have three numbers at most"
            } else if !core.chars().all(|c| c.is_ascii_digit() || c == '.') {
                "a prerelease of a provider is written with a dash in front"
            } else {
                return None;
            };
            Some(format!("\"{}\" cannot be met: {fault}.", constraint.text))
        })
    }

    /// The constraints that a version does not meet, as written.
    pub fn unmet(&self, version: &Version) -> Vec<&str> {
        self.constraints.iter().filter(|c| !c.allows(version)).map(|c| c.text.as_str()).collect()
    }
}

impl Constraint {
    fn parse(text: &str) -> Result<Self, VersionError> {
        let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\u{c}']);
        let (operator, rest) = Operator::split(trimmed);
        let rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        if rest.is_empty() {
            let why = if trimmed.is_empty() {
                "there is nothing between two commas or at an end".to_owned()
            } else {
                format!("\"{trimmed}\" has no version after the operator")
            };
            return Err(VersionError(format!("A version constraint is missing: {why}.")));
        }
        if rest.starts_with(['=', '<', '>', '~', '!', '^']) {
            let message = format!(
                "\"{trimmed}\" has an operator that does not exist; the operators are =, !=, >, >=, <, <= and ~>."
            );
            return Err(VersionError(message));
        }
        let version = Version::parse(rest).map_err(|error| {
            let wildcard = rest.contains(['x', 'X', '*']);
            let hint =
                if wildcard { " Wildcards do not exist; write ~> 1.2 for any 1.x from 1.2 on." } else { "" };
            VersionError(format!("{}{hint}", error.0))
        })?;
        Ok(Self { operator, version, text: trimmed.to_owned() })
    }

    fn allows(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => self.prereleases_fit(version) && order.is_gt(),
            Operator::Less => self.prereleases_fit(version) && order.is_lt(),
            Operator::GreaterOrEqual => self.prereleases_fit(version) && order.is_ge(),
            Operator::LessOrEqual => self.prereleases_fit(version) && order.is_le(),
            Operator::Compatible => {
                self.prereleases_fit(version) && order.is_ge() && self.compatible(version)
            }
        }
    }

    /// A prerelease is only selected by a constraint that names one with the same numbers.
    fn prereleases_fit(&self, version: &Version) -> bool {
        match (version.is_prerelease(), self.version.is_prerelease()) {
            (true, true) => version.segments == self.version.segments,
            (true, false) => false,
            (false, _) => true,
        }
    }

    fn compatible(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if wanted.is_prerelease() && !version.is_prerelease()
            || wanted.segments.len() > version.segments.len()
        {
            return false;
        }
        let fixed = wanted.written.saturating_sub(1);
        let last = wanted.segments.len().saturating_sub(1);
        wanted.segments.iter().zip(&version.segments).take(fixed).all(|(a, b)| a == b)
            && wanted.segments.get(last) <= version.segments.get(last)
    }
}

impl Operator {
    /// Splits off the operator at the start of a text.
    fn split(text: &str) -> (Self, &str) {
        let operators = [
            ("!=", Self::NotEqual),
            (">=", Self::GreaterOrEqual),
            ("<=", Self::LessOrEqual),
            ("~>", Self::Compatible),
            ("=", Self::Equal),
            (">", Self::Greater),
            ("<", Self::Less),
        ];
        for (symbol, operator) in operators {
            if let Some(rest) = text.strip_prefix(symbol) {
                return (operator, rest);
            }
        }
        (Self::Equal, text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other).is_eq()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other)
    }
}

/// `1.2.3-beta.1+build`
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.segments.iter().map(u64::to_string).collect();
        f.write_str(&numbers.join("."))?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl fmt::Display for VersionConstraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An argument with constraints. `None` if it is null or has an error.
pub(super) fn decode(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<VersionConstraints> {
    let mut faults = Diagnostics::new();
    let value = constant::constant(&attribute.expression, &mut faults);
    let failed = faults.has_errors();
    diagnostics.extend(faults);
    if failed || value.is_null() || !value.is_known() {
        return None;
    }
    match convert(&value, &Type::String).as_ref().map(|value| value.kind()) {
        Ok(Kind::String(text)) => parse(text, &attribute.expression, diagnostics),
        _ => {
            let detail = format!("\"{}\" needs a text, such as \"~> 1.2\".", attribute.name());
            let span = attribute.expression.span();
            diagnostics.push(Diagnostic::error("Invalid version constraint", detail).at(span));
            None
        }
    }
}

/// Parses constraints written as an expression.
pub(super) fn parse(
    text: &str,
    place: &Expression,
    diagnostics: &mut Diagnostics,
) -> Option<VersionConstraints> {
    match VersionConstraints::parse(text, place.span()) {
        Ok(constraints) => Some(constraints),
        Err(error) => {
            let fault = Diagnostic::error("Invalid version constraint", error.0).at(place.span());
            diagnostics.push(fault.hint("Write one such as \"~> 1.2\" or \">= 1.2, < 2.0\"."));
            None
        }
    }
}

fn identifiers_are_valid(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '~';
    text.split('.').all(|part| !part.is_empty() && part.chars().all(allowed))
}

fn compare_prereleases(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    if left.is_empty() {
        return Ordering::Greater;
    }
    if right.is_empty() {
        return Ordering::Less;
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(l), Some(r)) if l == r => {}
            (l, r) => return compare_identifiers(l, r),
        }
    }
}

/// Compares the first identifiers that differ. A missing identifier comes first, and numbers come before names.
fn compare_identifiers(left: Option<&str>, right: Option<&str>) -> Ordering {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    match (left, right, number(left), number(right)) {
        (None, _, _, Some(_)) | (Some(_), Some(_), Some(_), None) | (Some(_), None, None, _) => {
            Ordering::Less
        }
        (None, _, _, None) | (Some(_), None, Some(_), _) | (Some(_), Some(_), None, Some(_)) => {
            Ordering::Greater
        }
        (Some(_), Some(_), Some(l), Some(r)) => l.cmp(&r),
        (Some(l), Some(r), None, None) => l.cmp(r),
    }
}
