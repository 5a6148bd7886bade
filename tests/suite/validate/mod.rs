//! What is valid in the reference is valid here, and nothing else.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::support;

/// A configuration and what the reference said of it when that was recorded.
#[derive(Deserialize)]
struct Recorded {
    case: String,
    /// How modules were installed, where there were any to install.
    init: Option<String>,
    valid: bool,
    reports: Vec<(String, String, Option<String>, Option<u64>)>,
}

/// How many configurations the reference itself is asked about, where it is there. TERRACE_LIVE=all asks about all that
/// need no modules.
const LIVE: usize = 60;

#[test]
fn every_configuration_is_judged_as_the_reference_does() {
    let known = support::known_differences(&folder().join("known_differences.txt"));
    let cases = recorded();
    let faults = in_halves(&cases, |case| {
        let answer = judge(&case.case);
        let valid = answer["valid"].as_bool().unwrap();
        let same = valid == case.valid;
        let expected = known.contains_key(&case.case);
        match (same, expected) {
            (true, true) => Some(format!("{}: no longer differs; take it off the list", case.case)),
            (false, false) => Some(format!(
                "{}: {} in the reference, {} here\n    reference: {:?}\n    here:      {}",
                case.case,
                word(case.valid),
                word(valid),
                case.reports,
                summaries(&answer)
            )),
            _ => None,
        }
    });
    assert!(faults.is_empty(), "{} of {} differ:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn faults_are_found_where_the_reference_finds_them() {
    let known = support::known_differences(&folder().join("known_places.txt"));
    let cases = recorded();
    let faults = in_halves(&cases, |case| {
        let answer = judge(&case.case);
        let here = places(&answer);
        let missing: Vec<String> = case
            .reports
            .iter()
            .filter(|(severity, ..)| severity == "error")
            .filter_map(|(_, summary, file, line)| {
                let place = (file.clone()?, (*line)?);
                (!here.contains(&place)).then(|| format!("{}:{} {summary}", place.0, place.1))
            })
            .collect();
        let expected = known.contains_key(&case.case);
        match (missing.is_empty(), expected) {
            (true, true) => Some(format!("{}: no longer differs; take it off the list", case.case)),
            (false, false) => {
                Some(format!("{}: missing {missing:?}\n    here: {}", case.case, summaries(&answer)))
            }
            _ => None,
        }
    });
    assert!(faults.is_empty(), "{} of {} differ:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn the_reference_itself_says_the_same() {
    if support::reference(&folder()).is_none() {
        return support::skipped("comparison with the live reference", "terraform 1.11.4 is not on the PATH");
    }
    let all = std::env::var("TERRACE_LIVE").is_ok_and(|value| value == "all");
    let cases: Vec<Recorded> = recorded().into_iter().filter(|case| case.init.is_none()).collect();
    let step = if all { 1 } else { cases.len().div_ceil(LIVE) };
    let cases: Vec<Recorded> = cases.into_iter().step_by(step).collect();
    let faults = in_halves(&cases, |case| {
        let scratch = lay_out(&case.case);
        let output = support::reference(scratch.path())?.args(["validate", "-json"]).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        (answer["valid"].as_bool() != Some(case.valid))
            .then(|| format!("{}: {}", case.case, summaries(&answer)))
    });
    assert!(faults.is_empty(), "what was recorded is no longer true:\n{}", faults.join("\n"));
    eprintln!("{} configurations compared with the live reference", cases.len());
}

/// The reference would have to download the provider to be asked, so this is not one of the recorded cases.
#[test]
fn functions_of_a_required_provider_that_is_not_here_may_exist() {
    let required = "terraform {\n  required_providers {\n    maps = { source = \"example/maps\" }\n  }\n}\n";
    let errors = |text: &str| {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join("main.tf"), format!("{required}{text}\n")).unwrap();
        let output = support::terrace(scratch.path()).args(["validate", "-json"]).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        answer["error_count"].as_u64()
    };
    assert_eq!(
        errors("output \"route\" {\n  value = provider::maps::route(\"a\", \"b\").length + 1\n}"),
        Some(0)
    );
    assert_eq!(errors("output \"route\" {\n  value = provider::maps::route(local.absent)\n}"), Some(1));
    assert_eq!(errors("output \"route\" {\n  value = provider::charts::route()\n}"), Some(1));
}

/// What `validate -json` says of a case, checked to be in the agreed form.
fn judge(case: &str) -> Value {
    let scratch = lay_out(case);
    let output = support::terrace(scratch.path()).args(["validate", "-json"]).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{case}: {error}: {}", String::from_utf8_lossy(&output.stderr)));
    let diagnostics = answer["diagnostics"].as_array().unwrap();
    let errors = diagnostics.iter().filter(|d| d["severity"] == "error").count();
    assert_eq!(answer["format_version"], "1.0");
    assert_eq!(answer["error_count"].as_u64(), Some(errors as u64));
    assert_eq!(answer["valid"].as_bool(), Some(errors == 0), "{case}");
    assert_eq!(output.status.code(), Some(i32::from(errors > 0)), "{case}");
    answer
}

/// A case in a directory of its own.
fn lay_out(case: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let entry = folder().join("cases").join(case);
    if entry.is_dir() {
        support::copy(&entry, scratch.path());
    } else {
        let name = if case.ends_with(".json") { "main.tf.json" } else { "main.tf" };
        std::fs::copy(&entry, scratch.path().join(name)).unwrap();
    }
    scratch
}

fn places(answer: &Value) -> Vec<(String, u64)> {
    let place = |d: &Value| {
        let range = d.get("range")?;
        Some((range["filename"].as_str()?.to_owned(), range["start"]["line"].as_u64()?))
    };
    answer["diagnostics"].as_array().unwrap().iter().filter_map(place).collect()
}

fn summaries(answer: &Value) -> String {
    let one = |d: &Value| {
        let range = &d["range"];
        format!("{}:{} {} ({})", range["filename"], range["start"]["line"], d["summary"], d["detail"])
    };
    answer["diagnostics"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Both cores are used, and the order stays.
fn in_halves(cases: &[Recorded], check: impl Fn(&Recorded) -> Option<String> + Sync) -> Vec<String> {
    std::thread::scope(|scope| {
        let check = &check;
        let halves = cases.chunks(cases.len().div_ceil(2));
        let workers: Vec<_> = halves
            .map(|half| scope.spawn(move || half.iter().filter_map(check).collect::<Vec<_>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

fn recorded() -> Vec<Recorded> {
    let text = std::fs::read_to_string(folder().join("recorded.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn word(valid: bool) -> &'static str {
    if valid { "valid" } else { "invalid" }
}

fn folder() -> PathBuf {
    support::root().join("tests/suite/validate")
}
