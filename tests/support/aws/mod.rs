//! An AWS of our own for tests: CloudFormation, EKS, STS and as much of single sign-on, containers and machines as
//! credentials need, over HTTP in the formats of the real ones. It runs in threads of the test and forgets everything with it.
//!
//! ```ignore
//! let aws = Aws::start();
//! let shop = aws.stack("shop");
//! shop.takes("Database", 5).fails_once(When::Create, "Database", "The subnet group has one zone only");
//! aws.on("DescribeStacks").first(2).throttles();
//! aws.on("ExecuteChangeSet").loses_answer();
//! aws.on("cloudformation:Execute*").comes_after(|world| { /* somebody else was faster */ });
//!
//! let run = aws.terrace(folder).args(["apply", "-auto-approve"]).output().unwrap();
//!
//! assert_eq!(shop.status(), "ROLLBACK_COMPLETE");
//! assert!(shop.history().contains(&"Database CREATE_FAILED".to_owned()));
//! assert_eq!(aws.asked("ExecuteChangeSet").len(), 2);
//! ```
//!
//! What else a story may need: [`StackHandle::deploy`] and [`World::deploy`] are somebody else who changes a stack,
//! [`StackHandle::drifts`] and [`StackHandle::loses`] somebody who changes what is in it, [`StackHandle::holds`] keeps a
//! resource under way until it is released, [`StackHandle::set_status`] puts a stack anywhere. Clusters and their parts
//! have the like: `aws.cluster("shop").addon("vpc-cni").conflicts()`. Further accounts come with [`Aws::add_key`] or by
//! assuming one of their roles; `aws.stack("shop").in_account("222222222222").in_region("eu-west-1")` looks there.
//! A hook holds the world: it uses what it is given and nothing of `aws`.
//!
//! Time stands still until somebody looks: each `DescribeStacks` or `DescribeStackEvents` of a stack, and each
//! description of something of EKS, is one tick ([`Pace`] has other ways). A resource takes one tick, or as many as
//! [`StackHandle::takes`] says; those that do not depend on each other go together. What is written down of requests is
//! in [`Aws::asked`]; [`Aws::world`] opens everything else.
//!
//! It deliberately does not check signatures (keys, session tokens and their end it does), and knows of the types of
//! resources only what `cloudformation/kinds.rs` has: a test that needs more adds it there or says it itself.

#![allow(dead_code, reason = "a vocabulary: not every word is in use on every day")]

mod cloudformation;
mod eks;
mod identity;
mod laws;
mod machine;
mod script;
mod server;
mod sso;
mod stack;
mod sts;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) use cloudformation::{ChangeSet, Recreation, Resource};
pub(crate) use eks::{Thing, ThingHandle};
pub(crate) use identity::Ask;
pub(crate) use laws::{Pace, When};
pub(crate) use stack::StackHandle;

use cloudformation::{Cloud, Place, Stack};
use eks::Eks;
use identity::{Holder, Keys, admit};
use laws::Laws;
use machine::Machine;
use script::{On, Script};
use wire::Answer;

/// The account that the key `test` is of.
pub(crate) const ACCOUNT: &str = "123456789012";
/// Where [`Aws::terrace`] plays.
pub(crate) const REGION: &str = "eu-central-1";

/// The fake, listening until the test process ends.
pub(crate) struct Aws {
    world: Arc<Mutex<World>>,
    endpoint: String,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) keys: Keys,
    pub(crate) cloud: Cloud,
    pub(crate) eks: Eks,
    pub(crate) laws: Laws,
    script: Script,
    asked: Vec<Ask>,
    closed_roles: BTreeSet<String>,
    external_ids: BTreeMap<String, String>,
    refused_tokens: BTreeSet<String>,
    machine: Machine,
    admits_everybody: bool,
}

