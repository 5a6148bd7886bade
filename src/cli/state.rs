//! `state ...` and `query`: shows, rearranges and queries what is stored.

use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use crate::address::{EnvironmentName, ProviderConfigAddress};
use crate::app::inspect;
use crate::app::state::{self, Change, Move, Place, Replacement};
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{Changed, Holder, Revision, StoreFault};
use crate::provider::Registry;
use crate::render;
use crate::source;
use crate::store::sqlite::{Answer, Asked, Cell, SqliteStore, Veil};

use super::answer::{answer, environment};
use super::arguments::{
    Adopt, History, List, Locking, Mv, Push, Query, ReplaceProvider, Rm, Settle, ShowObject, State,
    StateCommand, Where,
};
use super::output::Output;
use super::question;

pub(super) fn state(request: &State, output: &Output) -> u8 {
    answer(output, async {
        match &request.command {
            StateCommand::List(request) => list(request).await,
            StateCommand::Show(request) => show(request, output).await,
            StateCommand::Mv(request) => mv(request).await,
            StateCommand::Rm(request) => rm(request).await,
            StateCommand::ReplaceProvider(request) => replace_provider(request, output).await,
            StateCommand::Pull(request) => state::pull(Site::find(&request.at)?.place()).await,
            StateCommand::Push(request) => push(request).await,
            StateCommand::Adopt(request) => adopt(request).await,
            StateCommand::History(request) => history(request).await,
            StateCommand::Unlock(request) => {
                let site = Site::find(&request.at)?;
                state::unlock(site.place(), &request.id).await?;
                Ok(format!("The state of {} is unlocked.\n", site.environment))
            }
            StateCommand::Settle(request) => settle(request).await,
        }
    })
}

async fn list(request: &List) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let found = state::list(site.place(), &request.addresses, request.id.as_deref()).await?;
    Ok(found.iter().map(|address| format!("{address}\n")).collect())
}

async fn show(request: &ShowObject, output: &Output) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let shown = state::show(site.place(), &request.address).await?;
    let schemas = inspect::schemas(&Registry::default(), &shown).await;
    let text = render::terminal_state(&shown, &schemas, output.result_style());
    // The empty line after an object divides it from the next one, and there is none here.
    Ok(format!("{}\n", text.trim_end_matches('\n')))
}

async fn mv(request: &Mv) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let what = format!("state mv {} {}", request.from, request.to);
    let holder = question::holder(&what);
    let change = site.change(&holder, &request.locking)?;
    let change = (!request.dry_run).then_some(change);
    let moved = state::moves(site.place(), change, (&request.from, &request.to)).await?;
    Ok(list_of_moves(&moved, request.dry_run, &site))
}

async fn rm(request: &Rm) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let what = format!("state rm {}", request.addresses.join(" "));
    let holder = question::holder(&what);
    let change = site.change(&holder, &request.locking)?;
    let change = (!request.dry_run).then_some(change);
    let (gone, protected) = state::remove(site.place(), change, &request.addresses).await?;
    let word = if request.dry_run { "Would remove" } else { "Removed" };
    let mut text: String = gone.iter().map(|address| format!("{word} {address}\n")).collect();
    text.push_str(&match (gone.len(), request.dry_run) {
        (0, _) => format!("Nothing would be removed{}.\n", site.named()),
        (count, true) => format!("{} would be removed{}.\n", instances(count), site.named()),
        (count, false) => format!("{} removed{}.\n", instances(count), site.named()),
    });
    for (address, pattern) in protected {
        let pattern = render::harmless(&pattern);
        text.push_str(&format!(
            "{address} was protected by {pattern}: the object stays, and nothing protects it any more.\n"
        ));
    }
    Ok(text)
}

async fn push(request: &Push) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let text = read(&request.file)?;
    let what = format!("state push {}", request.file.display());
    let holder = question::holder(&what);
    let change = site.change(&holder, &request.locking)?;
    let serial = state::push(change, &text, request.force).await?;
    Ok(format!("The state{} has the serial {serial}.\n", site.named()))
}

async fn adopt(request: &Adopt) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let from = EnvironmentName::new(&request.from)
        .map_err(|error| Diagnostic::error("Invalid environment name", format!("{error}.")))?;
    let what = format!("state adopt {from}");
    let holder = question::holder(&what);
    let adopted = state::adopt(site.change(&holder, &request.locking)?, &from).await?;
    let many = instances(adopted.instances);
    Ok(format!(
        "{} has the state of {from} now, with {many} and the serial {}.\n",
        site.environment, adopted.serial
    ))
}

async fn history(request: &History) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let details = request.details || request.json;
    let revisions = state::history(site.place(), request.limit, details).await?;
    Ok(if request.json { history_json(&revisions) } else { history_text(&revisions, &site) })
}

