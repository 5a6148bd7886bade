use crate::support;

/// What somebody types, and what they are told.
const USAGE_ERRORS: &[(&[&str], &str)] = &[
    (&["workspace", "list"], "terrace envs lists them"),
    (&["force-unlock", "1"], "terrace state unlock ID"),
    (&["plan", "-state=x"], "terrace state push FILE takes over a file"),
    (&["apply", "-backup=-"], "terrace state pull > FILE makes a copy"),
    (&["state", "mv", "-state-out=x", "a.b", "a.c"], "terrace state pull > FILE makes a copy"),
    (&["destroy", "-force"], "-auto-approve asks nothing"),
    (&["import", "-config=x", "a.b", "c"], "terrace -chdir=DIR"),
    (&["get"], "terrace init brings modules"),
    (&["test"], "not run yet"),
    (&["rollback"], "terrace state history -e NAME lists the commits"),
    (&["status"], "terrace envs shows"),
    (&["up"], "terrace preview up makes"),
    (&["providers", "lock"], "nothing to lock"),
    (&["plna"], "'plan'"),
    (&["state", "lst"], "'list'"),
    (&["preview", "dwon"], "'down'"),
    (&["-e", "staging", "plan"], "flags come after the command: terrace plan -e ..."),
];

#[test]
fn what_is_not_understood_is_answered_with_what_it_meant() {
    let folder = tempfile::tempdir().unwrap();
    for (typed, answer) in USAGE_ERRORS {
        let output = support::terrace(folder.path()).args(*typed).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{typed:?}: {said}");
        assert!(said.contains(answer), "{typed:?}: {said}");
        assert!(!said.contains("\n\n\n"), "{typed:?}: {said}");
    }
}

#[test]
fn what_is_for_the_program_alone_is_offered_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let output = support::terrace(folder.path()).args(["-chdir", "plan"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("subcommands: validate") && !said.contains("serve-site"), "{said}");
}

#[test]
fn only_what_protects_stands_under_protection() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["apply", "destroy", "refresh"] {
        let output = support::terrace(folder.path()).args([command, "--help"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let (before, after) = said.split_once("Protection:").unwrap();
        assert!(before.contains("--json") && before.contains("[PLAN]  A plan"), "{said}");
        assert!(!after.contains("--json"), "{said}");
        assert_eq!(said.contains("--refresh-only"), command == "apply", "{said}");
    }
}

#[test]
fn help_says_all_that_there_is_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let help = said(&["drift", "--help"]);
    assert!(
        help.contains("Exit codes: 0 no drift, 2 drift") && help.contains("Usage: terrace drift"),
        "{help}"
    );
    assert!(help.contains("--chdir"), "{help}");
    assert_eq!(said(&["drift", "-h"]), help);
    assert_eq!(said(&["help", "drift"]), help);
    assert!(said(&["state", "mv", "--help"]).contains("A moved block in the configuration does the same"));
    assert!(said(&["destroy", "--help"]).starts_with("Destroy everything"));
    // One line for each.
    let all = said(&["--help"]);
    assert!(all.contains("  plan         Show what would change in an environment\n  drift"), "{all}");
    said(&["man", "pages"]);
    let page = std::fs::read_to_string(folder.path().join("pages/terrace-drift.1")).unwrap();
    assert!(page.contains("Exit codes: 0 no drift"), "{page}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = said(&["completions", shell]);
        assert!(script.contains("preview") && !script.contains("serve-site"), "{shell}");
    }
}

#[test]
fn a_directory_that_was_deleted_is_not_taken_for_an_empty_project() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\"";
    for command in ["validate", "plan", "state list"] {
        let terrace = support::terrace(folder.path());
        let mut run = std::process::Command::new("sh");
        run.args(["-c", script]).arg(terrace.get_program()).args(command.split(' ')).current_dir(&folder);
        let output = run.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(1) && said.contains("directory was deleted"),
            "{command}: {said}"
        );
    }
}
