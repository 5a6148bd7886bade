use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{LocalProvider, ResourceAddress};
use crate::engine::sample::value;
use crate::schema::{Attribute, Block, Nested, NestedBlock, Nesting};
use crate::value::{Mark, Name, Type, Value};

use super::resource;

fn schema() -> Block {
    let mut old = Attribute::optional(Type::String);
    old.deprecated = true;
    Block::default()
        .with("id", Attribute::optional_computed(Type::String))
        .with("arn", Attribute::computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("old", old)
        .with("password", Attribute::optional(Type::String).sensitive())
        .with("policy", Attribute::optional(Type::String))
        .with("tags", Attribute::optional(Type::map(Type::String)))
}

fn object(entries: &[(&str, Value)]) -> Value {
    let entries: BTreeMap<Name, Value> =
        entries.iter().map(|(name, value)| (Name::from(*name), value.clone())).collect();
    Value::object(entries)
}

fn generated(schema: &Block, object: &Value) -> String {
    resource(&ResourceAddress::managed("t_thing", "x"), None, schema, object)
}

#[test]
fn an_object_is_written_as_the_block_that_would_ask_for_it() {
    let object = object(&[
        ("id", value("\"1\"")),
        ("arn", value("\"a:1\"")),
        ("name", Value::string("web ${x}")),
        ("old", value("\"o\"")),
        ("password", value("\"secret\"")),
        ("policy", value("\"{\\\"a\\\":[1,true]}\"")),
        ("tags", crate::engine::sample::map(&[("Name", "x"), ("a/b", "")])),
    ]);
    let wanted = r#"resource "t_thing" "x" {
  name     = "web $${x}"
  password = null # sensitive
  policy = jsonencode({
    a = [1, true]
  })
  tags = {
    Name  = "x"
    "a/b" = ""
  }
}"#;
    assert_eq!(generated(&schema(), &object), wanted);
}

#[test]
fn what_is_not_there_is_null() {
    let object = object(&[("policy", value("\"\"")), ("tags", Value::null(Type::map(Type::String)))]);
    let wanted = r#"resource "t_thing" "x" {
  name     = null
  password = null
  policy   = null
  tags     = null
}"#;
    assert_eq!(generated(&schema(), &object), wanted);
}

#[test]
fn what_is_marked_secret_is_left_out() {
    let object = object(&[("name", value("\"x\"").mark(Mark::Sensitive)), ("policy", value("\"1\""))]);
    let text = generated(&schema(), &object);
    assert!(text.contains("name     = null # sensitive"), "{text}");
    // A number by itself is a document too, and yet a text.
    assert!(text.contains("policy   = \"1\""), "{text}");
}

#[test]
fn blocks_are_written_as_blocks_and_nested_attributes_as_values() {
    let inner = Block::default()
        .with("id", Attribute::optional_computed(Type::String))
        .with("size", Attribute::optional(Type::Number));
    let mut schema = Block::default();
    for (name, nesting) in [("one", Nesting::Single), ("many", Nesting::List), ("named", Nesting::Map)] {
        let nested = NestedBlock { block: inner.clone(), nesting, min: 0, max: None };
        schema.blocks.insert(name.into(), nested);
    }
    for (name, nesting, ty) in [
        ("part", Nesting::Single, inner.implied_type()),
        ("parts", Nesting::List, Type::list(inner.implied_type())),
        ("keyed", Nesting::Map, Type::map(inner.implied_type())),
    ] {
        let mut attribute = Attribute::optional(ty);
        attribute.nested = Some(Arc::new(Nested { attributes: inner.attributes.clone(), nesting }));
        schema = schema.with(name, attribute);
    }
    let part = |size: &str| object(&[("id", value("\"i\"")), ("size", value(size))]);
    let list = |items: Vec<Value>| Value::list(inner.implied_type(), items);
    let map = |key: &str, item: Value| Value::map(inner.implied_type(), [(key, item)]);
    let object = object(&[
        ("one", part("1")),
        ("many", list(vec![part("2"), part("3")])),
        ("named", map("a b", part("4"))),
        ("part", part("5")),
        ("parts", list(vec![part("6")])),
        ("keyed", map("k", part("7"))),
    ]);
    let wanted = r#"resource "t_thing" "x" {
  keyed = {
    k = {
      id   = "i"
      size = 7
    }
  }
  part = {
    id   = "i"
    size = 5
  }
  parts = [
    {
      id   = "i"
      size = 6
    },
  ]
  many {
    id   = "i"
    size = 2
  }
  many {
    id   = "i"
    size = 3
  }
  named "a b" {
    id   = "i"
    size = 4
  }
  one {
    id   = "i"
    size = 1
  }
}"#;
    assert_eq!(generated(&schema, &object), wanted);
}

#[test]
fn a_provider_is_named_where_the_type_does_not_imply_it() {
    let named = |name: &str, alias: Option<&str>| {
        let provider = LocalProvider { name: name.into(), alias: alias.map(Into::into) };
        resource(&ResourceAddress::managed("t_thing", "x"), Some(&provider), &Block::default(), &object(&[]))
    };
    assert_eq!(named("t", None), "resource \"t_thing\" \"x\" {\n}");
    assert_eq!(named("t", Some("west")), "resource \"t_thing\" \"x\" {\n  provider = t.west\n}");
    assert_eq!(named("u", None), "resource \"t_thing\" \"x\" {\n  provider = u\n}");
}
