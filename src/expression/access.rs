//! Access into values: references, attributes and indices.

use crate::diag::Diagnostic;
use crate::syntax::{ExprId, File, Step, StepKind};
use crate::value::{Entries, Kind, Mark, Marks, Name, Number, Type, Value};

use super::Reference;
use super::evaluator::{Evaluator, Locals};
use super::function::{convert_argument, plural};

/// The result of an access, or an error that has no place yet.
type Access = Result<Value, Box<Diagnostic>>;

impl Evaluator<'_> {
    /// A name followed by literal steps.
    pub(super) fn traversal(&mut self, id: ExprId, root: &str, steps: &[Step], locals: &Locals<'_>) -> Value {
        if let Some(value) = locals.get(root) {
            return self.follow(id, value, steps, locals);
        }
        let reference = Reference { root, steps, file: self.file, id };
        match self.scope.resolve(&reference) {
            Ok(resolution) => {
                let rest = steps.get(resolution.taken..).unwrap_or(&[]);
                if rest.is_empty() {
                    resolution.value
                } else {
                    self.follow(id, &resolution.value, rest, locals)
                }
            }
            Err(faults) => {
                self.pass_on(faults);
                Value::dynamic()
            }
        }
    }

    /// Literal steps after any other expression.
    pub(super) fn relative(
        &mut self,
        id: ExprId,
        source: ExprId,
        steps: &[Step],
        locals: &Locals<'_>,
    ) -> Value {
        let value = self.value(source, locals);
        self.follow(id, &value, steps, locals)
    }

    fn follow(&mut self, id: ExprId, value: &Value, steps: &[Step], locals: &Locals<'_>) -> Value {
        let (value, taken, fault) = follow_steps(self.file, value, steps);
        let (Some(fault), Some(step)) = (fault, steps.get(taken)) else { return value };
        self.report(id, locals, |this| {
            let whole = this.file.range(id);
            fault.at(this.span_of(step.range)).within(this.span_of(whole))
        })
    }

    /// `collection[key]`
    pub(super) fn index(
        &mut self,
        id: ExprId,
        collection: ExprId,
        key: ExprId,
        locals: &Locals<'_>,
    ) -> Value {
        let whole = self.value(collection, locals);
        let key_value = self.value(key, locals);
        match index(&whole, &key_value) {
            Ok(value) => value,
            Err(fault) => self.report(id, locals, |this| fault.at(this.span(key)).within(this.span(id))),
        }
    }
}

/// Follows as many steps as possible: returns the value reached, the number of steps, and the error of the next one.
pub(super) fn follow_steps(file: &File, value: &Value, steps: &[Step]) -> (Value, usize, Option<Diagnostic>) {
    // Plain containers are walked by reference; only the final value is cloned.
    let mut current = value;
    let mut taken = 0;
    for step in steps {
        match plain_step(file, current, step) {
            Some(inner) => current = inner,
            None => break,
        }
        taken += 1;
    }
    let mut current = current.clone();
    for step in steps.get(taken..).unwrap_or(&[]) {
        let next = match &step.kind {
            StepKind::Attribute(name) => attribute(&current, file.text(*name)),
            StepKind::Key(key) => index(&current, &Value::normalized_string(Name::from(file.text(*key)))),
            StepKind::Number(number) => index(&current, &Value::number(file.number(*number).clone())),
        };
        match next {
            Ok(value) => current = value,
            Err(fault) => return (current, taken, Some(*fault)),
        }
        taken += 1;
    }
    (current, taken, None)
}

/// A step into a plain value, without any special case.
fn plain_step<'v>(file: &File, value: &'v Value, step: &Step) -> Option<&'v Value> {
    if !value.marks().is_empty() {
        return None;
    }
    match (&step.kind, value.kind()) {
        (StepKind::Attribute(name) | StepKind::Key(name), Kind::Object(attributes)) => {
            attributes.get(file.text(*name))
        }
        (StepKind::Attribute(name) | StepKind::Key(name), Kind::Map(map)) => map.items.get(file.text(*name)),
        (StepKind::Number(number), Kind::List(list)) => at(&list.items, file.number(*number)),
        (StepKind::Number(number), Kind::Tuple(items)) => at(items, file.number(*number)),
        _ => None,
    }
}

fn at<'v>(items: &'v [Value], number: &Number) -> Option<&'v Value> {
    items.get(usize::try_from(number.to_i64()?).ok()?)
}

