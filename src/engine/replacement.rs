//! `replace_triggered_by`: whether something that it names is about to change.

use crate::address::{AbsoluteInstance, InstanceKey, ResourceAddress};
use crate::eval::Subject;
use crate::plan::{Action, Change};
use crate::syntax::{Expression, Reference, StepKind};
use crate::value::{Number, Path, Value};

use super::walk::{Job, Walk};

/// Whether one of the triggers goes off.
pub(super) fn is_triggered(walk: &Walk<'_>, job: &Job<'_>, triggers: &[Expression]) -> bool {
    triggers.iter().any(|trigger| {
        let references: Vec<Reference<'_>> = trigger.references().collect();
        let resource = references.iter().find_map(|traversal| match Subject::of(traversal) {
            Ok((Subject::Resource(resource), taken)) => Some((traversal, resource, taken)),
            _ => None,
        });
        let Some((traversal, resource, taken)) = resource else { return false };
        // With count.index or each.key beside it, the instance with this one's own key is meant.
        let own = references.iter().any(|other| matches!(other.root, "count" | "each"));
        let (key, path) =
            if own { (Some(job.address.key.clone()), Path::root()) } else { rest(traversal, taken) };
        let found = walk.found.borrow();
        let mut of_resource = instances(&found, job, &resource, key.as_ref());
        of_resource.any(|change| changes(change, &path))
    })
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

/// The key and the attribute that follow a resource in a reference.
fn rest(traversal: &Reference<'_>, taken: usize) -> (Option<InstanceKey>, Path) {
    let mut steps = traversal.steps.iter().enumerate().skip(taken).peekable();
    let key = match steps.peek().map(|(_, step)| &step.kind) {
        Some(StepKind::Number(_) | StepKind::Key(_)) => key(traversal, taken),
        _ => None,
    };
    if key.is_some() {
        steps.next();
    }
    let mut path = Path::root();
    for (index, step) in steps {
        path = match &step.kind {
            StepKind::Attribute(_) => match traversal.attribute(index) {
                Some(name) => path.attribute(name),
                None => return (key, path),
            },
            _ => match self::key(traversal, index) {
                Some(InstanceKey::Number(number)) => path.index(Value::number(Number::from_u64(number))),
                Some(InstanceKey::Text(text)) => path.index(Value::normalized_string(text)),
                _ => return (key, path),
            },
        };
    }
    (key, path)
}

fn key(traversal: &Reference<'_>, index: usize) -> Option<InstanceKey> {
    match traversal.steps.get(index)?.kind {
        StepKind::Number(number) => {
            traversal.file.number(number).to_i64()?.try_into().ok().map(InstanceKey::Number)
        }
        StepKind::Key(text) => Some(InstanceKey::text(traversal.file.text(text))),
        StepKind::Attribute(_) => None,
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
