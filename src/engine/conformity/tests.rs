use std::sync::Arc;

use crate::schema::{Attribute, Block, Nested, NestedBlock, Nesting};
use crate::value::{Path, Refinement, Type, Value};

use super::{of_plan, of_result, unknown_parts};

fn text(text: &str) -> Value {
    Value::string(text)
}

fn none() -> Value {
    Value::null(Type::String)
}

fn unknown() -> Value {
    Value::unknown(Type::String)
}

/// `id` is given, `name` configured, `size` either, `secret` configured and sensitive, `token` only written.
fn schema() -> Block {
    let mut token = Attribute::optional(Type::String);
    token.write_only = true;
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("name", Attribute::optional(Type::String))
        .with("size", Attribute::optional_computed(Type::String))
        .with("secret", Attribute::optional(Type::String).sensitive())
        .with("token", token)
}

fn ty() -> Type {
    schema().implied_type()
}

fn object(entries: &[(&str, Value)]) -> Value {
    let names = ["id", "name", "size", "secret", "token"];
    let value =
        |name: &str| entries.iter().find(|(given, _)| *given == name).map_or_else(none, |e| e.1.clone());
    Value::object(names.map(|name| (name, value(name))))
}

fn absent() -> Value {
    Value::null(ty())
}

fn plan(prior: &Value, configuration: &Value, planned: &Value) -> Vec<String> {
    of_plan(&schema(), prior, configuration, planned, &[]).iter().map(ToString::to_string).collect()
}

fn result(planned: &Value, made: &Value) -> Vec<String> {
    of_result(&schema(), planned, made, &[]).iter().map(ToString::to_string).collect()
}

#[test]
fn a_plan_as_configured_with_the_rest_unknown_is_fine() {
    let configuration = object(&[("name", text("a")), ("secret", text("s"))]);
    let planned = object(&[
        ("name", text("a")),
        ("secret", text("s")),
        ("id", unknown().refine_not_null()),
        ("size", text("small")),
    ]);
    assert_eq!(plan(&absent(), &configuration, &planned), Vec::<String>::new());
}

