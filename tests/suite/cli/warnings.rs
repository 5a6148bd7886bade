use std::path::Path;

use crate::support;

const CHECKS: &str = r#"
resource "terraform_data" "a" {
  input = 1
}

check "first" {
  assert {
    condition     = terraform_data.a.input == 2
    error_message = "The first is wrong."
  }
}

check "second" {
  assert {
    condition     = terraform_data.a.input == 3
    error_message = "The second is wrong."
  }
}
"#;

fn said(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn compact_warnings_are_titles_with_places() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), CHECKS).unwrap();
    std::fs::write(folder.path().join("terraform.tfvars"), "size = 1\n").unwrap();
    let (code, text) = said(folder.path(), &["plan", "-compact-warnings"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        text,
        "Warnings:\n\
         - Check block assertion failed: main.tf:8, main.tf:15\n\
         - Value for an undeclared variable: terraform.tfvars:1\n\
         Without -compact-warnings they are shown in full.\n"
    );
    let (_, text) = said(folder.path(), &["plan"]);
    assert!(text.contains("The first is wrong.") && text.contains("The second is wrong."), "{text}");
}

#[test]
fn beside_errors_warnings_are_shown_in_full() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), format!("{CHECKS}\nvariable \"x\" {{}}\n")).unwrap();
    std::fs::write(folder.path().join("terraform.tfvars"), "size = 1\n").unwrap();
    let (code, text) = said(folder.path(), &["plan", "-compact-warnings"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("declares no variable \"size\""), "{text}");
    assert!(text.contains("No value for required variable"), "{text}");
}

#[test]
fn many_warnings_of_a_kind_take_a_line_each() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), CHECKS).unwrap();
    let values: String = (0..40).map(|n| format!("value_{n} = {n}\n")).collect();
    std::fs::write(folder.path().join("terraform.tfvars"), values).unwrap();
    let (code, text) = said(folder.path(), &["validate"]);
    assert_eq!((code, text.as_str()), (Some(0), ""));
    let (code, text) = said(folder.path(), &["plan"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("And 39 more of this kind:\n  - terraform.tfvars:2: The root module"), "{text}");
    assert!(text.contains("terraform.tfvars:40:"), "{text}");
    assert!(text.lines().count() < 90, "{text}");
    assert!(text.ends_with("42 warnings.\n"), "{text}");
}

#[test]
fn an_instance_that_may_be_missing_is_worth_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), CHECKS).unwrap();
    assert_eq!(said(folder.path(), &["apply", "-auto-approve"]).0, Some(0));
    for command in ["taint", "untaint"] {
        let (code, text) = said(folder.path(), &[command, "terraform_data.b"]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("Error: Nothing at this address"), "{text}");
        let (code, text) = said(folder.path(), &[command, "-allow-missing", "terraform_data.b"]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("Warning: Nothing at this address"), "{text}");
    }
    // What is there is another matter.
    let (code, text) = said(folder.path(), &["untaint", "-allow-missing", "terraform_data.a"]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(said(folder.path(), &["taint", "-allow-missing", "terraform_data.a"]).0, Some(0));
}

#[test]
fn what_was_told_with_a_saved_plan_is_not_told_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let resource =
        "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    ignore_changes = [output]\n  }\n}\n";
    std::fs::write(folder.path().join("main.tf"), resource).unwrap();
    let (code, text) = said(folder.path(), &["plan", "-out=saved"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Nothing to ignore"), "{text}");
    let (code, text) = said(folder.path(), &["apply", "saved"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("Nothing to ignore"), "{text}");
}

#[test]
fn a_plan_for_a_part_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "resource \"terraform_data\" \"a\" {}\n").unwrap();
    for (flag, whose) in [("-target=terraform_data.a", "-target"), ("-exclude=terraform_data.b", "-exclude")]
    {
        let (code, text) = said(folder.path(), &["plan", flag]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("Warning: Plan is about a part only"), "{text}");
        assert!(text.contains(&format!("With {whose}, only part of default was planned")), "{text}");
    }
    let (_, text) = said(folder.path(), &["plan"]);
    assert!(!text.contains("Plan is about a part only"), "{text}");
}
