//! Builds the requests that create or update a stack.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::types::{Capability, Parameter, Stack, Tag};

use crate::value::{Path, Value};

use super::notes::Notes;
use super::wanted::{Source, Wanted};
use super::{service, template};

/// The arguments that an update sends to CloudFormation, and that outputs may depend on.
pub(super) const TOLD: [&str; 6] =
    ["iam_role_arn", "notification_arns", "parameters", "tags_all", "template_body", "template_url"];

/// Whether anything differs that CloudFormation has to be sent.
pub(super) fn is_needed(prior: &Value, planned: &Value, private: &[u8]) -> bool {
    let at = |object: &Value, name: &str| object.at(&Path::root().attribute(name));
    let changes = |name: &str| match (at(prior, name), at(planned, name)) {
        (Some(prior), Some(planned)) => (!prior.is_null() || !planned.is_null()) && !prior.same(&planned),
        _ => true,
    };
    if TOLD.iter().any(|name| changes(name)) {
        return true;
    }
    let generated = Notes::read(private).generated;
    let worths = |object: &Value| {
        at(object, "template").map(|written| template::worths(&written, &generated)).unwrap_or_default()
    };
    !generated.is_empty() && worths(prior) != worths(planned)
}

/// The parameters whose values the stack keeps: those that are not known yet, and those that its template requires and
/// nobody has given, as after an import.
pub(super) fn kept(wanted: &Wanted, stack: &Stack) -> BTreeSet<String> {
    let actual = service::parameters(stack);
    let template = match &wanted.source {
        Some(Source::Body(body)) => template::read(body).ok(),
        _ => None,
    };
    let needed = template.as_ref().map(|template| template.parameters()).unwrap_or_default();
    let needed = needed.into_iter().filter(|(_, one)| !one.has_default).map(|(name, _)| name.to_owned());
    let missing = needed.filter(|name| !wanted.parameters.contains_key(name));
    missing
        .chain(wanted.open_parameters.iter().cloned())
        .filter(|name| actual.contains_key(name.as_str()))
        .collect()
}

/// The parameters; those in `kept` keep the stack's values.
pub(super) fn parameters(wanted: &Wanted, kept: &BTreeSet<String>) -> Option<Vec<Parameter>> {
    let given = wanted
        .parameters
        .iter()
        .map(|(name, value)| Parameter::builder().parameter_key(name).parameter_value(value).build());
    let kept =
        kept.iter().map(|name| Parameter::builder().parameter_key(name).use_previous_value(true).build());
    Some(given.chain(kept).collect::<Vec<_>>()).filter(|parameters| !parameters.is_empty())
}

pub(super) fn capabilities(wanted: &Wanted) -> Option<Vec<Capability>> {
    let capabilities: Vec<Capability> =
        wanted.capabilities.iter().map(|name| Capability::from(name.as_str())).collect();
    Some(capabilities).filter(|capabilities| !capabilities.is_empty())
}

pub(super) fn tags(wanted: &Wanted) -> Option<Vec<Tag>> {
    let tags = wanted.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    Some(tags.collect::<Vec<_>>()).filter(|tags| !tags.is_empty())
}
