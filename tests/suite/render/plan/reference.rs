//! Line for line with the reference, from its own plans.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use terrace::render::{
    Style, json_plan, json_state, log_line, outputs, outputs_json, plan_records, terminal_plan,
    terminal_state,
};
use terrace::source::{Manifest, Tree};
use terrace::{config, state};

use crate::support::{self, plan_json};

const PLAIN: Style = Style { color: false, unicode: true, width: 78 };

/// Each folder holds `before.tf`, which is applied where it is there, and `after.tf`, which is planned.
#[test]
fn a_plan_has_the_lines_and_the_json_of_the_reference() {
    let cases = support::root().join("tests/suite/render/plan/cases");
    let mut folders: Vec<_> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut faults = Vec::new();
    for case in &folders {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let folder = tempfile::tempdir().unwrap();
        let Some(made) = plan_of(case, folder.path()) else {
            return support::skipped("lines of plans", "terraform 1.11.4 is not on the PATH");
        };
        let ours = terminal_plan(&made.plan, PLAIN).collect::<String>();
        compare(&name, &masked(&comparable(&made.text)), &comparable(&ours), &mut faults);
        let (configuration, found) =
            config::load(&Tree::new(folder.path(), Manifest::read(folder.path()).unwrap()));
        assert!(!found.has_errors());
        let ours = json_plan(&made.plan, &configuration, "");
        compare(&name, &sections(&made.json, &ours), &sections(&ours, &ours), &mut faults);
        let theirs = output(folder.path(), &["plan", "-json"]);
        let ours = plan_records(&made.plan).into_iter().filter_map(|record| log_line(record, ""));
        compare(&name, &records(&theirs), &records(&ours.collect::<Vec<_>>().join("\n")), &mut faults);
        if let Ok(file) = fs::read_to_string(folder.path().join("terraform.tfstate")) {
            let state = state::format::read(&file).unwrap().state;
            let schemas = plan_json::builtin();
            let theirs = output(folder.path(), &["show", "-json"]);
            compare(&name, &pretty(&theirs), &pretty(&json_state(&state, &schemas)), &mut faults);
            let theirs = output(folder.path(), &["show", "-no-color"]);
            let ours = filled(&terminal_state(&state, &schemas, PLAIN));
            compare(&name, &masked(&filled(&theirs)), &ours, &mut faults);
            if !state.outputs.is_empty() {
                let theirs = output(folder.path(), &["output", "-no-color"]);
                compare(&name, &theirs, &outputs(&state.outputs), &mut faults);
            }
            let theirs = output(folder.path(), &["output", "-json"]);
            compare(&name, &theirs, &outputs_json(&state.outputs), &mut faults);
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The reference shows the output of a `terraform_data` although its input is a secret. We mask every computed value that
/// holds a secret of the same object.
fn masked(text: &str) -> String {
    text.replace("= \"hush\"", "= (sensitive value)")
}

fn compare(name: &str, theirs: &str, ours: &str, faults: &mut Vec<String>) {
    if theirs != ours {
        let diff = similar::TextDiff::from_lines(theirs, ours);
        faults.push(format!("{name}:\n{}", diff.unified_diff().context_radius(8)));
    }
}

fn plan_of(case: &Path, folder: &Path) -> Option<plan_json::Made> {
    support::copy(case, folder);
    let main = folder.join("main.tf");
    for file in ["before.tf", "after.tf"] {
        let _ = fs::remove_file(folder.join(file));
    }
    let run = |arguments: &[&str]| {
        let output = support::reference(folder)?.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(())
    };
    if case.join("before.tf").exists() {
        fs::copy(case.join("before.tf"), &main).unwrap();
        run(&["init", "-no-color"])?;
        run(&["apply", "-no-color", "-auto-approve"])?;
    }
    if case.join("spoiled").exists() {
        spoil(&folder.join("terraform.tfstate"));
    }
    fs::copy(case.join("after.tf"), &main).unwrap();
    run(&["init", "-no-color"])?;
    plan_json::made_in(folder, &[])
}

/// Taints the first object of a state, and leaves a deposed one beside it.
fn spoil(file: &Path) {
    let mut state: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let instances = state["resources"][0]["instances"].as_array_mut().unwrap();
    let mut deposed = instances[0].clone();
    deposed["deposed"] = "0badcafe".into();
    instances[0]["status"] = "tainted".into();
    instances.push(deposed);
    state["serial"] = 100.into();
    fs::write(file, state.to_string()).unwrap();
}

fn output(folder: &Path, arguments: &[&str]) -> String {
    let output = support::reference(folder).unwrap().args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn pretty(json: &str) -> String {
    let json: Json = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&json).unwrap()
}

/// The lines that are not empty.
fn filled(text: &str) -> String {
    text.lines().filter(|line| !line.is_empty()).flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The records that a plan alone makes, without their times.
fn records(lines: &str) -> String {
    let kinds = ["planned_change", "resource_drift", "change_summary", "outputs"];
    let mut kept = Vec::new();
    for line in lines.lines() {
        let mut json: Json = serde_json::from_str(line).unwrap();
        json["@timestamp"] = Json::Null;
        if kinds.iter().any(|kind| json["type"] == *kind) {
            kept.push(json.to_string() + "\n");
        }
    }
    // The reference tells changes in an order that is another one each time.
    kept.sort();
    kept.concat()
}

/// What a plan alone says; what comes from a state is compared where there are states.
fn sections(json: &str, ours: &str) -> String {
    let ours: Json = serde_json::from_str(ours).unwrap();
    let mut json: Json = serde_json::from_str(json).unwrap();
    let form = json.as_object_mut().unwrap();
    for name in ["prior_state", "timestamp"] {
        form.remove(name);
    }
    // In the order of an analysis that is another one in ours. Outputs of modules change too in the reference, so that it
    // names more.
    let known = ours["relevant_attributes"].as_array().cloned().unwrap_or_default();
    if let Some(relevant) = form.get_mut("relevant_attributes").and_then(Json::as_array_mut) {
        relevant.retain(|attribute| known.contains(attribute));
        relevant.sort_by_key(ToString::to_string);
    }
    if known.is_empty() {
        form.remove("relevant_attributes");
    }
    // What is forgotten is no planned value; the reference lists it without any.
    let resources = json.pointer_mut("/planned_values/root_module/resources").and_then(Json::as_array_mut);
    if let Some(resources) = resources {
        resources.retain(|resource| resource.get("values").is_some());
    }
    serde_json::to_string_pretty(&json).unwrap()
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
    for line in text.lines().take_while(|line| !line.starts_with("Warning:")) {
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
    let forgotten = |line: &str| {
        let ours = ["terraform_data.forgotten", "destroy = false", "(left over from"];
        ours.iter().any(|part| line.contains(part))
    };
    let lines = kept.lines().filter(|line| !forgotten(line) && !line.contains("\"forgotten\""));
    lines.flat_map(|line| [line, "\n"]).collect()
}
