//! Stories of projects, cut off at every place where something becomes durable, one after the other.
//!
//! A build with debug assertions ends itself at the n-th of these places. Each story is told from the same beginning
//! with the first, the second, and so on, until one is told to its end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{files, fine, instances, known_to_state_or_journal, names, run, text, unwrapped};
use crate::support;

/// More boundaries than any of these stories has.
const MANY: usize = 400;

/// A name that only the state knows, files with and without somebody who stands in for them while they are replaced,
/// and something that is changed in place.
const FIRST: &str = r#"
resource "random_pet" "name" {}
resource "local_file" "first" {
  filename = "out/first"
  content  = "first"
}
resource "local_file" "named" {
  filename = "out/${random_pet.name.id}"
  content  = local_file.first.id
}
resource "local_file" "many" {
  count    = 3
  filename = "out/many-${count.index}"
  content  = "${count.index}"
}
resource "local_file" "standing_in" {
  filename = "out/version-1"
  content  = "version"
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "told" {
  input            = "one"
  triggers_replace = local_file.first.id
  provisioner "local-exec" { command = "echo made >> told" }
  provisioner "local-exec" {
    when    = destroy
    command = "echo gone >> told"
  }
}
output "name" { value = random_pet.name.id }
"#;

/// Some of it goes, some is replaced in either order, some is changed, some is new.
const SECOND: &str = r#"
resource "random_pet" "name" { keepers = { version = "2" } }
resource "local_file" "first" {
  filename = "out/first"
  content  = "second"
}
resource "local_file" "named" {
  filename = "out/${random_pet.name.id}"
  content  = local_file.first.id
}
resource "local_file" "many" {
  count    = 1
  filename = "out/many-${count.index}"
  content  = "${count.index}"
}
resource "local_file" "standing_in" {
  filename = "out/version-2"
  content  = "version"
  lifecycle { create_before_destroy = true }
}
resource "local_file" "late" {
  filename = "out/late"
  content  = local_file.standing_in.id
}
resource "terraform_data" "told" {
  input            = "two"
  triggers_replace = local_file.first.id
  provisioner "local-exec" { command = "echo made >> told" }
  provisioner "local-exec" {
    when    = destroy
    command = "echo gone >> told"
  }
}
"#;

#[test]
fn killed_at_each_boundary_of_a_first_apply_it_goes_on() {
    let story = Story { before: None, text: FIRST, verb: "apply" };
    assert!(story.tell() > 12);
}

#[test]
fn killed_at_each_boundary_of_a_change_it_goes_on() {
    let story = Story { before: Some(FIRST), text: SECOND, verb: "apply" };
    assert!(story.tell() > 12);
}

#[test]
fn killed_at_each_boundary_of_a_destruction_it_goes_on() {
    let story = Story { before: Some(FIRST), text: FIRST, verb: "destroy" };
    assert!(story.tell() > 20);
}

struct Story {
    /// What was applied before, whole.
    before: Option<&'static str>,
    text: &'static str,
    verb: &'static str,
}

impl Story {
    /// Tells it until it is not cut off any more; how often it was.
    fn tell(&self) -> usize {
        let beginning = tempfile::tempdir().unwrap();
        if let Some(before) = self.before {
            std::fs::write(beginning.path().join("main.tf"), before).unwrap();
            fine(&run(beginning.path(), &["apply", "-auto-approve"]));
        }
        std::fs::write(beginning.path().join("main.tf"), self.text).unwrap();
        for boundary in 0..MANY {
            let folder = tempfile::tempdir().unwrap();
            support::copy(beginning.path(), folder.path());
            let output = cut_off(folder.path(), self.verb, boundary);
            if output.status.code().is_some() {
                fine(&output);
                return boundary;
            }
            let said = text(&output);
            known_to_state_or_journal(folder.path());
            // Whoever goes on from there may be cut off as well.
            cut_off(folder.path(), self.verb, boundary / 2);
            known_to_state_or_journal(folder.path());
            self.goes_on(folder.path(), &format!("cut off at {boundary}: {said}"));
        }
        panic!("it is cut off for ever");
    }

    fn goes_on(&self, folder: &Path, before: &str) {
        let again = run(folder, &[self.verb, "-auto-approve"]);
        assert_eq!(again.status.code(), Some(0), "{before}\n{}", text(&again));
        let states = instances(folder);
        assert!(states.values().all(|status| status == "ready"), "{before}\n{states:?}");
        assert_eq!(
            files(folder),
            names(folder),
            "what exists is not what is known, {before}\n{}",
            text(&again)
        );
        if self.verb == "destroy" {
            assert!(states.is_empty(), "{before}\n{states:?}");
            return;
        }
        // None is left aside.
        assert!(states.keys().all(|name| name.ends_with("None")), "{before}\n{states:?}");
        let planned = run(folder, &["plan", "-detailed-exitcode"]);
        assert_eq!(planned.status.code(), Some(0), "{before}\n{}\n{}", text(&again), text(&planned));
    }
}

/// Which programs were started, and which of them still run.
struct Ledger(PathBuf);

impl Ledger {
    fn all(&self) -> BTreeSet<i32> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().filter_map(|line| line.trim().parse().ok()).collect()
    }

    fn running(&self) -> BTreeSet<i32> {
        let runs = |pid: &i32| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            status.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
        };
        self.all().into_iter().filter(runs).collect()
    }
}

