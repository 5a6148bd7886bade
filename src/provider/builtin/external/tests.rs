use std::collections::BTreeMap;

use crate::provider::builtin::provider_under_test::ProviderUnderTest;
use crate::value::{Name, Type, Value};

fn program(script: &str) -> (&'static str, Value) {
    let words = ["sh", "", "-c", script].map(Value::string);
    ("program", Value::list(Type::String, words.to_vec()))
}

fn map(entries: &[(&str, &str)]) -> Value {
    let entries = entries.iter().map(|(key, value)| (Name::from(*key), Value::string(value)));
    Value::map(Type::String, entries.collect::<BTreeMap<_, _>>())
}

#[tokio::test]
async fn a_program_answers_what_it_is_asked() {
    let provider = ProviderUnderTest::of("external").await;
    let script = program(r#"printf '{"asked": %s}' "$(sed 's/"/\\"/g; s/\\u/\\\\u/g; s/^/"/; s/$/"/')""#);
    let query = Value::map(
        Type::String,
        [("b", Value::string("<2>")), ("a", Value::string("1")), ("c", Value::null(Type::String))],
    );
    let answer = provider.data("external", &[script, ("query", query)]).await.unwrap();
    let answer = answer.entries().unwrap();
    assert_eq!(answer["id"].as_str(), Some("-"));
    assert!(answer["result"].same(&map(&[("asked", r#"{"a":"1","b":"\u003c2\u003e"}"#)])), "{answer:?}");
}

#[tokio::test]
async fn a_program_without_a_query_reads_an_empty_object() {
    let provider = ProviderUnderTest::of("external").await;
    let script = program(r#"[ "$(cat)" = '{}' ] && pwd >&2 && echo '{"x": null}'"#);
    let answer = provider.data("external", &[script, ("working_dir", Value::string("/"))]).await.unwrap();
    assert!(answer.entries().unwrap()["result"].same(&map(&[("x", "")])));
}

#[tokio::test]
async fn what_goes_wrong_is_told() {
    let provider = ProviderUnderTest::of("external").await;
    let cases = [
        ("echo broken >&2; exit 7", "Program failed: sh ended with exit code 7. It says:\nbroken"),
        ("exit 1", "It said nothing"),
        ("kill -9 $$", "signal: 9"),
        (r#"echo '{"a": 1}'"#, "\"a\" is a number"),
        ("echo '[]'", "there is a list"),
        ("echo '{} {}'", "trailing"),
        (":", "EOF"),
    ];
    for (script, message) in cases {
        let refused = provider.data("external", &[program(script)]).await.unwrap_err();
        assert!(refused[0].contains(message), "{refused:?}");
    }
    let nothing = ("program", Value::list(Type::String, Vec::new()));
    assert!(
        provider.validate_data("external", &[nothing]).await.unwrap_err()[0].starts_with("Missing program")
    );
    let missing = ("program", Value::list(Type::String, vec![Value::string("./missing")]));
    assert!(provider.data("external", &[missing]).await.unwrap_err()[0].contains("./missing"));
}

#[tokio::test]
async fn much_is_said_in_both_directions_without_waiting_for_each_other() {
    let provider = ProviderUnderTest::of("external").await;
    let long = "x".repeat(1 << 20);
    let script = program("yes | head -c 1000000 >&2; cat");
    let answer = provider.data("external", &[script, ("query", map(&[("long", &long)]))]).await.unwrap();
    assert!(answer.entries().unwrap()["result"].same(&map(&[("long", &long)])));
}
