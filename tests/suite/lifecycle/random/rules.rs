//! What differs on purpose, by rule: each with its reason in the file of known differences, beside this folder.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::suite::lifecycle::case::Step;

/// What is done to both answers, after these steps.
type Act = fn(&[Step], &mut Json, &mut Json);

const RULES: [(&str, Act); 20] = [
    ("dependencies_of_data", dependencies_of_data),
    ("messages_of_faults", messages_of_faults),
    ("relevant_attributes", relevant_attributes),
    ("checks_of_others", checks_of_others),
    ("faults_of_reads", faults_of_reads),
    ("reads_before_destroying", reads_before_destroying),
    ("after_a_failure", after_a_failure),
    ("variables_as_typed", variables_as_typed),
    ("refreshing_what_is_unknown", refreshing_what_is_unknown),
    ("refused_there_alone", refused_there_alone),
    ("checks_of_what_was_read", checks_of_what_was_read),
    ("dependencies_as_planned", dependencies_as_planned),
    ("dependencies_on_what_goes", dependencies_on_what_goes),
    ("dependencies_after_state_mv", dependencies_after_state_mv),
    ("marks_beside_faults", marks_beside_faults),
    ("objects_at_one_address", objects_at_one_address),
    ("self_that_is_not_there", self_that_is_not_there),
    ("faults_that_follow", faults_that_follow),
    ("inputs_before_all_else", inputs_before_all_else),
    ("data_while_importing", data_while_importing),
];

/// Takes what differs on purpose out of both answers.
pub(super) fn apply(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    for (_, act) in &RULES {
        act(steps, wanted, here);
    }
}

pub(super) fn names() -> Vec<&'static str> {
    RULES.iter().map(|(name, _)| *name).collect()
}

fn dependencies_of_data(_: &[Step], wanted: &mut Json, here: &mut Json) {
    for answer in [wanted, here] {
        each_object(answer, &mut |object| {
            if object.get("mode").is_some_and(|mode| mode == "data") {
                object.remove("depends_on");
            }
        });
    }
}

fn messages_of_faults(_: &[Step], wanted: &mut Json, here: &mut Json) {
    let own = ["assert", "precondition", "postcondition", "invalid"];
    for answer in [wanted, here] {
        each_object(answer, &mut |object| {
            for problem in object.get_mut("problems").and_then(Json::as_array_mut).into_iter().flatten() {
                if !problem["message"].as_str().is_some_and(|message| own.contains(&message)) {
                    problem["message"] = "<fault>".into();
                }
            }
        });
    }
}

fn relevant_attributes(_: &[Step], wanted: &mut Json, here: &mut Json) {
    for answer in [wanted, here] {
        if let Some(Json::Object(shown)) = answer.pointer_mut("/shown") {
            shown.remove("relevant_attributes");
        }
    }
}

/// Only since there were targets, and only those that the reference says nothing of.
fn checks_of_others(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    if !steps.iter().any(|step| step.flags.iter().any(|flag| flag.starts_with("-target"))) {
        return;
    }
    for part in ["shown", "values"] {
        let theirs = wanted[part]["checks"].as_array().cloned().unwrap_or_default();
        let silent = |check: &Json| {
            let same = theirs.iter().find(|other| other["address"] == check["address"]);
            same.is_none_or(|check| check["status"] == "unknown")
        };
        for answer in [&mut *wanted, &mut *here] {
            if let Some(Json::Array(checks)) = answer.pointer_mut(&format!("/{part}/checks")) {
                checks.retain(|check| !silent(check));
            }
        }
    }
    let theirs = wanted["state"]["checks"].clone();
    for answer in [wanted, here] {
        if let Some(Json::Object(checks)) = answer.pointer_mut("/state/checks") {
            checks.retain(|name, _| theirs.get(name).is_some_and(|check| check["status"] != "unknown"));
        }
    }
}

/// That a read did not go well is told here, also where it is only for a check.
fn faults_of_reads(_: &[Step], _: &mut Json, here: &mut Json) {
    for phase in ["plan events", "apply events"] {
        if let Some(Json::Object(events)) = here.pointer_mut(&format!("/{phase}")) {
            events.retain(|event, _| !(event.starts_with("apply_errored ") && event.contains(" read ")));
        }
    }
}

