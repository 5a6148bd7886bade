//! Operators and lookups on values; unknown operands give unknown results (refined where possible), marked operands
//! marked ones.

use super::{Bound, Kind, Marks, Number, Refinement, Type, Value, convert};

/// Why an operation has no result; a clause without capital or full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OperationError(pub String);

type Result = std::result::Result<Value, OperationError>;

/// Operands must already have the right type (number or bool, and not null); `expression` converts them first.
impl Value {
    pub fn add(&self, other: &Self) -> Result {
        self.calculate(other, Number::plus_checked, "infinities of opposite signs have no sum")
    }

    pub fn subtract(&self, other: &Self) -> Result {
        self.calculate(other, Number::minus_checked, "infinity cannot be subtracted from itself")
    }

    pub fn multiply(&self, other: &Self) -> Result {
        self.calculate(other, Number::times_checked, "zero times infinity has no result")
    }

    /// Division by zero is infinite, except for zero itself, which is an error.
    pub fn divide(&self, other: &Self) -> Result {
        self.calculate(other, Number::divided_by, "zero cannot be divided by zero, nor infinity by infinity")
    }

    pub fn modulo(&self, other: &Self) -> Result {
        self.calculate(other, Number::modulo, "there is no remainder where an infinity takes part")
    }

    pub fn negate(&self) -> Result {
        let result = match self.kind() {
            Kind::Number(number) => Self::number(number.negated()),
            Kind::Unknown(..) => unknown(Type::Number),
            _ => return Err(wrong("a number", self)),
        };
        Ok(result.with_marks(self.marks()))
    }

    pub fn not(&self) -> Result {
        let result = match self.kind() {
            Kind::Bool(value) => Self::bool(!value),
            Kind::Unknown(..) => unknown(Type::Bool),
            _ => return Err(wrong("a bool", self)),
        };
        Ok(result.with_marks(self.marks()))
    }

    /// Unknown as soon as one side is, whatever the other, as in Terraform.
    pub fn and(&self, other: &Self) -> Result {
        self.decide(other, |a, b| a && b)
    }

    /// Unknown as soon as one side is, whatever the other, as in Terraform.
    pub fn or(&self, other: &Self) -> Result {
        self.decide(other, |a, b| a || b)
    }

    pub fn less_than(&self, other: &Self) -> Result {
        self.relate(other, less)
    }

    pub fn less_or_equal(&self, other: &Self) -> Result {
        self.relate(other, |a, b| either(less(a, b), equal(a, b)))
    }

    pub fn greater_than(&self, other: &Self) -> Result {
        self.relate(other, |a, b| less(b, a))
    }

    pub fn greater_or_equal(&self, other: &Self) -> Result {
        self.relate(other, |a, b| either(less(b, a), equal(a, b)))
    }

    fn calculate(
        &self,
        other: &Self,
        operation: fn(&Number, &Number) -> Option<Number>,
        why_not: &str,
    ) -> Result {
        let result = match (self.kind(), other.kind()) {
            (Kind::Number(a), Kind::Number(b)) => {
                Self::number(operation(a, b).ok_or_else(|| OperationError(why_not.to_owned()))?)
            }
            (Kind::Number(_) | Kind::Unknown(..), Kind::Number(_) | Kind::Unknown(..)) => {
                unknown(Type::Number)
            }
            (Kind::Number(_) | Kind::Unknown(..), _) => return Err(wrong("a number", other)),
            _ => return Err(wrong("a number", self)),
        };
        Ok(result.with_marks(&both_marks(self, other)))
    }

    fn decide(&self, other: &Self, operation: fn(bool, bool) -> bool) -> Result {
        let result = match (self.kind(), other.kind()) {
            (Kind::Bool(a), Kind::Bool(b)) => Self::bool(operation(*a, *b)),
            (Kind::Bool(_) | Kind::Unknown(..), Kind::Bool(_) | Kind::Unknown(..)) => unknown(Type::Bool),
            (Kind::Bool(_) | Kind::Unknown(..), _) => return Err(wrong("a bool", other)),
            _ => return Err(wrong("a bool", self)),
        };
        Ok(result.with_marks(&both_marks(self, other)))
    }

    fn relate(&self, other: &Self, relation: fn(&Self, &Self) -> Option<bool>) -> Result {
        for operand in [self, other] {
            if !matches!(operand.kind(), Kind::Number(_) | Kind::Unknown(..)) {
                return Err(wrong("a number", operand));
            }
        }
        let result = relation(self, other).map_or_else(|| unknown(Type::Bool), Self::bool);
        Ok(result.with_marks(&both_marks(self, other)))
    }

