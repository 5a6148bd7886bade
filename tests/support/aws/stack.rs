//! A stack in the words of a test: what goes wrong with it, what somebody else does to it, and how it is now.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Aws;
use super::cloudformation::{ChangeSet, Event, Place, Resource, Stack};
use super::laws::{Trouble, When};

pub(crate) struct StackHandle<'a> {
    aws: &'a Aws,
    place: Place,
    name: String,
}

impl<'a> StackHandle<'a> {
    pub(super) fn new(aws: &'a Aws, name: &str) -> Self {
        Self { aws, place: super::usual_place(), name: name.to_owned() }
    }

    pub(crate) fn in_account(mut self, account: &str) -> Self {
        account.clone_into(&mut self.place.0);
        self
    }

    pub(crate) fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.place.1);
        self
    }

    /// How many ticks a resource takes, whatever is done to it.
    pub(crate) fn takes(&self, logical: &str, ticks: u32) -> &Self {
        let key = (self.name.clone(), logical.to_owned());
        self.aws.world().laws.takes.insert(key, ticks);
        self
    }

    /// A resource is under way until [`Self::releases`].
    pub(crate) fn holds(&self, logical: &str) -> &Self {
        self.takes(logical, u32::MAX)
    }

    pub(crate) fn releases(&self, logical: &str) -> &Self {
        self.takes(logical, 1)
    }

    /// Somebody else creates it, or updates it to this, and it is done at once.
    pub(crate) fn deploy(&self, template: &str, parameters: &[(&str, &str)]) -> &Self {
        self.aws.world().deploy_at(&self.place, &self.name, template, parameters);
        self
    }

    /// A resource fails the next time that this is done to it.
    pub(crate) fn fails_once(&self, when: When, logical: &str, reason: &str) -> &Self {
        self.fails(when, logical, reason, 1)
    }

    /// A resource fails whenever this is done to it.
    pub(crate) fn fails_always(&self, when: When, logical: &str, reason: &str) -> &Self {
        self.fails(when, logical, reason, usize::MAX)
    }

    /// Its next change set fails for this reason.
    pub(crate) fn change_set_fails(&self, reason: &str) -> &Self {
        self.fails(When::Prepare, "", reason, 1)
    }

    /// The next detection of its drift fails for this reason.
    pub(crate) fn detection_fails(&self, reason: &str) -> &Self {
        self.fails(When::Detect, "", reason, 1)
    }

    /// How often a detection of its drift is asked about before it is done.
    pub(crate) fn detection_takes(&self, looks: u32) -> &Self {
        self.takes("", looks)
    }

    /// What failed so far does so no longer.
    pub(crate) fn is_repaired(&self) -> &Self {
        self.aws.world().laws.troubles.retain(|trouble| trouble.stack != self.name);
        self
    }

    fn fails(&self, when: When, logical: &str, reason: &str, times: usize) -> &Self {
        self.aws.world().laws.troubles.push(Trouble {
            stack: self.name.clone(),
            logical: logical.to_owned(),
            when,
            reason: reason.to_owned(),
            times,
        });
        self
    }

    /// Somebody changes a property of a resource in the world, at a path such as `/VersioningConfiguration/Status`.
    /// Null takes it away.
    pub(crate) fn drifts(&self, logical: &str, path: &str, value: Value) -> &Self {
        self.change(|stack| {
            let resource =
                stack.resources.get_mut(logical).unwrap_or_else(|| panic!("no resource {logical}"));
            let actual = resource.actual.get_or_insert_with(|| resource.properties.clone());
            let mut place = actual;
            for part in path.split('/').filter(|part| !part.is_empty()) {
                place = match part.parse::<usize>() {
                    Ok(index) if place.is_array() => &mut place[index],
                    _ => &mut place[part],
                };
            }
            *place = value;
            if let Some(actual) = &mut resource.actual {
                prune(actual);
            }
        })
    }

    /// Somebody deletes a resource in the world.
    pub(crate) fn loses(&self, logical: &str) -> &Self {
        self.change(|stack| {
            let resource =
                stack.resources.get_mut(logical).unwrap_or_else(|| panic!("no resource {logical}"));
            resource.actual = Some(Value::Null);
        })
    }

    /// Puts it into any status, whatever it is doing.
    pub(crate) fn set_status(&self, status: &str, reason: &str) -> &Self {
        let mut world = self.aws.world();
        let world = &mut *world;
        let index =
            world.cloud.find(&self.place, &self.name).unwrap_or_else(|| panic!("no stack {}", self.name));
        let stack = &mut world.cloud.stacks[index];
        stack.stop();
        stack.put(&mut world.laws, status, reason);
        self
    }

    /// Anything else that somebody may do to it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Stack)) -> &Self {
        let mut world = self.aws.world();
        let index =
            world.cloud.find(&self.place, &self.name).unwrap_or_else(|| panic!("no stack {}", self.name));
        change(&mut world.cloud.stacks[index]);
        drop(world);
        self
    }

    pub(crate) fn now(&self) -> Option<Stack> {
        let world = self.aws.world();
        // One that was deleted is still known, the last one first.
        let mine = |stack: &&Stack| {
            stack.name == self.name && (&stack.account, &stack.region) == (&self.place.0, &self.place.1)
        };
        world.cloud.stacks.iter().rev().find(mine).cloned()
    }

    /// Empty where there never was one.
    pub(crate) fn status(&self) -> String {
        self.now().map(|stack| stack.status).unwrap_or_default()
    }

    pub(crate) fn id(&self) -> String {
        self.now().map(|stack| stack.id).unwrap_or_default()
    }

    pub(crate) fn resource(&self, logical: &str) -> Option<Resource> {
        self.now()?.resources.remove(logical)
    }

    pub(crate) fn outputs(&self) -> BTreeMap<String, String> {
        let outputs = self.now().map(|stack| stack.outputs).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        outputs.iter().map(|output| (text(&output["OutputKey"]), text(&output["OutputValue"]))).collect()
    }

    /// The oldest first.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.now().map(|stack| stack.events).unwrap_or_default()
    }

    /// `Bucket CREATE_COMPLETE`, the oldest first.
    pub(crate) fn history(&self) -> Vec<String> {
        self.events().iter().map(|event| format!("{} {}", event.logical, event.status)).collect()
    }

    pub(crate) fn change_sets(&self) -> Vec<ChangeSet> {
        self.now().map(|stack| stack.change_sets).unwrap_or_default()
    }
}

/// Members that are null are not there.
fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(prune);
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}
