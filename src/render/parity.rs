//! Compared environments, for people: undeclared differences first, with the lines that would declare them.

use std::collections::BTreeSet;

use crate::address::EnvironmentName;
use crate::environment::parity::{Applied, Cause, Declared, Finding, Kind, Last, Parity};
use crate::value::Value;

use super::diagnostic::Style;
use super::markdown;
use super::table::{Cell, Column, Table, Tone};
use super::value::value;

/// Longer values are cut.
const LONGEST: usize = 60;

/// So many parts of a value are told.
const PARTS: usize = 4;

/// Comparisons as text for a terminal.
pub fn terminal_parity(parities: &[Parity], style: Style) -> String {
    let mut parts: Vec<String> = parities.iter().map(|parity| one(parity, style)).collect();
    if parities.len() > 1 {
        parts.push(overview(parities).terminal(style));
    }
    parts.join("\n")
}

/// Comparisons as Markdown.
pub fn markdown_parity(parities: &[Parity]) -> String {
    let mut parts: Vec<String> = parities.iter().map(one_markdown).collect();
    if parities.len() > 1 {
        parts.push(format!("### All\n\n{}", overview(parities).markdown()));
    }
    parts.join("\n")
}

fn one(parity: &Parity, style: Style) -> String {
    let tone = if parity.is_declared() { Tone::Good } else { Tone::Bad };
    let mut text = format!("{}\n", style.toned(&headline(parity), tone));
    if !parity.is_declared() {
        let heading = style.toned("Not declared", Tone::Strong);
        text.push_str(&format!("\n{heading}\n\n{}", undeclared(parity).terminal(style)));
        text.push_str("\nWhat may differ is declared in terrace.hcl, with the way in which it does (scale, identity or external):\n\n");
        remedies(parity).iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    let declared = declared(parity);
    if !declared.is_empty() {
        let heading = style.toned("Declared", Tone::Strong);
        text.push_str(&format!("\n{heading}\n\n{}", declared.terminal(style)));
    }
    for (name, applied) in applied(parity) {
        let heading = style.toned(&format!("Applied in {name}"), Tone::Strong);
        text.push_str(&format!("\n{heading}: {}\n", standing(applied)));
        if !applied.differences.is_empty() {
            text.push_str(&format!("\n{}", unapplied(applied).terminal(style)));
        }
    }
    text
}

fn one_markdown(parity: &Parity) -> String {
    let mut text = format!("### {}\n", markdown::text(&headline(parity)));
    if !parity.is_declared() {
        text.push_str(&format!("\nNot declared:\n\n{}", undeclared(parity).markdown()));
        text.push_str("\nWhat may differ is declared in `terrace.hcl`, with the way in which it does (scale, identity or external):\n\n");
        text.push_str(&markdown::fenced("hcl", &remedies(parity).join("\n")));
    }
    let declared = declared(parity);
    if !declared.is_empty() {
        text.push_str(&format!("\nDeclared:\n\n{}", declared.markdown()));
    }
    for (name, applied) in applied(parity) {
        let line = markdown::text(&format!("Applied in {name}: {}", standing(applied)));
        text.push_str(&format!("\n{line}\n"));
        if !applied.differences.is_empty() {
            text.push_str(&format!("\n{}", unapplied(applied).markdown()));
        }
    }
    text
}

fn applied(parity: &Parity) -> impl Iterator<Item = (&EnvironmentName, &Applied)> {
    [&parity.first, &parity.second].into_iter().zip(parity.applied.iter().flatten())
}

/// When something was last applied, and whether everything is applied.
fn standing(applied: &Applied) -> String {
    let last = match &applied.last {
        None => "nothing yet".to_owned(),
        Some(Last { serial, when, commit: None }) => format!("serial {serial}, {when}"),
        Some(Last { serial, when, commit: Some(commit) }) => {
            format!("serial {serial}, {when}, commit {commit}")
        }
    };
    match applied.differences.len() {
        0 => format!("{last}; all that the configuration says."),
        1 => format!("{last}; not in 1 place what the configuration says."),
        count => format!("{last}; not in {count} places what the configuration says."),
    }
}

fn unapplied(applied: &Applied) -> Table {
    let mut table = Table::new([Column::new("Where"), Column::new("Configured"), Column::new("Applied")]);
    for one in &applied.differences {
        let side = |value: Option<&Value>| match value {
            None => Cell::from("nothing").tone(Tone::Faint),
            Some(_) if one.wanted.is_none() || one.applied.is_none() => Cell::from("exists"),
            Some(value) => shown(value),
        };
        let place = format!("{}{}", one.address, one.path);
        table.row([Cell::code(place).tone(Tone::Bad), side(one.wanted.as_ref()), side(one.applied.as_ref())]);
    }
    table
}

fn headline(parity: &Parity) -> String {
    let Parity { first, second, .. } = parity;
    let undeclared = parity.undeclared().count();
    match (undeclared, parity.findings.len()) {
        (0, 0) => format!("{first} and {second} are the same."),
        (0, _) => format!("{first} and {second} differ only as declared."),
        (1, _) => format!("{first} and {second} differ in 1 place that is not declared."),
        (count, _) => format!("{first} and {second} differ in {count} places that are not declared."),
    }
}

fn undeclared(parity: &Parity) -> Table {
    let names = [parity.first.as_str(), parity.second.as_str()].map(|name| Column::new(Cell::code(name)));
    let [first, second] = names;
    let mut table = Table::new([Column::new("Where"), first, second, Column::new("Because of")]);
    for finding in parity.undeclared() {
        let (first, second) = sides(finding);
        table.row([Cell::code(finding.place()).tone(Tone::Bad), first, second, because(finding)]);
    }
    table
}

fn sides(finding: &Finding) -> (Cell, Cell) {
    let difference = &finding.difference;
    let side = |value: Option<&Value>| match (value, difference.kind) {
        (None, _) => Cell::from("nothing").tone(Tone::Faint),
        (Some(_), Kind::Existence) => Cell::from("exists"),
        (Some(value), _) => shown(value),
    };
    (side(difference.first.as_ref()), side(difference.second.as_ref()))
}

fn shown(shown: &Value) -> Cell {
    let text = value(shown);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Cell::code(match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or(&line)),
        None => line,
    })
}