    /// `collection[key]` for lists, maps, tuples and objects. Converts the key; fails for null, an index out of range,
    /// and a missing key.
    pub fn index(&self, key: &Self) -> Result {
        if self.is_null() {
            return Err(error("this value is null, so there is nothing in it to select"));
        }
        if key.is_null() {
            return Err(error("null cannot be an index or key"));
        }
        let open = |ty: Type| Ok(Self::unknown(ty).with_marks(self.marks()));
        if matches!(key.kind(), Kind::Unknown(Type::Dynamic, _)) {
            return open(Type::Dynamic);
        }
        let convert_key = |ty: Type| convert(key, &ty).map_err(|problem| OperationError(problem.message));
        match self.kind() {
            Kind::Unknown(Type::Dynamic, _) => open(Type::Dynamic),
            Kind::Unknown(Type::List(element), _) => {
                convert_key(Type::Number)?;
                open(element.as_ref().clone())
            }
            Kind::Unknown(Type::Map(element), _) => {
                convert_key(Type::String)?;
                open(element.as_ref().clone())
            }
            Kind::Unknown(Type::Tuple(elements), _) => match convert_key(Type::Number)?.kind() {
                Kind::Number(number) => {
                    let at = position(number, elements.len())?;
                    Ok(Self::unknown(elements[at].clone()).with_marks(&both_marks(self, key)))
                }
                _ => open(Type::Dynamic),
            },
            Kind::Unknown(Type::Object(_), _) => {
                convert_key(Type::String)?;
                open(Type::Dynamic)
            }
            Kind::List(_) | Kind::Tuple(_) => {
                let items = self.items().unwrap_or_default();
                match (convert_key(Type::Number)?.kind(), self.kind()) {
                    (Kind::Number(number), _) => {
                        let at = position(number, items.len())?;
                        Ok(items[at].clone().with_marks(&both_marks(self, key)))
                    }
                    (_, Kind::List(list)) => open(list.element.clone()),
                    _ => open(Type::Dynamic),
                }
            }
            Kind::Map(map) => match convert_key(Type::String)?.kind() {
                Kind::String(name) => match map.items.get(name) {
                    Some(item) => Ok(item.clone().with_marks(&both_marks(self, key))),
                    None => Err(self.no_such_key(name, key, "map")),
                },
                _ => open(map.element.clone()),
            },
            Kind::Object(attributes) => match convert_key(Type::String)?.kind() {
                // The marks of the key are dropped: which attributes exist is part of the type, and no secret.
                Kind::String(name) => match attributes.get(name) {
                    Some(value) => Ok(value.clone().with_marks(self.marks())),
                    None if matches!(key.kind(), Kind::Number(_)) => {
                        Err(error("an object has no elements by number, only attributes by name"))
                    }
                    None => Err(self.no_such_key(name, key, "object")),
                },
                _ => open(Type::Dynamic),
            },
            Kind::Set(_) | Kind::Unknown(Type::Set(_), _) => Err(error(
                "elements of a set have no index or key to select them by; convert it with tolist, or use a for expression",
            )),
            _ => Err(OperationError(format!("a {} has nothing in it to select", self.ty().friendly()))),
        }
    }

    /// An attribute of an object, or an element of a map.
    pub fn attribute(&self, name: &str) -> Result {
        let open = |ty: &Type| Ok(Self::unknown(ty.clone()).with_marks(self.marks()));
        match self.kind() {
            Kind::Null(_) => Err(error("this value is null, so it has no attributes")),
            Kind::Object(attributes) => match attributes.get(name) {
                Some(value) => Ok(value.clone().with_marks(self.marks())),
                None => Err(OperationError(format!("this object has no attribute {name:?}"))),
            },
            Kind::Map(map) => match map.items.get(name) {
                Some(value) => Ok(value.clone().with_marks(self.marks())),
                None => Err(OperationError(format!("this map has no element with the key {name:?}"))),
            },
            Kind::Unknown(Type::Object(object), _) => match object.attributes.get(name) {
                Some(ty) => open(ty),
                None => Err(OperationError(format!("this object has no attribute {name:?}"))),
            },
            Kind::Unknown(Type::Map(element), _) => open(element),
            Kind::Unknown(Type::Dynamic, _) => open(&Type::Dynamic),
            _ => Err(OperationError(format!("a {} has no attributes", self.ty().friendly()))),
        }
    }

    fn no_such_key(&self, name: &str, key: &Self, what: &str) -> OperationError {
        if key.marks().is_empty() {
            OperationError(format!("this {what} has no element with the key {name:?}"))
        } else {
            OperationError(format!("this {what} has no element with that key"))
        }
    }