impl Aws {
    pub(crate) fn start() -> Self {
        let keys = Keys::from([("test".to_owned(), Holder::user(ACCOUNT, "test"))]);
        let world = World {
            keys,
            cloud: Cloud::default(),
            eks: Eks::default(),
            laws: Laws::default(),
            script: Script::default(),
            asked: Vec::new(),
            closed_roles: BTreeSet::new(),
            external_ids: BTreeMap::new(),
            refused_tokens: BTreeSet::new(),
            machine: Machine::default(),
            admits_everybody: false,
        };
        let world = Arc::new(Mutex::new(world));
        let endpoint = server::listen(&world);
        Self { world, endpoint }
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What a program needs to know to come here and nowhere else.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_CONFIG_FILE", "/nowhere/config".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials".to_owned()),
            ("TERRACE_TEST_AWS_PACE", "1".to_owned()),
        ]
    }

    /// The binary in a directory, with this as its only AWS.
    pub(crate) fn terrace(&self, folder: &Path) -> Command {
        let mut command = crate::support::terrace(folder);
        for (name, _) in std::env::vars() {
            if name.starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment());
        command
    }

    /// A stack by its name, there or not, of the usual account and region.
    pub(crate) fn stack(&self, name: &str) -> StackHandle<'_> {
        StackHandle::new(self, name)
    }

    /// A cluster by its name, there or not; its parts begin here too: `aws.cluster("shop").addon("vpc-cni")`.
    pub(crate) fn cluster(&self, name: &str) -> ThingHandle<'_> {
        ThingHandle::cluster(self, name)
    }

    /// The requests that the rest of the sentence is about: `aws.on("DescribeStacks").first(2).throttles()`.
    pub(crate) fn on(&self, pattern: &str) -> On<'_> {
        On { aws: self, pattern: pattern.to_owned(), skip: 0, times: 1 }
    }

    /// The requests that were made so far and match, the oldest first.
    pub(crate) fn asked(&self, pattern: &str) -> Vec<Ask> {
        self.world().asked.iter().filter(|ask| script::matches(pattern, ask)).cloned().collect()
    }

    /// A user's access key of some account.
    pub(crate) fn add_key(&self, key: &str, account: &str) {
        self.world().keys.insert(key.to_owned(), Holder::user(account, key));
    }

    /// Takes keys that it does not know for such of the usual account: of somebody else's STS, beside which it stands.
    pub(crate) fn admit_everybody(&self) {
        self.world().admits_everybody = true;
    }

    /// Ends every session: temporary keys that were handed out so far are refused from now on.
    pub(crate) fn expire_sessions(&self) {
        self.world().expire_sessions();
    }

    /// Ends an access key, whatever it is.
    pub(crate) fn expire_key(&self, key: &str) {
        self.world().keys.entry(key.to_owned()).and_modify(|holder| holder.expired = true);
    }

    /// Nobody may become this role.
    pub(crate) fn close_role(&self, arn: &str) {
        self.world().close_role(arn);
    }

    /// Whoever becomes this role must say this.
    pub(crate) fn ask_external_id(&self, role: &str, id: &str) {
        self.world().external_ids.insert(role.to_owned(), id.to_owned());
    }

    /// A web identity's or single sign-on's token that is not accepted.
    pub(crate) fn refuse_token(&self, token: &str) {
        self.world().refused_tokens.insert(token.to_owned());
    }

    /// The role of the machine of EC2 that this stands in for, beside the services: at the endpoint itself.
    pub(crate) fn set_machine_role(&self, arn: &str) {
        self.world().machine.role = Some(arn.to_owned());
    }

    /// The role of a container and what it has to show for it; says where it asks.
    pub(crate) fn set_container_role(&self, arn: &str, authorization: &str) -> String {
        self.world().machine.container = Some((arn.to_owned(), authorization.to_owned()));
        format!("{}{}", self.endpoint, machine::CONTAINER)
    }

    /// What makes operations go on.
    pub(crate) fn set_pace(&self, pace: Pace) {
        self.world().laws.pace = pace;
    }

    /// The world's own clock goes on from here, for what is held against the time of day.
    pub(crate) fn set_clock_to_now(&self) {
        self.world().laws.moment = jiff::Timestamp::now();
    }

    /// How many events, changes or stacks come at once.
    pub(crate) fn set_page(&self, size: usize) {
        self.world().laws.page = size;
    }

    /// How many times a change set is looked at before it is there.
    pub(crate) fn set_change_set_takes(&self, looks: u32) {
        self.world().laws.change_set_takes = looks;
    }

    /// A template that `TemplateURL` can name.
    pub(crate) fn put_document(&self, address: &str, text: &str) {
        self.world().laws.documents.insert(address.to_owned(), text.to_owned());
    }

    /// What a change of a property means, for types that the table does not know.
    pub(crate) fn set_recreation(&self, kind: &str, property: &str, recreation: Recreation) {
        self.world().laws.kinds.recreate(kind, property, recreation);
    }

    /// What an attribute of a type is: a pattern with `{id}`, `{account}` and `{region}`.
    pub(crate) fn set_attribute(&self, kind: &str, attribute: &str, pattern: &str) {
        self.world().laws.kinds.attribute(kind, attribute, pattern);
    }

    /// What stacks let go of without deleting it.
    pub(crate) fn left_behind(&self) -> Vec<Resource> {
        self.world().laws.left_behind.clone()
    }

    /// What was deleted after a snapshot.
    pub(crate) fn snapshots(&self) -> Vec<Resource> {
        self.world().laws.snapshots.clone()
    }

    /// Everything, for what has no shorter way. Requests wait while this is held.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        server::lock(&self.world)
    }
}

