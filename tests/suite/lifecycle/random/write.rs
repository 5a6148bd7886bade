//! Writes a project down, a file for each module.

use std::collections::BTreeMap;

use super::expression::Expression;
use super::project::{Check, Kind, Module, Node, Output, Project, Repetition, Resource, Variable};

pub(super) fn files(project: &Project) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = project
        .modules
        .iter()
        .map(|module| {
            let name = if module.folder.is_empty() { String::new() } else { format!("{}/", module.folder) };
            (format!("{name}main.tf"), Writer { project, module }.module())
        })
        .collect();
    files.insert("other.tfstate".into(), elsewhere(&project.elsewhere));
    files
}

/// A state file of another project.
fn elsewhere(output: &str) -> String {
    let kind = if output.starts_with('"') { "\"string\"" } else { "\"number\"" };
    format!(
        r#"{{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"elsewhere","outputs":{{"q":{{"value":{output},"type":{kind}}}}},"resources":[]}}
"#
    )
}

struct Writer<'p> {
    project: &'p Project,
    module: &'p Module,
}

impl Writer<'_> {
    fn module(&self) -> String {
        let mut lines = Vec::new();
        if self.module.folder.is_empty() && self.speaks_of_providers() {
            lines.extend(["provider \"terraform\" {".into(), "  alias = \"second\"".into(), "}".into()]);
        }
        self.module.variables.iter().for_each(|variable| self.variable(variable, &mut lines));
        self.module.nodes.iter().for_each(|node| self.node(node, &mut lines));
        self.module.outputs.iter().for_each(|output| self.output(output, &mut lines));
        self.module.checks.iter().for_each(|check| self.check(check, &mut lines));
        lines.extend(self.module.blocks.iter().cloned());
        lines.push(String::new());
        lines.join("\n")
    }

    fn speaks_of_providers(&self) -> bool {
        self.project.modules[0].nodes.iter().any(|node| match &node.kind {
            Kind::Resource(resource) => resource.provider,
            Kind::Call { provider, .. } => *provider,
            _ => false,
        })
    }

    fn expression(&self, expression: &Expression) -> String {
        expression.write(self.project, self.module)
    }

    fn variable(&self, variable: &Variable, lines: &mut Vec<String>) {
        lines.push(format!("variable \"{}\" {{", variable.name));
        lines.extend(variable.default.map(|default| format!("  default = {default}")));
        if variable.ephemeral {
            lines.push("  ephemeral = true".into());
        }
        lines.extend(variable.lines.iter().cloned());
        lines.push("}".into());
    }

    fn node(&self, node: &Node, lines: &mut Vec<String>) {
        let name = &node.name;
        lines.push(match &node.kind {
            Kind::Local(_) => "locals {".into(),
            Kind::Resource(_) => format!("resource \"terraform_data\" \"{name}\" {{"),
            Kind::Data { .. } => format!("data \"terraform_remote_state\" \"{name}\" {{"),
            Kind::Call { .. } => format!("module \"{name}\" {{"),
        });
        if let Kind::Call { module, .. } = &node.kind {
            let up = if self.module.folder.is_empty() { "." } else { ".." };
            lines.push(format!("  source = \"{up}/{}\"", self.project.modules[*module].folder));
        }
        if let Some((repetition, over)) = &node.repetition {
            let word = if *repetition == Repetition::Count { "count" } else { "for_each" };
            lines.push(format!("  {word} = {}", self.expression(over)));
        }
        match &node.kind {
            Kind::Local(value) => lines.push(format!("  {name} = {}", self.expression(value))),
            Kind::Resource(resource) => self.resource(resource, lines),
            Kind::Data { waits_for, default, postcondition } => {
                let path = match waits_for {
                    Some(what) => format!(
                        "length(jsonencode({})) > 1 ? \"other.tfstate\" : \"./other.tfstate\"",
                        self.expression(what)
                    ),
                    None => "\"other.tfstate\"".into(),
                };
                lines.extend(["  backend = \"local\"".into(), "  config = {".into()]);
                lines.extend([format!("    path = {path}"), "  }".into()]);
                lines.push(format!("  defaults = {{ q = {} }}", self.expression(default)));
                if let Some(condition) = postcondition {
                    lines.push("  lifecycle {".into());
                    self.condition("    ", "postcondition", condition, lines);
                    lines.push("  }".into());
                }
            }
            Kind::Call { module, arguments, provider } => {
                if *provider {
                    lines.push("  providers = { terraform = terraform.second }".into());
                }
                for (name, value) in arguments {
                    if self.project.modules[*module].variables.iter().any(|variable| variable.name == *name) {
                        lines.push(format!("  {name} = {}", self.expression(value)));
                    }
                }
            }
        }
        lines.extend(self.depends_on(&node.depends_on));
        lines.push("}".into());
    }

    fn resource(&self, resource: &Resource, lines: &mut Vec<String>) {
        if resource.provider {
            lines.push("  provider = terraform.second".into());
        }
        let value = |name: &str, value: &Option<Expression>| {
            value.as_ref().map(|value| format!("  {name} = {}", self.expression(value)))
        };
        lines.extend(value("input", &resource.input));
        lines.extend(value("triggers_replace", &resource.triggers));
        let mut inner: Vec<String> = resource.lifecycle.iter().map(|line| format!("    {line}")).collect();
        let triggers: Vec<String> = resource.triggered_by.iter().map(|one| self.expression(one)).collect();
        if !triggers.is_empty() {
            inner.push(format!("    replace_triggered_by = [{}]", triggers.join(", ")));
        }
        for (word, condition) in
            [("precondition", &resource.precondition), ("postcondition", &resource.postcondition)]
        {
            if let Some(condition) = condition {
                self.condition("    ", word, condition, &mut inner);
            }
        }
        if !inner.is_empty() {
            lines.push("  lifecycle {".into());
            lines.extend(inner);
            lines.push("  }".into());
        }
        for provisioner in &resource.provisioners {
            lines.push("  provisioner \"local-exec\" {".into());
            lines.push(format!("    command = \"{}\"", provisioner.command));
            lines.extend(provisioner.lines.iter().map(|line| format!("    {line}")));
            lines.push("  }".into());
        }
    }

    fn condition(&self, indent: &str, word: &str, condition: &Expression, lines: &mut Vec<String>) {
        lines.push(format!("{indent}{word} {{"));
        lines.push(format!("{indent}  condition = {}", self.expression(condition)));
        lines.push(format!("{indent}  error_message = \"{word}\""));
        lines.push(format!("{indent}}}"));
    }

    fn depends_on(&self, nodes: &[usize]) -> Option<String> {
        let nodes = nodes.iter().filter_map(|id| self.module.node(*id)).filter(|node| !node.kind.is_local());
        let names: Vec<String> = nodes.map(Node::address).collect();
        (!names.is_empty()).then(|| format!("  depends_on = [{}]", names.join(", ")))
    }

    fn output(&self, output: &Output, lines: &mut Vec<String>) {
        lines.push(format!("output \"{}\" {{", output.name));
        lines.push(format!("  value = {}", self.expression(&output.value)));
        lines.extend(output.lines.iter().map(|line| format!("  {line}")));
        lines.extend(self.depends_on(&output.depends_on));
        if let Some(condition) = &output.precondition {
            self.condition("  ", "precondition", condition, lines);
        }
        lines.push("}".into());
    }

    fn check(&self, check: &Check, lines: &mut Vec<String>) {
        lines.push(format!("check \"{}\" {{", check.name));
        if let Some(file) = check.data {
            lines.extend([
                "  data \"terraform_remote_state\" \"inner\" {".into(),
                "    backend = \"local\"".into(),
                "    config = {".into(),
                format!("      path = \"{file}\""),
                "    }".into(),
                "  }".into(),
            ]);
        }
        for assert in &check.asserts {
            self.condition("  ", "assert", assert, lines);
        }
        lines.push("}".into());
    }
}
