//! `time_rotating`: a time, and another one at which the object expires and is replaced.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, Current, PlanRequest, Planned, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::moment::{Clock, Moment};
use super::super::object::{Arguments, filled};
use super::super::{Draft, Resource};

pub(super) struct Rotating(pub(super) Clock);

/// In the order of import ids.
const ROTATIONS: [&str; 5] =
    ["rotation_years", "rotation_months", "rotation_days", "rotation_hours", "rotation_minutes"];

const TARGET: &str = "rotation_rfc3339";

#[async_trait]
impl Resource for Rotating {
    fn schema(&self) -> Block {
        let block = super::block()
            .with("rfc3339", Attribute::optional_computed(Type::String))
            .with(TARGET, Attribute::optional_computed(Type::String));
        ROTATIONS.iter().fold(block, |block, name| block.with(name, Attribute::optional(Type::Number)))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        super::check_timestamps(arguments, &["rfc3339", TARGET], remarks);
        let alternatives: Vec<&str> = ROTATIONS.into_iter().chain([TARGET]).collect();
        super::check_amounts(arguments, &ROTATIONS, &alternatives, 1, remarks);
    }

    /// A changed rotation counts from the same time, and is known at once.
    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        // Where it began stays, whatever is not known yet of the rest.
        if !draft.is_new() && draft.reconsider(&["rfc3339", "id"]) {
            let base = match draft.configured("rfc3339") {
                Some(configured) => configured.as_str(),
                None => draft.prior("rfc3339").and_then(Value::as_str),
            };
            let target = draft.configured(TARGET);
            let are_known = target.is_none_or(Value::is_known)
                && ROTATIONS.iter().all(|name| draft.get(name).is_none_or(Value::is_known));
            if let (true, Some(base)) = (are_known, base) {
                let target = target.and_then(Value::as_str);
                for (name, value) in rotation(Arguments(request.proposed), target, base, remarks)? {
                    draft.set(name, value);
                }
            }
        }
        draft.fixed("rfc3339");
        let due = draft.prior(TARGET).and_then(Value::as_str).and_then(Moment::parse);
        if due.is_some_and(|due| self.0.now().is_after(due)) {
            draft.fixed(TARGET);
        }
        draft.fixed("triggers");
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let arguments = Arguments(request.planned);
        let now = self.0.now().to_string();
        let base = arguments.text("rfc3339").unwrap_or(&now);
        let results = rotation(arguments, Arguments(request.configuration).text(TARGET), base, remarks)?;
        Some(Applied { value: filled(request.planned, results), private: request.private.to_vec() })
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        // It counts from its start, unless the configuration says otherwise.
        let began = Arguments(request.planned).text("rfc3339").or(Arguments(request.prior).text("rfc3339"));
        let planned = filled(request.planned, began.map(|began| ("rfc3339", Value::string(began))));
        self.create(&ApplyRequest { planned: &planned, ..*request }, remarks).await
    }

    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        let due = Arguments(current.value).text(TARGET).and_then(Moment::parse);
        let is_due = due.is_some_and(|due| self.0.now().is_after(due));
        let value = if is_due { Value::null(current.value.ty()) } else { current.value.clone() };
        Some(Applied { value, private: current.private.to_vec() })
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let parts: Vec<&str> = id.split(',').collect();
        let found = match parts.as_slice() {
            [base, target] => Moment::parse(base)
                .zip(Moment::parse(target))
                .map(|(base, target)| (base, Value::object([(TARGET, super::text(target))]))),
            [base, amounts @ ..] if amounts.len() == ROTATIONS.len() => {
                Moment::parse(base).zip(amounts_of(amounts))
            }
            _ => None,
        };
        let Some((base, object)) = found else {
            let wanted = "the base timestamp and the rotation timestamp, or the base timestamp and the years, months, \
                          days, hours and minutes of the rotation, at least one of them more than zero, with commas \
                          between them";
            super::unsuitable_id(id, wanted, remarks);
            return None;
        };
        let arguments = Arguments(&object);
        let results = rotation(arguments, arguments.text(TARGET), &base.to_string(), remarks)?;
        Some(filled(&object, results))
    }
}

/// `None` if they are not numbers, or all are empty. Zero counts as empty.
fn amounts_of(parts: &[&str]) -> Option<Value> {
    let mut given = Vec::new();
    for (name, part) in ROTATIONS.into_iter().zip(parts) {
        match part.is_empty() {
            true => {}
            false => match part.parse::<i64>().ok()? {
                0 => {}
                amount if amount > 0 => given.push((name, super::integer(amount))),
                _ => return None,
            },
        }
    }
    (!given.is_empty()).then(|| Value::object(given))
}

/// Everything that follows from a base. The parts are those of the expiry time.
fn rotation(
    arguments: Arguments<'_>,
    target: Option<&str>,
    base: &str,
    remarks: &mut Remarks,
) -> Option<impl Iterator<Item = (&'static str, Value)> + use<>> {
    let moment = super::timestamp(base, "rfc3339", remarks)?;
    let due = match target {
        Some(target) => super::timestamp(target, TARGET, remarks)?,
        None => match due(arguments, moment) {
            Some(due) => due,
            None => {
                super::too_far(remarks);
                return None;
            }
        },
    };
    let due_text = target.map_or_else(|| super::text(due), Value::string);
    let known = [("id", super::text(moment)), ("rfc3339", Value::string(base)), (TARGET, due_text)];
    Some(super::parts(due).into_iter().chain(known))
}

/// Amounts are not added: of several given ones, the last in this order counts.
fn due(arguments: Arguments<'_>, base: Moment) -> Option<Moment> {
    let amount = |name| arguments.number(name).filter(|amount| *amount != 0);
    let mut due = base;
    if let Some(days) = amount("rotation_days") {
        due = base.plus_calendar(0, 0, days)?;
    }
    if let Some(hours) = amount("rotation_hours") {
        due = base.plus_seconds(hours.checked_mul(3600)?)?;
    }
    if let Some(minutes) = amount("rotation_minutes") {
        due = base.plus_seconds(minutes.checked_mul(60)?)?;
    }
    if let Some(months) = amount("rotation_months") {
        due = base.plus_calendar(0, months, 0)?;
    }
    if let Some(years) = amount("rotation_years") {
        due = base.plus_calendar(years, 0, 0)?;
    }
    Some(due)
}
