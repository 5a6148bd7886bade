//! Each checked against what the reference does with `terraform_data`.

use crate::address::ResourceMode;
use crate::config::IgnoreChanges;
use crate::engine::sample::{configuration, map, value};
use crate::schema::{Attribute, Block};
use crate::value::{Mark, Type, Value};

use super::{apply, apply_to_plan};

fn schema() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("input", Attribute::optional(Type::Dynamic))
}

fn rule(text: &str) -> IgnoreChanges {
    let text = format!("resource \"a\" \"b\" {{\n lifecycle {{ ignore_changes = {text} }}\n}}");
    let module = &configuration(&text).root().module.clone();
    let resource = module.resource(ResourceMode::Managed, "a", "b").unwrap();
    resource.managed.clone().unwrap().ignore_changes
}

fn object(id: &str, input: Value) -> Value {
    Value::object([("id", value(id)), ("input", input)])
}

/// What the input becomes.
fn input(ignore: &str, prior: Value, configuration: Value) -> Value {
    let found = apply(&rule(ignore), &schema(), &object("\"1\"", prior), &object("null", configuration));
    found.entries().unwrap()["input"].clone()
}

fn check(found: &Value, wanted: &Value) {
    assert!(found.same(wanted), "\nfound:  {found:?}\nwanted: {wanted:?}");
}

#[test]
fn a_whole_attribute_stays_as_it_is() {
    check(&input("[input]", value("1"), value("2")), &value("1"));
    check(&input("[input]", value("1"), value("null")), &value("1"));
    check(&input("[input]", value("1"), Value::dynamic()), &value("1"));
    check(&input("[id]", value("1"), value("2")), &value("2"));
}

#[test]
fn the_marks_of_what_stays_stay_too() {
    let (secret, open) = (value("1").mark(Mark::Sensitive), value("1"));
    check(&input("[input]", secret.clone(), open.clone()), &secret);
    check(&input("[input]", open.clone(), secret), &open);
}

#[test]
fn a_key_of_a_map_stays_as_it_is_even_where_it_is_not() {
    let one = || map(&[("a", "1"), ("b", "1")]);
    check(&input("[input[\"a\"]]", one(), map(&[("a", "2"), ("b", "2")])), &map(&[("a", "1"), ("b", "2")]));
    let found = input("[input[\"a\"], input[\"c\"]]", one(), map(&[("c", "3")]));
    check(&found, &map(&[("a", "1")]));
    check(&input("[input[\"a\"]]", one(), Value::null(Type::map(Type::String))), &map(&[("a", "1")]));
    let none = Value::null(Type::map(Type::String));
    check(&input("[input[\"x\"]]", one(), none.clone()), &none);
    let unknown = Value::unknown(Type::map(Type::String));
    check(&input("[input[\"a\"]]", one(), unknown.clone()), &unknown);
}

#[test]
fn a_key_of_an_object_stands_for_the_whole_object() {
    check(
        &input("[input[\"a\"]]", value("{a = 1, b = 1}"), value("{a = 2, b = 2}")),
        &value("{a = 1, b = 1}"),
    );
}

#[test]
fn a_dot_leads_into_objects_and_not_into_maps() {
    check(&input("[input.a]", value("{a = 1, b = 1}"), value("{a = 2, b = 2}")), &value("{a = 1, b = 2}"));
    check(&input("[input.b]", value("{a = 1}"), value("{a = 2, b = 2}")), &value("{a = 2, b = 2}"));
    let two = map(&[("a", "2")]);
    check(&input("[input.a]", map(&[("a", "1")]), two.clone()), &two);
}

#[test]
fn an_item_stays_as_it_is() {
    check(&input("[input[0]]", value("[1, 1]"), value("[2, 2]")), &value("[1, 2]"));
    check(&input("[input[1]]", value("[1]"), value("[2, 2]")), &value("[2, 2]"));
    let (before, after) = (value("{x = [{y = 1, z = 1}]}"), value("{x = [{y = 2, z = 2}]}"));
    check(&input("[input.x[0].y]", before, after), &value("{x = [{y = 1, z = 2}]}"));
}

#[test]
fn all_is_what_a_configuration_can_say_of_what_there_is() {
    let found = apply(&rule("all"), &schema(), &object("\"1\"", value("1")), &object("null", value("2")));
    check(&found, &Value::object([("id", Value::null(Type::String)), ("input", value("1"))]));
}

#[test]
fn nothing_is_ignored_of_a_new_object() {
    let configured = object("null", value("2"));
    for ignore in ["all", "[input]"] {
        check(&apply(&rule(ignore), &schema(), &Value::null(Type::Dynamic), &configured), &configured);
    }
}

#[test]
fn what_a_provider_planned_nevertheless_is_put_back() {
    let (prior, planned) = (object("\"1\"", value("1")), object("\"1\"", value("2")));
    check(&apply_to_plan(&rule("all"), &schema(), &prior, &planned), &prior);
    check(&apply_to_plan(&rule("[input]"), &schema(), &prior, &planned), &prior);
}
