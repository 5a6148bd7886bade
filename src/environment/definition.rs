//! The content of `terrace.hcl`, block by block.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::address::EnvironmentName;
use crate::diag::{Source, Span};
use crate::syntax::Expression;
use crate::value::Name;

/// The whole file.
#[derive(Clone, Debug)]
pub struct Definitions {
    pub source: Arc<Source>,
    pub project: Option<Project>,
    /// The label of the `state` block, which says where the state is kept.
    pub store: Option<(Name, Span)>,
    pub parameters: BTreeMap<Name, Parameter>,
    /// In the order of the file.
    pub environments: Vec<Arc<Environment>>,
    pub preview: Option<Arc<Preview>>,
    pub toggles: BTreeMap<Name, Toggle>,
    pub services: BTreeMap<Name, Arc<Service>>,
}

/// `project "shop" { ... }`
#[derive(Clone, Debug)]
pub struct Project {
    pub name: Name,
    pub description: Option<Name>,
    pub span: Span,
}

/// A difference between environments that is declared, with its kind and reason.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: Name,
    pub differs: Option<Difference>,
    /// Whether the environment's name may decide something, and not only appear in it.
    pub decides: bool,
    pub description: Option<Name>,
    pub span: Span,
}

/// The kind of a declared difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// More or less of the same.
    Scale,
    /// Names and domains.
    Identity,
    /// An external service with a variant for each, such as a sandbox.
    External,
}

/// `environment "staging" { ... }`
#[derive(Clone, Debug)]
pub struct Environment {
    pub name: EnvironmentName,
    pub description: Option<Name>,
    pub tier: Option<Tier>,
    pub branch: Option<Name>,
    pub owners: Vec<Name>,
    pub extends: Option<(Name, Span)>,
    /// Whether it is only extended by others, and never applied.
    pub is_abstract: bool,
    pub layer: Layer,
    pub protect: Option<Protect>,
    /// The header.
    pub span: Span,
    pub name_span: Span,
}

/// How close an environment is to paying users, which sets the defaults of its protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Preview,
    Development,
    Staging,
    Production,
}

/// `preview { ... }`: what the environment of a branch is made of.
#[derive(Clone, Debug)]
pub struct Preview {
    pub extends: (Name, Span),
    pub ttl: Duration,
    pub limit: Option<u64>,
    pub layer: Layer,
    pub span: Span,
}

/// The values that one block sets for the project's variables.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub values: Vec<Setting>,
    /// The inside of the braces of `values`, where another value can be inserted.
    pub values_span: Option<Span>,
    pub files: Vec<(Name, Span)>,
    pub unset: Vec<(Name, Span)>,
    pub secrets: Vec<Secret>,
    /// The environment variables of services, by service.
    pub services: BTreeMap<Name, (Vec<Setting>, Span)>,
}

/// `name = expression`
#[derive(Clone, Debug)]
pub struct Setting {
    pub name: Name,
    pub name_span: Span,
    pub expression: Expression,
}

/// `name = env("NAME")`: the place of a secret, and not the secret itself.
#[derive(Clone, Debug)]
pub struct Secret {
    pub name: Name,
    pub name_span: Span,
    pub kind: SecretKind,
    /// The argument of the call.
    pub argument: Expression,
    /// The call.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A variable of the process environment.
    Variable,
    /// The output of a program.
    Command,
    /// The content of a file.
    File,
}

/// `protect { ... }`: what must hold before a plan is applied.
#[derive(Clone, Debug)]
pub struct Protect {
    pub confirm: Option<(bool, Span)>,
    /// Patterns of addresses that must never be destroyed or replaced.
    pub deny_destroy: Vec<(Name, Span)>,
    /// None for any time.
    pub windows: Option<(Vec<(Name, Span)>, Span)>,
    /// None for any branch.
    pub branches: Option<(Vec<(Name, Span)>, Span)>,
    /// Rules that may be overridden with a reason.
    pub overridable: Vec<(Name, Span)>,
    pub span: Span,
}

/// `toggle "new_checkout" { ... }`
#[derive(Clone, Debug)]
pub struct Toggle {
    pub name: Name,
    pub description: Option<Name>,
    pub on: BTreeMap<Name, (bool, Span)>,
    pub since: jiff::civil::Date,
    pub retire_after: Option<Duration>,
    pub span: Span,
}

/// `variables_for "api" { ... }`: the keys that a service's environment has everywhere.
#[derive(Clone, Debug)]
pub struct Service {
    pub name: Name,
    /// The project's variable that receives the map.
    pub variable: Name,
    pub variable_span: Span,
    pub required: Vec<(Name, Span)>,
    /// Values for all environments that do not override them.
    pub values: Vec<Setting>,
    pub span: Span,
}

/// No environment extends through more others than this: all that it inherits has to be looked at again and again.
pub(super) const DEEPEST: usize = 64;

impl Definitions {
    pub fn environment(&self, name: &str) -> Option<&Arc<Environment>> {
        self.environments.iter().find(|environment| environment.name.as_str() == name)
    }

    /// The environments that can be applied, in the order of the file.
    pub fn applicable(&self) -> impl Iterator<Item = &Arc<Environment>> {
        self.environments.iter().filter(|environment| !environment.is_abstract)
    }

    /// An environment with those it extends, the most general first. A cycle, which was reported, is cut.
    pub fn chain(&self, name: &str) -> Vec<Arc<Environment>> {
        let mut chain: Vec<Arc<Environment>> = Vec::new();
        let mut next = self.environment(name);
        while let Some(environment) = next {
            // One that is longer than is allowed was reported, too.
            if chain.len() > DEEPEST || chain.iter().any(|known| known.name == environment.name) {
                break;
            }
            chain.push(Arc::clone(environment));
            next = environment.extends.as_ref().and_then(|(parent, _)| self.environment(parent));
        }
        chain.reverse();
        chain
    }
}

impl SecretKind {
    pub const ALL: [Self; 3] = [Self::Variable, Self::Command, Self::File];

    /// The name of the function that reads it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Variable => "env",
            Self::Command => "command",
            Self::File => "file",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Tier {
    pub const ALL: [Self; 4] = [Self::Development, Self::Staging, Self::Production, Self::Preview];

    pub fn word(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.word() == word)
    }
}

impl Difference {
    pub const ALL: [Self; 3] = [Self::Scale, Self::Identity, Self::External];

    pub fn word(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Identity => "identity",
            Self::External => "external",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|difference| difference.word() == word)
    }
}