impl Ledger {
    /// Those that run, once they are as many as they should be. One that has just been started may not be in the ledger
    /// yet, and readiness has looked at what an earlier one wrote.
    fn running_as(&self, wanted: usize) -> BTreeSet<i32> {
        let from = Instant::now();
        loop {
            let running = self.running();
            if running.len() == wanted || from.elapsed() > Duration::from_secs(10) {
                return running;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Nothing that a test has started outlives it.
impl Drop for Ledger {
    fn drop(&mut self) {
        for pid in self.running() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

fn service(version: u32) -> String {
    format!(
        r#"
terraform {{
  required_providers {{
    process = {{ source = "terrace/process" }}
  }}
}}
resource "terraform_data" "generation" {{ input = {generation} }}
resource "process_service" "worker" {{
  command     = ["sh", "-c", "echo $$ >> started; exec sleep 600"]
  environment = {{ VERSION = "{version}" }}
  stop_grace  = "1s"
  readiness {{
    exit {{ command = ["test", "-s", "started"] }}
    interval = "5ms"
  }}
  lifecycle {{ replace_triggered_by = [terraform_data.generation] }}
}}
"#,
        generation = version / 2
    )
}

#[test]
fn killed_at_each_boundary_a_program_runs_once_and_is_never_lost() {
    if !Path::new("/proc/self/stat").exists() {
        return support::skipped("programs that are counted", "there is no /proc");
    }
    // Started, restarted with another environment, replaced, stopped.
    std::thread::scope(|scope| {
        for (from, to) in [(None, Some(0)), (Some(0), Some(1)), (Some(1), Some(2)), (Some(2), None)] {
            scope.spawn(move || {
                assert!((0..MANY).any(|boundary| counts(from, to, boundary)), "it never ends");
            });
        }
    });
}

/// From one version of the program to another, cut off on the way; whether it was not.
fn counts(from: Option<u32>, to: Option<u32>, boundary: usize) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger(folder.path().join("started"));
    let write = |version: u32| std::fs::write(folder.path().join("main.tf"), service(version)).unwrap();
    if let Some(from) = from {
        write(from);
        fine(&run(folder.path(), &["apply", "-auto-approve"]));
    }
    to.into_iter().for_each(write);
    let verb = if to.is_some() { "apply" } else { "destroy" };
    let output = cut_off(folder.path(), verb, boundary);
    let before = format!("{from:?} to {to:?}, cut off at {boundary}: {}", text(&output));
    let again = run(folder.path(), &[verb, "-auto-approve"]);
    assert_eq!(again.status.code(), Some(0), "{before}\n{}", text(&again));
    let wanted = usize::from(to.is_some());
    let running = ledger.running_as(wanted);
    assert_eq!(running.len(), wanted, "{running:?}, {before}\n{}", text(&again));
    if to.is_some() {
        let planned = run(folder.path(), &["plan", "-detailed-exitcode"]);
        assert_eq!(planned.status.code(), Some(0), "{before}\n{}", text(&planned));
        fine(&run(folder.path(), &["destroy", "-auto-approve"]));
        assert_eq!(ledger.running(), BTreeSet::new(), "{before}");
    }
    output.status.code().is_some()
}

#[test]
fn what_cannot_be_looked_for_is_named_and_not_guessed() {
    let text_of = |name: &str| {
        format!("resource \"local_file\" \"only\" {{\n  filename = \"{name}\"\n  content  = \"a\"\n}}\n")
    };
    // Notes of a run share what is written with others or do not, so each time other boundaries are within an operation.
    let (mut asked, mut boundary) = (0, 0);
    for _ in 0..MANY {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.tf"), text_of("out/only")).unwrap();
        let output = cut_off(folder.path(), "apply", boundary);
        boundary += 1;
        if output.status.code().is_some() {
            if asked >= 2 {
                break;
            }
            boundary = 0;
            continue;
        }
        let (store, environment) = super::kept(folder.path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let open = runtime.block_on(terrace::port::StateStore::open_intents(&store, &environment)).unwrap();
        if open.is_empty() {
            continue;
        }
        // A folder in its place cannot be read as a file.
        let _ = std::fs::remove_file(folder.path().join("out/only"));
        std::fs::create_dir_all(folder.path().join("out/only")).unwrap();
        for verb in ["apply", "destroy"] {
            let again = run(folder.path(), &[verb, "-auto-approve"]);
            assert_eq!(again.status.code(), Some(1), "{}", text(&again));
            let said = unwrapped(&again);
            for part in ["Object may exist", "local_file.only", "terrace import", "terrace state settle"] {
                assert!(said.contains(part), "{part} is missing: {said}");
            }
        }
        std::fs::remove_dir(folder.path().join("out/only")).unwrap();
        fine(&run(folder.path(), &["state", "settle", "local_file.only"]));
        fine(&run(folder.path(), &["apply", "-auto-approve"]));
        assert_eq!(files(folder.path()), names(folder.path()));
        asked += 1;
    }
    assert!(asked >= 2, "it was asked {asked} times");
}

/// Runs it, one operation at a time, until it passes that boundary.
pub(super) fn cut_off(folder: &Path, verb: &str, boundary: usize) -> Output {
    let mut command = support::terrace(folder);
    command.args([verb, "-auto-approve", "-parallelism=1"]).env("TERRACE_TEST_KILL_AT", boundary.to_string());
    command.stdin(std::process::Stdio::null()).output().unwrap()
}
