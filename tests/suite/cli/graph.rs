use std::path::Path;

use crate::support;

const FIRST: &str = r#"
resource "terraform_data" "a" {}

resource "terraform_data" "b" {
  count = 2
  input = terraform_data.a.id
}
"#;

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn the_operations_of_a_plan_are_drawn_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), FIRST).unwrap();
    let created = said(folder.path(), &["graph", "-type=plan"]);
    assert!(created.contains("\"create terraform_data.b[1]\" -> \"create terraform_data.a\";"), "{created}");
    assert!(!folder.path().join(".terrace").exists(), "looking leaves nothing behind");
    said(folder.path(), &["apply", "-auto-approve"]);
    assert!(!said(folder.path(), &["graph", "-type=apply"]).contains("->"));
    let read = said(folder.path(), &["graph", "-type=plan-refresh-only"]);
    assert!(read.contains("\"refresh terraform_data.b[0]\" -> \"refresh terraform_data.a\";"), "{read}");
    let gone = said(folder.path(), &["graph", "-type=plan-destroy"]);
    assert!(gone.contains("\"destroy terraform_data.a\" -> \"destroy terraform_data.b[0]\";"), "{gone}");
}

#[test]
fn a_saved_plan_is_drawn_as_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), FIRST).unwrap();
    said(folder.path(), &["apply", "-auto-approve"]);
    let replaced = FIRST.replace("\"a\" {}", "\"a\" {\n  triggers_replace = 1\n}");
    std::fs::write(folder.path().join("main.tf"), replaced).unwrap();
    said(folder.path(), &["plan", "-out=the.plan"]);
    let drawn = said(folder.path(), &["graph", "-plan=the.plan"]);
    assert_eq!(drawn, said(folder.path(), &["graph", "-type=plan"]));
    let lines: Vec<&str> = drawn.lines().map(str::trim).filter(|line| line.contains("->")).collect();
    assert_eq!(
        lines,
        [
            "\"create terraform_data.a\" -> \"destroy terraform_data.a\";",
            "\"update terraform_data.b[0]\" -> \"create terraform_data.a\";",
            "\"update terraform_data.b[1]\" -> \"create terraform_data.a\";",
        ]
    );
    let picture = said(folder.path(), &["graph", "-svg", "-plan=the.plan"]);
    assert_eq!(picture.matches("<rect ").count(), 4);
    assert!(picture.contains(">destroy</tspan>"), "{picture}");
}
