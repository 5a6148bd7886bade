//! What happens to states when things go well, and when they do not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod effects;
mod faults;
mod leases;
mod notes;
mod speed;

use std::process::Command;

use super::*;
use crate::address::{AbsoluteInstance, ProviderConfigAddress, ResourcePath};
use crate::port::{Effect, Lease, OperationId, Outcome};
use crate::state::{self, DeposedKey, Object, Status, format};
use crate::value::Path;

/// A store in a folder that goes with it.
struct Fixture {
    store: SqliteStore,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: SqliteStore::new(folder.path().join(".terrace")), folder }
    }

    /// The same states, seen from another process of another machine.
    fn elsewhere(&self) -> SqliteStore {
        SqliteStore { here: || "elsewhere", ..self.again() }
    }

    fn again(&self) -> SqliteStore {
        SqliteStore {
            heartbeat: self.store.heartbeat,
            ..SqliteStore::new(self.folder.path().join(".terrace"))
        }
    }

    async fn open(&self) -> (Arc<dyn Lease>, State) {
        let opened = self.store.open(&environment(), &holder("apply"), Duration::ZERO).await.unwrap();
        (opened.lease, opened.state)
    }

    async fn read(&self) -> State {
        self.store.read(&environment()).await.unwrap()
    }

    /// Opens, tells, finishes and releases.
    async fn run(&self, effects: Vec<Effect>) -> u64 {
        let (lease, _) = self.open().await;
        lease.send(Outcome { operation: None, effects });
        let serial = lease.finish(revision("apply")).await.unwrap();
        lease.release().await.unwrap();
        serial
    }

    fn path(&self) -> PathBuf {
        self.store.path(&environment())
    }

    /// The file itself, behind the back of the store.
    fn raw(&self, sql: &str) {
        Connection::open(self.path()).unwrap().execute_batch(sql).unwrap();
    }
}

fn environment() -> EnvironmentName {
    EnvironmentName::new("default").unwrap()
}

fn holder(operation: &str) -> Holder {
    Holder { who: "somebody@here".into(), process: std::process::id(), operation: operation.into() }
}

/// A holder whose process has ended.
fn dead() -> Holder {
    let mut child = Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    Holder { process: child.id(), ..holder("apply") }
}

fn revision(what: &str) -> Revision {
    Revision { who: "somebody@here".into(), what: what.into(), ..Revision::default() }
}

fn at(address: &str) -> AbsoluteInstance {
    AbsoluteInstance::parse(address).unwrap()
}

fn provider() -> Arc<ProviderConfigAddress> {
    ProviderConfigAddress::parse("provider[\"hashicorp/x\"]").unwrap().into()
}

fn object(attributes: &str) -> Object {
    Object {
        schema_version: 1,
        attributes: attributes.into(),
        sensitive: Vec::new(),
        private: Arc::from([]),
        dependencies: Arc::from([]),
        status: Status::Ready,
        create_before_destroy: false,
    }
}

fn put(address: &str, attributes: &str) -> Effect {
    Effect::Put { address: at(address), deposed: None, provider: provider(), object: object(attributes) }
}

fn key(text: &str) -> DeposedKey {
    DeposedKey(text.into())
}

fn intent(operation: &str, address: &str) -> Intent {
    Intent {
        operation: OperationId(operation.into()),
        address: at(address),
        deposed: None,
        provider: provider(),
        action: crate::plan::Action::Create,
        planned: Some(Object {
            sensitive: vec![Path::root().attribute("a")],
            private: Arc::from(*b"notes"),
            dependencies: Arc::from([ResourcePath::parse("module.m.t.other").unwrap()]),
            create_before_destroy: true,
            ..object("{\"a\":1}")
        }),
        since: None,
    }
}

/// A state as text, without what only the store decides.
fn shown(mut state: State) -> String {
    state.serial = 0;
    state.lineage = String::new();
    format::write(&state, "")
}

fn addresses(state: &State) -> Vec<String> {
    state.instances().map(|(address, ..)| address.to_string()).collect()
}
