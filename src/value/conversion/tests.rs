#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use crate::value::{Mark, Number, Refinement, unify};

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).unwrap())
}

fn is(have: &Value, want: &Value) {
    assert!(have.same(want), "{have:?} is not {want:?}");
    assert_eq!(have.ty(), want.ty());
}

fn convert_ok(value: &Value, to: &Type) -> Value {
    convert(value, to).unwrap_or_else(|error| panic!("{:?} at {}: {error}", value, error.path))
}

#[test]
fn plain_values_convert_by_their_text() {
    is(&convert_ok(&n("5"), &Type::String), &s("5"));
    is(&convert_ok(&s("5"), &Type::Number), &n("5"));
    is(&convert_ok(&s("1"), &Type::Bool), &Value::bool(true));
    is(&convert_ok(&Value::bool(false), &Type::String), &s("false"));
    assert!(convert(&s("True"), &Type::Bool).unwrap_err().message.contains("small letters"));
    assert!(convert(&Value::bool(true), &Type::Number).is_err());
}

#[test]
fn a_tuple_becomes_a_list_of_what_its_elements_have_in_common() {
    let tuple = Value::tuple(vec![n("1"), s("a"), Value::bool(true)]);
    let list = convert_ok(&tuple, &Type::list(Type::Dynamic));
    is(&list, &Value::list(Type::String, vec![s("1"), s("a"), s("true")]));
    let none = Value::tuple(vec![n("1"), Value::tuple(vec![])]);
    assert!(convert(&none, &Type::list(Type::Dynamic)).is_err());
    is(&convert_ok(&Value::tuple(vec![]), &Type::list(Type::Dynamic)), &Value::list(Type::Dynamic, vec![]));
}

#[test]
fn an_object_keeps_only_the_attributes_asked_for() {
    let object = Value::object([("a", n("1")), ("b", s("x"))]);
    let want = Type::object([("a", Type::String)]);
    is(&convert_ok(&object, &want), &Value::object([("a", s("1"))]));
    let error = convert(&object, &Type::object([("c", Type::String)])).unwrap_err();
    assert_eq!(error.message, "the attribute \"c\" is required");
}

#[test]
fn the_path_says_where_inside_the_value_it_is_wrong() {
    let value = Value::object([("disks", Value::tuple(vec![Value::object([("size", s("big"))])]))]);
    let want = Type::object([("disks", Type::list(Type::object([("size", Type::Number)])))]);
    let error = convert(&value, &want).unwrap_err();
    assert_eq!(error.path.to_string(), ".disks[0].size");
    let impossible =
        Value::object([("disks", Value::tuple(vec![Value::object([("size", Value::tuple(vec![]))])]))]);
    let error = convert(&impossible, &want).unwrap_err();
    assert_eq!(error.path.to_string(), ".disks[0].size");
    assert_eq!(error.message, "a number is required, but this is a tuple");
}

#[test]
fn what_is_unknown_stays_so_and_keeps_its_length() {
    let unknown = Value::unknown(Type::tuple(vec![Type::Number, Type::Number])).refine_not_null();
    let list = convert_ok(&unknown, &Type::list(Type::String));
    is(&list, &Value::list(Type::String, vec![Value::unknown(Type::String); 2]));
    is(&convert_ok(&Value::null(Type::Dynamic), &Type::String), &Value::null(Type::String));
    is(&convert_ok(&Value::dynamic(), &Type::list(Type::String)), &Value::unknown(Type::list(Type::String)));
    let set = Value::set(Type::String, vec![Value::unknown(Type::String), s("a")]);
    is(&convert_ok(&set, &Type::list(Type::String)), &Value::unknown(Type::list(Type::String)));
}

#[test]
fn marks_stay_where_they_are_except_in_sets() {
    let tuple = Value::tuple(vec![s("a").mark(Mark::Sensitive), s("b")]);
    let list = convert_ok(&tuple, &Type::list(Type::String));
    assert!(list.marks().is_empty() && list.has_mark_deep(&Mark::Sensitive));
    let set = convert_ok(&tuple, &Type::set(Type::String));
    assert!(set.marks().contains(&Mark::Sensitive));
}

#[test]
fn a_map_becomes_an_object_where_it_has_what_is_required() {
    let map = Value::map(Type::String, [("a", s("1"))]);
    let mut object = crate::value::ObjectType::default();
    object.attributes.insert("a".into(), Type::Number);
    object.attributes.insert("b".into(), Type::list(Type::String));
    object.optional.insert("b".into());
    let want = Type::Object(std::sync::Arc::new(object));
    let converted = convert_ok(&map, &want);
    is(&converted, &Value::object([("a", n("1")), ("b", Value::null(Type::list(Type::String)))]));
    assert!(convert(&map, &Type::object([("z", Type::String)])).is_err());
}