async fn settle(request: &Settle) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let what = format!("state settle {}", request.address);
    let holder = question::holder(&what);
    let address = state::settle(site.change(&holder, &request.locking)?, &request.address).await?;
    Ok(format!("The interrupted operation on {address} is settled{}: it made nothing.\n", site.named()))
}

pub(super) fn query(request: &Query, output: &Output) -> u8 {
    answer(output, async {
        let site = Site::find(&request.at)?;
        let veil = if request.show_sensitive { None } else { Some(veil(&site).await?) };
        let found = site.ask(&request.sql, veil)?;
        Ok(if request.json { answer_json(&found) } else { answer_text(&found) })
    })
}

/// Hides the secrets of objects from the answer to a question.
async fn veil(site: &Site) -> Result<Veil, Diagnostics> {
    let found = site.ask("SELECT DISTINCT provider FROM objects", None)?;
    let providers = found.rows.iter().flatten().filter_map(|cell| match cell {
        Cell::Text(text) => Some(ProviderConfigAddress::parse(text).ok()?.provider),
        _ => None,
    });
    let schemas = inspect::schemas_of(&Registry::default(), providers).await;
    Ok(Arc::new(move |asked: &Asked| {
        let Asked { provider, address, attributes, secrets } = asked;
        render::veiled_attributes(&schemas, provider, address, attributes, secrets)
    }))
}

/// The store and the environment that a command is about.
struct Site {
    store: SqliteStore,
    environment: EnvironmentName,
    /// Whether there are other environments, so that messages must name this one.
    is_one_of_several: bool,
}

impl Site {
    fn find(at: &Where) -> Result<Self, Diagnostics> {
        let environment = environment(at.environment.as_deref())?;
        let store = super::store();
        let is_one_of_several = store.environments().is_ok_and(|all| all.len() > 1);
        Ok(Self { store, environment, is_one_of_several })
    }

    fn ask(&self, sql: &str, veil: Option<Veil>) -> Result<Answer, Diagnostic> {
        self.store.query(&self.environment, sql, veil).map_err(|fault| match fault {
            StoreFault::Unusable { .. } => {
                Diagnostic::error("Question cannot be answered", format!("{fault}."))
                    .hint("The tables are resources, instances, outputs and history.")
            }
            fault => state::failure(&fault),
        })
    }

    fn place(&self) -> Place<'_> {
        Place { store: &self.store, environment: &self.environment }
    }

    /// The holder's operation is also what the history records.
    fn change<'a>(&'a self, holder: &'a Holder, locking: &Locking) -> Result<Change<'a>, Diagnostics> {
        let patience = question::patience(locking.lock_timeout.as_deref())?;
        Ok(Change { place: self.place(), holder, patience, what: &holder.operation })
    }

    fn named(&self) -> String {
        if self.is_one_of_several { format!(" of {}", self.environment) } else { String::new() }
    }
}

fn list_of_moves(moved: &[Move], dry_run: bool, site: &Site) -> String {
    let word = if dry_run { "Would move" } else { "Moved" };
    let mut text: String = moved.iter().map(|one| format!("{word} {} to {}\n", one.from, one.to)).collect();
    if site.is_one_of_several {
        text.push_str(&format!("All of it in the state of {}.\n", site.environment));
    }
    text
}

fn instances(count: usize) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}

async fn replace_provider(request: &ReplaceProvider, output: &Output) -> Result<String, Diagnostics> {
    let site = Site::find(&request.at)?;
    let wanted = state::to_replace(site.place(), &request.from, &request.to).await?;
    if wanted.resources.is_empty() {
        return Ok(format!("{} manages no resources{}.\n", wanted.from, site.named()));
    }
    output.print(&replacement(&wanted, &site));
    if !request.auto_approve {
        match consent(output) {
            Some(true) => {}
            Some(false) => return Ok("Nothing was changed.\n".to_owned()),
            None => {
                let why = "There is nobody to ask for approval. Nothing was changed.";
                let fault = Diagnostic::error("Consent is missing", why);
                return Err(fault.hint("Approve it with -auto-approve.").into());
            }
        }
    }
    let what = format!("state replace-provider {} {}", request.from, request.to);
    let holder = question::holder(&what);
    let count = state::replace_provider(site.change(&holder, &request.locking)?, &wanted).await?;
    Ok(format!("\n{} given to {}.\n", resources(count), wanted.to))
}

fn replacement(wanted: &Replacement, site: &Site) -> String {
    let count = resources(wanted.resources.len());
    let mut text = format!("{count}{} would go from {} to {}:\n\n", site.named(), wanted.from, wanted.to);
    wanted.resources.iter().for_each(|address| text.push_str(&format!("  {address}\n")));
    text
}

fn resources(count: usize) -> String {
    if count == 1 { "1 resource".to_owned() } else { format!("{count} resources") }
}

/// Asks the person at the terminal; `None` if there is nobody.
fn consent(output: &Output) -> Option<bool> {
    output.print("\nMove them? Only \"yes\" is accepted.\n  Enter a value: ");
    let mut answer = String::new();
    std::io::stdout().flush().unwrap_or_default();
    let read = std::io::stdin().lock().read_line(&mut answer).ok()?;
    (read > 0).then(|| answer.trim() == "yes")
}

