//! EKS.
use super::World;
use super::identity::{Ask, Holder, unknown_action};
use super::wire::{Fault, Http};
use serde_json::{Value, json};
#[derive(Default)]
pub(crate) struct Eks {}
pub(super) fn recognise(_http: &Http) -> (String, Value) {
    (String::new(), json!({}))
}
pub(super) fn answer(_world: &mut World, _http: &Http, ask: &Ask, _holder: &Holder) -> Result<Value, Fault> {
    Err(unknown_action(ask))
}
