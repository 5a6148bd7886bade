//! A plan as a file, so that it can be inspected and applied later by another process.
//!
//! The file starts with its format and version, and has a digest of the rest, so that a truncated or modified file is
//! never taken for a plan. Every released version stays readable.
//!
//! Secrets are stored in plain text; whoever writes the file must keep others from reading it. Ephemeral values are not
//! stored.

mod codec;
mod inside;
#[cfg(test)]
mod tests;
mod v1;

use sha2::{Digest as _, Sha256};

use super::Plan;
use codec::{Reader, Saved, Writer};

/// Every file of every version begins with this.
const MAGIC: &[u8] = b"terrace plan\n";

/// 2: adds changes of protection. 3: adds nested changes. 4: adds which ephemeral variables were given.
const VERSION: u8 = 4;

const DIGEST: usize = 32;

/// Why a file is not a readable plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("this is not a saved plan")]
    NotAPlan,
    #[error(
        "this plan was saved by a newer version of terrace (its format is {0}, and {VERSION} is the newest known here)"
    )]
    Newer(u8),
    #[error("this plan is damaged: {0}")]
    Damaged(&'static str),
}

/// Serialises a plan. Values of ephemeral variables are left out, and must be given again.
pub fn write(plan: &Plan) -> Vec<u8> {
    let mut writer = Writer::default();
    plan.save(&mut writer);
    plan.protection.save(&mut writer);
    inside::save(plan, &mut writer);
    plan.options.given.save(&mut writer);
    let body = writer.into_bytes();
    let mut file = Vec::with_capacity(MAGIC.len() + 1 + DIGEST + body.len());
    file.extend_from_slice(MAGIC);
    file.push(VERSION);
    file.extend_from_slice(&Sha256::digest(&body));
    file.extend_from_slice(&body);
    file
}

/// Whether a file that begins like this may be a saved plan.
pub fn may_be_plan(beginning: &[u8]) -> bool {
    beginning.starts_with(MAGIC)
}

pub fn read(file: &[u8]) -> Result<Plan, FormatError> {
    let rest = file.strip_prefix(MAGIC).ok_or(FormatError::NotAPlan)?;
    let (version, rest) = rest.split_first().ok_or(FormatError::Damaged("it ends too soon"))?;
    if *version > VERSION {
        return Err(FormatError::Newer(*version));
    }
    if *version == 0 {
        return Err(FormatError::Damaged("there is no such version of the format"));
    }
    let (digest, body) = rest.split_at_checked(DIGEST).ok_or(FormatError::Damaged("it ends too soon"))?;
    if Sha256::digest(body)[..] != *digest {
        return Err(FormatError::Damaged("it is not what was written"));
    }
    let mut reader = Reader::new(body);
    let plan = whole(*version, &mut reader)?;
    reader.is_at_end().then_some(plan).ok_or(FormatError::Damaged("there is more in it than a plan"))
}

/// What later versions add follows after everything else.
fn whole(version: u8, reader: &mut Reader<'_>) -> Result<Plan, FormatError> {
    let mut plan = Plan::load(reader)?;
    if version >= 2 {
        plan.protection = Saved::load(reader)?;
    }
    if version >= 3 {
        inside::load(&mut plan, reader)?;
    }
    if version >= 4 {
        plan.options.given = Saved::load(reader)?;
    }
    Ok(plan)
}
