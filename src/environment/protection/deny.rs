//! The rule `deny_destroy`: protected objects that a plan would destroy.

use std::collections::BTreeSet;

use crate::address::{ModulePath, ResourceMode};
use crate::config::Configuration;
use crate::diag::{Diagnostic, Span};
use crate::plan::{Action, Change, Part, PartAction, Plan};
use crate::state::State;
use crate::value::Name;

use super::{Breach, Pattern, Rule, Rules, at, is_overridable, named};

/// The way in which a change violates a pattern.
enum Way {
    Destroyed,
    Replaced,
    /// It may be replaced, as far as can be foreseen.
    PerhapsReplaced,
    /// It moves to an address that is not protected.
    Moved,
}

impl Rules {
    /// What is destroyed, or moved to an unprotected address: one breach per pattern.
    pub fn denied(&self, plan: &Plan) -> Vec<Breach> {
        let declared: Vec<(&Name, &Span, bool, Pattern)> = self
            .blocks
            .iter()
            .flat_map(|(_, block)| block.deny_destroy.iter().map(move |pattern| (block, pattern)))
            .filter_map(|(block, (text, span))| {
                let pattern = Pattern::parse(text).ok()?;
                Some((text, span, is_overridable(block, Rule::DenyDestroy), pattern))
            })
            .collect();
        let remembered: Vec<(&Name, Pattern)> = self
            .remembered
            .iter()
            .filter(|text| !declared.iter().any(|(known, ..)| known == text))
            .filter_map(|text| Some((text, Pattern::parse(text).ok()?)))
            .collect();
        let all: Vec<&Pattern> = declared
            .iter()
            .map(|(.., pattern)| pattern)
            .chain(remembered.iter().map(|(_, pattern)| pattern))
            .collect();
        let mut breaches = Vec::new();
        if all.is_empty() {
            return breaches;
        }
        // Collected once, however many patterns there are.
        let losses: Vec<&Change> = plan
            .changes
            .iter()
            .filter(|change| change.address.resource.mode == ResourceMode::Managed)
            .filter(|change| {
                let parts = || change.inside.iter().flat_map(|inside| &inside.parts);
                change.action.destroys() || change.moved_from.is_some() || parts().any(Part::loses)
            })
            .collect();
        for (text, span, is_overridable, pattern) in &declared {
            let Some(list) = lost(&losses, pattern, &all) else { continue };
            let why = format!(
                "This plan would {list}, which \"{text}\" says never happens in {} (rule deny_destroy).",
                self.environment
            );
            let mut diagnostic = Diagnostic::error("Protected object", why).at((*span).clone());
            if !is_overridable {
                diagnostic = diagnostic.hint(
                    "To lift the protection, take the pattern out, apply that by itself, and then plan this again.",
                );
            }
            let is_overridable = *is_overridable;
            breaches.push(Breach { rule: Rule::DenyDestroy, diagnostic, is_overridable });
        }
        for (text, pattern) in &remembered {
            let Some(list) = lost(&losses, pattern, &all) else { continue };
            let why = format!(
                "This plan would {list}, which was protected by \"{text}\" when {} was applied last (rule \
                 deny_destroy). The pattern is gone from terrace.hcl; that is a change of its own, which must be \
                 applied first.",
                self.environment
            );
            let diagnostic = Diagnostic::error("Protected object", why)
                .hint("Undo what destroys it, apply, so that the protection is lifted, and then do this.");
            let diagnostic = at(diagnostic, self.span.as_ref());
            breaches.push(Breach { rule: Rule::DenyDestroy, diagnostic, is_overridable: false });
        }
        breaches
    }

    /// Protected objects that the plan forgets: they stay, and are no longer managed.
    pub fn let_go(&self, plan: &Plan) -> Option<Diagnostic> {
        let patterns: Vec<Pattern> =
            self.patterns().into_iter().filter_map(|text| Pattern::parse(text).ok()).collect();
        if patterns.is_empty() {
            return None;
        }
        let forgotten = plan.changes.iter().filter(|change| change.action == Action::Forget);
        let forgotten =
            forgotten.filter(|change| patterns.iter().any(|pattern| pattern.matches(&change.address)));
        let forgotten: Vec<String> = forgotten.map(|change| change.address.to_string()).collect();
        if forgotten.is_empty() {
            return None;
        }
        let why = format!(
            "What deny_destroy protects is forgotten by this plan: {}. It is not destroyed, and nothing protects it from \
             then on.",
            named(&forgotten)
        );
        Some(Diagnostic::warning("Protected object is let go", why))
    }