#[test]
fn a_plan_that_is_not_as_configured_is_not() {
    let configuration = object(&[("name", text("a")), ("secret", text("s"))]);
    let planned = object(&[("name", text("b")), ("secret", text("t"))]);
    assert_eq!(
        plan(&absent(), &configuration, &planned),
        [
            r#".name is "b" in the plan, "a" in the configuration"#,
            ".secret is (sensitive) in the plan, (sensitive) in the configuration",
        ]
    );
    let decided = object(&[("name", text("b"))]);
    assert_eq!(
        plan(&absent(), &object(&[]), &decided),
        [r#".name is "b" in the plan; the configuration leaves it out, and the provider may not decide it"#]
    );
}

#[test]
fn a_plan_may_keep_what_there_is_against_the_configuration() {
    let prior = object(&[("name", text("A"))]);
    let configuration = object(&[("name", text("a"))]);
    assert_eq!(plan(&prior, &configuration, &prior), Vec::<String>::new());
    assert_eq!(
        plan(&prior, &configuration, &object(&[("name", text("b"))])),
        [r#".name is "b" in the plan, "a" in the configuration and "A" until now"#]
    );
}

#[test]
fn what_is_only_written_is_not_planned() {
    let configuration = object(&[("token", text("t"))]);
    assert_eq!(plan(&absent(), &configuration, &object(&[])), Vec::<String>::new());
    let planned = object(&[("token", text("x"))]);
    let found = plan(&absent(), &configuration, &planned);
    assert_eq!(found, [".token is only written, and yet in the plan, where it would be kept"]);
}

#[test]
fn what_is_configured_may_not_be_left_open() {
    let found = plan(&absent(), &object(&[("name", text("a"))]), &object(&[("name", unknown())]));
    assert_eq!(found, [r#".name is not known in the plan, "a" in the configuration"#]);
    let found = plan(&absent(), &object(&[("name", unknown())]), &object(&[("name", text("a"))]));
    assert_eq!(found, [r#".name is "a" in the plan, not known in the configuration"#]);
}

#[test]
fn a_plan_that_deletes_what_is_configured_is_wrong() {
    assert_eq!(
        plan(&absent(), &object(&[]), &absent()),
        ["the object is left out of the plan, and the configuration asks for it"]
    );
    assert_eq!(
        plan(&absent(), &absent(), &object(&[])),
        ["the object is in the plan, and the configuration asks for none"]
    );
}

fn holding(nesting: Nesting) -> Block {
    let mut outer = Block::default();
    outer.blocks.insert("part".into(), NestedBlock { block: schema(), nesting, min: 0, max: None });
    outer
}

fn list(items: Vec<Value>) -> Value {
    Value::object([("part", Value::list(ty(), items))])
}

fn map(items: Vec<(&str, Value)>) -> Value {
    Value::object([("part", Value::map(ty(), items))])
}

fn set(items: Vec<Value>) -> Value {
    Value::object([("part", Value::set(ty(), items))])
}

#[test]
fn blocks_are_planned_as_they_are_configured() {
    let none = Value::null(holding(Nesting::List).implied_type());
    let check = |nesting, configuration: &Value, planned: &Value| -> Vec<String> {
        let found = of_plan(&holding(nesting), &none, configuration, planned, &[]);
        found.iter().map(ToString::to_string).collect()
    };
    let one = || object(&[("name", text("a"))]);
    let filled = || object(&[("name", text("a")), ("id", unknown())]);
    assert_eq!(check(Nesting::List, &list(vec![one()]), &list(vec![filled()])), Vec::<String>::new());
    assert_eq!(
        check(Nesting::List, &list(vec![one()]), &list(vec![one(), one()])),
        [".part has 2 blocks in the plan, 1 in the configuration"]
    );
    assert_eq!(
        check(Nesting::List, &list(vec![one()]), &list(vec![object(&[("name", text("b"))])])),
        [r#".part[0].name is "b" in the plan, "a" in the configuration"#]
    );
    assert_eq!(
        check(Nesting::Map, &map(vec![("x", one())]), &map(vec![("y", one())])),
        [
            r#".part["y"] is in the plan, and the configuration asks for none"#,
            r#".part["x"] is left out of the plan, and the configuration asks for it"#
        ]
    );
    let unknown_list = Value::object([("part", Value::unknown(Type::list(ty())))]);
    assert_eq!(
        check(Nesting::List, &list(vec![one()]), &unknown_list),
        [".part is a block that is unknown as a whole; only what is inside a block can be"]
    );
    assert_eq!(
        check(Nesting::List, &unknown_list, &list(vec![one()])),
        [".part is settled in the plan, although nobody knows yet how many blocks the configuration makes"]
    );
    assert_eq!(
        check(Nesting::Set, &set(vec![one()]), &set(vec![Value::unknown(ty())])),
        [".part[...] is a block that is unknown as a whole; only what is inside a block can be"]
    );
}

#[test]
fn nested_attributes_are_planned_as_they_are_configured() {
    let mut attribute = Attribute::optional(Type::list(ty()));
    attribute.nested = Some(Arc::new(Nested { attributes: schema().attributes, nesting: Nesting::List }));
    let schema = Block::default().with("part", attribute);
    let none = Value::null(schema.implied_type());
    let check = |configuration: &Value, planned: &Value| -> Vec<String> {
        let found = of_plan(&schema, &none, configuration, planned, &[]);
        found.iter().map(ToString::to_string).collect()
    };
    let one = || list(vec![object(&[("name", text("a"))])]);
    let filled = list(vec![object(&[("name", text("a")), ("size", unknown())])]);
    assert_eq!(check(&one(), &filled), Vec::<String>::new());
    let other = list(vec![object(&[("name", text("b"))])]);
    assert_eq!(check(&one(), &other), [r#".part[0].name is "b" in the plan, "a" in the configuration"#]);
    assert_eq!(check(&one(), &list(vec![])), [".part has 0 elements in the plan, 1 in the configuration"]);
}

#[test]
fn a_result_fills_in_what_was_unknown() {
    let planned = object(&[("name", text("a")), ("id", unknown())]);
    assert_eq!(result(&planned, &object(&[("name", text("a")), ("id", text("1"))])), Vec::<String>::new());
    assert_eq!(result(&planned, &object(&[("name", text("a"))])), Vec::<String>::new());
}

#[test]
fn a_result_is_what_was_planned() {
    let planned = object(&[("name", text("a")), ("secret", text("s"))]);
    assert_eq!(
        result(&planned, &object(&[("name", text("b")), ("size", text("x"))])),
        [
            r#".name was planned as "a" and is "b""#,
            ".secret was planned as (sensitive) and is (sensitive)",
            r#".size was planned as null and is "x""#,
        ]
    );
    assert_eq!(result(&planned, &absent()), ["the object was planned and is not there"]);
}

#[test]
fn a_result_keeps_what_the_plan_promised_of_the_unknown() {
    let planned =
        object(&[("id", unknown().refine(&Refinement { not_null: true, ..Refinement::prefixed("i-") }))]);
    assert_eq!(result(&planned, &object(&[("id", text("i-1"))])), Vec::<String>::new());
    assert_eq!(
        result(&planned, &object(&[("id", text("x"))])),
        [r#".id is "x", which what the plan promised about it rules out"#]
    );
    assert_eq!(
        result(&planned, &object(&[])),
        [".id is null, which what the plan promised about it rules out"]
    );
}

#[test]
fn elements_of_sets_may_come_together_but_not_appear() {
    let schema = holding(Nesting::Set);
    let check = |planned: &Value, made: &Value| -> Vec<String> {
        of_result(&schema, planned, made, &[]).iter().map(ToString::to_string).collect()
    };
    let one = |id| object(&[("id", id), ("name", text("a"))]);
    let planned = set(vec![one(unknown()), one(text("1"))]);
    assert_eq!(check(&planned, &set(vec![one(text("1"))])), Vec::<String>::new());
    assert_eq!(check(&planned, &set(vec![one(text("1")), one(text("2"))])), Vec::<String>::new());
    let three = set(vec![one(text("1")), one(text("2")), one(text("3"))]);
    assert_eq!(check(&planned, &three), [".part was planned with 2 blocks and has 3 blocks"]);
    let other = object(&[("name", text("b"))]);
    assert_eq!(
        check(&set(vec![one(text("1"))]), &set(vec![other])),
        [".part was planned with one block that cannot have become any that is there"]
    );
}

#[test]
fn values_of_any_type_are_compared_part_by_part() {
    let schema = Block::default().with("any", Attribute::optional(Type::Dynamic));
    let check = |planned: Value, made: Value| -> Vec<String> {
        let (planned, made) = (Value::object([("any", planned)]), Value::object([("any", made)]));
        of_result(&schema, &planned, &made, &[]).iter().map(ToString::to_string).collect()
    };
    let tuple = |items: &[Value]| Value::tuple(items.to_vec());
    assert_eq!(check(Value::dynamic(), text("a")), Vec::<String>::new());
    assert_eq!(check(tuple(&[text("a"), unknown()]), tuple(&[text("a"), text("b")])), Vec::<String>::new());
    assert_eq!(
        check(tuple(&[text("a"), unknown()]), tuple(&[text("b"), text("b")])),
        [r#".any[0] was planned as "a" and is "b""#]
    );
    let found = check(text("a"), Value::bool(true));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with(".any is not of the type that was planned: "), "{found:?}");
}

#[test]
fn no_sentence_tells_a_secret() {
    let secrets = [Path::root().attribute("name")];
    let planned = object(&[("name", text("hunter2"))]);
    let found = of_result(&schema(), &planned, &object(&[("name", text("hunter3"))]), &secrets);
    assert_eq!(found[0].to_string(), ".name was planned as (sensitive) and is (sensitive)");
}

#[test]
fn what_is_still_unknown_is_found() {
    let value = list(vec![object(&[("id", unknown())]), object(&[])]);
    let found: Vec<String> = unknown_parts(&value).iter().map(ToString::to_string).collect();
    assert_eq!(found, [".part[0].id"]);
    assert!(unknown_parts(&object(&[])).is_empty());
}

#[test]
fn blocks_that_the_provider_decides_about_may_be_planned_where_none_are_configured() {
    let mut schema = holding(Nesting::List);
    schema.blocks.get_mut("part").unwrap().block.computed = true;
    let absent = Value::null(schema.implied_type());
    let configured = |items: Vec<Value>| list(items);
    let open = Value::object([("part", Value::unknown(Type::list(ty())))]);
    let planned = list(vec![object(&[("name", text("a"))])]);
    assert_eq!(of_plan(&schema, &absent, &configured(Vec::new()), &open, &[]), []);
    assert_eq!(of_plan(&schema, &absent, &configured(Vec::new()), &planned, &[]), []);
    let two = configured(vec![object(&[("name", text("a"))]), object(&[("name", text("b"))])]);
    assert_eq!(of_plan(&schema, &absent, &two, &planned, &[]).len(), 1);
    assert_eq!(of_result(&schema, &open, &planned, &[]), []);
}
