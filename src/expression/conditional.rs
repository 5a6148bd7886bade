//! `condition ? yes : no`
//!
//! Both branches are always evaluated, because the type of the result depends on both; errors in the branch that is not
//! taken are ignored.

use crate::diag::Diagnostic;
use crate::syntax::ExprId;
use crate::value::{Bound, Kind, Refinement, Type, Value, convert, unify};

use super::access::marked;
use super::evaluator::{Evaluator, Locals};
use super::note;

impl Evaluator<'_> {
    pub(super) fn conditional(
        &mut self,
        id: ExprId,
        condition: ExprId,
        yes: ExprId,
        no: ExprId,
        locals: &Locals<'_>,
    ) -> Value {
        let given = self.value(condition, locals);
        let decided = self.decide(&given, condition, id, locals);
        let yes_value = self.branch(yes, decided == Decision::Taken(true), locals);
        let no_value = self.branch(no, decided == Decision::Taken(false), locals);

        let Some(target) = target(&yes_value, &no_value) else {
            return self.report(id, locals, |this| {
                Diagnostic::error(
                    "Branches of different types",
                    format!(
                        "Both results of a conditional must have one type in common, and these have none: {}.",
                        difference(&yes_value.ty(), &no_value.ty())
                    ),
                )
                .at(this.span_of(this.file.range(yes).to(this.file.range(no))))
                .within(this.span(id))
            });
        };
        let marks = given.marks().deciding().union(yes_value.marks()).union(no_value.marks());
        match decided {
            Decision::Faulty => Value::unknown(target.of(&yes_value, &no_value)),
            Decision::Unknown => {
                let (yes_plain, _) = yes_value.unmark();
                let (no_plain, _) = no_value.unmark();
                marked(either(&yes_plain, &no_plain, target.of(&yes_plain, &no_plain)), &marks)
            }
            Decision::Taken(which) => {
                let (taken, branch, word) =
                    if which { (yes_value, yes, "first") } else { (no_value, no, "second") };
                let Target::Common(ty) = target else { return marked(taken, &marks) };
                let (taken, _) = taken.unmark();
                match convert(&taken, &ty) {
                    Ok(value) => marked(value, &marks),
                    Err(error) => {
                        self.report(branch, locals, |this| {
                            let what = format!("The {word} result does not have the type of the whole");
                            Diagnostic::error("Branches of different types", note::conversion(&what, &error))
                                .at(this.span(branch))
                                .within(this.span(id))
                        });
                        marked(Value::unknown(ty), &marks)
                    }
                }
            }
        }
    }

    fn branch(&mut self, id: ExprId, taken: bool, locals: &Locals<'_>) -> Value {
        if taken { self.value(id, locals) } else { self.silently(|this| this.value(id, locals)).0 }
    }

    fn decide(&mut self, given: &Value, condition: ExprId, whole: ExprId, locals: &Locals<'_>) -> Decision {
        let (summary, detail) = match given.kind() {
            Kind::Bool(value) => return Decision::Taken(*value),
            Kind::Unknown(..) => return Decision::Unknown,
            Kind::Null(_) => {
                ("Condition is null", "The condition is null; it must be true or false.".to_owned())
            }
            _ => match convert(given, &Type::Bool) {
                Ok(value) => match value.as_bool() {
                    Some(value) => return Decision::Taken(value),
                    None => return Decision::Unknown,
                },
                Err(error) => {
                    ("Unsuitable condition", note::conversion("The condition does not fit", &error))
                }
            },
        };
        self.report(condition, locals, |this| {
            Diagnostic::error(summary, detail).at(this.span(condition)).within(this.span(whole))
        });
        Decision::Faulty
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Taken(bool),
    Unknown,
    Faulty,
}

/// The type of the results.
enum Target {
    /// Both have the same type.
    Same,
    /// One has no type yet, so both are kept as they are.
    Open,
    Common(Type),
}

impl Target {
    fn of(&self, yes: &Value, _no: &Value) -> Type {
        match self {
            Self::Same => yes.ty(),
            Self::Open => Type::Dynamic,
            Self::Common(ty) => ty.clone(),
        }
    }
}

fn target(yes: &Value, no: &Value) -> Option<Target> {
    match (yes.kind(), no.kind()) {
        (Kind::Bool(_), Kind::Bool(_))
        | (Kind::Number(_), Kind::Number(_))
        | (Kind::String(_), Kind::String(_)) => return Some(Target::Same),
        _ => {}
    }
    // A bare `null` takes the type of the other branch.
    if is_bare_null(yes) {
        return Some(Target::Common(no.ty()));
    }
    if is_bare_null(no) {
        return Some(Target::Common(yes.ty()));
    }
    if is_untyped(yes) || is_untyped(no) {
        return Some(Target::Open);
    }
    let (yes_type, no_type) = (yes.ty(), no.ty());
    if yes_type == no_type {
        return Some(Target::Same);
    }
    unify(&[yes_type, no_type], true).map(Target::Common)
}

