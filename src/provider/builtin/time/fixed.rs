//! `time_static`: a fixed time.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::moment::{Clock, Moment};
use super::super::object::{Arguments, filled};
use super::super::{Draft, Resource};

pub(super) struct Static(pub(super) Clock);

#[async_trait]
impl Resource for Static {
    fn schema(&self) -> Block {
        super::block().with("rfc3339", Attribute::optional_computed(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        super::check_timestamps(Arguments(configuration), &["rfc3339"], remarks);
    }

    /// A given time is known at once; the present one only after apply.
    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        if !draft.is_new() {
            draft.reconsider(&["id"]);
        } else if let Some(written) = draft.get("rfc3339").and_then(Value::as_str).map(str::to_owned) {
            let moment = super::timestamp(&written, "rfc3339", remarks)?;
            for (name, value) in super::parts(moment) {
                draft.set(name, value);
            }
            draft.set("id", Value::string(&written));
        }
        draft.fixed("rfc3339");
        draft.fixed("triggers");
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let written = Arguments(request.planned).text("rfc3339");
        let moment = match written {
            Some(written) => super::timestamp(written, "rfc3339", remarks)?,
            None => self.0.now(),
        };
        let text = written.map_or_else(|| super::text(moment), Value::string);
        Some(Applied {
            value: filled(request.planned, whole(moment, &text)),
            private: request.private.to_vec(),
        })
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let Some(moment) = Moment::parse(id) else {
            super::unsuitable_id(id, "a timestamp such as \"2006-01-02T15:04:05Z\"", remarks);
            return None;
        };
        Some(Value::object(whole(moment, &super::text(moment))))
    }
}

fn whole(moment: Moment, text: &Value) -> impl Iterator<Item = (&'static str, Value)> {
    super::parts(moment).into_iter().chain([("id", text.clone()), ("rfc3339", text.clone())])
}