/// Where all goes, nothing is read here, nor is an output worked out: each goes as it is stored.
fn reads_before_destroying(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    if steps.last().is_none_or(|step| step.verb != "destroy") {
        return;
    }
    let told = here["shown"]["output_changes"].clone();
    if let Some(Json::Object(outputs)) = wanted.pointer_mut("/shown/output_changes") {
        outputs.retain(|name, _| told.get(name).is_some());
        if outputs.is_empty() && told.is_null() {
            wanted["shown"].as_object_mut().map(|shown| shown.remove("output_changes"));
        }
    }
    for answer in [&mut *wanted, &mut *here] {
        if let Some(Json::Object(events)) = answer.pointer_mut("/plan events") {
            events.retain(|event, _| !event.starts_with("outputs "));
        }
        for (_, change) in answer["shown"]["output_changes"].as_object_mut().into_iter().flatten() {
            for part in ["before", "before_sensitive"] {
                change.as_object_mut().map(|change| change.remove(part));
            }
        }
    }
    for answer in [wanted, here] {
        if let Some(Json::Object(events)) = answer.pointer_mut("/plan events") {
            events.retain(|event, _| !(event.contains(" read ") || event.starts_with("refresh_")));
        }
        for (part, names) in
            [("/shown", &["prior_state", "applyable", "checks"][..]), ("/state", &["checks"])]
        {
            if let Some(Json::Object(part)) = answer.pointer_mut(part) {
                names.iter().for_each(|name| drop(part.remove(*name)));
            }
        }
    }
}

/// Which outputs the reference stores although what they depend on has failed; and later, what they are to be after that.
fn after_a_failure(_: &[Step], wanted: &mut Json, here: &mut Json) {
    if wanted["failed before"] == true {
        for answer in [&mut *wanted, &mut *here] {
            for change in answer["shown"]["output_changes"].as_object_mut().into_iter().flatten() {
                change.1.as_object_mut().map(|change| ["actions", "before"].map(|name| change.remove(name)));
            }
            for phase in ["plan events", "apply events"] {
                if let Some(Json::Object(events)) = answer.get_mut(phase) {
                    events.retain(|event, _| !event.starts_with("outputs "));
                }
            }
        }
    }
    if wanted["applied"] != false || here["applied"] != false {
        return;
    }
    for answer in [wanted, here] {
        for place in ["/state", "/values/values"] {
            if let Some(Json::Object(part)) = answer.pointer_mut(place) {
                part.remove("outputs");
            }
        }
    }
}

/// Of what was read while planning, the reference forgets what was checked then.
fn checks_of_what_was_read(_: &[Step], wanted: &mut Json, here: &mut Json) {
    let theirs = wanted["state"]["checks"].clone();
    let forgotten = |name: &str| {
        name.contains("data.") && theirs.get(name).is_some_and(|check| check["status"] == "unknown")
    };
    for answer in [wanted, here] {
        if let Some(Json::Object(checks)) = answer.pointer_mut("/state/checks") {
            checks.retain(|name, _| !forgotten(name));
        }
        if let Some(Json::Array(checks)) = answer.pointer_mut("/values/checks") {
            checks.retain(|check| !forgotten(&check["address"]["to_display"].to_string()));
        }
    }
}

/// What only the reference refuses.
fn refused_there_alone(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    if wanted["planned"] != false || here["planned"] != true {
        return;
    }
    let said = wanted["plan said"].to_string();
    let is_odd = said.contains("no change found for")
        || said.contains("Cycle: ") && ["(execute checks)", "(close)"].iter().any(|part| said.contains(part))
        || steps.last().is_some_and(|step| step.verb == "destroy");
    if is_odd {
        *here = wanted.clone();
    }
}

