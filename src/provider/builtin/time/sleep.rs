//! `time_sleep`: waits after creation, and before destruction.

use std::time::Duration;

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, Current, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::moment::Clock;
use super::super::object::{Arguments, at};
use super::super::{Draft, Resource, Stop, made};

pub(super) struct Sleep {
    pub(super) clock: Clock,
    pub(super) stop: Stop,
}

const DURATIONS: [&str; 2] = ["create_duration", "destroy_duration"];

#[async_trait]
impl Resource for Sleep {
    fn schema(&self) -> Block {
        let block = Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("triggers", Attribute::optional(Type::map(Type::String)));
        DURATIONS.iter().fold(block, |block, name| block.with(name, Attribute::optional(Type::String)))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        super::one_of(arguments, &DURATIONS, remarks);
        for name in DURATIONS {
            if let Some(written) = arguments.text(name) {
                duration(written, name, remarks);
            }
        }
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        draft.fixed("triggers");
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        self.wait(request.planned, "create_duration", remarks).await?;
        Some(made(request, [("id", super::text(self.clock.now()))]))
    }

    async fn delete(&self, current: Current<'_>, remarks: &mut Remarks) {
        self.wait(current.value, "destroy_duration", remarks).await;
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let found = id.split_once(',').filter(|(create, destroy)| {
            let is_well = |text: &str| text.is_empty() || parsed(text).is_some();
            is_well(create) && is_well(destroy) && !(create.is_empty() && destroy.is_empty())
        });
        let Some((create, destroy)) = found else {
            let wanted = "the two durations with a comma between them, one of which may be empty";
            super::unsuitable_id(id, wanted, remarks);
            return None;
        };
        let given = DURATIONS.into_iter().zip([create, destroy]);
        let given =
            given.filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, Value::string(text)));
        Some(Value::object(given.chain([("id", super::text(self.clock.now()))])))
    }
}

impl Sleep {
    /// `None`, with an error among the remarks, if it was told to stop.
    async fn wait(&self, object: &Value, name: &str, remarks: &mut Remarks) -> Option<()> {
        let Some(written) = Arguments(object).text(name).filter(|written| !written.is_empty()) else {
            return Some(());
        };
        let duration = duration(written, name, remarks)?;
        tokio::select! {
            () = tokio::time::sleep(duration) => Some(()),
            () = self.stop.said() => {
                let detail = format!("The wait of {written} (\"{name}\") was cut short.");
                remarks.push(Remark::error("Interrupted", detail));
                None
            }
        }
    }
}

fn duration(written: &str, name: &str, remarks: &mut Remarks) -> Option<Duration> {
    let found = parsed(written);
    if found.is_none() {
        let detail = format!(
            "\"{name}\" is a number and a unit, one of ms, s, m and h, such as \"30s\" or \"1.5h\", not \"{written}\"."
        );
        remarks.push(Remark::error("Unsuitable duration", detail).at(at(name)));
    }
    found
}

fn parsed(written: &str) -> Option<Duration> {
    let unit = written.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = written.split_at(unit);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = match number.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(number),
    };
    let number: f64 = if is_number { number.parse().ok()? } else { return None };
    Duration::try_from_secs_f64(number * seconds).ok()
}
