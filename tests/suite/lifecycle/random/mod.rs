//! Random projects, step by step, with the reference beside us. Where there is none, the recorded cases must do.
//!
//! `TERRACE_SEED=7 cargo nextest run --test suite random_projects` goes through the project of that seed alone and
//! makes it smaller where it differs; `TERRACE_COUNT=500 ... --run-ignored only` goes through that many, from the seed
//! that is given; `TERRACE_PROJECT=FILE` goes through what somebody wrote.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::case;
use super::folder;
use crate::support;

mod change;
mod draft;
mod drive;
mod expression;
mod hold;
mod project;
mod rules;
mod say;
mod shrink;
mod write;

use drive::drive;
use hold::Difference;

/// The first seed where none is asked for.
const FIRST: u64 = 1;

/// A few that are the same on each run, as far as there is time. Others are found by the sweep.
#[test]
fn random_projects_go_the_way_that_they_go_in_the_reference() {
    if !there_is_a_reference() {
        return;
    }
    let (first, count) = match number("TERRACE_SEED") {
        Some(seed) => (seed, 1),
        None => (FIRST, 10),
    };
    let until = Instant::now() + Duration::from_secs(12);
    let seeds = (first..first + count).take_while(|_| Instant::now() < until);
    let differ = look_at(seeds);
    assert!(differ.is_empty(), "these seeds differ: {differ:?}");
}

/// The one that is written in the file `TERRACE_PROJECT`, in the manner of the cases beside this folder.
#[test]
#[ignore = "looks at the file that TERRACE_PROJECT names"]
fn a_written_project_goes_the_way_that_it_goes_in_the_reference() {
    let file = std::env::var("TERRACE_PROJECT").expect("TERRACE_PROJECT names a file");
    let walk = drive(&case::steps(&std::fs::read_to_string(file).unwrap()));
    let texts = walk.found.iter().map(|difference| format!("step {}: {}", difference.step, difference.text));
    assert!(walk.found.is_empty(), "{}", texts.collect::<Vec<_>>().join("\n"));
}

/// The wide sweep.
#[test]
#[ignore = "takes a second for each step; TERRACE_COUNT says how many projects, TERRACE_SEED the first"]
fn many_random_projects_go_the_way_that_they_go_in_the_reference() {
    if !there_is_a_reference() {
        return;
    }
    let first = number("TERRACE_SEED").unwrap_or(FIRST);
    let count = number("TERRACE_COUNT").unwrap_or(100);
    let differ = look_at(first..first + count);
    assert!(differ.is_empty(), "these seeds differ: {differ:?}");
}

#[test]
fn what_differs_on_purpose_has_its_reason() {
    let known = support::known_differences(&folder().join("known_differences.txt"));
    let reasons: Vec<&str> = known.keys().filter_map(|name| name.strip_prefix("rule ")).collect();
    let mut rules = rules::names();
    rules.sort_unstable();
    assert_eq!(rules, reasons);
}

/// Goes through projects, and tells on the way what differs; returns the seeds of those that do. The first that differs
/// in some way is made smaller.
fn look_at(seeds: impl Iterator<Item = u64>) -> Vec<u64> {
    let (mut differ, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut projects, mut steps, mut planned, mut applied) = (0, 0, 0, 0);
    for seed in seeds {
        let project = change::steps(seed);
        let walk = drive(&project);
        projects += 1;
        steps += walk.steps;
        planned += walk.planned;
        applied += walk.applied;
        let Some(gravest) = walk.gravest() else { continue };
        differ.push(seed);
        for Difference { step, kind, text } in &walk.found {
            eprintln!("seed {seed} step {step} | {kind} | {text}");
        }
        if seen.insert(gravest.kind.clone()) {
            let small = shrink::shrink(project, &gravest.kind, 80);
            eprintln!("\nin short ({}):\n\n{}", gravest.kind, case::text(&small));
            for Difference { step, text, .. } in drive(&small).found {
                eprintln!("in short, step {step}: {text}");
            }
        }
        eprintln!("again with TERRACE_SEED={seed}\n");
    }
    let count = differ.len();
    eprintln!(
        "{projects} projects, {steps} steps, {planned} planned, {applied} applied; {count} projects differ"
    );
    differ
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|number| number.parse().unwrap_or_else(|_| panic!("{name}={number} is no number")))
}

fn there_is_a_reference() -> bool {
    let there = support::reference(&std::env::temp_dir()).is_some();
    if !there {
        support::skipped("random projects beside the reference", "there is no terraform 1.11.4 on the PATH");
    }
    there
}
