//! Times as providers store them: RFC 3339 in whole seconds, with their original offset.

use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{SignedDuration, Timestamp};

/// The current time; passed in, so that tests can set it.
#[derive(Clone)]
pub(crate) struct Clock(pub(crate) Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The clock of this machine.
    pub(crate) fn real() -> Self {
        Self(Arc::new(Timestamp::now))
    }

    pub(crate) fn instant(&self) -> Timestamp {
        (self.0)()
    }

    pub(crate) fn now(&self) -> Moment {
        Moment::of(self.instant())
    }
}

/// A date and time somewhere, with the offset from UTC there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    local: DateTime,
    /// East of UTC.
    offset: i32,
}

impl Moment {
    /// The offset of UTC.
    pub(crate) fn of(instant: Timestamp) -> Self {
        Self { local: jiff::tz::Offset::UTC.to_datetime(instant), offset: 0 }
    }

    /// So many seconds after the beginning of 1970, in UTC.
    pub(crate) fn at(seconds: i64) -> Option<Self> {
        let local = epoch().checked_add(SignedDuration::from_secs(seconds)).ok()?;
        Some(Self { local, offset: 0 })
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_shaped = bytes.len() >= 20
            && bytes.iter().zip(b"0000-00-00T00:00:00").all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            });
        if !is_shaped {
            return None;
        }
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
        let small = |from: usize| number(from, from + 2).and_then(|number| i8::try_from(number).ok());
        let rest = text.get(19..)?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
            None => ("0", rest),
        };
        let nanosecond = fraction.get(..fraction.len().min(9)).filter(|digits| !digits.is_empty())?;
        let nanosecond = format!("{nanosecond:0<9}").parse().ok()?;
        let date = Date::new(number(0, 4)?, small(5)?, small(8)?).ok()?;
        let time = Time::new(small(11)?, small(14)?, small(17)?, nanosecond).ok()?;
        Some(Self { local: date.to_datetime(time), offset: offset(rest)? })
    }

    /// Calendar arithmetic: days beyond the end of a month continue into the next.
    pub(crate) fn plus_calendar(self, years: i64, months: i64, days: i64) -> Option<Self> {
        let month = i64::from(self.local.month()) - 1;
        let month = years.checked_mul(12)?.checked_add(months)?.checked_add(month)?;
        let year = i64::from(self.local.year()).checked_add(month.div_euclid(12))?;
        let first =
            Date::new(i16::try_from(year).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?, 1).ok()?;
        let days = days.checked_add(i64::from(self.local.day()) - 1)?;
        let days = SignedDuration::from_secs(days.checked_mul(24 * 60 * 60)?);
        let date = first.to_datetime(Time::midnight()).checked_add(days).ok()?.date();
        Some(Self { local: date.to_datetime(self.local.time()), ..self })
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Option<Self> {
        let local = self.local.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        Some(Self { local, ..self })
    }

    /// Seconds since the beginning of 1970, rounded down.
    pub(crate) fn unix(self) -> i64 {
        let since = self.local.duration_since(epoch());
        let whole = since.as_secs() - i64::from(since.subsec_nanos() < 0);
        whole - i64::from(self.offset)
    }

    pub(crate) fn local(self) -> DateTime {
        self.local
    }

    pub(crate) fn is_after(self, other: Self) -> bool {
        (self.unix(), self.local.subsec_nanosecond()) > (other.unix(), other.local.subsec_nanosecond())
    }
}

fn epoch() -> DateTime {
    date(1970, 1, 1).at(0, 0, 0, 0)
}

/// `Z` or `+02:00`, in seconds.
fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let two = |digits: &str, most: i32| {
        let are_two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        are_two.then(|| digits.parse::<i32>().ok()).flatten().filter(|number| *number <= most)
    };
    Some(sign * (two(hours, 23)? * 3600 + two(minutes, 59)? * 60))
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let local = self.local;
        let (year, sign) = (local.year().unsigned_abs(), if local.year() < 0 { "-" } else { "" });
        write!(f, "{sign}{year:04}{}", local.strftime("-%m-%dT%H:%M:%S"))?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let minutes = self.offset.abs() / 60;
        let sign = if self.offset < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Moment {
        Moment::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_moment_is_written_as_it_was_read() {
        for text in ["2020-02-12T06:36:13Z", "2020-02-12T06:36:13+02:00", "0001-01-01T00:00:00-09:30"] {
            assert_eq!(of(text).to_string(), text);
        }
        assert_eq!(of("2020-02-12T06:36:13.25+00:00").to_string(), "2020-02-12T06:36:13Z");
    }

    #[test]
    fn what_is_no_timestamp_is_not_read() {
        for text in [
            "",
            "2020-02-12",
            "2020-02-30T00:00:00Z",
            "2020-02-12 06:36:13Z",
            "2020-02-12T06:36:13",
            "2020-02-12T24:00:00Z",
            "2020-02-12T06:36:13.Z",
            "2020-02-12T06:36:13+2:00",
            "2020-02-12T06:36:13Zz",
            "2020-02-12T06:36:13+ééé",
            "é020-02-12T06:36:13Z",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_calendar_runs_over() {
        let plus =
            |text, years, months, days| of(text).plus_calendar(years, months, days).unwrap().to_string();
        assert_eq!(plus("2020-01-31T01:02:03Z", 0, 1, 0), "2020-03-02T01:02:03Z");
        assert_eq!(plus("2020-02-29T00:00:00Z", 1, 0, 0), "2021-03-01T00:00:00Z");
        assert_eq!(plus("2020-01-01T00:00:00Z", 0, -1, 0), "2019-12-01T00:00:00Z");
        assert_eq!(plus("2020-01-01T00:00:00Z", 0, 0, -1), "2019-12-31T00:00:00Z");
        assert_eq!(of("2020-01-01T00:00:00Z").plus_calendar(i64::MAX, 0, 0), None);
        assert_eq!(of("2020-01-01T00:00:00Z").plus_calendar(0, 0, 1 << 40), None);
    }

    #[test]
    fn seconds_are_counted_from_1970_in_utc() {
        assert_eq!(of("1970-01-01T02:00:00+02:00").unix(), 0);
        assert_eq!(of("1969-12-31T23:59:59.5Z").unix(), -1);
        assert_eq!(of("2020-02-12T06:36:13Z").unix(), 1_581_489_373);
        for text in ["9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"] {
            assert_eq!(Moment::at(of(text).unix()), Some(of(text)));
        }
        assert_eq!(Moment::at(i64::MAX), None);
        assert!(of("2020-02-12T06:36:13.5Z").is_after(of("2020-02-12T07:36:13+01:00")));
        assert!(!of("2020-02-12T06:36:13Z").is_after(of("2020-02-12T06:36:13Z")));
    }
}
