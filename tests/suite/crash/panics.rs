//! Panics in the middle of an apply.

use std::process::Output;

use super::{files, fine, instances, known_to_state_or_journal, project, run, text, unwrapped};
use crate::support;

fn panicking(folder: &tempfile::TempDir, place: u32) -> Output {
    let mut command = support::terrace(folder.path());
    let command = command.args(["apply", "-auto-approve", "-parallelism=1"]);
    command.env("TERRACE_TEST_PANIC_AT", place.to_string()).output().unwrap()
}

fn told(output: &Output) {
    assert_eq!(output.status.code(), Some(1), "{}", text(output));
    let said = unwrapped(output);
    assert!(said.contains("This is a bug in Terrace") && said.contains("The state is safe"), "{said}");
    // Where it happened, and no value.
    assert!(said.contains("boundary.rs") && !said.contains("canary"), "{said}");
}

#[test]
fn a_panic_loses_nothing_and_is_reported() {
    let folder = project(super::FILES);
    let mut panics = 0;
    // Each round has less to do than the one before.
    for place in (0..400).step_by(3) {
        let output = panicking(&folder, place);
        known_to_state_or_journal(folder.path());
        if output.status.code() == Some(0) {
            break;
        }
        told(&output);
        panics += 1;
    }
    assert!(panics > 3, "{panics}");
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    assert_eq!((files(folder.path()).len(), instances(folder.path()).len()), (10, 13));
    assert_eq!(run(folder.path(), &["plan", "-detailed-exitcode"]).status.code(), Some(0));
}

#[test]
fn progress_lines_held_back_are_printed_before_a_panic_ends_the_process() {
    let folder = project(super::FILES);
    let mut seen = 0;
    for place in 5..60 {
        drop(std::fs::remove_dir_all(folder.path().join(".terrace")));
        let output = panicking(&folder, place);
        if output.status.code() == Some(0) {
            break;
        }
        told(&output);
        let done = text(&output).matches("Creation complete").count();
        let known = instances(folder.path()).len();
        // The last one to become durable may not have been reported yet.
        assert!(done + 1 >= known, "{place}: {known} are there: {}", text(&output));
        seen = seen.max(known);
    }
    assert!(seen > 3, "{seen}");
}
