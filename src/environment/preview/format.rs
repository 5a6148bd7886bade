//! The stored form of a record.

use std::time::Duration;

use serde_json::{Value, json};

use super::{PreviewFacts, Record};

const VERSION: u64 = 1;

impl Record {
    pub fn write(&self) -> String {
        let Self { facts, who, made, renewed, ttl } = self;
        json!({
            "version": VERSION,
            "slug": facts.slug,
            "branch": facts.branch,
            "number": facts.number,
            "sha": facts.sha,
            "who": who,
            "made": made.to_string(),
            "renewed": renewed.to_string(),
            "ttl": ttl.as_secs(),
        })
        .to_string()
    }

    /// None if it is invalid, or of a later version.
    pub fn read(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let word = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        if json.get("version")?.as_u64()? != VERSION {
            return None;
        }
        Some(Self {
            facts: PreviewFacts {
                slug: word("slug")?,
                branch: word("branch")?,
                number: json.get("number")?.as_u64(),
                sha: word("sha")?,
            },
            who: word("who")?,
            made: word("made")?.parse().ok()?,
            renewed: word("renewed")?.parse().ok()?,
            ttl: Duration::from_secs(json.get("ttl")?.as_u64()?),
        })
    }
}