fn is_bare_null(value: &Value) -> bool {
    value.marks().is_only_origins() && matches!(value.kind(), Kind::Null(Type::Dynamic))
}

fn is_untyped(value: &Value) -> bool {
    matches!(value.kind(), Kind::Null(Type::Dynamic) | Kind::Unknown(Type::Dynamic, _))
}

/// What is known of the result when either branch may be taken.
fn either(yes: &Value, no: &Value, ty: Type) -> Value {
    if yes.is_null() && no.is_null() {
        return Value::null(ty);
    }
    let mut facts = Refinement { not_null: is_never_null(yes) && is_never_null(no), ..Refinement::default() };
    let (yes_type, no_type) = (yes.ty(), no.ty());
    if yes_type == Type::Number && no_type == Type::Number {
        facts.lower = looser(lower(yes), lower(no), |a, b| a < b);
        facts.upper = looser(upper(yes), upper(no), |a, b| a > b);
    } else if yes_type.is_collection() && yes_type == no_type {
        let ((yes_least, yes_most), (no_least, no_most)) = (lengths(yes), lengths(no));
        facts.length_lower = Some(yes_least.min(no_least));
        facts.length_upper = yes_most.zip(no_most).map(|(a, b)| a.max(b));
    }
    if ty == Type::Dynamic || facts == Refinement::default() {
        return Value::unknown(ty);
    }
    Value::unknown(ty).refine(&facts)
}

fn is_never_null(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => false,
        Kind::Unknown(..) => value.refinement().is_some_and(|facts| facts.not_null),
        _ => true,
    }
}

fn lower(value: &Value) -> Option<Bound> {
    match value.kind() {
        Kind::Number(number) => Some(Bound { limit: number.clone(), inclusive: true }),
        _ => value.refinement().and_then(|facts| facts.lower.clone()),
    }
}

fn upper(value: &Value) -> Option<Bound> {
    match value.kind() {
        Kind::Number(number) => Some(Bound { limit: number.clone(), inclusive: true }),
        _ => value.refinement().and_then(|facts| facts.upper.clone()),
    }
}

fn looser(
    a: Option<Bound>,
    b: Option<Bound>,
    further: impl Fn(&crate::value::Number, &crate::value::Number) -> bool,
) -> Option<Bound> {
    let (a, b) = (a?, b?);
    Some(if further(&a.limit, &b.limit) {
        a
    } else if further(&b.limit, &a.limit) {
        b
    } else {
        Bound { inclusive: a.inclusive || b.inclusive, limit: a.limit }
    })
}

/// The least and the greatest possible length; null and unknown values may have any.
fn lengths(value: &Value) -> (usize, Option<usize>) {
    if let Some(items) = value.items() {
        let certain = matches!(value.kind(), Kind::List(_)) || items.iter().all(Value::is_wholly_known);
        // Unknown elements of a set may turn out to be equal.
        return (if certain { items.len() } else { items.len().min(1) }, Some(items.len()));
    }
    if let Some(entries) = value.entries() {
        return (entries.len(), Some(entries.len()));
    }
    let facts = value.refinement();
    (facts.and_then(|f| f.length_lower).unwrap_or(0), facts.and_then(|f| f.length_upper))
}

/// Describes the difference between two incompatible types.
fn difference(yes: &Type, no: &Type) -> String {
    match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            for (name, ty) in &a.attributes {
                match b.attributes.get(name) {
                    None => return format!("the attribute \"{name}\" is only in the first"),
                    Some(other) if other != ty => {
                        return format!("in the attribute \"{name}\", {}", difference(ty, other));
                    }
                    Some(_) => {}
                }
            }
            match b.attributes.keys().find(|name| !a.attributes.contains_key(*name)) {
                Some(name) => format!("the attribute \"{name}\" is only in the second"),
                None => "the objects differ inside".to_owned(),
            }
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() != b.len() => {
            format!("the first is a tuple of {} and the second one of {}", a.len(), b.len())
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            match a.iter().zip(b.iter()).enumerate().find(|(_, (x, y))| x != y) {
                Some((index, (x, y))) => format!("in element {index}, {}", difference(x, y)),
                None => "the tuples differ inside".to_owned(),
            }
        }
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b))
            if a.friendly() == b.friendly() =>
        {
            format!("in their elements, {}", difference(a, b))
        }
        _ if yes.friendly() == no.friendly() => "they differ deep inside".to_owned(),
        _ => format!("the first is a {} and the second a {}", yes.friendly(), no.friendly()),
    }
}
