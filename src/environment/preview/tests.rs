use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{LONGEST_SLUG, Record, admit, has_digits, is_branch_name, is_slug, slug};
use crate::address::EnvironmentName;
use crate::diag::{Diagnostics, Source};
use crate::environment::{Definitions, PreviewFacts};

fn facts(branch: &str, sha: &str) -> PreviewFacts {
    PreviewFacts { slug: slug(branch), branch: branch.into(), number: None, sha: sha.into() }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn up(branch: &str, sha: &str, seconds: i64, before: Option<&Record>) -> Record {
    Record::brought_up(facts(branch, sha), "somebody".into(), Duration::from_secs(100), at(seconds), before)
}

fn definitions(limit: &str) -> Definitions {
    let text = format!(
        "environment \"production\" {{\n  branch = \"main\"\n}}\npreview {{\n  extends = \"production\"\n  ttl = \"100s\"\n  {limit}\n}}\n"
    );
    let mut diagnostics = Diagnostics::new();
    let definitions = Definitions::read(&Source::new("terrace.hcl", text), &mut diagnostics);
    assert!(!diagnostics.has_errors());
    definitions
}

#[test]
fn a_branch_that_is_fit_for_a_name_is_its_own_slug_and_others_are_told_apart() {
    for branch in ["feature-x", "a", "fix-123", "deadbeef"] {
        assert_eq!(slug(branch), branch);
    }
    assert_eq!(slug("feature/x"), "feature-x-217d2bf51f");
    assert_eq!(slug("Feature-X"), "feature-x-991d5c2430");
    assert_eq!(slug("123"), "b-123-a665a45920");
    assert_eq!(slug("größe"), "gr-e-d353a2671b");
    assert_eq!(slug("日本"), "branch-cf2abf0c5b");
    assert_ne!(slug("feature-x-217d2bf51f"), slug("feature/x"));
}

#[test]
fn what_git_would_not_take_for_a_branch_is_none() {
    for name in ["topic", "Some/Branch", "größe", "<b>|`x`|@all", "a@b", "x.y", "feature/#12", "a;rm"] {
        assert!(is_branch_name(name), "{name}");
    }
    for name in [
        "", "a b", "../x", "a..b", "/a", "a/", "a//b", ".a", "a.lock", "-x", "@", "a@{1}", "a~1", "a\nb",
        "a.",
    ] {
        assert!(!is_branch_name(name), "{name}");
    }
}

fn branch() -> impl Strategy<Value = String> {
    prop_oneof![".{0,60}", "[a-zA-Z0-9/_.-]{1,60}", "[ab/-]{1,4}", "[a-z]{1,5}-[0-9a-f]{10}"]
}

proptest! {
    #[test]
    fn slugs_are_names_of_environments_and_parts_of_domain_names(branch in branch()) {
        let slug = slug(&branch);
        prop_assert!(is_slug(&slug), "{slug}");
        prop_assert!(slug.len() <= LONGEST_SLUG);
        let name = format!("preview/{slug}");
        prop_assert!(EnvironmentName::new(&name).is_ok());
        prop_assert!(slug == branch || has_digits(&slug));
    }

    #[test]
    fn different_branches_never_have_the_same_slug(one in branch(), other in branch()) {
        prop_assert_eq!(one == other, slug(&one) == slug(&other));
        // Not even one that is called as the other's slug.
        let posing = slug(&one);
        prop_assert!(posing == one || slug(&posing) != slug(&one));
    }

    #[test]
    fn time_begins_anew_with_another_commit_and_only_then(steps in prop::collection::vec((0i64..50, 0u8..3), 1..20)) {
        let mut now = 0;
        let mut record: Option<Record> = None;
        let mut began = 0;
        for (pause, commit) in steps {
            now += pause;
            let sha = commit.to_string();
            if record.as_ref().is_none_or(|record| record.facts.sha != sha) {
                began = now;
            }
            let next = up("b", &sha, now, record.as_ref());
            prop_assert_eq!(next.expires(), at(began + 100));
            prop_assert_eq!(next.has_expired(at(began + 99)), false);
            prop_assert_eq!(next.has_expired(at(began + 100)), true);
            prop_assert_eq!(Record::read(&next.write()), Some(next.clone()));
            record = Some(next);
        }
    }

    #[test]
    fn no_more_are_admitted_than_the_limit_and_each_that_exists_always_is(limit in 0u64..5, count in 0usize..8) {
        let definitions = definitions(&format!("limit = {limit}"));
        let preview = definitions.preview.as_deref().unwrap();
        let present: Vec<Record> =
            (0..count).map(|index| up(&format!("b{index}"), "1", index as i64, None)).collect();
        let fresh = admit(preview, &facts("another", "1"), &present, at(50));
        prop_assert_eq!(fresh.is_ok(), (count as u64) < limit);
        for one in &present {
            prop_assert!(admit(preview, &one.facts, &present, at(50)).is_ok());
        }
    }
}

#[test]
fn beyond_the_limit_the_oldest_is_named_and_how_to_take_it_down() {
    let definitions = definitions("limit = 2");
    let preview = definitions.preview.as_deref().unwrap();
    let present = [up("late", "1", 60, None), up("early", "1", 0, None)];
    let fault = admit(preview, &facts("another", "1"), &present, at(70)).unwrap_err();
    assert!(fault.detail.contains("is early, of the branch \"early\""), "{}", fault.detail);
    assert_eq!(fault.hint.as_deref(), Some("Take it down: terrace preview down early"));
    let fault = admit(preview, &facts("another", "1"), &present, at(100)).unwrap_err();
    assert_eq!(fault.hint.as_deref(), Some("The time of 1 is over; take them down: terrace preview gc"));
}

#[test]
fn a_name_that_another_branch_has_is_refused_also_where_digests_meet() {
    let definitions = definitions("");
    let preview = definitions.preview.as_deref().unwrap();
    let mut present = up("feature/x", "1", 0, None);
    present.facts.branch = "feature!x".into();
    assert!(admit(preview, &facts("feature/x", "1"), &[present], at(0)).is_err());
}

#[test]
fn the_branch_of_an_environment_has_no_preview() {
    let definitions = definitions("");
    assert!(definitions.refuse_preview_of("main").is_err());
    assert!(definitions.refuse_preview_of("feature").is_ok());
}

#[test]
fn the_longest_time_to_live_never_ends() {
    let record = Record { ttl: Duration::from_secs(u64::MAX), ..up("b", "1", 0, None) };
    assert!(!record.has_expired(at(0) + SignedDuration::from_hours(24 * 365 * 1000)));
    assert_eq!(Record::read("{}"), None);
    assert_eq!(Record::read(&record.write().replace("\"version\":1", "\"version\":2")), None);
}