/// `value.name`
pub(super) fn attribute(value: &Value, name: &str) -> Access {
    let ty = match value.kind() {
        Kind::Null(_) => {
            return fault(
                "Attribute of null",
                format!("The value is null, so it has no attribute \"{name}\"."),
            );
        }
        Kind::Object(attributes) => {
            return match attributes.get(name) {
                Some(inner) => Ok(chosen(inner.clone(), value.marks())),
                None => missing_attribute(value.marks(), name, attributes.keys()),
            };
        }
        Kind::Map(map) => {
            return match map.items.get(name) {
                Some(inner) => Ok(chosen(inner.clone(), value.marks())),
                None => missing_key(value.marks(), Some(name), map.items.keys()),
            };
        }
        Kind::Unknown(ty, _) => ty.clone(),
        _ => value.ty(),
    };
    match &ty {
        // The value may not even be an object yet.
        Type::Dynamic => Ok(marked(Value::dynamic(), value.marks())),
        Type::Map(element) => Ok(chosen(Value::unknown((**element).clone()), value.marks())),
        Type::Object(object) => match object.attributes.get(name) {
            Some(ty) => Ok(chosen(Value::unknown(ty.clone()), value.marks())),
            None => missing_attribute(value.marks(), name, object.attributes.keys()),
        },
        Type::List(element) | Type::Set(element) if matches!(**element, Type::Object(_)) => {
            let kind = if matches!(ty, Type::List(_)) { "list" } else { "set" };
            let Type::Object(object) = &**element else { return no_attributes(&ty, name) };
            let diagnostic = Diagnostic::error(
                "Attribute of a collection",
                format!("This is a {kind} of objects and has itself no attribute \"{name}\"."),
            );
            let diagnostic = match (object.attributes.contains_key(name), kind) {
                (true, "list") => diagnostic.hint(format!(
                    "Each element has it: pick one, as in [0].{name}, or take all of them with [*].{name}."
                )),
                (true, _) => diagnostic.hint(format!(
                    "Each element has it: take all of them with [*].{name} or a for expression."
                )),
                (false, _) => diagnostic.suggest(name, object.attributes.keys().map(|known| &**known)),
            };
            Err(Box::new(diagnostic))
        }
        _ => no_attributes(&ty, name),
    }
}

/// `collection[key]`
pub(super) fn index(collection: &Value, key: &Value) -> Access {
    if collection.is_null() {
        return fault("Index of null", "The value is null, so there is nothing in it to select.".to_owned());
    }
    if key.is_null() {
        return fault("Invalid index", "The key is null; a key must have a value.".to_owned());
    }
    let held;
    let ty = match collection.kind() {
        Kind::Unknown(ty, _) => ty,
        Kind::List(_) | Kind::Tuple(_) if key.is_known() => return index_sequence(collection, key),
        Kind::Map(map) if key.is_known() => return index_map(&map.items, collection.marks(), key),
        Kind::Object(attributes) if key.is_known() => {
            return index_object(attributes, collection.marks(), key);
        }
        _ => {
            held = collection.ty();
            &held
        }
    };
    let dynamic_key = matches!(key.kind(), Kind::Unknown(Type::Dynamic, _));
    match ty {
        Type::Dynamic => Ok(selected(Value::dynamic(), collection.marks(), key)),
        _ if dynamic_key => Ok(selected(Value::dynamic(), collection.marks(), key)),
        Type::List(element) | Type::Map(element) => {
            let wanted = if matches!(ty, Type::List(_)) { Type::Number } else { Type::String };
            let key = convert_key(key, &wanted)?;
            Ok(chosen(chosen(Value::unknown((**element).clone()), collection.marks()), key.marks()))
        }
        Type::Tuple(elements) => {
            let key = convert_key(key, &Type::Number)?;
            let value = match key.as_number() {
                None => Value::dynamic(),
                Some(number) => {
                    let index = position(number, elements.len(), &key, collection)?;
                    elements.get(index).cloned().map_or_else(Value::dynamic, Value::unknown)
                }
            };
            Ok(chosen(chosen(value, collection.marks()), key.marks()))
        }
        Type::Object(_) => {
            convert_key(key, &Type::String)?;
            Ok(selected(Value::dynamic(), collection.marks(), key))
        }
        Type::Set(_) => Err(Box::new(
            Diagnostic::error(
                "Index of a set",
                "The elements of a set have no order and no keys, so none can be selected by one.",
            )
            .hint("Convert it with tolist() where any order will do, or use a for expression."),
        )),
        _ => fault("Invalid index", format!("This is a {}, which has no elements to select.", ty.friendly())),
    }
}

fn index_sequence(collection: &Value, key: &Value) -> Access {
    let items = collection.items().unwrap_or(&[]);
    let key = convert_key(key, &Type::Number)?;
    let Some(number) = key.as_number() else {
        return Ok(selected(Value::dynamic(), collection.marks(), &key));
    };
    let index = position(number, items.len(), &key, collection)?;
    let value = items.get(index).cloned().unwrap_or_else(Value::dynamic);
    Ok(chosen(chosen(value, collection.marks()), key.marks()))
}

fn index_map(items: &Entries, marks: &Marks, key: &Value) -> Access {
    let key = convert_key(key, &Type::String)?;
    match key.as_str().and_then(|key| items.get(key)) {
        Some(value) => Ok(chosen(chosen(value.clone(), marks), key.marks())),
        None => {
            let shown = if is_secret(key.marks()) { None } else { key.as_str() };
            missing_key(marks, shown, items.keys())
        }
    }
}

