//! Values, times and durations in few words, for table cells.

use std::time::Duration;

use jiff::Timestamp;
use unicode_segmentation::UnicodeSegmentation;

use crate::environment::edit::literal;
use crate::value::{Kind, Value};

use super::markdown::one_line;
use super::view::is_secret;

/// Longer values are cut; JSON has them in full.
const LONGEST: usize = 120;

/// A value on one line. A string is shown without quotes if it cannot be mistaken for something else. Secrets stay
/// hidden.
pub(super) fn short(value: &Value) -> String {
    if is_secret(value) {
        return "(sensitive)".to_owned();
    }
    match value.kind() {
        Kind::String(text) if is_plain(text) => cut(text),
        Kind::Unknown(..) => "(not known)".to_owned(),
        _ => cut(&literal(&shown(value)).unwrap_or_else(|| "(not known)".to_owned())),
    }
}

/// Replaces sensitive and unknown values by words that say so.
fn shown(value: &Value) -> Value {
    if is_secret(value) {
        return Value::string("(sensitive)");
    }
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match value.kind() {
        Kind::Unknown(..) => Value::string("(not known)"),
        Kind::Tuple(_) | Kind::List(_) | Kind::Set(_) => {
            Value::tuple(value.items().unwrap_or_default().iter().map(shown).collect::<Vec<_>>())
        }
        Kind::Object(_) | Kind::Map(_) => {
            let entries = value.entries().into_iter().flatten();
            Value::object(entries.map(|(name, item)| (name.clone(), shown(item))).collect::<Vec<_>>())
        }
        _ => value.clone(),
    })
}

fn is_plain(text: &str) -> bool {
    let looks_other = ["null", "true", "false"].contains(&text)
        || text.parse::<f64>().is_ok()
        || text.starts_with(['[', '{', '"', '('])
        || text.trim() != text
        || text.is_empty();
    !looks_other && *one_line(text) == *text
}

/// A name of which the beginning and the end tell more than the middle.
pub(super) fn middle(name: &str) -> String {
    const LONGEST: usize = 48;
    const END: usize = 15;
    let letters: Vec<&str> = name.graphemes(true).collect();
    match (letters.get(..LONGEST - END - 1), letters.len().checked_sub(END).and_then(|at| letters.get(at..)))
    {
        (Some(first), Some(last)) if letters.len() > LONGEST => {
            format!("{}…{}", first.concat(), last.concat())
        }
        _ => name.to_owned(),
    }
}

fn cut(text: &str) -> String {
    match text.grapheme_indices(true).nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// How long ago something was, or its date if that says more.
pub(super) fn ago(when: &str, now: Timestamp) -> String {
    let Ok(then) = when.parse::<Timestamp>() else { return when.to_owned() };
    let seconds = now.as_second().saturating_sub(then.as_second());
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..1_209_600 => counted(seconds.unsigned_abs() / 86_400, "day") + " ago",
        _ => day(when),
    }
}

/// The date of a moment.
pub(super) fn day(when: &str) -> String {
    when.chars().take(10).collect()
}

/// A moment in minutes, for a page that is kept.
pub(super) fn moment(when: &str) -> String {
    match when.parse::<Timestamp>() {
        Ok(then) => then.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => when.to_owned(),
    }
}

/// A duration in its largest whole unit.
pub(super) fn period(period: Duration) -> String {
    let seconds = period.as_secs();
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length && seconds.is_multiple_of(*length));
    let (length, name) = unit.unwrap_or((1, "second"));
    counted(seconds / length, name)
}

/// "1 day", "3 days"
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
