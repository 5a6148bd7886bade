//! Operators.

use crate::diag::Diagnostic;
use crate::syntax::{BinaryOperator, ExprId, Node, UnaryOperator};
use crate::value::{Kind, OperationError, Type, Value};

use super::access::marked;
use super::evaluator::{Evaluator, Locals};
use super::function::convert_argument;
use super::note;

impl Evaluator<'_> {
    /// `left operator right`. Chains lean to the left and may be very long, so they are walked in a loop.
    pub(super) fn binary(&mut self, id: ExprId, locals: &Locals<'_>) -> Value {
        let mut spine = Vec::new();
        let mut first = id;
        while let Node::Binary { left, .. } = self.file.node(first) {
            spine.push(first);
            first = *left;
        }
        let errors = self.errors();
        let mut left = self.value(first, locals);
        let mut failed = self.errors() > errors;
        while let Some(id) = spine.pop() {
            let Node::Binary { operator, left: left_id, right: right_id, .. } = self.file.node(id) else {
                break;
            };
            let errors = self.errors();
            let right = self.value(*right_id, locals);
            failed |= self.errors() > errors;
            let operands = Operands { whole: id, left: *left_id, right: *right_id };
            match self.apply(*operator, &operands, &left, &right, failed, locals) {
                Some(value) => left = value,
                None => {
                    failed = true;
                    left = Value::unknown(result_type(*operator));
                }
            }
        }
        left
    }

    /// `None` if the operation or an operand failed.
    fn apply(
        &mut self,
        operator: BinaryOperator,
        operands: &Operands,
        left: &Value,
        right: &Value,
        failed: bool,
        locals: &Locals<'_>,
    ) -> Option<Value> {
        if let Some(wanted) = operand_type(operator) {
            // Both are converted before giving up, so that one error does not hide the other.
            let operand = |id, name| Operand { id, name, symbol: symbol(operator), whole: operands.whole };
            let left = self.operand(operand(operands.left, "left operand"), left, &wanted, locals);
            let right = self.operand(operand(operands.right, "right operand"), right, &wanted, locals);
            let (left, right) = (left?, right?);
            if failed {
                return None;
            }
            match combine(operator, &left, &right) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.report(operands.whole, locals, |this| {
                        Diagnostic::error(
                            "Operation failed",
                            format!("The operator {} gives no result here: {error}.", symbol(operator)),
                        )
                        .at(this.span(operands.whole))
                    });
                    None
                }
            }
        } else if failed {
            None
        } else {
            let equal = left.equals(right).deciding();
            let equal =
                if operator == BinaryOperator::NotEqual { equal.not().unwrap_or(equal) } else { equal };
            Some(if equal.is_known() { equal } else { equal.refine_not_null() })
        }
    }

    /// `-operand`, `!operand`
    pub(super) fn unary(
        &mut self,
        id: ExprId,
        operator: UnaryOperator,
        operand: ExprId,
        locals: &Locals<'_>,
    ) -> Value {
        let (wanted, symbol) = match operator {
            UnaryOperator::Negate => (Type::Number, "-"),
            UnaryOperator::Not => (Type::Bool, "!"),
        };
        let errors = self.errors();
        let given = self.value(operand, locals);
        let failed = self.errors() > errors;
        let operand = Operand { id: operand, name: "operand", symbol, whole: id };
        let value = match self.operand(operand, &given, &wanted, locals) {
            Some(value) if !failed => value,
            _ => return Value::unknown(wanted),
        };
        if !value.is_known() {
            return marked(Value::unknown(wanted).refine_not_null(), value.marks());
        }
        let result = match operator {
            UnaryOperator::Negate => value.negate(),
            UnaryOperator::Not => value.not(),
        };
        result.unwrap_or_else(|error| {
            self.report(id, locals, |this| {
                Diagnostic::error(
                    "Operation failed",
                    format!("The operator {symbol} gives no result here: {error}."),
                )
                .at(this.span(id))
            });
            Value::unknown(wanted)
        })
    }

    /// Converts an operand for its operator, or reports why that fails.
    fn operand(
        &mut self,
        operand: Operand,
        given: &Value,
        wanted: &Type,
        locals: &Locals<'_>,
    ) -> Option<Value> {
        let Operand { id, name, symbol, whole } = operand;
        match convert_argument(given, wanted) {
            Ok(value) if value.is_null() => {
                self.report(id, locals, |this| {
                    Diagnostic::error(
                        "Operand is null",
                        format!(
                            "The {name} of {symbol} is null, and the operator needs a {}.",
                            wanted.friendly()
                        ),
                    )
                    .at(this.span(id))
                    .within(this.span(whole))
                });
                None
            }
            Ok(value) => Some(value),
            Err(error) => {
                self.report(id, locals, |this| {
                    let what = format!("The {name} of {symbol} does not fit");
                    let fault = Diagnostic::error("Unsuitable operand", note::conversion(&what, &error))
                        .at(this.span(id))
                        .within(this.span(whole));
                    match given.kind() {
                        Kind::String(_) if symbol == "+" => {
                            fault.hint("To join strings write them in one: \"${first}${second}\".")
                        }
                        _ => fault,
                    }
                });
                None
            }
        }
    }
}