fn index_object(attributes: &Entries, marks: &Marks, key: &Value) -> Access {
    let was_number = key.as_number().is_some();
    let text = convert_key(key, &Type::String)?;
    // As in Terraform, a secret key does not make the result secret: the type shows which attribute it is anyway.
    match text.as_str().and_then(|name| attributes.get(name)) {
        Some(value) => Ok(selected(value.clone(), marks, key)),
        None if was_number => fault(
            "Invalid index",
            "This is an object: its attributes are selected by name, not by number.".to_owned(),
        ),
        None if is_secret(key.marks()) => {
            fault("No such attribute", "This object has no attribute of that (sensitive) name.".to_owned())
        }
        None => missing_attribute(marks, text.as_str().unwrap_or_default(), attributes.keys()),
    }
}

/// The index of a sequence that a number denotes.
fn position(
    number: &Number,
    length: usize,
    key: &Value,
    collection: &Value,
) -> Result<usize, Box<Diagnostic>> {
    let found = number.to_i64().filter(|_| number.is_integer()).and_then(|n| usize::try_from(n).ok());
    if let Some(index) = found.filter(|index| *index < length) {
        return Ok(index);
    }
    let detail = if !number.is_integer() {
        "An index must be a whole number, and this one has a fraction; floor() makes it whole.".to_owned()
    } else if number.is_negative() {
        "An index counts from zero at the front; there are no negative ones.".to_owned()
    } else if is_secret(collection.marks()) || is_secret(key.marks()) {
        "There is no element at this index.".to_owned()
    } else if length == 0 {
        format!("There is no element {number}: the sequence is empty.")
    } else {
        format!("There is no element {number}: the last of {} is {}.", plural(length, "element"), length - 1)
    };
    let diagnostic = Diagnostic::error("Index out of range", detail);
    Err(Box::new(if number.is_negative() && length > 0 {
        diagnostic.hint("For the last element write x[length(x) - 1].")
    } else {
        diagnostic
    }))
}

fn convert_key(key: &Value, ty: &Type) -> Result<Value, Box<Diagnostic>> {
    convert_argument(key, ty).map_err(|error| {
        let what = if *ty == Type::Number { "a position in a sequence" } else { "a key" };
        Box::new(Diagnostic::error(
            "Invalid index",
            format!("The value in brackets cannot be used as {what}: {}.", error.message),
        ))
    })
}

fn missing_attribute<'v>(marks: &Marks, name: &str, known: impl Iterator<Item = &'v Name> + Clone) -> Access {
    let mut detail = format!("This object has no attribute \"{name}\"");
    finish_with_known(&mut detail, marks, "; it has", known.clone());
    Err(Box::new(suggest(Diagnostic::error("No such attribute", detail), marks, name, known)))
}

fn missing_key<'v>(
    marks: &Marks,
    name: Option<&str>,
    known: impl Iterator<Item = &'v Name> + Clone,
) -> Access {
    let mut detail = match name {
        Some(name) => format!("This map has no element with the key \"{name}\""),
        None => "This map has no element with that (sensitive) key".to_owned(),
    };
    finish_with_known(&mut detail, marks, "; its keys are", known.clone());
    Err(Box::new(suggest(Diagnostic::error("No such key", detail), marks, name.unwrap_or_default(), known)))
}

/// Ends a sentence with the names that exist, unless those are secret.
fn finish_with_known<'v>(
    detail: &mut String,
    marks: &Marks,
    lead: &str,
    known: impl Iterator<Item = &'v Name>,
) {
    const SHOWN: usize = 8;
    if !is_secret(marks) {
        let known: Vec<&str> = known.map(|name| &**name).collect();
        if known.is_empty() {
            detail.push_str("; it is empty");
        } else {
            detail.push_str(lead);
            for (index, name) in known.iter().take(SHOWN).enumerate() {
                detail.push_str(if index == 0 { " " } else { ", " });
                detail.push_str(name);
            }
            if known.len() > SHOWN {
                detail.push_str(&format!(" and {} more", known.len() - SHOWN));
            }
        }
    }
    detail.push('.');
}

fn suggest<'v>(
    diagnostic: Diagnostic,
    marks: &Marks,
    name: &str,
    known: impl Iterator<Item = &'v Name>,
) -> Diagnostic {
    if is_secret(marks) { diagnostic } else { diagnostic.suggest(name, known.map(|name| &**name)) }
}

fn no_attributes(ty: &Type, name: &str) -> Access {
    fault(
        "No attributes",
        format!("This is a {}, which has no attribute \"{name}\" or any other.", ty.friendly()),
    )
}

fn is_secret(marks: &Marks) -> bool {
    marks.contains(&Mark::Sensitive)
}

fn fault(summary: &str, detail: String) -> Access {
    Err(Box::new(Diagnostic::error(summary, detail)))
}

/// A part of a collection, which depends on everything that the whole was made from.
fn chosen(value: Value, marks: &Marks) -> Value {
    if marks.is_empty() { value } else { value.with_marks(&marks.deciding()) }
}

/// [`chosen`], with only the origins of the key.
fn selected(value: Value, marks: &Marks, key: &Value) -> Value {
    let value = chosen(value, marks);
    if key.marks().has_origins() { chosen(value, &key.marks().only_origins()) } else { value }
}

pub(super) fn marked(value: Value, marks: &Marks) -> Value {
    if marks.is_empty() { value } else { value.with_marks(marks) }
}
