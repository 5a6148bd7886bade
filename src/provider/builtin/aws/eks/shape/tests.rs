use serde_json::{Value as Json, json};

use crate::port::{PlanRequest, Planned};
use crate::state::json;
use crate::value::{Type, Value};

use super::{Shape, any, computed, decided, fill, once, one, optional, required, text, text_map};

fn shape() -> Shape {
    let network = Shape::default().with("family", decided(text()).fixed()).with("range", computed(text()));
    let taint = Shape::default().with("key", required(text())).with("value", optional(text()));
    Shape::default()
        .with("admin", once(Type::Bool).fixed_once_set())
        .with("id", computed(text()))
        .with("labels", optional(text_map()))
        .with("name", required(text()).fixed())
        .with("public", optional(Type::Bool).or(Value::bool(true)))
        .with("version", decided(text()))
        .block("network", one(network).decided())
        .block("taint", any(taint, 0, None))
}

fn value(json: &Json) -> Value {
    json::decode(&json.to_string(), &shape().schema().implied_type()).unwrap()
}

/// What is configured; blocks that are left out are none.
fn configured(json: Json) -> Value {
    let mut all = json!({ "network": [], "taint": [] });
    let Json::Object(given) = json else { panic!("an object is configured") };
    all.as_object_mut().unwrap().extend(given);
    value(&all)
}

fn plan(prior: &Value, configuration: &Value) -> Planned {
    let request = PlanRequest {
        kind: "thing",
        prior,
        proposed: configuration,
        configuration,
        secrets: &[],
        private: &[],
        noted: &[],
    };
    shape().plan(&request)
}

fn part<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.entries().unwrap().get(name).unwrap()
}

fn nothing() -> Value {
    Value::null(shape().schema().implied_type())
}

fn there() -> Value {
    configured(json!({
        "id": "i-1", "name": "a", "public": true, "version": "1.31",
        "network": [{ "family": "ipv4", "range": "10.0.0.0/16" }],
        "taint": [{ "key": "k", "value": "" }],
        "labels": {},
    }))
}

#[test]
fn a_new_object_is_open_where_the_service_decides() {
    let planned = plan(&nothing(), &configured(json!({ "name": "a" })));
    for name in ["id", "version", "network"] {
        assert!(!part(&planned.value, name).is_known(), "{name}");
    }
    assert_eq!(part(&planned.value, "public").as_bool(), Some(true));
    assert!(part(&planned.value, "admin").is_null());
    let described = json!({
        "id": "i-1", "version": "1.33", "name": "a", "network": [{ "family": "ipv4", "range": "10.0.0.0/16" }],
    });
    let made = fill(&planned.value, &shape().read(&planned.value.settled(), &described));
    assert!(made.is_wholly_known());
    assert_eq!(part(&made, "version").as_str(), Some("1.33"));
}

#[test]
fn what_says_as_much_as_nothing_is_no_change() {
    let configuration = configured(json!({ "name": "a", "taint": [{ "key": "k" }] }));
    let planned = plan(&there(), &configuration);
    assert!(planned.value.same(&there()), "{:?}", planned.value);
    assert!(planned.replace.is_empty());
}

#[test]
fn what_is_fixed_is_replaced_and_what_was_never_said_is_not() {
    let configuration = |more: Json| {
        let mut all = json!({ "name": "a" });
        all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        configured(all)
    };
    let replaced = |prior: &Value, more: Json| {
        let replace = plan(prior, &configuration(more)).replace;
        replace.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(replaced(&there(), json!({ "name": "b" })), [".name"]);
    assert_eq!(replaced(&there(), json!({ "network": [{ "family": "ipv6" }] })), [".network[0].family"]);
    assert_eq!(replaced(&there(), json!({ "network": [{ "family": "ipv4" }] })), Vec::<String>::new());
    assert_eq!(replaced(&there(), json!({ "version": "1.32" })), Vec::<String>::new());
    assert_eq!(replaced(&there(), json!({ "admin": true })), Vec::<String>::new());
    let admin = plan(&there(), &configuration(json!({ "admin": true }))).value;
    assert_eq!(replaced(&admin, json!({ "admin": false })), [".admin"]);
    assert_eq!(replaced(&admin, json!({})), Vec::<String>::new());
}

#[test]
fn what_is_not_told_stays_and_what_is_told_as_empty_is_nothing() {
    let described = json!({ "id": "i-1", "name": "a", "labels": {}, "taint": [{ "key": "k" }] });
    assert!(shape().read(&there(), &described).same(&there()));
    let read = shape().read(&nothing(), &described);
    assert!(part(&read, "labels").is_null());
    let described = json!({ "labels": { "a": "b" }, "taint": [] });
    let read = shape().read(&there(), &described);
    assert_eq!(part(&read, "labels").entries().map(|labels| labels.len()), Some(1));
    assert_eq!(part(&read, "taint").items().map(<[Value]>::len), Some(0));
}