#[test]
fn defaults_fill_in_what_is_absent_or_null_at_any_depth() {
    let inner = Defaults { values: [("size".into(), n("10"))].into(), children: BTreeMap::new() };
    let list = Defaults { values: BTreeMap::new(), children: [("".into(), inner)].into() };
    let defaults = Defaults { values: BTreeMap::new(), children: [("disks".into(), list)].into() };
    let mut disk = crate::value::ObjectType::default();
    disk.attributes.insert("name".into(), Type::String);
    disk.attributes.insert("size".into(), Type::Number);
    disk.optional.insert("size".into());
    let ty = Type::object([("disks", Type::list(Type::Object(std::sync::Arc::new(disk))))]);
    let constraint = TypeConstraint { ty, defaults: Some(Box::new(defaults)) };
    let given = Value::object([(
        "disks",
        Value::tuple(vec![
            Value::object([("name", s("a"))]),
            Value::object([("name", s("b")), ("size", Value::null(Type::Dynamic))]),
            Value::object([("name", s("c")), ("size", s("3"))]),
        ]),
    )]);
    let disk = |name: &str, size: &str| Value::object([("name", s(name)), ("size", n(size))]);
    let items = vec![disk("a", "10"), disk("b", "10"), disk("c", "3")];
    let want = Value::object([("disks", Value::list(items[0].ty(), items))]);
    is(&convert_constraint(&given, &constraint).unwrap(), &want);
}

#[test]
fn types_unify_as_in_the_reference() {
    let object = |types: &[(&str, Type)]| Type::object(types.iter().map(|(name, ty)| (*name, ty.clone())));
    let cases: Vec<(Vec<Type>, Option<Type>)> = vec![
        (vec![], Some(Type::Dynamic)),
        (vec![Type::Number, Type::String], Some(Type::String)),
        (vec![Type::Bool, Type::Number], None),
        (vec![Type::Bool, Type::Number, Type::String], Some(Type::String)),
        (vec![Type::list(Type::Number), Type::list(Type::String)], Some(Type::list(Type::String))),
        (vec![Type::list(Type::Number), Type::set(Type::Number)], Some(Type::list(Type::Number))),
        (vec![Type::list(Type::String), Type::tuple(vec![])], Some(Type::list(Type::String))),
        (vec![Type::list(Type::String), Type::tuple(vec![Type::Number])], Some(Type::list(Type::String))),
        (
            vec![Type::tuple(vec![Type::Number]), Type::tuple(vec![Type::String, Type::Bool])],
            Some(Type::list(Type::String)),
        ),
        (
            vec![object(&[("a", Type::Number)]), object(&[("a", Type::String)])],
            Some(object(&[("a", Type::String)])),
        ),
        (vec![object(&[("a", Type::Number)]), object(&[("b", Type::String)])], Some(Type::map(Type::String))),
        (vec![object(&[("a", Type::Number)]), Type::map(Type::String)], Some(Type::map(Type::String))),
        (vec![object(&[]), Type::tuple(vec![])], None),
        (vec![Type::String, Type::list(Type::String)], None),
        (vec![Type::Dynamic, Type::String], Some(Type::String)),
        (vec![Type::Dynamic, Type::list(Type::String)], Some(Type::Dynamic)),
    ];
    for (types, want) in cases {
        assert_eq!(unify(&types, true), want, "{types:?}");
    }
}

#[test]
fn nesting_of_ten_thousand_levels_is_no_trouble() {
    let mut value = s("1");
    let mut ty = Type::Number;
    for _ in 0..10_000 {
        value = Value::tuple(vec![value]);
        ty = Type::list(ty);
    }
    let converted = convert_ok(&value, &ty);
    assert_eq!(converted.ty(), ty);
    assert!(converted.same(&converted.clone()));
    assert_eq!(converted.equals(&converted).as_bool(), Some(true));
    assert!(Value::set(ty.clone(), vec![converted.clone(), converted]).is_wholly_known());
    assert!(!format!("{value:?}").is_empty());
    let _ = mismatch(&value.ty(), &Type::list(Type::Bool));
}

#[test]
fn refinements_leave_one_possibility() {
    let unknown = Value::unknown(Type::Number);
    let bound =
        |text: &str| Some(crate::value::Bound { limit: Number::parse(text).unwrap(), inclusive: true });
    let facts = Refinement { not_null: true, lower: bound("2"), upper: bound("2"), ..Refinement::default() };
    is(&unknown.refine(&facts), &n("2"));
    let set = Value::unknown(Type::set(Type::String))
        .refine(&Refinement { not_null: true, ..Refinement::length(0) });
    is(&set, &Value::set(Type::String, vec![]));
}
