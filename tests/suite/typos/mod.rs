//! What a project says when one thing in it is mistyped: everything that people read of it, in one snapshot. A typo is
//! told at the right place, with the right word where there is one, and without faults that only follow from it.

use std::fmt::Write;
use std::path::Path;

use terrace::app::inputs::Given;
use terrace::app::validate;

use crate::support;

#[test]
fn a_typo_is_told_where_it_is_and_with_what_was_meant() {
    let folder = support::root().join("tests/suite/typos");
    let project = std::fs::read_to_string(folder.join("project/main.tf")).unwrap();
    let typos = std::fs::read_to_string(folder.join("typos.txt")).unwrap();
    let mut said = String::new();
    for typo in typos.lines().filter(|line| !line.starts_with('#')) {
        let (right, wrong) = typo.split_once('\t').unwrap();
        let text = project.replacen(&lines(right), &lines(wrong), 1);
        assert_ne!(text, project, "nothing reads {right}");
        writeln!(said, "## {wrong}\n{}", faults(&text, &folder.join("project/net"))).unwrap();
    }
    insta::assert_snapshot!(said);
}

/// Line ends as the list of typos writes them.
fn lines(text: &str) -> String {
    text.replace("\\n", "\n")
}

fn faults(text: &str, module: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    std::fs::create_dir_all(folder.path().join("net")).unwrap();
    std::fs::copy(module.join("main.tf"), folder.path().join("net/main.tf")).unwrap();
    std::fs::create_dir_all(folder.path().join(".terraform/modules")).unwrap();
    let installed =
        r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"net","Source":"./net","Dir":"net"}]}"#;
    std::fs::write(folder.path().join(".terraform/modules/modules.json"), installed).unwrap();
    let mut said = String::new();
    for fault in &validate::run(folder.path(), &Given::default()).diagnostics {
        let place =
            fault.subject.as_ref().map(|span| format!("{}:{}", span.start().line, span.start().column));
        writeln!(said, "{} {}: {}", place.unwrap_or_default(), fault.summary, fault.detail).unwrap();
        for (label, span) in &fault.related {
            writeln!(said, "    {}: {label}", span.start().line).unwrap();
        }
        for note in &fault.values {
            writeln!(said, "    {} {}", note.expression, note.statement).unwrap();
        }
        if let Some(hint) = &fault.hint {
            writeln!(said, "    {hint}").unwrap();
        }
    }
    let home = format!("{}/", folder.path().display());
    said.replace(&home, "")
}
