//! A provider whose objects have parts that another engine looks after, and which notes all that it is asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use terrace::address::ProviderAddress;
use terrace::plan::{Fate, Inside, Part, PartAction};
use terrace::port::{
    Applied, ApplyRequest, Current, Imported, InsideRequest, PartProgress, PlanRequest, Planned, Provider,
    ProviderFault, Providers, Remark, Remarks, Workplace,
};
use terrace::schema::{self, Attribute, Block};
use terrace::state::json;
use terrace::value::{Path, Type, Value};

use super::toy::{part, text, with};

/// What there is, and what was asked.
#[derive(Default)]
pub(super) struct World {
    pub(super) nests: BTreeMap<String, Value>,
    pub(super) asked: Vec<String>,
    made: usize,
}

#[derive(Clone, Default)]
pub(super) struct Nest(pub(super) Arc<Mutex<World>>);

impl Nest {
    fn note(&self, what: String) {
        self.0.lock().unwrap().asked.push(what);
    }

    /// What was asked since this was asked last, in the order of the alphabet: several are asked at once.
    pub(super) fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        asked.sort();
        asked
    }
}

pub(super) fn block() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("zone", Attribute::optional(Type::String))
        .with("parts", Attribute::optional(Type::list(Type::String)))
        .with("secret", Attribute::optional(Type::String).sensitive())
        .with("trouble", Attribute::optional(Type::String))
}

fn names(value: &Value) -> Vec<String> {
    let parts = part(value, "parts");
    parts.items().into_iter().flatten().filter_map(|part| Some(part.as_str()?.to_owned())).collect()
}

/// What is called a database holds data; what is called kept stays.
fn part_of(name: &str, action: PartAction) -> Part {
    Part {
        name: name.to_owned(),
        kind: "Nest::Part".into(),
        id: (action != PartAction::Add).then(|| format!("{name}-1")),
        action,
        properties: Vec::new(),
        holds_data: name.starts_with("Database"),
        fate: if name.ends_with("Kept") { Fate::Kept } else { Fate::Deleted },
    }
}

#[async_trait]
impl Providers for Nest {
    async fn schema(&self, _: &ProviderAddress) -> Result<Arc<schema::Provider>, ProviderFault> {
        let configuration = Block::default().with("zone", Attribute::optional(Type::String));
        let resources = [("nest_nest".into(), block())].into();
        Ok(Arc::new(schema::Provider { configuration, resources, ..schema::Provider::default() }))
    }

    async fn start(&self, _: &ProviderAddress, _: &Workplace) -> Result<Arc<dyn Provider>, ProviderFault> {
        Ok(Arc::new(self.clone()))
    }

    async fn digest(&self, _: &ProviderAddress) -> Result<String, ProviderFault> {
        Ok("nest".into())
    }
}

#[async_trait]
impl Provider for Nest {
    async fn configure(&self, configuration: &Value, _: &mut Remarks) {
        if !text(configuration, "zone").is_empty() {
            self.note(format!("configure {}", text(configuration, "zone")));
        }
    }

    async fn upgrade(&self, _: &str, _: u64, attributes: &str, _: &mut Remarks) -> Option<Value> {
        json::decode(attributes, &block().implied_type()).ok()
    }

    async fn read(&self, current: Current<'_>, _: &mut Remarks) -> Option<Applied> {
        let world = self.0.lock().unwrap();
        let found = world.nests.get(&text(current.value, "id")).cloned();
        let value = found.unwrap_or_else(|| Value::null(block().implied_type()));
        Some(Applied { value, private: current.private.to_vec() })
    }

    async fn plan(&self, request: PlanRequest<'_>, _: &mut Remarks) -> Option<Planned> {
        let mut value = request.proposed.clone();
        let mut replace = Vec::new();
        if !value.is_null() && request.prior.is_null() {
            value = with(&value, "id", Value::unknown(Type::String));
        } else if !value.is_null() && !part(&value, "zone").same(&part(request.prior, "zone")) {
            replace.push(Path::root().attribute("zone"));
        }
        Some(Planned { value, private: Vec::new(), replace })
    }

