//! `source[*].x` and `source.*.x`

use crate::diag::Diagnostic;
use crate::syntax::ExprId;
use crate::value::{Kind, Refinement, Type, Value};

use super::access::marked;
use super::evaluator::{Evaluator, Locals};

impl Evaluator<'_> {
    pub(super) fn splat(&mut self, id: ExprId, source: ExprId, each: ExprId, locals: &Locals<'_>) -> Value {
        let errors = self.errors();
        let value = self.value(source, locals);
        if self.errors() > errors {
            return Value::dynamic();
        }
        match value.kind() {
            Kind::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                self.report(source, locals, |this| {
                    Diagnostic::error(
                        "Splat of null",
                        "There are no elements to go through: the sequence is null.",
                    )
                    .at(this.span(source))
                    .within(this.span(id))
                })
            }
            // Any other value counts as a sequence of one element, or of none if it is null.
            Kind::Null(_) => marked(Value::tuple(Vec::new()), value.marks()),
            Kind::Unknown(Type::Dynamic, _) => marked(Value::dynamic(), value.marks()),
            Kind::List(list) => self.splat_list(&value, &list.element, &list.items, each, locals),
            Kind::Set(set) => self.splat_list(&value, set.element(), set.items(), each, locals),
            Kind::Tuple(items) => {
                let (results, failed) = self.splat_items(items, each, locals);
                marked(if failed { Value::dynamic() } else { Value::tuple(results) }, value.marks())
            }
            Kind::Unknown(Type::List(element) | Type::Set(element), facts) => {
                let result = self.splat_type(element, each, locals);
                let mut known = Refinement { not_null: true, ..Refinement::default() };
                if let Some(facts) = facts {
                    known.length_lower = facts.length_lower;
                    known.length_upper = facts.length_upper;
                }
                marked(Value::unknown(Type::list(result)).refine(&known), value.marks())
            }
            Kind::Unknown(Type::Tuple(elements), _) => {
                let types = elements.iter().map(|element| self.splat_type(element, each, locals)).collect();
                marked(Value::unknown(Type::tuple(types)).refine_not_null(), value.marks())
            }
            Kind::Unknown(_, facts) => {
                let certain = facts.as_ref().is_some_and(|facts| facts.not_null);
                let (results, failed) = self.splat_items(std::slice::from_ref(&value), each, locals);
                // The value may still become null, so even the number of elements is open.
                let result = if certain && !failed { Value::tuple(results) } else { Value::dynamic() };
                marked(result, value.marks())
            }
            _ => {
                let (results, failed) = self.splat_items(std::slice::from_ref(&value), each, locals);
                marked(if failed { Value::dynamic() } else { Value::tuple(results) }, value.marks())
            }
        }
    }

    fn splat_list(
        &mut self,
        source: &Value,
        element: &Type,
        items: &[Value],
        each: ExprId,
        locals: &Locals<'_>,
    ) -> Value {
        let (mut results, failed) = self.splat_items(items, each, locals);
        let result = if failed {
            Value::dynamic()
        } else if results.is_empty() {
            Value::list(self.splat_type(element, each, locals), Vec::new())
        } else {
            match common_type(&results) {
                Some(ty) => {
                    for result in &mut results {
                        // Terraform lets elements of unknown type stand for any type; here they get the common one.
                        if matches!(result.kind(), Kind::Unknown(Type::Dynamic, _)) {
                            *result = marked(Value::unknown(ty.clone()), result.marks());
                        }
                    }
                    Value::list(ty, results)
                }
                None => Value::tuple(results),
            }
        };
        marked(result, source.marks())
    }

    fn splat_items(&mut self, items: &[Value], each: ExprId, locals: &Locals<'_>) -> (Vec<Value>, bool) {
        let errors = self.errors();
        let results =
            items.iter().map(|value| self.value(each, &Locals::Item { value, outer: locals })).collect();
        (results, self.errors() > errors)
    }

    /// The type of the result for one element.
    fn splat_type(&mut self, element: &Type, each: ExprId, locals: &Locals<'_>) -> Type {
        let value = Value::unknown(element.clone());
        self.value(each, &Locals::Item { value: &value, outer: locals }).ty()
    }
}

/// The common type of all values, ignoring those without a type; `None` if they differ.
fn common_type(values: &[Value]) -> Option<Type> {
    let untyped = |value: &&Value| matches!(value.kind(), Kind::Unknown(Type::Dynamic, _));
    let mut typed = values.iter().filter(|value| !untyped(value));
    let Some(first) = typed.next() else { return Some(Type::Dynamic) };
    let ty = first.ty();
    typed.all(|value| is_of(value, &ty)).then_some(ty)
}

/// Whether a value has exactly this type, without constructing the value's own type.
fn is_of(value: &Value, ty: &Type) -> bool {
    match (value.kind(), ty) {
        (Kind::Bool(_), Type::Bool) | (Kind::Number(_), Type::Number) | (Kind::String(_), Type::String) => {
            true
        }
        (Kind::Null(have) | Kind::Unknown(have, _), want) => have == want,
        (Kind::List(list), Type::List(want)) => list.element == **want,
        (Kind::Set(set), Type::Set(want)) => set.element() == &**want,
        (Kind::Map(map), Type::Map(want)) => map.element == **want,
        (Kind::Tuple(items), Type::Tuple(want)) => {
            items.len() == want.len() && items.iter().zip(want.iter()).all(|(item, ty)| is_of(item, ty))
        }
        (Kind::Object(attributes), Type::Object(want)) => {
            attributes.len() == want.attributes.len()
                && attributes
                    .iter()
                    .zip(want.attributes.iter())
                    .all(|((name, value), (wanted, ty))| name == wanted && is_of(value, ty))
        }
        _ => false,
    }
}
