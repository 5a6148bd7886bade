//! Dates and times.

#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::sync::Arc;

use super::Setting;
use super::argument::{Outcome, text};
use super::instant::{Instant, Reading, parse_duration};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Number, Type, Value};

pub(super) fn functions(setting: &Setting) -> Vec<Function> {
    let mut functions = vec![formatdate(), timeadd(), timecmp(), timestamp(setting)];
    if !setting.console {
        functions.push(plantimestamp(setting));
    }
    functions
}

fn string(name: &str, description: &str) -> Parameter {
    Parameter::new(name, Type::String, description)
}

fn instant(arguments: &[Value], index: usize, reading: Reading) -> Result<Instant, FunctionError> {
    Instant::parse(text(arguments, index), reading).map_err(|what| FunctionError::argument(index, what))
}

fn timestamp(setting: &Setting) -> Function {
    let (world, deferred) = (Arc::clone(&setting.world), setting.deferred);
    let description = "The time of this evaluation, in UTC.";
    Function::new("timestamp", description, vec![], Type::String, move |_| {
        if deferred {
            return Ok(Value::unknown(Type::String));
        }
        Ok(Value::string(&world.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
    })
    .never_null()
}

fn plantimestamp(setting: &Setting) -> Function {
    let world = Arc::clone(&setting.world);
    let description = "The time of the plan, in UTC, the same wherever it is asked for.";
    Function::new("plantimestamp", description, vec![], Type::String, move |_| {
        Ok(match world.plan_time() {
            Some(time) => Value::string(&time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            None => Value::unknown(Type::String),
        })
    })
}

fn timeadd() -> Function {
    let parameters = vec![
        string("timestamp", "A timestamp as RFC 3339 writes it."),
        string("duration", "What to add, such as \"1h30m\" or \"-10m\"."),
    ];
    Function::new(
        "timeadd",
        "A timestamp some time later or earlier.",
        parameters,
        Type::String,
        |arguments| {
            let start = instant(arguments, 0, Reading::Strict)?;
            let duration =
                parse_duration(text(arguments, 1)).map_err(|what| FunctionError::argument(1, what))?;
            let end = start.plus(duration).ok_or_else(|| {
                FunctionError::argument(1, "the result is outside of the years that a timestamp can have")
            })?;
            Ok(Value::string(&end.text()))
        },
    )
}

fn timecmp() -> Function {
    let parameters = vec![
        string("timestamp_a", "A timestamp as RFC 3339 writes it."),
        string("timestamp_b", "The timestamp to compare it with."),
    ];
    let description = "-1, 0 or 1 where the first timestamp is before, at or after the second.";
    Function::new("timecmp", description, parameters, Type::Number, |arguments| {
        let first = instant(arguments, 0, Reading::Lenient)?.order();
        let second = instant(arguments, 1, Reading::Lenient)?.order();
        Ok(Value::number(Number::from_i64(first.cmp(&second) as i64)))
    })
    .never_null()
}

fn formatdate() -> Function {
    let parameters = vec![
        string("format", "How to write it: YYYY, MM, DD, hh, mm, ss, and words in single quotes."),
        string("time", "A timestamp as RFC 3339 writes it."),
    ];
    Function::new("formatdate", "A timestamp in another notation.", parameters, Type::String, |arguments| {
        let instant = instant(arguments, 1, Reading::Strict)?;
        format(text(arguments, 0), instant)
    })
    .never_null()
}

fn format(pattern: &str, instant: Instant) -> Outcome {
    let mut written = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => quoted(rest, &mut written)?,
            letter if letter.is_ascii_alphabetic() => {
                let length = rest.chars().take_while(|c| *c == letter).count();
                let verb = rest.get(..length).unwrap_or(rest);
                write_verb(verb, instant, &mut written).map_err(|problem| {
                    FunctionError::argument(0, format!("{verb:?} means nothing in a date format: {problem}"))
                })?;
                length
            }
            other => {
                written.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or("");
    }
    Ok(Value::string(&written))
}

/// Writes the quoted text at the start, and returns its length. A doubled quote stands for itself; at the very end of
/// the pattern it also ends the quotation.
fn quoted(text: &str, written: &mut String) -> Result<usize, FunctionError> {
    if text.starts_with("''") {
        written.push('\'');
        return Ok(2);
    }
    let mut characters = text.char_indices().skip(1).peekable();
    let mut closed = false;
    while let Some((at, character)) = characters.next() {
        closed = character == '\'';
        if closed && characters.next_if(|(_, next)| *next == '\'').is_none() {
            return Ok(at + 1);
        }
        written.push(character);
    }
    if closed {
        return Ok(text.len());
    }
    Err(FunctionError::argument(0, "a single quote opens words that no other one closes"))
}

fn write_verb(verb: &str, instant: Instant, written: &mut String) -> Result<(), String> {
    let at = instant.local;
    let (hour, half_day) = (i16::from(at.hour()), if at.hour() < 12 { "AM" } else { "PM" });
    let half_day_hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    let (number, width) = match verb {
        "YY" => (at.year() % 100, 2),
        "YYYY" => (at.year(), 4),
        "M" => (at.month().into(), 1),
        "MM" => (at.month().into(), 2),
        "D" => (at.day().into(), 1),
        "DD" => (at.day().into(), 2),
        "h" => (hour, 1),
        "hh" => (hour, 2),
        "H" => (half_day_hour, 1),
        "HH" => (half_day_hour, 2),
        "m" => (at.minute().into(), 1),
        "mm" => (at.minute().into(), 2),
        "s" => (at.second().into(), 1),
        "ss" => (at.second().into(), 2),
        _ => {
            let words = match verb {
                "MMM" => at.strftime("%b").to_string(),
                "MMMM" => at.strftime("%B").to_string(),
                "EEE" => at.strftime("%a").to_string(),
                "EEEE" => at.strftime("%A").to_string(),
                "AA" => half_day.to_owned(),
                "aa" => half_day.to_lowercase(),
                "Z" => instant.offset_or_z(),
                "ZZZ" if instant.offset_seconds == 0 => "UTC".to_owned(),
                "ZZZ" | "ZZZZ" => instant.offset(""),
                "ZZZZZ" => instant.offset(":"),
                _ => return Err(instead_of(verb)),
            };
            written.push_str(&words);
            return Ok(());
        }
    };
    write!(written, "{number:0width$}").map_err(|e| e.to_string())
}

/// Suggests the verb that was probably meant.
fn instead_of(verb: &str) -> String {
    match verb.as_bytes().first() {
        Some(b'Y') => "a year is YY or YYYY",
        Some(b'M') => "a month is M, MM, MMM or MMMM; minutes are m or mm",
        Some(b'D') => "a day of the month is D or DD",
        Some(b'E') => "a day of the week is EEE or EEEE",
        Some(b'h') => "an hour of the day is h or hh",
        Some(b'H') => "an hour of half a day is H or HH",
        Some(b'A' | b'a') => "the half of the day is AA or aa",
        Some(b'm') => "a minute is m or mm; months are M, MM, MMM or MMMM",
        Some(b's') => "a second is s or ss",
        Some(b'Z') => "an offset is Z, ZZZ, ZZZZ or ZZZZZ",
        _ => "put letters to be taken as they are in single quotes",
    }
    .to_owned()
}
