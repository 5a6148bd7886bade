use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use crate::address::ProviderAddress;
use crate::port::Settled;
use crate::value::{Type, Value};

use super::super::object::{Arguments, filled};
use super::super::provider_under_test::{ProviderUnderTest, text};
use super::identity;

const KIND: &str = "process_service";

#[tokio::test]
async fn a_service_is_started_read_restarted_in_place_and_stopped() {
    let (provider, folder) = provider("whole-life").await;
    let given = |word: &str| {
        vec![
            ("command", shell(&format!("echo {word}; exec sleep 60"))),
            ("log_file", path(folder.path(), "log")),
            ("stop_grace", Value::string("5s")),
        ]
    };
    let nothing = Value::null(Type::Dynamic);
    let planned = provider.plan(KIND, &nothing, &given("first")).await.unwrap();
    assert!(!planned.value.entries().unwrap()["pid"].is_known());
    let first = provider.create(KIND, &given("first")).await.unwrap();
    assert_eq!(Arguments(&first).flag("running"), Some(true));
    assert!(Arguments(&first).value("url").is_none());
    assert_eq!(text(&first, "id"), "whole-life");
    let read = provider.read(KIND, &first).await.unwrap();
    assert!(read.same(&first));

    // Nothing to do, and something that needs no restart.
    let same = provider.plan(KIND, &first, &given("first")).await.unwrap();
    assert!(same.value.same(&first) && same.replace.is_empty());
    let mut patient = given("first");
    patient[2].1 = Value::string("6s");
    let kept = provider.change(KIND, &first, &patient).await.unwrap();
    assert_eq!(Arguments(&kept).number("pid"), Arguments(&first).number("pid"));

    let planned = provider.plan(KIND, &kept, &given("second")).await.unwrap();
    assert!(planned.replace.is_empty());
    let entries = planned.value.entries().unwrap();
    assert!(!entries["pid"].is_known() && !entries["identity"].is_known());
    assert_eq!(entries["id"].as_str(), Some("whole-life"));
    let second = provider.change(KIND, &kept, &given("second")).await.unwrap();
    assert!(!identity(&first).unwrap().is_alive());
    assert!(identity(&second).unwrap().is_alive());
    assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "first\nsecond\n");

    provider.destroy(KIND, &second).await.unwrap();
    assert!(!identity(&second).unwrap().is_alive());
    provider.destroy(KIND, &second).await.unwrap();
}

#[tokio::test]
async fn a_crash_is_found_by_reading() {
    let (provider, folder) = provider("crash").await;
    let given = [("command", shell("sleep 0.6")), ("log_file", path(folder.path(), "log"))];
    let object = provider.create(KIND, &given).await.unwrap();
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert!(provider.read(KIND, &object).await.unwrap().is_null());
}

#[tokio::test]
async fn what_a_crash_leaves_behind_is_cleared_away_by_the_restart() {
    let (provider, folder) = provider("remains").await;
    let script = "sleep 60 & echo $! > child; sleep 0.6";
    let given = [
        ("command", shell(script)),
        ("working_directory", path(folder.path(), "")),
        ("log_file", path(folder.path(), "log")),
    ];
    let object = provider.create(KIND, &given).await.unwrap();
    tokio::time::sleep(Duration::from_millis(800)).await;
    let read = provider.read(KIND, &object).await.unwrap();
    assert_eq!(Arguments(&read).flag("running"), Some(false));
    let planned = provider.plan(KIND, &read, &given).await.unwrap();
    assert!(!planned.value.entries().unwrap()["pid"].is_known());
    let child = std::fs::read_to_string(folder.path().join("child")).unwrap();
    let object = provider.change(KIND, &read, &given).await.unwrap();
    assert_ne!(std::fs::read_to_string(folder.path().join("child")).unwrap(), child);
    assert!(!Path::new("/proc").is_dir() || !is_running(child.trim()));
    provider.destroy(KIND, &object).await.unwrap();
}

