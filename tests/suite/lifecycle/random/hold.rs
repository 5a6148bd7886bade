//! Holds the answers of both tools against each other.

use serde_json::{Value as Json, json};

use super::rules;
use crate::suite::lifecycle::case::Step;
use crate::suite::lifecycle::comparison::{compare, numbered, settled};

pub(super) struct Difference {
    pub(super) step: usize,
    /// What kind of thing differs, which stays the same while a project gets smaller.
    pub(super) kind: String,
    pub(super) text: String,
}

impl Difference {
    /// Whether later steps have nothing in common to stand on.
    pub(super) fn parts_ways(&self) -> bool {
        ["planned", "applied", "done", "state"].iter().any(|part| self.kind.split(' ').next() == Some(part))
    }
}

/// Of the last one of these steps.
pub(super) fn hold(steps: &[Step], wanted: &Json, here: &Json) -> Vec<Difference> {
    let (mut wanted, mut here) = (wanted.clone(), here.clone());
    for answer in [&mut wanted, &mut here] {
        for name in ["shown", "values"] {
            if answer[name].is_object() {
                answer[name] = settled(&answer[name]);
            }
        }
    }
    for answer in [&mut wanted, &mut here] {
        by_address(answer);
    }
    // Where nothing was ever stored, the reference has no file.
    if wanted["state"].is_null() {
        wanted["state"] = json!({ "resources": {}, "outputs": {}, "checks": {} });
    }
    // Neither does it show a state beside a configuration that it cannot read.
    if wanted["values"].is_string() {
        here["values"] = wanted["values"].clone();
    }
    // Checks are held and outputs stored by applying, and stay as they were otherwise.
    if wanted["applied"] != true || here["applied"] != true {
        for answer in [&mut wanted, &mut here] {
            for part in ["/state", "/values"] {
                if let Some(Json::Object(part)) = answer.pointer_mut(part) {
                    part.remove("checks");
                }
            }
        }
    }
    rules::apply(steps, &mut wanted, &mut here);
    if wanted["planned"] == false && here["planned"] == false {
        unplanned(steps, &mut wanted, &mut here);
    }
    let mut found = Vec::new();
    let parts = [
        "planned",
        "plan faults",
        "plan events",
        "shown",
        "applied",
        "apply faults",
        "apply events",
        "done",
        "state",
        "values",
        "log",
    ];
    for part in parts {
        let mut texts = Vec::new();
        compare("", &numbered(&wanted[part]), &numbered(&here[part]), &mut texts);
        // What follows from the first ones is seldom of use.
        for text in texts.iter().take(6) {
            let kind = format!("{part} {}", kind(text));
            let mut text = format!("{part}{text}");
            if found.is_empty() {
                let phase = if part.starts_with("apply") || part == "applied" { "apply" } else { "plan" };
                let said =
                    |answer: &Json| json!([answer[format!("{phase} said")], answer["said"]]).to_string();
                text += &format!("\n      there: {}\n      here:  {}", said(&wanted), said(&here));
            }
            found.push(Difference { step: steps.len(), kind, text });
        }
    }
    found
}

/// Where there is no plan, what is looked at says nothing, and more faults may be told here. What could be planned is told
/// in part, unless it is nothing.
fn unplanned(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    for answer in [&mut *wanted, &mut *here] {
        if let Some(Json::Object(events)) = answer.get_mut("plan events") {
            events.retain(|event, _| {
                let counted = event.starts_with('{') && event.contains(|c: char| ('1'..='9').contains(&c));
                counted || event.starts_with("planned_change") || event.starts_with("resource_drift")
            });
        }
    }
    // What is needed by what must not go is left out there.
    if steps.last().is_some_and(|step| step.verb == "destroy") {
        here["plan events"] = wanted["plan events"].clone();
    }
    let faults = |answer: &Json| answer["plan faults"].as_array().cloned().unwrap_or_default();
    // What the reference finds in its graph only, it tells without a place.
    if faults(wanted).iter().all(|fault| fault == "nowhere" || faults(here).contains(fault)) {
        here["plan faults"] = wanted["plan faults"].clone();
    }
    if faults(wanted).iter().all(|fault| fault == "nowhere") {
        here["plan events"] = wanted["plan events"].clone();
    }
}

/// Checks have no order, and faults in their words are told in words of our own.
fn by_address(answer: &mut Json) {
    let told = |objects: &Json| -> serde_json::Map<String, Json> {
        let objects = objects.as_array().into_iter().flatten().map(|object| {
            let messages = object["failure_messages"].as_array().map_or(0, Vec::len);
            (object["object_addr"].to_string(), json!([object["status"], messages]))
        });
        objects.collect()
    };
    let checks = answer["state"]["checks"].as_array().into_iter().flatten().map(|check| {
        (
            check["config_addr"].to_string(),
            json!({ "status": check["status"], "objects": told(&check["objects"]) }),
        )
    });
    let checks: serde_json::Map<String, Json> = checks.collect();
    if answer["state"].is_object() {
        answer["state"]["checks"] = checks.into();
    }
}

/// The place without names: letters only, and few words.
fn kind(text: &str) -> String {
    let place = text.split(": ").next().unwrap_or(text);
    let words =
        place.split_whitespace().filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    words.take(6).collect::<Vec<_>>().join(" ")
}
