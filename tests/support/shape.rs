//! Holds JSON against a JSON Schema, as far as our schemas go: a word that is not known here is a fault of the schema.

use serde_json::Value as Json;

/// Everything that is not as the schema says, each with its place.
pub(crate) fn faults(schema: &Json, json: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    hold(schema, schema, json, "$", &mut faults);
    faults
}

fn hold(root: &Json, schema: &Json, json: &Json, place: &str, faults: &mut Vec<String>) {
    let words = schema.as_object().expect("a schema is an object");
    let mut fault = |what: String| faults.push(format!("{place}: {what}"));
    for (word, says) in words {
        match word.as_str() {
            "$schema"
            | "$defs"
            | "title"
            | "description"
            | "properties"
            | "items"
            | "$ref"
            | "additionalProperties" => {}
            "const" if says != json => fault(format!("{json} is not {says}")),
            "enum" if !says.as_array().unwrap().contains(json) => fault(format!("{json} is none of {says}")),
            "const" | "enum" => {}
            "type" => {
                let one = std::slice::from_ref(says);
                let types = says.as_array().map_or(one, Vec::as_slice);
                if !types.iter().any(|name| is(name.as_str().unwrap(), json)) {
                    fault(format!("{json} is no {says}"));
                }
            }
            "required" => {
                for name in says.as_array().unwrap() {
                    if json.get(name.as_str().unwrap()).is_none() {
                        fault(format!("{name} is missing"));
                    }
                }
            }
            other => panic!("{place}: nobody here knows the word {other}"),
        }
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/$defs/").expect("it is in this schema");
        hold(root, &root["$defs"][name], json, place, faults);
    }
    if let (Some(items), Some(all)) = (schema.get("items"), json.as_array()) {
        for (at, item) in all.iter().enumerate() {
            hold(root, items, item, &format!("{place}[{at}]"), faults);
        }
    }
    for (name, part) in json.as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(own), _) => hold(root, own, part, &place, faults),
            (None, Some(Json::Bool(false))) => {
                faults.push(format!("{place}: nobody says that it may be there"));
            }
            (None, Some(other @ Json::Object(_))) => hold(root, other, part, &place, faults),
            (None, _) => {}
        }
    }
}

fn is(name: &str, json: &Json) -> bool {
    match name {
        "object" => json.is_object(),
        "array" => json.is_array(),
        "string" => json.is_string(),
        "boolean" => json.is_boolean(),
        "integer" => json.is_i64() || json.is_u64(),
        "number" => json.is_number(),
        "null" => json.is_null(),
        other => panic!("there is no type {other}"),
    }
}
