//! What an expression of a template refers to.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every name that an expression refers to: resources, parameters and pseudo parameters.
pub(super) fn references(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    refer(value, &mut |name, _| {
        names.insert(name.to_owned());
    });
    names
}

/// Visits every reference with its attribute, empty for `Ref`.
pub(super) fn refer(value: &Value, visit: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| refer(item, visit)),
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("Ref", Value::String(name)) => visit(name, ""),
                    ("DependsOn", Value::String(name)) => visit(name, "DependsOn"),
                    ("DependsOn", Value::Array(names)) => {
                        names.iter().filter_map(Value::as_str).for_each(|name| visit(name, "DependsOn"));
                    }
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        let part = |at: usize| parts.get(at).and_then(Value::as_str).unwrap_or_default();
                        visit(part(0), part(1));
                    }
                    ("Fn::GetAtt", Value::String(whole)) => {
                        let (name, attribute) = whole.split_once('.').unwrap_or((whole, ""));
                        visit(name, attribute);
                    }
                    ("Fn::Sub", Value::String(whole)) => placeholders(whole, &[], visit),
                    ("Fn::Sub", Value::Array(parts)) => {
                        let own = parts.get(1).and_then(Value::as_object);
                        let own: Vec<&str> =
                            own.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                        let whole = parts.first().and_then(Value::as_str).unwrap_or_default();
                        placeholders(whole, &own, visit);
                        parts.iter().skip(1).for_each(|part| refer(part, visit));
                    }
                    (_, value) => refer(value, visit),
                }
            }
        }
        _ => {}
    }
}

fn placeholders(whole: &str, own: &[&str], visit: &mut dyn FnMut(&str, &str)) {
    for piece in whole.split("${").skip(1) {
        let Some((name, _)) = piece.split_once('}') else { continue };
        if name.starts_with('!') || own.contains(&name) {
            continue;
        }
        let (name, attribute) = name.split_once('.').unwrap_or((name, ""));
        visit(name, attribute);
    }
}
