use std::sync::Arc;

use crate::schema::{Attribute, Block, Nested, NestedBlock, Nesting};
use crate::value::{Type, Value};

use super::{proposed, unread};

fn text(text: &str) -> Value {
    Value::string(text)
}

fn none() -> Value {
    Value::null(Type::String)
}

fn check(found: &Value, wanted: &Value) {
    assert!(found.same(wanted), "\nfound:  {found:?}\nwanted: {wanted:?}");
}

/// A name that is configured and an id that is given.
fn named() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("name", Attribute::optional(Type::String))
        .with("size", Attribute::optional_computed(Type::String))
}

fn object(id: Value, name: Value, size: Value) -> Value {
    Value::object([("id", id), ("name", name), ("size", size)])
}

fn holding(nesting: Nesting) -> Block {
    let mut outer = Block::default();
    outer.blocks.insert("part".into(), NestedBlock { block: named(), nesting, min: 0, max: None });
    outer
}

fn held(parts: Value) -> Value {
    Value::object([("part", parts)])
}

fn ty() -> Type {
    named().implied_type()
}

#[test]
fn a_new_object_is_proposed_as_configured() {
    let configuration = object(none(), text("a"), none());
    check(&proposed(&named(), &Value::null(ty()), &configuration), &configuration);
}

#[test]
fn what_is_left_to_the_provider_stays_as_it_is() {
    let prior = object(text("1"), text("a"), text("small"));
    let configuration = object(none(), none(), none());
    check(&proposed(&named(), &prior, &configuration), &object(text("1"), none(), text("small")));
}

#[test]
fn what_is_configured_wins() {
    let prior = object(text("1"), text("a"), text("small"));
    let configuration = object(none(), text("b"), text("large"));
    check(&proposed(&named(), &prior, &configuration), &object(text("1"), text("b"), text("large")));
}

#[test]
fn unknown_configuration_wins_too() {
    let prior = object(text("1"), text("a"), text("small"));
    let unknown = Value::unknown(Type::String);
    let configuration = object(none(), unknown.clone(), unknown.clone());
    check(&proposed(&named(), &prior, &configuration), &object(text("1"), unknown.clone(), unknown));
}

#[test]
fn blocks_of_a_list_are_paired_by_their_place() {
    let prior = held(Value::list(ty(), vec![object(text("1"), text("a"), text("s"))]));
    let configuration =
        held(Value::list(ty(), vec![object(none(), text("b"), none()), object(none(), text("a"), none())]));
    let wanted = held(Value::list(
        ty(),
        vec![object(text("1"), text("b"), text("s")), object(none(), text("a"), none())],
    ));
    check(&proposed(&holding(Nesting::List), &prior, &configuration), &wanted);
}

#[test]
fn blocks_of_a_map_are_paired_by_their_key() {
    let map = |entries: Vec<(&str, Value)>| held(Value::map(ty(), entries));
    let prior =
        map(vec![("x", object(text("1"), text("a"), none())), ("y", object(text("2"), none(), none()))]);
    let configuration =
        map(vec![("y", object(none(), text("a"), none())), ("z", object(none(), none(), none()))]);
    let wanted =
        map(vec![("y", object(text("2"), text("a"), none())), ("z", object(none(), none(), none()))]);
    check(&proposed(&holding(Nesting::Map), &prior, &configuration), &wanted);
}

#[test]
fn blocks_of_a_set_are_paired_by_what_only_the_configuration_decides() {
    let set = |items: Vec<Value>| held(Value::set(ty(), items));
    let prior = set(vec![
        object(text("1"), text("a"), text("s")),
        object(text("2"), text("b"), text("m")),
        object(text("3"), text("c"), text("l")),
    ]);
    // The first is as it was; the second says its size itself; the third is of another name.
    let configuration = set(vec![
        object(none(), text("a"), none()),
        object(none(), text("b"), text("m")),
        object(none(), text("d"), none()),
    ]);
    let wanted = set(vec![
        object(text("1"), text("a"), text("s")),
        object(text("2"), text("b"), text("m")),
        object(none(), text("d"), none()),
    ]);
    check(&proposed(&holding(Nesting::Set), &prior, &configuration), &wanted);
}

