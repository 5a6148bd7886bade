//! The wanted stack, from the arguments of the resource.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::eval::functions::parse_wait;
use crate::port::{Remark, Remarks};
use crate::value::Value;

use super::super::super::object::{Arguments, at};
use super::super::account::Account;
use super::notes::Notes;
use super::template;

/// The default timeout of each operation.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The wanted stack.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) name: String,
    /// None while it is unknown.
    pub(super) source: Option<Source>,
    /// Includes those that stand for parts of the template.
    pub(super) parameters: BTreeMap<String, String>,
    /// Parameters that are not known yet.
    pub(super) open_parameters: BTreeSet<String>,
    /// Other arguments that are not known yet.
    pub(super) open_arguments: Vec<&'static str>,
    pub(super) capabilities: Vec<String>,
    pub(super) notifications: Vec<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) role: Option<String>,
    pub(super) on_failure: Option<String>,
    pub(super) disable_rollback: bool,
    /// In minutes, for CloudFormation itself.
    pub(super) timeout: Option<i32>,
    pub(super) policy_body: Option<String>,
    pub(super) policy_url: Option<String>,
    pub(super) protected: Option<bool>,
}

/// Where the template comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Body(String),
    Url(String),
}

impl Wanted {
    /// From a planned object. Reports parameters that cannot be given.
    pub(super) fn of(account: &Account, planned: &Value, notes: &Notes, remarks: &mut Remarks) -> Self {
        let arguments = Arguments(planned);
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let text = |name| arguments.text(name).map(str::to_owned);
        let mut wanted = Self {
            name: text("name").unwrap_or_default(),
            source: source(arguments),
            capabilities: owned(arguments.texts("capabilities")),
            notifications: owned(arguments.texts("notification_arns")),
            role: text("iam_role_arn"),
            on_failure: text("on_failure"),
            disable_rollback: arguments.flag("disable_rollback").unwrap_or(false),
            timeout: arguments.number("timeout_in_minutes").and_then(|minutes| i32::try_from(minutes).ok()),
            policy_body: text("policy_body"),
            policy_url: text("policy_url"),
            protected: arguments.flag("enable_termination_protection"),
            ..Self::default()
        };
        for name in ["name", "capabilities", "notification_arns", "iam_role_arn"] {
            if arguments.value(name).is_some_and(|value| !value.is_wholly_known()) {
                wanted.open_arguments.push(name);
            }
        }
        if let Some(tags) = arguments.value("tags_all") {
            wanted.tags = account.settled_tags(tags);
            if account.leaves_open(tags) {
                wanted.open_arguments.push("tags");
            }
        }
        match arguments.value("parameters") {
            Some(parameters) if !parameters.is_known() => wanted.open_arguments.push("parameters"),
            Some(parameters) => {
                for (name, value) in parameters.entries().into_iter().flatten() {
                    match value.as_str() {
                        Some(value) => drop(wanted.parameters.insert(name.to_string(), value.to_owned())),
                        None if value.is_null() => {}
                        None => drop(wanted.open_parameters.insert(name.to_string())),
                    }
                }
            }
            None => {}
        }
        let written = arguments.value("template");
        let worths = written.map(|written| template::worths(written, &notes.generated)).unwrap_or_default();
        for (name, worth) in worths {
            match worth {
                Some(Ok(worth)) => drop(wanted.parameters.insert(name, worth)),
                None => drop(wanted.open_parameters.insert(name)),
                Some(Err(why)) => {
                    let detail = format!(
                        "A part of the template was not known when it was planned, or is secret, and is given to the stack \
                         as its parameter {name}, which does not go: {why}."
                    );
                    remarks.push(
                        Remark::error("Part of a template cannot be a parameter", detail).at(at("template")),
                    );
                }
            }
        }
        wanted
    }

    /// Whether everything that CloudFormation has to be sent is known.
    pub(super) fn is_settled(&self) -> bool {
        self.source.is_some() && self.open_parameters.is_empty() && self.open_arguments.is_empty()
    }
}

fn source(arguments: Arguments<'_>) -> Option<Source> {
    match arguments.value("template_url") {
        Some(url) => url.as_str().map(|url| Source::Url(url.to_owned())),
        None => arguments.text("template_body").map(|body| Source::Body(body.to_owned())),
    }
}

/// The timeout of an operation.
pub(super) fn patience(object: &Value, operation: &str) -> Duration {
    let timeouts = Arguments(object).value("timeouts");
    let text = timeouts.and_then(|timeouts| Arguments(timeouts).text(operation));
    text.and_then(parse_wait).unwrap_or(PATIENCE)
}
