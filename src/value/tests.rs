//! What holds for all values, and facts recorded from terraform 1.11.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;

use super::*;

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).unwrap())
}

fn texts(set: &Value) -> Vec<String> {
    set.items().unwrap().iter().map(|item| format!("{item:?}")).collect()
}

#[test]
fn sets_of_plain_values_are_in_the_order_of_the_reference() {
    let null = Value::null(Type::Number);
    let numbers = ["12345678902", "12345678901", "3", "-3", "0", "-0", "0.1"].map(n);
    let set = Value::set(Type::Number, numbers.into_iter().chain([null]).collect());
    assert_eq!(texts(&set), ["-3", "-0", "0", "0.1", "3", "12345678901", "12345678902", "null of number"]);

    let strings = ["b", "a", "\u{e9}", "e\u{301}", "", "B", "10", "9"].map(s);
    let set = Value::set(Type::String, strings.into_iter().chain([Value::null(Type::String)]).collect());
    assert_eq!(
        texts(&set),
        ["\"\"", "\"10\"", "\"9\"", "\"B\"", "\"a\"", "\"b\"", "\"\u{e9}\"", "null of string"]
    );

    let bools = vec![Value::bool(true), Value::bool(false), Value::null(Type::Bool)];
    assert_eq!(texts(&Value::set(Type::Bool, bools)), ["false", "true", "null of bool"]);
}

#[test]
fn sets_of_compound_values_are_in_the_order_of_the_reference() {
    let given = [
        "b",
        "\n",
        "\u{e9}",
        "z",
        "\u{a0}",
        "\u{200b}",
        "\u{301}x",
        "\u{1f600}",
        "\"",
        "\\",
        " ",
        "~",
        "a",
        "",
        "\t",
        "\u{1}",
        "\u{7f}",
        "\u{e000}",
    ];
    let want = [
        " ",
        "",
        "\"",
        "\\",
        "\n",
        "\t",
        "\u{a0}",
        "\u{200b}",
        "\u{e000}",
        "\u{1}",
        "\u{7f}",
        "a",
        "b",
        "z",
        "~",
        "\u{e9}",
        "\u{301}x",
        "\u{1f600}",
    ];
    let object = |text: &str| Value::object([("a", s(text))]);
    let set = Value::set(object("").ty(), given.map(object).to_vec());
    let have: Vec<&str> =
        set.items().unwrap().iter().map(|item| item.entries().unwrap()["a"].as_str().unwrap()).collect();
    assert_eq!(have, want);

    let numbers = ["12345678902", "12345678901", "12345678903"];
    let set =
        Value::set(Type::tuple(vec![Type::Number]), numbers.map(|text| Value::tuple(vec![n(text)])).to_vec());
    assert_eq!(texts(&set), ["[12345678902]", "[12345678901]", "[12345678903]"]);

    let map =
        |keys: &[(&str, &str)]| Value::map(Type::Number, keys.iter().map(|(key, value)| (*key, n(value))));
    let maps = vec![map(&[("a", "1")]), map(&[("b", "1")]), map(&[("a", "1"), ("b", "2")]), map(&[])];
    let set = Value::set(Type::map(Type::Number), maps);
    let lengths: Vec<usize> = set.items().unwrap().iter().map(|item| item.entries().unwrap().len()).collect();
    assert_eq!(lengths, [2, 1, 1, 0]);
}

#[test]
fn unknown_elements_leave_the_length_of_a_set_open() {
    let unknown = || Value::unknown(Type::String);
    let one = Value::set(Type::String, vec![unknown()]);
    assert_eq!(one.length().as_number().unwrap().to_i64(), Some(1));
    let two = Value::set(Type::String, vec![unknown(), unknown(), s("a"), s("a")]);
    assert_eq!(two.items().unwrap().len(), 3);
    let facts = two.length().refinement().unwrap().clone();
    assert!(facts.not_null);
    assert_eq!(facts.upper.unwrap().limit, Number::from_i64(3));
    assert!(!two.equals(&two).is_known());
}

