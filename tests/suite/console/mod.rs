//! Every expression of the corpus has the value that it has in the reference.

mod cases;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::support;

/// An expression and what the reference made of it when it was recorded.
#[derive(Deserialize)]
struct Recorded {
    subject: String,
    expression: String,
    ok: Option<String>,
}

/// How many expressions that have a value the reference is asked for at once, where it is there.
const BATCH: usize = 40;
/// How many faults the reference is asked for, each in a process of its own. TERRACE_LIVE=all asks for all of them.
const LIVE_FAULTS: usize = 60;

#[test]
fn every_expression_has_its_recorded_value() {
    // "exit" is a word to the console, not an expression.
    let recorded: Vec<Recorded> =
        recorded().into_iter().filter(|case| case.expression.trim() != "exit").collect();
    let known = support::known_differences(&folder().join("known_differences.txt"));
    let answers = answers(&recorded.iter().map(|r| r.expression.as_str()).collect::<Vec<_>>());
    let mut faults = Vec::new();
    let mut outdated = Vec::new();
    for (case, answer) in recorded.iter().zip(answers) {
        let same = case.ok.as_ref().map(|ok| ok.trim_end_matches('\n')) == answer.as_deref();
        match (same, known.contains_key(&case.expression)) {
            (true, true) => outdated.push(case.expression.clone()),
            (false, false) => faults.push(difference(case, answer.as_deref())),
            _ => {}
        }
    }
    assert!(outdated.is_empty(), "these no longer differ; take them off the list:\n{}", outdated.join("\n"));
    assert!(
        faults.is_empty(),
        "{} of {} expressions differ from the reference:\n{}",
        faults.len(),
        recorded.len(),
        faults.join("\n")
    );
}

