//! The formatter against what `terraform fmt` makes of the same files. `README.md` says what is recorded how.

mod properties;

mod flags;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use terrace::diag::Source;
use terrace::syntax;

const RECORDED_VERSION: &str = "Terraform v1.11.4";

/// What becomes of an input: its layout, or nothing where it is refused.
type Answer = Option<Vec<u8>>;

#[test]
fn every_case_is_laid_out_as_recorded() {
    let recorded = inputs().into_keys().map(|name| {
        let answer = std::fs::read(cases().join(format!("{name}.out"))).ok();
        assert!(answer.is_some() || cases().join(format!("{name}.error")).exists(), "{name} has no answer");
        (name, answer)
    });
    assert_agrees(&recorded.collect());
}

/// The whole folder in one run of the reference, since starting it is what takes the time.
#[test]
fn every_case_is_laid_out_as_the_reference_does_now() {
    let version = Command::new("terraform").arg("version").env("CHECKPOINT_DISABLE", "1").output();
    let version = version.map(|run| String::from_utf8_lossy(&run.stdout).into_owned()).unwrap_or_default();
    if version.lines().next() != Some(RECORDED_VERSION) {
        println!("skipped: there is no {RECORDED_VERSION} on the PATH; the recorded answers were compared");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs();
    for (name, text) in &inputs {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let run = Command::new("terraform")
        .args(["fmt", "-no-color", "-list=false"])
        .current_dir(folder.path())
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .unwrap();
    let refusals = String::from_utf8_lossy(&run.stderr).into_owned();
    let answer = |name: &String| {
        let is_refused =
            refusals.contains(&format!("on {name} line")) || cases().join(format!("{name}.error")).exists();
        (!is_refused).then(|| std::fs::read(folder.path().join(name)).unwrap())
    };
    assert_agrees(&inputs.keys().map(|name| (name.clone(), answer(name))).collect());
}

#[test]
fn formatting_twice_equals_once() {
    let unstable = listed("not_idempotent_in_reference.txt");
    let known = listed("known_differences.txt");
    for (name, text) in inputs() {
        if unstable.contains(&name) || known.contains(&name) {
            continue;
        }
        if let Some(once) = laid_out(&text) {
            assert_eq!(laid_out(&once).as_ref(), Some(&once), "{name}");
        }
    }
}

fn assert_agrees(expected: &BTreeMap<String, Answer>) {
    let known = listed("known_differences.txt");
    let inputs = inputs();
    let mut wrong = Vec::new();
    for (name, expected) in expected {
        let ours = laid_out(&inputs[name]);
        let agrees = ours == *expected;
        if agrees == known.contains(name) {
            let show = |answer: &Answer| match answer {
                Some(text) => String::from_utf8_lossy(text).into_owned(),
                None => "(refused)".to_owned(),
            };
            wrong.push(if agrees {
                format!("{name} agrees, but is listed as a known difference")
            } else {
                format!("{name}\n--- reference\n{}\n--- ours\n{}", show(expected), show(&ours))
            });
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
}

fn laid_out(text: &[u8]) -> Answer {
    let text = std::str::from_utf8(text).ok()?;
    syntax::format(&Source::new("case.tf", text)).ok().map(String::into_bytes)
}

fn inputs() -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(cases()).unwrap().map(|entry| entry.unwrap().path());
    let is_input = |path: &PathBuf| path.extension().is_some_and(|end| end != "out" && end != "error");
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read(path).unwrap())
    };
    files.filter(is_input).map(read).collect()
}

/// The names in one of the lists beside this file; what follows a name on its line is the reason.
fn listed(list: &str) -> Vec<String> {
    let text = std::fs::read_to_string(cases().with_file_name(list)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/fmt/cases")
}