#[test]
fn equality_with_unknowns_is_decided_where_the_reference_decides_it() {
    let unknown = Value::unknown(Type::String);
    let answer = |a: &Value, b: &Value| a.equals(b).as_bool();
    let tuple = |items: &[&Value]| Value::tuple(items.iter().map(|item| (*item).clone()).collect());
    assert_eq!(answer(&tuple(&[&unknown, &n("1")]), &tuple(&[&unknown, &n("2")])), None);
    assert_eq!(answer(&tuple(&[&n("1"), &unknown]), &tuple(&[&n("2"), &unknown])), Some(false));
    assert_eq!(answer(&tuple(&[&unknown, &n("1")]), &tuple(&[&unknown])), Some(false));
    assert_eq!(answer(&unknown, &Value::null(Type::Dynamic)), None);
    assert_eq!(answer(&unknown.clone().refine_not_null(), &Value::null(Type::Dynamic)), Some(false));
    assert_eq!(answer(&unknown.clone().refine(&Refinement::prefixed("a-")), &s("b")), Some(false));
    assert_eq!(answer(&unknown, &n("1")), Some(false));
    assert_eq!(answer(&Value::dynamic(), &n("1")), None);
    assert_eq!(answer(&Value::null(Type::String), &Value::null(Type::Number)), Some(true));
    assert_eq!(answer(&n("1"), &s("1")), Some(false));
}

#[test]
fn operators_pass_on_marks_and_unknowns() {
    let secret = n("2").mark(Mark::Sensitive);
    let sum = secret.add(&n("3")).unwrap();
    assert!(sum.marks().contains(&Mark::Sensitive));
    assert_eq!(format!("{sum:?}"), "(sensitive)");
    assert_eq!(format!("{:?}", Value::tuple(vec![sum])), "[(sensitive)]");
    assert!(!Value::bool(false).and(&Value::unknown(Type::Bool)).unwrap().is_known());
    assert!(n("0").divide(&n("0")).is_err());
    assert_eq!(n("1").divide(&n("0")).unwrap().as_number().unwrap().to_string(), "+Inf");
    let long = Value::unknown(Type::list(Type::String))
        .refine(&Refinement { length_lower: Some(2), ..Refinement::default() });
    assert_eq!(long.length().greater_than(&n("1")).unwrap().as_bool(), Some(true));
    assert!(!long.length().greater_than(&n("2")).unwrap().is_known());
}

#[test]
fn selecting_says_what_is_wrong_with_the_key() {
    let list = Value::list(Type::String, vec![s("a"), s("b")]);
    assert_eq!(list.index(&s("1")).unwrap().as_str(), Some("b"));
    for (key, word) in [(n("2"), "beyond"), (n("-1"), "negative"), (n("0.5"), "whole"), (s("x"), "number")] {
        assert!(list.index(&key).unwrap_err().0.contains(word), "{key:?}");
    }
    let object = Value::object([("a", s("x"))]).mark(Mark::Sensitive);
    assert!(object.index(&s("a")).unwrap().marks().contains(&Mark::Sensitive));
    // The key of an object leaves no mark on what it selects, that of a map does.
    let key = s("a").mark(Mark::Ephemeral);
    assert!(!object.index(&key).unwrap().marks().contains(&Mark::Ephemeral));
    let map = Value::map(Type::String, [("a", s("x"))]);
    assert!(map.index(&key).unwrap().marks().contains(&Mark::Ephemeral));
    assert!(map.attribute("b").unwrap_err().0.contains("\"b\""));
}

#[test]
fn prefixes_leave_off_what_could_still_change() {
    assert_eq!(&*safe_prefix("abc"), "ab");
    assert_eq!(&*safe_prefix("abc-"), "abc-");
    assert_eq!(&*safe_prefix(""), "");
}

