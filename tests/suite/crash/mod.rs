//! The program itself, cut off in all the ways in which programs are.

mod boundaries;
mod clock;
mod disk;
mod files;
mod panics;

mod signals;
mod unlocked;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value as Json;
use terrace::address::EnvironmentName;
use terrace::port::StateStore;
use terrace::store::sqlite::SqliteStore;

use crate::support;

/// Files in a row and side by side, and a command that takes its time.
const FILES: &str = r#"
variable "say" { default = "hello" }
resource "local_file" "first" {
  filename = "out/first"
  content  = "${var.say} first"
}
resource "local_file" "many" {
  count    = 8
  filename = "out/${var.say}-${count.index}"
  content  = "${var.say} ${local_file.first.id} ${count.index}"
}
resource "terraform_data" "told" {
  count = 3
  triggers_replace = local_file.many[count.index].id
  provisioner "local-exec" {
    command = "sleep 0.05; echo ${count.index} >> told"
  }
}
resource "local_file" "last" {
  filename   = "out/last"
  content    = "last"
  depends_on = [terraform_data.told]
}
"#;

#[test]
fn killed_at_any_moment_it_loses_nothing_and_makes_nothing_twice() {
    let folder = project(FILES);
    let mut said = String::new();
    for (round, delay) in [0, 15, 30, 50, 75, 100, 130, 170, 220, 300].into_iter().enumerate() {
        let say = format!("-var=say=round{}", round / 2);
        let mut running = begin(&folder, &["apply", "-auto-approve", "-parallelism=3", &say]);
        // The time that it takes to begin counts from the first thing that it writes down.
        let from = Instant::now();
        while !folder.path().join(".terrace/default.db").exists() && from.elapsed() < Duration::from_secs(10)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(delay));
        running.kill().unwrap();
        said.push_str(&String::from_utf8_lossy(&running.wait_with_output().unwrap().stderr));
        known_to_state_or_journal(folder.path());
        if round % 2 == 1 {
            converges(folder.path(), &say);
        }
    }
    let mut destroying = begin(&folder, &["destroy", "-auto-approve", "-parallelism=1"]);
    std::thread::sleep(Duration::from_millis(150));
    destroying.kill().unwrap();
    destroying.wait().unwrap();
    known_to_state_or_journal(folder.path());
    fine(&run(folder.path(), &["destroy", "-auto-approve"]));
    assert_eq!(files(folder.path()), BTreeSet::new());
    assert_eq!(instances(folder.path()), BTreeMap::new(), "{said}");
}

