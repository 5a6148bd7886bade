//! `providers`: the providers that a project needs, as a tree of its modules.

use std::path::Path;

use crate::app::providers::{self, Needed, Needing};
use crate::provider::Registry;
use crate::render;

use super::answer::{answer, environment};
use super::arguments::{Providers, ProvidersCommand};
use super::output::Output;

pub(super) fn providers(request: &Providers, output: &Output) -> u8 {
    answer(output, async {
        let environment = environment(request.environment.as_deref())?;
        let store = super::store();
        if let Some(ProvidersCommand::Schema { .. }) = request.command {
            let (schemas, warnings) =
                providers::schemas(Path::new("."), &store, &environment, &Registry::default()).await?;
            output.report(&warnings);
            return Ok(render::json_schemas(&schemas) + "\n");
        }
        let (modules, stored) = providers::needed(Path::new("."), &store, &environment).await?;
        let mut text = format!("Providers that the configuration needs:\n{}", tree(&modules));
        if !stored.is_empty() {
            text.push_str(&format!("\nProviders that the state of {environment} needs:\n"));
            stored.iter().for_each(|one| text.push_str(&format!("    {}\n", line(one))));
        }
        Ok(text)
    })
}

/// Draws the tree of modules, each with the providers it needs.
fn tree(modules: &[Needed]) -> String {
    // Each line with its depth: a module's providers first, then the modules it calls.
    let mut lines: Vec<(usize, String)> = Vec::new();
    for module in modules {
        if module.depth > 0 {
            let name = module.module.calls().last().map(ToString::to_string).unwrap_or_default();
            lines.push((module.depth, format!("module.{name}")));
        }
        lines.extend(module.providers.iter().map(|one| (module.depth + 1, line(one))));
    }
    // Going backwards: whether another line follows at each depth.
    let mut more: Vec<bool> = Vec::new();
    let mut drawn: Vec<String> = Vec::new();
    for (depth, text) in lines.iter().rev() {
        let mut branches = String::new();
        for above in 1..*depth {
            branches.push_str(if more.get(above) == Some(&true) { "│   " } else { "    " });
        }
        branches.push_str(if more.get(*depth) == Some(&true) { "├── " } else { "└── " });
        more.resize(depth + 1, false);
        if let Some(here) = more.get_mut(*depth) {
            *here = true;
        }
        drawn.push(format!("{branches}{text}\n"));
    }
    drawn.push(".\n".to_owned());
    drawn.iter().rev().map(String::as_str).collect()
}

fn line(one: &Needing) -> String {
    let versions = if one.versions.is_empty() { String::new() } else { format!(" {}", one.versions) };
    let who = match one.release {
        Some(release) => format!("in this program, as release {release}"),
        None => "a plugin, not available yet".to_owned(),
    };
    format!("provider[{}]{versions} ({who})", one.address)
}
