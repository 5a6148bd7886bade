//! `replace_triggered_by`: whether something that it names is about to change.

use crate::address::{AbsoluteInstance, InstanceKey, ResourceAddress};
use crate::eval::Subject;
use crate::plan::{Action, Change};
use crate::syntax::{Expression, Node, Reference, Step, StepKind};
use crate::value::{Number, Path, PathStep, Value};

use super::walk::{Job, Walk};

/// Whether one of the triggers goes off.
pub(super) fn is_triggered(walk: &Walk<'_>, job: &Job<'_>, triggers: &[Expression]) -> bool {
    triggers.iter().any(|trigger| {
        let Some(named) = Named::by(trigger, &job.address.key) else { return false };
        let found = walk.found.borrow();
        let mut of_resource = instances(&found, job, &named.resource, named.key.as_ref());
        of_resource.any(|change| changes(change, &named.path))
    })
}

/// What a trigger names.
struct Named {
    resource: ResourceAddress,
    /// None where all instances are meant.
    key: Option<InstanceKey>,
    path: Path,
}

/// One step on the way from a resource to what is named.
enum Part<'e> {
    Attribute(&'e str),
    Key(InstanceKey),
    /// Something that the configuration should not have; whatever is before it is meant.
    Other,
}

impl Named {
    /// `own` is the key of the instance that has the trigger, for `count.index` and `each.key`.
    fn by(trigger: &Expression, own: &InstanceKey) -> Option<Self> {
        let (root, parts) = parts(trigger, own)?;
        let (Subject::Resource(resource), taken) = Subject::of(&root).ok()? else { return None };
        let mut parts = parts.into_iter().skip(taken).peekable();
        let key = match parts.next_if(|part| matches!(part, Part::Key(_))) {
            Some(Part::Key(key)) => Some(key),
            _ => None,
        };
        let path = parts.map_while(|part| match part {
            Part::Attribute(name) => Some(PathStep::Attribute(name.into())),
            Part::Key(InstanceKey::Number(number)) => {
                Some(PathStep::Index(Value::number(Number::from_u64(number))))
            }
            Part::Key(InstanceKey::Text(text)) => Some(PathStep::Index(Value::normalized_string(text))),
            Part::Key(InstanceKey::None) | Part::Other => None,
        });
        Some(Self { resource, key, path: Path(path.collect()) })
    }
}

/// The reference at the beginning of an expression, and all steps from its root on, wherever they are written.
fn parts<'e>(expression: &'e Expression, own: &InstanceKey) -> Option<(Reference<'e>, Vec<Part<'e>>)> {
    let file = expression.file();
    let step = |step: &'e Step| match step.kind {
        StepKind::Attribute(name) => Part::Attribute(file.text(name)),
        StepKind::Key(text) => Part::Key(InstanceKey::text(file.text(text))),
        StepKind::Number(number) => number_key(file.number(number)),
    };
    // From the last step to the first, as the tree has them.
    let mut parts = Vec::new();
    let mut id = expression.id();
    loop {
        match file.node(id) {
            Node::Parentheses(inner) | Node::Wrap(inner) => id = *inner,
            Node::Relative { source, steps } => {
                parts.extend(file.steps(*steps).iter().rev().map(step));
                id = *source;
            }
            Node::Index { collection, key } => {
                parts.push(match file.node(*key) {
                    Node::Traversal { .. } => Part::Key(own.clone()),
                    Node::Text(text) => Part::Key(InstanceKey::text(file.text(*text))),
                    Node::Number(number) => number_key(file.number(*number)),
                    _ => Part::Other,
                });
                id = *collection;
            }
            Node::Traversal { steps, .. } => {
                parts.extend(file.steps(*steps).iter().rev().map(step));
                parts.reverse();
                // It is the first that is written.
                return Some((expression.references().next()?, parts));
            }
            _ => return None,
        }
    }
}

fn number_key<'e>(number: &Number) -> Part<'e> {
    let number = number.to_i64().and_then(|number| number.try_into().ok());
    number.map_or(Part::Other, |number| Part::Key(InstanceKey::Number(number)))
}

fn instances<'f>(
    found: &'f super::walk::Found,
    job: &Job<'_>,
    resource: &ResourceAddress,
    key: Option<&InstanceKey>,
) -> Box<dyn Iterator<Item = &'f Change> + 'f> {
    let module = job.address.module.clone();
    match key {
        Some(key) => {
            let address = AbsoluteInstance { module, resource: resource.clone(), key: key.clone() };
            Box::new(found.places.get(&address).and_then(|place| found.changes.get(*place)).into_iter())
        }
        None => {
            let resource = resource.clone();
            let of_it = move |change: &&Change| {
                change.address.resource == resource && change.address.module == module
            };
            Box::new(found.changes.iter().filter(of_it))
        }
    }
}

/// Whether what the path leads to is about to be something else.
fn changes(change: &Change, path: &Path) -> bool {
    if !matches!(change.action, Action::Update | Action::Replace(_)) {
        return false;
    }
    path.is_root()
        || match (change.before.at(path), change.after.at(path)) {
            (Some(before), Some(after)) => !before.same(&after),
            (None, None) => false,
            _ => true,
        }
}
