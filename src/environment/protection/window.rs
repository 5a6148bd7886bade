//! Change windows: weekdays and times of day in a time zone.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// How many days ahead to look for an opening. Every weekday occurs twice, so that one whose opening is skipped by a
/// clock change is found the week after.
const AHEAD: i32 = 15;

/// `Mon-Thu 09:00-16:00 Europe/Berlin`
///
/// By local time: when clocks are put back, an hour occurs twice; when they are put forward, one is skipped.
#[derive(Clone, Debug)]
pub struct Window {
    text: String,
    /// The days on which it opens, Monday first. Past midnight it stays open into the next day.
    days: [bool; 7],
    opens: Time,
    /// None for midnight at the end of the day.
    closes: Option<Time>,
    zone: TimeZone,
}

impl Window {
    /// Parses a window; the error is a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let zone = match words.last() {
            Some(last) if words.len() > 1 && !last.contains(':') => words.pop(),
            _ => None,
        };
        let times = words.pop().filter(|word| word.contains(':'));
        let (Some(times), false) = (times, words.is_empty()) else {
            return Err(format!(
                "\"{text}\" is no window; one has days, times and a time zone: Mon-Thu 09:00-16:00 Europe/Berlin."
            ));
        };
        let days = days(&words.concat())?;
        let (opens, closes) = span_of(times)?;
        let Some(zone) = zone else {
            return Err(format!(
                "\"{text}\" does not say in which time zone: end it with one, such as Europe/Berlin, or with UTC."
            ));
        };
        let zone = TimeZone::get(zone).ok().filter(|found| found.iana_name().is_some()).ok_or_else(|| {
            format!("There is no time zone \"{zone}\"; one looks like Europe/Berlin or UTC.")
        })?;
        Ok(Self { text: text.to_owned(), days, opens, closes, zone })
    }

    pub fn is_open(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.zone.clone());
        let (date, time) = (local.date(), local.time());
        if self.is_past_midnight() {
            let since_yesterday = date.yesterday().is_ok_and(|before| self.has(before))
                && self.closes.is_some_and(|end| time < end);
            return since_yesterday || self.has(date) && time >= self.opens;
        }
        self.has(date) && time >= self.opens && self.closes.is_none_or(|end| time < end)
    }

    fn is_past_midnight(&self) -> bool {
        self.closes.is_some_and(|closes| closes < self.opens)
    }

    fn has(&self, date: Date) -> bool {
        self.days.get(usize::from(index(date.weekday()))).copied().unwrap_or(false)
    }

    /// Every moment from now on at which it may open or close: at its own times, and at clock changes.
    fn turns(&self, now: Timestamp) -> Vec<Timestamp> {
        let mut turns = Vec::new();
        let today = now.to_zoned(self.zone.clone()).date();
        for ahead in -1..=AHEAD {
            let Ok(date) = today.checked_add(ahead.days()) else { continue };
            let closes = self.closes.map_or_else(
                || date.tomorrow().map(|next| next.at(0, 0, 0, 0)),
                |end| Ok(date.to_datetime(end)),
            );
            for moment in [Ok(date.to_datetime(self.opens)), closes].into_iter().flatten() {
                let meant = self.zone.to_ambiguous_timestamp(moment);
                turns.extend(meant.earlier().ok());
                turns.extend(meant.later().ok());
            }
        }
        if let Ok(end) = now.checked_add((24 * AHEAD).hours()) {
            let changes = self.zone.following(now).map(|change| change.timestamp());
            turns.extend(changes.take_while(|change| *change <= end));
        }
        turns.retain(|turn| *turn > now);
        turns
    }
}

/// As it was written.
impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether at least one window of each list is open.
pub fn are_open(lists: &[Vec<Window>], now: Timestamp) -> bool {
    lists.iter().all(|windows| windows.iter().any(|window| window.is_open(now)))
}

/// When all lists will next have an open window, and in which zone to show it; `None` if not within two weeks.
pub fn next_opening(lists: &[Vec<Window>], now: Timestamp) -> Option<(Timestamp, TimeZone)> {
    next(lists, now, true)
}

/// When the present opening ends.
pub fn next_closing(lists: &[Vec<Window>], now: Timestamp) -> Option<(Timestamp, TimeZone)> {
    next(lists, now, false)
}

fn next(lists: &[Vec<Window>], now: Timestamp, open: bool) -> Option<(Timestamp, TimeZone)> {
    let mut turns: Vec<(Timestamp, &Window)> = Vec::new();
    for window in lists.iter().flatten() {
        turns.extend(window.turns(now).into_iter().map(|turn| (turn, window)));
    }
    turns.sort_by_key(|(turn, _)| *turn);
    let (turn, window) = turns.into_iter().find(|(turn, _)| are_open(lists, *turn) == open)?;
    Some((turn, window.zone.clone()))
}

/// `Mon`, `Mon-Thu`, `Mon,Wed-Fri`, `Fri-Mon`
fn days(text: &str) -> Result<[bool; 7], String> {
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (index(day(first)?), index(day(last)?));
        let mut at = first;
        loop {
            if let Some(day) = days.get_mut(usize::from(at)) {
                *day = true;
            }
            if at == last {
                break;
            }
            at = (at + 1) % 7;
        }
    }
    Ok(days)
}

fn index(day: Weekday) -> u8 {
    day.to_monday_zero_offset().unsigned_abs()
}

fn day(text: &str) -> Result<Weekday, String> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let lower = text.to_ascii_lowercase();
    let found = DAYS.iter().find(|(name, _)| lower == *name || name.get(..3) == Some(&lower));
    found.map(|(_, day)| *day).ok_or_else(|| {
        format!(
            "\"{text}\" is no day; days are Mon, Tue, Wed, Thu, Fri, Sat and Sun, as Mon-Thu or Mon,Wed,Fri."
        )
    })
}

/// `09:00-16:00`, `22:00-02:00`, `00:00-24:00`
fn span_of(text: &str) -> Result<(Time, Option<Time>), String> {
    let wrong =
        || format!("\"{text}\" is no span of time; one looks like 09:00-16:00, and ends at 24:00 at most.");
    let (opens, closes) = text.split_once('-').ok_or_else(wrong)?;
    let opens = time(opens).ok_or_else(wrong)?;
    let closes = if closes == "24:00" { None } else { Some(time(closes).ok_or_else(wrong)?) };
    match closes {
        Some(closes) if closes == opens => {
            Err(format!("\"{text}\" ends when it begins; a whole day is 00:00-24:00."))
        }
        // "Until midnight" means the end of the day.
        Some(Time::MIN) => Ok((opens, None)),
        closes => Ok((opens, closes)),
    }
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(());
    digits(hour).and(digits(minute))?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}
