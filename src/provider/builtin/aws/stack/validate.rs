//! Validates the arguments of a stack without any request.

use crate::diag::closest;
use crate::eval::functions::parse_duration;
use crate::port::{Remark, Remarks};
use crate::value::{Path, Value};

use super::super::super::object::{Arguments, at, exactly_one};
use super::plan::check_length;
use super::schema::SOURCES;
use super::template::{self, Template};

const SUMMARY: &str = "Unsuitable arguments of a stack";

const CAPABILITIES: [&str; 3] = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];

const ON_FAILURE: [&str; 3] = ["DO_NOTHING", "ROLLBACK", "DELETE"];

pub(super) fn validate(configuration: &Value, remarks: &mut Remarks) {
    let arguments = Arguments(configuration);
    exactly_one(arguments, &SOURCES, remarks);
    let mut fault = |detail: String, path: Path| remarks.push(Remark::error(SUMMARY, detail).at(path));
    if let Some(name) = arguments.text("name") {
        check_name(name, &mut fault);
    }
    for name in arguments.texts("capabilities") {
        if !CAPABILITIES.contains(&name) {
            let meant = nearest(name, &CAPABILITIES);
            fault(format!("There is no capability {name:?}.{meant}"), at("capabilities"));
        }
    }
    if let Some(chosen) = arguments.text("on_failure").filter(|chosen| !ON_FAILURE.contains(chosen)) {
        let meant = nearest(chosen, &ON_FAILURE);
        let all = ON_FAILURE.join(", ");
        fault(format!("\"on_failure\" is one of {all}, and not {chosen:?}.{meant}"), at("on_failure"));
    }
    if arguments.is_given("on_failure") && arguments.is_given("disable_rollback") {
        let detail = "\"on_failure\" and \"disable_rollback\" exclude each other: on_failure = \"DO_NOTHING\" is what \
                      disable_rollback = true is.";
        fault(detail.to_owned(), at("on_failure"));
    }
    if arguments.is_given("policy_body") && arguments.is_given("policy_url") {
        let detail = "\"policy_body\" and \"policy_url\" exclude each other.";
        fault(detail.to_owned(), at("policy_body"));
    }
    if let Some(policy) = arguments.text("policy_body")
        && let Err(error) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(policy)
    {
        fault(format!("The policy of a stack is an object of JSON: {error}."), at("policy_body"));
    }
    for (argument, kind) in [("template_url", "a template"), ("policy_url", "a policy")] {
        let url = arguments.text(argument);
        if let Some(url) = url.filter(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            let detail = format!(
                "CloudFormation takes the address of {kind} in a bucket as https://BUCKET.s3.REGION.amazonaws.com/KEY, and \
                 not {url:?}."
            );
            fault(detail, at(argument));
        }
    }
    for arn in arguments.texts("notification_arns").into_iter().filter(|arn| !arn.starts_with("arn:")) {
        fault(format!("{arn:?} is no ARN of a topic."), at("notification_arns"));
    }
    if arguments.texts("notification_arns").len() > 5 {
        fault("A stack can notify five topics.".to_owned(), at("notification_arns"));
    }
    if let Some(role) = arguments.text("iam_role_arn").filter(|role| !role.starts_with("arn:")) {
        fault(format!("{role:?} is no ARN of a role."), at("iam_role_arn"));
    }
    if arguments.number("timeout_in_minutes").is_some_and(|minutes| minutes < 1) {
        fault("A stack has at least one minute to be made.".to_owned(), at("timeout_in_minutes"));
    }
    check_timeouts(arguments, &mut fault);
    if let Some(body) = arguments.text("template_body") {
        match template::read(body) {
            Ok(read) => template(&read, body, "template_body", remarks),
            Err(why) => {
                let detail = format!("The template is neither JSON nor YAML: {why}.");
                remarks.push(Remark::error("Unsuitable template", detail).at(at("template_body")));
            }
        }
    }
}

/// Validates a template as it would be sent.
pub(super) fn template(template: &Template, text: &str, argument: &str, remarks: &mut Remarks) {
    for why in template::sound(template) {
        remarks.push(Remark::error("Unsuitable template", why).at(at(argument)));
    }
    check_length(text, argument, remarks);
}

/// Refuses parameters that the template does not have, and in a new stack requires those without a default.
pub(super) fn parameters(
    template: &Template,
    given: &[&str],
    generated: Option<&[&str]>,
    remarks: &mut Remarks,
) -> Option<()> {
    let known = template.parameters();
    let before = remarks.len();
    for name in given.iter().filter(|name| !known.contains_key(**name)) {
        let all: Vec<&str> = known.keys().copied().collect();
        let meant = nearest(name, &all);
        let detail = format!("The template has no parameter {name}.{meant}");
        remarks.push(Remark::error("No such parameter of the template", detail).at(at("parameters")));
    }
    if let Some(generated) = generated {
        let missing = known
            .iter()
            .filter(|(name, one)| !one.has_default && !given.contains(*name) && !generated.contains(*name));
        for (name, _) in missing {
            let detail = format!(
                "The template has a parameter {name} without a default, and nobody gives it a value."
            );
            remarks.push(Remark::error("Missing parameter of the template", detail).at(at("parameters")));
        }
    }
    (remarks.len() == before).then_some(())
}

fn check_name(name: &str, fault: &mut dyn FnMut(String, Path)) {
    let fits = name.len() <= 128
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
    if !fits {
        let detail = format!(
            "{name:?} is no name of a stack, which has letters, digits and hyphens, begins with a letter and is no longer \
             than 128."
        );
        fault(detail, at("name"));
    }
}

fn check_timeouts(arguments: Arguments<'_>, fault: &mut dyn FnMut(String, Path)) {
    let timeouts = arguments.value("timeouts").and_then(Value::entries);
    for (name, value) in timeouts.into_iter().flatten() {
        let Some(text) = value.as_str() else { continue };
        let path = at("timeouts").attribute(name.clone());
        match parse_duration(text) {
            Err(why) => fault(format!("{why}."), path),
            Ok(nanoseconds) if nanoseconds <= 0 => {
                fault(format!("{text:?} is no time to wait."), path);
            }
            Ok(_) => {}
        }
    }
}

/// A sentence with a suggestion.
fn nearest(word: &str, all: &[&str]) -> String {
    let found = closest(word, all.iter().copied());
    found.map(|one| format!(" Did you mean {one}?")).unwrap_or_default()
}
