//! Previews, the environments of branches: brings them up, lists them, and takes them down.

mod keep;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::PreviewFacts;
use crate::environment::preview::{self, Record};
use crate::port::{Holder, StateStore};
use crate::render::PreviewLine;
use crate::source;
use crate::value::Mark;

use super::environment::definitions;
use super::environments::holdings;
use super::fault::store_fault;
use super::wrong_folder;

pub use keep::Kept;
pub(super) use keep::{keep, unchanged};

/// The name of the note that holds a preview's record.
const RECORD: &str = "preview";

/// A preview, as a session sees it.
#[derive(Clone, Debug)]
pub struct Preview {
    pub record: Record,
    /// The kept configuration, if it is to be used instead of the one in the project's folder.
    pub kept: Option<Arc<Kept>>,
}

/// The branch to make a preview of.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The current branch if none.
    pub branch: Option<String>,
    /// The number of the pull request.
    pub number: Option<u64>,
}

/// Why a preview is to be taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has expired.
    Expired,
    /// Its branch no longer exists.
    Gone,
}

/// The environment name for a slug.
pub fn environment(slug: &str) -> EnvironmentName {
    EnvironmentName::new(&format!("preview/{slug}")).expect("every slug makes a name")
}

/// The record of a preview; `None` if it was never brought up.
pub async fn record(
    store: &dyn StateStore,
    environment: &EnvironmentName,
) -> Result<Option<Record>, Diagnostics> {
    if !is_preview(environment) {
        return Ok(None);
    }
    let noted = store.note(environment, RECORD).await.map_err(fault)?;
    // An empty note is what remains of a preview that was not admitted in the end.
    let Some(text) = noted.filter(|text| !text.is_empty()) else { return Ok(None) };
    match Record::read(&text) {
        Some(record) => Ok(Some(record)),
        None => {
            let why = format!("What is noted of {environment} was written by a later version of terrace.");
            Err(Diagnostic::error("Preview is of a later version", why).into())
        }
    }
}

/// The records of all previews among these environments.
pub async fn records(
    store: &dyn StateStore,
    environments: &[EnvironmentName],
) -> Result<Vec<Record>, Diagnostics> {
    let mut records = Vec::new();
    for environment in environments {
        records.extend(record(store, environment).await?);
    }
    Ok(records)
}

/// A preview that may be brought up.
#[derive(Debug)]
pub struct Admitted {
    /// What is to be noted of it.
    pub record: Record,
    /// Whether there is more in the project's folder than its commit.
    pub is_changed: bool,
    /// What its maker should know.
    pub remarks: Diagnostics,
}

/// Decides whether a preview of a branch may be brought up, and returns the record to store. Changes nothing.
pub fn admit(
    folder: &Path,
    present: &[Record],
    wanted: &Wanted,
    (who, now): (&str, Timestamp),
) -> Result<Admitted, Diagnostics> {
    let mut remarks = Diagnostics::new();
    let declared = definitions(folder, &mut remarks);
    if remarks.has_errors() {
        return Err(remarks);
    }
    let Some(declared) = declared else {
        let why = "There is no terrace.hcl here, which says with its \"preview\" block what the environment of a branch is \
                   like.";
        let fault = Diagnostic::error("No previews", why);
        return Err(wrong_folder::without_file(folder, fault, preview::HOW_TO_DECLARE).into());
    };
    let Some(preview) = declared.preview.as_ref() else {
        let why =
            "terrace.hcl has no \"preview\" block, which says what the environment of a branch is like.";
        return Err(Diagnostic::error("No previews", why).hint(preview::HOW_TO_DECLARE).into());
    };
    let head = source::head(folder);
    let facts = facts(head.as_ref(), wanted, "terrace preview up --branch NAME")?;
    declared.refuse_preview_of(&facts.branch)?;
    preview::admit(preview, &facts, present, now)?;
    remarks.extend(head.and_then(|head| head.branch).and_then(|here| other_branch(folder, &facts, &here)));
    let before = present.iter().find(|one| one.facts.slug == facts.slug);
    let number = facts.number.or_else(|| before?.facts.number);
    let facts = PreviewFacts { number, ..facts };
    let is_changed =
        source::checkout(folder).is_ok_and(|there| there.is_some_and(|there| !there.changed.is_empty()));
    let record = Record::brought_up(facts, who.to_owned(), preview.ttl, now, before);
    Ok(Admitted { record, is_changed, remarks })
}

/// What is brought up is what is checked out, whatever it is called. That is as it should be where both are one commit,
/// or where no branch is checked out, as in CI.
fn other_branch(folder: &Path, facts: &PreviewFacts, here: &str) -> Option<Diagnostic> {
    let branch = &facts.branch;
    if here == branch {
        return None;
    }
    let there = source::commit_of(folder, branch);
    if there.as_ref() == Some(&facts.sha) {
        return None;
    }
    let known = match there {
        Some(_) => "which is at another commit",
        None => "which git does not know here",
    };
    let why = format!(
        "What is brought up as the preview of \"{branch}\", {known}, is what is checked out: \"{here}\"."
    );
    let slug = &facts.slug;
    let hint =
        format!("If that is not what you want: check that branch out first, and terrace preview down {slug}");
    Some(Diagnostic::warning("Another branch is checked out", why).hint(hint))
}

