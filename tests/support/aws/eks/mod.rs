//! EKS: clusters and what belongs to them. Everything that is described on the wire is kept as it is described.

mod access;
mod addon;
mod catalogue;
mod cluster;
mod fargate;
mod handle;
mod identity_provider;
mod nodegroup;
mod pod_identity;
mod routes;
mod tags;
mod thing;
mod update;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(crate) use catalogue::Catalogue;
pub(crate) use handle::ThingHandle;
pub(super) use routes::recognise;
pub(crate) use thing::{Key, Manner, Sort, Thing};

use super::World;
use super::cloudformation::Place;
use super::identity::{Ask, Holder, unknown_action};
use super::laws::Laws;
use super::wire::{Fault, given};

/// Everything of every account.
#[derive(Default)]
pub(crate) struct Eks {
    pub(crate) things: Vec<Thing>,
    /// How things behave, also before there are any.
    pub(crate) manners: BTreeMap<Key, Manner>,
    pub(crate) catalogue: Catalogue,
}

/// One request with what is needed to answer it.
struct Desk<'a> {
    eks: &'a mut Eks,
    laws: &'a mut Laws,
    ask: &'a Ask,
    place: Place,
    caller: String,
}

pub(super) fn answer(world: &mut World, ask: &Ask, holder: &Holder) -> Result<Value, Fault> {
    let place = (holder.account.clone(), ask.region.clone());
    let caller = holder.arn.clone();
    let mut desk = Desk { eks: &mut world.eks, laws: &mut world.laws, ask, place, caller };
    desk.pass();
    match ask.action.as_str() {
        "CreateCluster" => cluster::create(&mut desk),
        "DescribeCluster" => Ok(json!({ "cluster": desk.cluster()?.value })),
        "ListClusters" => Ok(desk.page("clusters", desk.names(Sort::Cluster, ""))),
        "DeleteCluster" => cluster::delete(&mut desk),
        "UpdateClusterVersion" => cluster::update_version(&mut desk),
        "UpdateClusterConfig" => cluster::update_config(&mut desk),
        "AssociateEncryptionConfig" => cluster::encrypt(&mut desk),
        "DescribeUpdate" => update::describe(&desk),
        "ListUpdates" => update::list(&desk),
        "CreateNodegroup" => nodegroup::create(&mut desk),
        "DescribeNodegroup" => desk.described(Sort::Nodegroup, "nodegroupName"),
        "ListNodegroups" => desk.listed("nodegroups", Sort::Nodegroup),
        "UpdateNodegroupConfig" => nodegroup::update_config(&mut desk),
        "UpdateNodegroupVersion" => nodegroup::update_version(&mut desk),
        "DeleteNodegroup" => desk.delete(Sort::Nodegroup, "nodegroupName"),
        "CreateFargateProfile" => fargate::create(&mut desk),
        "DescribeFargateProfile" => desk.described(Sort::FargateProfile, "fargateProfileName"),
        "ListFargateProfiles" => desk.listed("fargateProfileNames", Sort::FargateProfile),
        "DeleteFargateProfile" => fargate::delete(&mut desk),
        "CreateAddon" => addon::create(&mut desk),
        "DescribeAddon" => desk.described(Sort::Addon, "addonName"),
        "ListAddons" => desk.listed("addons", Sort::Addon),
        "UpdateAddon" => addon::update(&mut desk),
        "DeleteAddon" => desk.delete(Sort::Addon, "addonName"),
        "DescribeAddonVersions" => Ok(addon::versions(&desk)),
        "DescribeAddonConfiguration" => Ok(addon::configuration(&desk)),
        "DescribeClusterVersions" => Ok(cluster::versions(&desk)),
        "CreateAccessEntry" => access::create(&mut desk),
        "DescribeAccessEntry" => access::describe(&mut desk),
        "ListAccessEntries" => access::list(&mut desk),
        "UpdateAccessEntry" => access::update(&mut desk),
        "DeleteAccessEntry" => access::delete(&mut desk),
        "AssociateAccessPolicy" => access::associate(&mut desk),
        "DisassociateAccessPolicy" => access::disassociate(&mut desk),
        "ListAssociatedAccessPolicies" => access::associated(&mut desk),
        "ListAccessPolicies" => Ok(access::policies()),
        "CreatePodIdentityAssociation" => pod_identity::create(&mut desk),
        "DescribePodIdentityAssociation" => pod_identity::describe(&mut desk),
        "ListPodIdentityAssociations" => pod_identity::list(&mut desk),
        "UpdatePodIdentityAssociation" => pod_identity::update(&mut desk),
        "DeletePodIdentityAssociation" => pod_identity::delete(&mut desk),
        "AssociateIdentityProviderConfig" => identity_provider::associate(&mut desk),
        "DescribeIdentityProviderConfig" => identity_provider::describe(&mut desk),
        "ListIdentityProviderConfigs" => identity_provider::list(&mut desk),
        "DisassociateIdentityProviderConfig" => identity_provider::disassociate(&mut desk),
        "TagResource" => tags::add(&mut desk),
        "UntagResource" => tags::remove(&mut desk),
        "ListTagsForResource" => tags::list(&mut desk),
        _ => Err(unknown_action(ask)),
    }
}

