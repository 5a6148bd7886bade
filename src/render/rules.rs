//! The protection rules of an environment, shown before a plan is approved.

use crate::address::EnvironmentName;
use crate::environment::RuleLine;

use super::diagnostic::{Style, harmless};

/// A headline with the environment and its tier, and a line for each rule. Ends with a newline.
pub fn rules(environment: &EnvironmentName, tier: &str, rules: &[RuleLine], style: Style) -> String {
    let mut text = format!("\n{} {environment} (tier {tier})\n", style.bold("Environment:"));
    let width = rules.iter().map(|line| line.rule.word().len()).max().unwrap_or_default();
    for line in rules {
        text.push_str(&format!("  {:width$}  {}\n", line.rule.word(), harmless(&line.says)));
    }
    text
}
