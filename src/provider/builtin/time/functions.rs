//! Functions that split times and durations into parts.

use crate::eval::functions::parse_duration;
use crate::expression::{Function, FunctionError, Parameter};
use crate::provider::builtin::moment::Moment;
use crate::value::{Number, Type, Value};

use super::{integer, text};

pub(super) fn functions() -> Vec<Function> {
    vec![duration_parse(), rfc3339_parse(), unix_timestamp_parse()]
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// In their numeric order, from Sunday on.
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn rfc3339_parse() -> Function {
    let timestamp = Parameter::new("timestamp", Type::String, "A timestamp as RFC 3339 writes it.");
    let description = "The parts of a timestamp, at the place where it was written.";
    let result = calendar(("unix", Type::Number));
    Function::new("rfc3339_parse", description, vec![timestamp], result, |arguments| {
        let written = arguments[0].as_str().unwrap_or_default();
        let moment = Moment::parse(written).ok_or_else(|| {
            let why = format!("{written:?} is not a timestamp such as \"2006-01-02T15:04:05Z\" (RFC 3339)");
            FunctionError::argument(0, why)
        })?;
        Ok(taken_apart(moment, ("unix", integer(moment.unix()))))
    })
    .never_null()
}

fn unix_timestamp_parse() -> Function {
    let seconds = Parameter::new("unix_timestamp", Type::Number, "Seconds since the beginning of 1970, UTC.");
    let description = "The parts of the moment that is so many seconds after the beginning of 1970, in UTC.";
    let result = calendar(("rfc3339", Type::String));
    Function::new("unix_timestamp_parse", description, vec![seconds], result, |arguments| {
        let seconds = arguments[0].as_number().and_then(Number::to_i64);
        let seconds =
            seconds.ok_or_else(|| FunctionError::argument(0, "a whole number of seconds is needed"))?;
        let moment = Moment::at(seconds)
            .ok_or_else(|| FunctionError::argument(0, "the moment is beyond the years that are known"))?;
        Ok(taken_apart(moment, ("rfc3339", text(moment))))
    })
    .never_null()
}

/// The attributes that both functions return, and the one of its own.
fn calendar(own: (&str, Type)) -> Type {
    let numbers =
        ["year", "year_day", "month", "day", "weekday", "hour", "minute", "second", "iso_year", "iso_week"];
    let texts = ["month_name", "weekday_name"];
    let numbers = numbers.iter().map(|name| (*name, Type::Number));
    let texts = texts.iter().map(|name| (*name, Type::String));
    Type::object(numbers.chain(texts).chain([own]))
}

fn taken_apart(moment: Moment, own: (&str, Value)) -> Value {
    let local = moment.local();
    let week = local.date().iso_week_date();
    let weekday = local.weekday().to_sunday_zero_offset();
    let name = |names: &[&str], at: i8| {
        let name = usize::try_from(at).ok().and_then(|at| names.get(at));
        Value::string(name.expect("calendars have no other months and days"))
    };
    let number = |number: i16| integer(i64::from(number));
    Value::object([
        ("year", number(local.year())),
        ("year_day", number(local.day_of_year())),
        ("month", number(local.month().into())),
        ("month_name", name(&MONTHS, local.month() - 1)),
        ("day", number(local.day().into())),
        ("weekday", number(weekday.into())),
        ("weekday_name", name(&DAYS, weekday)),
        ("hour", number(local.hour().into())),
        ("minute", number(local.minute().into())),
        ("second", number(local.second().into())),
        ("iso_year", number(week.year())),
        ("iso_week", number(week.week().into())),
        own,
    ])
}

/// Large units are fractions, small ones whole numbers.
fn duration_parse() -> Function {
    let duration = Parameter::new("duration", Type::String, "A duration such as \"1h30m\" or \"-1.5s\".");
    let description = "A duration counted in each of the units.";
    let units = ["hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"];
    let result = Type::object(units.map(|name| (name, Type::Number)));
    Function::new("duration_parse", description, vec![duration], result, |arguments| {
        let written = arguments[0].as_str().unwrap_or_default();
        let all = parse_duration(written).map_err(|why| FunctionError::argument(0, why))?;
        Ok(Value::object([
            ("hours", float(all, 3_600_000_000_000)),
            ("minutes", float(all, 60_000_000_000)),
            ("seconds", float(all, 1_000_000_000)),
            ("milliseconds", integer(all / 1_000_000)),
            ("microseconds", integer(all / 1_000)),
            ("nanoseconds", integer(all)),
        ]))
    })
    .never_null()
}

/// Adds the whole part and the rest separately, so that no digit is lost.
#[expect(clippy::cast_precision_loss, reason = "floating point is what is asked for")]
fn float(nanoseconds: i64, unit: i64) -> Value {
    let value = (nanoseconds / unit) as f64 + (nanoseconds % unit) as f64 / unit as f64;
    Value::number(Number::from_f64(value).expect("a quotient of numbers that are not zero is a number"))
}
