use serde_json::json;

use crate::provider::builtin::type_under_test::{TypeUnderTest, attribute, text};

#[test]
fn a_resource_lives_from_creation_to_destruction() {
    let tested = TypeUnderTest::of("null_resource");
    let made = tested.create(&json!({"triggers": {"a": "1"}}));
    assert!(text(&made, "id").parse::<i64>().is_ok());
    assert_eq!(tested.replaces(&made, &json!({"triggers": {"a": "2"}})), [".triggers"]);
    assert_eq!(tested.replaces(&made, &json!({})), [".triggers"]);
    tested.destroy(&made).unwrap();
}

#[test]
fn triggers_that_are_null_replace_nothing() {
    let tested = TypeUnderTest::of("null_resource");
    let made = tested.create(&json!({"triggers": {"a": "1"}}));
    let changed = tested.apply(&made, &json!({"triggers": {"a": "1", "b": null}})).unwrap();
    assert_eq!(text(&changed, "id"), text(&made, "id"));
    let bare = tested.create(&json!({}));
    tested.apply(&bare, &json!({"triggers": {"b": null}})).unwrap();
    assert_eq!(tested.replaces(&bare, &json!({"triggers": {"b": "1"}})), [".triggers"]);
}

#[test]
fn a_resource_cannot_be_imported() {
    let refused = TypeUnderTest::of("null_resource").import("1").unwrap_err();
    assert_eq!(refused, ["Import is not possible: Objects of this type cannot be imported."]);
}

#[test]
fn a_data_source_gives_back_what_it_gets() {
    let tested = TypeUnderTest::of("null_data_source");
    let read = tested.read_data(&json!({"inputs": {"a": "1"}})).unwrap();
    assert!(attribute(&read, "outputs").same(attribute(&read, "inputs")));
    assert_eq!(text(&read, "has_computed_default"), "default");
    assert_eq!(text(&read, "id"), "static");
    let read = tested.read_data(&json!({"has_computed_default": "mine"})).unwrap();
    assert!(attribute(&read, "outputs").is_null());
    assert_eq!(text(&read, "has_computed_default"), "mine");
}

#[test]
fn an_object_with_attributes_of_another_release_is_read_without_them() {
    let tested = TypeUnderTest::of("null_resource");
    let read = tested.upgrade(0, &json!({"id": "7", "gone": true})).unwrap();
    assert_eq!(text(&read, "id"), "7");
    let refused = tested.upgrade(1, &json!({"id": "7"})).unwrap_err();
    assert!(refused[0].contains("A later release"), "{refused:?}");
}
