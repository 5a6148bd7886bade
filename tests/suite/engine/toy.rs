//! A provider with a world of its own, which fails, lies and is slow as chance has it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use terrace::address::ProviderAddress;
use terrace::engine::Signals;
use terrace::plan::Inside;
use terrace::port::{
    Applied, ApplyRequest, Current, Imported, InsideRequest, PlanRequest, Planned, Provider, ProviderFault,
    Providers, Remark, Remarks, Search, Settled, Workplace,
};
use terrace::schema::{self, Attribute, Block};
use terrace::state::json;
use terrace::value::{Number, Path, Type, Value};

use crate::support::chance::Chance;

/// How the provider is just now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mood {
    pub(super) seed: u64,
    /// Of a hundred operations how many go wrong.
    pub(super) trouble: usize,
    /// After so many operations somebody interrupts once, and after so many twice.
    pub(super) interrupted: Option<usize>,
    pub(super) cancelled: Option<usize>,
    /// Whether objects can be looked for.
    pub(super) forgetful: bool,
}

/// Everything that exists, by id.
#[derive(Default)]
pub(super) struct World {
    pub(super) things: BTreeMap<String, Thing>,
    /// What was prepared, and neither used nor given up.
    pub(super) prepared: BTreeSet<String>,
    made: usize,
    asked_inside: usize,
    begun: usize,
    asked: HashMap<(String, String), usize>,
    mood: Mood,
}

#[derive(Clone)]
pub(super) struct Thing {
    pub(super) value: Value,
    pub(super) token: String,
}

#[derive(Clone, Default)]
pub(super) struct Toy {
    pub(super) world: Arc<Mutex<World>>,
    signals: Arc<Signals>,
}

impl Toy {
    /// The same world with another mood.
    pub(super) fn with(world: &Arc<Mutex<World>>, mood: Mood, signals: &Arc<Signals>) -> Self {
        {
            let mut world = world.lock().unwrap();
            world.mood = mood;
            world.begun = 0;
            world.asked.clear();
        }
        Self { world: Arc::clone(world), signals: Arc::clone(signals) }
    }

    /// What chance has for this one, whatever else happens meanwhile.
    fn chance(&self, what: &str, name: &str) -> (Chance, Mood) {
        let mut world = self.world.lock().unwrap();
        let asked = world.asked.entry((what.into(), name.into())).or_default();
        *asked += 1;
        let times = *asked;
        let mood = world.mood;
        (Chance::of(mood.seed, (what, name, times)), mood)
    }

    /// Others have their turn.
    async fn wait(&self, chance: &mut Chance) {
        for _ in 0..chance.below(6) {
            tokio::task::yield_now().await;
        }
    }

    fn begin(&self) {
        let mut world = self.world.lock().unwrap();
        world.begun += 1;
        if world.mood.interrupted == Some(world.begun) {
            self.signals.stop();
        }
        if world.mood.cancelled == Some(world.begun) {
            self.signals.cancel();
        }
    }
}

pub(super) fn block() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("size", Attribute::optional(Type::Number))
        .with("zone", Attribute::optional(Type::String))
        .with("needs", Attribute::optional(Type::list(Type::String)))
        .with("serves", Attribute::computed(Type::String))
}

pub(super) fn part(value: &Value, name: &str) -> Value {
    value.entries().and_then(|entries| entries.get(name).cloned()).unwrap_or_else(Value::dynamic)
}

pub(super) fn text(value: &Value, name: &str) -> String {
    part(value, name).as_str().unwrap_or_default().to_owned()
}

pub(super) fn with(value: &Value, name: &str, part: Value) -> Value {
    let mut entries = value.entries().cloned().unwrap_or_default();
    entries.insert(name.into(), part);
    Value::object(entries)
}

#[async_trait]
impl Providers for Toy {
    async fn schema(&self, address: &ProviderAddress) -> Result<Arc<schema::Provider>, ProviderFault> {
        assert_eq!(&*address.kind, "toy");
        Ok(Arc::new(schema::Provider {
            resources: [("toy_thing".into(), block())].into(),
            ..schema::Provider::default()
        }))
    }

