//! `[for x in xs : y]` and `{ for k, v in xs : a => b }`

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::syntax::{ExprId, For, Node};
use crate::value::{Kind, MOST_ELEMENTS, Mark, Marks, Name, Type, Value};

use super::access::marked;
use super::construct::Key;
use super::evaluator::{Evaluator, Locals};
use super::function::convert_argument;
use super::note;

/// The limit for the size of all values made by the `for` expressions in one expression: about a gigabyte.
const MOST_MADE: u32 = 1 << 24;

impl Evaluator<'_> {
    pub(super) fn iteration(&mut self, id: ExprId, each: &For, locals: &Locals<'_>) -> Value {
        let collection = self.value(each.collection, locals);
        if collection.is_null() {
            return self.report(each.collection, locals, |this| {
                Diagnostic::error(
                    "Iteration over null",
                    "There is nothing to go through: the collection is null.",
                )
                .at(this.span(each.collection))
                .within(this.span(id))
            });
        }
        match collection.kind() {
            Kind::Unknown(Type::Dynamic, _) => return marked(Value::dynamic(), collection.marks()),
            Kind::List(_) | Kind::Set(_) | Kind::Map(_) | Kind::Tuple(_) | Kind::Object(_) => {}
            Kind::Unknown(ty, _) if ty.is_collection() || matches!(ty, Type::Tuple(_) | Type::Object(_)) => {}
            _ => {
                return self.report(each.collection, locals, |this| {
                    Diagnostic::error(
                        "Not a collection",
                        format!(
                            "A for expression goes through a list, set, map, tuple or object; this is a {}.",
                            collection.ty().friendly()
                        ),
                    )
                    .at(this.span(each.collection))
                    .within(this.span(id))
                });
            }
        }
        let mut marks = collection.marks().clone();
        if let Some(condition) = each.condition {
            match self.check_condition(id, each, condition, locals) {
                Some(found) if !collection.is_known() => marks = marks.union(&found),
                Some(_) => {}
                None => return Value::dynamic(),
            }
        }
        if !collection.is_known() {
            return marked(Value::dynamic(), &marks);
        }
        let mut gathering = Gathering {
            id,
            each,
            marks,
            known: true,
            result: match each.key_result {
                None => Gathered::Tuple(Vec::new()),
                Some(key) if each.group => Gathered::Groups(key, BTreeMap::new()),
                Some(key) => Gathered::Object(key, BTreeMap::new()),
            },
        };
        if let Some(entries) = collection.entries() {
            for (key, value) in entries {
                let key = Value::normalized_string(Arc::clone(key));
                self.element(&mut gathering, &key, value, locals);
            }
        } else if let Kind::Set(set) = collection.kind() {
            for value in set.items() {
                self.element(&mut gathering, value, value, locals);
            }
        } else {
            for (index, value) in collection.items().unwrap_or(&[]).iter().enumerate() {
                self.element(&mut gathering, &Value::count(index), value, locals);
            }
        }
        let value = if gathering.known { gathering.result.into_value() } else { Value::dynamic() };
        marked(value, &gathering.marks)
    }

    /// First evaluates the condition with unknown names: an error that every element would have is then reported once,
    /// and even if there are no elements. Returns the marks of the condition, or `None` if it has an error.
    fn check_condition(
        &mut self,
        id: ExprId,
        each: &For,
        condition: ExprId,
        locals: &Locals<'_>,
    ) -> Option<Marks> {
        let unknown = Value::dynamic();
        let errors = self.errors();
        let value = self.with_names(each, &unknown, &unknown, locals, |this, inner| {
            let value = this.value(condition, inner);
            (this.errors() == errors).then(|| this.condition_value(id, condition, &value, inner)).flatten()
        })?;
        Some(value.marks().clone())
    }

    /// The condition as a non-null boolean.
    fn condition_value(
        &mut self,
        id: ExprId,
        condition: ExprId,
        value: &Value,
        locals: &Locals<'_>,
    ) -> Option<Value> {
        let (summary, detail) = if value.is_null() {
            ("Condition is null", "The if clause is null; it must be true or false.".to_owned())
        } else {
            match convert_argument(value, &Type::Bool) {
                Ok(value) => return Some(value.deciding()),
                Err(error) => {
                    ("Unsuitable condition", note::conversion("The if clause does not fit", &error))
                }
            }
        };
        self.report(condition, locals, |this| {
            Diagnostic::error(summary, detail).at(this.span(condition)).within(this.span(id))
        });
        None
    }

    fn element(&mut self, gathering: &mut Gathering<'_>, key: &Value, value: &Value, locals: &Locals<'_>) {
        let each = gathering.each;
        // Nested loops multiply. This many rounds are a mistake, and would take all the memory.
        self.rounds += 1;
        if self.rounds > MOST_ELEMENTS {
            if self.rounds == MOST_ELEMENTS + 1 {
                let id = gathering.id;
                self.report(id, locals, |this| {
                    let detail = format!(
                        "The for expressions in this go through more than {MOST_ELEMENTS} elements together."
                    );
                    Diagnostic::error("Too many elements", detail).at(this.span(id))
                });
            }
            // The limit is reported once, but every further attempt counts as an error, so that its unknown is not used
            // as a value.
            self.errors += 1;
            gathering.known = false;
            return;
        }
        if self.made > MOST_MADE {
            self.errors += 1;
            gathering.known = false;
            return;
        }
        self.with_names(each, key, value, locals, |this, inner| this.gather(gathering, inner));
    }

    /// Counts what is kept while it is made: all of it together may be too much long before it is one value.
    fn count_made(&mut self, gathering: &mut Gathering<'_>, value: &Value, locals: &Locals<'_>) {
        let before = self.made;
        // What an inner loop made was counted there.
        let is_loop = matches!(self.file.node(gathering.each.result), Node::For(_));
        let named = u32::from(gathering.each.key_result.is_some());
        self.made = before.saturating_add(if is_loop { 1 } else { value.weight() }).saturating_add(named);
        if self.made <= MOST_MADE {
            return;
        }
        gathering.known = false;
        if before <= MOST_MADE {
            let id = gathering.id;
            self.report(id, locals, |this| {
                let why = "The for expressions in this make a value with tens of millions of parts, for which there would be \
                           no memory.";
                Diagnostic::error("Value too large", why).at(this.span(id))
            });
        }
    }

    fn gather(&mut self, gathering: &mut Gathering<'_>, locals: &Locals<'_>) {
        if !self.is_included(gathering, locals) {
            return;
        }
        let key = match gathering.result {
            Gathered::Tuple(_) => None,
            Gathered::Object(key, _) | Gathered::Groups(key, _) => {
                let Some(name) = self.gathered_key(key, gathering, locals) else { return };
                Some(name)
            }
        };
        let value = self.value(gathering.each.result, locals);
        self.count_made(gathering, &value, locals);
        match (&mut gathering.result, key) {
            (Gathered::Tuple(items), _) => items.push(value),
            (Gathered::Groups(_, groups), Some(name)) => groups.entry(name).or_default().push(value),
            (Gathered::Object(key, attributes), Some(name)) => match attributes.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(taken) => {
                    let secret = gathering.marks.contains(&Mark::Sensitive);
                    let name = if secret { "(sensitive)".to_owned() } else { format!("\"{}\"", taken.key()) };
                    let (key, id) = (*key, gathering.id);
                    self.report(key, locals, |this| {
                        let why = format!(
                            "Two elements give the same key {name}, and an object holds each key once."
                        );
                        Diagnostic::error("Duplicate key", why)
                            .hint("To gather the values of equal keys in lists, write ... after the value.")
                            .at(this.span(key))
                            .within(this.span(id))
                    });
                }
            },
            (_, None) => {}
        }
    }

    /// Whether the condition holds for the present element. Where that is not known, neither is the result.
    fn is_included(&mut self, gathering: &mut Gathering<'_>, locals: &Locals<'_>) -> bool {
        let Some(condition) = gathering.each.condition else { return true };
        let id = gathering.id;
        let given = self.value(condition, locals);
        if !given.marks().is_empty() {
            gathering.marks = gathering.marks.union(&given.marks().deciding());
        }
        // After the first failure, only errors in the expressions of other elements are of interest.
        let include = if gathering.known {
            self.condition_value(id, condition, &given, locals)
        } else {
            self.silently(|this| this.condition_value(id, condition, &given, locals)).0
        };
        let include = include.as_ref().and_then(Value::as_bool);
        gathering.known &= include.is_some();
        include == Some(true)
    }

    /// The key of the present element; `None` if it is not known, and then neither is the result.
    fn gathered_key(
        &mut self,
        key: ExprId,
        gathering: &mut Gathering<'_>,
        locals: &Locals<'_>,
    ) -> Option<Name> {
        let errors = self.errors();
        let given = self.value(key, locals);
        let found = if self.errors() > errors {
            Key::Unknown(Marks::none())
        } else if gathering.known {
            self.key_of(&given, key, gathering.id, locals)
        } else {
            self.silently(|this| this.key_of(&given, key, gathering.id, locals)).0
        };
        let (name, marks) = match found {
            Key::Name(name, marks) => (Some(name), marks),
            Key::Unknown(marks) => (None, marks),
        };
        if !marks.is_empty() {
            gathering.marks = gathering.marks.union(&marks);
        }
        gathering.known &= name.is_some();
        name
    }

    /// Evaluates with the names of the `for` in scope.
    fn with_names<T>(
        &mut self,
        each: &For,
        key: &Value,
        value: &Value,
        locals: &Locals<'_>,
        run: impl FnOnce(&mut Self, &Locals<'_>) -> T,
    ) -> T {
        let file = self.file;
        let name = file.text(each.value_name.0);
        match &each.key_name {
            None => run(self, &Locals::Name { name, value, outer: locals }),
            Some((key_name, _)) => {
                let outer = Locals::Name { name: file.text(*key_name), value: key, outer: locals };
                run(self, &Locals::Name { name, value, outer: &outer })
            }
        }
    }
}

struct Gathering<'n> {
    id: ExprId,
    each: &'n For,
    marks: Marks,
    /// Whether all elements so far are known.
    known: bool,
    result: Gathered,
}

/// The results so far, with the expression of the key if there is one.
enum Gathered {
    Tuple(Vec<Value>),
    Object(ExprId, BTreeMap<Name, Value>),
    Groups(ExprId, BTreeMap<Name, Vec<Value>>),
}

impl Gathered {
    fn into_value(self) -> Value {
        match self {
            Self::Tuple(items) => Value::tuple(items),
            Self::Object(_, attributes) => Value::object(attributes),
            Self::Groups(_, groups) => {
                Value::object(groups.into_iter().map(|(name, items)| (name, Value::tuple(items))))
            }
        }
    }
}
