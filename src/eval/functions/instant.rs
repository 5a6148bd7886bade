//! Points in time as RFC 3339 writes them, and durations such as `1h30m`.

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

/// A date and time somewhere, with the offset from UTC there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    pub local: DateTime,
    /// How many times 400 years to add, for dates beyond the range of `jiff`. The calendar repeats after that.
    pub cycles: i64,
    /// East of UTC.
    pub offset_seconds: i32,
}

/// How strictly the text must follow RFC 3339. Terraform has two parsers: that of `timecmp` also accepts an hour of one
/// digit, a comma before the fraction and offsets up to 24:60.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Strict,
    Lenient,
}

impl Instant {
    /// The error has no capital and no full stop.
    pub(super) fn parse(text: &str, reading: Reading) -> Result<Self, String> {
        let mut cursor = Cursor { text, rest: text };
        let lenient = reading == Reading::Lenient;
        let year = cursor.number("year", 4, 4, 0..=9999)?;
        cursor.expect('-')?;
        let month = cursor.number("month", 2, 2, 1..=12)?;
        cursor.expect('-')?;
        let day = cursor.number("day of the month", 2, 2, 1..=31)?;
        cursor.expect('T')?;
        let hour = cursor.number("hour", if lenient { 1 } else { 2 }, 2, 0..=23)?;
        cursor.expect(':')?;
        let minute = cursor.number("minute", 2, 2, 0..=59)?;
        cursor.expect(':')?;
        let second = cursor.number("second", 2, 2, 0..=59)?;
        let nanosecond = cursor.fraction(lenient);
        let offset_seconds = cursor.offset(lenient)?;
        if !cursor.rest.is_empty() {
            return Err(cursor.fault(&format!("{:?} is left over after the end", cursor.rest)));
        }
        let small = |number: i32| i8::try_from(number).unwrap_or(i8::MAX);
        let date = Date::new(i16::try_from(year).unwrap_or(i16::MAX), small(month), small(day))
            .map_err(|_| cursor.fault(&format!("the month has no day {day}")))?;
        let time = Time::new(small(hour), small(minute), small(second), nanosecond)
            .map_err(|_| cursor.fault("there is no such time of day"))?;
        Ok(Self { local: date.to_datetime(time), cycles: 0, offset_seconds })
    }

    /// `None` if the result overflows.
    pub(super) fn plus(self, nanoseconds: i64) -> Option<Self> {
        let duration = SignedDuration::from_nanos(nanoseconds);
        if let Ok(local) = self.local.checked_add(duration) {
            return Some(Self { local, ..self });
        }
        let nearer = self.local.with().year(self.local.year() - 400).build().ok()?;
        Some(Self { local: nearer.checked_add(duration).ok()?, cycles: self.cycles + 1, ..self })
    }

    pub(super) fn year(self) -> i64 {
        i64::from(self.local.year()) + 400 * self.cycles
    }

    /// A number that increases with time, equal for the same instant in any offset.
    pub(super) fn order(self) -> i128 {
        let epoch = Date::constant(1970, 1, 1).to_datetime(Time::midnight());
        self.local.duration_since(epoch).as_nanos() - i128::from(self.offset_seconds) * 1_000_000_000
    }

    /// In RFC 3339, in whole seconds.
    pub(super) fn text(self) -> String {
        let year = self.year();
        let sign = if year < 0 { "-" } else { "" };
        let rest = self.local.strftime("-%m-%dT%H:%M:%S");
        format!("{sign}{:04}{rest}{}", year.abs(), self.offset_or_z())
    }

    pub(super) fn offset_or_z(self) -> String {
        if self.offset_seconds == 0 { "Z".to_owned() } else { self.offset(":") }
    }

    /// `+02:00`, with a given separator between hours and minutes.
    pub(super) fn offset(self, between: &str) -> String {
        let minutes = self.offset_seconds.abs() / 60;
        let sign = if self.offset_seconds < 0 { '-' } else { '+' };
        format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
    }
}

struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Cursor<'_> {
    fn fault(&self, what: &str) -> String {
        format!("{:?} is not a timestamp such as \"2006-01-02T15:04:05Z\" (RFC 3339): {what}", self.text)
    }

    fn number(
        &mut self,
        name: &str,
        least: usize,
        most: usize,
        allowed: std::ops::RangeInclusive<i32>,
    ) -> Result<i32, String> {
        let digits = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (given, rest) = self.rest.split_at(digits);
        if digits < least {
            let wanted = if least == most { least.to_string() } else { format!("{least} or {most}") };
            return Err(self.fault(&format!("the {name} must have {wanted} digits")));
        }
        let number = given.parse().unwrap_or(i32::MAX);
        if !allowed.contains(&number) {
            let bounds = format!("between {} and {}", allowed.start(), allowed.end());
            return Err(self.fault(&format!("the {name} must be {bounds}, not {number}")));
        }
        self.rest = rest;
        Ok(number)
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(self.fault(&match self.rest.chars().next() {
                Some(found) => format!("there is {found:?} where {wanted:?} belongs"),
                None => format!("it ends where {wanted:?} belongs"),
            })),
        }
    }

    /// The nanoseconds of a fraction, if there is one; digits beyond them are dropped.
    fn fraction(&mut self, comma: bool) -> i32 {
        let after = self.rest.strip_prefix('.').or_else(|| self.rest.strip_prefix(',').filter(|_| comma));
        let Some(after) = after.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) else {
            return 0;
        };
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (given, rest) = after.split_at(digits);
        self.rest = rest;
        format!("{given:0<9}").get(..9).and_then(|nine| nine.parse().ok()).unwrap_or(0)
    }

    fn offset(&mut self, lenient: bool) -> Result<i32, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Err(self.fault("an offset from UTC belongs at the end, such as \"Z\" or \"+02:00\"")),
        };
        self.rest = self.rest.get(1..).unwrap_or("");
        let slack = i32::from(lenient);
        let hours = self.number("hour of the offset", 2, 2, 0..=23 + slack)?;
        self.expect(':')?;
        let minutes = self.number("minute of the offset", 2, 2, 0..=59 + slack)?;
        Ok(sign * (hours * 60 + minutes) * 60)
    }
}

/// Nanoseconds of a duration such as `-1.5h` or `1h30m`.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let fault = |what: &str| format!("{text:?} is not a duration such as \"1h30m\": {what}");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(fault("it is empty"));
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(fault("each part must begin with a number"));
        }
        let length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        let nanoseconds = nanoseconds_of(unit).ok_or_else(|| {
            fault(&match unit {
                "" => "a unit is missing; there are h, m, s, ms, us and ns".to_owned(),
                unit => format!("there is no unit {unit:?}; there are h, m, s, ms, us and ns"),
            })
        })?;
        let too_long = || fault("it is longer than 292 years");
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| too_long())? };
        // Digits after the eighteenth are less than a nanosecond in any unit.
        let fraction = fraction.get(..18).unwrap_or(fraction);
        let scale = 10_i128.pow(u32::try_from(fraction.len()).unwrap_or(0));
        let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().unwrap_or(0) };
        let part = whole.checked_mul(nanoseconds).ok_or_else(too_long)? + fraction * nanoseconds / scale;
        total = total.checked_add(part).filter(|t| *t <= 1 << 63).ok_or_else(too_long)?;
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| fault("it is longer than 292 years"))
}

/// A duration to wait for; `None` if it is invalid or negative.
pub fn parse_wait(text: &str) -> Option<Duration> {
    u64::try_from(parse_duration(text).ok()?).ok().map(Duration::from_nanos)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn nanoseconds_of(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}
