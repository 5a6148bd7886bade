//! `aws_cloudformation_stack`: a CloudFormation stack, which manages resources of its own.
//!
//! A plan is a change set, which says what would happen to those resources; applying executes exactly that change set
//! and follows its events. If something is not known yet while planning, there is no change set, and the one that is
//! created later must not go beyond what was announced.
//!
//! Besides the public arguments there are `template`, a template written in the language, and
//! `enable_termination_protection`.

mod change_set;
mod compare;
mod data;
mod destroy;
mod drift;
mod execute;
mod failure;
mod follow;
mod holdings;
mod inside;
mod notes;
mod operate;
mod order;
mod outputs;
mod plan;
mod read;
mod review;
mod schema;
mod service;
mod settle;
mod template;
mod translate;
mod validate;
mod wanted;

use std::sync::Arc;

use async_trait::async_trait;

use crate::plan::{Inside, Part};
use crate::port::{
    Applied, ApplyRequest, Current, Effects, InsideRequest, PlanRequest, Planned, Remarks, Search, Settled,
};
use crate::schema::Block;
use crate::value::Value;

use super::super::{Data, Resource};
use super::account::Account;

/// The data sources.
pub(super) fn data(account: &Account) -> Vec<(&'static str, Arc<dyn Data>)> {
    vec![("aws_cloudformation_stack", Arc::new(data::StackData(account.clone())))]
}

pub(super) struct Stack(pub(super) Account);

#[async_trait]
impl Resource for Stack {
    fn schema(&self) -> Block {
        schema::resource()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate::validate(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        plan::plan(&self.0, request, schema, remarks)
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        operate::create(&self.0, request, remarks).await
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        operate::update(&self.0, request, remarks).await
    }

    async fn destroy(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) {
        destroy::destroy(&self.0, request, remarks).await;
    }

    fn has_inside(&self) -> bool {
        true
    }

    async fn look_inside(&self, request: InsideRequest<'_>, remarks: &mut Remarks) -> Option<Inside> {
        inside::look(&self.0, request, remarks).await
    }

    async fn discard(&self, notes: &[u8], remarks: &mut Remarks) {
        review::discard(&self.0, notes, remarks).await;
    }

    async fn examine(&self, current: Current<'_>, remarks: &mut Remarks) -> Vec<Part> {
        drift::examine(&self.0, current, remarks).await
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        read::read(&self.0, current, remarks).await
    }

    /// By its name or its ARN.
    async fn import(&self, id: &str, _remarks: &mut Remarks) -> Option<Value> {
        let name = service::name_in(id);
        Some(Value::object([("id", Value::string(id)), ("name", Value::string(name))]))
    }

    fn effects(&self) -> Effects {
        Effects::Outside
    }

    async fn find(&self, search: Search<'_>, remarks: &mut Remarks) -> Settled {
        read::find(&self.0, search, remarks).await
    }
}