fn any_plain() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-5i64..5).prop_map(|value| Value::number(Number::from_i64(value))),
        "-?[0-9]{1,3}(\\.[0-9]{1,3})?".prop_map(|text| n(&text)),
        "[a-c\u{e9}1]{0,2}".prop_map(|text| s(&text)),
        any::<bool>().prop_map(Value::bool),
        Just(Value::null(Type::String)),
        Just(Value::unknown(Type::String)),
        Just(Value::dynamic()),
        Just(s("x").mark(Mark::Sensitive)),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    any_plain().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::btree_map("[ab]", inner, 0..3).prop_map(Value::object),
        ]
    })
}

/// Asks each part, as nobody does who has a better way to know.
fn any_inside(value: &Value, question: &dyn Fn(&Value) -> bool) -> bool {
    let entries = value.entries().into_iter().flat_map(Entries::values);
    let mut parts = value.items().into_iter().flatten().chain(entries);
    question(value) || parts.any(|part| any_inside(part, question))
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String), Just(Type::Dynamic)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Type::tuple),
            prop::collection::btree_map("[ab]", inner, 0..3).prop_map(Type::object),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn converting_again_changes_nothing(value in any_value(), ty in any_type()) {
        if let Ok(converted) = convert(&value, &ty) {
            prop_assert!(converted.ty().conforms_to(&ty), "{:?} is no {ty:?}", converted.ty());
            let again = convert(&converted, &ty).unwrap();
            prop_assert!(again.same(&converted), "{converted:?} became {again:?}");
        } else {
            prop_assert!(!mismatch(&value.ty(), &ty).is_empty());
        }
    }

    #[test]
    fn values_convert_to_the_type_they_have_in_common(values in prop::collection::vec(any_value(), 1..4)) {
        let types: Vec<Type> = values.iter().map(Value::ty).collect();
        if let Some(common) = unify(&types, false) {
            for value in &values {
                prop_assert!(convert(value, &common).is_ok(), "{value:?} to {common:?}");
            }
        }
    }

    #[test]
    fn sets_do_not_depend_on_the_order_they_are_made_in(values in prop::collection::vec(any_value(), 0..6)) {
        let tuples: Vec<Value> = values.into_iter().map(|value| Value::tuple(vec![value])).collect();
        for tuple in &tuples {
            // Elements of one type, as a set has them.
            let alike: Vec<Value> = tuples.iter().filter(|other| other.ty() == tuple.ty()).cloned().collect();
            let set = Value::set(tuple.ty(), alike.clone());
            let reversed = Value::set(tuple.ty(), alike.into_iter().rev().collect());
            prop_assert!(set.same(&reversed));
            let items = set.items().unwrap();
            prop_assert!(items.windows(2).all(|pair| order::compare(&pair[0], &pair[1]).is_le()));
            prop_assert!(Value::set(tuple.ty(), items.to_vec()).same(&set.clone().unmark().0));
        }
    }

    #[test]
    fn equality_is_symmetric(a in any_value(), b in any_value()) {
        prop_assert!(a.equals(&b).same(&b.equals(&a)));
        prop_assert!(a.same(&a));
        if a.is_wholly_known() {
            prop_assert_eq!(a.equals(&a).as_bool(), Some(true));
        }
    }

    #[test]
    fn what_is_known_of_the_inside_is_so(value in any_value(), ty in any_type()) {
        let (plain, places) = value.clone().unmark_places();
        let mut all = vec![plain.clone().mark_places(&places), plain, value.clone().mark(Mark::Ephemeral)];
        all.extend(convert(&value, &ty));
        all.push(Value::set(value.ty(), vec![value.clone()]));
        all.push(Value::tuple(vec![s("a"), value]));
        for value in all {
            prop_assert_eq!(value.is_marked_deep(), any_inside(&value, &|part| !part.marks().is_empty()));
            prop_assert_eq!(value.is_wholly_known(), !any_inside(&value, &|part| !part.is_known()));
            let is_secret = any_inside(&value, &|part| part.marks().contains(&Mark::Sensitive));
            prop_assert_eq!(value.has_mark_deep(&Mark::Sensitive), is_secret);
        }
    }

    #[test]
    fn a_table_takes_in_others_as_a_map_does(
        there in prop::collection::vec(("[a-h]", any_plain()), 0..6),
        more in prop::collection::vec(("[a-h]", any_plain()), 0..6),
    ) {
        let named = |pairs: &[(String, Value)]| -> Vec<(Name, Value)> {
            pairs.iter().map(|(name, value)| (Name::from(&**name), value.clone())).collect()
        };
        let mut table: Entries = named(&there).into_iter().collect();
        table.extend(named(&more));
        let mut map: std::collections::BTreeMap<Name, Value> = named(&there).into_iter().collect();
        map.extend(named(&more));
        prop_assert!(table.iter().map(|(name, _)| name).eq(map.keys()));
        prop_assert!(table.values().zip(map.values()).all(|(a, b)| a.same(b)));
    }

    #[test]
    fn without_marks_nothing_else_changes(value in any_value()) {
        let (plain, marks) = value.clone().unmark_deep();
        prop_assert!(plain.marks_deep().is_empty());
        prop_assert_eq!(&marks, &value.marks_deep());
        prop_assert_eq!(plain.ty(), value.ty());
    }
}

