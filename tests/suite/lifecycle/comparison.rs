//! Holds answers against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

/// What the reference has in an answer and we do not, or have otherwise. What is only ours (messages) does not count.
pub(super) fn differences(wanted: &Json, here: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let steps = wanted.as_array().unwrap().iter().zip(here.as_array().unwrap());
    for (number, (wanted, here)) in steps.enumerate() {
        let step = number + 1;
        for part in ["planned", "partial", "changes", "outputs", "drift", "applied", "state", "log"] {
            // The reference keeps no state file where nothing was ever stored.
            let nothing = wanted[part].is_null() && part == "state";
            if !nothing {
                compare(&format!("step {step} {part}"), &wanted[part], &here[part], &mut found);
            }
        }
        if !found.is_empty() && !here["said"].is_null() {
            found.push(format!("step {step} said: {}", here["said"]));
        }
    }
    found
}

/// Where plans as `show -json` prints them are not the same. What tells one run from another does not count.
pub(super) fn shown_differences(wanted: &Json, here: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let steps = wanted.as_array().unwrap().iter().zip(here.as_array().unwrap());
    for (number, (wanted, here)) in steps.enumerate() {
        // Whether there is a plan at all is told elsewhere.
        if wanted.is_null() || here.is_null() {
            continue;
        }
        let (wanted, here) = (numbered(&settled(wanted)), numbered(&settled(here)));
        compare(&format!("step {}", number + 1), &wanted, &here, &mut found);
    }
    found
}

/// Without what differs between two runs of the reference, and without order where it means nothing. What outputs were
/// before is not told by the reference, which shows what they will be there.
pub(super) fn settled(plan: &Json) -> Json {
    let mut plan = plan.clone();
    let properties = plan.as_object_mut().unwrap();
    for name in ["timestamp", "terraform_version"] {
        properties.remove(name);
    }
    if let Some(prior) = properties.get_mut("prior_state").and_then(Json::as_object_mut) {
        prior.remove("terraform_version");
        prior.get_mut("values").and_then(Json::as_object_mut).map(|values| values.remove("outputs"));
        if prior["values"]["root_module"].as_object().is_some_and(serde_json::Map::is_empty) {
            properties.remove("prior_state");
        }
    }
    tidy(&mut plan);
    plan
}

fn tidy(json: &mut Json) {
    match json {
        Json::Array(items) => {
            items.iter_mut().for_each(tidy);
            if items.iter().all(|item| item.get("address").is_some() || item.get("resource").is_some()) {
                // Ids are drawn anew on each run, and must have no say.
                items.sort_by_cached_key(|item| ID.replace_all(&item.to_string(), "").into_owned());
            }
        }
        Json::Object(entries) => {
            for (key, value) in entries {
                match key.as_str() {
                    "deposed" | "deposed_key" => *value = "<key>".into(),
                    _ => tidy(value),
                }
            }
        }
        _ => {}
    }
}

pub(super) fn compare(place: &str, wanted: &Json, here: &Json, found: &mut Vec<String>) {
    match (wanted, here) {
        _ if wanted == here => {}
        (Json::Object(a), Json::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let place = format!("{place} {key}");
                match (a.get(key), b.get(key)) {
                    (Some(wanted), Some(here)) => compare(&place, wanted, here, found),
                    (Some(wanted), None) => found.push(format!("{place}: {wanted} in the reference only")),
                    (None, Some(here)) => found.push(format!("{place}: {here} only here")),
                    (None, None) => {}
                }
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (index, (wanted, here)) in a.iter().zip(b).enumerate() {
                let address = wanted.get("address").and_then(Json::as_str);
                let place =
                    address.map_or_else(|| format!("{place} {index}"), |name| format!("{place} {name}"));
                compare(&place, wanted, here, found);
            }
        }
        _ => found.push(format!("{place}: {wanted} in the reference, {here} here")),
    }
}

static ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|<id [0-9]+>").unwrap()
});
static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap());

/// Ids in the order of their appearance, object keys sorted, and no times.
pub(super) fn numbered(answer: &Json) -> Json {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let text = answer.to_string();
    let text = TIME.replace_all(&text, "<time>");
    let numbered = ID.replace_all(&text, |found: &regex::Captures<'_>| {
        let next = ids.len() + 1;
        format!("<id {}>", ids.entry(found[0].to_owned()).or_insert(next))
    });
    serde_json::from_str(&numbered).unwrap()
}
