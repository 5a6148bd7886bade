//! `hashicorp/time`: times that are kept in the state, and waiting.

mod fixed;
mod functions;
mod offset;
mod rotating;
mod sleep;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Number, Type, Value};

use super::moment::{Clock, Moment};
use super::object::{Arguments, at, quoted};
use super::{ProviderDefinition, Stop};

pub(super) fn definition() -> ProviderDefinition {
    kit_with(&Clock::real())
}

fn kit_with(clock: &Clock) -> ProviderDefinition {
    let stop = Stop::default();
    ProviderDefinition {
        release: "0.14.0",
        resources: vec![
            ("time_offset", Arc::new(offset::Offset(clock.clone()))),
            ("time_rotating", Arc::new(rotating::Rotating(clock.clone()))),
            ("time_sleep", Arc::new(sleep::Sleep { clock: clock.clone(), stop: stop.clone() })),
            ("time_static", Arc::new(fixed::Static(clock.clone()))),
        ],
        functions: functions::functions(),
        stop,
        ..ProviderDefinition::default()
    }
}

/// The parts of a time, by attribute.
const PARTS: [&str; 7] = ["day", "hour", "minute", "month", "second", "unix", "year"];

/// The common attributes of these resources.
fn block() -> Block {
    let block = Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("triggers", Attribute::optional(Type::map(Type::String)));
    PARTS.iter().fold(block, |block, name| block.with(name, Attribute::computed(Type::Number)))
}

fn parts(moment: Moment) -> [(&'static str, Value); 7] {
    let local = moment.local();
    let values = [
        i64::from(local.day()),
        i64::from(local.hour()),
        i64::from(local.minute()),
        i64::from(local.month()),
        i64::from(local.second()),
        moment.unix(),
        i64::from(local.year()),
    ];
    let mut values = values.into_iter();
    PARTS.map(|name| (name, integer(values.next().unwrap_or_default())))
}

fn integer(value: i64) -> Value {
    Value::number(Number::from_i64(value))
}

fn text(moment: Moment) -> Value {
    Value::string(&moment.to_string())
}

/// A timestamp, or an error among the remarks.
fn timestamp(written: &str, name: &str, remarks: &mut Remarks) -> Option<Moment> {
    let found = Moment::parse(written);
    if found.is_none() {
        let detail =
            format!("\"{name}\" is a timestamp such as \"2006-01-02T15:04:05Z\", not \"{written}\".");
        remarks.push(Remark::error("Unsuitable timestamp", detail).at(at(name)));
    }
    found
}

fn check_timestamps(arguments: Arguments<'_>, names: &[&str], remarks: &mut Remarks) {
    for name in names {
        if let Some(written) = arguments.text(name) {
            timestamp(written, name, remarks);
        }
    }
}

/// Checks amounts, and requires at least one of these arguments.
fn check_amounts(
    arguments: Arguments<'_>,
    names: &[&str],
    alternatives: &[&str],
    least: i64,
    remarks: &mut Remarks,
) {
    for name in names {
        let Some(given) = arguments.value(name).and_then(Value::as_number) else { continue };
        if given.to_i64().is_none_or(|amount| amount < least) {
            let bound = if least == i64::MIN { String::new() } else { format!(", at least {least}") };
            let detail = format!("\"{name}\" is a whole number{bound}, not {given}.");
            remarks.push(Remark::error("Number out of range", detail).at(at(name)));
        }
    }
    one_of(arguments, alternatives, remarks);
}

fn one_of(arguments: Arguments<'_>, names: &[&str], remarks: &mut Remarks) {
    if !names.iter().any(|name| arguments.is_given(name)) {
        let detail = format!("At least one of {} is needed, and none is given.", quoted(names));
        remarks.push(Remark::error("Missing argument", detail));
    }
}

fn too_far(remarks: &mut Remarks) {
    let detail = "The moment that the arguments come to lies before the year 0 or beyond the year 9999.";
    remarks.push(Remark::error("Moment out of range", detail));
}

fn unsuitable_id(id: &str, wanted: &str, remarks: &mut Remarks) {
    let detail = format!("The id to import is {wanted}, and \"{id}\" is not.");
    remarks.push(Remark::error("Unsuitable import id", detail));
}
