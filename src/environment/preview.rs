//! Previews, the environments of branches: their names, their lifetimes, and their number.

mod format;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::diag::Diagnostic;

use super::choice::PreviewFacts;
use super::definition::{Definitions, Preview};

/// Names built from slugs must fit into the 63 characters of a DNS label, with some room to spare.
pub const LONGEST_SLUG: usize = 40;

/// The number of hexadecimal digits that distinguish branches with similar names.
const DIGITS: usize = 10;

/// What somebody writes who wants previews and has none.
pub const HOW_TO_DECLARE: &str = "Add preview { extends = \"staging\", ttl = \"72h\" } on lines of its own.";

/// What is known of a preview that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub facts: PreviewFacts,
    /// Who brought it up last.
    pub who: String,
    pub made: Timestamp,
    /// When the present commit was first brought up.
    pub renewed: Timestamp,
    /// How long it lives from then on.
    pub ttl: Duration,
}

/// The name of a branch as a DNS label: lower-case letters, digits and single dashes, beginning with a letter and
/// ending with a letter or digit. The same branch always gives the same slug. If the branch's name is not a valid
/// label, or looks like one with digits appended, digits are appended, so that no two branches collide.
pub fn slug(branch: &str) -> String {
    if is_slug(branch) && !has_digits(branch) {
        return branch.to_owned();
    }
    let mut base = String::new();
    for character in branch.chars().map(|character| character.to_ascii_lowercase()) {
        if base.len() >= LONGEST_SLUG {
            break;
        }
        if character.is_ascii_digit() && base.is_empty() {
            base.push_str("b-");
        }
        if character.is_ascii_lowercase() || character.is_ascii_digit() {
            base.push(character);
        } else if !base.is_empty() && !base.ends_with('-') {
            base.push('-');
        }
    }
    base.truncate(LONGEST_SLUG - DIGITS - 1);
    let base = match base.trim_end_matches('-') {
        "" => "branch",
        base => base,
    };
    let digest = Sha256::digest(branch.as_bytes());
    let digits: String = digest.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
    format!("{base}-{digits}")
}

/// Whether git would take a name for a branch.
pub fn is_branch_name(name: &str) -> bool {
    let is_refused = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && name != "@"
        && !name.contains(is_refused)
        && name.split('/').all(is_part)
}

fn is_slug(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= LONGEST_SLUG
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        // Two dashes have a special meaning in domain names.
        && !text.contains("--")
        && text.chars().all(allowed)
}

/// Whether a name ends as slugs with digits do.
fn has_digits(slug: &str) -> bool {
    let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    slug.rsplit_once('-').is_some_and(|(_, last)| last.len() == DIGITS && last.chars().all(is_digit))
}

impl Record {
    /// The record of a preview that is brought up now. Its lifetime only starts again for a new commit.
    pub fn brought_up(
        facts: PreviewFacts,
        who: String,
        ttl: Duration,
        now: Timestamp,
        before: Option<&Self>,
    ) -> Self {
        // Without a commit, no two runs can be told apart.
        let same = before.filter(|before| before.facts.sha == facts.sha && !facts.sha.is_empty());
        let renewed = same.map_or(now, |before| before.renewed);
        let made = before.map_or(now, |before| before.made);
        Self { facts, who, made, renewed, ttl }
    }

    /// When it expires.
    pub fn expires(&self) -> Timestamp {
        self.renewed.checked_add(self.ttl).unwrap_or(Timestamp::MAX)
    }

    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires() <= now
    }
}

/// Whether a preview of this branch may be brought up beside the existing ones. One that exists always may.
pub fn admit(
    preview: &Preview,
    facts: &PreviewFacts,
    present: &[Record],
    now: Timestamp,
) -> Result<(), Diagnostic> {
    if let Some(own) = present.iter().find(|one| one.facts.slug == facts.slug) {
        if own.facts.branch == facts.branch {
            return Ok(());
        }
        let why = format!(
            "The preview {} is that of the branch \"{}\", and \"{}\" would have the same name.",
            facts.slug, own.facts.branch, facts.branch
        );
        return Err(Diagnostic::error("Name of another preview", why).hint("Rename the branch."));
    }
    let limit = preview.limit.unwrap_or(u64::MAX);
    if (present.len() as u64) < limit {
        return Ok(());
    }
    let oldest = present.iter().min_by_key(|one| (one.renewed, &one.facts.slug));
    let why = match (limit, oldest) {
        (limit, Some(oldest)) if limit > 0 => format!(
            "There are {} previews, and the limit is {limit}. The one that has had no new commit for the longest time is {}, of the branch \"{}\", since {}.",
            present.len(),
            oldest.facts.slug,
            oldest.facts.branch,
            oldest.renewed.strftime("%Y-%m-%d %H:%M UTC"),
        ),
        _ => "The limit is 0, so that there can be no previews.".to_owned(),
    };
    let fault = Diagnostic::error("Too many previews", why).at(preview.span.clone());
    let expired = present.iter().filter(|one| one.has_expired(now)).count();
    Err(match oldest {
        _ if expired > 0 => {
            fault.hint(format!("The time of {expired} is over; take them down: terrace preview gc"))
        }
        Some(oldest) => fault.hint(format!("Take it down: terrace preview down {}", oldest.facts.slug)),
        None => fault,
    })
}

impl Definitions {
    /// A branch that belongs to an environment has no preview.
    pub fn refuse_preview_of(&self, branch: &str) -> Result<(), Diagnostic> {
        let stands = |one: &&std::sync::Arc<super::Environment>| one.branch.as_deref() == Some(branch);
        let Some(environment) = self.applicable().find(stands) else { return Ok(()) };
        let name = &environment.name;
        let why = format!(
            "The branch \"{branch}\" is that of the environment {name}, and needs no preview beside it."
        );
        Err(Diagnostic::error("Branch has an environment", why).at(environment.span.clone()).hint(format!(
            "Change that one (terrace apply -e {name}), or switch to the branch that is to be previewed."
        )))
    }
}
