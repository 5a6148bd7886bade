//! Which origins are declared, and what would declare the others.

use std::collections::BTreeSet;

use crate::environment::{Definitions, Difference};
use crate::value::{Name, Origin, Role};

use super::origin::{NAME, SERVICE, TOGGLE};

/// What `terrace.hcl` says about what may differ.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'d> {
    definitions: &'d Definitions,
}

/// Something that differs between two environments, and what is declared about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// A parameter, `environment`, `toggle.name` or `variables_for.name`.
    pub name: Name,
    /// The environment's name decides something, and does not only appear as text.
    pub decides: bool,
    /// None if nothing declares it.
    pub declared: Option<Reason>,
}

/// Why something may differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Parameter(Difference, Option<Name>),
    /// The environment's own name, in names and tags.
    Name,
    Toggle(Option<Name>),
    Service,
}

impl<'d> Ledger<'d> {
    pub fn new(definitions: &'d Definitions) -> Self {
        Self { definitions }
    }

    /// The causes behind some origins, each once.
    pub fn causes<'o>(&self, origins: impl IntoIterator<Item = &'o Origin>) -> BTreeSet<Cause> {
        let mut causes: BTreeSet<Cause> = origins.into_iter().map(|origin| self.cause(origin)).collect();
        // A name that decides something is not also listed as text.
        let deciding: BTreeSet<Name> =
            causes.iter().filter(|cause| cause.decides).map(|cause| cause.name.clone()).collect();
        causes.retain(|cause| cause.decides || !deciding.contains(&cause.name));
        causes
    }

    /// Whether the values of a variable may differ.
    pub fn allows(&self, variable: &str) -> bool {
        self.parameter(variable).is_some()
    }

    fn cause(&self, origin: &Origin) -> Cause {
        let name = origin.parameter.clone();
        let decides = origin.role == Role::Decides;
        let declared = match origin.role {
            Role::Text if &*name == NAME => Some(Reason::Name),
            Role::Decides if &*name == NAME => {
                let parameter = self.definitions.parameters.get(NAME).filter(|parameter| parameter.decides);
                parameter.map(|parameter| {
                    let way = parameter.differs.unwrap_or(Difference::Identity);
                    Reason::Parameter(way, parameter.description.clone())
                })
            }
            _ => match (name.strip_prefix(TOGGLE), name.strip_prefix(SERVICE)) {
                (Some(toggle), _) => {
                    let toggle = self.definitions.toggles.get(toggle);
                    toggle.map(|toggle| Reason::Toggle(toggle.description.clone()))
                }
                (_, Some(_)) => Some(Reason::Service),
                _ => self.parameter(&name),
            },
        };
        Cause { name, decides, declared }
    }

    fn parameter(&self, name: &str) -> Option<Reason> {
        let parameter = self.definitions.parameters.get(name)?;
        Some(Reason::Parameter(parameter.differs?, parameter.description.clone()))
    }
}

impl Cause {
    pub fn is_declared(&self) -> bool {
        self.declared.is_some()
    }

    /// The line in `terrace.hcl` that would declare it.
    pub fn remedy(&self) -> String {
        match self.decides {
            true => format!("parameter \"{}\" {{ decides = true }}", self.name),
            false => format!("parameter \"{}\" {{ differs = \"scale\" }}", self.name),
        }
    }
}

impl Reason {
    /// One word for the kind of difference.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Parameter(difference, _) => difference.word(),
            Self::Name => "identity",
            Self::Toggle(_) => "toggle",
            Self::Service => "service",
        }
    }

    pub fn description(&self) -> Option<&str> {
        match self {
            Self::Parameter(_, description) | Self::Toggle(description) => description.as_deref(),
            Self::Name => Some("the environment's own name"),
            Self::Service => Some("the same keys everywhere"),
        }
    }
}
