//! Disks that are full: that of the state, and that of the objects.

use std::path::Path;
use std::process::{Command, Output};

use super::{files, fine, instances, names, project, run, text};
use crate::support;

const LARGE: &str = r#"
resource "local_file" "large" {
  count    = 30
  filename = "out/${count.index}"
  content  = join("", [for number in range(1000) : "${count.index} and ${number} "])
}
resource "random_pet" "last" {
  depends_on = [local_file.large]
}
"#;

/// Runs a script where a folder of the project is a small disk; none where such disks cannot be made.
fn on_a_small_disk(folder: &Path, place: &str, size: &str, script: &str) -> Option<Output> {
    std::fs::create_dir_all(folder.join(place)).unwrap();
    let script = format!(
        "mount -t tmpfs -o size={size} small {place} || exit 99\n\
         terrace() {{ name=$1; shift; \"$TERRACE\" \"$@\" > \"$name\" 2>&1; echo $? >> codes; }}\n{script}\n\
         cp -r {place} kept"
    );
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", &script]).current_dir(folder);
    command.env("TERRACE", env!("CARGO_BIN_EXE_terrace")).env("NO_COLOR", "1");
    let output = command.output().ok().filter(|output| {
        // Without the right to a namespace of its own it does not come to the script.
        folder.join("codes").exists() || output.status.success()
    });
    if output.is_none() {
        support::skipped("a full disk", "no small disk can be mounted here");
    }
    output
}

fn said(folder: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_state_on_a_full_disk_loses_nothing_and_names_what_is_not_written_down() {
    let folder = project(LARGE);
    let place = folder.path();
    let script = "terrace first apply -auto-approve\nls out | wc -l > made\nterrace second plan\n\
                  terrace third state list\nmount -o remount,size=20m .terrace\n\
                  terrace fourth apply -auto-approve";
    let Some(output) = on_a_small_disk(place, ".terrace", "400k", script) else { return };
    let codes = said(place, "codes");
    let first = said(place, "first");
    assert!(codes.starts_with("1 "), "{codes}: {first}, {}", text(&output));
    for part in [
        "Error: Disk is full",
        ".terrace/default.db cannot be written: the disk is full",
        "No further operation was started",
        "Make room",
        "Not tried: create local_file.large[",
    ] {
        assert!(first.contains(part), "{part} is missing: {first}");
    }
    assert!(!first.contains("Interrupted") && first.matches("Error:").count() == 1, "{first}");
    // Of each file that was made, it is written down that it was, or it is named.
    let made: usize = said(place, "made").parse().unwrap();
    let listed = said(place, "third").matches("local_file.large[").count();
    let named = first.split_once("What became of").map_or(0, |(_, named)| {
        named
            .split_once(" was not recorded")
            .map_or(0, |(named, _)| named.matches("local_file.large[").count())
    });
    assert!((1..30).contains(&made) && listed + named >= made, "{made} made, {listed} listed, {named} named");
    // With room again it goes on, and nothing is made twice.
    let fourth = said(place, "fourth");
    assert!(codes.ends_with(" 0"), "{codes}: {fourth}");
    std::fs::remove_dir(place.join(".terrace")).unwrap();
    std::fs::rename(place.join("kept"), place.join(".terrace")).unwrap();
    assert_eq!(instances(place).len(), 31);
    assert_eq!(files(place), names(place));
    assert_eq!(run(place, &["plan", "-detailed-exitcode"]).status.code(), Some(0));
    fine(&run(place, &["destroy", "-auto-approve"]));
    assert!(files(place).is_empty());
}

#[test]
fn objects_on_a_full_disk_leave_nothing_half_made_behind() {
    let folder = project(LARGE);
    let place = folder.path();
    let script = "terrace first apply -auto-approve -parallelism=1\nls out > made\nterrace second state list\n\
                  mount -o remount,size=20m out\nterrace third apply -auto-approve\nterrace fourth plan -detailed-exitcode";
    let Some(output) = on_a_small_disk(place, "out", "160k", script) else { return };
    let (first, codes) = (said(place, "first"), said(place, "codes"));
    assert_eq!(codes, "1 0 0 0", "{first}, {}", text(&output));
    assert!(first.contains("cannot be written: No space left on device"), "{first}");
    let made = said(place, "made").split_whitespace().count();
    assert_eq!(made, said(place, "second").matches("local_file.large[").count(), "{first}");
    assert!((1..30).contains(&made), "{made}");
    assert_eq!(instances(place).len(), 31);
}

#[test]
fn a_first_run_on_a_full_disk_says_so_and_leaves_no_state_behind() {
    let folder = project(LARGE);
    let place = folder.path();
    let script = "dd if=/dev/zero of=.terrace/filler bs=1k count=500 2>/dev/null\nterrace first apply -auto-approve\n\
                  ls -A .terrace > left\nrm .terrace/filler\nterrace second apply -auto-approve";
    let Some(_) = on_a_small_disk(place, ".terrace", "480k", script) else { return };
    let first = said(place, "first");
    assert!(first.contains("Disk is full") || first.contains("No space left"), "{first}");
    assert!(!said(place, "left").contains(".db"), "{first}");
    assert!(files(place).len() < 31);
    assert!(said(place, "codes").starts_with('1'));
}
