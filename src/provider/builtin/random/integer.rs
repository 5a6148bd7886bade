//! `random_integer`: a number in a range.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::object::Arguments;
use super::super::{Resource, made};
use super::generator::Generator;

pub(super) struct Integer;

#[async_trait]
impl Resource for Integer {
    fn schema(&self) -> Block {
        Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("keepers", super::keepers())
            .with("max", Attribute::required(Type::Number))
            .with("min", Attribute::required(Type::Number))
            .with("result", Attribute::computed(Type::Number))
            .with("seed", Attribute::optional(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        super::counts(arguments, &["min", "max"], i64::MIN, i64::MAX, remarks);
        range(arguments, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(super::plan(request, schema, &["min", "max", "seed"]))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let arguments = Arguments(request.planned);
        self.validate(request.planned, remarks);
        let (min, max) = range(arguments, &mut Remarks::new())?;
        let mut generator = Generator::of(arguments.text("seed"), remarks)?;
        // The size of the range, which overflows if it has all numbers.
        let offset = match max.abs_diff(min).checked_add(1) {
            Some(count) => generator.below(count),
            None => generator.next(),
        };
        let result = min.wrapping_add_unsigned(offset);
        Some(made(request, [("id", Value::string(&result.to_string())), ("result", super::integer(result))]))
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let parts: Vec<&str> = id.split(',').collect();
        let number = |part: &str| part.parse::<i64>().ok();
        let numbers =
            |result: &str, min: &str, max: &str| Some((number(result)?, number(min)?, number(max)?));
        let found = match parts.as_slice() {
            [result, min, max] => numbers(result, min, max).map(|found| (found, None)),
            [result, min, max, seed] => numbers(result, min, max).map(|found| (found, Some(*seed))),
            _ => None,
        };
        let Some(((result, min, max), seed)) = found else {
            let detail = format!(
                "A random_integer is imported by \"result,min,max\" or \"result,min,max,seed\" with whole numbers, \
                 and \"{id}\" is neither."
            );
            remarks.push(Remark::error("Unsuitable import id", detail));
            return None;
        };
        let seed = seed.map(|seed| ("seed", Value::string(seed)));
        let known = [
            ("id", Value::string(parts.first().copied().unwrap_or_default())),
            ("max", super::integer(max)),
            ("min", super::integer(min)),
            ("result", super::integer(result)),
        ];
        Some(Value::object(known.into_iter().chain(seed)))
    }
}

/// The range if it is known and not empty.
fn range(arguments: Arguments<'_>, remarks: &mut Remarks) -> Option<(i64, i64)> {
    let (min, max) = (arguments.number("min")?, arguments.number("max")?);
    if min > max {
        let detail = format!("No number is at least {min} (\"min\") and at most {max} (\"max\").");
        remarks.push(Remark::error("Empty range", detail).at(super::at("min")));
        return None;
    }
    Some((min, max))
}