#[tokio::test]
async fn a_program_that_ends_at_once_is_an_error_with_its_last_words() {
    let (provider, folder) = provider("ends").await;
    let secrets = [("PASSWORD", Value::string("hunter2"))];
    let given = [
        ("command", shell("echo \"no database for $PASSWORD\" >&2; exit 3")),
        ("log_file", path(folder.path(), "log")),
        ("sensitive_environment", map(&secrets)),
    ];
    let fault = provider.create(KIND, &given).await.unwrap_err().remove(0);
    assert!(fault.contains("It ended before it was ready, with exit code 3."), "{fault}");
    assert!(fault.ends_with("no database for (sensitive value)"), "{fault}");
    assert!(fault.contains("Nothing of it runs any more."), "{fault}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_that_leaves_the_foreground_is_an_error_and_leaves_nothing_behind() {
    let (provider, folder) = provider("daemon").await;
    let given = [
        (
            "command",
            shell("setsid sh -c 'echo $$ > daemon; exec sleep 60' & while [ ! -s daemon ]; do :; done"),
        ),
        ("working_directory", path(folder.path(), "")),
        ("log_file", path(folder.path(), "log")),
    ];
    let refused = provider.create(KIND, &given).await.unwrap_err();
    assert!(refused[0].contains("with exit code 0. A service stays in the foreground"), "{refused:?}");
    let daemon = std::fs::read_to_string(folder.path().join("daemon")).unwrap();
    assert!(!is_running(daemon.trim()), "{refused:?}");
}

#[tokio::test]
async fn a_program_that_never_becomes_ready_is_stopped() {
    let (provider, folder) = provider("never").await;
    let readiness = readiness(&provider, "tcp", &[("port", Value::null(Type::Number))], "400ms");
    let given = [
        ("command", shell("echo $$ > pid; exec sleep 60")),
        ("working_directory", path(folder.path(), "")),
        ("log_file", path(folder.path(), "log")),
        ("port", Value::count(0)),
        ("readiness", readiness),
    ];
    let fault = provider.create(KIND, &given).await.unwrap_err().remove(0);
    assert!(fault.contains("It was not ready after 0.4 s: port "), "{fault}");
    assert!(fault.contains("It has written nothing to "), "{fault}");
    assert!(!is_running(std::fs::read_to_string(folder.path().join("pid")).unwrap().trim()));
}

#[tokio::test]
async fn readiness_waits_for_a_good_answer() {
    let (provider, folder) = provider("answers").await;
    let port = super::free(0).unwrap();
    let server = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        for answer in ["503 Not yet", "nonsense", "204 Fine"] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 1024];
            let count = stream.read(&mut asked).unwrap();
            assert!(asked[..count].starts_with(b"GET /health?deep=1 HTTP/1.1\r\n"));
            stream.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).unwrap();
        }
    });
    let parts = [("path", Value::string("/health?deep=1"))];
    let given = [
        ("command", shell("exec sleep 60")),
        ("log_file", path(folder.path(), "log")),
        ("port", Value::count(port.into())),
        ("readiness", readiness(&provider, "http", &parts, "10s")),
    ];
    let object = provider.create(KIND, &given).await.unwrap();
    server.join().unwrap();
    assert_eq!(text(&object, "url"), format!("http://127.0.0.1:{port}"));
    provider.destroy(KIND, &object).await.unwrap();
}

