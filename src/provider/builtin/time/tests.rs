use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;

use crate::port::{ApplyRequest, Remarks};
use crate::provider::builtin::moment::Clock;
use crate::provider::builtin::type_under_test::{TypeUnderTest, attribute, text, wait};
use crate::value::{Type, Value};

/// A type at 2020-02-12T06:36:13Z, and the hand of its clock.
fn type_under_test(kind: &'static str) -> (TypeUnderTest, Arc<AtomicI64>) {
    let hand = Arc::new(AtomicI64::new(1_581_489_373));
    let clock = {
        let hand = Arc::clone(&hand);
        Clock(Arc::new(move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap()))
    };
    (TypeUnderTest::with(super::kit_with(&clock), kind), hand)
}

fn number(object: &Value, name: &str) -> i64 {
    attribute(object, name).as_number().unwrap_or_else(|| panic!("{name}")).to_i64().unwrap()
}

#[test]
fn a_static_time_is_the_present_one_or_the_one_that_is_written() {
    let (tested, _) = type_under_test("time_static");
    let planned = tested.plan(&tested.nothing(), &json!({})).unwrap();
    assert!(
        planned
            .value
            .entries()
            .unwrap()
            .iter()
            .all(|(name, value)| &**name == "triggers" || !value.is_known())
    );
    let made = tested.create(&json!({}));
    assert_eq!(text(&made, "rfc3339"), "2020-02-12T06:36:13Z");
    assert_eq!(text(&made, "id"), "2020-02-12T06:36:13Z");
    assert_eq!(number(&made, "unix"), 1_581_489_373);
    assert_eq!(number(&made, "minute"), 36);
    let written = json!({"rfc3339": "2021-03-04T05:06:07+02:00"});
    assert!(tested.plan(&tested.nothing(), &written).unwrap().value.is_wholly_known());
    let made = tested.create(&written);
    assert_eq!(text(&made, "id"), "2021-03-04T05:06:07+02:00");
    assert_eq!((number(&made, "hour"), number(&made, "day"), number(&made, "year")), (5, 4, 2021));
    tested.destroy(&made).unwrap();
}

#[test]
fn a_static_time_is_replaced_when_it_is_written_otherwise() {
    let (tested, _) = type_under_test("time_static");
    let made = tested.create(&json!({"triggers": {"a": "1"}}));
    let changed = tested.replaces(&made, &json!({"triggers": {"a": "2"}}));
    assert_eq!(changed, [".rfc3339", ".triggers"]);
    let changed = tested.replaces(&made, &json!({"rfc3339": "2021-03-04T05:06:07Z", "triggers": {"a": "1"}}));
    assert_eq!(changed, [".rfc3339"]);
    let imported = tested.import("2020-02-12T06:36:13Z").unwrap();
    assert_eq!(tested.replaces(&imported, &json!({"rfc3339": "2020-02-12T06:36:13Z"})), [""; 0]);
    assert!(tested.import("today").unwrap_err()[0].contains("\"today\" is not"));
    let refused = tested.validate(&json!({"rfc3339": "today"}));
    assert!(refused[0].starts_with(".rfc3339: Unsuitable timestamp"), "{refused:?}");
}

#[test]
fn an_offset_is_added_to_the_base_and_updated_in_place() {
    let (tested, hand) = type_under_test("time_offset");
    let made = tested.create(&json!({"offset_days": 7}));
    assert_eq!(text(&made, "base_rfc3339"), "2020-02-12T06:36:13Z");
    assert_eq!(text(&made, "rfc3339"), "2020-02-19T06:36:13Z");
    hand.fetch_add(1_000_000, Ordering::Relaxed);
    let longer = json!({"offset_months": 1, "offset_seconds": -13});
    let planned = tested.plan(&made, &longer).unwrap();
    assert!(planned.value.is_wholly_known() && planned.replace.is_empty());
    let changed = tested.apply(&made, &longer).unwrap();
    assert_eq!(text(&changed, "base_rfc3339"), "2020-02-12T06:36:13Z");
    assert_eq!(text(&changed, "rfc3339"), "2020-03-12T06:36:00Z");
    assert_eq!((number(&changed, "month"), number(&changed, "second")), (3, 0));
    let moved = json!({"base_rfc3339": "2021-01-31T00:00:00Z", "offset_months": 1, "offset_seconds": -13});
    let changed = tested.apply(&changed, &moved).unwrap();
    assert_eq!(text(&changed, "rfc3339"), "2021-03-02T23:59:47Z");
    assert_eq!(tested.replaces(&made, &json!({"offset_days": 7, "triggers": {"a": "1"}})), [".triggers"]);
}

