//! Numbers: rounding, choosing, powers, logarithms and other bases.

use super::argument::{float, number, text, whole};
use super::power::{logarithm, power};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Mark, Marks, Number, Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![abs(), ceil(), floor(), log(), max(), min(), parseint(), pow(), signum()]
}

fn abs() -> Function {
    let num = Parameter::new("num", Type::Number, "The number.").allow_dynamic();
    Function::new("abs", "The distance of a number from zero.", vec![num], Type::Number, |arguments| {
        let number = number(arguments, 0)?;
        Ok(Value::number(if number.has_minus() { number.negated() } else { number.clone() }))
    })
    .never_null()
}

fn ceil() -> Function {
    let num = Parameter::new("num", Type::Number, "The number to round.");
    Function::new("ceil", "Rounds up to a whole number.", vec![num], Type::Number, |arguments| {
        Ok(Value::number(number(arguments, 0)?.ceiling()))
    })
    .never_null()
}

fn floor() -> Function {
    let num = Parameter::new("num", Type::Number, "The number to round.");
    Function::new("floor", "Rounds down to a whole number.", vec![num], Type::Number, |arguments| {
        Ok(Value::number(number(arguments, 0)?.floor()))
    })
    .never_null()
}

fn log() -> Function {
    let parameters = vec![
        Parameter::new("num", Type::Number, "The number to take the logarithm of."),
        Parameter::new("base", Type::Number, "The base of the logarithm."),
    ];
    Function::new("log", "The logarithm of a number in a base.", parameters, Type::Number, |arguments| {
        from_machine(logarithm(float(arguments, 0)?) / logarithm(float(arguments, 1)?))
    })
    .never_null()
}

fn pow() -> Function {
    let parameters = vec![
        Parameter::new("num", Type::Number, "The number to raise."),
        Parameter::new("power", Type::Number, "The exponent."),
    ];
    Function::new("pow", "Raises a number to a power.", parameters, Type::Number, |arguments| {
        from_machine(power(float(arguments, 0)?, float(arguments, 1)?))
    })
    .never_null()
}

fn from_machine(value: f64) -> Result<Value, FunctionError> {
    Number::from_f64(value).map(Value::number).ok_or_else(|| FunctionError::new("the result is not a number"))
}

fn max() -> Function {
    let numbers = Parameter::new("numbers", Type::Number, "A candidate.").allow_dynamic();
    Function::new("max", "The greatest of some numbers.", vec![], Type::Number, |arguments| {
        choose(arguments, |candidate, best| candidate > best)
    })
    .variadic(numbers)
    .never_null()
}

fn min() -> Function {
    let numbers = Parameter::new("numbers", Type::Number, "A candidate.").allow_dynamic();
    Function::new("min", "The smallest of some numbers.", vec![], Type::Number, |arguments| {
        choose(arguments, |candidate, best| candidate < best)
    })
    .variadic(numbers)
    .never_null()
}

fn choose(arguments: &[Value], better: fn(&Number, &Number) -> bool) -> Result<Value, FunctionError> {
    let mut numbers = arguments.iter().filter_map(Value::as_number);
    let first = numbers.next().ok_or_else(|| FunctionError::new("at least one number is needed"))?;
    let best = numbers.fold(first, |best, candidate| if better(candidate, best) { candidate } else { best });
    Ok(Value::number(best.clone()))
}

fn signum() -> Function {
    let num = Parameter::new("num", Type::Number, "A whole number.");
    Function::new("signum", "The sign of a number: -1, 0 or 1.", vec![num], Type::Number, |arguments| {
        Ok(Value::number(Number::from_i64(whole(arguments, 0)?.signum())))
    })
    .never_null()
}

fn parseint() -> Function {
    let parameters = vec![
        Parameter::new("number", Type::Dynamic, "The digits, with a sign if need be.")
            .allow_marked()
            .allow_unknown(),
        Parameter::new("base", Type::Number, "The base, from 2 to 62.").allow_marked().allow_unknown(),
    ];
    Function::typed(
        "parseint",
        "Reads a whole number in some base.",
        parameters,
        |arguments| match arguments.first().map(Value::ty) {
            Some(Type::String) | None => Ok(Type::Number),
            Some(other) => Err(FunctionError::argument(
                0,
                format!("the digits must be a string, not {}", other.friendly()),
            )),
        },
        |arguments, _| {
            let (digits, base, marks) = unmarked_pair(arguments);
            if !digits.is_known() || !base.is_known() {
                return Ok(Value::unknown(Type::Number).with_marks(&marks));
            }
            let pair = [digits, base];
            let secret = marks.contains(&Mark::Sensitive);
            let base = u32::try_from(whole(&pair, 1)?).ok().filter(|base| (2..=62).contains(base));
            let base = base
                .ok_or_else(|| FunctionError::argument(1, "the base must be a whole number from 2 to 62"))?;
            let digits = text(&pair, 0);
            let value = Number::from_text_radix(digits, base).ok_or_else(|| {
                let shown = if secret { "the sensitive value".to_owned() } else { format!("{digits:?}") };
                FunctionError::argument(0, format!("{shown} is not a whole number in base {base}"))
            })?;
            Ok(Value::number(value).with_marks(&marks))
        },
    )
    .never_null()
}

fn unmarked_pair(arguments: &[Value]) -> (Value, Value, Marks) {
    let take = |index: usize| arguments.get(index).cloned().unwrap_or_else(Value::dynamic).unmark();
    let ((first, first_marks), (second, second_marks)) = (take(0), take(1));
    (first, second, first_marks.union(&second_marks).deciding())
}
