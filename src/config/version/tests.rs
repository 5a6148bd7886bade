#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use crate::diag::{Range, Source};

fn constraints(text: &str) -> Result<VersionConstraints, VersionError> {
    VersionConstraints::parse(text, Source::new("test", text).span(Range::new(0, text.len())))
}

fn allows(constraint: &str, version: &str) -> bool {
    constraints(constraint).unwrap().allows(&Version::parse(version).unwrap())
}

#[test]
fn reads_what_the_reference_reads() {
    for text in ["1", "1.2", "v1.2.3", "1.2.3.4", "1.0beta", "1.0-beta.1+x.y", "1.0.0-~a"] {
        assert!(Version::parse(text).is_ok(), "{text}");
    }
    for text in ["", "1.", "1..2", "x", "1.2.x", "1.0+", "99999999999999999999"] {
        assert!(Version::parse(text).is_err(), "{text}");
    }
    for text in ["1.0", "= 1.0", " >=1.0 , < 2 ", "~>1.2", "!= 1.3"] {
        assert!(constraints(text).is_ok(), "{text}");
    }
    for text in ["", ">= 1.0,", "=> 1.0", "^1.0", "~> 1.x", "> = 1.0", ">= 1.0 < 2.0"] {
        assert!(constraints(text).is_err(), "{text}");
    }
}

#[test]
fn lets_only_the_last_written_number_grow() {
    assert!(allows("~> 1.2", "1.9.0"));
    assert!(!allows("~> 1.2", "2.0.0"));
    assert!(!allows("~> 1.2", "1.1.9"));
    assert!(allows("~> 1.2.3", "1.2.9"));
    assert!(!allows("~> 1.2.3", "1.3.0"));
    assert!(allows("~> 1", "7.0.0"));
}

#[test]
fn takes_no_prerelease_by_accident() {
    assert!(!allows(">= 1.0", "1.1.0-beta"));
    assert!(allows(">= 1.1.0-alpha", "1.1.0-beta"));
    assert!(!allows(">= 1.1.0-alpha", "1.2.0-beta"));
    assert!(allows("1.1.0-beta", "1.1.0-beta"));
    assert!(!allows("~> 1.1.0-alpha", "1.1.0"));
}

#[test]
fn orders_prereleases_before_releases_and_numbers_before_names() {
    let ordered = ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-beta", "1.0.0"];
    for pair in ordered.windows(2) {
        assert!(Version::parse(pair[0]).unwrap() < Version::parse(pair[1]).unwrap(), "{pair:?}");
    }
}

#[test]
fn reads_the_versions_of_providers_more_strictly() {
    for text in ["v1.2", "1.2.3.4", "1.0beta", ">= 1.0, ~> v2"] {
        assert!(constraints(text).unwrap().unfit_for_providers().is_some(), "{text}");
    }
    for text in ["~> 01.2", "= 1.0.0-beta.1+x", ">=1.0,<2", "1"] {
        assert_eq!(constraints(text).unwrap().unfit_for_providers(), None, "{text}");
    }
}
