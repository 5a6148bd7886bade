//! `random_pet`: memorable names.

use async_trait::async_trait;

use crate::diag::Severity;
use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::object::Arguments;
use super::super::{Draft, Resource, entropy, made};
use super::words::{ADJECTIVES, ADVERBS, NAMES};

pub(super) struct Pet;

/// The longest sensible name in words, with a wide margin.
const MOST_WORDS: i64 = 1 << 16;

/// Any number below one means two.
const LEAST_WORDS: i64 = -MOST_WORDS;

#[async_trait]
impl Resource for Pet {
    fn schema(&self) -> Block {
        Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("keepers", super::keepers())
            .with("length", Attribute::optional_computed(Type::Number))
            .with("prefix", Attribute::optional(Type::String))
            .with("separator", Attribute::optional_computed(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        super::counts(Arguments(configuration), &["length"], LEAST_WORDS, MOST_WORDS, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        draft.default("length", super::integer(2));
        draft.default("separator", Value::string("-"));
        draft.keepers("keepers");
        for name in ["length", "prefix", "separator"] {
            draft.fixed(name);
        }
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let arguments = Arguments(request.planned);
        self.validate(request.planned, remarks);
        if remarks.iter().any(|remark| remark.severity == Severity::Error) {
            return None;
        }
        let length = arguments.number("length").unwrap_or_default();
        let separator = arguments.text("separator").unwrap_or_default();
        let prefix = arguments.text("prefix").filter(|prefix| !prefix.is_empty());
        let mut words: Vec<&str> = prefix.into_iter().collect();
        for _ in 2..length {
            words.push(any(ADVERBS, remarks)?);
        }
        if length != 1 {
            words.push(any(ADJECTIVES, remarks)?);
        }
        words.push(any(NAMES, remarks)?);
        Some(made(request, [("id", Value::string(&words.join(separator)))]))
    }
}

fn any(words: &'static [&'static str], remarks: &mut Remarks) -> Option<&'static str> {
    let index = entropy::below(words.len() as u64, remarks)?;
    words.get(index as usize).copied()
}
