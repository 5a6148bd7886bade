//! The `variable` block.

use std::sync::LazyLock;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::expression;
use crate::syntax::{Block, BodyRule, Expression};
use crate::value::{Name, Type, TypeConstraint, Value, convert, convert_constraint};

use super::rule::rule;
use super::{Rule, check, constant, module_call, name};

/// An input of a module.
#[derive(Clone)]
pub struct Variable {
    pub name: Name,
    /// Any type, if none is given.
    pub constraint: TypeConstraint,
    /// Converted to the constraint. None if the caller must set a value.
    pub default: Option<Value>,
    pub default_expression: Option<Expression>,
    pub description: Option<Name>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub nullable: bool,
    pub validations: Vec<Rule>,
    pub parsing: ParsingMode,
    /// The header.
    pub span: Span,
    pub name_span: Span,
    /// The type expression, if there is one.
    pub type_span: Option<Span>,
}

/// How a value given as text (on the command line or in the environment) is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsingMode {
    /// As the literal text.
    Literal,
    /// As an expression.
    Expression,
}

/// A variable as one block declares it; in an override file only what is set counts.
pub(super) struct Declared {
    pub variable: Variable,
    /// The default before conversion.
    default: Option<Value>,
    has_type: bool,
    sensitive: Option<bool>,
    ephemeral: Option<bool>,
    nullable: Option<bool>,
}

static VARIABLE: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    let names = ["description", "default", "type", "sensitive", "ephemeral", "nullable"];
    rule(&names.map(|name| (name, false)), &[("validation", &[])])
});

pub(super) fn decode(block: &Block, overrides: bool, diagnostics: &mut Diagnostics) -> Option<Declared> {
    let label = block.labels.first()?;
    name::check(label, "variable", diagnostics);
    if module_call::RESERVED.contains(&&*label.text) {
        let detail = format!(
            "\"{}\" has a meaning of its own in \"module\" blocks, so that no caller could set a variable of that name.",
            label.text
        );
        diagnostics.push(Diagnostic::error("Invalid variable name", detail).at(label.span.clone()));
    }
    let content = block.body.content(&VARIABLE, diagnostics);
    let attribute = |name: &str| content.attributes.get(name);

    let constraint = attribute("type").map(|a| type_constraint(&a.expression, diagnostics));
    let has_type = constraint.is_some();
    let (constraint, parsing) = constraint.unwrap_or_else(|| (anything(), ParsingMode::Literal));
    let sensitive = attribute("sensitive").and_then(|a| constant::boolean(a, diagnostics));
    let ephemeral = attribute("ephemeral").and_then(|a| constant::boolean(a, diagnostics));
    let nullable = attribute("nullable").and_then(|a| constant::boolean(a, diagnostics));
    let default = attribute("default").map(|a| constant::constant(&a.expression, diagnostics));
    let mut variable = Variable {
        name: label.text.clone(),
        constraint,
        default: default.clone(),
        default_expression: attribute("default").map(|a| a.expression.clone()),
        description: attribute("description").and_then(|a| constant::text(a, diagnostics)),
        sensitive: sensitive.unwrap_or(false),
        ephemeral: ephemeral.unwrap_or(false),
        nullable: nullable.unwrap_or(true),
        validations: Vec::new(),
        parsing,
        span: block.header.clone(),
        name_span: label.span.clone(),
        type_span: attribute("type").map(|a| a.expression.span()),
    };
    if !overrides && let Some(default) = &default {
        let place = attribute("default").map_or_else(|| block.header.clone(), |a| a.expression.span());
        variable.settle_default(default, &place, diagnostics);
    }
    for inner in &content.blocks {
        let Some(rule) = check::decode_rule(inner, overrides, diagnostics) else { continue };
        refer_to_itself(&rule, &variable.name, diagnostics);
        variable.validations.push(rule);
    }
    Some(Declared { variable, default, has_type, sensitive, ephemeral, nullable })
}

impl Declared {
    /// Applies an override: what it sets replaces what was set before.
    pub(super) fn override_with(&mut self, above: Self, diagnostics: &mut Diagnostics) {
        let place = above.variable.span.clone();
        let touched = above.has_type || above.default.is_some() || above.nullable.is_some();
        let variable = &mut self.variable;
        if above.has_type {
            variable.constraint = above.variable.constraint;
            variable.parsing = above.variable.parsing;
            variable.type_span = above.variable.type_span;
        }
        if above.default.is_some() {
            self.default = above.default;
            variable.default_expression = above.variable.default_expression;
        }
        variable.description = above.variable.description.or(variable.description.take());
        variable.sensitive = above.sensitive.unwrap_or(variable.sensitive);
        variable.ephemeral = above.ephemeral.unwrap_or(variable.ephemeral);
        variable.nullable = above.nullable.unwrap_or(variable.nullable);
        if touched && let Some(default) = &self.default {
            variable.settle_default(default, &place, diagnostics);
        }
    }
}

impl Variable {
    /// Whether messages must not quote its value.
    pub fn is_secret(&self) -> bool {
        self.sensitive || self.ephemeral
    }

    /// Converts the default to the type, and checks a null default.
    fn settle_default(&mut self, given: &Value, place: &Span, diagnostics: &mut Diagnostics) {
        let converted = if given.is_null() {
            convert(given, &self.constraint.ty.without_optional())
        } else {
            convert_constraint(given, &self.constraint)
        };
        self.default = Some(match converted {
            Ok(value) => value,
            Err(error) => {
                let detail = format!(
                    "The default of \"{}\" does not fit the variable's type, {}: {error}.",
                    self.name,
                    self.constraint.ty.constraint_text(),
                );
                let mut fault =
                    Diagnostic::error("Invalid default value for variable", detail).at(place.clone());
                if let Some(span) = &self.type_span {
                    fault = fault.related("the type is given here", span.clone());
                }
                diagnostics.push(fault);
                Value::unknown(self.constraint.ty.without_optional())
            }
        });
        if given.is_null() && !self.nullable {
            let detail = format!("\"{}\" has nullable = false, so its default cannot be null.", self.name);
            diagnostics
                .push(Diagnostic::error("Invalid default value for variable", detail).at(place.clone()));
        }
    }
}

fn anything() -> TypeConstraint {
    TypeConstraint { ty: Type::Dynamic, defaults: None }
}

/// The constraint of a `type` argument, and the way in which text is read for it.
fn type_constraint(expression: &Expression, diagnostics: &mut Diagnostics) -> (TypeConstraint, ParsingMode) {
    let mut faults = Diagnostics::new();
    let mut constraint = expression::variable_type(expression, &mut faults);
    if faults.has_errors() {
        // With an invalid type, neither the default nor uses of the variable can be checked.
        constraint = anything();
    }
    diagnostics.extend(faults);
    let mode = if constraint.ty.is_primitive() { ParsingMode::Literal } else { ParsingMode::Expression };
    (constraint, mode)
}

/// A validation must refer to the variable itself.
fn refer_to_itself(rule: &Rule, name: &str, diagnostics: &mut Diagnostics) {
    let own = |r: crate::syntax::Reference<'_>| r.root == "var" && r.attribute(0) == Some(name);
    if !rule.condition.references().any(own) {
        let detail = format!(
            "The condition must look at var.{name}, which it is there to check; it may look at other things besides."
        );
        let span = rule.condition.span();
        diagnostics.push(Diagnostic::error("Invalid variable validation condition", detail).at(span));
    }
}