impl Desk<'_> {
    fn text(&self, name: &str) -> String {
        self.ask.text(name)
    }

    fn cluster_name(&self) -> String {
        self.text("clusterName")
    }

    fn key(&self, sort: Sort, name: &str) -> Key {
        Key { place: self.place.clone(), cluster: self.cluster_name(), sort, name: name.to_owned() }
    }

    fn cluster(&mut self) -> Result<&mut Thing, Fault> {
        let name = self.cluster_name();
        let key = self.key(Sort::Cluster, &name);
        let missing =
            || not_found(&format!("No cluster found for name: {name}."), &json!({ "clusterName": name }));
        self.eks.find(&key).ok_or_else(missing)
    }

    /// A part of a cluster that is there.
    fn part(&mut self, sort: Sort, name: &str) -> Result<&mut Thing, Fault> {
        self.cluster()?;
        let key = self.key(sort, name);
        let cluster = self.cluster_name();
        let missing = || {
            let message = match sort {
                Sort::Nodegroup => format!("No node group found for name: {name}."),
                Sort::FargateProfile => format!("No Fargate Profile found with name: {name}."),
                Sort::Addon => format!("No addon: {name} found in cluster: {cluster}"),
                _ => format!("No {name} found in cluster {cluster}"),
            };
            not_found(&message, &json!({ "clusterName": cluster, sort.member_name(): name }))
        };
        self.eks.find(&key).ok_or_else(missing)
    }

    fn described(&mut self, sort: Sort, parameter: &str) -> Result<Value, Fault> {
        let name = self.text(parameter);
        Ok(json!({ sort.member(): self.part(sort, &name)?.value }))
    }

    fn delete(&mut self, sort: Sort, parameter: &str) -> Result<Value, Fault> {
        let name = self.text(parameter);
        self.part(sort, &name)?;
        let key = self.key(sort, &name);
        let left = self.eks.manner(&key).takes;
        let fault = self.eks.manner(&key).delete_fault.take();
        let thing = self.part(sort, &name)?;
        thing.begin_deleting(left, fault);
        Ok(json!({ sort.member(): thing.value }))
    }

    fn names(&self, sort: Sort, cluster: &str) -> Vec<Value> {
        let mine = self.eks.things.iter().filter(|thing| {
            thing.key.place == self.place
                && thing.key.sort == sort
                && (cluster.is_empty() || thing.key.cluster == cluster)
        });
        let mut names: Vec<&String> = mine.map(|thing| &thing.key.name).collect();
        names.sort();
        names.into_iter().map(|name| json!(name)).collect()
    }

    fn listed(&mut self, member: &str, sort: Sort) -> Result<Value, Fault> {
        self.cluster()?;
        Ok(self.page(member, self.names(sort, &self.cluster_name())))
    }

    fn page(&self, member: &str, all: Vec<Value>) -> Value {
        let size = self.text("maxResults").parse().unwrap_or(self.laws.page).min(self.laws.page).max(1);
        let from: usize = self.text("nextToken").trim_start_matches("from-").parse().unwrap_or(0);
        let more = from + size < all.len();
        let shown: Vec<Value> = all.into_iter().skip(from).take(size).collect();
        let mut members = json!({ member: shown });
        if more {
            members["nextToken"] = json!(format!("from-{}", from + size));
        }
        members
    }

    /// What was made with the same client request token, so that a repeated request makes nothing.
    fn repeated(&self, key: &Key) -> Option<&Thing> {
        let token = given(&self.ask.parameters, "clientRequestToken")?;
        let found = self.eks.things.iter().find(|thing| thing.key == *key)?;
        (found.token.as_deref() == Some(&token)).then_some(found)
    }

    /// Puts something there that is being made.
    fn found(&mut self, key: Key, mut value: Value, failed: &str) -> Value {
        let moment = self.laws.epoch();
        value["createdAt"] = json!(moment);
        if key.sort != Sort::Cluster && key.sort != Sort::FargateProfile {
            value["modifiedAt"] = json!(moment);
        }
        if !value["tags"].is_object() {
            value["tags"] = json!({});
        }
        let token = given(&self.ask.parameters, "clientRequestToken");
        let manner = self.eks.manner(&key);
        let (left, fault) = (manner.takes, manner.create_fault.take());
        let thing = Thing::begin(key, value, token, left, fault.map(|fault| (failed.to_owned(), fault)));
        let value = thing.value.clone();
        self.eks.things.push(thing);
        value
    }

    /// `arn:aws:eks:region:account:what`.
    fn arn(&self, what: &str) -> String {
        format!("arn:aws:eks:{}:{}:{what}", self.place.1, self.place.0)
    }

    /// Lets time go by for what the request looks at.
    fn pass(&mut self) {
        let seen = self.looked_at();
        let laws = &*self.laws;
        for thing in &mut self.eks.things {
            let looked_at = seen.as_ref() == Some(&thing.key);
            for _ in 0..laws.ticks(&mut thing.pulse, looked_at) {
                thing.tick();
            }
        }
        self.eks.things.retain(|thing| !thing.is_gone());
    }

    fn looked_at(&self) -> Option<Key> {
        let by = |sort, parameter: &str| Some(self.key(sort, &self.text(parameter)));
        match self.ask.action.as_str() {
            "DescribeCluster" => by(Sort::Cluster, "clusterName"),
            "DescribeNodegroup" => by(Sort::Nodegroup, "nodegroupName"),
            "DescribeFargateProfile" => by(Sort::FargateProfile, "fargateProfileName"),
            "DescribeAddon" => by(Sort::Addon, "addonName"),
            "DescribeIdentityProviderConfig" => {
                let name = identity_provider::name(self.ask);
                Some(self.key(Sort::IdentityProvider, &name))
            }
            "DescribeUpdate" => {
                let id = self.text("updateId");
                let mut things = self.eks.things.iter();
                things
                    .find(|thing| thing.updates.iter().any(|update| update.value["id"] == id))
                    .map(|thing| thing.key.clone())
            }
            _ => None,
        }
    }
}

impl Eks {
    pub(crate) fn find(&mut self, key: &Key) -> Option<&mut Thing> {
        self.things.iter_mut().find(|thing| thing.key == *key)
    }

    fn manner(&mut self, key: &Key) -> &mut Manner {
        self.manners.entry(key.clone()).or_default()
    }
}

fn not_found(message: &str, more: &Value) -> Fault {
    Fault::new(404, "ResourceNotFoundException", message).with(more.clone())
}

fn in_use(message: &str, more: &Value) -> Fault {
    Fault::new(409, "ResourceInUseException", message).with(more.clone())
}

fn invalid(message: &str) -> Fault {
    Fault::new(400, "InvalidParameterException", message)
}

fn refused(message: &str) -> Fault {
    Fault::new(400, "InvalidRequestException", message)
}
