//! What is written reads back, and what the reference writes and reads is written and read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;

use super::*;
use crate::value::{Name, Number};

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).unwrap())
}

fn fault(text: &str, ty: &Type) -> String {
    decode(text, ty).unwrap_err().0
}

fn disk() -> Type {
    Type::object([("name", Type::String), ("size", Type::Number)])
}

#[test]
fn writes_values_as_the_reference_does() {
    let value = Value::object([
        ("list", Value::list(Type::Number, vec![n("1"), n("2.50"), n("1e30")])),
        ("map", Value::map(Type::String, [("a<b", s("x\n\u{2028}\u{1}\u{7f}"))])),
        ("null", Value::null(Type::String)),
        ("set", Value::set(Type::String, vec![s("b"), s("a"), s("b")])),
        ("tuple", Value::tuple(vec![Value::bool(true), s("é")])),
    ]);
    let text = concat!(
        r#"{"list":[1,2.5,1000000000000000000000000000000],"#,
        r#""map":{"a\u003cb":"x\n\u2028\u0001"#,
        "\u{7f}",
        r#""},"null":null,"set":["a","b"],"tuple":[true,"é"]}"#
    );
    assert_eq!(encode(&value, &value.ty()), text);
}

#[test]
fn writes_the_type_where_the_schema_leaves_it_open() {
    let ty = Type::object([("input", Type::Dynamic), ("output", Type::Dynamic)]);
    let value = Value::object([("input", n("7")), ("output", Value::null(Type::Dynamic))]);
    let text = r#"{"input":{"value":7,"type":"number"},"output":null}"#;
    assert_eq!(encode(&value, &ty), text);
    assert!(decode(text, &ty).unwrap().same(&value));

    let inner = Value::object([("a", Value::list(Type::Bool, vec![])), ("b", Value::null(Type::String))]);
    let text = r#"{"value":{"a":[],"b":null},"type":["object",{"a":["list","bool"],"b":"string"}]}"#;
    assert_eq!(encode(&inner, &Type::Dynamic), text);
    assert!(decode(text, &Type::Dynamic).unwrap().same(&inner));
    let typed_null = Value::null(Type::String);
    assert_eq!(encode(&typed_null, &Type::Dynamic), r#"{"value":null,"type":"string"}"#);
}

#[test]
fn reads_a_collection_whose_elements_carry_their_type() {
    let text = r#"{"a":{"type":"string","value":"x"},"b":null}"#;
    let value = decode(text, &Type::map(Type::Dynamic)).unwrap();
    assert!(value.ty() == Type::map(Type::String));
    let mixed = r#"[{"type":"string","value":"x"},{"type":"bool","value":true}]"#;
    assert!(fault(mixed, &Type::list(Type::Dynamic)).contains("one type"));
}

#[test]
fn reads_plain_values_that_are_written_as_another_kind() {
    assert!(decode("\"12.5\"", &Type::Number).unwrap().same(&n("12.5")));
    assert!(decode(" 1.50 ", &Type::String).unwrap().same(&s("1.50")));
    assert!(decode("true", &Type::String).unwrap().same(&s("true")));
    assert!(decode("\"1\"", &Type::Bool).unwrap().same(&Value::bool(true)));
    assert_eq!(fault("true", &Type::Number), "a number is required");
    assert_eq!(fault("1", &Type::Bool), "a bool is required");
    assert_eq!(fault("\"TRUE\"", &Type::Bool), "a bool is required");
}

#[test]
fn missing_attributes_are_null_whatever_the_order() {
    let ty = Type::object([("a", Type::Number), ("b", disk()), ("c", Type::String), ("d", Type::Bool)]);
    for text in [r#"{"c":"x","a":1}"#, r#"{"a":1,"c":"x"}"#, r#"{"c":"y","a":1,"c":"x","b":null}"#] {
        let expected = Value::object([
            ("a", n("1")),
            ("b", Value::null(disk())),
            ("c", s("x")),
            ("d", Value::null(Type::Bool)),
        ]);
        assert!(decode(text, &ty).unwrap().same(&expected), "{text}");
    }
}

#[test]
fn says_where_something_does_not_fit() {
    let ty = Type::object([("disks", Type::list(disk())), ("tags", Type::map(Type::String))]);
    assert_eq!(fault(r#"{"disks":[{},{"size":"big"}]}"#, &ty), "at .disks[1].size, a number is required");
    assert_eq!(
        fault(r#"{"disks":[{"type":1}]}"#, &ty),
        "at .disks[0], there is no attribute \"type\" in the schema"
    );
    assert_eq!(fault(r#"{"tags":{"a":[]}}"#, &ty), "at .tags[\"a\"], a string is required");
    assert_eq!(fault(r#"{"tags":[]}"#, &ty), "at .tags, a map of string is required");
    assert_eq!(fault(r#"[1]"#, &Type::tuple(vec![])), "there are too many elements: 0 are required");
}

#[test]
fn refuses_what_is_no_json() {
    for text in
        ["", "{", "[1,]", "{\"a\" 1}", "\"\n\"", "01", "nul", "{} {}", "\"\\x\"", "\"\\u12\"", "[1 2]", "\"é"]
    {
        let ty = if text.starts_with('[') { Type::list(Type::Number) } else { disk() };
        assert!(decode(text, &ty).is_err(), "{text}");
        assert!(decode(text, &Type::String).is_err(), "{text}");
    }
    let deep = format!("{{\"value\":{}{},\"type\":\"bool\"}}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(fault(&deep, &Type::Dynamic).contains("too deeply"));
}

#[test]
fn reads_escapes_in_texts_and_names() {
    let ty = Type::object([("né", Type::String)]);
    let value = decode(r#"{"n\u00e9":"\ud83d\ude00\ud83d\/\b"}"#, &ty).unwrap();
    assert!(value.same(&Value::object([("né", s("😀\u{fffd}/\u{8}"))])));
}

#[test]
fn types_read_back() {
    let ty = Type::object([("a", Type::tuple(vec![Type::set(Type::String), disk()])), ("b", Type::Dynamic)]);
    let text = r#"["object",{"a":["tuple",[["set","string"],["object",{"name":"string","size":"number"}]]],"b":"dynamic"}]"#;
    assert_eq!(encode_type(&ty), text);
    assert!(decode_type(text).unwrap() == ty);
    let optional = r#"["object",{"a":"string","b":"bool"},["b"]]"#;
    assert_eq!(encode_type(&decode_type(optional).unwrap()), optional);
    for text in ["", "\"text\"", "[]", "[\"list\"]", "[\"list\",\"string\",1]", "[\"map\",{}]", "7"] {
        assert!(decode_type(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_unknown_is_left_out() {
    let ty = Type::object([("id", Type::String), ("size", Type::Number)]);
    let value = Value::object([("id", Value::unknown(Type::String)), ("size", n("1"))]);
    assert_eq!(encode(&value, &ty), r#"{"size":1}"#);
}

/// A type, and a value of it.
fn typed() -> impl Strategy<Value = (Type, Value)> {
    let plain = prop_oneof![
        any::<bool>().prop_map(|value| (Type::Bool, Value::bool(value))),
        any::<i64>().prop_map(|value| (Type::Number, n(&value.to_string()))),
        "-?[0-9]{1,30}\\.[0-9]{1,30}".prop_map(|text| (Type::Number, n(&text))),
        any::<String>().prop_map(|text| (Type::String, s(&text))),
        Just((Type::String, Value::null(Type::String))),
        Just((Type::Dynamic, Value::null(Type::Dynamic))),
    ];
    plain.prop_recursive(5, 40, 6, |inner| {
        let several = prop::collection::vec(inner.clone(), 0..5);
        let named = prop::collection::btree_map("[a-e<\"é]{1,2}", inner.clone(), 0..6);
        let one_kind = (inner.clone(), 0usize..4);
        prop_oneof![
            inner.prop_map(|(_, value)| (Type::Dynamic, value)),
            several.prop_map(|items| {
                let (types, values): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                (Type::tuple(types), Value::tuple(values))
            }),
            named.prop_map(|items| {
                let ty = Type::object(items.iter().map(|(name, (ty, _))| (name.as_str(), ty.clone())));
                (ty, Value::object(items.iter().map(|(name, (_, value))| (name.as_str(), value.clone()))))
            }),
            one_kind.clone().prop_map(|((ty, value), count)| {
                let element = value.ty();
                let wanted = if count == 0 { element.clone() } else { ty };
                (Type::list(wanted), Value::list(element, vec![value; count]))
            }),
            one_kind.clone().prop_map(|((_, value), count)| {
                let element = value.ty();
                (Type::set(element.clone()), Value::set(element, vec![value; count]))
            }),
            one_kind.prop_map(|((_, value), count)| {
                let element = value.ty();
                let entries = (0..count).map(|index| (Name::from(format!("k{index}")), value.clone()));
                (Type::map(element.clone()), Value::map(element, entries))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back((ty, value) in typed()) {
        let text = encode(&value, &ty);
        let read = decode(&text, &ty);
        prop_assert!(read.is_ok(), "{text}: {read:?}");
        let read = read.unwrap();
        prop_assert!(read.same(&value), "{text}: {read:?}");
        prop_assert_eq!(encode(&read, &ty), text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\",:0-9a-c\\\\untrelvpy .-]{0,40}") {
        for ty in [Type::Dynamic, Type::String, disk(), Type::list(Type::Dynamic), Type::map(Type::Number)] {
            let _ = decode(&text, &ty);
        }
        let _ = decode_type(&text);
    }
}

/// Types that were read just before are known by how they are written.
#[test]
fn a_type_is_read_whichever_was_read_before() {
    let types = [
        Type::String,
        Type::Number,
        Type::list(Type::String),
        Type::tuple(vec![Type::String]),
        Type::tuple(vec![Type::String, Type::String]),
        disk(),
        Type::object([("name", Type::String)]),
        Type::object([("name", disk())]),
    ];
    // Each after each other one, and each more than once.
    for first in &types {
        for second in &types {
            for ty in [first, second, first] {
                let written = format!("{{\"value\":null, \"type\" : {}}}", encode_type(ty));
                let value = decode(&written, &Type::Dynamic).unwrap();
                assert!(value.is_null() && value.ty() == *ty, "{written} became {value:?}");
            }
        }
    }
    let cut = r#"{"value":null,"type":["list","string"}"#;
    assert!(fault(cut, &Type::Dynamic).contains("line 1"), "{}", fault(cut, &Type::Dynamic));
}
