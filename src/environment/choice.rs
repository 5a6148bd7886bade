//! Chooses an environment by its name, with everything it inherits.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::value::Name;

use super::definition::{Definitions, Environment, Layer, Preview, Protect, Service, Setting, Tier};
use super::inheritance::settings_of;
use super::preview::HOW_TO_DECLARE;

/// One environment, ready to be evaluated. Holds nothing that belongs only to other environments.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub name: EnvironmentName,
    pub tier: Tier,
    /// The most general first; does not include a preview's own block.
    pub chain: Vec<Arc<Environment>>,
    pub preview: Option<(Arc<Preview>, PreviewFacts)>,
    pub toggles: BTreeMap<Name, bool>,
    pub services: BTreeMap<Name, Arc<Service>>,
}

/// What a preview knows of its branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewFacts {
    pub slug: String,
    pub branch: String,
    /// The number of the pull request, if there is one.
    pub number: Option<u64>,
    pub sha: String,
}

impl PreviewFacts {
    /// Placeholders for a branch of which only the name is known.
    pub fn of_name(slug: &str) -> Self {
        Self { slug: slug.to_owned(), branch: slug.to_owned(), number: None, sha: "0".repeat(40) }
    }
}

impl Definitions {
    /// The environment of this name, or the only one if no name is given.
    pub fn choose(&self, name: Option<&str>) -> Result<Chosen, Diagnostics> {
        let Some(name) = name else { return self.only() };
        let Some(environment) = self.environment(name) else { return Err(self.unknown(name).into()) };
        if environment.is_abstract {
            let why =
                format!("\"{name}\" is a parent of others (abstract = true) and no environment itself.");
            let children = self.applicable().filter(|one| {
                self.chain(one.name.as_str()).iter().any(|above| above.name == environment.name)
            });
            let children: Vec<&str> = children.map(|one| one.name.as_str()).collect();
            return Err(Diagnostic::error("Abstract environment", why)
                .at(environment.span.clone())
                .hint(format!("What extends it: {}.", children.join(", ")))
                .into());
        }
        Ok(self.chosen(environment))
    }

    /// The environment of a branch, as the `preview` block defines it.
    pub fn preview(&self, facts: PreviewFacts) -> Result<Chosen, Diagnostics> {
        let Some(preview) = &self.preview else {
            let why =
                "terrace.hcl has no \"preview\" block, which says what the environment of a branch is like.";
            return Err(Diagnostic::error("No previews", why).hint(HOW_TO_DECLARE).into());
        };
        let parent = self.environment(&preview.extends.0).ok_or_else(|| self.unknown(&preview.extends.0))?;
        let name = EnvironmentName::new(&format!("preview/{}", facts.slug))
            .map_err(|error| Diagnostic::error("Invalid environment name", format!("{error}.")))?;
        let chosen = self.chosen(parent);
        Ok(Chosen { name, tier: Tier::Preview, preview: Some((Arc::clone(preview), facts)), ..chosen })
    }

    fn chosen(&self, environment: &Environment) -> Chosen {
        let chain = self.chain(environment.name.as_str());
        let tier = chain.iter().rev().find_map(|one| one.tier).unwrap_or(Tier::Staging);
        let on = |toggle: &super::Toggle| Some(toggle.on.get(environment.name.as_str())?.0);
        Chosen {
            name: environment.name.clone(),
            tier,
            chain,
            preview: None,
            toggles: self.toggles.values().filter_map(|one| Some((one.name.clone(), on(one)?))).collect(),
            services: self.services.clone(),
        }
    }

    fn only(&self) -> Result<Chosen, Diagnostics> {
        let all: Vec<&Arc<Environment>> = self.applicable().collect();
        if let [one] = all.as_slice() {
            return Ok(self.chosen(one));
        }
        let names: Vec<&str> = all.iter().map(|environment| environment.name.as_str()).collect();
        let why = format!(
            "The project has {} environments, and none was named: {}.",
            names.len(),
            names.join(", ")
        );
        let first = names.first().copied().unwrap_or("staging");
        Err(Diagnostic::error("Which environment?", why)
            .hint(format!("Name one with -e {first}, or with TERRACE_ENV."))
            .into())
    }

    /// The error that there is no environment of this name.
    pub fn unknown(&self, name: &str) -> Diagnostic {
        let known: Vec<&str> = self.applicable().map(|environment| environment.name.as_str()).collect();
        let why =
            format!("terrace.hcl declares no environment \"{name}\"; it declares {}.", known.join(", "));
        let fault = Diagnostic::error("Unknown environment", why);
        if name == "preview" {
            return fault.hint(
                "Previews are named with their branch, as terrace preview list shows them: -e preview/NAME",
            );
        }
        // People shorten names: prod, stag.
        let begins = known.iter().find(|known| name.len() > 1 && known.starts_with(name));
        match begins {
            Some(meant) => fault.hint(format!("Did you mean \"{meant}\"?")),
            None => fault.suggest(name, known.iter().copied()),
        }
    }
}

impl Chosen {
    /// The layers that set values, the most general first, each with its display name.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &Layer)> {
        let own = self.chain.iter().map(|environment| (environment.name.as_str(), &environment.layer));
        own.chain(self.preview.iter().map(|(preview, _)| ("preview", &preview.layer)))
    }

    /// The settings of a service, each as it was last overridden.
    pub fn service_settings<'s>(&'s self, service: &'s Service) -> BTreeMap<&'s Name, &'s Setting> {
        let layers: Vec<&Layer> = self.layers().map(|(_, layer)| layer).collect();
        settings_of(&service.values, &layers, &service.name)
    }

    /// Every rule that must hold, the most general first. A preview has none: those of its parent are not meant for it.
    pub fn protections(&self) -> impl Iterator<Item = (&EnvironmentName, &Protect)> {
        let own = self.preview.is_none();
        self.chain.iter().filter(move |_| own).filter_map(|one| Some((&one.name, one.protect.as_ref()?)))
    }

    /// The header of the block that defines the environment.
    pub fn span(&self) -> Span {
        match &self.preview {
            Some((preview, _)) => preview.span.clone(),
            None => self.chain.last().expect("a chain has the environment itself").span.clone(),
        }
    }

    /// The branch that belongs to the environment. Not inherited.
    pub fn branch(&self) -> Option<&str> {
        match &self.preview {
            Some((_, facts)) => Some(&facts.branch),
            None => self.chain.last()?.branch.as_deref(),
        }
    }

    pub fn owners(&self) -> &[Name] {
        self.chain.last().map(|environment| environment.owners.as_slice()).unwrap_or_default()
    }
}
