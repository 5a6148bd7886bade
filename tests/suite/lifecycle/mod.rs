//! What becomes of projects, step by step, as in the reference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::support;

mod case;
mod comparison;
mod random;
mod shell;
mod walk;

use case::Step;
use comparison::{differences, numbered, shown_differences};

/// What becomes of it here.
struct Answer {
    /// As the recorder tells it.
    told: Json,
    /// The plan as `show -json` prints it; null where there is none.
    shown: Json,
}

#[test]
fn projects_go_the_way_that_they_go_in_the_reference() {
    let mut told = Table::open("recorded.jsonl", "known_differences.txt");
    let mut shown = Table::open("shown.jsonl", "known_differences_of_json.txt");
    let only = std::env::var("TERRACE_CASE").ok();
    for (name, recorded) in told.recorded.clone() {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let text = std::fs::read_to_string(folder().join("cases").join(&name)).unwrap();
        let (answers, plans): (Vec<Json>, Vec<Json>) =
            walk::walk(&case::steps(&text)).into_iter().map(|answer| (answer.told, answer.shown)).unzip();
        told.judge(&name, &differences(&recorded, &numbered(&Json::Array(answers))));
        let recorded = shown.recorded[&name].clone();
        shown.judge(&name, &shown_differences(&recorded, &Json::Array(plans)));
    }
    let faults: Vec<String> = told.faults.into_iter().chain(shown.faults).collect();
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

/// Answers of the reference, what is known to differ from them, and what was found to.
struct Table {
    recorded: BTreeMap<String, Json>,
    file: &'static str,
    known: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Table {
    fn open(file: &'static str, known: &str) -> Self {
        let recorded = std::fs::read_to_string(folder().join(file)).unwrap();
        let lines = recorded.lines().map(|line| {
            let line: Json = serde_json::from_str(line).unwrap();
            (line["case"].as_str().unwrap().to_owned(), line["steps"].clone())
        });
        let known = support::known_differences(&folder().join(known));
        Self { recorded: lines.collect(), file, known: known.into_iter().collect(), faults: Vec::new() }
    }

    fn judge(&mut self, name: &str, found: &[String]) {
        match (found.is_empty(), self.known.contains_key(name)) {
            (true, true) => {
                self.faults.push(format!("{name}, {}: no longer differs; take it off the list", self.file));
            }
            (false, false) => {
                self.faults.push(format!("{name}, {}:\n    {}", self.file, found.join("\n    ")));
            }
            _ => {}
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/lifecycle")
}
