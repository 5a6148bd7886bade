//! The Markdown page that lists the environments, for a wiki or a README.

use crate::render::markdown::{code, text};
use crate::render::short::{moment, period};
use crate::render::table::{Cell, Column, Table};

use super::{EnvironmentRow, Holdings, Overview, Standing, commit_id, resources};

pub(super) fn page(overview: &Overview) -> String {
    let mut page = match &overview.project {
        Some(project) => format!("# Environments of {}\n", text(project)),
        None => "# Environments\n".to_owned(),
    };
    if let Some(description) = &overview.description {
        page.push_str(&format!("\n{}\n", text(description)));
    }
    page.push('\n');
    page.push_str(&table(overview).markdown());
    if overview.sizes.environments.len() > 1 {
        page.push_str("\n## What differs\n\n");
        page.push_str(&overview.sizes.markdown());
    }
    if !overview.toggles.rows.is_empty() {
        page.push_str("\n## Toggles\n\n");
        page.push_str(&overview.toggles.markdown());
    }
    if let Some(preview) = &overview.preview {
        page.push_str("\n## Previews\n\n");
        let limit = preview.limit.map(|limit| format!(", at most {limit} at a time")).unwrap_or_default();
        page.push_str(&format!(
            "One for a branch, made on demand like {}{limit}. A preview goes {} after its last new commit.\n",
            code(&preview.extends),
            period(preview.ttl)
        ));
    }
    for row in &overview.environments {
        section(row, &mut page);
    }
    page
}

fn table(overview: &Overview) -> Table {
    let mut columns = ["environment", "tier", "branch", "owners"].map(Column::new).to_vec();
    columns.push(Column::number("resources"));
    columns.extend(["last change", "protection"].map(Column::new));
    let mut table = Table::new(columns);
    for row in &overview.environments {
        let last = row.last.as_ref().map(|last| {
            let commit = last.commit.as_deref().map(|commit| format!(" from {}", commit_id(commit)));
            Cell::from(format!("{} by {}{}", moment(&last.when), last.who, commit.unwrap_or_default()))
        });
        table.row([
            Cell::code(row.name.as_str()),
            row.tier.map(Cell::from).unwrap_or_default(),
            row.branch.as_deref().map(Cell::code).unwrap_or_default(),
            row.owners.iter().map(|owner| Cell::from(owner.as_str())).reduce(Cell::and).unwrap_or_default(),
            row.holdings
                .as_ref()
                .map_or("unreadable".into(), |holdings| holdings.instances().to_string().into()),
            last.unwrap_or_else(|| "never".into()),
            row.protection
                .iter()
                .map(|rule| Cell::from(rule.long.as_str()))
                .reduce(Cell::and)
                .unwrap_or_default(),
        ]);
    }
    table
}

fn section(row: &EnvironmentRow, page: &mut String) {
    page.push_str(&format!("\n## {}\n", code(row.name.as_str())));
    if let Some(description) = &row.description {
        page.push_str(&format!("\n{}\n", text(description)));
    }
    let mut facts = Vec::new();
    if row.standing == Standing::Undeclared {
        facts.push("It has a state and is not declared any more.".to_owned());
    }
    if let Some((nearest, further)) = row.extends.split_first() {
        let further = further.iter().map(|name| format!(", and with it {}", code(name))).collect::<String>();
        facts.push(format!("It extends {}{further}.", code(nearest)));
    }
    match &row.holdings {
        Some(holdings) if holdings.instances() > 0 => {
            facts.push(format!("It has {}.", resources(holdings.instances())));
        }
        Some(_) => facts.push("It has no resources.".to_owned()),
        None => facts.push("Its state cannot be read.".to_owned()),
    }
    page.push_str(&format!("\n{}\n", facts.join(" ")));
    let Some(holdings) = row.holdings.as_ref() else { return };
    if holdings.instances() > 0 {
        page.push('\n');
        page.push_str(&contents(holdings).markdown());
    }
    if !holdings.outputs.is_empty() {
        let outputs: Vec<String> = holdings.outputs.iter().map(|name| code(name)).collect();
        page.push_str(&format!("\nOutputs: {}.\n", outputs.join(", ")));
    }
}

fn contents(holdings: &Holdings) -> Table {
    let mut table = Table::new([Column::new("module"), Column::new("type"), Column::number("instances")]);
    for (module, types) in &holdings.by_module {
        for (kind, count) in types {
            let module =
                if module.is_empty() { Cell::from("the project itself") } else { Cell::code(module) };
            table.row([module, Cell::code(kind), count.to_string().into()]);
        }
    }
    table
}