fn because(finding: &Finding) -> Cell {
    if finding.causes.is_empty() || finding.unexplained {
        return Cell::from("something that is not declared; what, could not be found");
    }
    let missing = finding.causes.iter().filter(|cause| !cause.is_declared());
    let mut names = missing.map(named);
    let first = names.next().unwrap_or_default();
    names.fold(first, Cell::and)
}

fn named(cause: &Cause) -> Cell {
    match cause.decides {
        true => Cell::from("the environment's name, which decides something"),
        false => Cell::code(&cause.name),
    }
}

/// The declarations that are missing, each once, ordered by what they declare.
fn remedies(parity: &Parity) -> Vec<String> {
    let missing: BTreeSet<String> =
        parity.undeclared().flat_map(|finding| finding.missing().into_iter().map(|(_, line)| line)).collect();
    let mut lines: Vec<String> = missing.into_iter().collect();
    if lines.is_empty() {
        lines.push("# No line can be named: please look at the values that differ.".to_owned());
    }
    lines
}

fn declared(parity: &Parity) -> Table {
    let names = [parity.first.as_str(), parity.second.as_str()].map(|name| Column::new(Cell::code(name)));
    let [first, second] = names;
    let columns = [
        Column::new("Parameter"),
        Column::new("Differs in"),
        Column::number("Places"),
        first,
        second,
        Column::new("Why"),
    ];
    let mut table = Table::new(columns);
    for Declared { cause, values, inside, findings } in parity.declared() {
        let Some(reason) = &cause.declared else { continue };
        let toggle = parity.toggles.get(&*cause.name);
        let (first, second) = match (values, toggle) {
            (Some((first, second)), _) => (shown(first), shown(second)),
            (None, Some((first, second))) => (Cell::from(on_or_off(*first)), Cell::from(on_or_off(*second))),
            (None, None) => parts(&inside),
        };
        table.row([
            Cell::code(&cause.name),
            Cell::from(reason.word()),
            Cell::from(findings.len().to_string()),
            first,
            second,
            Cell::from(reason.description().unwrap_or_default()),
        ]);
    }
    table
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// What differs inside of a value, part by part.
fn parts(inside: &[&Finding]) -> (Cell, Cell) {
    let mut cells = (Cell::default(), Cell::default());
    for finding in inside.iter().take(PARTS) {
        let path = finding.difference.path.to_string();
        let named = |cell: Cell| cell.under(path.trim_start_matches('.'));
        let (first, second) = sides(finding);
        cells = (cells.0.and(named(first)), cells.1.and(named(second)));
    }
    if inside.len() > PARTS {
        cells = (cells.0.and("..."), cells.1.and("..."));
    }
    cells
}

/// A row for each pair.
fn overview(parities: &[Parity]) -> Table {
    let mut table = Table::new([
        Column::new("Environments"),
        Column::new("Shape"),
        Column::number("Compared"),
        Column::number("Declared"),
        Column::number("Not declared"),
    ]);
    for parity in parities {
        let undeclared = parity.undeclared().count();
        let (word, tone) = match (undeclared, parity.findings.is_empty()) {
            (0, true) => ("same", Tone::Good),
            (0, false) => ("as declared", Tone::Good),
            _ => ("differs", Tone::Bad),
        };
        table.row([
            Cell::code(format!("{} and {}", parity.first, parity.second)),
            Cell::from(word).tone(tone),
            Cell::from(parity.compared.to_string()),
            Cell::from(parity.declared_count().to_string()),
            Cell::from(undeclared.to_string()),
        ]);
    }
    table
}