#[test]
fn the_reference_itself_says_the_same() {
    if support::reference(&folder()).is_none() {
        return support::skipped("comparison with the live reference", "terraform 1.11.4 is not on the PATH");
    }
    let recorded = recorded();
    let (values, faults): (Vec<&Recorded>, Vec<&Recorded>) =
        recorded.iter().filter(|case| fits_a_tuple(&case.expression)).partition(|case| case.ok.is_some());
    let all = std::env::var("TERRACE_LIVE").is_ok_and(|value| value == "all");
    let step = if all { 1 } else { faults.len().div_ceil(LIVE_FAULTS) };
    // Many expressions that have a value make one tuple; a fault needs a process of its own.
    let known = support::known_differences(&folder().join("known_differences.txt"));
    let values: Vec<&Recorded> =
        values.into_iter().filter(|case| !known.contains_key(&case.expression)).collect();
    let mut questions: Vec<(Vec<&str>, bool)> = values
        .chunks(BATCH)
        .map(|batch| (batch.iter().map(|case| case.expression.as_str()).collect(), true))
        .collect();
    questions.extend(faults.iter().step_by(step).map(|case| (vec![case.expression.as_str()], false)));
    let halves = questions.chunks(questions.len().div_ceil(2));
    let differences: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = halves.map(|half| scope.spawn(|| compare_live(half))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    let count: usize = questions.iter().map(|(expressions, _)| expressions.len()).sum();
    assert!(count >= 600);
    eprintln!("{count} expressions compared with the live reference");
}

/// Asks both the same questions, in a copy of the project of one's own: the reference locks the directory.
fn compare_live(questions: &[(Vec<&str>, bool)]) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    support::copy(&folder().join("project"), scratch.path());
    let ask = |command: &mut Command, expression: &str| {
        let output = support::feed(command.arg("console"), format!("{expression}\n"));
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let both = |expression: &str| {
        let reference = ask(&mut support::reference(scratch.path()).unwrap(), expression);
        (reference, ask(&mut support::terrace(scratch.path()), expression))
    };
    let mut differences = Vec::new();
    for (expressions, valued) in questions {
        let (reference, here) = both(&format!("[{}]", expressions.join(", ")));
        if reference == here && reference.is_some() == *valued {
            continue;
        }
        for expression in expressions {
            let (reference, here) = both(expression);
            if reference != here || reference.is_some() != *valued {
                differences
                    .push(format!("{expression}\n    reference: {reference:?}\n    here:      {here:?}"));
            }
        }
    }
    differences
}

/// Whether an expression means the same as an element of a tuple: `type()` is for itself only, and a comment would
/// take the rest of the line with it.
fn fits_a_tuple(expression: &str) -> bool {
    let alone = ["type(", "#", "//", "/*", "uuid(", "timestamp(", "fileset(\"\""];
    expression.trim() != "exit" && !alone.iter().any(|part| expression.contains(part))
}

#[test]
fn lines_are_answered_one_by_one_and_a_fault_does_not_stop_the_next() {
    let output =
        support::feed(support::terrace(&folder().join("project")).arg("console"), "1 + 1\n1 +\n\"x\"\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n\"x\"\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("<console-input>"));
}

#[test]
fn values_cross_modules_as_in_the_reference() {
    let folder = folder().join("modules");
    let recorded = std::fs::read_to_string(folder.join("answers.txt")).unwrap();
    for case in recorded.split("=== ").skip(1) {
        let (expression, answer) = case.split_once('\n').unwrap();
        let output = support::feed(support::terrace(&folder.join("project")).arg("console"), expression);
        let here = String::from_utf8(output.stdout).unwrap();
        let here = if output.status.success() { here } else { "(fault)\n".to_owned() };
        assert_eq!(here, answer, "{expression}");
    }
}

/// Our answers: the text, or none where there was a fault.
fn answers(expressions: &[&str]) -> Vec<Option<String>> {
    let mut input = String::new();
    for (index, expression) in expressions.iter().enumerate() {
        input.push_str(&format!("{expression}\n\"{}\"\n", mark(index)));
    }
    let output = support::feed(support::terrace(&folder().join("project")).arg("console"), &input);
    let text = String::from_utf8_lossy(&output.stdout);
    let mut rest: &str = &text;
    let mut answers = Vec::new();
    for (index, expression) in expressions.iter().enumerate() {
        let mark = format!("\"{}\"\n", mark(index));
        let Some((answer, after)) = rest.split_once(&mark) else {
            panic!("no answer after {expression:?} ({})", output.status);
        };
        answers.push(answer.strip_suffix('\n').map(str::to_owned));
        rest = after;
    }
    answers
}

fn mark(index: usize) -> String {
    format!("== answer {index} above ==")
}

fn difference(case: &Recorded, answer: Option<&str>) -> String {
    let show = |answer: Option<&str>| answer.map_or("a fault".to_owned(), |text| text.trim_end().to_owned());
    format!(
        "[{}] {}\n    reference: {}\n    here:      {}",
        case.subject,
        case.expression,
        show(case.ok.as_deref()),
        show(answer)
    )
}

fn recorded() -> Vec<Recorded> {
    let text = std::fs::read_to_string(folder().join("recorded.jsonl")).unwrap();
    let recorded: Vec<Recorded> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let written: BTreeMap<String, usize> = recorded.iter().fold(BTreeMap::new(), |mut counts, case| {
        *counts.entry(case.subject.clone()).or_default() += 1;
        counts
    });
    for (subject, count) in written {
        let file = folder().join("expressions").join(format!("{subject}.txt"));
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
        assert_eq!(count, lines, "{subject}.txt has changed since answers were recorded");
    }
    recorded
}

fn folder() -> PathBuf {
    support::root().join("tests/suite/console")
}

#[test]
fn values_that_a_variables_own_rule_refuses_are_told() {
    let shop = support::root().join("examples/shop");
    let output = support::feed(
        support::terrace(&shop).args(["console", "-e", "staging", "-var=instance_count=0.5"]),
        "var.domain\n",
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "\"staging.example.com\"\n");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("At least one whole worker is needed, not 0.5.")
    );
    assert_eq!(output.status.code(), Some(1));
}
