//! Windows against a model that counts minutes; patterns and branches by example.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::branch::is_branch;
use super::*;
use crate::address::AbsoluteInstance;

const DAY: usize = 24 * 60;
const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn window(text: &str) -> Window {
    Window::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Which minutes of a week are open, one by one.
fn minutes(days: &[usize], opens: usize, closes: usize) -> Vec<bool> {
    let mut open = vec![false; 7 * DAY];
    let end = if closes <= opens { closes + DAY } else { closes };
    for day in days {
        (opens..end).for_each(|minute| open[(day * DAY + minute) % (7 * DAY)] = true);
    }
    open
}

/// The minute of the week that a clock on the wall shows.
fn minute(now: Timestamp, zone: &str) -> usize {
    let local = now.to_zoned(jiff::tz::TimeZone::get(zone).unwrap());
    let day = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap();
    day * DAY + usize::try_from(local.hour()).unwrap() * 60 + usize::try_from(local.minute()).unwrap()
}

fn clock(minute: usize) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Weeks in which nothing happens, and in which the clock is changed: in Europe, in America, by half an hour.
const WEEKS: [(&str, &str); 6] = [
    ("2026-01-12T00:00:00Z", "Europe/Berlin"),
    ("2026-03-25T00:00:00Z", "Europe/Berlin"),
    ("2026-10-21T00:00:00Z", "Europe/Berlin"),
    ("2026-03-05T00:00:00Z", "America/New_York"),
    ("2026-04-01T00:00:00Z", "Australia/Lord_Howe"),
    ("2026-06-01T00:00:00Z", "UTC"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_window_is_open_in_the_minutes_of_the_week_that_it_says(
        days in proptest::sample::subsequence((0..7usize).collect::<Vec<_>>(), 1..=7),
        opens in 0..DAY,
        closes in 1..=DAY,
        week in 0..WEEKS.len(),
    ) {
        prop_assume!(opens != closes);
        let (begin, zone) = WEEKS[week];
        let names: Vec<&str> = days.iter().map(|day| NAMES[*day]).collect();
        let text = format!("{} {}-{} {zone}", names.join(","), clock(opens), clock(closes));
        let parsed = window(&text);
        let model = minutes(&days, opens, closes);
        for passed in 0..(7 * DAY) {
            let now = at(begin).checked_add(i64::try_from(passed).unwrap().minutes()).unwrap();
            prop_assert_eq!(parsed.is_open(now), model[minute(now, zone)], "{} at {}", text, now);
        }
    }

    #[test]
    fn the_next_opening_is_the_first_open_minute(
        first in (proptest::sample::subsequence((0..7usize).collect::<Vec<_>>(), 1..=3), 0..DAY, 1..=DAY),
        second in (proptest::sample::subsequence((0..7usize).collect::<Vec<_>>(), 3..=7), 0..DAY, 1..=DAY),
        week in 0..WEEKS.len(),
        passed in 0..(7 * DAY),
    ) {
        let (begin, zone) = WEEKS[week];
        let mut lists = Vec::new();
        for (days, opens, closes) in [&first, &second] {
            prop_assume!(opens != closes);
            let names: Vec<&str> = days.iter().map(|day| NAMES[*day]).collect();
            lists.push(vec![window(&format!("{} {}-{} {zone}", names.join(","), clock(*opens), clock(*closes)))]);
        }
        let now = at(begin).checked_add(i64::try_from(passed).unwrap().minutes()).unwrap();
        prop_assume!(!are_open(&lists, now));
        let later = |minutes: usize| now.checked_add(i64::try_from(minutes).unwrap().minutes()).unwrap();
        let model = (1..(14 * DAY)).map(later).find(|moment| are_open(&lists, *moment));
        let found = next_opening(&lists, now).map(|(moment, _)| moment);
        match (found, model) {
            (found, Some(model)) => prop_assert_eq!(found, Some(model)),
            // What is not looked for any more may lie a little further on.
            (Some(found), None) => prop_assert!(found >= later(14 * DAY)),
            (None, None) => {}
        }
    }
}

#[test]
fn an_hour_that_the_clock_leaves_out_does_not_open_a_window() {
    // In Berlin it is 03:00 after 01:59 on this day.
    let night = [vec![window("Sun 02:15-02:45 Europe/Berlin")]];
    let (opens, zone) = next_opening(&night, at("2026-03-28T23:00:00Z")).unwrap();
    assert_eq!(opens.to_zoned(zone).to_string(), "2026-04-05T02:15:00+02:00[Europe/Berlin]");
    let longer = [vec![window("Sun 02:15-04:00 Europe/Berlin")]];
    assert_eq!(next_opening(&longer, at("2026-03-28T23:00:00Z")).unwrap().0, at("2026-03-29T01:00:00Z"));
}

#[test]
fn an_hour_that_comes_twice_opens_a_window_twice() {
    let night = [vec![window("Sun 02:15-02:45 Europe/Berlin")]];
    let (first, _) = next_opening(&night, at("2026-10-24T23:00:00Z")).unwrap();
    let (closes, _) = next_closing(&night, first).unwrap();
    let (second, _) = next_opening(&night, closes).unwrap();
    assert_eq!(
        [first, closes, second],
        [at("2026-10-25T00:15:00Z"), at("2026-10-25T00:45:00Z"), at("2026-10-25T01:15:00Z")]
    );
}

#[test]
fn a_window_past_midnight_belongs_to_the_day_on_which_it_opens() {
    let late = window("Fri 22:00-02:00 UTC");
    for (moment, open) in [
        ("2026-11-20T21:59:59Z", false),
        ("2026-11-20T22:00:00Z", true),
        ("2026-11-21T01:59:59Z", true),
        ("2026-11-21T02:00:00Z", false),
        ("2026-11-20T01:00:00Z", false),
    ] {
        assert_eq!(late.is_open(at(moment)), open, "{moment}");
    }
}

#[test]
fn days_are_lists_and_ranges_that_may_go_around_the_end_of_the_week() {
    let open = |text: &str| {
        let window = window(&format!("{text} 00:00-24:00 UTC"));
        let days = (0..7).filter(|day| {
            window.is_open(at("2026-11-16T12:00:00Z").checked_add((24 * day).hours()).unwrap())
        });
        days.map(|day: i64| NAMES[usize::try_from(day).unwrap()]).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(open("Mon-Thu"), "Mon Tue Wed Thu");
    assert_eq!(open("Fri-Mon"), "Mon Fri Sat Sun");
    assert_eq!(open("monday, Wed-fri"), "Mon Wed Thu Fri");
    assert_eq!(open("Sun"), "Sun");
}

#[test]
fn what_is_no_window_is_said() {
    for (text, why) in [
        ("", "is no window"),
        ("Mon-Thu", "is no window"),
        ("09:00-16:00 UTC", "is no window"),
        ("Mon-Thu 09:00-16:00", "in which time zone"),
        ("Mon-Thu 09:00-16:00 Europe/Atlantis", "no time zone \"Europe/Atlantis\""),
        ("Mo-Thu 09:00-16:00 UTC", "\"Mo\" is no day"),
        ("Mon- 09:00-16:00 UTC", "\"\" is no day"),
        ("Mon 9:00-16:00 UTC", "is no span of time"),
        ("Mon 09:00-25:00 UTC", "is no span of time"),
        ("Mon 09:00 UTC", "is no span of time"),
        ("Mon 24:00-09:00 UTC", "is no span of time"),
        ("Mon 09:00-09:00 UTC", "ends when it begins"),
    ] {
        let fault = Window::parse(text).unwrap_err();
        assert!(fault.contains(why), "{text}: {fault}");
    }
}

#[test]
fn a_pattern_means_a_resource_wherever_it_is_or_a_module_with_everything_in_it() {
    let cases = [
        ("aws_db_instance.*", "aws_db_instance.main", true),
        ("aws_db_instance.*", "module.a[\"x\"].aws_db_instance.main[0]", true),
        ("aws_db_instance.*", "aws_db_instance_other.main", false),
        ("aws_db_*.ma*n", "aws_db_instance.main", true),
        ("aws_db_*.ma*n", "aws_db_instance.mainly", false),
        ("aws_instance.web", "aws_instance.web[3]", true),
        ("aws_instance.web[3]", "aws_instance.web[3]", true),
        ("aws_instance.web[3]", "aws_instance.web[30]", false),
        ("aws_instance.web[\"a.b\"]", "aws_instance.web[\"a.b\"]", true),
        ("module.network", "module.network.aws_vpc.main", true),
        ("module.network", "module.network[\"eu\"].module.sub.aws_vpc.main", true),
        ("module.network[\"eu\"]", "module.network[\"us\"].aws_vpc.main", false),
        ("module.network", "module.networks.aws_vpc.main", false),
        ("module.net*", "module.networks.aws_vpc.main", true),
        ("module.network", "module.a.module.network.aws_vpc.main", false),
        ("module.network.aws_vpc.*", "module.network[0].aws_vpc.main", true),
        ("module.network.aws_vpc.*", "module.network.module.sub.aws_vpc.main", false),
        ("*.*", "module.a.aws_vpc.main", true),
        ("aws_vpc.main/Database", "aws_vpc.main", true),
        ("aws_vpc.main/Database", "aws_vpc.other", false),
        ("aws_vpc.main[\"a/b\"]", "aws_vpc.main[\"a/b\"]", true),
    ];
    for (pattern, address, matches) in cases {
        let parsed = Pattern::parse(pattern).unwrap();
        assert_eq!(
            parsed.matches(&AbsoluteInstance::parse(address).unwrap()),
            matches,
            "{pattern} {address}"
        );
    }
}

#[test]
fn a_pattern_may_mean_parts_of_an_object() {
    let part = |text: &str, name: &str| {
        let pattern = Pattern::parse(text).unwrap();
        (pattern.is_of_part(), pattern.means_part(name))
    };
    assert_eq!(part("a.b/Database", "Database"), (true, true));
    assert_eq!(part("a.b/Database", "Databases"), (true, false));
    assert_eq!(part("a.b[\"x/y\"]/Data*", "Database"), (true, true));
    assert_eq!(part("a.b/*", "anything"), (true, true));
    assert_eq!(part("a.b", "anything"), (false, true));
}

#[test]
fn a_pattern_may_mean_a_resource_before_it_has_instances() {
    let calls: Vec<Arc<str>> = vec!["network".into()];
    let may = |text: &str| Pattern::parse(text).unwrap().may_match(&calls, "aws_vpc", "main");
    assert!(["module.network", "aws_vpc.main[7]", "module.network.aws_*.*"].into_iter().all(may));
    assert!(!["module.other", "aws_vpc.other", "module.network.module.a"].into_iter().any(may));
}

#[test]
fn what_is_no_pattern_is_said() {
    for (text, why) in [
        ("", "it is empty"),
        ("aws_db_instance", "a type and a name"),
        ("*", "a type and a name"),
        ("module", "a name is needed"),
        ("module.network.**", "everything in it"),
        ("module.network.*", "everything in it"),
        ("data.aws_ami.x", "only resources"),
        ("a.b.c", "modules, a type and a name"),
        ("a.b c", "and no ' '"),
        ("a.b[x]", "is no key"),
        ("a.b[\"", "is no key"),
        ("a[0].b", "not its type"),
        ("a.", "a name is missing"),
        ("module..a.b", "a name is missing"),
        ("a.b/", "after the /"),
        ("module.a/Database", "only a resource has parts"),
        ("/Database", "it is empty"),
    ] {
        let fault = Pattern::parse(text).unwrap_err();
        assert!(fault.contains(why), "{text}: {fault}");
    }
}

proptest! {
    #[test]
    fn nothing_that_is_read_breaks_the_reader(text in "[a-c*.\\[\\]\"0 :\\-M\\\\ü]{0,24}", branch in "[a-c/*]{0,12}") {
        let _ = Pattern::parse(&text);
        let _ = Window::parse(&text);
        let _ = is_branch(&text, &branch);
        prop_assert!(is_branch("**", &branch));
    }
}

#[test]
fn a_star_in_a_branch_stops_at_a_slash() {
    for (pattern, branch, is) in [
        ("main", "main", true),
        ("main", "mainly", false),
        ("release/*", "release/1.0", true),
        ("release/*", "release/1/fix", false),
        ("release/**", "release/1/fix", true),
        ("*", "feature/x", false),
        ("r*e/1.0", "release/1.0", true),
        ("release/1.0", "release/1x0", false),
    ] {
        assert_eq!(is_branch(pattern, branch), is, "{pattern} {branch}");
    }
}