#[tokio::test]
async fn readiness_may_be_a_program_of_its_own() {
    let (provider, folder) = provider("exit").await;
    let parts = [("command", words(&["test", "-e", "ready"]))];
    let given = [
        ("command", shell("sleep 0.2; touch ready; exec sleep 60")),
        ("working_directory", path(folder.path(), "")),
        ("log_file", path(folder.path(), "log")),
        ("readiness", readiness(&provider, "exit", &parts, "10s")),
    ];
    let object = provider.create(KIND, &given).await.unwrap();
    assert!(folder.path().join("ready").exists());
    provider.destroy(KIND, &object).await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_told_and_leaves_the_running_program_alone() {
    let (provider, folder) = provider("taken").await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let taken = listener.local_addr().unwrap().port();
    let given = |port: u16| {
        vec![
            ("command", shell("echo $PORT > port; exec sleep 60")),
            ("working_directory", path(folder.path(), "")),
            ("log_file", path(folder.path(), "log")),
            ("port", Value::count(port.into())),
        ]
    };
    let fault = provider.create(KIND, &given(taken)).await.unwrap_err().remove(0);
    assert!(
        fault.starts_with(&format!("Port is taken: Another program listens on port {taken} ")),
        "{fault}"
    );
    let object = provider.create(KIND, &given(0)).await.unwrap();
    let picked = Arguments(&object).port("assigned_port").unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("port")).unwrap().trim(), picked.to_string());
    let same = provider.plan(KIND, &object, &given(0)).await.unwrap();
    assert!(same.value.same(&object), "a port that was picked once is kept");
    provider.change(KIND, &object, &given(taken)).await.unwrap_err();
    assert!(identity(&object).unwrap().is_alive());
    provider.destroy(KIND, &object).await.unwrap();
}

#[tokio::test]
async fn a_program_that_does_not_heed_the_signal_is_killed() {
    let (provider, folder) = provider("stubborn").await;
    let given = [
        ("command", shell("trap '' TERM; while :; do sleep 0.1; done")),
        ("log_file", path(folder.path(), "log")),
        ("stop_grace", Value::string("200ms")),
    ];
    let object = provider.create(KIND, &given).await.unwrap();
    provider.destroy(KIND, &object).await.unwrap();
    assert!(!identity(&object).unwrap().is_alive());
}

#[tokio::test]
async fn a_failed_restart_leaves_nothing_running_and_is_planned_again() {
    let (provider, folder) = provider("broken").await;
    let given = |script: &str| [("command", shell(script)), ("log_file", path(folder.path(), "log"))];
    let object = provider.create(KIND, &given("exec sleep 60")).await.unwrap();
    provider.change(KIND, &object, &given("exit 1")).await.unwrap_err();
    assert!(!identity(&object).unwrap().is_alive());
    let planned = provider.plan(KIND, &object, &given("exit 1")).await.unwrap();
    let left = super::stopped(&planned.value, text(&object, "id"));
    assert!(left.is_wholly_known());
    assert!(provider.read(KIND, &left).await.unwrap().is_null());
    let again = provider.plan(KIND, &left, &given("exec sleep 60")).await.unwrap();
    assert!(!again.value.entries().unwrap()["pid"].is_known());
}

#[tokio::test]
async fn an_operation_that_was_cut_off_finds_its_program() {
    let (provider, folder) = provider("cut-off").await;
    let given = [
        ("command", shell("exec sleep 60")),
        ("log_file", path(folder.path(), "log")),
        ("port", Value::count(0)),
    ];
    let planned = provider.plan(KIND, &Value::null(Type::Dynamic), &given).await.unwrap().value;
    assert!(matches!(provider.find(KIND, &planned).await, Settled::Absent));
    let object = provider.create(KIND, &given).await.unwrap();
    // The journal leaves out what is unknown.
    let journaled = filled(
        &planned,
        ["id", "pid", "identity", "url", "assigned_port"]
            .map(|name| (name, Value::null(planned.entries().unwrap()[name].ty()))),
    );
    let Settled::Found(found) = provider.find(KIND, &journaled).await else { panic!("it runs") };
    assert!(found.value.same(&object), "{:?} {object:?}", found.value);
    provider.destroy(KIND, &object).await.unwrap();
    assert!(matches!(provider.find(KIND, &journaled).await, Settled::Absent));
}

