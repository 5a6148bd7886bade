//! Runs that want no lock: they hold up nobody, and never write over what somebody else has done.

use std::io::Write;
use std::process::{Child, Stdio};

use terrace::port::StateStore;

use super::{FILES, begin, begun, fine, instances, kept, marks, project, run, slow, text, unwrapped};
use crate::support;

/// An apply without a lock that has read the state and waits for an answer.
fn asking(folder: &tempfile::TempDir) -> Child {
    let mut command = support::terrace(folder.path());
    command.args(["apply", "-lock=false"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = piped.spawn().unwrap();
    let out = running.stdout.as_mut().unwrap();
    let mut said = String::new();
    let mut byte = [0];
    // Standard output is not buffered by us, so that what was not read is still to come.
    while !said.contains("Plan:") {
        assert!(std::io::Read::read(out, &mut byte).unwrap() == 1, "{said}");
        said.push(char::from(byte[0]));
    }
    running
}

fn answered(mut running: Child) -> std::process::Output {
    running.stdin.take().unwrap().write_all(b"yes\n").unwrap();
    running.wait_with_output().unwrap()
}

#[test]
fn without_others_everything_goes_as_ever() {
    let folder = project(FILES);
    fine(&run(folder.path(), &["apply", "-lock=false", "-auto-approve"]));
    fine(&run(folder.path(), &["plan", "-lock=false", "-detailed-exitcode"]));
    fine(&run(folder.path(), &["refresh", "-lock=false"]));
    fine(&run(folder.path(), &["taint", "-lock=false", "terraform_data.told[0]"]));
    fine(&run(folder.path(), &["untaint", "-lock=false", "-lock-timeout=1s", "terraform_data.told[0]"]));
    fine(&run(
        folder.path(),
        &["state", "mv", "-lock=false", "terraform_data.told[2]", "terraform_data.told[7]"],
    ));
    fine(&run(folder.path(), &["state", "rm", "-lock=false", "terraform_data.told[7]"]));
    fine(&run(folder.path(), &["import", "-lock=false", "terraform_data.told[2]", "an-id"]));
    fine(&run(folder.path(), &["plan", "-lock=false", "-out=saved"]));
    fine(&run(folder.path(), &["apply", "-lock=false", "saved"]));
    let again = run(folder.path(), &["apply", "-lock=false", "saved"]);
    assert!(unwrapped(&again).contains("Saved plan is stale"), "{}", text(&again));
    fine(&run(folder.path(), &["destroy", "-lock=false", "-auto-approve"]));
    assert!(instances(folder.path()).is_empty());
}

#[test]
fn while_somebody_else_is_at_work_nothing_is_done_and_they_are_not_disturbed() {
    let folder = project(&slow("sleep 2"));
    let first = begin(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
    begun(folder.path());
    let second = run(folder.path(), &["apply", "-lock=false", "-auto-approve"]);
    assert_eq!(second.status.code(), Some(1), "{}", text(&second));
    assert!(unwrapped(&second).contains("State is locked"), "{}", text(&second));
    assert!(text(&second).contains("Plan:"), "it was planned: {}", text(&second));
    // Once something is written, the state on the way fits no later one.
    let from = std::time::Instant::now();
    while marks(folder.path(), "done-").is_empty() || instances(folder.path()).is_empty() {
        assert!(from.elapsed() < std::time::Duration::from_secs(30));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let saved = run(folder.path(), &["plan", "-lock=false", "-out=saved"]);
    assert!(unwrapped(&saved).contains("Plan not saved"), "{}", text(&saved));
    fine(&first.wait_with_output().unwrap());
    assert_eq!(marks(folder.path(), "done-").len(), 5);
    assert_eq!(instances(folder.path()).len(), 5);
}

#[test]
fn what_somebody_did_while_nobody_was_locked_out_is_not_written_over() {
    let folder = project(FILES);
    let slow = asking(&folder);
    fine(&run(folder.path(), &["apply", "-auto-approve", "-var=say=quick"]));
    let before = run(folder.path(), &["state", "pull"]);
    let output = answered(slow);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(unwrapped(&output).contains("State has changed meanwhile"), "{}", text(&output));
    assert_eq!(before.stdout, run(folder.path(), &["state", "pull"]).stdout);
    // The lock was given back.
    fine(&run(folder.path(), &["plan", "-var=say=quick", "-detailed-exitcode"]));

    // Who only looked, or has ended without a change, is in nobody's way.
    let slow = asking(&folder);
    fine(&run(folder.path(), &["apply", "-auto-approve", "-var=say=quick"]));
    fine(&answered(slow));
}

#[test]
fn what_a_run_left_that_was_cut_off_is_settled_with_the_lock_only() {
    for boundary in 1..60 {
        let folder = project(FILES);
        super::boundaries::cut_off(folder.path(), "apply", boundary);
        let (store, environment) = kept(folder.path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        if runtime.block_on(store.open_intents(&environment)).unwrap().is_empty() {
            continue;
        }
        let refused = run(folder.path(), &["apply", "-lock=false", "-auto-approve"]);
        assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
        assert!(unwrapped(&refused).contains("Run the same without -lock=false"), "{}", text(&refused));
        fine(&run(folder.path(), &["apply", "-auto-approve"]));
        return;
    }
    panic!("nothing was ever cut off");
}
