//! Configured providers, each started when it is first needed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::address::{LocalProvider, ProviderConfigAddress, ResourceAddress};
use crate::config::{Configuration, ModuleId, ProviderConfig};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::{Thing, What, configuring};
use crate::eval::{Evaluator, Surroundings, block, nothing};
use crate::port::{Provider, Providers, Workplace};

use super::kinds::Kinds;
use super::remarks::Place;
use super::secrets::Secrets;

type Started = Rc<OnceCell<Option<Arc<dyn Provider>>>>;

/// All provider configurations of one walk.
#[derive(Default)]
pub(super) struct Configured {
    started: RefCell<HashMap<ProviderConfigAddress, Started>>,
    /// The secrets in all of them.
    secrets: RefCell<Secrets>,
}

/// The provider configuration that a resource of a module uses.
pub(super) fn address(
    configuration: &Configuration,
    id: ModuleId,
    resource: &ResourceAddress,
) -> Option<ProviderConfigAddress> {
    let resource = configuration.node(id).module.resources.get(resource)?;
    let (name, alias) = resource.local_provider();
    let (module, alias) = match configuring(configuration, id, (name, alias)) {
        Some((module, local)) => (module, local.alias.clone()),
        None => (configuration.root_id(), alias.map(Into::into)),
    };
    let module = configuration.node(module).path.clone();
    Some(ProviderConfigAddress { module, provider: resource.provider.clone(), alias })
}

impl Configured {
    /// The configured provider; `None` if it could not be configured, which is reported once.
    pub(super) async fn get(
        &self,
        address: &ProviderConfigAddress,
        evaluator: &Evaluator<'_>,
        configuration: &Configuration,
        (providers, kinds, workplace): (&dyn Providers, &Kinds, &Workplace),
        diagnostics: &RefCell<Diagnostics>,
    ) -> Option<Arc<dyn Provider>> {
        let known = self.started.borrow().get(address).cloned();
        let cell = known.unwrap_or_else(|| {
            let cell = Started::default();
            self.started.borrow_mut().insert(address.clone(), Rc::clone(&cell));
            cell
        });
        let start = || async {
            let mut faults = Diagnostics::new();
            let started = self
                .start(address, evaluator, configuration, (providers, kinds, workplace), &mut faults)
                .await;
            diagnostics.borrow_mut().extend(faults);
            started
        };
        cell.get_or_init(start).await.clone()
    }

    async fn start(
        &self,
        address: &ProviderConfigAddress,
        evaluator: &Evaluator<'_>,
        configuration: &Configuration,
        (providers, kinds, workplace): (&dyn Providers, &Kinds, &Workplace),
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<dyn Provider>> {
        let fault = |message: String| {
            Diagnostic::error("Provider cannot be used", message).address(address.to_string())
        };
        let schema = match kinds.provider(providers, &address.provider).await {
            Ok(schema) => schema,
            Err(why) => {
                diagnostics.push(fault(why));
                return None;
            }
        };
        let written = written(address, configuration).map(|(_, config)| config);
        let value = match written {
            Some(config) => {
                let scope = evaluator.scope(&address.module.unkeyed(), Surroundings::default());
                diagnostics
                    .unless_faulty(|faults| block(&config.body, &schema.configuration, &scope, faults))?
            }
            // A configuration with an alias, or in a module, only exists because somebody wrote it, so there is no
            // default to fall back on.
            None if address.alias.is_some() || !address.module.is_root() => {
                diagnostics.push(gone(address));
                return None;
            }
            None => nothing(&schema.configuration),
        };
        let secrets = Secrets::of([&schema.configuration.mark_secrets(value.clone())]);
        self.secrets.borrow_mut().join(&secrets);
        let (value, _) = value.unmark_deep();
        let provider = match providers.start(&address.provider, workplace).await {
            Ok(provider) => provider,
            Err(error) => {
                diagnostics.push(fault(error.message));
                return None;
            }
        };
        let mut remarks = Vec::new();
        provider.validate(&value, &mut remarks).await;
        if !super::remarks::has_errors(&remarks) {
            provider.configure(&value, &mut remarks).await;
        }
        let place = Place {
            address: address.to_string(),
            body: written.map(|c| &c.body),
            block: written.map(|c| &c.span),
            secrets,
        };
        (!place.report(remarks, diagnostics)).then_some(provider)
    }

    /// The secrets in the configurations of all providers that were started.
    pub(super) fn secrets(&self) -> Secrets {
        self.secrets.borrow().clone()
    }

    /// All providers that were started.
    pub(super) fn all(&self) -> Vec<Arc<dyn Provider>> {
        self.started.borrow().values().filter_map(|cell| cell.get().cloned().flatten()).collect()
    }
}

fn gone(address: &ProviderConfigAddress) -> Diagnostic {
    let why = format!(
        "Objects in the state belong to {address}, which is no longer configured, so they cannot be reached."
    );
    let hint = "Put the provider block back until they are destroyed, or forget them with terrace state rm.";
    Diagnostic::error("Provider configuration is missing", why).hint(hint)
}

/// The `provider` block of a configuration, if there is one.
pub(super) fn written<'c>(
    address: &ProviderConfigAddress,
    configuration: &'c Configuration,
) -> Option<(Thing<'c>, &'c ProviderConfig)> {
    let (id, node) = configuration.find(&address.module)?;
    let module = &node.module;
    let fits = |local: &LocalProvider| {
        local.alias == address.alias && module.provider_address(&local.name) == address.provider
    };
    let (local, config) = module.providers.iter().find(|(local, _)| fits(local))?;
    Some((Thing { module: id, what: What::Provider(local) }, config))
}
