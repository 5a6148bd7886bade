//! `random_shuffle`: a list in random order.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{MOST_ELEMENTS, Type, Value};

use super::super::object::Arguments;
use super::super::{Resource, made};
use super::generator::Generator;

pub(super) struct Shuffle;

const MOST: i64 = MOST_ELEMENTS as i64;

#[async_trait]
impl Resource for Shuffle {
    fn schema(&self) -> Block {
        Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("input", Attribute::required(Type::list(Type::String)))
            .with("keepers", super::keepers())
            .with("result", Attribute::computed(Type::list(Type::String)))
            .with("result_count", Attribute::optional(Type::Number))
            .with("seed", Attribute::optional(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        super::counts(Arguments(configuration), &["result_count"], 0, MOST, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(super::plan(request, schema, &["input", "result_count", "seed"]))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let arguments = Arguments(request.planned);
        let input = arguments.value("input").and_then(Value::items).unwrap_or_default();
        let count = match arguments.is_given("result_count") {
            true => super::count(arguments, "result_count", 0, MOST, remarks)?,
            false => input.len(),
        };
        let mut result = Vec::new();
        if !input.is_empty() {
            let mut generator = Generator::of(arguments.text("seed"), remarks)?;
            // Every element is used once before any is repeated.
            while result.len() < count {
                let order = generator.permutation(input.len()).into_iter().take(count - result.len());
                result.extend(order.filter_map(|index| input.get(index).cloned()));
            }
        }
        Some(made(request, [("id", Value::string("-")), ("result", Value::list(Type::String, result))]))
    }
}