    async fn apply(&self, request: ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let gone = request.planned.is_null();
        let value = if gone { request.prior } else { request.planned };
        let word = if gone { "unmake" } else { "make" };
        let notes = String::from_utf8_lossy(request.inside);
        self.note(format!("{word} {} with \"{notes}\"", text(value, "name")));
        let (part, kind) = ("Part".to_owned(), "Nest::Part".to_owned());
        (request.on_progress)(PartProgress { part, kind, status: "WORKING".into(), reason: None });
        if text(value, "trouble") == "apply" {
            remarks.push(Remark::error("Trouble", "applying"));
            return None;
        }
        let mut world = self.0.lock().unwrap();
        if gone {
            world.nests.remove(&text(value, "id"));
            return Some(Applied { value: request.planned.clone(), private: Vec::new() });
        }
        let mut value = value.clone();
        if request.prior.is_null() {
            world.made += 1;
            value = with(&value, "id", Value::string(&format!("id-{}", world.made)));
        }
        world.nests.insert(text(&value, "id"), value.clone());
        Some(Applied { value, private: Vec::new() })
    }

    async fn import(&self, _: &str, id: &str, _: &mut Remarks) -> Vec<Imported> {
        let value = self.0.lock().unwrap().nests.get(id).cloned();
        let imported = |value| Imported { kind: "nest_nest".into(), value, private: Vec::new() };
        value.map(imported).into_iter().collect()
    }

    async fn read_data(&self, _: &str, _: &Value, _: &mut Remarks) -> Option<Value> {
        None
    }

    fn has_inside(&self, _: &str) -> bool {
        true
    }

    async fn look_inside(&self, request: InsideRequest<'_>, remarks: &mut Remarks) -> Option<Inside> {
        let name = text(if request.planned.is_null() { request.prior } else { request.planned }, "name");
        let word = match (request.prior.is_null(), request.planned.is_null()) {
            (true, _) => "create",
            (_, true) => "destroy",
            _ => "update",
        };
        self.note(format!("look at {name}: {word}"));
        if text(request.planned, "trouble") == "look" {
            remarks.push(Remark::error("Trouble", "looking"));
            return None;
        }
        let (before, after) = (names(request.prior), names(request.planned));
        let removed = before.iter().filter(|name| !after.contains(name));
        let added = after.iter().filter(|name| !before.contains(name));
        // In no order, as they are thought of.
        let parts = added.map(|name| part_of(name, PartAction::Add));
        let parts = parts.chain(removed.map(|name| part_of(name, PartAction::Remove)));
        let notes = match request.planned.is_null() {
            true => Vec::new(),
            false => format!("{word} {name}").into_bytes(),
        };
        Some(Inside { parts: parts.collect(), reservations: Vec::new(), notes: notes.into() })
    }

    async fn discard(&self, kind: &str, notes: &[u8], remarks: &mut Remarks) {
        let notes = String::from_utf8_lossy(notes);
        self.note(format!("discard {kind} \"{notes}\""));
        if notes.contains("hanging") {
            std::future::pending::<()>().await;
        }
        if notes.contains("sticky") {
            remarks.push(Remark::error("Sticky", "It does not go away."));
        }
    }

    async fn examine(&self, current: Current<'_>, remarks: &mut Remarks) -> Vec<Part> {
        self.note(format!("examine {}", text(current.value, "name")));
        if text(current.value, "trouble") == "examine" {
            remarks.push(Remark::error("Trouble", "examining"));
        }
        let bent = names(current.value).into_iter().filter(|name| name.ends_with("Bent"));
        bent.map(|name| part_of(&name, PartAction::Modify)).collect()
    }
}
