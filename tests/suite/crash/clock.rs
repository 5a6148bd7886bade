//! Clocks that jump, under the program itself.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use super::{begun, fine, instances, marks, project, run, slow, text, unwrapped};
use crate::support;

/// What makes a program see another time of day.
fn faker() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders = folders.chain(["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from));
    folders
        .find_map(|folder| Some(folder.join("faketime/libfaketime.so.1")).filter(|library| library.is_file()))
}

/// The program with a clock that shows what a file says, from moment to moment.
fn terrace(folder: &Path, faker: &Path, clock: &str) -> Command {
    std::fs::write(folder.join(clock), "+0").unwrap();
    let mut command = support::terrace(folder);
    command
        .env("LD_PRELOAD", faker)
        .env("FAKETIME_TIMESTAMP_FILE", folder.join(clock))
        .env("FAKETIME_NO_CACHE", "1")
        // Only the time of day jumps.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1")
        .stdin(Stdio::null());
    command
}

fn apply(command: &mut Command) -> Child {
    let command = command.args(["apply", "-auto-approve", "-parallelism=2"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_clock_that_jumps_gives_nobody_the_lock_and_loses_nothing() {
    let Some(faker) = faker() else {
        return support::skipped("a clock that jumps", "there is no libfaketime on this machine");
    };
    let folder = project(&slow("sleep 0.6"));
    let place = folder.path();
    let first = apply(&mut terrace(place, &faker, "clock"));
    begun(place);
    let other = |shows: &str| -> Output {
        let mut command = terrace(place, &faker, "other");
        std::fs::write(place.join("other"), shows).unwrap();
        command.args(["apply", "-auto-approve"]).output().unwrap()
    };
    // The clock of whoever holds the lock, and that of whoever wants it.
    for (holder, waiting) in [("+0", "+30d"), ("+2d", "+0"), ("-3d", "-30d"), ("+400d", "-1d")] {
        std::fs::write(place.join("clock"), holder).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let refused = other(waiting);
        assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
        assert!(unwrapped(&refused).contains("State is locked"), "{}", text(&refused));
    }
    let mut console = terrace(place, &faker, "other");
    std::fs::write(place.join("other"), "+4000d").unwrap();
    let future =
        support::feed(console.arg("console"), "parseint(formatdate(\"YYYY\", timestamp()), 10) > 2035\n");
    assert_eq!(text(&future).trim(), "true", "the clock does jump");
    fine(&first.wait_with_output().unwrap());
    assert_eq!(marks(place, "done-").len(), 5);
    assert_eq!(instances(place).len(), 5);
    let again = other("-400d");
    fine(&again);
    assert!(text(&again).contains("0 added, 0 changed, 0 destroyed"), "{}", text(&again));
    fine(&run(place, &["state", "history"]));
}

#[test]
fn whoever_was_killed_in_the_future_or_the_past_keeps_no_lock() {
    let Some(faker) = faker() else {
        return support::skipped("a clock that jumps", "there is no libfaketime on this machine");
    };
    for shows in ["+400d", "-400d"] {
        let folder = project(&slow("sleep 0.2"));
        let place = folder.path();
        let mut command = terrace(place, &faker, "clock");
        std::fs::write(place.join("clock"), shows).unwrap();
        let mut first = apply(&mut command);
        begun(place);
        first.kill().unwrap();
        first.wait().unwrap();
        fine(&run(place, &["apply", "-auto-approve"]));
        assert!(instances(place).values().all(|status| status == "ready"), "{:?}", instances(place));
    }
}
