//! Toggles: where each is on, and which are due to be retired.

use std::path::Path;

use jiff::civil::Date;

use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::{Definitions, Toggle};
use crate::render::toggles::{Age, ToggleMatrix, ToggleRow};

use super::environment::definitions;
use super::wrong_folder;

/// All toggles as of a day.
pub fn toggles(folder: &Path, today: Date) -> Result<(ToggleMatrix, Diagnostics), Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let definitions = definitions(folder, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let Some(definitions) = definitions else {
        diagnostics.extend(wrong_folder::nothing_here(folder).map(Diagnostic::as_warning));
        return Ok((ToggleMatrix::default(), diagnostics));
    };
    let matrix = matrix(&definitions, today);
    for row in matrix.rows.iter().filter(|row| row.age == Age::Overdue) {
        let Some(toggle) = definitions.toggles.get(row.name.as_str()) else { continue };
        let why = format!(
            "The toggle \"{}\" has existed since {}, is on everywhere, and should have been retired by now.",
            toggle.name, toggle.since
        );
        diagnostics.push(
            Diagnostic::warning("Toggle has served its time", why)
                .at(toggle.span.clone())
                .hint("Make what it guards unconditional, and remove the block."),
        );
    }
    Ok((matrix, diagnostics))
}

pub(super) fn matrix(definitions: &Definitions, today: Date) -> ToggleMatrix {
    let environments: Vec<String> = definitions.applicable().map(|one| one.name.to_string()).collect();
    let rows = definitions.toggles.values().map(|toggle| ToggleRow {
        name: toggle.name.to_string(),
        description: toggle.description.as_deref().map(str::to_owned),
        on: toggle.on.iter().map(|(name, (on, _))| (name.to_string(), *on)).collect(),
        since: toggle.since,
        retire_after: toggle.retire_after,
        age: age(toggle, &environments, today),
    });
    ToggleMatrix { rows: rows.collect(), environments }
}

fn age(toggle: &Toggle, environments: &[String], today: Date) -> Age {
    let is_on = |name: &String| toggle.on.get(name.as_str()).is_some_and(|(on, _)| *on);
    if environments.is_empty() || !environments.iter().all(is_on) {
        return Age::Young;
    }
    let lived = today.duration_since(toggle.since);
    match toggle.retire_after {
        Some(after) if lived.is_positive() && lived.unsigned_abs() > after => Age::Overdue,
        _ => Age::Settled,
    }
}

#[cfg(test)]
mod tests {
    use super::matrix;
    use crate::diag::{Diagnostics, Source};
    use crate::environment::Definitions;
    use crate::render::toggles::Age;

    #[test]
    fn a_toggle_is_overdue_when_it_is_on_everywhere_for_longer_than_it_should_be() {
        let age = |on: &str, retire: &str, today: &str| {
            let text = format!(
                "environment \"a\" {{\n}}\nenvironment \"b\" {{\n}}\ntoggle \"t\" {{\n  on = {{ a = true, b = {on} }}\n  since = \"2026-01-01\"\n{retire}}}\n"
            );
            let mut faults = Diagnostics::new();
            let definitions = Definitions::read(&Source::new("terrace.hcl", text), &mut faults);
            assert!(faults.is_empty(), "{faults:?}");
            matrix(&definitions, today.parse().unwrap()).rows[0].age
        };
        let retire = "  retire_after = \"30d\"\n";
        assert_eq!(age("true", retire, "2026-01-31"), Age::Settled);
        assert_eq!(age("true", retire, "2026-02-01"), Age::Overdue);
        assert_eq!(age("false", retire, "2027-01-01"), Age::Young);
        assert_eq!(age("true", "", "2027-01-01"), Age::Settled);
        assert_eq!(age("true", retire, "2025-01-01"), Age::Settled);
    }
}
