//! Line for line with the reference, from its own plans.

use std::fs;
use std::path::Path;

use terrace::render::{Style, plan_view, terminal_plan};

use crate::support::{self, plan_json};

const PLAIN: Style = Style { color: false, unicode: true, width: 78 };

/// Each folder holds `before.tf`, which is applied where it is there, and `after.tf`, which is planned; `arguments` may
/// hold more for `plan`.
#[test]
fn a_plan_has_the_lines_of_the_reference() {
    let cases = support::root().join("tests/suite/render/plan/cases");
    let mut folders: Vec<_> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut faults = Vec::new();
    for case in &folders {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let Some((theirs, ours)) = both(case) else {
            return support::skipped("lines of plans", "terraform 1.11.4 is not on the PATH");
        };
        if theirs != ours {
            let diff = similar::TextDiff::from_lines(&theirs, &ours);
            faults.push(format!("{name}:\n{}", diff.unified_diff().context_radius(4)));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn both(case: &Path) -> Option<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    support::copy(case, folder.path());
    let main = folder.path().join("main.tf");
    let arguments = fs::read_to_string(case.join("arguments")).unwrap_or_default();
    for file in ["before.tf", "after.tf"] {
        let _ = fs::remove_file(folder.path().join(file));
    }
    let run = |arguments: &[&str]| {
        let output = support::reference(folder.path())?.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(())
    };
    if case.join("before.tf").exists() {
        fs::copy(case.join("before.tf"), &main).unwrap();
        run(&["init", "-no-color"])?;
        run(&["apply", "-no-color", "-auto-approve"])?;
    }
    fs::copy(case.join("after.tf"), &main).unwrap();
    run(&["init", "-no-color"])?;
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let (plan, theirs) = plan_json::made_in(folder.path(), &arguments)?;
    let ours = terminal_plan(&plan_view(&plan), PLAIN);
    Some((comparable(&theirs), comparable(&ours)))
}

/// Leaves out sentences, and what is better in ours: it sums up what is long, says of any attribute that it forces the
/// replacement, and a warning is one line.
fn comparable(text: &str) -> String {
    const LABELS: [&str; 3] = ["Plan:", "Changes to Outputs:", "No changes."];
    const OURS: [&str; 2] = ["Summary:", "What will be destroyed"];
    const WARNINGS: [&str; 4] =
        ["# Warning:", "# after applying", "# display in UI output", "# (the last line"];
    let mut kept = String::new();
    let mut skipping = false;
    for line in text.lines() {
        let label = LABELS.into_iter().find(|label| line.starts_with(label));
        let is_ours = OURS.iter().any(|ours| line.starts_with(ours));
        skipping = is_ours || (skipping && label.is_none() && !line.starts_with("  # "));
        let indented = line.starts_with([' ', '-', '+']) && !line.starts_with("    terraform apply");
        let warning = WARNINGS.iter().any(|part| line.trim_start().starts_with(part));
        if skipping || warning || !(indented || label.is_some()) {
            continue;
        }
        let line = if line.starts_with("No changes.") { "No changes." } else { line };
        kept.push_str(line.trim_end().trim_end_matches(" # forces replacement"));
        kept.push('\n');
    }
    // What is forgotten stands a column further to the left in the reference, and once more under it.
    let forgotten =
        |line: &str| line.contains("terraform_data.forgotten") || line.contains("destroy = false");
    let lines = kept.lines().filter(|line| !forgotten(line) && !line.contains("\"forgotten\""));
    lines.flat_map(|line| [line, "\n"]).collect()
}