    async fn start(
        &self,
        _address: &ProviderAddress,
        _workplace: &Workplace,
    ) -> Result<Arc<dyn Provider>, ProviderFault> {
        Ok(Arc::new(self.clone()))
    }

    async fn digest(&self, _address: &ProviderAddress) -> Result<String, ProviderFault> {
        Ok("toy".into())
    }
}

#[async_trait]
impl Provider for Toy {
    async fn configure(&self, _configuration: &Value, _remarks: &mut Remarks) {}

    async fn upgrade(&self, _: &str, _: u64, attributes: &str, _: &mut Remarks) -> Option<Value> {
        json::decode(attributes, &block().implied_type()).ok()
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let (mut chance, mood) = self.chance("read", &text(current.value, "name"));
        self.wait(&mut chance).await;
        if chance.percent(mood.trouble / 8) {
            remarks.push(Remark::error("Trouble", "reading"));
            return None;
        }
        let world = self.world.lock().unwrap();
        let found = world.things.get(&text(current.value, "id")).map(|thing| thing.value.clone());
        let value = found.unwrap_or_else(|| Value::null(block().implied_type()));
        Some(Applied { value, private: current.private.to_vec() })
    }

    async fn plan(&self, request: PlanRequest<'_>, remarks: &mut Remarks) -> Option<Planned> {
        let (mut chance, mood) = self.chance("plan", &text(request.proposed, "name"));
        self.wait(&mut chance).await;
        if chance.percent(mood.trouble / 8) {
            remarks.push(Remark::error("Trouble", "planning"));
            return None;
        }
        let mut value = request.proposed.clone();
        let mut replace = Vec::new();
        if !value.is_null() {
            if request.prior.is_null() {
                value = with(&value, "id", Value::unknown(Type::String));
                value = with(&value, "serves", Value::unknown(Type::String));
            } else if !value.same(request.prior) {
                value = with(&value, "serves", Value::unknown(Type::String));
                if !part(&value, "zone").same(&part(request.prior, "zone")) {
                    replace.push(Path::root().attribute("zone"));
                }
            }
        }
        Some(Planned { value, private: Vec::new(), replace })
    }

    fn has_inside(&self, _: &str) -> bool {
        true
    }

    async fn look_inside(&self, request: InsideRequest<'_>, remarks: &mut Remarks) -> Option<Inside> {
        let goes = request.planned.is_null();
        let (mut chance, mood) = self.chance("look", &text(request.planned, "name"));
        self.wait(&mut chance).await;
        if chance.percent(mood.trouble / 8) {
            remarks.push(Remark::error("Trouble", "looking inside"));
            return None;
        }
        if goes || chance.percent(20) {
            return None;
        }
        let mut world = self.world.lock().unwrap();
        world.asked_inside += 1;
        let notes = format!("prepared {}", world.asked_inside);
        world.prepared.insert(notes.clone());
        Some(Inside { notes: notes.into_bytes().into(), ..Inside::default() })
    }

    async fn discard(&self, _: &str, notes: &[u8], _: &mut Remarks) {
        let notes = String::from_utf8(notes.to_vec()).unwrap();
        tokio::task::yield_now().await;
        assert!(self.world.lock().unwrap().prepared.remove(&notes), "{notes} is not there to be given up");
    }