#[test]
fn a_mark_whose_place_is_missing_is_skipped_or_goes_to_what_is_around() {
    let inner = Value::object([("kept", s("b"))]);
    let value = Value::object([
        ("a", inner),
        ("list", Value::tuple(vec![s("c")])),
        ("none", Value::null(Type::String)),
    ]);
    let secret = Marks::one(Mark::Sensitive);
    let lost = [
        Path::root().attribute("a").attribute("gone"),
        Path::root().attribute("list").index(Value::count(1)),
        Path::root().attribute("none").attribute("gone"),
    ];
    for path in lost {
        let places = [(path.clone(), secret.clone())];
        assert!(!value.clone().mark_places(&places).is_marked_deep(), "{path}");
        let (_, marked) = value.clone().mark_places_or_around(&places).unmark_places();
        assert_eq!(marked, [(Path(path.0[..1].to_vec()), secret.clone())], "{path}");
    }
    let there = [(Path::root().attribute("a").index(s("kept")), secret.clone())];
    for marked in [value.clone().mark_places(&there), value.mark_places_or_around(&there)] {
        assert_eq!(
            marked.unmark_places().1,
            [(Path::root().attribute("a").attribute("kept"), secret.clone())]
        );
    }
}

#[test]
fn a_value_is_of_its_own_type_and_of_no_other() {
    let n = |text: &str| Value::number(Number::parse(text).unwrap());
    let object = |size: Value| Value::object([("name", Value::string("a")), ("size", size)]);
    let values = [
        Value::dynamic(),
        Value::null(Type::Dynamic),
        Value::bool(true),
        n("1"),
        Value::string("a"),
        Value::unknown(Type::String),
        Value::list(Type::String, vec![Value::string("a")]),
        Value::list(Type::Number, vec![]),
        Value::set(Type::String, vec![Value::string("a")]),
        Value::map(Type::String, [("a", Value::string("a"))]),
        Value::tuple(vec![]),
        Value::tuple(vec![Value::string("a"), n("1")]),
        Value::tuple(vec![Value::string("a"), Value::unknown(Type::Number)]),
        Value::object::<Name>([]),
        object(n("1")),
        object(Value::null(Type::Number)),
        object(Value::string("1")),
        object(object(n("2"))),
        Value::null(object(n("1")).ty()),
    ];
    for a in &values {
        for b in &values {
            assert_eq!(a.is_a(&b.ty()), a.ty() == b.ty(), "{a:?} and {b:?}");
        }
    }
}

#[test]
fn a_deeply_nested_value_is_dropped_on_a_small_stack() {
    let nested = || {
        let tuple = (0..20_000).fold(Value::bool(true), |inner, _| Value::tuple(vec![inner]));
        let object = (0..20_000).fold(Value::bool(true), |inner, _| Value::object([("a", inner)]));
        let ty = (0..20_000).fold(Type::Bool, |inner, _| Type::list(inner));
        (tuple.clone(), tuple, object, ty)
    };
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    small.spawn(move || drop(nested())).unwrap().join().unwrap();
}