    /// The number of elements: unknown for unknown collections (refined by their bounds) and for sets with unknown
    /// elements.
    #[must_use]
    pub fn length(&self) -> Self {
        let length = match self.kind() {
            Kind::List(list) => Self::count(list.items.len()),
            Kind::Map(map) => Self::count(map.items.len()),
            Kind::Tuple(items) => Self::count(items.len()),
            Kind::Object(attributes) => Self::count(attributes.len()),
            // The type alone decides.
            Kind::Unknown(Type::Tuple(elements), _) => Self::count(elements.len()),
            Kind::Unknown(Type::Object(object), _) => Self::count(object.attributes.len()),
            _ => match self.length_bounds() {
                Some((least, most)) if least == most => Self::count(least),
                Some((least, most)) => {
                    let bound =
                        |length: usize| Bound { limit: Number::from_u64(length as u64), inclusive: true };
                    unknown(Type::Number).refine(&Refinement {
                        lower: Some(bound(least)),
                        upper: Some(bound(most)),
                        ..Refinement::default()
                    })
                }
                None => unknown(Type::Number),
            },
        };
        length.with_marks(self.marks())
    }

    /// The least and the greatest possible length of a collection; `None` for null and other types.
    pub fn length_bounds(&self) -> Option<(usize, usize)> {
        match self.kind() {
            Kind::List(list) => Some((list.items.len(), list.items.len())),
            Kind::Map(map) => Some((map.items.len(), map.items.len())),
            // Unknown elements may turn out to be equal to others.
            Kind::Set(set) if set.items().len() > 1 && !self.is_wholly_known() => {
                Some((1, set.items().len()))
            }
            Kind::Set(set) => Some((set.items().len(), set.items().len())),
            Kind::Unknown(Type::List(_) | Type::Set(_) | Type::Map(_), facts) => {
                // The greatest length in Terraform.
                let most = i64::MAX as usize;
                let facts = facts.as_deref();
                let least = facts.and_then(|facts| facts.length_lower).unwrap_or(0);
                Some((least, facts.and_then(|facts| facts.length_upper).unwrap_or(most)))
            }
            _ => None,
        }
    }
}

fn unknown(ty: Type) -> Value {
    Value::unknown(ty).refine_not_null()
}

fn both_marks(a: &Value, b: &Value) -> Marks {
    a.marks().union(b.marks())
}

fn error(message: &str) -> OperationError {
    OperationError(message.to_owned())
}

fn wrong(wanted: &str, operand: &Value) -> OperationError {
    if operand.is_null() {
        OperationError(format!("{wanted} is required, but this is null"))
    } else {
        OperationError(format!("{wanted} is required, but this is {}", operand.ty().friendly()))
    }
}

/// The index of a sequence that the number denotes.
fn position(number: &Number, length: usize) -> std::result::Result<usize, OperationError> {
    match number.to_usize() {
        Some(at) if at < length => Ok(at),
        _ if !number.is_integer() && !number.is_infinite() => Err(error(
            "an index must be a whole number, and this one has a fraction (is it the result of a division?)",
        )),
        _ if number.is_negative() => Err(error("an index counts from zero upwards and cannot be negative")),
        _ if length == 0 => Err(error("there are no elements to select from")),
        _ => Err(OperationError(format!("the index is beyond the last element, which is {}", length - 1))),
    }
}

/// The least and the greatest possible value of a number; `None` if that side is open.
fn bounds(value: &Value) -> (Option<&Number>, Option<&Number>) {
    match value.kind() {
        Kind::Number(number) => (Some(number), Some(number)),
        Kind::Unknown(Type::Number, Some(facts)) => {
            (facts.lower.as_ref().map(|bound| &bound.limit), facts.upper.as_ref().map(|bound| &bound.limit))
        }
        _ => (None, None),
    }
}

/// Whether a is less than b; the bounds themselves count as possible.
fn less(a: &Value, b: &Value) -> Option<bool> {
    if let (Kind::Number(a), Kind::Number(b)) = (a.kind(), b.kind()) {
        return Some(a < b);
    }
    let ((a_least, a_most), (b_least, b_most)) = (bounds(a), bounds(b));
    match (a_most, b_least) {
        (Some(a), Some(b)) if a < b => return Some(true),
        _ => {}
    }
    match (a_least, b_most) {
        (Some(a), Some(b)) if a > b => Some(false),
        _ => None,
    }
}

fn equal(a: &Value, b: &Value) -> Option<bool> {
    super::equality::known_equal(a, b)
}

fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}
