//! Checks whether environments have the same shape, apart from declared differences.
//!
//! Nothing outside is asked: no credentials, no provider, and no input beyond the project's own files. The state is
//! read only to compare what is really applied.

use std::collections::BTreeMap;
use std::path::Path;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::parity::{
    self, Applied, Given as Value, Last, Ledger, Parity, Resources, Shape, evaluate_shape, unapplied,
};
use crate::environment::{Chosen, Definitions, Place};
use crate::eval::validate::validate;
use crate::eval::{Evaluator, NothingKnown, Purpose};
use crate::port::{StateStore, StoreFault};
use crate::value::{self, Marks, Name};

use super::environment::Secrets;
use super::fault::store_fault;
use super::inputs::{Given, Inputs, Origin, Search, settled};
use super::project::{Project, Use, functions};
use super::validate::Known;
use super::wrong_folder;

/// Which environments to compare.
#[derive(Clone, Debug)]
pub enum Pairs {
    One(String, String),
    /// All pairs that `extends` links.
    All,
}

/// The outcome.
#[derive(Debug, Default)]
pub struct Outcome {
    pub parities: Vec<Parity>,
    pub diagnostics: Diagnostics,
}

/// Compares environments of the project in a directory; given a store, also what is applied in each.
pub async fn run(folder: &Path, pairs: &Pairs, store: Option<&dyn StateStore>) -> Outcome {
    let (project, mut diagnostics) = Project::open(folder);
    let looking = project.evaluator(
        Purpose::Validation,
        functions(Use::Validation),
        &NothingKnown,
        (EnvironmentName::DEFAULT, [].into()),
    );
    let whole = !diagnostics.has_errors();
    diagnostics.extend(validate(&looking, &Known::new(), whole));
    drop(looking);
    let mut outcome = Outcome { parities: Vec::new(), diagnostics };
    if outcome.diagnostics.has_errors() {
        return outcome;
    }
    let Some(definitions) = &project.definitions else {
        let why = "This project declares no environments, so there is nothing to compare.";
        let fault = Diagnostic::error("Nothing to compare", why);
        let otherwise = "Declare environments in terrace.hcl: environment \"staging\" { values = {} }.";
        let fault = wrong_folder::without_file(folder, fault, otherwise);
        outcome.diagnostics.push(wrong_folder::nothing_here(folder).unwrap_or(fault));
        return outcome;
    };
    for (first, second) in chosen(definitions, pairs, &mut outcome.diagnostics) {
        let pair = Pair { project: &project, definitions, folder, first: &first, second: &second };
        let Some((mut parity, shapes)) = pair.compare(&mut outcome.diagnostics) else { continue };
        if let Some(store) = store {
            parity.applied = pair.applied(store, &shapes, &mut outcome.diagnostics).await;
        }
        outcome.parities.push(parity);
    }
    outcome
}

/// The environments to compare, pair by pair.
fn chosen(definitions: &Definitions, pairs: &Pairs, diagnostics: &mut Diagnostics) -> Vec<(Chosen, Chosen)> {
    let named = match pairs {
        Pairs::One(first, second) => vec![(first.clone(), second.clone())],
        Pairs::All => linked(definitions),
    };
    if named.is_empty() {
        let why = "No environment extends another one, so there are no pairs to compare.";
        diagnostics.push(
            Diagnostic::error("Nothing to compare", why)
                .hint("Name two: terrace parity A B. Or let one extend the other: extends = \"...\"."),
        );
    }
    let mut found = Vec::new();
    for (first, second) in named {
        match (definitions.choose(Some(&first)), definitions.choose(Some(&second))) {
            (Ok(first), Ok(second)) => found.push((first, second)),
            (first, second) => {
                for faults in [first.err(), second.err()].into_iter().flatten() {
                    diagnostics.extend(faults);
                }
            }
        }
    }
    found
}

/// Each environment with the one that it extends. Where that one is abstract, its heirs are compared with the first of
/// them.
fn linked(definitions: &Definitions) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut first_of: BTreeMap<String, String> = BTreeMap::new();
    for environment in definitions.applicable() {
        let name = environment.name.as_str().to_owned();
        let chain = definitions.chain(&name);
        let above = chain.iter().rev().skip(1);
        if let Some(parent) = above.clone().find(|one| !one.is_abstract) {
            pairs.push((parent.name.as_str().to_owned(), name));
        } else if let Some(shared) = chain.first().filter(|one| one.is_abstract) {
            match first_of.get(shared.name.as_str()) {
                Some(first) => pairs.push((first.clone(), name)),
                None => drop(first_of.insert(shared.name.as_str().to_owned(), name)),
            }
        }
    }
    pairs
}

struct Pair<'p> {
    project: &'p Project,
    definitions: &'p Definitions,
    folder: &'p Path,
    first: &'p Chosen,
    second: &'p Chosen,
}