/// The reference stores an output of what was never made as null, or fails where it is to, and where a check looks at it.
fn refreshing_what_is_unknown(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    if steps.last().is_none_or(|step| step.verb != "refresh") {
        return;
    }
    if wanted["applied"] == false && here["applied"] == true {
        *here = wanted.clone();
        return;
    }
    let changes = wanted["shown"]["output_changes"].as_object().cloned().unwrap_or_default();
    let unknown = |name: &str| changes.get(name).is_some_and(|change| change["after_unknown"] == true);
    for answer in [wanted, here] {
        for place in [
            "/shown/output_changes",
            "/shown/planned_values/outputs",
            "/state/outputs",
            "/values/values/outputs",
        ] {
            if let Some(Json::Object(outputs)) = answer.pointer_mut(place) {
                outputs.retain(|name, _| !unknown(name));
            }
        }
        for (part, name) in [
            ("/shown", "output_changes"),
            ("/shown/planned_values", "outputs"),
            ("/values/values", "outputs"),
        ] {
            if let Some(Json::Object(part)) = answer.pointer_mut(part)
                && part.get(name).and_then(Json::as_object).is_some_and(serde_json::Map::is_empty)
            {
                part.remove(name);
            }
        }
        for events in ["/plan events", "/apply events"] {
            if let Some(Json::Object(events)) = answer.pointer_mut(events).filter(|_| !changes.is_empty()) {
                events.retain(|event, _| !event.starts_with("outputs "));
            }
        }
    }
}

/// What is imported has its dependencies here at once, and what changes has those that it had.
fn dependencies_as_planned(_: &[Step], wanted: &mut Json, here: &mut Json) {
    for answer in [wanted, here] {
        if let Some(prior) = answer.pointer_mut("/shown/prior_state") {
            each_object(prior, &mut |object| drop(object.remove("depends_on")));
        }
    }
}

/// Who looks at a module as a whole depends there also on what it has no longer, until that is gone. Where nothing else is
/// new, a plan that only looks is worth applying there for such things.
fn dependencies_on_what_goes(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    if steps.last().is_some_and(|step| step.verb == "refresh") {
        for answer in [&mut *wanted, &mut *here] {
            answer["shown"].as_object_mut().map(|shown| shown.remove("applyable"));
        }
    }
    let Some(resources) = here["state"]["resources"].as_object() else { return };
    let stored: BTreeSet<String> =
        resources.keys().map(|name| name.replace('+', "")).map(|name| unkeyed(&name)).collect();
    let is_there = |name: &Json| name.as_str().is_some_and(|name| stored.contains(name.trim_matches('"')));
    for answer in [wanted, here] {
        for (_, object) in answer["state"]["resources"].as_object_mut().into_iter().flatten() {
            if let Json::Array(names) = &mut object["dependencies"] {
                names.retain(is_there);
            }
        }
        if let Some(values) = answer.pointer_mut("/values/values") {
            each_object(values, &mut |object| {
                let Some(Json::Array(names)) = object.get_mut("depends_on") else { return };
                names.retain(is_there);
                if names.is_empty() {
                    object.remove("depends_on");
                }
            });
        }
    }
}

/// The reference forgets what objects depend on where any of them is moved by hand, until a plan looks again.
fn dependencies_after_state_mv(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    let is_move = |step: &Step| step.verb == "state" && step.flags.first().is_some_and(|word| word == "mv");
    if !steps.iter().any(is_move) {
        return;
    }
    for answer in [wanted, here] {
        for (_, object) in answer["state"]["resources"].as_object_mut().into_iter().flatten() {
            object.as_object_mut().map(|object| object.remove("dependencies"));
        }
        each_object(answer, &mut |object| drop(object.remove("depends_on")));
    }
}

/// An address without its keys.
fn unkeyed(address: &str) -> String {
    let address = address.split(" (deposed)").next().unwrap_or(address);
    let (mut text, mut depth, mut quoted) = (String::new(), 0, false);
    for c in address.chars() {
        match c {
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            c if depth == 0 => text.push(c),
            _ => {}
        }
    }
    text
}

/// What is in the state can be marked here also while the configuration is faulty.
fn marks_beside_faults(_: &[Step], wanted: &mut Json, here: &mut Json) {
    if wanted["done"] == false && here["done"] == true && wanted["said"].to_string().contains(".tf line ") {
        *here = wanted.clone();
    }
}

/// Where several objects of one address are at work at once, the reference loses count of them.
fn objects_at_one_address(_: &[Step], wanted: &mut Json, here: &mut Json) {
    let changes = wanted["shown"]["resource_changes"].as_array().cloned().unwrap_or_default();
    let has_deposed = |change: &Json| change.get("deposed").is_some();
    let several: BTreeSet<String> = changes
        .iter()
        .filter(|change| has_deposed(change))
        .map(|change| change["address"].as_str().unwrap_or_default().to_owned())
        .collect();
    if several.is_empty() {
        return;
    }
    for answer in [wanted, here] {
        if let Some(Json::Object(events)) = answer.get_mut("apply events") {
            let about = |event: &str| event.split(' ').nth(1).is_some_and(|name| several.contains(name));
            events
                .retain(|event, _| !(event.starts_with('{') || event.starts_with("apply_") && about(event)));
        }
    }
}

