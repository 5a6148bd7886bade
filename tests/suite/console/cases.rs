//! Projects that the console is opened on.

use crate::support;

#[test]
fn secret_inputs_are_not_quoted() {
    let mut console = support::terrace(&folder("secret_inputs_are_not_quoted"));
    console.args(["console", "-var", "broken=[\"geheim\", hush", "-var", "plain=open"]);
    console.env("TF_VAR_number", "hunter2").env("TF_VAR_object", "{ size = { geheim = \"hush\" } }");
    let output = support::feed(&mut console, "");
    let said = String::from_utf8_lossy(&output.stderr);
    for secret in ["hunter2", "geheim", "hush"] {
        assert!(!said.contains(secret), "{said}");
    }
    for name in ["number", "object", "broken", "open"] {
        assert!(said.contains(name), "{said}");
    }
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_call_that_counts_itself_is_a_fault() {
    let mut console = support::terrace(&folder("a_call_that_counts_itself_is_a_fault"));
    let output = support::feed(console.arg("console"), "module.inner\nlocal.first\n1 + 1\n");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("2\n"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("module.inner") && said.contains("local.first"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return support::skipped("a full disk", "there is no /dev/full");
    };
    let output = support::terrace(&support::root()).arg("version").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not written"));
}

fn folder(case: &str) -> std::path::PathBuf {
    support::root().join("tests/suite/console").join(case)
}

/// States of older versions do not say what the schema calls sensitive.
#[test]
fn what_the_schema_calls_sensitive_is_not_shown_whatever_the_state_says() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "resource \"random_password\" \"a\" {\n  length = 12\n}\n")
        .unwrap();
    let run = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    run(&["apply", "-auto-approve"]);
    let mut state: serde_json::Value = serde_json::from_slice(&run(&["state", "pull"])).unwrap();
    state["serial"] = 100.into();
    state["resources"][0]["instances"][0]["sensitive_attributes"] = serde_json::json!([]);
    std::fs::write(folder.path().join("older.tfstate"), state.to_string()).unwrap();
    run(&["state", "push", "older.tfstate"]);
    let mut console = support::terrace(folder.path());
    let output = support::feed(console.arg("console"), "random_password.a.result\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "(sensitive value)");
}
