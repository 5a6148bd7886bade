#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;

#[test]
fn a_strict_reading_takes_nothing_but_rfc_3339() {
    for text in [
        "2006-01-02T15:04:05Z",
        "2006-01-02T15:04:05.123456789123Z",
        "2006-01-02T15:04:05+23:59",
        "0000-02-29T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
    ] {
        assert!(Instant::parse(text, Reading::Strict).is_ok(), "{text}");
    }
    for text in [
        "",
        "2006-01-02",
        "2006-01-02 15:04:05Z",
        "2006-01-02t15:04:05Z",
        "2006-01-02T15:04:05",
        "2006-01-02T15:04:05z",
        "2006-01-02T5:04:05Z",
        "2006-01-02T15:04:05,5Z",
        "2006-01-02T15:04:05.Z",
        "2006-01-02T15:04:05+24:00",
        "2006-01-02T15:04:60Z",
        "2006-02-30T15:04:05Z",
        "2005-02-29T15:04:05Z",
        "2006-13-02T15:04:05Z",
        "2006-01-02T24:00:00Z",
        "2006-01-02T15:04:05Zx",
        "\u{e9}006-01-02T15:04:05Z",
    ] {
        assert!(Instant::parse(text, Reading::Strict).is_err(), "{text}");
    }
}

#[test]
fn a_lenient_reading_takes_what_comparing_takes() {
    for text in ["2006-01-02T5:04:05Z", "2006-01-02T15:04:05,5Z", "2006-01-02T15:04:05+24:60"] {
        assert!(Instant::parse(text, Reading::Lenient).is_ok(), "{text}");
    }
}

#[test]
fn durations_add_up() {
    for (text, nanoseconds) in [
        ("0", 0),
        ("-0", 0),
        ("1h", 3_600_000_000_000),
        ("1h30m", 5_400_000_000_000),
        ("-1.5h", -5_400_000_000_000),
        ("+.5s", 500_000_000),
        ("1.s", 1_000_000_000),
        ("1us1\u{b5}s1\u{3bc}s1ns", 3001),
        ("9223372036854775807ns", i64::MAX),
        ("-9223372036854775808ns", i64::MIN),
    ] {
        assert_eq!(parse_duration(text), Ok(nanoseconds), "{text}");
    }
    for text in
        ["", "-", "1", "1x", "h", ".s", "1h 1m", "1d", "9223372036854775808ns", "99999999999999999999h"]
    {
        assert!(parse_duration(text).is_err(), "{text}");
    }
}

#[test]
fn what_can_be_waited_for_is_not_negative() {
    let seconds = |text| parse_wait(text).map(|wait| wait.as_secs_f64());
    assert_eq!([seconds("0"), seconds("1h1.5m"), seconds("250ms")], [Some(0.0), Some(3690.0), Some(0.25)]);
    assert_eq!([seconds(""), seconds("-5m"), seconds("5"), seconds("m"), seconds("5x")], [None; 5]);
}

#[test]
fn the_offset_stays_when_time_is_added() {
    let start = Instant::parse("2020-01-01T00:00:00+05:30", Reading::Strict).unwrap();
    assert_eq!(start.plus(-1_000_000_000).unwrap().text(), "2019-12-31T23:59:59+05:30");
}

#[test]
fn years_go_on_past_four_digits_and_below_zero() {
    for (start, nanoseconds, end) in [
        ("9999-12-31T23:59:59Z", 1_000_000_000, "10000-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00Z", -1_000_000_000, "-0001-12-31T23:59:59Z"),
    ] {
        let start = Instant::parse(start, Reading::Strict).unwrap();
        assert_eq!(start.plus(nanoseconds).unwrap().text(), end);
    }
}
