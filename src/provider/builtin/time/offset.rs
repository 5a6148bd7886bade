//! `time_offset`: a time, and another one at a given distance.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::moment::{Clock, Moment};
use super::super::object::{Arguments, filled};
use super::super::{Draft, Resource};

pub(super) struct Offset(pub(super) Clock);

/// In the order of import ids.
const OFFSETS: [&str; 6] =
    ["offset_years", "offset_months", "offset_days", "offset_hours", "offset_minutes", "offset_seconds"];

#[async_trait]
impl Resource for Offset {
    fn schema(&self) -> Block {
        let block = super::block()
            .with("base_rfc3339", Attribute::optional_computed(Type::String))
            .with("rfc3339", Attribute::computed(Type::String));
        OFFSETS.iter().fold(block, |block, name| block.with(name, Attribute::optional(Type::Number)))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        super::check_timestamps(arguments, &["base_rfc3339"], remarks);
        super::check_amounts(arguments, &OFFSETS, &OFFSETS, i64::MIN, remarks);
    }

    /// A changed offset applies to the same base, and is known at once.
    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        if !draft.is_new() {
            // The base stays even while the amounts are not known yet.
            let kept: &[&str] = if draft.changes("base_rfc3339") { &[] } else { &["base_rfc3339", "id"] };
            draft.reconsider(kept);
            let are_known = OFFSETS.iter().all(|name| draft.get(name).is_none_or(Value::is_known));
            if are_known && OFFSETS.iter().any(|name| draft.changes(name)) {
                let written = match draft.configured("base_rfc3339") {
                    Some(configured) => configured.as_str(),
                    None => draft.prior("base_rfc3339").and_then(Value::as_str),
                };
                // With an unknown base, everything is unknown.
                if let Some(written) = written {
                    for (name, value) in offset(Arguments(request.proposed), written, remarks)? {
                        draft.set(name, value);
                    }
                }
            }
        }
        draft.fixed("triggers");
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let now = self.0.now().to_string();
        let arguments = Arguments(request.planned);
        let results = offset(arguments, arguments.text("base_rfc3339").unwrap_or(&now), remarks)?;
        Some(Applied { value: filled(request.planned, results), private: request.private.to_vec() })
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        self.create(request, remarks).await
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let parts: Vec<&str> = id.split(',').collect();
        // A zero is as good as nothing.
        let amount = |part: &str| match part {
            "" => Some(None),
            part => part.parse().ok().map(|amount| Some(amount).filter(|amount| *amount != 0)),
        };
        let amounts: Option<Vec<Option<i64>>> = parts.iter().skip(1).map(|part| amount(part)).collect();
        let (Some(base), Some(amounts)) = (parts.first().and_then(|base| Moment::parse(base)), amounts)
        else {
            wrong_id(id, remarks);
            return None;
        };
        if amounts.len() != OFFSETS.len() || amounts.iter().all(Option::is_none) {
            wrong_id(id, remarks);
            return None;
        }
        let given = OFFSETS.into_iter().zip(amounts);
        let given = given.filter_map(|(name, amount)| Some((name, super::integer(amount?))));
        let object = Value::object(given);
        let results = offset(Arguments(&object), &base.to_string(), remarks)?;
        Some(filled(&object, results))
    }
}

fn wrong_id(id: &str, remarks: &mut Remarks) {
    let wanted = "the base timestamp and the years, months, days, hours, minutes and seconds of the offset, with \
                  commas between them and at least one of the six not empty";
    super::unsuitable_id(id, wanted, remarks);
}

/// Everything that follows from a base.
fn offset(
    arguments: Arguments<'_>,
    base: &str,
    remarks: &mut Remarks,
) -> Option<impl Iterator<Item = (&'static str, Value)> + use<>> {
    let moment = super::timestamp(base, "base_rfc3339", remarks)?;
    // What is no year of RFC 3339 could not be read again.
    let Some(result) = shifted(arguments, moment).filter(|result| result.local().year() >= 0) else {
        super::too_far(remarks);
        return None;
    };
    let known = [
        ("base_rfc3339", Value::string(base)),
        ("id", super::text(moment)),
        ("rfc3339", super::text(result)),
    ];
    Some(super::parts(result).into_iter().chain(known))
}

/// Adds one amount after the other; the order matters because months have different lengths.
fn shifted(arguments: Arguments<'_>, base: Moment) -> Option<Moment> {
    let amount = |name| arguments.number(name).unwrap_or_default();
    base.plus_calendar(0, 0, amount("offset_days"))?
        .plus_seconds(amount("offset_hours").checked_mul(3600)?)?
        .plus_seconds(amount("offset_minutes").checked_mul(60)?)?
        .plus_calendar(0, amount("offset_months"), 0)?
        .plus_seconds(amount("offset_seconds"))?
        .plus_calendar(amount("offset_years"), 0, 0)
}
