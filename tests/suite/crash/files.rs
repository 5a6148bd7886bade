//! Files that are deleted, unreadable, or not what they should be, and a system that gives nothing more.

use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::Signal;

use super::{FILES, begin, begun, fine, instances, project, run, signal, slow, text, unwrapped};
use crate::support;

/// As when another job cleans the folder: whatever is made while it is gone would be made a second time.
#[test]
fn a_state_that_is_deleted_while_a_run_goes_on_is_written_anew() {
    let folder = project(&slow("sleep 0.3"));
    let running = begin(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
    begun(folder.path());
    std::fs::remove_dir_all(folder.path().join(".terrace")).unwrap();
    fine(&running.wait_with_output().unwrap());
    let states = instances(folder.path());
    assert_eq!(states.len(), 5, "{states:?}");
    assert_eq!(run(folder.path(), &["plan", "-detailed-exitcode"]).status.code(), Some(0));
}

#[test]
fn a_state_whose_disk_is_not_mounted_is_not_taken_for_an_empty_one() {
    let folder = project(FILES);
    symlink("/nowhere/terrace", folder.path().join(".terrace")).unwrap();
    for arguments in [&["plan"][..], &["apply", "-auto-approve"], &["state", "list"], &["output"], &["envs"]]
    {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output));
        let said = unwrapped(&output);
        assert!(said.contains(".terrace is a link to /nowhere/terrace, which does not exist"), "{said}");
    }
}

#[test]
fn a_state_that_may_not_be_read_is_said_to_be_so() {
    const NOBODY: u32 = 65534;
    let folder = project(FILES);
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    let file = folder.path().join(".terrace/default.db");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let is_root = nix::unistd::geteuid().is_root();
    let as_nobody = |arguments: &[&str]| {
        let mut command = support::terrace(folder.path());
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.args(arguments).env("TMPDIR", "/nowhere").output()
    };
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(if is_root { 0o600 } else { 0 }))
        .unwrap();
    std::fs::set_permissions(file.parent().unwrap(), std::fs::Permissions::from_mode(0o755)).unwrap();
    for arguments in [&["plan"][..], &["state", "list"], &["query", "select 1"]] {
        let Ok(output) = as_nobody(arguments) else {
            return support::skipped("a state of somebody else", "nobody cannot run it");
        };
        let said = unwrapped(&output);
        assert!(said.contains("default.db cannot be read: Permission denied"), "{arguments:?}: {said}");
        assert!(!said.contains("written") && !said.contains("-lock=false"), "{arguments:?}: {said}");
    }
    if is_root {
        chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).unwrap();
        std::fs::set_permissions(file.parent().unwrap(), std::fs::Permissions::from_mode(0o555)).unwrap();
        let said = unwrapped(&as_nobody(&["state", "list"]).unwrap());
        assert!(said.contains("no copy can be made in /nowhere"), "{said}");
        std::fs::set_permissions(file.parent().unwrap(), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_plan_replaces_neither_the_configuration_nor_a_state() {
    let folder = project(FILES);
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    let place = folder.path();
    std::fs::write(place.join("terrace.hcl"), "environment \"default\" {\n}\n").unwrap();
    std::fs::write(place.join("x.auto.tfvars"), "say = \"hello\"\n").unwrap();
    for (name, what) in [
        (".terrace/default.db", "is a state"),
        ("main.tf", "is a part of the configuration"),
        ("terrace.hcl", "is a part of the configuration"),
        ("x.auto.tfvars", "is a part of the configuration"),
    ] {
        let before = std::fs::read(place.join(name)).unwrap();
        let output = run(place, &["plan", "-lock=false", &format!("-out={name}")]);
        assert!(
            output.status.code() == Some(1) && unwrapped(&output).contains(what),
            "{name}: {}",
            text(&output)
        );
        assert!(std::fs::read(place.join(name)).unwrap() == before, "{name} is gone");
    }
    fine(&run(place, &["plan", "-out=main.tfplan"]));
    fine(&run(place, &["plan", "-out=main.tfplan"]));
}

/// Runs it with less of something than it needs.
fn limited(folder: &Path, limit: &str, arguments: &[&str]) -> Output {
    let terrace = support::terrace(folder);
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")]).arg(terrace.get_program());
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn what_has_no_end_is_not_read_to_its_end() {
    let folder = project(FILES);
    std::fs::File::create(folder.path().join("huge")).unwrap().set_len(1 << 40).unwrap();
    for file in ["/dev/zero", "huge"] {
        for (arguments, said) in [
            (&["apply", file][..], "this is not a saved plan"),
            (&["show", file], "this is not a saved plan"),
            (&["state", "push", file], "State file cannot be read"),
        ] {
            let output = limited(folder.path(), "-v 4000000", arguments);
            let told = unwrapped(&output);
            assert!(output.status.code() == Some(1) && told.contains(said), "{arguments:?}: {told}");
            assert!(!told.contains("memory"), "{arguments:?}: {told}");
        }
    }
}

#[test]
fn a_system_that_gives_nothing_more_is_not_called_a_bug() {
    let folder = project(FILES);
    for limit in ["-n 6", "-n 7", "-n 8", "-n 10", "-n 14", "-v 250000"] {
        let output = limited(folder.path(), limit, &["apply", "-auto-approve"]);
        let said = unwrapped(&output);
        assert!(output.status.code() == Some(1) && said.contains("Error: "), "{limit}: {said}");
        assert!(!said.contains("bug") && !said.contains("Internal error"), "{limit}: {said}");
    }
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
}

#[test]
fn a_file_that_may_not_grow_is_told_and_nothing_is_lost() {
    let folder = project(FILES);
    for blocks in ["0", "1", "40", "64", "140"] {
        let output = limited(folder.path(), &format!("-f {blocks}"), &["apply", "-auto-approve"]);
        let said = unwrapped(&output);
        assert!(output.status.code() == Some(1) && said.contains("Error: "), "{blocks}: {said}");
        super::known_to_state_or_journal(folder.path());
    }
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    assert_eq!(run(folder.path(), &["plan", "-detailed-exitcode"]).status.code(), Some(0));
}

/// By default the system would leave a copy of the memory beside the configuration.
#[test]
fn whoever_quits_gets_an_end_at_once_and_no_file_with_every_secret() {
    let folder = project(&slow("sleep 3"));
    let running = begin(&folder, &["apply", "-auto-approve"]);
    begun(folder.path());
    let from = std::time::Instant::now();
    signal(&running, Signal::SIGQUIT);
    let output = running.wait_with_output().unwrap();
    // The pipe of its words is also held by the commands.
    assert!(from.elapsed().as_secs() < 10, "{:?}", from.elapsed());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(unwrapped(&output).contains("Interrupted"), "{}", text(&output));
    std::fs::write(folder.path().join("main.tf"), slow("true")).unwrap();
    fine(&run(folder.path(), &["apply", "-auto-approve"]));
    assert!(instances(folder.path()).values().all(|status| status == "ready"));
}
