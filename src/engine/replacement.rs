//! `replace_triggered_by`: whether something that it names is about to change.

use foldhash::{HashMap, HashSet};

use crate::address::{AbsoluteResource, InstanceKey, ResourceAddress};
use crate::config::{Configuration, Module, Repetition, Resource};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::{Subject, check_declared};
use crate::plan::{Action, Change};
use crate::syntax::{Expression, Node, Reference, Step, StepKind};
use crate::value::{Number, Path, PathStep, Value};

use super::walk::{Job, Walk};

/// Refuses triggers that refer to nothing. As in the reference this is checked when instances are planned: a resource
/// without instances is not checked.
pub(super) fn check(resource: &Resource, module: &Module, faults: &mut Diagnostics) {
    let triggers = resource.managed.iter().flat_map(|managed| &managed.replace_triggered_by);
    for trigger in triggers {
        // The key of the instance does not matter here.
        let Some((root, parts)) = parts(trigger, &InstanceKey::None) else {
            faults.push(invalid("Each item is a reference to one resource, to one of its instances, or to an attribute; other expressions are not allowed.", trigger));
            continue;
        };
        if parts.iter().any(|part| matches!(part, Part::Other)) {
            faults.push(invalid("An index must be a constant, count.index or each.key here.", trigger));
            continue;
        }
        if let Ok((subject, _)) = Subject::of(&root)
            && let Err(absent) = check_declared(&subject, module, &root)
        {
            faults.extend(absent);
        }
        for own in trigger.references().skip(1) {
            let wanted = match resource.repetition {
                Repetition::Count(_) => "count",
                Repetition::ForEach(_) => "each",
                Repetition::Once => "",
            };
            if own.root != wanted {
                let why = format!(
                    "\"{}\" is not available, because the resource does not have the argument that provides it.",
                    own.root
                );
                let summary = format!("No \"{}\" here", own.root);
                faults.push(Diagnostic::error(summary, why).at(own.span()).within(trigger.span()));
            }
        }
    }
}

fn invalid(why: &str, trigger: &Expression) -> Diagnostic {
    Diagnostic::error("Invalid replace_triggered_by expression", why).at(trigger.span())
}

/// Whether one of the triggers fires.
pub(super) fn is_triggered(walk: &Walk<'_>, job: &Job<'_>, triggers: &[Expression]) -> bool {
    triggers.iter().any(|trigger| {
        let Some(named) = Named::by(trigger, &job.address.key) else { return false };
        let found = walk.found.borrow();
        let resource = AbsoluteResource { module: job.address.module.clone(), resource: named.resource };
        let places = found.watched.places(&resource, named.key.as_ref());
        places.iter().any(|place| found.changes.get(*place).is_some_and(|it| changes(it, &named.path)))
    })
}

/// The places of the changes that triggers may look at: those of the resources that some trigger names.
#[derive(Default)]
pub(super) struct Watched {
    resources: HashSet<ResourceAddress>,
    found: HashMap<AbsoluteResource, Places>,
}

#[derive(Default)]
struct Places {
    all: Vec<usize>,
    by_key: HashMap<InstanceKey, usize>,
}

impl Watched {
    pub(super) fn of(configuration: &Configuration) -> Self {
        let resources = configuration.nodes().flat_map(|(_, node)| node.module.resources.values());
        let triggers = resources
            .filter_map(|resource| resource.managed.as_deref())
            .flat_map(|managed| &managed.replace_triggered_by);
        let named = triggers.filter_map(|trigger| Named::by(trigger, &InstanceKey::None));
        Self { resources: named.map(|named| named.resource).collect(), found: HashMap::default() }
    }

    /// Notes the place of a change of a current object.
    pub(super) fn take(&mut self, change: &Change, place: usize) {
        if self.resources.is_empty()
            || !may_trigger(change)
            || !self.resources.contains(&change.address.resource)
        {
            return;
        }
        let places = self.found.entry(change.address.absolute_resource()).or_default();
        places.all.push(place);
        places.by_key.insert(change.address.key.clone(), place);
    }

    /// The changes of one instance, or of all.
    fn places(&self, resource: &AbsoluteResource, key: Option<&InstanceKey>) -> &[usize] {
        let Some(places) = self.found.get(resource) else { return &[] };
        match key {
            Some(key) => places.by_key.get(key).map_or(&[], std::slice::from_ref),
            None => &places.all,
        }
    }
}

/// The target of a trigger.
struct Named {
    resource: ResourceAddress,
    /// None for all instances.
    key: Option<InstanceKey>,
    path: Path,
}

/// One step of the path from a resource to the target.
enum Part<'e> {
    Attribute(&'e str),
    Key(InstanceKey),
    /// Anything that is not valid here; the part before it is the target.
    Other,
}

impl Named {
    /// `own` is the key of the instance with the trigger, for `count.index` and `each.key`.
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

/// The reference at the beginning of an expression, and all steps from its root on, in whatever form they are written.
fn parts<'e>(expression: &'e Expression, own: &InstanceKey) -> Option<(Reference<'e>, Vec<Part<'e>>)> {
    let file = expression.file();
    let step = |step: &'e Step| match step.kind {
        StepKind::Attribute(name) => Part::Attribute(file.text(name)),
        StepKind::Key(text) => Part::Key(InstanceKey::text(file.text(text))),
        StepKind::Number(number) => number_key(file.number(number)),
    };
    // From the last step to the first, because the tree is nested that way.
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
                // The first reference in the source.
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

/// Whether the value at the path is about to change.
fn changes(change: &Change, path: &Path) -> bool {
    path.is_root()
        || match (change.before.at(path), change.after.at(path)) {
            (Some(before), Some(after)) => !before.same(&after),
            (None, None) => false,
            _ => true,
        }
}

fn may_trigger(change: &Change) -> bool {
    change.deposed.is_none() && matches!(change.action, Action::Update | Action::Replace(_))
}