    /// Patterns that match nothing in the configuration or the state: a misspelled pattern protects nothing.
    pub fn unmatched(&self, configuration: &Configuration, state: Option<&State>) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut seen: BTreeSet<&Name> = BTreeSet::new();
        for (text, span) in self.blocks.iter().flat_map(|(_, block)| &block.deny_destroy) {
            let Ok(pattern) = Pattern::parse(text) else { continue };
            let mut resources = resources(configuration);
            if !seen.insert(text)
                || resources.any(|(path, kind, name)| pattern.may_match(path.calls(), kind, name))
                || state.is_some_and(|state| state.instances().any(|(address, ..)| pattern.matches(&address)))
            {
                continue;
            }
            let among = if state.is_some() { "the configuration or the state" } else { "the configuration" };
            let why =
                format!("\"{text}\" means no resource of {among}, so that it protects nothing at present.");
            let known = near(configuration, text);
            faults.push(
                Diagnostic::warning("Pattern matches nothing", why)
                    .at(span.clone())
                    .suggest(text, known.iter().map(String::as_str)),
            );
        }
        faults
    }

    /// All patterns in force: those declared now, and those remembered.
    pub fn patterns(&self) -> Vec<&Name> {
        let declared = self.blocks.iter().flat_map(|(_, block)| &block.deny_destroy).map(|(text, _)| text);
        let mut all: Vec<&Name> = declared.chain(&self.remembered).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// All managed resources, with their modules.
fn resources(configuration: &Configuration) -> impl Iterator<Item = (&ModulePath, &Name, &Name)> {
    configuration.nodes().flat_map(|(_, node)| {
        let managed = node.module.resources.keys().filter(|address| address.mode == ResourceMode::Managed);
        managed.map(|address| (&node.path, &address.kind, &address.name))
    })
}

/// Patterns of the same form that would match something.
fn near(configuration: &Configuration, text: &str) -> Vec<String> {
    let wide = text.ends_with(".*");
    let mut known = BTreeSet::new();
    for (path, kind, name) in resources(configuration) {
        let calls: Vec<String> = path.calls().iter().map(|call| format!("module.{call}")).collect();
        let module = calls.join(".");
        let resource = if wide { format!("{kind}.*") } else { format!("{kind}.{name}") };
        if text.starts_with("module.") && !module.is_empty() {
            known.insert(format!("{module}.{resource}"));
            known.insert(module);
        }
        known.insert(resource);
    }
    known.into_iter().collect()
}

/// Describes the losses that match a pattern.
fn lost(losses: &[&Change], pattern: &Pattern, all: &[&Pattern]) -> Option<String> {
    let mut ways: [(&str, Vec<String>); 4] = [
        ("destroy", Vec::new()),
        ("replace", Vec::new()),
        ("perhaps replace", Vec::new()),
        ("give another address, which nothing protects, to", Vec::new()),
    ];
    for change in losses {
        let found = match way(change, pattern, all) {
            Some(found) => vec![found],
            None => lost_parts(change, pattern),
        };
        for (way, address) in found {
            let index = match way {
                Way::Destroyed => 0,
                Way::Replaced => 1,
                Way::PerhapsReplaced => 2,
                Way::Moved => 3,
            };
            if let Some((_, list)) = ways.get_mut(index) {
                list.push(address);
            }
        }
    }
    let told = ways.iter().filter(|(_, list)| !list.is_empty());
    let told: Vec<String> = told.map(|(word, list)| format!("{word} {}", named(list))).collect();
    (!told.is_empty()).then(|| told.join(", and "))
}

fn way(change: &Change, pattern: &Pattern, all: &[&Pattern]) -> Option<(Way, String)> {
    let here = pattern.matches(&change.address);
    // If the nested changes of a loss are unknown, everything inside is lost.
    let known = change.inside.is_some();
    if pattern.is_of_part() && known && change.action.destroys() {
        return None;
    }
    let before = change.moved_from.as_ref().filter(|from| pattern.matches(from));
    if !here && before.is_none() {
        return None;
    }
    match change.action {
        Action::Delete => {
            let deposed = change.deposed.as_ref().map(|key| format!(" (deposed {key})")).unwrap_or_default();
            Some((Way::Destroyed, format!("{}{deposed}", change.address)))
        }
        Action::Replace(_) => Some((Way::Replaced, change.address.to_string())),
        _ => {
            let from = before.filter(|_| !all.iter().any(|pattern| pattern.matches(&change.address)))?;
            Some((Way::Moved, from.to_string()))
        }
    }
}

/// The lost parts of an object that a pattern protects: a pattern of parts protects those it matches; a pattern of
/// objects protects the parts with data, because they are what makes the object worth protecting.
fn lost_parts(change: &Change, pattern: &Pattern) -> Vec<(Way, String)> {
    if !pattern.matches(&change.address) {
        return Vec::new();
    }
    let parts = change.inside.iter().flat_map(|inside| &inside.parts);
    let is_meant = |part: &&Part| match pattern.is_of_part() {
        true => part.loses() && pattern.means_part(&part.name),
        false => part.loses_data(),
    };
    let lost = parts.filter(is_meant).map(|part| {
        let way = match part.action {
            PartAction::Replace => Way::Replaced,
            PartAction::PerhapsReplace | PartAction::Undecided => Way::PerhapsReplaced,
            _ => Way::Destroyed,
        };
        (way, format!("{}/{}", change.address, part.name))
    });
    lost.collect()
}
