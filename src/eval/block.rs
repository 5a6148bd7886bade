//! Decodes a body by a schema into one object with every argument and nested block.

use std::sync::Arc;

use crate::config::LayeredBody;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::{Names, Scope, evaluate};
use crate::schema::{self, NestedBlock, Nesting};
use crate::syntax::{Attribute, Block, BlockRule, BodyRule, Content, Expression};
use crate::value::{Entries, Kind, Marks, Name, Type, Value, convert};

use super::dynamic::{self, Expanded};
use super::names::WithNames;

/// Evaluates the expressions of a body, with the iterators of the `dynamic` blocks around them.
pub trait Evaluate {
    fn value(&self, expression: &Expression, names: &Names, diagnostics: &mut Diagnostics) -> Value;
}

/// Evaluates over a scope, as it stands.
impl<S: Scope> Evaluate for S {
    fn value(&self, expression: &Expression, names: &Names, diagnostics: &mut Diagnostics) -> Value {
        if names.is_empty() {
            return evaluate(expression, self, diagnostics);
        }
        evaluate(expression, &WithNames { below: self, names }, diagnostics)
    }
}

/// Decodes a body by its schema. A value with an error is unknown.
pub fn block(
    body: &LayeredBody,
    schema: &schema::Block,
    evaluator: &dyn Evaluate,
    diagnostics: &mut Diagnostics,
) -> Value {
    take(body, schema).value(schema, evaluator, diagnostics)
}

/// A body that was checked against its schema, and can be evaluated any number of times.
pub struct Taken {
    content: Content,
    faults: Diagnostics,
}

/// Prepares a body by its schema.
pub fn take(body: &LayeredBody, schema: &schema::Block) -> Taken {
    let mut faults = Diagnostics::new();
    let content = body.content(&rule(schema), &mut faults);
    Taken { content, faults }
}

impl Taken {
    /// The value of the body. The schema must be the one it was prepared with.
    pub fn value(
        &self,
        schema: &schema::Block,
        evaluator: &dyn Evaluate,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        diagnostics.extend(self.faults.clone());
        Reader { evaluator, diagnostics }.content(&self.content, schema, &Names::new())
    }
}

struct Reader<'a> {
    evaluator: &'a dyn Evaluate,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn body(&mut self, body: &LayeredBody, schema: &schema::Block, names: &Names) -> Value {
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || {
            let content = body.content(&rule(schema), self.diagnostics);
            self.content(&content, schema, names)
        })
    }

    fn content(&mut self, content: &Content, schema: &schema::Block, names: &Names) -> Value {
        let blocks = self.expand(content, schema, names);
        let attributes = schema.attributes.iter().map(|(name, attribute)| {
            (name.clone(), self.argument(content.attributes.get(name), attribute, names))
        });
        let mut object: Entries = attributes.collect();
        for (kind, nested) in &schema.blocks {
            let of_kind: Vec<&Expanded> = blocks.iter().filter(|block| block.kind == *kind).collect();
            self.check_number(kind, nested, &of_kind, content);
            object.insert(kind.clone(), self.nested(nested, &of_kind));
        }
        Value::from(Kind::Object(Arc::new(object.into())))
    }

    fn argument(&mut self, given: Option<&Attribute>, schema: &schema::Attribute, names: &Names) -> Value {
        let Some(given) = given else { return Value::null(schema.ty.clone()) };
        if !schema.is_argument() {
            self.diagnostics.push(
                Diagnostic::error(
                    "Value decided by the provider",
                    format!("\"{}\" is a result of this block and cannot be set.", given.name()),
                )
                .at(given.name_span()),
            );
            return Value::unknown(schema.ty.clone());
        }
        let value = self.evaluator.value(&given.expression, names, self.diagnostics);
        if schema.deprecated && !value.is_null() {
            let why = format!("\"{}\" is deprecated by its provider.", given.name());
            self.diagnostics.push(Diagnostic::warning("Deprecated argument", why).at(given.name_span()));
        }
        if schema.required && value.is_null() && schema.ty != Type::Dynamic {
            let why = format!("\"{}\" must have a value, and this is null.", given.name());
            self.diagnostics.push(Diagnostic::error("Missing value", why).at(given.expression.span()));
        }
        match convert(&value, &schema.ty) {
            Ok(converted) => converted,
            Err(error) => {
                let why = format!("\"{}\" has the wrong type: {error}.", given.name());
                self.diagnostics
                    .push(Diagnostic::error("Wrong type for an argument", why).at(given.expression.span()));
                Value::unknown(schema.ty.clone())
            }
        }
    }

    /// The nested blocks, with `dynamic` ones expanded.
    fn expand(&mut self, content: &Content, schema: &schema::Block, names: &Names) -> Vec<Expanded> {
        let mut expanded = Vec::new();
        for block in &content.blocks {
            if &*block.kind == dynamic::KIND && !schema.blocks.contains_key(dynamic::KIND) {
                let labels: &[&str] = labels(dynamic::target(block).and_then(|kind| schema.blocks.get(kind)));
                let known = schema.blocks.keys().map(AsRef::as_ref);
                expanded.extend(dynamic::expand(
                    block,
                    known,
                    labels,
                    self.evaluator,
                    names,
                    self.diagnostics,
                ));
            } else {
                expanded.push(Expanded::written(block, names));
            }
        }
        expanded
    }

    fn check_number(&mut self, kind: &Name, nested: &NestedBlock, blocks: &[&Expanded], content: &Content) {
        if blocks.iter().any(|block| block.uncertain) {
            return;
        }
        let place = blocks.last().map(|block| block.span.clone()).or_else(|| content.missing.clone());
        let fault = if blocks.len() < nested.min {
            format!("At least {} \"{kind}\" {} needed here.", nested.min, are(nested.min))
        } else if let Some(max) = most(nested)
            && blocks.len() > max
        {
            format!("At most {max} \"{kind}\" {} allowed here, and there are {}.", are(max), blocks.len())
        } else {
            return;
        };
        let fault = Diagnostic::error("Wrong number of blocks", fault);
        self.diagnostics.push(match place {
            Some(place) => fault.at(place),
            None => fault,
        });
    }

    fn nested(&mut self, nested: &NestedBlock, blocks: &[&Expanded]) -> Value {
        let values: Vec<Value> =
            blocks.iter().map(|block| self.body(&block.body, &nested.block, &block.names)).collect();
        let marks = blocks.iter().fold(Marks::none(), |marks, block| marks.union(&block.origins));
        if blocks.iter().any(|block| block.uncertain) {
            let marks = values.iter().fold(marks, |marks, value| marks.union(&value.origins_deep()));
            return Value::unknown(nested.implied_type()).with_marks(&marks);
        }
        let value = match nested.nesting {
            Nesting::Single => {
                values.into_iter().next().unwrap_or_else(|| Value::null(nested.implied_type()))
            }
            Nesting::Group => values.into_iter().next().unwrap_or_else(|| nothing(&nested.block)),
            Nesting::List if nested.implied_type() == Type::Dynamic => Value::tuple(values),
            Nesting::List => Value::list(nested.block.implied_type(), values),
            Nesting::Set => Value::set(nested.block.implied_type(), values),
            Nesting::Map => {
                let keys = blocks.iter().map(|block| block.labels.first().cloned().unwrap_or_default());
                let entries: Entries = keys.zip(values).collect();
                match nested.implied_type() {
                    Type::Dynamic => Value::object(entries),
                    _ => Value::map(nested.block.implied_type(), entries),
                }
            }
        };
        value.with_marks(&marks)
    }
}

