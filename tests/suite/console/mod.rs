//! Every expression of the corpus has the value that it has in the reference.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::support;

/// An expression and what the reference made of it when it was recorded.
#[derive(Deserialize)]
struct Recorded {
    subject: String,
    expression: String,
    ok: Option<String>,
}

/// How many expressions are fed to the reference itself, where it is there. TERRACE_LIVE=all feeds all of them.
const LIVE: usize = 640;

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
fn what_was_recorded_is_what_the_reference_says_today() {
    let project = folder().join("project");
    let Some(_) = support::reference(&project) else {
        return support::skipped("comparison with the live reference", "terraform 1.11.4 is not on the PATH");
    };
    let recorded = recorded();
    let all = std::env::var("TERRACE_LIVE").is_ok_and(|value| value == "all");
    let step = if all { 1 } else { (recorded.len() / LIVE).max(1) };
    let sample: Vec<&Recorded> = recorded.iter().step_by(step).collect();
    let halves = sample.chunks(sample.len().div_ceil(2));
    let faults: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = halves
            .map(|half| scope.spawn(|| half.iter().filter_map(|c| moved(c)).collect::<Vec<_>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{} answers have changed:\n{}", faults.len(), faults.join("\n"));
    eprintln!("{} expressions compared with the live reference", sample.len());
}

/// What differs between a recorded answer and the reference's own, if anything.
fn moved(case: &Recorded) -> Option<String> {
    let mut reference = support::reference(&folder().join("project"))?;
    let output = support::feed(reference.arg("console"), &format!("{}\n", case.expression));
    let today = output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned());
    (today != case.ok).then(|| difference(case, today.as_deref()))
}

#[test]
fn lines_are_answered_one_by_one_and_a_fault_does_not_stop_the_next() {
    let output =
        support::feed(support::terrace(&folder().join("project")).arg("console"), "1 + 1\n1 +\n\"x\"\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n\"x\"\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("<console-input>"));
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
