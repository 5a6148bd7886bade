use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::port::{ProvisionRequest, Provisioner, Remarks};
use crate::provision::Provisioners;
use crate::value::{Type, Value};

async fn run(given: &[(&str, Value)]) -> (Vec<String>, Vec<String>) {
    let configuration = Value::object(given.iter().cloned());
    let connection = Value::null(Type::Dynamic);
    let request =
        ProvisionRequest { kind: "local-exec", configuration: &configuration, connection: &connection };
    let lines = Mutex::new(Vec::new());
    let mut remarks = Remarks::new();
    Provisioners.run(request, &|line| lines.lock().unwrap().push(line.to_owned()), &mut remarks).await;
    let faults = remarks.into_iter().map(|remark| format!("{}: {}", remark.summary, remark.detail)).collect();
    (lines.into_inner().unwrap(), faults)
}

fn command(text: &str) -> (&'static str, Value) {
    ("command", Value::string(text))
}

#[tokio::test]
async fn what_a_command_writes_is_told_line_by_line_in_its_order() {
    let (lines, faults) = run(&[command("echo one; echo two >&2; printf 'th\\xff'")]).await;
    assert!(faults.is_empty(), "{faults:?}");
    let first = r#"Executing: ["/bin/sh" "-c" "echo one; echo two >&2; printf 'th\\xff'"]"#;
    assert_eq!(
        lines,
        [first, "one", "two", if lines[3].starts_with("th\\") { "th\\xff" } else { "th\u{fffd}" }]
    );
}

#[tokio::test]
async fn where_and_with_what_it_runs_is_for_the_configuration_to_say() {
    let environment = Value::map(
        Type::String,
        [("GREETING", Value::string("hello")), ("NOTHING", Value::null(Type::String))],
    );
    let interpreter = Value::list(Type::String, ["/bin/sh", "-e", "-c"].map(Value::string).to_vec());
    let given = [
        command("pwd; echo $GREETING; [ -n \"$PATH\" ]; false; echo not reached"),
        ("working_dir", Value::string("/")),
        ("environment", environment),
        ("interpreter", interpreter),
        ("quiet", Value::bool(true)),
    ];
    let (lines, faults) = run(&given).await;
    assert_eq!(lines, ["Executing: Suppressed by quiet=true", "/", "hello"]);
    assert_eq!(faults, ["Command failed: The command ended with exit code 1."]);
}

#[tokio::test]
async fn what_goes_wrong_is_told() {
    for (given, message) in [
        (vec![command("exit 42")], "exit code 42"),
        (vec![command("kill -TERM $$")], "signal: 15"),
        (vec![command("")], "empty"),
        (vec![command("x"), ("working_dir", Value::string("/no/such"))], "no folder /no/such"),
        (
            vec![command("x"), ("interpreter", Value::list(Type::String, vec![Value::string("no-such")]))],
            "no-such cannot be run",
        ),
    ] {
        let (_, faults) = run(&given).await;
        assert!(faults[0].contains(message), "{faults:?}");
    }
}

#[tokio::test]
async fn a_command_that_nobody_waits_for_ends_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("alive");
    let script = format!("(while :; do date +%N > {}; sleep 0.05; done) & sleep 100", place.display());
    let begun = Instant::now();
    let _ = tokio::time::timeout(Duration::from_millis(500), run(&[command(&script)])).await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(place.exists(), "it had begun");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = std::fs::read(&place).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(before, std::fs::read(&place).unwrap(), "its children are gone");
}
