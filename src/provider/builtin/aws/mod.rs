//! `terrace/aws`: CloudFormation stacks and EKS clusters, with the names and arguments of `hashicorp/aws`, so that a
//! project can move either way by changing the source.
//!
//! Each type has a file of its own. All of them send requests through an [`Account`], which stands for the provider
//! block, report errors as a [`fault::Fault`], and wait with [`wait::Waiting`].

mod account;
mod configuration;
mod credentials;
mod eks;
mod fault;
mod place;
mod renewal;
mod stack;
mod tags;
mod transport;
mod wait;

use std::sync::Arc;

use account::Account;

use super::ProviderDefinition;

pub(super) fn definition() -> ProviderDefinition {
    let account = Account::default();
    ProviderDefinition {
        release: "5.100.0",
        configuration: configuration::block(),
        configured: Arc::clone(&account.configured),
        place: Arc::clone(&account.place),
        stop: account.stop.clone(),
        objections: Some(configuration::objections),
        readiness: Some(Arc::new(account.clone())),
        resources: [
            eks::resources(&account),
            vec![("aws_cloudformation_stack", Arc::new(stack::Stack(account.clone())))],
        ]
        .concat(),
        data: [eks::data(&account), place::data(&account), stack::data(&account)].concat(),
        ephemeral: eks::ephemeral(&account),
        ..ProviderDefinition::default()
    }
}