/// The value of an empty block: every argument is null.
pub fn nothing(schema: &schema::Block) -> Value {
    let attributes = schema.attributes.iter().map(|(name, a)| (name.clone(), Value::null(a.ty.clone())));
    let blocks = schema.blocks.iter().map(|(name, nested)| {
        let value = match nested.nesting {
            Nesting::Single => Value::null(nested.implied_type()),
            Nesting::Group => nothing(&nested.block),
            Nesting::List if nested.implied_type() == Type::Dynamic => Value::tuple(Vec::new()),
            Nesting::List => Value::list(nested.block.implied_type(), Vec::new()),
            Nesting::Set => Value::set(nested.block.implied_type(), Vec::new()),
            Nesting::Map if nested.implied_type() == Type::Dynamic => Value::object::<Name>([]),
            Nesting::Map => Value::map(nested.block.implied_type(), Entries::new()),
        };
        (name.clone(), value)
    });
    Value::object(attributes.chain(blocks))
}

fn rule(schema: &schema::Block) -> BodyRule<'_> {
    let attributes = schema.attributes.iter().map(|(name, attribute)| (&**name, attribute.required));
    let blocks = schema.blocks.iter().map(|(kind, nested)| BlockRule { kind, labels: labels(Some(nested)) });
    let dynamic = (!schema.blocks.contains_key(dynamic::KIND) && !schema.blocks.is_empty())
        .then_some(BlockRule { kind: dynamic::KIND, labels: &["type"] });
    BodyRule { attributes: attributes.collect(), blocks: blocks.chain(dynamic).collect() }
}

fn labels(nested: Option<&NestedBlock>) -> &'static [&'static str] {
    match nested {
        Some(nested) if nested.nesting == Nesting::Map => &["key"],
        _ => &[],
    }
}

fn most(nested: &NestedBlock) -> Option<usize> {
    match nested.nesting {
        Nesting::Single | Nesting::Group => Some(1),
        _ => nested.max,
    }
}

fn are(number: usize) -> &'static str {
    if number == 1 { "block is" } else { "blocks are" }
}

impl Expanded {
    fn written(block: &Block, names: &Names) -> Self {
        Self {
            kind: block.kind.clone(),
            labels: block.labels.iter().map(|label| label.text.clone()).collect(),
            body: block.body.clone().into(),
            names: names.clone(),
            uncertain: false,
            origins: Marks::none(),
            span: block.header.clone(),
        }
    }
}