/// At full length: SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL.
#[test]
fn the_schedule_on_which_ci_cancels_loses_nothing() {
    // A command that does not let itself be disturbed, and one that would be done by then.
    for meanwhile in ["trap '' INT TERM; sleep 60", "sleep 3"] {
        let folder = project(&slow(meanwhile));
        let mut running = begin(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
        begun(folder.path());
        let mut ended = false;
        for (next, pause) in [(Signal::SIGINT, 7500), (Signal::SIGTERM, 2500)] {
            signal(&running, next);
            let from = Instant::now();
            while !ended && from.elapsed() < Duration::from_millis(pause) {
                std::thread::sleep(Duration::from_millis(20));
                ended = running.try_wait().unwrap().is_some();
            }
        }
        assert!(ended, "it is still there when it would be killed");
        let output = running.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        let (started, done) = (marks(folder.path(), "started-"), marks(folder.path(), "done-"));
        let known = instances(folder.path());
        assert_eq!(known.len(), started.len(), "{known:?}");
        let unfit = known.values().filter(|status| *status == "tainted").count();
        assert_eq!(unfit, started.len() - done.len(), "{known:?}");
        std::fs::write(folder.path().join("main.tf"), slow("true")).unwrap();
        fine(&run(folder.path(), &["apply", "-auto-approve"]));
        let states = instances(folder.path());
        assert_eq!(states.len(), 5, "{states:?}");
        assert!(states.values().all(|status| status == "ready"), "{states:?}");
        assert_eq!(run(folder.path(), &["plan", "-detailed-exitcode"]).status.code(), Some(0));
    }
}

/// The same for whoever is too slow to end in time.
#[test]
fn killed_after_it_was_asked_twice_to_end_it_loses_nothing() {
    let folder = project(&slow("sleep 0.4"));
    let running = begin(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
    begun(folder.path());
    signal(&running, Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(100));
    signal(&running, Signal::SIGTERM);
    signal(&running, Signal::SIGKILL);
    running.wait_with_output().unwrap();
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    let states = instances(folder.path());
    assert_eq!(states.len(), 5, "{states:?}");
    assert!(states.values().all(|status| status == "ready"), "{states:?}");
    assert_eq!(run(folder.path(), &["plan", "-detailed-exitcode"]).status.code(), Some(0));
}

#[test]
fn interrupted_once_it_finishes_and_records_what_runs() {
    let folder = project(&slow("sleep 0.5"));
    let running = begin(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
    begun(folder.path());
    signal(&running, Signal::SIGINT);
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("Stopping"), "{}", text(&output));
    assert!(text(&output).contains("Interrupted"), "{}", text(&output));
    let (started, done) = (marks(folder.path(), "started-"), marks(folder.path(), "done-"));
    assert_eq!(started, done, "{}", text(&output));
    assert!((1..5).contains(&done.len()), "{done:?}");
    let states = instances(folder.path());
    assert_eq!(states.len(), done.len(), "{states:?}");
    assert!(states.values().all(|status| status == "ready"), "{states:?}");
}

#[test]
fn interrupted_twice_it_ends_within_two_seconds_and_records_what_is_known() {
    let folder = project(&slow("sleep 30"));
    let running = begin(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
    begun(folder.path());
    signal(&running, Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(200));
    signal(&running, Signal::SIGTERM);
    let from = Instant::now();
    let output = running.wait_with_output().unwrap();
    assert!(from.elapsed() < Duration::from_secs(2), "{:?}: {}", from.elapsed(), text(&output));
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let states = instances(folder.path());
    let started = marks(folder.path(), "started-").len();
    assert_eq!(states.len(), started, "{states:?}");
    assert!(states.values().all(|status| status == "tainted"), "{states:?}");
    std::fs::write(folder.path().join("main.tf"), slow("true")).unwrap();
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    assert!(instances(folder.path()).values().all(|status| status == "ready"));
}

#[test]
fn interrupted_while_it_asks_it_ends() {
    let folder = project(FILES);
    let mut command = support::terrace(folder.path());
    command.arg("apply").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let _open = running.stdin.take();
    appears(&folder.path().join(".terrace/default.db"));
    std::thread::sleep(Duration::from_millis(700));
    signal(&running, Signal::SIGINT);
    let from = Instant::now();
    let output = running.wait_with_output().unwrap();
    assert!(from.elapsed() < Duration::from_secs(5), "{}", text(&output));
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert_eq!(files(folder.path()), BTreeSet::new());
}

#[test]
fn of_two_at_once_the_second_is_told_who_is_first_or_waits() {
    let folder = project(&slow("sleep 1"));
    let first = begin(&folder, &["apply", "-auto-approve"]);
    begun(folder.path());
    let second = run(folder.path(), &["apply", "-auto-approve"]);
    assert_eq!(second.status.code(), Some(1), "{}", text(&second));
    for part in ["State is locked", "apply", &first.id().to_string(), "-lock-timeout", "terrace state unlock"]
    {
        assert!(unwrapped(&second).contains(part), "{part} is missing: {}", text(&second));
    }
    let third = run(folder.path(), &["apply", "-auto-approve", "-lock-timeout=60s"]);
    fine(&third);
    assert!(text(&third).contains("0 added, 0 changed, 0 destroyed"), "{}", text(&third));
    fine(&first.wait_with_output().unwrap());
    assert_eq!(marks(folder.path(), "done-").len(), 5);
}

#[test]
fn a_damaged_state_is_named_and_not_written_over() {
    let folder = project(FILES);
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    let file = folder.path().join(".terrace/default.db");
    for beside in ["default.db-wal", "default.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(".terrace").join(beside));
    }
    let mut bytes = std::fs::read(&file).unwrap();
    for damage in [0, 5000] {
        bytes.iter_mut().skip(damage).take(3000).for_each(|byte| *byte = 0x5a);
        if damage == 0 {
            bytes.truncate(9000);
        }
        std::fs::write(&file, &bytes).unwrap();
        for verb in [&["plan"][..], &["apply", "-auto-approve"], &["destroy", "-auto-approve"]] {
            let output = run(folder.path(), verb);
            assert_eq!(output.status.code(), Some(1), "{}", text(&output));
            let said = unwrapped(&output);
            assert!(said.contains("State is damaged") && said.contains("default.db"), "{}", text(&output));
        }
        assert!(std::fs::read(&file).unwrap() == bytes, "it was written over");
    }
    assert_eq!(files(folder.path()).len(), 10);
}

#[test]
fn a_plan_needs_no_right_to_write() {
    const NOBODY: u32 = 65534;
    let folder = project(FILES);
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    let kept = folder.path().join(".terrace");
    let own = |path: &Path, mode: u32| {
        // Whoever may do anything has to become somebody who may not.
        if nix::unistd::geteuid().is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for entry in std::fs::read_dir(&kept).unwrap().flatten() {
        own(&entry.path(), 0o444);
    }
    own(&kept, 0o555);
    own(folder.path(), 0o755);
    let as_nobody = |arguments: &[&str]| {
        let mut command = support::terrace(folder.path());
        if nix::unistd::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.args(arguments).output()
    };
    let planned = match as_nobody(&["plan", "-var=say=bye", "-detailed-exitcode"]) {
        Ok(planned) => planned,
        Err(why) => return support::skipped("a read-only state", &format!("nobody cannot run it: {why}")),
    };
    assert_eq!(planned.status.code(), Some(2), "{}", text(&planned));
    assert!(unwrapped(&planned).contains("cannot be written"), "{}", text(&planned));
    let applied = as_nobody(&["apply", "-var=say=bye", "-auto-approve"]).unwrap();
    assert_eq!(applied.status.code(), Some(1), "{}", text(&applied));
    assert!(unwrapped(&applied).contains("State cannot be written"), "{}", text(&applied));
    own(&kept, 0o755);
}

#[test]
fn killed_while_it_turned_a_dependency_around_it_goes_on() {
    let pair = |version: u32, (first, of_first): (&str, &str), (second, of_second): (&str, &str)| {
        let one = |name: &str, needed: &str, command: &str| {
            format!(
                "resource \"terraform_data\" \"{name}\" {{\n  input = \"{needed}\"\n  triggers_replace = {version}\n  \
                 lifecycle {{\n    create_before_destroy = true\n  }}\n  provisioner \"local-exec\" {{\n    command = \
                 \"{command}\"\n  }}\n}}\n"
            )
        };
        one("a", first, of_first) + &one("b", second, of_second)
    };
    let folder = project(&pair(1, ("", "true"), ("${terraform_data.a.id}", "true")));
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    let wait = "touch started; sleep 20";
    let main = folder.path().join("main.tf");
    std::fs::write(&main, pair(2, ("${terraform_data.b.id}", wait), ("", "true"))).unwrap();
    let mut running = begin(&folder, &["apply", "-auto-approve"]);
    appears(&folder.path().join("started"));
    running.kill().unwrap();
    running.wait().unwrap();
    let (store, environment) = kept(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = runtime.block_on(store.read(&environment)).unwrap();
    drop(store);
    assert_eq!(
        state.instances().flat_map(|(.., instance)| instance.objects()).count(),
        4,
        "two are put aside"
    );
    assert_eq!(terrace::state::verify(&state), Vec::<String>::new());

    // On as it was meant, and, in another copy, back again.
    let back = tempfile::tempdir().unwrap();
    support::copy(folder.path(), back.path());
    let ways = [
        (folder.path(), pair(2, ("${terraform_data.b.id}", "true"), ("", "true"))),
        (back.path(), pair(1, ("", "true"), ("${terraform_data.a.id}", "true"))),
    ];
    for (folder, text) in ways {
        std::fs::write(folder.join("main.tf"), text).unwrap();
        fine(&run(folder, &["plan"]));
        fine(&run(folder, &["apply", "-auto-approve"]));
        fine(&run(folder, &["plan", "-detailed-exitcode"]));
        fine(&run(folder, &["destroy", "-auto-approve"]));
    }
}

fn project(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

/// Commands that say when they begin and when they end.
fn slow(meanwhile: &str) -> String {
    format!(
        "resource \"terraform_data\" \"slow\" {{\n  count = 5\n  provisioner \"local-exec\" {{\n    command = \"touch \
         started-${{count.index}}; {meanwhile}; touch done-${{count.index}}\"\n  }}\n}}\n"
    )
}

fn begin(folder: &tempfile::TempDir, arguments: &[&str]) -> Child {
    heard(support::terrace(folder.path()).args(arguments))
}

/// Begins a command that nobody answers, and whose words are kept.
fn heard(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command: Command = support::terrace(folder);
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn signal(running: &Child, signal: Signal) {
    // It may have ended already.
    let _ = kill(Pid::from_raw(i32::try_from(running.id()).unwrap()), signal);
}

fn appears(file: &Path) {
    let from = Instant::now();
    while !file.exists() {
        assert!(from.elapsed() < Duration::from_secs(60), "{} does not appear", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The first of the slow ones has begun, whichever it is.
fn begun(folder: &Path) {
    let from = Instant::now();
    while marks(folder, "started-").is_empty() {
        assert!(from.elapsed() < Duration::from_secs(60), "nothing begins");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Without the lines' ends and what stands at their beginnings.
fn unwrapped(output: &Output) -> String {
    let text = text(output);
    let words = text.split_whitespace().filter(|word| !["│", "|"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}

fn fine(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", text(output));
}

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder.join("out")).into_iter().flatten().flatten();
    entries.map(|entry| format!("out/{}", entry.file_name().to_string_lossy())).collect()
}

fn marks(folder: &Path, start: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter_map(|name| name.strip_prefix(start).map(str::to_owned)).collect()
}

/// Each file that exists is in the state, or something that is being made.
fn known_to_state_or_journal(folder: &Path) {
    let known = names(folder);
    for file in files(folder) {
        assert!(known.contains(&file), "{file} is an orphan: {known:?}");
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let (store, environment) = kept(folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = runtime.block_on(store.read(&environment)).unwrap();
    let open = runtime.block_on(store.open_intents(&environment)).unwrap();
    let objects = state.instances().flat_map(|(_, _, instance)| instance.objects());
    let stored = objects.map(|(_, object)| object.attributes.to_string());
    let planned = open.iter().filter_map(|intent| Some(intent.planned.as_ref()?.attributes.to_string()));
    let name =
        |json: String| serde_json::from_str::<Json>(&json).ok()?["filename"].as_str().map(str::to_owned);
    stored.chain(planned).filter_map(name).collect()
}

/// All instances, each with what it is.
fn instances(folder: &Path) -> BTreeMap<String, String> {
    let (store, environment) = kept(folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = runtime.block_on(store.read(&environment)).unwrap();
    let status = |object: &terrace::state::Object| format!("{:?}", object.status).to_lowercase();
    let objects = state.instances().flat_map(|(address, _, instance)| {
        let objects = instance.objects();
        objects.map(move |(key, object)| (format!("{address}{key:?}"), object)).collect::<Vec<_>>()
    });
    objects.map(|(name, object)| (name, status(object))).collect()
}

fn kept(folder: &Path) -> (SqliteStore, EnvironmentName) {
    (SqliteStore::new(folder.join(".terrace")), EnvironmentName::new("default").unwrap())
}

fn converges(folder: &Path, say: &str) {
    let again = run(folder, &["apply", "-auto-approve", say]);
    fine(&again);
    let planned = run(folder, &["plan", "-detailed-exitcode", say]);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
    let states = instances(folder);
    assert_eq!(states.len(), 13, "{states:?}");
    assert!(states.values().all(|status| status == "ready"), "{states:?}");
    assert_eq!(files(folder), names(folder), "what exists is not what is known");
}
