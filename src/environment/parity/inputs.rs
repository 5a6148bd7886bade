//! The differences between the inputs of two environments, and where they come from.

use std::collections::BTreeMap;

use crate::diag::Span;
use crate::value::{Mark, Marks, Name, Origin, Role, Value};

use super::origin;

/// A variable's value in one environment.
#[derive(Clone, Debug)]
pub struct Given {
    pub value: Value,
    /// Where it was set; none for the variable's default.
    pub place: Option<Span>,
    /// The service whose variables it holds.
    pub service: Option<Name>,
    /// Whether it is exactly the name of the environment.
    pub is_name: bool,
}

/// The inputs of two environments, each marked with the origins of its differences.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub first: BTreeMap<Name, Value>,
    pub second: BTreeMap<Name, Value>,
    /// The variables that have different values.
    pub differing: Vec<Name>,
}

/// Puts origins on what differs. What is equal in both gets none, because it cannot cause a difference.
pub fn inputs(first: &BTreeMap<Name, Given>, second: &BTreeMap<Name, Given>) -> Inputs {
    let mut inputs = Inputs::default();
    let names: std::collections::BTreeSet<&Name> = first.keys().chain(second.keys()).collect();
    for name in names {
        let (a, b) = (first.get(name), second.get(name));
        let differs = match (a, b) {
            (Some(a), Some(b)) => !without_origins(&a.value).same(&without_origins(&b.value)),
            _ => true,
        };
        if differs {
            inputs.differing.push(name.clone());
        }
        let carried = differs
            && a.zip(b).is_some_and(|(a, b)| explains_itself(a) && explains_itself(b) && a.place == b.place);
        for (given, values) in [(a, &mut inputs.first), (b, &mut inputs.second)] {
            let Some(given) = given else { continue };
            let value = match (differs, carried) {
                (false, _) => without_origins(&given.value),
                (true, true) => given.value.clone(),
                (true, false) => {
                    let origin = own_origin(name, a.into_iter().chain(b));
                    without_origins(&given.value).mark(Mark::Origin(origin))
                }
            };
            values.insert(name.clone(), value);
        }
    }
    inputs
}

/// If the same expression gives both values, the cause is what the expression refers to, unless it makes a decision of
/// that: then the variable itself must be declared.
fn explains_itself(given: &Given) -> bool {
    let origins = given.value.marks_deep();
    let is_plain = |origin: &Origin| origin.role != Role::Decides && &*origin.parameter != origin::TIER;
    given.place.is_some()
        && given.service.is_none()
        && origins.has_origins()
        && origins.origins().all(is_plain)
}

fn own_origin<'g>(name: &Name, given: impl Iterator<Item = &'g Given> + Clone) -> Origin {
    if given.clone().any(|given| given.is_name) {
        return Origin::new(origin::NAME, Role::Text);
    }
    match given.filter_map(|given| given.service.as_ref()).next() {
        Some(service) => Origin::new(format!("{}{service}", origin::SERVICE), Role::Part),
        None => Origin::new(name.clone(), Role::Part),
    }
}

/// The value with only the marks about secrecy.
pub(super) fn without_origins(value: &Value) -> Value {
    if !value.marks_deep().has_origins() {
        return value.clone();
    }
    let (plain, places) = value.clone().unmark_places();
    let kept: Vec<_> = places
        .into_iter()
        .map(|(path, marks)| {
            let rest: Marks = marks.iter().filter(|mark| !matches!(mark, Mark::Origin(_))).cloned().collect();
            (path, rest)
        })
        .filter(|(_, marks)| !marks.is_empty())
        .collect();
    plain.mark_places(&kept)
}