#[tokio::test]
async fn a_restart_that_was_cut_off_leaves_one_program_and_is_known() {
    let (provider, folder) = provider("cut-off-restart").await;
    let given = |script: &str| [("command", shell(script)), ("log_file", path(folder.path(), "log"))];
    let first = provider.create(KIND, &given("exec sleep 60")).await.unwrap();
    let second = provider.change(KIND, &first, &given("exec sleep 61")).await.unwrap();
    // The state has not heard of the second.
    let read = provider.read(KIND, &first).await.unwrap();
    assert_eq!(Arguments(&read).number("pid"), Arguments(&second).number("pid"));
    let third = provider.change(KIND, &read, &given("exec sleep 61")).await.unwrap();
    assert!(!identity(&second).unwrap().is_alive());
    provider.destroy(KIND, &third).await.unwrap();
}

#[tokio::test]
async fn arguments_that_cannot_work_are_refused_before_anything_is_started() {
    let (provider, _folder) = provider("refused").await;
    let cases: [(&[(&str, Value)], &str); 9] = [
        (&[("command", words(&[]))], "begins with the name of a program"),
        (&[("command", words(&[""]))], "begins with the name of a program"),
        (&[("command", words(&["a\0b"]))], "zero byte"),
        (&[("environment", map(&[("A=B", Value::string("x"))]))], "no name of an environment variable"),
        (&[("environment", map(&[("TERRACE_X", Value::string("x"))]))], "TERRACE_X is taken"),
        (&[("sensitive_environment", map(&[("A", Value::null(Type::String))]))], "holds null"),
        (&[("port", Value::count(65536))], "from 0 to 65535"),
        (&[("stop_signal", Value::string("SIGNAL"))], "no signal \"SIGNAL\""),
        (&[("stop_grace", Value::string("-1s"))], "no span of time"),
    ];
    for (given, expected) in cases {
        let mut all = vec![("command", words(&["true"]))];
        all.retain(|(name, _)| !given.iter().any(|(other, _)| other == name));
        all.extend(given.iter().cloned());
        let faults = provider.validate(KIND, &all).await.unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains(expected), "{faults:?}");
    }
    let asked = readiness(&provider, "http", &[("path", Value::string("health"))], "soon");
    let all = [("command", words(&["true"])), ("readiness", asked)];
    let faults = provider.validate(KIND, &all).await.unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    let unknown =
        [("command", Value::unknown(Type::list(Type::String))), ("port", Value::unknown(Type::Number))];
    provider.validate(KIND, &unknown).await.unwrap();
}

async fn provider(token: &str) -> (ProviderUnderTest, tempfile::TempDir) {
    let mut provider = ProviderUnderTest::at(&ProviderAddress::parse("terrace/process").unwrap()).await;
    provider.token = token.to_owned();
    (provider, tempfile::tempdir().unwrap())
}

fn shell(script: &str) -> Value {
    words(&["/bin/sh", "-c", script])
}

fn words(words: &[&str]) -> Value {
    Value::list(Type::String, words.iter().map(|word| Value::string(word)).collect())
}

fn map(entries: &[(&str, Value)]) -> Value {
    Value::map(Type::String, entries.iter().cloned())
}

fn path(folder: &Path, name: &str) -> Value {
    Value::string(&folder.join(name).to_string_lossy())
}

/// A readiness block with one block in it.
fn readiness(provider: &ProviderUnderTest, asked: &str, parts: &[(&str, Value)], timeout: &str) -> Value {
    let whole = &provider.resource(KIND, &[]).entries().unwrap()["readiness"].ty();
    let empty = nothing_of(whole);
    let Type::Object(ty) = whole else { panic!("it is an object") };
    let part = filled(&nothing_of(&ty.attributes[asked]), parts.iter().map(|(name, v)| (*name, v.clone())));
    filled(&empty, [(asked, part), ("timeout", Value::string(timeout))])
}

fn nothing_of(ty: &Type) -> Value {
    let Type::Object(ty) = ty else { panic!("it is an object") };
    Value::object(ty.attributes.iter().map(|(name, ty)| (name.clone(), Value::null(ty.clone()))))
}

/// Whether a process is there and has not ended.
fn is_running(pid: &str) -> bool {
    let shown = std::process::Command::new("ps").args(["-p", pid, "-o", "stat="]).output().unwrap();
    let state = String::from_utf8_lossy(&shown.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}