/// A run that only looks fails in the reference where a condition looks at `self` of an instance that was never made.
fn self_that_is_not_there(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    let Some(step) = steps.last().filter(|step| step.verb == "refresh") else { return };
    let looks_at_itself = |fault: &Json| {
        let (file, line) = fault.as_str().and_then(|place| place.rsplit_once(':')).unwrap_or_default();
        let number = line.parse::<usize>().unwrap_or_default();
        let text = step.files.get(file).and_then(|text| text.lines().nth(number.checked_sub(1)?));
        text.is_some_and(|line| line.contains("self."))
    };
    let faults = wanted["plan faults"].as_array().cloned().unwrap_or_default();
    let odd = wanted["plan said"].to_string().contains("Invalid index");
    if wanted["planned"] == false && odd && faults.iter().any(looks_at_itself) {
        *here = wanted.clone();
    }
}

/// Of a check whose only assertion is faulty, the reference says also that it has none; and it takes for declared what is
/// only imported.
fn faults_that_follow(_: &[Step], wanted: &mut Json, here: &mut Json) {
    if wanted["planned"] != false || here["planned"] != false {
        return;
    }
    let (there, ours) = (wanted["plan said"].to_string(), here["plan said"].to_string());
    if there.contains("Moved object still exists") && ours.contains("Nothing to import into") {
        here["plan faults"] = wanted["plan faults"].clone();
        return;
    }
    let said = wanted["plan said"].as_array().cloned().unwrap_or_default();
    let follows = |fault: &Json| {
        let place = fault.as_str().unwrap_or_default();
        said.iter().filter_map(Json::as_str).any(|said| {
            said.strip_prefix(place).is_some_and(|said| said.starts_with(" \"Zero assert blocks\""))
        })
    };
    let ours = here["plan faults"].as_array().cloned().unwrap_or_default();
    let left = |faults: &mut Vec<Json>| faults.retain(|fault| !follows(fault) || ours.contains(fault));
    wanted["plan faults"].as_array_mut().map(left);
}

/// Who takes one object over keeps nothing else here, and data that was read on the way there.
fn data_while_importing(steps: &[Step], wanted: &mut Json, here: &mut Json) {
    if steps.last().is_none_or(|step| step.verb != "import") {
        return;
    }
    let told = here["values"].clone();
    for answer in [wanted, here] {
        if let Some(Json::Object(resources)) = answer.pointer_mut("/state/resources") {
            resources.retain(|name, _| !name.split('.').any(|part| part == "data"));
        }
        // The rest of what is shown is in the state.
        answer["values"] = told.clone();
    }
}

/// A value that is no good is refused here before anything is planned.
fn inputs_before_all_else(_: &[Step], wanted: &mut Json, here: &mut Json) {
    let said = wanted["plan said"].to_string();
    let summaries = ["Invalid value for variable", "<value for var."];
    let refused = summaries.iter().any(|summary| said.contains(summary));
    if wanted["planned"] == false && here["planned"] == false && refused {
        for part in ["plan faults", "plan events"] {
            here[part] = wanted[part].clone();
        }
    }
}

/// A value is told here by the type of its variable.
fn variables_as_typed(_: &[Step], wanted: &mut Json, here: &mut Json) {
    for answer in [wanted, here] {
        let variables = answer.pointer_mut("/shown/variables").and_then(Json::as_object_mut);
        for variable in variables.into_iter().flat_map(|variables| variables.values_mut()) {
            let value = &mut variable["value"];
            *value = match &*value {
                Json::String(_) => continue,
                Json::Array(_) | Json::Object(_) => "<of a type>".into(),
                plain => plain.to_string().into(),
            };
        }
    }
}

fn each_object(json: &mut Json, act: &mut impl FnMut(&mut serde_json::Map<String, Json>)) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| each_object(item, act)),
        Json::Object(object) => {
            act(object);
            object.values_mut().for_each(|value| each_object(value, act));
        }
        _ => {}
    }
}
