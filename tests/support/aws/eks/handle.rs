//! Clusters and their parts in the words of a test.

use serde_json::{Value, json};

use super::super::Aws;
use super::thing::{Key, Manner, Sort, Thing};

/// A cluster, or a part of one, there or not.
pub(crate) struct ThingHandle<'a> {
    aws: &'a Aws,
    key: Key,
}

impl<'a> ThingHandle<'a> {
    pub(in super::super) fn cluster(aws: &'a Aws, name: &str) -> Self {
        let key = Key {
            place: super::super::usual_place(),
            cluster: name.to_owned(),
            sort: Sort::Cluster,
            name: name.to_owned(),
        };
        Self { aws, key }
    }

    pub(crate) fn in_account(mut self, account: &str) -> Self {
        account.clone_into(&mut self.key.place.0);
        self
    }

    pub(crate) fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.key.place.1);
        self
    }

    pub(crate) fn nodegroup(&self, name: &str) -> Self {
        self.part(Sort::Nodegroup, name)
    }

    pub(crate) fn fargate_profile(&self, name: &str) -> Self {
        self.part(Sort::FargateProfile, name)
    }

    pub(crate) fn addon(&self, name: &str) -> Self {
        self.part(Sort::Addon, name)
    }

    pub(crate) fn access_entry(&self, principal: &str) -> Self {
        self.part(Sort::AccessEntry, principal)
    }

    pub(crate) fn pod_identity(&self, id: &str) -> Self {
        self.part(Sort::PodIdentity, id)
    }

    pub(crate) fn identity_provider(&self, name: &str) -> Self {
        self.part(Sort::IdentityProvider, name)
    }

    fn part(&self, sort: Sort, name: &str) -> Self {
        Self { aws: self.aws, key: Key { sort, name: name.to_owned(), ..self.key.clone() } }
    }

    /// How many ticks its making, updating and going take each: it is seen under way one time less.
    pub(crate) fn takes(&self, ticks: u32) -> &Self {
        self.manner(|manner| manner.takes = ticks)
    }

    /// It stays under way until [`Self::releases`].
    pub(crate) fn holds(&self) -> &Self {
        self.takes(u32::MAX)
    }

    pub(crate) fn releases(&self) -> &Self {
        self.takes(2);
        let mut world = self.aws.world();
        world.eks.find(&self.key).into_iter().for_each(Thing::hurry);
        drop(world);
        self
    }

    /// It is not made, for this reason; the next time it is.
    pub(crate) fn create_fails(&self, code: &str, message: &str) -> &Self {
        self.manner(|manner| manner.create_fault = Some((code.to_owned(), message.to_owned())))
    }

    pub(crate) fn update_fails(&self, code: &str, message: &str) -> &Self {
        self.manner(|manner| manner.update_fault = Some((code.to_owned(), message.to_owned())))
    }

    pub(crate) fn delete_fails(&self, code: &str, message: &str) -> &Self {
        self.manner(|manner| manner.delete_fault = Some((code.to_owned(), message.to_owned())))
    }

    /// Somebody has changed by hand what the add-on brings: it fails unless conflicts are overwritten or preserved.
    pub(crate) fn conflicts(&self) -> &Self {
        self.manner(|manner| manner.conflicts = true)
    }

    fn manner(&self, change: impl FnOnce(&mut Manner)) -> &Self {
        change(self.aws.world().eks.manner(&self.key));
        self
    }

    /// Puts it into a status, whatever it is doing, with an issue where a message is given.
    pub(crate) fn set_status(&self, status: &str, issue: Option<(&str, &str)>) -> &Self {
        self.change(|thing| {
            thing.stop();
            thing.value["status"] = json!(status);
            if let Some((code, message)) = issue {
                thing.value["health"]["issues"] =
                    json!([{ "code": code, "message": message, "resourceIds": [] }]);
            }
        })
    }

    /// Somebody changes it from outside, at a path such as `/scalingConfig/maxSize`.
    pub(crate) fn set(&self, path: &str, value: Value) -> &Self {
        self.change(|thing| {
            let mut place = &mut thing.value;
            for part in path.split('/').filter(|part| !part.is_empty()) {
                place = &mut place[part];
            }
            *place = value;
        })
    }

    /// Anything else that somebody may do to it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Thing)) -> &Self {
        let mut world = self.aws.world();
        let found = world.eks.find(&self.key);
        change(found.unwrap_or_else(|| panic!("there is no {:?}", self.key)));
        drop(world);
        self
    }

    /// Somebody deletes it, at once.
    pub(crate) fn vanishes(&self) -> &Self {
        self.aws.world().eks.things.retain(|thing| thing.key != self.key);
        self
    }

    /// Puts one there that is active, described like this beside what a test leaves out.
    pub(crate) fn is_there(&self, described: Value) -> &Self {
        let mut value = described;
        if let Some(members) = value.as_object_mut() {
            let usual = json!({ "clusterName": self.key.cluster, "tags": {}, "health": { "issues": [] } });
            for (name, usual) in usual.as_object().into_iter().flatten() {
                members.entry(name.clone()).or_insert_with(|| usual.clone());
            }
            members.entry("name").or_insert_with(|| json!(self.key.name));
        }
        let mut thing = Thing::begin(self.key.clone(), value, None, 1, None);
        thing.tick();
        self.aws.world().eks.things.push(thing);
        self
    }

    /// As it is described on the wire.
    pub(crate) fn now(&self) -> Option<Value> {
        self.aws.world().eks.find(&self.key).map(|thing| thing.value.clone())
    }

    /// Empty where it is not.
    pub(crate) fn status(&self) -> String {
        self.now().and_then(|value| value["status"].as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Its updates as they are described, the oldest first.
    pub(crate) fn updates(&self) -> Vec<Value> {
        let mut world = self.aws.world();
        let found = world.eks.find(&self.key);
        found
            .map(|thing| thing.updates.iter().map(|update| update.value.clone()).collect())
            .unwrap_or_default()
    }
}
