//! Lists the environments and the condition of each. Reads no secret and takes no lock.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::address::{EnvironmentName, ResourceMode};
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::{Chosen, PreviewFacts};
use crate::port::{StateStore, StoreFault};
use crate::render::inventory::{EnvironmentRow, Holdings, Outlook, Overview, PreviewRule, Standing};
use crate::state::State;

use super::fault::store_fault;
use super::inputs::Given;
use super::parameters::{Survey, compared, extends, protection};
use super::plan_summary::PlanSummary;
use super::project::Project;
use super::wrong_folder;
use super::{preview, toggles};

/// What to look at.
#[derive(Clone, Copy)]
pub struct View<'v> {
    pub folder: &'v Path,
    pub given: &'v Given,
    pub store: &'v dyn StateStore,
    /// The environments that have a state.
    pub stored: &'v [EnvironmentName],
    pub now: Timestamp,
}

/// All environments: those that are declared, the previews that exist, and those that only have a state.
pub async fn overview(view: View<'_>) -> Result<(Overview, Diagnostics), Diagnostics> {
    let (project, mut diagnostics) = Project::open(view.folder);
    let Some(definitions) = &project.definitions else {
        // A missing file means no declarations; a faulty one means that they are not known.
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let default = EnvironmentName::default();
        if view.stored.is_empty() {
            diagnostics.extend(wrong_folder::nothing_here(view.folder).map(Diagnostic::as_warning));
        }
        let mut rows =
            vec![view.row(&default, Standing::Declared, (None, project.digest()), &mut diagnostics).await];
        for name in view.stored.iter().filter(|name| **name != default) {
            let row = view.row(name, standing(name), (None, project.digest()), &mut diagnostics).await;
            rows.extend(Some(row).filter(is_left));
        }
        return Ok((Overview { environments: rows, ..Overview::default() }, diagnostics));
    };
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let mut rows = Vec::new();
    for one in definitions.applicable() {
        let chosen = definitions.choose(Some(one.name.as_str()))?;
        rows.push(
            view.row(&one.name, Standing::Declared, (Some(&chosen), project.digest()), &mut diagnostics)
                .await,
        );
    }
    let is_listed = |name: &EnvironmentName| definitions.applicable().any(|one| one.name == *name);
    for name in view.stored.iter().filter(|name| !is_listed(name)) {
        let record = preview::record(view.store, name).await.ok().flatten();
        let known = record.as_ref().map(|record| record.facts.clone());
        let facts = known.or_else(|| Some(PreviewFacts::of_name(name.as_str().strip_prefix("preview/")?)));
        let chosen = facts.and_then(|facts| definitions.preview(facts).ok());
        let standing = if chosen.is_some() { Standing::Preview } else { Standing::Undeclared };
        let site = (chosen.as_ref(), project.digest());
        let mut row = view.row(name, standing, site, &mut diagnostics).await;
        if let Some(record) = record {
            row.expires = Some(record.expires().to_string());
            row.branch = Some(record.facts.branch);
            row.owners = vec![record.who];
        }
        rows.extend(Some(row).filter(is_left));
    }
    let surveys = Survey::all(&project, (view.folder, view.given), &mut diagnostics);
    let rule = definitions.preview.as_ref().map(|preview| PreviewRule {
        extends: preview.extends.0.to_string(),
        ttl: preview.ttl,
        limit: preview.limit,
    });
    let overview = Overview {
        project: definitions.project.as_ref().map(|project| project.name.to_string()),
        description: definitions
            .project
            .as_ref()
            .and_then(|project| Some(project.description.as_ref()?.to_string())),
        environments: rows,
        preview: rule,
        sizes: compared(&project, &surveys),
        toggles: toggles::matrix(definitions, view.now.to_zoned(TimeZone::UTC).date()),
    };
    Ok((overview, diagnostics))
}

/// The environments that have a state.
pub fn stored(listed: Result<Vec<EnvironmentName>, StoreFault>) -> Result<Vec<EnvironmentName>, Diagnostics> {
    listed.map_err(|fault| store_fault(&fault).into())
}

fn standing(name: &EnvironmentName) -> Standing {
    if name.as_str().starts_with("preview/") { Standing::Preview } else { Standing::Undeclared }
}

/// An undeclared environment is listed only if it still has resources: one that was renamed is empty.
fn is_left(row: &EnvironmentRow) -> bool {
    row.standing != Standing::Undeclared || row.holdings.as_ref().is_none_or(|held| held.instances() > 0)
}

impl View<'_> {
    async fn row(
        &self,
        name: &EnvironmentName,
        standing: Standing,
        (chosen, digest): (Option<&Chosen>, &str),
        diagnostics: &mut Diagnostics,
    ) -> EnvironmentRow {
        let state = self.readable(self.store.read(name).await, diagnostics);
        let history = match &state {
            Some(_) => self.readable(self.store.history(name).await, diagnostics).unwrap_or_default(),
            None => Vec::new(),
        };
        let seen = match &state {
            Some(_) => PlanSummary::of(self.store, name).await,
            None => None,
        };
        let serial = state.as_ref().map_or(0, |state| state.serial);
        let prospect = seen.filter(|seen| seen.serial == serial).map(|seen| Outlook {
            is_past: seen.configuration != digest,
            when: seen.when,
            add: seen.add,
            change: seen.change,
            destroy: seen.destroy,
            other: seen.other,
            drift: seen.drift,
        });
        EnvironmentRow {
            name: name.clone(),
            standing,
            description: chosen.and_then(|one| one.chain.last()?.description.as_deref().map(str::to_owned)),
            tier: chosen.map(|chosen| chosen.tier.word()),
            extends: chosen.map(extends).unwrap_or_default(),
            // For a preview only its own name is known here.
            branch: chosen
                .filter(|_| standing == Standing::Declared)
                .and_then(Chosen::branch)
                .map(str::to_owned),
            owners: chosen.map(Chosen::owners).unwrap_or_default().iter().map(ToString::to_string).collect(),
            protection: chosen.map(protection).unwrap_or_default(),
            holdings: state.as_ref().map(holdings),
            last: history.into_iter().next(),
            prospect,
            expires: None,
        }
    }

    /// A state that cannot be read is reported, and does not hide the others.
    fn readable<T>(&self, read: Result<T, StoreFault>, diagnostics: &mut Diagnostics) -> Option<T> {
        read.map_err(|fault| {
            let fault = store_fault(&fault);
            diagnostics.push(Diagnostic::warning(fault.summary, fault.detail));
        })
        .ok()
    }
}

/// What a state has that is looked after.
pub(super) fn holdings(state: &State) -> Holdings {
    let mut by_module: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (address, resource) in &state.resources {
        if address.resource.mode != ResourceMode::Managed {
            continue;
        }
        let count = resource.instances.values().filter(|instance| instance.current.is_some()).count();
        if count > 0 {
            let types = by_module.entry(address.module.to_string()).or_default();
            *types.entry(address.resource.kind.to_string()).or_default() += count;
        }
    }
    Holdings { by_module, outputs: state.outputs.keys().map(ToString::to_string).collect() }
}