/// One operand, with what a message says about it.
#[derive(Clone, Copy)]
struct Operand {
    id: ExprId,
    name: &'static str,
    symbol: &'static str,
    /// The whole operation.
    whole: ExprId,
}

struct Operands {
    whole: ExprId,
    left: ExprId,
    right: ExprId,
}

/// The type that both operands are converted to; `None` if any type is accepted.
fn operand_type(operator: BinaryOperator) -> Option<Type> {
    match operator {
        BinaryOperator::Equal | BinaryOperator::NotEqual => None,
        BinaryOperator::Or | BinaryOperator::And => Some(Type::Bool),
        _ => Some(Type::Number),
    }
}

fn result_type(operator: BinaryOperator) -> Type {
    match operator {
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => Type::Number,
        _ => Type::Bool,
    }
}

/// Applies an operator to non-null operands of the right types.
fn combine(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, OperationError> {
    use BinaryOperator as B;
    if let (Kind::Number(a), Kind::Number(b)) = (left.kind(), right.kind())
        && left.marks().is_empty()
        && right.marks().is_empty()
    {
        match operator {
            B::Less => return Ok(Value::bool(a < b)),
            B::LessOrEqual => return Ok(Value::bool(a <= b)),
            B::Greater => return Ok(Value::bool(a > b)),
            B::GreaterOrEqual => return Ok(Value::bool(a >= b)),
            _ => {}
        }
    }
    let unknown = !left.is_known() || !right.is_known();
    let value = match operator {
        // The bounds of unknown numbers can decide a comparison; no other operator looks into an unknown operand.
        B::Less => left.less_than(right)?,
        B::LessOrEqual => left.less_or_equal(right)?,
        B::Greater => left.greater_than(right)?,
        B::GreaterOrEqual => left.greater_or_equal(right)?,
        _ if unknown => marked(marked(Value::unknown(result_type(operator)), left.marks()), right.marks()),
        B::Or => left.or(right)?,
        B::And => left.and(right)?,
        B::Add => left.add(right)?,
        B::Subtract => left.subtract(right)?,
        B::Multiply => left.multiply(right)?,
        B::Divide => left.divide(right)?,
        B::Modulo => left.modulo(right)?,
        B::Equal | B::NotEqual => left.equals(right),
    };
    Ok(if value.is_known() { value } else { value.refine_not_null() })
}

fn symbol(operator: BinaryOperator) -> &'static str {
    use BinaryOperator as B;
    match operator {
        B::Or => "||",
        B::And => "&&",
        B::Equal => "==",
        B::NotEqual => "!=",
        B::Less => "<",
        B::LessOrEqual => "<=",
        B::Greater => ">",
        B::GreaterOrEqual => ">=",
        B::Add => "+",
        B::Subtract => "-",
        B::Multiply => "*",
        B::Divide => "/",
        B::Modulo => "%",
    }
}