/// What is known of the branch.
fn facts(head: Option<&source::Head>, wanted: &Wanted, naming: &str) -> Result<PreviewFacts, Diagnostics> {
    let checked_out = head.and_then(|head| head.branch.clone());
    // As some systems for builds give it.
    let named = wanted.branch.as_deref().map(|name| name.strip_prefix("refs/heads/").unwrap_or(name));
    let named = named.filter(|name| !name.is_empty()).map(str::to_owned);
    if let Some(name) = named.as_ref().filter(|name| !preview::is_branch_name(name)) {
        let why = format!("\"{name}\" cannot be the name of a branch: git would not take it.");
        return Err(Diagnostic::error("Not a branch", why).into());
    }
    let Some(branch) = named.or(checked_out) else {
        let why = match head {
            Some(_) => "No branch is checked out here, so the branch of the preview is not known.",
            None => "This directory is not in a git repository, so the branch of the preview is not known.",
        };
        return Err(Diagnostic::error("Which branch?", why).hint(format!("Name it: {naming}")).into());
    };
    let sha = head.and_then(|head| head.commit.clone()).unwrap_or_default();
    Ok(PreviewFacts { slug: preview::slug(&branch), branch, number: wanted.number, sha })
}

/// Finds the preview that a branch, a slug or an environment name stands for; by default that of the current branch.
pub fn find(folder: &Path, present: &[Record], typed: Option<&str>) -> Result<Record, Diagnostics> {
    let typed = match typed {
        Some(typed) => typed.to_owned(),
        None => {
            let head = source::head(folder);
            facts(head.as_ref(), &Wanted::default(), "terrace preview down NAME")?.branch
        }
    };
    let slug = typed.strip_prefix("preview/").unwrap_or(&typed);
    let found = present.iter().find(|one| one.facts.branch == typed);
    let found = found.or_else(|| present.iter().find(|one| one.facts.slug == slug));
    found.cloned().ok_or_else(|| unknown(present, &typed).into())
}

const ABSENT: &str = "No such preview";

/// Whether the only error is that there is no such preview.
pub fn is_absence(faults: &Diagnostics) -> bool {
    faults.iter().all(|fault| fault.summary == ABSENT)
}

fn unknown(present: &[Record], typed: &str) -> Diagnostic {
    let known: Vec<&str> = present.iter().map(|one| one.facts.slug.as_str()).collect();
    let there = match known.is_empty() {
        true => "there are none".to_owned(),
        false => format!("there are {}", known.join(", ")),
    };
    Diagnostic::error(ABSENT, format!("There is no preview of \"{typed}\"; {there}."))
        .suggest(typed, known.iter().copied().chain(present.iter().map(|one| one.facts.branch.as_str())))
}

/// The previews to take down, each with the reason. Existing branches are only considered if they are given.
pub fn overdue(
    present: &[Record],
    now: Timestamp,
    branches: Option<&BTreeSet<String>>,
) -> Vec<(Record, Reason)> {
    let reason = |one: &Record| match branches {
        _ if one.has_expired(now) => Some(Reason::Expired),
        Some(branches) if !branches.contains(&one.facts.branch) => Some(Reason::Gone),
        _ => None,
    };
    present.iter().filter_map(|one| Some((one.clone(), reason(one)?))).collect()
}

/// The branches that exist here and at the remote "origin".
pub fn branches(folder: &Path) -> Result<BTreeSet<String>, Diagnostics> {
    source::branches(folder).map_err(|why| {
        let why = format!("The branches could not be listed: {why}. Nothing was taken down.");
        Diagnostic::error("Branches are not known", why).into()
    })
}

/// The lines of the list of previews.
pub async fn lines(store: &dyn StateStore, present: Vec<Record>) -> Result<Vec<PreviewLine>, Diagnostics> {
    let mut lines = Vec::new();
    for record in present {
        let state = store.read(&environment(&record.facts.slug)).await.map_err(fault)?;
        let open = state.outputs.iter().filter(|(_, output)| !output.value.has_mark_deep(&Mark::Sensitive));
        let urls = open.filter_map(|(name, output)| {
            let text = output.value.as_str()?;
            let is_url = text.starts_with("http://") || text.starts_with("https://");
            is_url.then(|| (name.to_string(), text.to_owned()))
        });
        lines.push(PreviewLine { urls: urls.collect(), resources: holdings(&state).instances(), record });
    }
    Ok(lines)
}

/// Deletes an empty preview from the store. Returns false if it still has something.
pub async fn retire(
    store: &dyn StateStore,
    environment: &EnvironmentName,
    holder: &Holder,
) -> Result<bool, Diagnostics> {
    store.retire(environment, holder).await.map_err(fault)
}

pub(super) fn is_preview(environment: &EnvironmentName) -> bool {
    environment.as_str().starts_with("preview/")
}

/// What a session needs to know of the named environment if it is a preview.
pub(super) async fn of(
    store: &dyn StateStore,
    environment: &EnvironmentName,
) -> Result<Option<Preview>, Diagnostics> {
    if !is_preview(environment) {
        return Ok(None);
    }
    match record(store, environment).await? {
        Some(record) => Ok(Some(Preview { record, kept: None })),
        None => {
            let why = format!("There is no {environment}: nobody has brought it up, or it was taken down.");
            Err(Diagnostic::error(ABSENT, why)
                .hint("terrace preview list shows those that there are; terrace preview up makes one.")
                .into())
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn fault(fault: crate::port::StoreFault) -> Diagnostics {
    Diagnostics::from(store_fault(&fault))
}