impl Pair<'_> {
    fn compare(&self, diagnostics: &mut Diagnostics) -> Option<(Parity, [Shape; 2])> {
        let (first, second) = (self.given(self.first, diagnostics)?, self.given(self.second, diagnostics)?);
        let inputs = parity::inputs(&first, &second);
        let ledger = Ledger::new(self.definitions);
        // Compares the second environment with a hypothetical mixture: the first environment, with every declared value
        // taken from the second. Without undeclared differences the mixture is the second environment itself.
        let declared = |name: &Name| {
            let marks = inputs.second.get(name).map(value::Value::marks_deep);
            marks.is_some_and(|marks| ledger.causes(marks.origins()).iter().all(parity::Cause::is_declared))
        };
        let is_mixed = inputs.differing.iter().any(|name| !declared(name));
        let mixed = || {
            let values = inputs.second.iter().filter_map(|(name, value)| {
                let value = if declared(name) { Some(value) } else { inputs.first.get(name) };
                Some((name.clone(), value?.clone()))
            });
            values.collect::<BTreeMap<Name, value::Value>>()
        };
        let a = self.shape(self.first, inputs.first.clone());
        let b = self.shape(self.second, inputs.second.clone());
        let failed = a.1.has_errors() || b.1.has_errors();
        for (chosen, faults) in [(self.first, a.1), (self.second, b.1)] {
            diagnostics.extend(within(chosen, faults));
        }
        if failed {
            return None;
        }
        let name = |chosen: &Chosen| chosen.name.clone();
        let mut parity = Parity::of((name(self.first), &a.0), (name(self.second), &b.0), ledger);
        parity.toggles = self.toggles();
        // If the mixture cannot be evaluated, it cannot show what is undeclared.
        if is_mixed && !parity.findings.is_empty() {
            let (mixture, faults) = self.shape(self.second, mixed());
            if !faults.has_errors() {
                parity.doubt(parity::compare(&mixture, &b.0));
            }
        }
        Some((parity, [a.0, b.0]))
    }

    /// The toggles that differ.
    fn toggles(&self) -> BTreeMap<String, (bool, bool)> {
        let both = self.first.toggles.iter().filter_map(|(name, first)| {
            let second = self.second.toggles.get(name)?;
            Some((format!("{}{name}", parity::origin::TOGGLE), (*first, *second)))
        });
        both.filter(|(_, (first, second))| first != second).collect()
    }

    /// Compares what is really applied in both.
    async fn applied(
        &self,
        store: &dyn StateStore,
        shapes: &[Shape; 2],
        diagnostics: &mut Diagnostics,
    ) -> Option<[Applied; 2]> {
        let [first, second] = shapes;
        let first = applied(store, self.first, first).await;
        let second = applied(store, self.second, second).await;
        match (first, second) {
            (Ok(first), Ok(second)) => Some([first, second]),
            (first, second) => {
                for fault in [first.err(), second.err()].into_iter().flatten() {
                    diagnostics.push(store_fault(&fault));
                }
                None
            }
        }
    }

    /// The values of an environment's variables.
    fn given(&self, chosen: &Chosen, diagnostics: &mut Diagnostics) -> Option<BTreeMap<Name, Value>> {
        let mut faults = Diagnostics::new();
        let functions = functions(Use::Validation);
        let search = Search {
            folder: self.folder,
            given: &Given::default(),
            chosen: Some(chosen),
            secrets: Secrets::Unknown,
            follows_origins: true,
            functions: &functions,
        };
        let inputs = settled(self.project, chosen, &search, &mut faults);
        let failed = faults.has_errors();
        diagnostics.extend(within(chosen, faults));
        (!failed).then(|| given(&inputs))
    }

    fn shape(&self, chosen: &Chosen, inputs: BTreeMap<Name, value::Value>) -> (Shape, Diagnostics) {
        shape(self.project, chosen, inputs, Some(parity::origin::of_name()))
    }
}

/// Everything that an environment would create with these inputs. If the origins of its name are given, all other
/// origins are traced too.
pub(super) fn shape(
    project: &Project,
    chosen: &Chosen,
    inputs: BTreeMap<Name, value::Value>,
    name: Option<Marks>,
) -> (Shape, Diagnostics) {
    let mut faults = Diagnostics::new();
    let known = Known::new();
    let resources = Resources::new(&project.configuration, &known);
    let functions = functions(Use::Validation);
    let evaluator = project.evaluator(Purpose::Values, functions, &resources, (chosen.name.as_str(), inputs));
    let evaluator = name.into_iter().fold(evaluator, Evaluator::following);
    let shape = evaluate_shape(&evaluator, &project.configuration, &known, &resources, &mut faults);
    (shape, faults)
}

async fn applied(store: &dyn StateStore, chosen: &Chosen, shape: &Shape) -> Result<Applied, StoreFault> {
    let state = store.read(&chosen.name).await?;
    let last = store.history(&chosen.name).await?.into_iter().next();
    let last = last.map(|last| Last { serial: last.serial, when: last.when, commit: last.commit });
    Ok(Applied { last, differences: unapplied(shape, &state, &Known::new()) })
}

fn given(inputs: &Inputs) -> BTreeMap<Name, Value> {
    let given = inputs.values.iter().map(|(name, value)| {
        let origin = inputs.origins.get(name);
        let service = match origin {
            Some((Origin::Environment(Place::Service(service)), _)) => Some(service.clone()),
            _ => None,
        };
        let given = Value {
            value: value.clone(),
            place: origin.map(|(_, span)| span.clone()),
            service,
            is_name: matches!(origin, Some((Origin::Name, _))),
        };
        (name.clone(), given)
    });
    given.collect()
}

/// Names the environment in each diagnostic.
fn within(chosen: &Chosen, mut faults: Diagnostics) -> Diagnostics {
    let name = format!("environment {}", chosen.name);
    faults.iter_mut().for_each(|fault| {
        fault.address.get_or_insert_with(|| name.clone());
    });
    faults
}