fn read(file: &Path) -> Result<String, Diagnostics> {
    let mut text = String::new();
    let done = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        let bytes = source::beginning_as(file, state::may_be_file);
        bytes.and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
    };
    done.map_err(|error| {
        let why = format!("Reading {} failed: {error}.", file.display());
        Diagnostic::error("State file cannot be read", why).into()
    })
}

fn history_text(revisions: &[(Revision, Vec<Changed>)], site: &Site) -> String {
    if revisions.is_empty() {
        return format!("The state of {} has no history yet.\n", site.environment);
    }
    let mut text = String::new();
    if site.is_one_of_several {
        text.push_str(&format!("{}:\n", site.environment));
    }
    for (revision, changes) in revisions {
        let Revision { serial, when, who, what, created, updated, deleted, .. } = revision;
        let when = to_the_second(when);
        let (who, what) = (render::harmless(who), render::harmless(what));
        text.push_str(&format!("{serial:>6}  {when}  {who}  {what}"));
        if created + updated + deleted > 0 {
            text.push_str(&format!("  (+{created} ~{updated} -{deleted})"));
        }
        if let Some(commit) = &revision.commit {
            text.push_str(&format!("  {}", short(commit)));
        }
        text.push('\n');
        for one in &revision.overrides {
            text.push_str(&format!(
                "          set aside {}: {}\n",
                render::harmless(&one.rule),
                render::harmless(&one.reason)
            ));
        }
        for changed in changes {
            let deposed = changed.deposed.as_ref().map(|key| format!(" ({key})")).unwrap_or_default();
            let detail = match (&*changed.what, &*changed.detail) {
                (_, "") => String::new(),
                ("moved", to) => format!(" to {to}"),
                (_, detail) => format!(": {detail}"),
            };
            text.push_str(&format!("          {} {}{deposed}{detail}\n", changed.what, changed.address));
        }
    }
    text
}

/// Cuts a time down to seconds, for people.
fn to_the_second(when: &str) -> String {
    let time: Option<jiff::Timestamp> = when.parse().ok();
    time.map_or_else(|| when.to_owned(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The first characters of a commit hash, with the mark of uncommitted changes.
fn short(commit: &str) -> String {
    let (hash, mark) = commit.split_once('-').map_or((commit, None), |(hash, mark)| (hash, Some(mark)));
    let hash = hash.get(..12).unwrap_or(hash);
    mark.map_or_else(|| hash.to_owned(), |mark| format!("{hash}-{mark}"))
}

fn history_json(revisions: &[(Revision, Vec<Changed>)]) -> String {
    let all: Vec<serde_json::Value> = revisions
        .iter()
        .map(|(revision, changes)| {
            let changes: Vec<serde_json::Value> = changes
                .iter()
                .map(|changed| {
                    json!({
                        "address": changed.address,
                        "deposed": changed.deposed.as_ref().map(ToString::to_string),
                        "what": changed.what,
                        "detail": changed.detail,
                    })
                })
                .collect();
            json!({
                "serial": revision.serial,
                "when": revision.when,
                "who": revision.who,
                "what": revision.what,
                "commit": revision.commit,
                "overrides": revision.overrides.iter().map(|one| json!({
                    "rule": &*one.rule,
                    "reason": &*one.reason,
                })).collect::<Vec<_>>(),
                "created": revision.created,
                "updated": revision.updated,
                "deleted": revision.deleted,
                "changes": changes,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(all))
}

/// Lays out columns. Line breaks inside a cell are escaped, so that each row stays on one line.
fn answer_text(found: &Answer) -> String {
    let mut lines: Vec<Vec<String>> =
        vec![found.columns.iter().map(|name| render::harmless(name).into_owned()).collect()];
    lines.extend(found.rows.iter().map(|row| row.iter().map(cell).collect()));
    let mut widths = vec![0; found.columns.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in lines {
        let mut padded = String::new();
        for (width, cell) in widths.iter().zip(&line) {
            padded.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => render::harmless(&text.replace('\n', "\\n")).into_owned(),
        Cell::Bytes(bytes) => format!("({} bytes)", bytes.len()),
    }
}

fn answer_json(found: &Answer) -> String {
    let rows: Vec<serde_json::Value> = found
        .rows
        .iter()
        .map(|row| {
            let cells = found.columns.iter().zip(row).map(|(name, cell)| {
                let value = match cell {
                    Cell::Null => serde_json::Value::Null,
                    Cell::Integer(number) => json!(number),
                    Cell::Real(number) => json!(number),
                    Cell::Text(text) => json!(text),
                    Cell::Bytes(bytes) => json!(bytes),
                };
                (name.clone(), value)
            });
            cells.collect::<serde_json::Map<_, _>>().into()
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(rows))
}
