//! Previews: a table for people, JSON for programs.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::environment::preview::Record;

use super::diagnostic::{Style, harmless};
use super::short;
use super::table::{Cell, Column, Table, Tone};

/// The number of characters shown of a commit.
const SHORT: usize = 8;

/// Remaining times are rounded up to minutes.
const ROUNDED: Duration = Duration::from_secs(59);

/// One preview in the list.
#[derive(Clone, Debug)]
pub struct PreviewLine {
    pub record: Record,
    pub resources: usize,
    /// Outputs that are URLs.
    pub urls: Vec<(String, String)>,
}

/// For a terminal: a table, and below it the URLs, which do not fit into its rows.
pub fn previews(lines: &[PreviewLine], now: Timestamp, style: Style) -> String {
    let mut text = table(lines, now, false).terminal(style);
    for line in lines.iter().filter(|line| !line.urls.is_empty()) {
        text.push_str(&format!("\n{}\n", line.record.facts.slug));
        let widest = line.urls.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, url) in &line.urls {
            text.push_str(&format!("  {name:widest$}  {}\n", harmless(url)));
        }
    }
    text
}

/// As Markdown.
pub fn previews_markdown(lines: &[PreviewLine], now: Timestamp) -> String {
    table(lines, now, true).markdown()
}

/// One row each.
fn table(lines: &[PreviewLine], now: Timestamp, with_addresses: bool) -> Table {
    let columns = ["preview", "branch", "commit", "expires", "resources", "where"];
    // Values beyond the number of columns are dropped.
    let columns = columns.into_iter().take(if with_addresses { 6 } else { 5 });
    let mut table = Table::new(columns.map(|heading| match heading {
        "resources" => Column::number(heading),
        heading => Column::new(heading),
    }));
    for PreviewLine { record, resources, urls } in lines {
        let facts = &record.facts;
        // A page has room for all of it.
        let branch = Cell::code(match with_addresses {
            true => facts.branch.clone(),
            false => short::middle(&facts.branch),
        });
        let branch = match facts.number {
            Some(number) => branch.and(format!("number {number}")),
            None => branch,
        };
        let expires = match record.has_expired(now) {
            true => Cell::from("expired").tone(Tone::Bad),
            false => Cell::from(format!("in {}", lasting(between(now, record.expires()) + ROUNDED))),
        };
        let addresses = urls.iter().map(|(_, url)| Cell::code(url)).reduce(Cell::and);
        table.row([
            Cell::code(&facts.slug),
            branch,
            Cell::code(facts.sha.get(..SHORT).unwrap_or(&facts.sha))
                .and(format!("{} ago", lasting(between(record.renewed, now))))
                .and(Cell::code(&record.who)),
            expires,
            Cell::from(resources.to_string()),
            addresses.unwrap_or_default(),
        ]);
    }
    table
}

/// One object each. The format must not change.
pub fn previews_json(lines: &[PreviewLine], now: Timestamp) -> String {
    let entries = lines.iter().map(|PreviewLine { record, resources, urls }| {
        let facts = &record.facts;
        let urls = urls.iter().map(|(name, url)| (name.clone(), Json::from(url.as_str())));
        json!({
            "environment": format!("preview/{}", facts.slug),
            "slug": facts.slug,
            "branch": facts.branch,
            "number": facts.number,
            "commit": facts.sha,
            "who": record.who,
            "made": record.made.to_string(),
            "renewed": record.renewed.to_string(),
            "expires": record.expires().to_string(),
            "expired": record.has_expired(now),
            "resources": resources,
            "urls": urls.collect::<serde_json::Map<_, _>>(),
        })
    });
    format!("{}\n", Json::from(entries.collect::<Vec<_>>()))
}

/// What becomes of a preview, in a word, as one line for programs. Stable.
pub fn preview_record(record: Option<&Record>, word: &str) -> String {
    let facts = record.map(|record| &record.facts);
    let line = json!({
        "type": "preview",
        "environment": facts.map(|facts| format!("preview/{}", facts.slug)),
        "branch": facts.map(|facts| facts.branch.as_str()),
        "what": word,
    });
    format!("{line}\n")
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// A duration in its largest unit, and in the next one if that matters.
fn lasting(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "less than 1 min".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) if days < 10 => format!("{days} d {hours} h"),
        (days, ..) => format!("{days} d"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::lasting;

    #[test]
    fn times_are_told_in_the_units_that_matter() {
        let told = [0, 59, 60, 3600, 3660, 86400, 90_000, 864_000 + 7200];
        let told = told.map(|seconds| lasting(Duration::from_secs(seconds)));
        let expected =
            ["less than 1 min", "less than 1 min", "1 min", "1 h", "1 h 1 min", "1 d", "1 d 1 h", "10 d"];
        assert_eq!(told, expected);
    }
}