    async fn apply(&self, request: ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        if !request.inside.is_empty() {
            let notes = String::from_utf8(request.inside.to_vec()).unwrap();
            assert!(self.world.lock().unwrap().prepared.remove(&notes), "{notes} is not there to be used");
        }
        let gone = request.planned.is_null();
        let name = text(if gone { request.prior } else { request.planned }, "name");
        let (mut chance, mood) = self.chance("apply", &name);
        self.begin();
        self.wait(&mut chance).await;
        let trouble = if chance.percent(mood.trouble) { chance.below(4) + 1 } else { 0 };
        if trouble == 1 {
            remarks.push(Remark::error("Trouble", format!("before anything happened to {name}")));
            return None;
        }
        let answer = if gone {
            self.destroyed(&request, trouble)
        } else if request.prior.is_null() {
            self.made(&request, trouble)
        } else {
            match self.changed(&request, trouble) {
                Some(value) => value,
                None => {
                    remarks.push(Remark::error("Trouble", format!("{name} is not there")));
                    return None;
                }
            }
        };
        // The world has changed, and nobody knows it yet.
        self.wait(&mut chance).await;
        if trouble == 2 || trouble == 3 {
            remarks.push(Remark::error("Trouble", format!("after something happened to {name}")));
        }
        Some(Applied { value: answer, private: Vec::new() })
    }

    async fn import(&self, _kind: &str, id: &str, _remarks: &mut Remarks) -> Vec<Imported> {
        let world = self.world.lock().unwrap();
        let found = world.things.get(id).map(|thing| thing.value.clone());
        let imported = |value| Imported { kind: "toy_thing".into(), value, private: Vec::new() };
        found.map(imported).into_iter().collect()
    }

    async fn read_data(&self, _: &str, _: &Value, _: &mut Remarks) -> Option<Value> {
        None
    }

    async fn find(&self, search: Search<'_>, _remarks: &mut Remarks) -> Settled {
        let world = self.world.lock().unwrap();
        if world.mood.forgetful {
            return Settled::CannotTell;
        }
        let found = world.things.values().find(|thing| thing.token == search.token);
        match found {
            Some(thing) => Settled::Found(Applied { value: thing.value.clone(), private: Vec::new() }),
            None => Settled::Absent,
        }
    }
}

impl Toy {
    fn made(&self, request: &ApplyRequest<'_>, trouble: usize) -> Value {
        let mut world = self.world.lock().unwrap();
        world.made += 1;
        let id = format!("id-{}", world.made);
        let mut value = with(request.planned, "id", Value::string(&id));
        value = with(&value, "serves", Value::string(&format!("made-{}", world.made)));
        if trouble == 2 {
            // Half of it.
            value = with(&value, "size", Value::null(Type::Number));
            value = with(&value, "serves", Value::string("half"));
        }
        if trouble == 4 {
            value = with(&value, "size", Value::number(Number::from_i64(99)));
        }
        assert!(value.is_wholly_known(), "an argument was left unknown: {value:?}");
        world.things.insert(id, Thing { value: value.clone(), token: request.token.to_owned() });
        value
    }

    fn changed(&self, request: &ApplyRequest<'_>, trouble: usize) -> Option<Value> {
        let mut world = self.world.lock().unwrap();
        world.made += 1;
        let (id, made) = (text(request.prior, "id"), world.made);
        // Without a refresh before, it may be gone long since.
        let thing = world.things.get_mut(&id)?;
        if trouble == 2 {
            // Nothing was changed, and what is there is given back.
            return Some(request.prior.clone());
        }
        let mut value = with(request.planned, "serves", Value::string(&format!("made-{made}")));
        if trouble == 4 {
            value = with(&value, "size", Value::number(Number::from_i64(98)));
        }
        thing.value = value.clone();
        Some(value)
    }

    fn destroyed(&self, request: &ApplyRequest<'_>, trouble: usize) -> Value {
        let mut world = self.world.lock().unwrap();
        let id = text(request.prior, "id");
        match trouble {
            // It is still there, as it was.
            2 => return request.prior.clone(),
            // It is still there, not quite as it was.
            4 => {
                let Some(thing) = world.things.get_mut(&id) else {
                    return Value::null(block().implied_type());
                };
                thing.value = with(&thing.value, "serves", Value::string("half gone"));
                return thing.value.clone();
            }
            // Gone, with an error or without.
            _ => drop(world.things.remove(&id)),
        }
        Value::null(block().implied_type())
    }
}