#[test]
fn an_element_of_a_set_that_sets_what_the_provider_had_decided_otherwise_is_a_new_one() {
    let prior = held(Value::set(ty(), vec![object(text("1"), text("a"), text("s"))]));
    let configuration = held(Value::set(ty(), vec![object(none(), text("a"), text("l"))]));
    check(&proposed(&holding(Nesting::Set), &prior, &configuration), &configuration);
}

#[test]
fn one_element_of_a_set_is_taken_for_one_only() {
    let schema = holding(Nesting::Set);
    let prior = held(Value::set(ty(), vec![object(text("1"), text("a"), text("s"))]));
    let configuration =
        held(Value::set(ty(), vec![object(none(), text("a"), none()), object(none(), text("a"), text("s"))]));
    let found = proposed(&schema, &prior, &configuration);
    let items = found.entries().unwrap()["part"].items().unwrap().to_vec();
    let taken = items.iter().filter(|item| !item.entries().unwrap()["id"].is_null()).count();
    assert_eq!(taken, 1, "{found:?}");
}

#[test]
fn a_large_set_is_paired_in_no_time() {
    let items = |id: bool| {
        let item = |n: u32| {
            let id = if id { text(&n.to_string()) } else { none() };
            object(id, text(&format!("name{n}")), none())
        };
        held(Value::set(ty(), (0..5000).map(item).collect()))
    };
    let begun = std::time::Instant::now();
    check(&proposed(&holding(Nesting::Set), &items(true), &items(false)), &items(true));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[test]
fn a_single_block_that_is_gone_is_gone() {
    let prior = held(object(text("1"), text("a"), text("s")));
    let schema = holding(Nesting::Single);
    check(&proposed(&schema, &prior, &held(Value::null(ty()))), &held(Value::null(ty())));
    let configuration = held(object(none(), text("b"), none()));
    check(&proposed(&schema, &prior, &configuration), &held(object(text("1"), text("b"), text("s"))));
    check(&proposed(&schema, &held(Value::null(ty())), &configuration), &configuration);
}

#[test]
fn blocks_made_for_an_unknown_number_of_things_stay_unknown() {
    let prior = held(Value::list(ty(), vec![object(text("1"), text("a"), none())]));
    let configuration = held(Value::unknown(Type::list(ty())));
    check(&proposed(&holding(Nesting::List), &prior, &configuration), &configuration);
}

fn nested(computed: bool) -> Block {
    let inside = Nested { attributes: named().attributes, nesting: Nesting::Single };
    let mut attribute = Attribute::optional(ty());
    attribute.computed = computed;
    attribute.nested = Some(Arc::new(inside));
    Block::default().with("part", attribute)
}

#[test]
fn nested_attributes_are_merged_as_blocks_are() {
    let prior = held(object(text("1"), text("a"), text("s")));
    let configuration = held(object(none(), text("b"), none()));
    check(&proposed(&nested(false), &prior, &configuration), &held(object(text("1"), text("b"), text("s"))));
}

#[test]
fn a_nested_attribute_that_only_a_configuration_can_have_set_goes_with_it() {
    let gone = held(Value::null(ty()));
    let configured = held(object(text("1"), text("a"), text("s")));
    check(&proposed(&nested(true), &configured, &gone), &gone);
    // All of this can have come from the provider, and stays.
    let decided = held(object(text("1"), none(), text("s")));
    check(&proposed(&nested(true), &decided, &gone), &decided);
}

#[test]
fn an_unread_data_source_is_unknown_where_it_is_not_configured() {
    let unknown = || Value::unknown(Type::String);
    let found = unread(&named(), &object(none(), text("a"), none()));
    check(&found, &object(unknown(), text("a"), unknown()));
    let list = |item| held(Value::list(ty(), vec![item]));
    let found = unread(&holding(Nesting::List), &list(object(none(), none(), text("s"))));
    check(&found, &list(object(unknown(), none(), text("s"))));
}

#[test]
fn blocks_that_the_provider_decides_about_stay_where_none_are_configured() {
    let mut schema = holding(Nesting::List);
    let there = held(Value::list(ty(), vec![object(text("1"), text("a"), none())]));
    let none_configured = held(Value::list(ty(), Vec::new()));
    check(&proposed(&schema, &there, &none_configured), &none_configured);
    schema.blocks.get_mut("part").unwrap().block.computed = true;
    check(&proposed(&schema, &there, &none_configured), &there);
}