#[test]
fn an_offset_that_cannot_be_is_refused() {
    let (tested, _) = type_under_test("time_offset");
    assert!(tested.validate(&json!({}))[0].contains("At least one of \"offset_years\""));
    assert!(tested.validate(&json!({"offset_days": 0.5}))[0].contains("a whole number, not 0.5"));
    let far = tested.apply(&tested.nothing(), &json!({"offset_years": 9000})).unwrap_err();
    assert!(far[0].contains("beyond the year 9999"), "{far:?}");
    let far = tested.apply(&tested.nothing(), &json!({"offset_hours": i64::MAX})).unwrap_err();
    assert!(far[0].contains("beyond the year 9999"), "{far:?}");
}

#[test]
fn an_offset_is_imported_with_its_base() {
    let (tested, _) = type_under_test("time_offset");
    let imported = tested.import("2020-02-12T06:36:13Z,,,7,,,").unwrap();
    assert_eq!(text(&imported, "rfc3339"), "2020-02-19T06:36:13Z");
    let planned = tested.plan(&imported, &json!({"offset_days": 7})).unwrap();
    assert!(planned.value.same(&imported));
    for wrong in
        ["2020-02-12T06:36:13Z", "x,0,0,7,0,0,0", "2020-02-12T06:36:13Z,,,,,,", "2020-02-12T06:36:13Z,a,,,,,"]
    {
        assert!(tested.import(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_rotating_time_is_gone_when_it_is_due() {
    let (tested, hand) = type_under_test("time_rotating");
    let made = tested.create(&json!({"rotation_days": 30}));
    assert_eq!(text(&made, "rotation_rfc3339"), "2020-03-13T06:36:13Z");
    assert_eq!((number(&made, "month"), number(&made, "day")), (3, 13));
    assert_eq!(text(&made, "id"), "2020-02-12T06:36:13Z");
    hand.fetch_add(30 * 24 * 3600, Ordering::Relaxed);
    assert!(tested.read(&made).is_some());
    hand.fetch_add(1, Ordering::Relaxed);
    assert!(tested.read(&made).is_none());
}

#[test]
fn another_rotation_counts_from_the_same_moment() {
    let (tested, hand) = type_under_test("time_rotating");
    let made = tested.create(&json!({"rotation_days": 30}));
    hand.fetch_add(3600, Ordering::Relaxed);
    let changed = tested.apply(&made, &json!({"rotation_years": 1})).unwrap();
    assert_eq!(text(&changed, "rfc3339"), "2020-02-12T06:36:13Z");
    assert_eq!(text(&changed, "rotation_rfc3339"), "2021-02-12T06:36:13Z");
    let fixed = json!({"rotation_rfc3339": "2022-01-01T00:00:00Z"});
    let changed = tested.apply(&changed, &fixed).unwrap();
    assert_eq!(number(&changed, "year"), 2022);
    assert_eq!(tested.replaces(&made, &json!({"rotation_days": 30, "triggers": {"a": "1"}})), [".triggers"]);
    let moved = json!({"rotation_days": 30, "rfc3339": "2020-02-13T00:00:00Z"});
    assert_eq!(tested.replaces(&made, &moved), [".rfc3339"]);
    // What is due is replaced even where it was not refreshed.
    hand.fetch_add(31 * 24 * 3600, Ordering::Relaxed);
    assert_eq!(tested.replaces(&made, &json!({"rotation_days": 31})), [".rotation_rfc3339"]);
}

#[test]
fn a_rotating_time_is_imported_in_two_ways() {
    let (tested, _) = type_under_test("time_rotating");
    let imported = tested.import("2020-02-12T06:36:13Z,0,0,30,0,0").unwrap();
    assert!(tested.plan(&imported, &json!({"rotation_days": 30})).unwrap().value.same(&imported));
    let imported = tested.import("2020-02-12T06:36:13Z,2020-02-13T06:36:13Z").unwrap();
    let planned = tested.plan(&imported, &json!({"rotation_rfc3339": "2020-02-13T06:36:13Z"})).unwrap();
    assert!(planned.value.same(&imported));
    for wrong in
        ["x", "2020-02-12T06:36:13Z,", "2020-02-12T06:36:13Z,0,0,0,0,0", "2020-02-12T06:36:13Z,-1,,,,"]
    {
        assert!(tested.import(wrong).is_err(), "{wrong}");
    }
    assert!(tested.validate(&json!({}))[0].contains("At least one of"));
    assert!(tested.validate(&json!({"rotation_days": 0}))[0].contains("at least 1, not 0"));
}

#[test]
fn a_sleep_waits_before_and_after() {
    let (tested, _) = type_under_test("time_sleep");
    let configuration = json!({"create_duration": "60ms", "destroy_duration": "0.06s"});
    assert_eq!(tested.validate(&configuration), [""; 0]);
    let before = Instant::now();
    let made = tested.create(&configuration);
    assert!(before.elapsed() >= Duration::from_millis(60));
    assert_eq!(text(&made, "id"), "2020-02-12T06:36:13Z");
    let changed =
        tested.apply(&made, &json!({"create_duration": "1h", "destroy_duration": "0.06s"})).unwrap();
    let replaced = json!({"destroy_duration": "0.06s", "triggers": {"a": "1"}});
    assert_eq!(tested.replaces(&changed, &replaced), [".triggers"]);
    let before = Instant::now();
    tested.destroy(&changed).unwrap();
    assert!(before.elapsed() >= Duration::from_millis(60));
}

#[test]
fn a_sleep_ends_when_it_is_told_to() {
    let (tested, _) = type_under_test("time_sleep");
    let configuration = tested.value(&json!({"create_duration": "1h"}));
    let planned = tested.plan_value(&tested.nothing(), &configuration).unwrap();
    let nothing = tested.nothing();
    let request = ApplyRequest {
        kind: "time_sleep",
        prior: &nothing,
        planned: &planned.value,
        configuration: &configuration,
        private: &[],
        token: "token",
        inside: &[],
        on_progress: &|_| (),
        goes_on: &AtomicBool::new(false),
    };
    let mut remarks = Remarks::new();
    let applied = wait(async {
        let stop = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            tested.provider.stop().await;
        };
        tokio::join!(tested.provider.apply(request, &mut remarks), stop).0
    });
    assert!(applied.is_none());
    assert_eq!(remarks[0].detail, "The wait of 1h (\"create_duration\") was cut short.");
}

#[test]
fn a_duration_is_a_number_and_a_unit() {
    let (tested, _) = type_under_test("time_sleep");
    for wrong in ["", "1", "s", "1h30m", "-1s", "1.s", "1d", "1 s"] {
        let refused = tested.validate(&json!({"create_duration": wrong}));
        assert!(refused.iter().any(|remark| remark.contains("a number and a unit")), "{wrong}: {refused:?}");
    }
    assert!(
        tested.validate(&json!({}))[0].contains("At least one of \"create_duration\", \"destroy_duration\"")
    );
    let imported = tested.import("30s,").unwrap();
    assert!(tested.plan(&imported, &json!({"create_duration": "30s"})).unwrap().value.same(&imported));
    assert!(tested.import(",").is_err() && tested.import("30s").is_err() && tested.import("x,").is_err());
}

#[test]
fn what_is_not_known_yet_leaves_the_beginning_as_it_is() {
    let unknown = |tested: &TypeUnderTest, name: &str| {
        let mut entries = tested.value(&json!({})).entries().unwrap().clone();
        entries.insert(name.into(), Value::unknown(Type::Number));
        Value::object(entries)
    };
    let (tested, hand) = type_under_test("time_rotating");
    let made = tested.create(&json!({"rotation_days": 30}));
    hand.fetch_add(3600, Ordering::Relaxed);
    let planned = tested.plan_value(&made, &unknown(&tested, "rotation_days")).unwrap();
    assert!(planned.replace.is_empty(), "{:?}", planned.replace);
    assert_eq!(text(&planned.value, "rfc3339"), "2020-02-12T06:36:13Z");
    assert!(!attribute(&planned.value, "rotation_rfc3339").is_known());

    let (tested, hand) = type_under_test("time_offset");
    let made = tested.create(&json!({"offset_days": 7}));
    hand.fetch_add(3600, Ordering::Relaxed);
    let planned = tested.plan_value(&made, &unknown(&tested, "offset_days")).unwrap();
    assert_eq!(text(&planned.value, "base_rfc3339"), "2020-02-12T06:36:13Z");
    assert!(!attribute(&planned.value, "rfc3339").is_known());
    let moved =
        tested.apply(&made, &json!({"offset_days": 7, "base_rfc3339": "2021-01-01T00:00:00Z"})).unwrap();
    assert_eq!(text(&moved, "id"), "2021-01-01T00:00:00Z");
}

#[test]
fn an_offset_to_before_the_first_year_is_refused() {
    let (tested, _) = type_under_test("time_offset");
    let base = "2020-02-12T06:36:13Z";
    let far = json!({"offset_years": -2021, "base_rfc3339": base});
    let refused = tested.apply(&tested.nothing(), &far).unwrap_err();
    assert!(refused[0].contains("before the year 0"), "{refused:?}");
    let least = tested.create(&json!({"offset_years": -2020, "base_rfc3339": base}));
    assert_eq!(text(&least, "rfc3339"), "0000-02-12T06:36:13Z");
}

#[test]
fn amounts_of_nothing_are_not_imported() {
    let (tested, _) = type_under_test("time_offset");
    let imported = tested.import("2020-02-12T06:36:13Z,0,0,7,0,0,0").unwrap();
    let planned = tested.plan(&imported, &json!({"offset_days": 7})).unwrap();
    assert!(planned.value.same(&imported));
    assert!(tested.import("2020-02-12T06:36:13Z,0,0,0,0,0,0").is_err());
}