/// What hooks have as words. Stacks are those of the usual account and region.
impl World {
    /// Ends every session: temporary keys that were handed out so far are refused from now on.
    pub(crate) fn expire_sessions(&mut self) {
        let sessions = self.keys.values_mut().filter(|holder| holder.token.is_some());
        sessions.for_each(|holder| holder.expired = true);
    }

    /// Nobody may become this role.
    pub(crate) fn close_role(&mut self, arn: &str) {
        self.closed_roles.insert(arn.to_owned());
    }

    pub(crate) fn stack_mut(&mut self, name: &str) -> &mut Stack {
        let index = self.cloud.find(&usual_place(), name).unwrap_or_else(|| panic!("no stack {name}"));
        &mut self.cloud.stacks[index]
    }

    /// Somebody else creates or updates a stack, and it is done at once.
    pub(crate) fn deploy(&mut self, name: &str, template: &str, parameters: &[(&str, &str)]) {
        self.deploy_at(&usual_place(), name, template, parameters);
    }

    /// Somebody else deletes a stack, and it is done at once.
    pub(crate) fn remove(&mut self, name: &str) {
        cloudformation::remove(self, &usual_place(), name);
    }

    fn deploy_at(&mut self, place: &Place, name: &str, template: &str, parameters: &[(&str, &str)]) {
        let done = cloudformation::deploy(self, place, name, template, parameters);
        done.unwrap_or_else(|fault| panic!("{}: {}", fault.code, fault.message));
    }
}

impl World {
    fn note(&mut self, ask: &Ask) {
        self.asked.push(ask.clone());
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        let id = self.laws.id();
        if matches!(ask.service.as_str(), "machine" | "container") {
            return machine::answer(self, ask);
        }
        if self.admits_everybody && !self.keys.contains_key(&ask.access_key) {
            self.keys.insert(ask.access_key.clone(), Holder::user(ACCOUNT, "somebody"));
        }
        let open =
            matches!(ask.action.as_str(), "AssumeRoleWithWebIdentity" | "GetRoleCredentials" | "CreateToken");
        let holder = if open { Ok(None) } else { admit(&self.keys, ask).cloned().map(Some) };
        let found = holder.and_then(|holder| match (ask.service.as_str(), &holder) {
            ("sts", holder) => sts::answer(self, ask, holder.as_ref()),
            ("sso" | "oidc", _) => sso::answer(self, ask),
            ("cloudformation", Some(holder)) => cloudformation::answer(self, ask, holder),
            ("eks", Some(holder)) => eks::answer(self, ask, holder),
            _ => Err(identity::unknown_action(ask)),
        });
        match found {
            Ok(found) => ask.protocol().answer(&ask.action, &id, &found),
            Err(fault) => ask.protocol().fault(&id, &fault),
        }
    }
}

/// Where [`Aws::terrace`] plays, with the account of its key.
fn usual_place() -> Place {
    (ACCOUNT.to_owned(), REGION.to_owned())
}
