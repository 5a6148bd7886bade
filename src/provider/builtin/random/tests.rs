use std::collections::BTreeSet;

use serde_json::json;

use super::words::{ADJECTIVES, ADVERBS, NAMES};
use crate::provider::builtin::type_under_test::{TypeUnderTest, attribute, text};
use crate::value::Value;

const ALL: [&str; 10] = [
    "random_bytes",
    "random_id",
    "random_integer",
    "random_password",
    "random_pet",
    "random_shuffle",
    "random_string",
    "random_uuid",
    "random_uuid4",
    "random_uuid7",
];

/// What each type needs at least.
fn least(kind: &str) -> serde_json::Value {
    match kind {
        "random_bytes" => json!({"length": 4}),
        "random_id" => json!({"byte_length": 4}),
        "random_integer" => json!({"min": 1, "max": 1000}),
        "random_password" | "random_string" => json!({"length": 12}),
        "random_shuffle" => json!({"input": ["a", "b", "c"]}),
        _ => json!({}),
    }
}

fn texts(list: &Value) -> Vec<&str> {
    list.items().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

#[test]
fn every_type_is_made_kept_and_replaced_when_its_keepers_change() {
    for kind in ALL {
        let tested = TypeUnderTest::of(kind);
        let mut configuration = least(kind);
        configuration["keepers"] = json!({"a": "1"});
        assert_eq!(tested.validate(&configuration), [""; 0]);
        let made = tested.create(&configuration);
        configuration["keepers"] = json!({"a": "2"});
        assert_eq!(tested.replaces(&made, &configuration), [".keepers"], "{kind}");
        configuration["keepers"] = json!({"a": "1", "b": null});
        let expected: &[&str] = if kind == "random_bytes" { &[".keepers"] } else { &[] };
        assert_eq!(tested.replaces(&made, &configuration), expected, "{kind}");
        tested.destroy(&made).unwrap();
    }
}

#[test]
fn what_is_drawn_is_not_known_before() {
    for (kind, results) in [
        ("random_id", &["b64_std", "b64_url", "dec", "hex", "id"][..]),
        ("random_password", &["bcrypt_hash", "id", "result"]),
        ("random_shuffle", &["id", "result"]),
    ] {
        let tested = TypeUnderTest::of(kind);
        let planned = tested.plan(&tested.nothing(), &least(kind)).unwrap();
        for (name, value) in planned.value.entries().unwrap() {
            assert_eq!(!value.is_known(), results.contains(&&**name), "{kind}.{name}");
        }
    }
}

#[test]
fn a_keeper_that_is_not_known_yet_replaces() {
    let tested = TypeUnderTest::of("random_id");
    let made = tested.create(&json!({"byte_length": 2, "keepers": {"a": "1"}}));
    let mut entries = tested.value(&json!({"byte_length": 2})).entries().unwrap().clone();
    let keepers = Value::unknown(attribute(&made, "keepers").ty());
    entries.insert("keepers".into(), keepers);
    let planned = tested.plan_value(&made, &Value::object(entries)).unwrap();
    assert_eq!(planned.replace.len(), 1);
}

#[test]
fn an_id_is_spelled_in_every_way() {
    let tested = TypeUnderTest::of("random_id");
    let imported = tested.import("my-,_-8").unwrap();
    assert_eq!(text(&imported, "id"), "_-8");
    assert_eq!(text(&imported, "b64_url"), "my-_-8");
    assert_eq!(text(&imported, "b64_std"), "my-/+8=");
    assert_eq!(text(&imported, "hex"), "my-ffef");
    assert_eq!(text(&imported, "dec"), "my-65519");
    assert_eq!(text(&imported, "prefix"), "my-");
    assert_eq!(tested.replaces(&imported, &json!({"byte_length": 2, "prefix": "my-"})), [""; 0]);
    assert_eq!(tested.replaces(&imported, &json!({"byte_length": 3})), [".byte_length", ".prefix"]);
    assert!(attribute(&tested.import("_-8").unwrap(), "prefix").is_null());
    assert!(tested.import("no base64").unwrap_err()[0].contains("its prefix, a comma and its id"));
    let made = tested.create(&json!({"byte_length": 9}));
    assert_eq!(text(&made, "hex").len(), 18);
    assert_eq!(text(&made, "id").len(), 12);
}

#[test]
fn bytes_are_imported_by_their_base64() {
    let tested = TypeUnderTest::of("random_bytes");
    let imported = tested.import("/+8=").unwrap();
    assert_eq!(text(&imported, "hex"), "ffef");
    assert_eq!(tested.replaces(&imported, &json!({"length": 2})), [""; 0]);
    assert_eq!(tested.replaces(&imported, &json!({"length": 3})), [".length"]);
    let refused = tested.validate(&json!({"length": 0}));
    assert!(refused[0].contains(".length: Number out of range"), "{refused:?}");
}

#[test]
fn an_integer_lies_in_its_range() {
    let tested = TypeUnderTest::of("random_integer");
    for (min, max) in [(5, 5), (-3, 2), (i64::MIN, i64::MAX), (0, i64::MAX)] {
        let made = tested.create(&json!({"min": min, "max": max}));
        let result = attribute(&made, "result").as_number().unwrap().to_i64().unwrap();
        assert!((min..=max).contains(&result));
        assert_eq!(text(&made, "id"), result.to_string());
    }
    let refused = tested.validate(&json!({"min": 2, "max": 1}));
    assert_eq!(refused, [".min: Empty range: No number is at least 2 (\"min\") and at most 1 (\"max\")."]);
    let refused = tested.validate(&json!({"min": 0.5, "max": 1}));
    assert_eq!(refused, [".min: Number out of range: \"min\" is a whole number of 64 bits, not 0.5."]);
}

/// What the public provider draws from these seeds.
#[test]
fn a_seed_gives_what_the_public_provider_draws() {
    let tested = TypeUnderTest::of("random_integer");
    let made = tested.create(&json!({"min": 1, "max": 3, "seed": "12345"}));
    assert_eq!(text(&made, "id"), "3");
    let tested = TypeUnderTest::of("random_shuffle");
    let input = ["a", "b", "c", "d", "e"];
    let made = tested.create(&json!({"input": input, "seed": "-", "result_count": 12}));
    assert_eq!(texts(attribute(&made, "result")).concat(), "acbedaedcbab");
}

#[test]
fn an_integer_is_imported_with_its_range() {
    let tested = TypeUnderTest::of("random_integer");
    let imported = tested.import("7,1,10,seed").unwrap();
    assert_eq!(tested.replaces(&imported, &json!({"min": 1, "max": 10, "seed": "seed"})), [""; 0]);
    assert_eq!(tested.replaces(&imported, &json!({"min": 1, "max": 11})), [".max", ".seed"]);
    for wrong in ["7", "7,1", "a,1,10", "7,1,10,x,y"] {
        assert!(tested.import(wrong).unwrap_err()[0].contains("\"result,min,max\""), "{wrong}");
    }
}

#[test]
fn a_pet_has_as_many_words_as_asked_for() {
    let tested = TypeUnderTest::of("random_pet");
    let name = |configuration: serde_json::Value| text(&tested.create(&configuration), "id").to_owned();
    assert_eq!(name(json!({})).split('-').count(), 2);
    assert_eq!(name(json!({"length": 1})).split('-').count(), 1);
    assert_eq!(name(json!({"length": -1})).split('-').count(), 2, "as it has always been");
    assert_eq!(name(json!({"length": 4, "separator": "_"})).split('_').count(), 4);
    let prefixed = name(json!({"prefix": "my", "separator": "."}));
    assert_eq!(prefixed.split('.').count(), 3);
    assert!(prefixed.starts_with("my."));
    let made = tested.create(&json!({}));
    let changed = json!({"length": 3, "separator": "_", "prefix": "p"});
    assert_eq!(tested.replaces(&made, &changed), [".length", ".prefix", ".separator"]);
    assert!(tested.import("happy-ant").is_err());
}

#[test]
fn the_words_of_pets_are_plain_and_many() {
    for words in [ADVERBS, ADJECTIVES, NAMES] {
        assert!(words.len() > 200, "{}", words.len());
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    }
}

#[test]
fn a_shuffle_repeats_only_when_everything_has_been_there() {
    let tested = TypeUnderTest::of("random_shuffle");
    let result = |configuration: serde_json::Value| {
        let made = tested.create(&configuration);
        texts(attribute(&made, "result")).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let input = ["a", "b", "c"];
    assert_eq!(result(json!({"input": input, "result_count": 2})).len(), 2);
    let long = result(json!({"input": input, "result_count": 7}));
    for batch in long.chunks_exact(3) {
        assert_eq!(batch.iter().collect::<BTreeSet<_>>().len(), 3);
    }
    assert_eq!(result(json!({"input": []})), [""; 0]);
    assert_eq!(result(json!({"input": input, "result_count": 0})), [""; 0]);
    assert!(!tested.validate(&json!({"input": input, "result_count": -1})).is_empty());
}

#[test]
fn a_text_has_what_is_asked_for() {
    let tested = TypeUnderTest::of("random_string");
    let count = |text: &str, of: &dyn Fn(char) -> bool| text.chars().filter(|c| of(*c)).count();
    let made = tested.create(&json!({
        "length": 20, "min_upper": 3, "min_lower": 4, "min_numeric": 5, "min_special": 6, "override_special": "°!",
    }));
    let result = text(&made, "result");
    assert_eq!(result.chars().count(), 20);
    assert!(count(result, &|c| c.is_ascii_uppercase()) >= 3);
    assert!(count(result, &|c| c.is_ascii_lowercase()) >= 4);
    assert!(count(result, &|c| c.is_ascii_digit()) >= 5);
    assert!(count(result, &|c| "°!".contains(c)) >= 6);
    assert_eq!(text(&made, "id"), result);
    let plain = tested.create(&json!({"length": 50, "special": false, "upper": false, "numeric": false}));
    assert_eq!(attribute(&plain, "number").as_bool(), Some(false));
    assert_eq!(count(text(&plain, "result"), &|c| c.is_ascii_lowercase()), 50);
}

#[test]
fn a_password_is_hashed_and_its_hash_is_one_of_go() {
    let tested = TypeUnderTest::of("random_password");
    let made = tested.create(&json!({"length": 100}));
    assert_eq!(text(&made, "id"), "none");
    let (result, hash) = (text(&made, "result"), text(&made, "bcrypt_hash"));
    assert!(hash.starts_with("$2a$10$"));
    assert!(bcrypt::verify(&result[..72], hash).unwrap());
    let imported = tested.import("hunter2").unwrap();
    assert_eq!(tested.replaces(&imported, &json!({"length": 7})), [""; 0]);
    assert_eq!(tested.replaces(&imported, &json!({"length": 7, "numeric": false})), [".numeric", ".number"]);
}

#[test]
fn number_and_numeric_are_one_argument() {
    let tested = TypeUnderTest::of("random_string");
    let made = tested.create(&json!({"length": 5, "number": false}));
    assert_eq!(attribute(&made, "numeric").as_bool(), Some(false));
    assert_eq!(tested.replaces(&made, &json!({"length": 5, "numeric": false})), [""; 0]);
    let refused = tested.plan(&made, &json!({"length": 5, "numeric": false, "number": true})).err().unwrap();
    assert!(refused[0].contains("\"number\" and \"numeric\" are the same argument"), "{refused:?}");
}

#[test]
fn a_text_that_cannot_be_is_refused_early() {
    let tested = TypeUnderTest::of("random_password");
    let refused = |configuration: serde_json::Value| tested.validate(&configuration).join("; ");
    assert!(refused(json!({"length": 0})).contains("at 1") || !refused(json!({"length": 0})).is_empty());
    let sum = refused(json!({"length": 3, "min_upper": 2, "min_lower": 2}));
    assert!(sum.contains("A length of 3 has no room for the 4 characters"), "{sum}");
    let none =
        refused(json!({"length": 3, "upper": false, "lower": false, "special": false, "numeric": false}));
    assert!(none.contains("No characters are left to choose from"), "{none}");
    assert_eq!(refused(json!({"length": 3, "upper": false, "lower": false, "special": false})), "");
}

#[test]
fn an_empty_override_of_release_3_4_2_replaces_nothing() {
    let tested = TypeUnderTest::of("random_string");
    let made = tested.create(&json!({"length": 5, "override_special": ""}));
    assert_eq!(tested.replaces(&made, &json!({"length": 5})), [""; 0]);
    assert_eq!(tested.replaces(&made, &json!({"length": 5, "override_special": "!"})), [".override_special"]);
}

#[test]
fn texts_of_earlier_schemas_are_read() {
    let configuration = json!({"length": 3});
    let string = TypeUnderTest::of("random_string");
    let old = json!({"id": "abc", "result": "abc", "number": null, "length": null, "keepers": null});
    let read = string.upgrade(1, &old).unwrap();
    assert_eq!(string.replaces(&read, &configuration), [""; 0]);
    let password = TypeUnderTest::of("random_password");
    let read = password.upgrade(0, &json!({"id": "none", "result": "abc", "number": true})).unwrap();
    assert!(bcrypt::verify("abc", text(&read, "bcrypt_hash")).unwrap());
    assert_eq!(password.replaces(&read, &configuration), [""; 0]);
    let right = text(&read, "bcrypt_hash").to_owned();
    for (version, hash, kept) in
        [(2, &*right, true), (2, &*right.replace("$10$", "$04$"), false), (1, "x", true)]
    {
        let old = json!({"result": "abc", "length": 3, "bcrypt_hash": hash});
        let read = password.upgrade(version, &old).unwrap();
        assert_eq!(text(&read, "bcrypt_hash") == hash, kept, "{version} {hash}");
    }
}

#[test]
fn a_uuid_has_its_version() {
    for (kind, version) in [("random_uuid", 4), ("random_uuid4", 4), ("random_uuid7", 7)] {
        let tested = TypeUnderTest::of(kind);
        let made = tested.create(&json!({}));
        assert_eq!(uuid::Uuid::parse_str(text(&made, "result")).unwrap().get_version_num(), version);
        assert_eq!(text(&made, "id"), text(&made, "result"));
        let imported = tested.import("AABBCCDD-0000-4000-8000-000000000000").unwrap();
        assert_eq!(text(&imported, "id"), "aabbccdd-0000-4000-8000-000000000000");
        assert!(tested.import("aabb").unwrap_err()[0].contains("\"aabb\" is no UUID"));
    }
}

#[test]
fn what_is_only_opened_is_drawn_alike() {
    let opened = TypeUnderTest::of("random_password").open(&json!({"length": 9, "special": false})).unwrap();
    assert_eq!(text(&opened, "result").len(), 9);
    assert!(text(&opened, "result").bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(attribute(&opened, "upper").as_bool(), Some(true));
    let opened = TypeUnderTest::of("random_bytes").open(&json!({"length": 9})).unwrap();
    assert_eq!(text(&opened, "hex").len(), 18);
    assert!(!TypeUnderTest::of("random_bytes").open(&json!({"length": 0})).unwrap_err().is_empty());
}

#[test]
fn keepers_without_entries_were_as_good_as_none() {
    let tested = TypeUnderTest::of("random_integer");
    let range = json!({"min": 1, "max": 9, "keepers": {}});
    let made = tested.create(&range);
    assert_eq!(tested.replaces(&made, &json!({"min": 1, "max": 9})), [""; 0]);
    let kept = tested.create(&json!({"min": 1, "max": 9, "keepers": {"a": null}}));
    assert_eq!(tested.replaces(&kept, &json!({"min": 1, "max": 9})), [".keepers"]);
}

#[test]
fn the_last_bits_of_an_imported_id_may_be_any() {
    let tested = TypeUnderTest::of("random_id");
    let imported = tested.import("p-9hUh").unwrap();
    assert_eq!((text(&imported, "hex"), text(&imported, "id")), ("a7ef6152", "p-9hUh"));
}
